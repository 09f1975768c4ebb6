import { MEANINGFUL_DAYS } from "../core/ledger/equityMetrics.js";
import { contextInWords, unknown } from "../words/tradeWords.js";
import { fixed, percent, usd } from "./amounts.js";
import {
  type AccountStatistics,
  type ContextStatistics,
  FEW_TRADES,
  type Statistics,
  TARGET_WIN_RATE,
} from "./statistics.js";

/** The tables for people, in lines of text. */
export function statisticsWords(statistics: Statistics): readonly string[] {
  const { accounts, contexts } = statistics;
  return [
    ...table(ACCOUNT_HEAD, accounts.map(accountCells), 1),
    "",
    ...table(["", ...accounts.map(({ account }) => account)], figures(accounts), 1),
    ...(contexts.length === 0 ? [] : ["", ...table(CONTEXT_HEAD, contexts.map(contextCells), 2)]),
    "",
    "Net: after costs. Gross R: the result before costs over the risk at entry.",
    `${percent(TARGET_WIN_RATE)} won is your target, not verified. "too few": under ${FEW_TRADES} closed trades say little.`,
  ];
}

const ACCOUNT_HEAD = [
  "account",
  "trades",
  "wins",
  "win rate",
  "90 %",
  "mean net $",
  "mean gross R",
  "profit factor",
  "max drawdown",
  "balance",
  "",
];

function accountCells(row: AccountStatistics): readonly string[] {
  return [
    row.account,
    String(row.trades),
    String(row.wins),
    or(row.winRate, percent),
    row.trades === 0 ? unknown() : range(row.winRateInterval),
    or(row.expectancy, usd),
    or(row.expectancyR, ratio),
    or(row.profitFactor, ratio),
    percent(row.maxDrawdown),
    usd(row.balance),
    row.tooFew ? "too few" : "",
  ];
}

/** One line for each further figure, one column for each account. */
function figures(accounts: readonly AccountStatistics[]): readonly (readonly string[])[] {
  const rows: readonly (readonly [name: string, of: (row: AccountStatistics) => string])[] = [
    ["payoff (mean win / mean loss)", (row) => or(row.payoff, ratio)],
    ["best, worst", (row) => `${or(row.best, usd)}, ${or(row.worst, usd)}`],
    ["longest streak won, lost", (row) => `${row.longestWinningStreak}, ${row.longestLosingStreak}`],
    ["system quality (SQN)", (row) => doubtful(or(row.systemQuality, ratio), row.tooFew)],
    [
      "Sharpe, by day",
      ({ daily, fewDays }) => doubtful(or(daily.sharpe, ratio), fewDays, days(daily.dailyReturns.length)),
    ],
    [
      "Sortino, by day",
      ({ daily, fewDays }) => doubtful(or(daily.sortino, ratio), fewDays, days(daily.dailyReturns.length)),
    ],
    ["chance that Sharpe is above 0", ({ daily }) => or(daily.sharpeAboveZero, percent)],
    ["days it takes to prove it", ({ daily }) => or(daily.minimumTrackRecord, (value) => Math.ceil(value).toString())],
    ["return", (row) => or(row.totalReturn, (value) => percent(value, 2))],
    ["annual return", ({ daily }) => or(daily.annualReturn, percent, NOT_MEANINGFUL)],
    ["the earlier system's figure", (row) => or(row.earlierAnnualReturn, percent)],
    ["Calmar", ({ daily }) => (daily.annualReturn === undefined ? NOT_MEANINGFUL : or(daily.calmar, ratio))],
    ["max drawdown marked, closed", (row) => `${percent(row.maxDrawdown)}, ${percent(row.maxDrawdownClosed)}`],
    ["MAE, MFE in R", ({ excursions: e }) => `${or(e.maeR, ratio)}, ${or(e.mfeR, ratio)}`],
    [
      "entry, exit efficiency",
      ({ excursions: e }) => `${or(e.entryEfficiency, percent)}, ${or(e.exitEfficiency, percent)}`,
    ],
    ["slippage in ticks", (row) => or(row.slippageTicks, ratio)],
    ["sized by evidence", (row) => or(row.utilisation, percent)],
    ["Brier score (0.25: a coin)", ({ calibration: c }) => (c === undefined ? unknown() : c.brier.toFixed(3))],
    ["confidence was", ({ calibration: c }) => (c === undefined ? unknown() : (c.verdict ?? "too few to say"))],
  ];
  return rows.map(([name, of]) => [name, ...accounts.map(of)]);
}

const NOT_MEANINGFUL = `not meaningful under ${MEANINGFUL_DAYS} days`;

const CONTEXT_HEAD = [
  "account",
  "context",
  "trades",
  "wins",
  "win rate 90 %",
  "mean gross R",
  "net $",
  "confidence",
  "90 %",
  "size x",
  "",
];

function contextCells(row: ContextStatistics): readonly string[] {
  return [
    row.account,
    contextInWords(row.context),
    String(row.trades),
    String(row.wins),
    range(row.winRateInterval),
    ratio(row.meanR),
    usd(row.netPnl),
    percent(row.confidence),
    range(row.interval),
    ratio(row.multiplier),
    row.tooFew ? "too few" : "",
  ];
}

function or(value: number | undefined, words: (value: number) => string, none = unknown()): string {
  return value === undefined ? none : words(value);
}

function ratio(value: number): string {
  return fixed(value, 2);
}

function days(count: number): string {
  return `${count} ${count === 1 ? "day" : "days"}`;
}

function doubtful(words: string, isDoubtful: boolean, sample?: string): string {
  if (!isDoubtful || words === unknown()) return words;
  return `${words} (${sample === undefined ? "" : `${sample}: `}too few)`;
}

function range([low, high]: readonly [number, number]): string {
  return `${(low * 100).toFixed(0)}-${(high * 100).toFixed(0)} %`;
}

// Names to the left, numbers to the right.
function table(head: readonly string[], rows: readonly (readonly string[])[], names: number): readonly string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => (column < names ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
