import { t } from "@vscode/l10n";
import { cone } from "../../src/core/ledger/cone.js";
import type {
  AccountReport,
  CalendarDay,
  DashboardAccount,
  DashboardState,
  PerformanceReport,
  TradeRow,
} from "../../src/core/protocol.js";
import { interval } from "./sample.js";

/** No weekend is as long. */
const UNSEEN_SECONDS = 4 * 86_400;
const SECONDS_PER_MONTH = 30 * 86_400;

/** The statistics of a sample's trades; what would take the engine's mathematics is made up. */
export function sampleReport(state: DashboardState, trades: readonly TradeRow[]): PerformanceReport {
  const gap = trades.findIndex((row, at) => row.time - (trades[at - 1]?.time ?? row.time) > UNSEEN_SECONDS);
  const [from, to] = [trades[gap - 1]?.time, trades[gap]?.time];
  return {
    period: { kind: "all" },
    accounts: state.accounts.map((account) =>
      accountReport(
        account,
        trades.filter((row) => row.account === account.name),
      ),
    ),
    blind: from === undefined || to === undefined ? [] : [{ from, to, days: 2 }],
  };
}

function accountReport({ name, startBalance }: DashboardAccount, trades: readonly TradeRow[]): AccountReport {
  const wins = trades.filter(({ netPnl }) => netPnl > 0);
  const losses = trades.filter(({ netPnl }) => netPnl <= 0);
  const unit = (label: string, rows: readonly TradeRow[], by: number) => ({
    name: label,
    usd: rows.length === 0 ? undefined : sum(rows.map(({ netPnl }) => netPnl)) / by,
    ticks: rows.length === 0 ? undefined : sum(rows.map(({ ticks }) => ticks)) / by,
    r: rows.length === 0 ? undefined : sum(rows.map(({ rMultiple }) => rMultiple)) / by,
  });
  const isManual = name === "manual";
  const days = daysOf(trades);
  const [low, high] = interval(wins.length, trades.length).map((share) => Math.round(100 * share));
  const [won, lost] = [wins, losses].map((rows) => Math.abs(sum(rows.map(({ netPnl }) => netPnl)))) as [number, number];
  const isShort = days.length < 30;
  return {
    name,
    trades: trades.length,
    tooFew: trades.length < 30,
    units: [
      unit(t("Net result"), trades, 1),
      { name: t("Fees"), usd: sum(trades.map(({ quantity }) => -5 * quantity)) },
      unit(t("Expectancy"), trades, trades.length),
      unit(t("Mean win"), wins, wins.length),
      unit(t("Mean loss"), losses, losses.length),
    ],
    figures: [
      {
        name: t("Win rate"),
        value: trades.length === 0 ? undefined : wins.length / trades.length,
        unit: "percent",
        note: trades.length === 0 ? undefined : t("90 %: {0} to {1} %", low ?? 0, high ?? 0),
      },
      { name: t("Profit factor"), value: lost === 0 ? undefined : won / lost, unit: "ratio" },
      {
        name: t("Sharpe"),
        value: isShort ? undefined : sharpe(days),
        unit: "ratio",
        ...(isShort && { note: t("{0} days: too few", days.length), weak: true }),
      },
      {
        name: t("Longest streak lost"),
        value: trades.length === 0 ? undefined : longestLost(trades),
        unit: "count",
        note: isShort ? undefined : t("{0} by chance", byChance(losses.length, trades.length)),
      },
      { name: t("Slippage"), value: trades.length === 0 ? undefined : 0.4, unit: "ticks", note: t("above 0 is worse") },
    ],
    groups: [
      {
        by: t("Direction"),
        rows: ["BUY", "SHORT"].map((action) =>
          group(
            action,
            trades.filter((row) => row.action === action),
          ),
        ),
      },
      {
        by: t("Exit by"),
        rows: ["target", "stop"].map((reason) =>
          group(
            reason,
            trades.filter((row) => row.reason === reason),
          ),
        ),
      },
    ],
    coverage: isManual ? { issued: 31, complete: 25, filled: 25 } : undefined,
    shadow: isManual
      ? {
          ...{ trades: 22, winRate: 0.5, winRateInterval: [0.33, 0.67], meanR: 0.4 },
          ...{ shadowWinRate: 0.41, shadowWinRateInterval: [0.25, 0.58], shadowMeanR: 0.2 },
          ...{ all: 29, allWinRate: 0.38, allWinRateInterval: [0.25, 0.53] },
        }
      : undefined,
    costs: isManual
      ? [
          {
            name: "Overrides",
            count: 6,
            usd: { total: 315, interval: [-90, 720] },
            r: { total: 1.9, interval: [-0.6, 4.4] },
          },
          { name: "Skips", count: 1, usd: { total: -135 }, r: { total: -1 } },
        ]
      : [],
    roadmap: monthsOf(trades).map((rows, month) => {
      const won = rows.filter(({ netPnl }) => netPnl > 0).length;
      return {
        ...(isManual
          ? { issued: rows.length + 4 - month, complete: rows.length + (month === 0 ? 1 : 0) }
          : { issued: 0, complete: 0 }),
        trades: rows.length,
        wins: won,
        winRateInterval: interval(won, rows.length),
        multiplier: { mean: 1 + month / 10, low: 1, high: 1 + month / 4 },
        conservative: 1 + month / 20,
      };
    }),
    multipliers: trades.map(({ time }, index) => ({ time, multiplier: 1 + Math.max(0, Math.sin(index / 40)) / 2 })),
    cone: cone(
      // Counted in R it starts at 0.
      trades.map(({ netPnl }) => netPnl / Math.max(15_000, startBalance)),
      0,
      0.3,
    ),
    calibration: trades.length === 0 ? undefined : calibrationOf(trades.length, wins.length),
    days,
  };
}

function calibrationOf(trades: number, wins: number): AccountReport["calibration"] {
  const rate = wins / trades;
  const isEnough = trades >= 30;
  const upper = Math.floor(trades * 0.3);
  const upperWins = Math.min(wins, Math.round(upper * 0.45));
  const bins = [
    { low: 0.2, high: 0.4, forecasts: trades - upper, meanConfidence: 0.36, wins: wins - upperWins },
    { low: 0.4, high: 0.6, forecasts: upper, meanConfidence: 0.47, wins: upperWins },
  ];
  return {
    forecasts: trades,
    verdict: isEnough ? "plausible" : undefined,
    brier: 0.231,
    brierOfHalf: 0.25,
    brierOfRunningRate: 0.234,
    logLoss: 0.655,
    logLossOfHalf: Math.LN2,
    inTheLarge: -0.021,
    bins: bins
      .filter(({ forecasts }) => forecasts > 0)
      .map(({ wins: won, ...bin }) => ({
        ...bin,
        winRate: won / bin.forecasts,
        interval: interval(won, bin.forecasts),
      })),
    winRate: rate,
    winRateInterval: interval(wins, trades),
    nulls: [
      { name: "A coin", rate: 0.5, highest: 1.2, rejected: false },
      { name: "Break-even", rate: 0.34, highest: 2.84, rejected: false, needed: 1_840 },
      {
        name: "Random entry",
        rate: 0.333,
        highest: 31.2,
        rejected: trades > 312,
        rejectedAfter: trades > 312 ? 312 : undefined,
      },
    ],
    target: 0.647,
    chanceOfTarget: 0.0004,
  };
}

function group(name: string, rows: readonly TradeRow[]) {
  const wins = rows.filter(({ netPnl }) => netPnl > 0).length;
  const meanR = rows.length === 0 ? 0 : sum(rows.map(({ rMultiple }) => rMultiple)) / rows.length;
  const winRateInterval = interval(wins, rows.length);
  const netPnl = sum(rows.map((row) => row.netPnl));
  return { name, trades: rows.length, wins, winRateInterval, netPnl, meanR, meanReturn: meanR * 0.0025 };
}

function daysOf(trades: readonly TradeRow[]): readonly CalendarDay[] {
  const days = new Map<string, TradeRow[]>();
  for (const row of trades) {
    const date = new Date(row.time * 1000).toISOString().slice(0, 10);
    days.set(date, [...(days.get(date) ?? []), row]);
  }
  return [...days].map(([date, rows]) => {
    const { trades: count, wins, netPnl } = group(date, rows);
    return { date, trades: count, wins, netPnl, r: sum(rows.map(({ rMultiple }) => rMultiple)) };
  });
}

/** The first three months of 30 days, and what came later. */
function monthsOf(trades: readonly TradeRow[]): readonly (readonly TradeRow[])[] {
  const first = trades[0]?.time ?? 0;
  const month = ({ time }: TradeRow) => Math.min(3, Math.floor((time - first) / SECONDS_PER_MONTH));
  return [0, 1, 2, 3].map((of) => trades.filter((row) => month(row) === of)).filter((rows) => rows.length > 0);
}

/** Of a year of 252 days. */
function sharpe(days: readonly CalendarDay[]): number {
  const mean = sum(days.map(({ netPnl }) => netPnl)) / days.length;
  const variance = sum(days.map(({ netPnl }) => (netPnl - mean) ** 2)) / (days.length - 1);
  return (mean / Math.sqrt(variance)) * Math.sqrt(252);
}

function longestLost(trades: readonly TradeRow[]): number {
  let [longest, now] = [0, 0];
  for (const { netPnl } of trades) {
    now = netPnl > 0 ? 0 : now + 1;
    longest = Math.max(longest, now);
  }
  return longest;
}

/** The longest streak that chance alone makes of so many losses. */
function byChance(losses: number, trades: number): string {
  const streak = Math.log(trades - losses) / -Math.log(losses / trades);
  return Number.isFinite(streak) ? streak.toFixed(1) : String(losses);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
