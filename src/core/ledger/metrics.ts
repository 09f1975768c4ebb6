import cdf from "@stdlib/stats-base-dists-beta-cdf";
import { winRateInterval } from "../sizing/posterior.js";
import { finite, mean, meanOverDeviation, sampleDeviation, sum } from "./moments.js";

/** A closed trade as its statistics see it; an `Exit` is one. */
export interface TradeResult {
  /** After costs, in any unit of money; results come in the same. */
  readonly netPnl: number;
  /** Before costs. */
  readonly rMultiple: number;
}

/** Closed trades in numbers; what is not defined, such as a mean of none, is undefined. */
export interface TradeMetrics {
  readonly trades: number;
  readonly wins: number;
  /** A break-even trade is a loss (`ENGINE.md` 6.1). */
  readonly losses: number;
  readonly winRate: number | undefined;
  /** Central 90 % of the Beta posterior of the win rate under a uniform prior. */
  readonly winRateInterval: readonly [low: number, high: number];
  readonly netPnl: number;
  /** Mean net P&L of a trade. */
  readonly expectancy: number | undefined;
  readonly averageWin: number | undefined;
  /** At most 0. */
  readonly averageLoss: number | undefined;
  readonly best: number | undefined;
  readonly worst: number | undefined;
  /** Average win over average loss, positive; undefined without both. */
  readonly payoff: number | undefined;
  /** Sum of wins over sum of losses; undefined without a loss. */
  readonly profitFactor: number | undefined;
  /** Mean R, before costs. */
  readonly expectancyR: number | undefined;
  /** Sample standard deviation of R. */
  readonly deviationR: number | undefined;
  /** System quality number, sqrt(n) mean R / sd R (Van Tharp 2008, "Definitive Guide to Position Sizing"): a t statistic. */
  readonly systemQuality: number | undefined;
  readonly longestWinningStreak: number;
  readonly longestLosingStreak: number;
}

/**
 * Summarises closed trades.
 *
 * @param results in the order in which they closed
 */
export function tradeMetrics(results: readonly TradeResult[]): TradeMetrics {
  const pnl = results.map((result) => result.netPnl);
  const won = pnl.filter((net) => net > 0);
  const lost = pnl.filter((net) => !(net > 0));
  const multiples = results.map((result) => result.rMultiple);
  const quality = meanOverDeviation(multiples);
  const [averageWin, averageLoss] = [mean(won), mean(lost)];
  return {
    trades: pnl.length,
    wins: won.length,
    losses: lost.length,
    winRate: mean(pnl.map((net) => (net > 0 ? 1 : 0))),
    winRateInterval: winRateInterval(won.length, pnl.length),
    netPnl: sum(pnl),
    expectancy: mean(pnl),
    averageWin,
    averageLoss,
    best: extreme(pnl, Math.max),
    worst: extreme(pnl, Math.min),
    payoff: averageWin === undefined || averageLoss === undefined ? undefined : finite(averageWin / -averageLoss),
    profitFactor: profitFactor(won, lost),
    expectancyR: mean(multiples),
    deviationR: sampleDeviation(multiples),
    systemQuality: quality === undefined ? undefined : quality * Math.sqrt(multiples.length),
    longestWinningStreak: longestStreak(pnl, (net) => net > 0),
    longestLosingStreak: longestStreak(pnl, (net) => !(net > 0)),
  };
}

/**
 * The chance that the true win rate is at least `rate`: the upper tail of Beta(1 + wins, 1 + losses), a uniform prior.
 *
 * @param rate in [0, 1], such as a target
 */
export function chanceOfAtLeast(rate: number, wins: number, trades: number): number {
  return cdf(1 - rate, 1 + trades - wins, 1 + wins);
}

/** How far prices moved during a trade, in points from the entry; an `Exit` that was watched is one. */
export interface WatchedTrade {
  readonly points: number;
  readonly maePoints: number | undefined;
  readonly mfePoints: number | undefined;
  readonly rMultiple: number;
}

/** Means over the trades that were watched; undefined without one. */
export interface Excursions {
  readonly watched: number;
  /** Against the trade (at most 0) and in its favour (at least 0), in points. */
  readonly maePoints: number | undefined;
  readonly mfePoints: number | undefined;
  /** The same in R; trades without points or R have none. */
  readonly maeR: number | undefined;
  readonly mfeR: number | undefined;
  /** Share of the range of prices that lay ahead of the entry, (MFE)/(MFE - MAE): 1 entered at the best price. */
  readonly entryEfficiency: number | undefined;
  /** What was taken of what there was: the points of all over the MFE of all, so that no tiny MFE rules; 1 left at the best prices. */
  readonly exitEfficiency: number | undefined;
}

/**
 * Averages maximum adverse and favourable excursions and what entries and exits made of them.
 *
 * @see J. Sweeney 1996, "Maximum Adverse Excursion", Wiley
 */
export function excursions(trades: readonly WatchedTrade[]): Excursions {
  const watched = trades.flatMap(({ points, maePoints, mfePoints, rMultiple }) =>
    maePoints === undefined || mfePoints === undefined
      ? []
      : [{ points, mae: maePoints, mfe: mfePoints, perPoint: rMultiple / points }],
  );
  const inR = watched.filter(({ perPoint }) => Number.isFinite(perPoint) && perPoint > 0);
  const ranged = watched.filter(({ mae, mfe }) => mfe > mae);
  return {
    watched: watched.length,
    maePoints: mean(watched.map(({ mae }) => mae)),
    mfePoints: mean(watched.map(({ mfe }) => mfe)),
    maeR: mean(inR.map(({ mae, perPoint }) => mae * perPoint)),
    mfeR: mean(inR.map(({ mfe, perPoint }) => mfe * perPoint)),
    entryEfficiency: mean(ranged.map(({ mae, mfe }) => mfe / (mfe - mae))),
    exitEfficiency: finite(sum(watched.map(({ points }) => points)) / sum(watched.map(({ mfe }) => mfe))),
  };
}

/** Where a trade was filled and where its signal stood; an `Exit` is one. */
export interface FilledTrade {
  readonly direction: "BUY" | "SHORT";
  /** In ticks. */
  readonly entryPrice: number;
  readonly signalPrice: number;
}

/** Mean of fill price minus signal price in ticks, positive when worse for us; undefined without a trade. */
export function meanSlippage(trades: readonly FilledTrade[]): number | undefined {
  return mean(
    trades.map(({ direction, entryPrice, signalPrice }) => (direction === "BUY" ? 1 : -1) * (entryPrice - signalPrice)),
  );
}

/**
 * Share of trades that were sized by evidence: at least `least` results behind their confidence (`ENGINE.md` 6.3, where the
 * user's plan is above 95 %); undefined without a trade.
 *
 * @param evidence raw counts, as they stood at the issue
 */
export function utilisation(evidence: readonly number[], least: number): number | undefined {
  return mean(evidence.map((results) => (results >= least ? 1 : 0)));
}

function profitFactor(won: readonly number[], lost: readonly number[]): number | undefined {
  const losses = -sum(lost);
  return losses > 0 ? finite(sum(won) / losses) : undefined;
}

function extreme(values: readonly number[], pick: (a: number, b: number) => number): number | undefined {
  return values.length === 0 ? undefined : values.reduce((found, value) => pick(found, value));
}

function longestStreak(values: readonly number[], belongs: (value: number) => boolean): number {
  let longest = 0;
  let streak = 0;
  for (const value of values) {
    streak = belongs(value) ? streak + 1 : 0;
    longest = Math.max(longest, streak);
  }
  return longest;
}
