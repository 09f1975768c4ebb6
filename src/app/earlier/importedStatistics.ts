import type { EngineOutput, Imported } from "../../core/events.js";
import { winRateInterval } from "../../core/sizing/posterior.js";
import { percent, usd } from "../amounts.js";
import { tradeCount } from "../data/words.js";
import { dollars } from "../lines.js";

/** The earlier system's closed trades, told apart from the accounts: they are in no balance and teach nothing. */
export interface ImportedTrades {
  /** The user typed them, or the earlier system simulated them. */
  readonly whose: "typed" | "simulated";
  readonly trades: number;
  /** Of those whose direction is known; by the corrected result. */
  readonly judged: number;
  readonly wins: number;
  readonly winRateInterval: readonly [low: number, high: number];
  /** Mean price return as a fraction; undefined without a judged one. */
  readonly meanReturn: number | undefined;
  /** Cents; of those whose profit is known. */
  readonly netPnl: number;
}

/** What was imported, in numbers; empty where nothing was. A trade that stands in two tables counts once. */
export function importedStatistics(outputs: readonly EngineOutput[]): readonly ImportedTrades[] {
  const trades = outputs
    .filter((output) => output.type === "imported")
    .filter(({ exitPrice, remarks }) => exitPrice !== undefined && !remarks.includes("ALSO_ON_PAPER"));
  return (["typed", "simulated"] as const)
    .map((whose) =>
      summary(
        whose,
        trades.filter(({ simulated }) => simulated === (whose === "simulated")),
      ),
    )
    .filter((row) => row.trades > 0);
}

function summary(whose: ImportedTrades["whose"], rows: readonly Imported[]): ImportedTrades {
  const judged = rows.filter(({ win }) => win !== undefined);
  const wins = judged.filter(({ win }) => win === true).length;
  const returns = judged.flatMap(({ returnFraction }) => returnFraction ?? []);
  return {
    whose,
    trades: rows.length,
    judged: judged.length,
    wins,
    winRateInterval: winRateInterval(wins, judged.length),
    meanReturn: returns.length === 0 ? undefined : returns.reduce((sum, value) => sum + value, 0) / returns.length,
    netPnl: rows.reduce((sum, { netPnl = 0 }) => sum + netPnl, 0),
  };
}

/** As fields of the JSON line. */
export function importedFields(rows: readonly ImportedTrades[]): readonly object[] {
  return rows.map((row) => ({ ...row, meanReturn: row.meanReturn ?? null, netPnl: dollars(row.netPnl) }));
}

/** One sentence a line, marked as what they are. */
export function importedWords(rows: readonly ImportedTrades[]): readonly string[] {
  if (rows.length === 0) return [];
  return [
    "Imported from the earlier system: history that is in no balance and teaches nothing",
    ...rows.map(({ whose, trades, judged, wins, winRateInterval: [low, high], meanReturn, netPnl }) => {
      const name = whose === "typed" ? "typed by you, unverified" : "simulated by it";
      const rate = `${wins} of ${judged} won, 90 % interval ${percent(low)} to ${percent(high)}`;
      const mean = meanReturn === undefined ? "" : `, mean price return ${percent(meanReturn, 3)}`;
      const money = whose === "simulated" ? `, ${usd(netPnl)}` : "";
      const unknown = trades === judged ? "" : `, ${trades - judged} of unknown direction`;
      return `  ${name}: ${tradeCount(trades)}, ${rate}${mean}${money}${unknown}`;
    }),
  ];
}
