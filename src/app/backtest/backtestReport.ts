import type { EngineOutput, RunSummary } from "../../core/events.js";
import { countingExits } from "../../core/tradeRecords.js";
import { usd } from "../amounts.js";
import { counted, markdownTable } from "../review/words.js";
import { flatSettings, parseSettings, type Settings } from "../settings.js";
import { balances, byYear, calibrated, edge, execution, held, type Outcome, results } from "./sections.js";

/** What a backtest read and by which rules. */
export interface Backtest {
  /** Names of the files, as they were given. */
  readonly files: readonly string[];
  readonly settings: Settings;
  readonly outputs: readonly EngineOutput[];
  readonly summary: RunSummary;
}

/**
 * The report of a backtest on the paper account (`ENGINE.md` 12 and 13) in Markdown: the same text from the same input. It
 * shows intervals beside the numbers, leaves out what too few trades cannot tell, and says what tuning would do to it.
 */
export function backtestReport(backtest: Backtest): string {
  const outcome = outcomeOf(backtest);
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ["What was tested", tested(backtest, outcome)],
    ["Result", results(outcome)],
    ["Balance", balances(outcome)],
    ["By year", byYear(outcome)],
    ["Execution", execution(outcome)],
    ["What was held back", held(backtest.outputs)],
    ["Calibration", calibrated(outcome)],
    ["Is there an edge", edge(outcome)],
  ];
  const lines = [
    "# Backtest",
    "",
    "A simulation on recorded prices, after commission and slippage. Past results promise nothing. Each recommendation was",
    "sized by what was known when it was made; nothing was fitted to the outcome.",
    ...sections.flatMap(([title, section], i) => ["", `## ${i + 1}. ${title}`, "", ...section]),
  ];
  return `${lines.join("\n")}\n`;
}

function outcomeOf({ outputs, summary }: Backtest): Outcome {
  const rows = outputs.filter((output) => output.type === "equity" && output.account === "paper");
  const ends = rows.flatMap((row) =>
    row.type === "equity" && row.tradingDay !== undefined ? [{ day: row.tradingDay, balance: row.balance }] : [],
  );
  return {
    startBalance: summary.startBalance,
    maxDrawdown: summary.maxDrawdown,
    days: ends.map(({ day }) => day),
    balances: [summary.startBalance, ...ends.map(({ balance }) => balance)],
    exits: countingExits(outputs).filter(({ account }) => account === "paper"),
    recommendations: outputs.filter((output) => output.type === "recommendation"),
    fills: outputs.filter((output) => output.type === "fill" && output.account === "paper").length,
  };
}

function tested({ files, settings, summary }: Backtest, { days }: Outcome): readonly string[] {
  const { paper } = settings;
  const read = summary.bars > 0 ? counted(summary.bars, "bar") : counted(summary.trades, "trade");
  const skipped = Object.entries(summary.skipped).map(([reason, count]) => `${reason} ${count}`);
  const span = days.length === 0 ? "no complete session" : `${days[0]} to ${days.at(-1)}`;
  return [
    ...markdownTable(
      ["", "Value"],
      [
        ["Files", files.length > 3 ? `${files.slice(0, 3).join(", ")} and ${files.length - 3} more` : files.join(", ")],
        ["Read", read],
        ["Not used", skipped.length === 0 ? "nothing" : skipped.join(", ")],
        ["Sessions", `${days.length} (${span})`],
        ["Clusters, signals, recommendations", `${summary.clusters}, ${summary.signals}, ${summary.recommendations}`],
        ["Commission, per contract and side", usd(Math.round(paper.commission * 100))],
        ["Slippage, ticks; latency, seconds", `${paper.marketSlippageTicks}; ${paper.entryLatencySeconds}`],
        ["Entries still working, positions still open", `${summary.workingEntries}, ${summary.openPositions}`],
      ],
    ),
    "",
    ...changed(settings),
  ];
}

/** The settings that are not the defaults: what somebody chose. */
function changed(settings: Settings): readonly string[] {
  const defaults = flatSettings(parseSettings({}));
  const words = Object.entries(flatSettings(settings))
    .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(defaults[key]))
    .map(([key, value]) => `\`${key}\` ${JSON.stringify(value).replaceAll("`", "'")}`);
  return [words.length === 0 ? "All settings are the defaults." : `Settings that differ: ${words.join(", ")}.`];
}
