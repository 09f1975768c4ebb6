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

/** The statistics of a sample's trades; what would take the engine's mathematics is made up. */
export function sampleReport(state: DashboardState, trades: readonly TradeRow[]): PerformanceReport {
  const spans = [trades[60], trades[66]].flatMap((row) => row?.time ?? []);
  const [from, to] = spans;
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
  return {
    name,
    trades: trades.length,
    tooFew: trades.length < 30,
    units: [
      unit(t("Net result"), trades, 1),
      { name: t("Fees"), usd: -5 * trades.length + 0 },
      unit(t("Expectancy"), trades, trades.length),
      unit(t("Mean win"), wins, wins.length),
      unit(t("Mean loss"), losses, losses.length),
    ],
    figures: [
      {
        name: t("Win rate"),
        value: trades.length === 0 ? undefined : wins.length / trades.length,
        unit: "percent",
        note: t("90 %: {0} to {1} %", 32, 39),
      },
      { name: t("Profit factor"), value: 1.07, unit: "ratio" },
      { name: t("Sharpe"), value: 0.4, unit: "ratio", note: t("{0} days: too few", 3), weak: true },
      { name: t("Longest streak lost"), value: 11, unit: "count", note: t("{0} by chance", 9.6) },
      { name: t("Slippage"), value: 0.4, unit: "ticks", note: t("above 0 is worse") },
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
    coverage: isManual ? { issued: 31, complete: 24, filled: 25 } : undefined,
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
    roadmap: [9, 27, trades.length - 36].flatMap((of, month) =>
      of < 1
        ? []
        : [
            {
              ...(isManual ? { issued: of + 4 - month, complete: of + 2 - month } : { issued: 0, complete: 0 }),
              trades: of,
              wins: Math.floor(of * 0.4),
              winRateInterval: [0.4 - 1 / (of + 3), 0.4 + 1.4 / (of + 3)] as const,
              multiplier: { mean: 1 + month / 10, low: 1, high: 1 + month / 4 },
              conservative: 1 + month / 20,
            },
          ],
    ),
    multipliers: trades.map(({ time }, index) => ({ time, multiplier: 1 + ((index * 7) % 12) / 10 })),
    cone: cone(
      // Counted in R it starts at 0.
      trades.map(({ netPnl }) => netPnl / Math.max(15_000, startBalance)),
      0,
      0.05,
    ),
    calibration: trades.length === 0 ? undefined : calibrationOf(trades.length, wins.length),
    days: daysOf(trades),
  };
}

function calibrationOf(trades: number, wins: number): AccountReport["calibration"] {
  const rate = wins / trades;
  const isEnough = trades >= 30;
  return {
    forecasts: trades,
    verdict: isEnough ? "plausible" : undefined,
    brier: 0.231,
    brierOfHalf: 0.25,
    brierOfRunningRate: 0.234,
    logLoss: 0.655,
    logLossOfHalf: Math.LN2,
    inTheLarge: -0.021,
    bins: [
      {
        low: 0.2,
        high: 0.4,
        forecasts: Math.ceil(trades * 0.7),
        meanConfidence: 0.36,
        winRate: rate,
        interval: [Math.max(0, rate - 0.05), Math.min(1, rate + 0.05)],
      },
      {
        low: 0.4,
        high: 0.6,
        forecasts: Math.floor(trades * 0.3),
        meanConfidence: 0.47,
        winRate: 0.45,
        interval: [0.36, 0.55],
      },
    ],
    winRate: rate,
    winRateInterval: [Math.max(0, rate - 0.04), Math.min(1, rate + 0.04)],
    nulls: [
      { name: "A coin", rate: 0.5, highest: 1.2, rejected: false },
      { name: "Break-even", rate: 0.34, highest: 2.84, rejected: false, needed: 1_840 },
      {
        name: "Random entry",
        rate: 0.333,
        highest: 31.2,
        rejected: isEnough,
        rejectedAfter: isEnough ? 312 : undefined,
      },
    ],
    target: 0.647,
    chanceOfTarget: 0.0004,
  };
}

function group(name: string, rows: readonly TradeRow[]) {
  const wins = rows.filter(({ netPnl }) => netPnl > 0).length;
  const meanR = rows.length === 0 ? 0 : sum(rows.map(({ rMultiple }) => rMultiple)) / rows.length;
  const rate = rows.length === 0 ? 0.5 : wins / rows.length;
  const winRateInterval = [Math.max(0, rate - 0.1), Math.min(1, rate + 0.1)] as const;
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

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
