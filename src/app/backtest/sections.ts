import type { EngineOutput, Exit } from "../../core/events.js";
import { calibration, ENOUGH_FORECASTS } from "../../core/ledger/calibration.js";
import { equityMetrics, MEANINGFUL_DAYS, MEANINGFUL_RETURNS } from "../../core/ledger/equityMetrics.js";
import { chanceOfAtLeast, excursions, meanSlippage, tradeMetrics } from "../../core/ledger/metrics.js";
import { mean } from "../../core/ledger/moments.js";
import { deflatedSharpe } from "../../core/ledger/overfitting.js";
import { sequentialTest } from "../../core/ledger/sequentialTest.js";
import type { Recommendation } from "../../core/sizing/recommendation.js";
import { MICROS_PER_MINUTE } from "../../core/units.js";
import { unknown } from "../../words/tradeWords.js";
import { percent, usd } from "../amounts.js";
import { countBy } from "../review/sections.js";
import { daysBetween } from "../review/week.js";
import { counted, markdownTable, orNot, rateInterval, signedPercent, signedUsd, sparkline } from "../review/words.js";
import { FEW_TRADES, TARGET_WIN_RATE } from "../statistics.js";

/** What became of the paper account. Money is in cents. */
export interface Outcome {
  readonly startBalance: number;
  /** Of marked equity, a fraction. */
  readonly maxDrawdown: number;
  /** Trading days that ended, and the start followed by the balance at the end of each. */
  readonly days: readonly string[];
  readonly balances: readonly number[];
  readonly exits: readonly Exit[];
  readonly recommendations: readonly Recommendation[];
  readonly fills: number;
}

const CURVE_POINTS = 60;
const TRIALS = [1, 10, 100] as const;

/** What was won and lost. */
export function results({ exits }: Outcome): readonly string[] {
  const of = tradeMetrics(exits);
  const chance = chanceOfAtLeast(TARGET_WIN_RATE, of.wins, of.trades);
  return table([
    ["Closed trades", of.trades < FEW_TRADES ? `${of.trades} (too few to tell anything)` : `${of.trades}`],
    ["Win rate", orNot(of.winRate, percent)],
    ["90 % interval", of.trades === 0 ? unknown() : rateInterval(of.winRateInterval)],
    [
      `Chance that it is at least ${percent(TARGET_WIN_RATE)}, your target, not verified`,
      of.trades === 0 ? unknown() : percent(chance),
    ],
    ["Net result, after costs", signedUsd(of.netPnl)],
    ["Mean result of a trade, after costs", orNot(of.expectancy, (cents) => signedUsd(Math.round(cents)))],
    ["Mean R before costs, standard deviation", `${orNot(of.expectancyR, two)}, ${orNot(of.deviationR, two)}`],
    ["Average win, average loss", `${orNot(of.averageWin, money)}, ${orNot(of.averageLoss, money)}`],
    ["Payoff (average win / average loss)", orNot(of.payoff, two)],
    ["Profit factor", orNot(of.profitFactor, two)],
    ["Best, worst", `${orNot(of.best, signedUsd)}, ${orNot(of.worst, signedUsd)}`],
    ["Longest streak of wins, of losses", `${of.longestWinningStreak}, ${of.longestLosingStreak}`],
    ["System quality number", orNot(of.systemQuality, two)],
  ]);
}

/** Balance, falls and ratios, over all sessions, those without a trade included. */
export function balances(outcome: Outcome): readonly string[] {
  const { startBalance, maxDrawdown, days } = outcome;
  const of = equityMetrics(outcome.balances, calendarDays(outcome));
  const few =
    of.dailyReturns.length < MEANINGFUL_RETURNS ? ` (of ${counted(of.dailyReturns.length, "return")}: too few)` : "";
  const annual =
    calendarDays(outcome) < MEANINGFUL_DAYS ? "not meaningful under 30 days" : orNot(of.annualReturn, signedPercent);
  return table([
    ["Start, end", `${usd(startBalance)}, ${usd(outcome.balances.at(-1) ?? startBalance)}`],
    ["Total return", orNot(of.totalReturn, signedPercent)],
    ["Annualised return", annual],
    ["Largest fall of the closed balance", orNot(of.maxDrawdown, (fall) => percent(fall, 2))],
    ["Largest fall of marked equity", percent(maxDrawdown, 2)],
    ["Sessions that ended under water", `${of.daysUnderWater} of ${days.length}`],
    ["Sharpe ratio, annual", `${orNot(of.sharpe, two)}${few}`],
    ["Sortino ratio, annual", `${orNot(of.sortino, two)}${few}`],
    ["Calmar ratio", orNot(of.calmar, two)],
    ["Balance", sparkline(thinned(outcome.balances))],
  ]);
}

/** Each calendar year by itself: an edge that one year made is none. */
export function byYear({ exits, days }: Outcome): readonly string[] {
  const years = [...new Set([...days, ...exits.map((exit) => exit.tradingDay)].map((day) => day.slice(0, 4)))].sort();
  if (years.length === 0) return ["No session was complete."];
  return markdownTable(
    ["Year", "Sessions", "Trades", "Win rate", "90 % interval", "Net", "Mean R, gross"],
    years.map((year) => {
      const of = tradeMetrics(exits.filter((exit) => exit.tradingDay.startsWith(year)));
      const interval = of.trades === 0 ? unknown() : rateInterval(of.winRateInterval);
      const sessions = days.filter((day) => day.startsWith(year)).length;
      const rate = orNot(of.winRate, percent);
      return [year, `${sessions}`, `${of.trades}`, rate, interval, signedUsd(of.netPnl), orNot(of.expectancyR, two)];
    }),
  );
}

/** How fills and exits went. */
export function execution({ exits, recommendations, fills }: Outcome): readonly string[] {
  const moved = excursions(exits);
  const minutes = mean(exits.map((exit) => (exit.time - exit.entryTime) / MICROS_PER_MINUTE));
  const reasons = countBy(exits.map((exit) => exit.reason)).map(([reason, count]) => `${reason} ${count}`);
  return table([
    ["Recommendations filled", `${fills} of ${recommendations.length}`],
    ["Exits by reason", reasons.length === 0 ? unknown() : reasons.join(", ")],
    ["Commission paid", usd(exits.reduce((sum, exit) => sum + exit.commission, 0))],
    ["Mean slippage of entries, ticks (positive is worse)", orNot(meanSlippage(exits), (ticks) => ticks.toFixed(1))],
    ["Mean minutes held", orNot(minutes, (held) => held.toFixed(0))],
    ["Mean adverse, favourable excursion, points", `${orNot(moved.maePoints, two)}, ${orNot(moved.mfePoints, two)}`],
    ["Mean adverse, favourable excursion, R", `${orNot(moved.maeR, two)}, ${orNot(moved.mfeR, two)}`],
  ]);
}

/** Signals that became no recommendation, entries that were not filled, and emergency stops. */
export function held(outputs: readonly EngineOutput[]): readonly string[] {
  const words = (list: readonly string[]) =>
    countBy(list)
      .map(([reason, count]) => `${reason} ${count}`)
      .join(", ") || "none";
  const refusals = outputs.flatMap((output) => (output.type === "refusal" ? [output.reason] : []));
  const cancels = outputs.flatMap((output) =>
    output.type === "cancel" && output.account === "paper" ? [output.reason] : [],
  );
  const halts = outputs.filter((output) => output.type === "halt").length;
  return table([
    ["Signals refused", words(refusals)],
    ["Entries not filled", words(cancels)],
    ["Emergency stops", `${halts}`],
  ]);
}

/** How good the chances were that the recommendations named before their outcome. */
export function calibrated({ exits }: Outcome): readonly string[] {
  const of = calibration(exits);
  const three = (value: number) => value.toFixed(3);
  return [
    ...table([
      ["Mean stated chance", orNot(mean(exits.map((exit) => exit.confidence)), percent)],
      ["Win rate", orNot(mean(exits.map((exit) => (exit.win ? 1 : 0))), percent)],
      ["Brier score (always 50 %: 0.250)", orNot(of?.brier, three)],
      ["Brier score of the win rate so far", orNot(of?.brierOfRunningRate, three)],
      ["Log loss (always 50 %: 0.693)", orNot(of?.logLoss, three)],
      [
        "Reliability, resolution, uncertainty",
        of === undefined ? unknown() : [of.reliability, of.resolution, of.uncertainty].map(three).join(", "),
      ],
      ["Spiegelhalter's z, its p", `${orNot(of?.spiegelhalterZ, two)}, ${orNot(of?.spiegelhalterP, two)}`],
      ["Verdict", of?.verdict ?? `withheld under ${ENOUGH_FORECASTS} trades`],
    ]),
  ];
}

/** What speaks for an edge, and what luck and tuning would show. */
export function edge(outcome: Outcome): readonly string[] {
  const { exits, recommendations } = outcome;
  const taken = new Set(exits.map((exit) => exit.recommendation));
  const planned = mean(recommendations.filter(({ id }) => taken.has(id)).map(({ breakEven }) => breakEven));
  const test =
    planned === undefined
      ? undefined
      : sequentialTest(
          exits.map(({ win }) => win),
          planned,
        );
  const of = equityMetrics(outcome.balances, calendarDays(outcome));
  return [
    ...table([
      ["Win rate that the brackets need to break even, after costs", orNot(planned, percent)],
      [
        "Evidence that wins are more frequent (20 would reject chance at 5 %)",
        orNot(test?.highest, (value) => value.toPrecision(3)),
      ],
      ["Chance that the true Sharpe ratio is above 0", orNot(of.sharpeAboveZero, percent)],
      [
        "Sessions needed to say so with 95 %",
        orNot(of.minimumTrackRecord, (sessions) => Math.ceil(sessions).toString()),
      ],
      ...TRIALS.slice(1).map((trials) => tuned(outcome, trials)),
    ]),
    "",
    verdict(exits.length, test?.rejected === true, of.sharpeAboveZero),
    "",
    "This is one run. Whoever tried several settings and kept the best must read the line for as many trials: luck alone makes",
    "the best of many look good.",
  ];
}

/** The chance of an edge if this run is the best of so many, whose Sharpe ratios differ by nothing but chance. */
function tuned({ balances: series }: Outcome, trials: number): readonly [string, string] {
  const { dailySharpe, skewness, kurtosis, dailyReturns } = equityMetrics(series, 0);
  const returns = dailyReturns.length;
  const title = `The same, if this is the best of ${trials} settings that were tried`;
  if (dailySharpe === undefined || skewness === undefined || kurtosis === undefined) return [title, unknown()];
  // Without skill, an estimated Sharpe ratio varies by 1/(T - 1).
  const chance = deflatedSharpe({ sharpe: dailySharpe, returns, skewness, kurtosis }, trials, 1 / (returns - 1));
  return [title, orNot(chance, percent)];
}

function verdict(trades: number, rejected: boolean, sharpeAboveZero: number | undefined): string {
  if (trades < FEW_TRADES) return `**Verdict: withheld under ${FEW_TRADES} closed trades.**`;
  if (rejected && (sharpeAboveZero ?? 0) >= 0.95)
    return "**Verdict: more than luck, in this data and before any tuning.**";
  if ((sharpeAboveZero ?? 1) <= 0.05) return "**Verdict: no edge: in this data it lost, more than luck would.**";
  return "**Verdict: no edge is shown: luck alone explains these results.**";
}

function calendarDays({ days }: Outcome): number {
  const [first, last] = [days[0], days.at(-1)];
  return first === undefined || last === undefined ? 0 : daysBetween(first, last);
}

function thinned(values: readonly number[]): readonly number[] {
  const step = Math.max(1, (values.length - 1) / (CURVE_POINTS - 1));
  const points = Math.min(values.length, CURVE_POINTS);
  return Array.from({ length: points }, (_, i) => values[Math.min(values.length - 1, Math.round(i * step))] ?? 0);
}

function table(rows: readonly (readonly [title: string, value: string])[]): readonly string[] {
  return markdownTable(["", "Value"], rows);
}

function two(value: number): string {
  return value.toFixed(2);
}

function money(cents: number): string {
  return signedUsd(Math.round(cents));
}
