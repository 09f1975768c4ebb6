import type { EquityRow, Exit } from "../../core/events.js";
import { expectedLongestRun } from "../../core/ledger/nullTests.js";
import { median, ulcerIndex } from "../../core/ledger/totals.js";
import type { ReportFigure } from "../../core/protocol.js";
import { say } from "../../core/say.js";
import { MICROS_PER_MINUTE } from "../../core/units.js";
import { latencyFigures } from "../outlook.js";
import type { AccountStatistics } from "../statistics.js";
import { type Known, lastEquity } from "./known.js";

/** The figures that have no choice of units. */
export function figuresOf(row: AccountStatistics, exits: readonly Exit[], known: Known): readonly ReportFigure[] {
  const { daily, excursions: moved } = row;
  const returns = daily.dailyReturns.length;
  const few = row.tooFew ? { note: say("{0} trades: too few", row.trades), weak: true } : {};
  const fewDays = row.fewDays ? { note: say("{0} days: too few", returns), weak: true } : {};
  const { closed } = row;
  const fall = closed.maxDrawdownMoney;
  const water = underWater(daily.drawdowns);
  const minutes = exits.map((exit) => (exit.time - exit.entryTime) / MICROS_PER_MINUTE);
  const scratches = exits.filter(({ netPnl }) => netPnl === 0).length;
  const lossRate = row.winRate === undefined ? undefined : 1 - row.winRate;
  const streak = (rate: number | undefined) => {
    const expected = rate === undefined ? undefined : expectedLongestRun(row.trades, rate);
    return expected === undefined ? undefined : say("{0} by chance", expected.toFixed(1));
  };
  const now = lastEquity(known.outputs, row.account);
  return [
    { name: say("Win rate"), value: row.winRate, unit: "percent", note: intervalWords(row) },
    { name: say("Loss rate"), value: lossRate, unit: "percent", note: lossNote(row, scratches) },
    { name: say("Payoff"), value: row.payoff, unit: "ratio", ...few },
    { name: say("Profit factor"), value: row.profitFactor, unit: "ratio", ...few },
    { name: "SQN", value: row.systemQuality, unit: "ratio", ...few },
    { name: "Sharpe", value: daily.sharpe, unit: "ratio", ...fewDays },
    { name: "Sortino", value: daily.sortino, unit: "ratio", ...fewDays },
    { name: say("Annual return"), value: daily.annualReturn, unit: "percent", note: annualNote(row) },
    {
      name: "Calmar",
      value: daily.calmar,
      unit: "ratio",
      ...(daily.annualReturn === undefined ? { note: say("under 30 days") } : fewDays),
    },
    { name: say("Drawdown now"), value: now?.drawdown, unit: "percent" },
    { name: say("Below the peak now"), value: now === undefined ? undefined : fallOf(now), unit: "usd" },
    { name: say("Largest drawdown"), value: row.maxDrawdown, unit: "percent", note: say("marked, of all time") },
    { name: say("Largest fall of the balance"), value: fall === undefined ? undefined : fall / 100, unit: "usd" },
    { name: say("Largest drawdown, closed"), value: closed.maxDrawdown, unit: "percent", note: say("after each exit") },
    {
      name: say("Days under water"),
      value: daily.daysUnderWater,
      unit: "count",
      note: say("of {0} trading days", returns),
    },
    { name: say("Longest under water, days"), value: water.longest, unit: "count" },
    { name: say("Under water now, days"), value: water.now, unit: "count" },
    { name: say("Recovery factor"), value: recovery(row.netPnl, fall), unit: "ratio", ...few },
    { name: say("Ulcer index"), value: ulcerIndex(daily.drawdowns), unit: "percent", ...fewDays },
    { name: say("Longest streak won"), value: row.longestWinningStreak, unit: "count", note: streak(row.winRate) },
    { name: say("Longest streak lost"), value: row.longestLosingStreak, unit: "count", note: streak(lossRate) },
    {
      name: say("Exit efficiency"),
      value: moved.exitEfficiency,
      unit: "percent",
      note: say("result over best in between, {0} watched", moved.watched),
    },
    { name: say("Slippage"), value: row.slippageTicks, unit: "ticks", note: say("above 0 is worse") },
    { name: say("Time held, median"), value: median(minutes), unit: "minutes" },
    { name: say("Sized by evidence"), value: row.utilisation, unit: "percent" },
    ...latencyFigures(row.account, known),
  ];
}

function annualNote({ daily, earlierAnnualReturn }: AccountStatistics): string | undefined {
  if (daily.annualReturn === undefined) return say("under 30 days");
  const earlier = earlierAnnualReturn === undefined ? undefined : `${(earlierAnnualReturn * 100).toFixed(1)} %`;
  return earlier === undefined ? undefined : say("the earlier system's way: {0}", earlier);
}

/** In dollars, of marked equity. */
function fallOf({ drawdown, peak }: EquityRow): number {
  return (drawdown * peak) / 100;
}

/** How many trading days in a row lay below an earlier balance, at most and up to the last; one drawdown per day, oldest first. */
function underWater(drawdowns: readonly number[]): { readonly longest: number; readonly now: number } {
  let [longest, now] = [0, 0];
  for (const drawdown of drawdowns) {
    now = drawdown > 0 ? now + 1 : 0;
    longest = Math.max(longest, now);
  }
  return { longest, now };
}

function intervalWords({ trades, winRateInterval: [low, high] }: AccountStatistics): string | undefined {
  return trades === 0 ? undefined : say("90 %: {0} to {1} %", (low * 100).toFixed(0), (high * 100).toFixed(0));
}

// What is not won is lost, so its interval is that of the win rate, mirrored.
function lossNote({ trades, winRateInterval: [low, high] }: AccountStatistics, scratches: number): string | undefined {
  const [least, most] = [((1 - high) * 100).toFixed(0), ((1 - low) * 100).toFixed(0)];
  return trades === 0 ? undefined : say("90 %: {0} to {1} %, {2} scratched", least, most, scratches);
}

function recovery(netPnl: number, fall: number | undefined): number | undefined {
  return fall === undefined || fall <= 0 ? undefined : netPnl / fall;
}
