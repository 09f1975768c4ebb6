import { dollars } from "./lines.js";
import { type AccountStatistics, type Statistics, TARGET_WIN_RATE } from "./statistics.js";

/** The tables as one JSON line; money in dollars, absent is null. */
export function statisticsLine(statistics: Statistics): object {
  return {
    type: "statistics",
    accounts: statistics.accounts.map(accountFields),
    contexts: statistics.contexts.map((row) => ({ ...row, netPnl: dollars(row.netPnl) })),
    target: { winRate: TARGET_WIN_RATE, note: "your target, not verified" },
  };
}

function accountFields(row: AccountStatistics): object {
  const { daily, calibration } = row;
  return {
    account: row.account,
    trades: row.trades,
    wins: row.wins,
    losses: row.losses,
    winRate: row.winRate ?? null,
    winRateInterval: row.winRateInterval,
    expectancy: money(row.expectancy),
    expectancyR: row.expectancyR ?? null,
    deviationR: row.deviationR ?? null,
    profitFactor: row.profitFactor ?? null,
    payoff: row.payoff ?? null,
    systemQuality: row.systemQuality ?? null,
    averageWin: money(row.averageWin),
    averageLoss: money(row.averageLoss),
    best: money(row.best),
    worst: money(row.worst),
    longestWinningStreak: row.longestWinningStreak,
    longestLosingStreak: row.longestLosingStreak,
    netPnl: dollars(row.netPnl),
    tooFew: row.tooFew,
    startBalance: dollars(row.startBalance),
    balance: dollars(row.balance),
    maxDrawdown: row.maxDrawdown,
    maxDrawdownClosed: row.maxDrawdownClosed,
    days: daily.dailyReturns.length,
    fewDays: row.fewDays,
    totalReturn: row.totalReturn ?? null,
    sharpe: daily.sharpe ?? null,
    sortino: daily.sortino ?? null,
    sharpeAboveZero: daily.sharpeAboveZero ?? null,
    minimumTrackRecord: daily.minimumTrackRecord ?? null,
    daysUnderWater: daily.daysUnderWater,
    annualReturn: daily.annualReturn ?? null,
    calmar: daily.calmar ?? null,
    maePoints: row.excursions.maePoints ?? null,
    mfePoints: row.excursions.mfePoints ?? null,
    maeR: row.excursions.maeR ?? null,
    mfeR: row.excursions.mfeR ?? null,
    entryEfficiency: row.excursions.entryEfficiency ?? null,
    exitEfficiency: row.excursions.exitEfficiency ?? null,
    slippageTicks: row.slippageTicks ?? null,
    utilisation: row.utilisation ?? null,
    calibration:
      calibration === undefined
        ? null
        : {
            brier: calibration.brier,
            brierOfHalf: calibration.brierOfHalf,
            brierOfRunningRate: calibration.brierOfRunningRate,
            logLoss: calibration.logLoss,
            inTheLarge: calibration.inTheLarge,
            spiegelhalterZ: calibration.spiegelhalterZ ?? null,
            verdict: calibration.verdict ?? null,
          },
  };
}

function money(cents: number | undefined): number | null {
  return cents === undefined ? null : dollars(cents);
}
