import { finite, mean, meanOverDeviation, sampleDeviation, shape } from "./moments.js";
import { minimumTrackRecord, probabilisticSharpe } from "./overfitting.js";

/** Trading days of a year, for annualising what is measured per trading day. */
export const TRADING_DAYS_A_YEAR = 252;

/** Below this many calendar days a compound annual return says nothing and is withheld (`ENGINE.md` 12). */
export const MEANINGFUL_DAYS = 30;

/** Fewer daily returns than this are shown, but tell little (`ENGINE.md` 12). */
export const MEANINGFUL_RETURNS = 20;

/** An account's value over time in numbers; what is not defined is undefined. Rates and drawdowns are fractions. */
export interface EquityMetrics {
  readonly netPnl: number | undefined;
  readonly totalReturn: number | undefined;
  /** One per trading day, those without a trade included; empty where the account was worth nothing. */
  readonly dailyReturns: readonly number[];
  readonly meanReturn: number | undefined;
  readonly deviation: number | undefined;
  /** Per trading day, and times sqrt 252. */
  readonly dailySharpe: number | undefined;
  readonly sharpe: number | undefined;
  /** Root mean square of the returns below 0, over all returns. */
  readonly downsideDeviation: number | undefined;
  readonly sortino: number | undefined;
  readonly skewness: number | undefined;
  readonly kurtosis: number | undefined;
  /** Fall from the running peak, one per value of the series. */
  readonly drawdowns: readonly number[];
  readonly maxDrawdown: number | undefined;
  /** The deepest fall in money, which need not be the deepest fraction. */
  readonly maxDrawdownMoney: number | undefined;
  /** Values of the series that lie below an earlier one. */
  readonly daysUnderWater: number;
  /** Undefined under 30 calendar days, as is `calmar`. */
  readonly annualReturn: number | undefined;
  /** Compound annual return over maximum drawdown; undefined without a drawdown. */
  readonly calmar: number | undefined;
  /** Chance that the true Sharpe ratio is above 0, and the returns it takes to say so with 95 %. */
  readonly sharpeAboveZero: number | undefined;
  readonly minimumTrackRecord: number | undefined;
}

/**
 * Summarises a daily series of equity (risk-free rate 0).
 *
 * The annual Sharpe ratio assumes returns without autocorrelation (Lo 2002, "The statistics of Sharpe ratios", Financial
 * Analysts Journal 58(4)). Sortino divides by the root of mean(min(r, 0)^2) over all returns (Sortino & van der Meer 1991,
 * "Downside risk", Journal of Portfolio Management 17(4)). Calmar: T. W. Young 1991, Futures 20(1).
 *
 * @param equity the start, then the value at the end of each trading day, oldest first; any unit of money
 * @param calendarDays from the first value to the last
 */
export function equityMetrics(equity: readonly number[], calendarDays: number): EquityMetrics {
  const [start, end] = [equity[0], equity.at(-1)];
  const sound =
    start !== undefined && end !== undefined && start > 0 && equity.every((value) => Number.isFinite(value / start));
  if (!sound) return { ...NOTHING, ...returnMetrics([]) };
  const peaks = peaksOf(equity);
  const totalReturn = end / start - 1;
  const drawdowns = equity.map((value, i) => 1 - value / (peaks[i] ?? value));
  const maxDrawdown = most(drawdowns);
  const annualReturn = calendarDays < MEANINGFUL_DAYS ? undefined : compoundAnnualReturn(totalReturn, calendarDays);
  return {
    netPnl: finite(end - start),
    totalReturn,
    ...returnMetrics(returnsOf(equity)),
    drawdowns,
    maxDrawdown,
    maxDrawdownMoney: finite(most(equity.map((value, i) => (peaks[i] ?? value) - value))),
    daysUnderWater: drawdowns.filter((drawdown) => drawdown > 0).length,
    annualReturn,
    calmar: annualReturn === undefined ? undefined : finite(annualReturn / maxDrawdown),
  };
}

/**
 * The yearly rate that compounds to `totalReturn` in `days`: (1 + total)^(365/days) - 1.
 *
 * @returns undefined where nothing is left to compound, or no time has passed
 */
export function compoundAnnualReturn(totalReturn: number, days: number, daysPerYear = 365): number | undefined {
  if (!(totalReturn >= -1) || !(days > 0)) return undefined;
  return finite((1 + totalReturn) ** (daysPerYear / days) - 1);
}

/** The earlier system's figure, for comparison only (`ENGINE.md` 12): `totalReturn` times 252 over the days that it counted. */
export function linearAnnualReturn(
  totalReturn: number,
  days: number,
  daysPerYear = TRADING_DAYS_A_YEAR,
): number | undefined {
  return days > 0 ? finite((totalReturn * daysPerYear) / days) : undefined;
}

const NOTHING = {
  netPnl: undefined,
  totalReturn: undefined,
  drawdowns: [],
  maxDrawdown: undefined,
  maxDrawdownMoney: undefined,
  daysUnderWater: 0,
  annualReturn: undefined,
  calmar: undefined,
};

function returnMetrics(dailyReturns: readonly number[]) {
  const average = mean(dailyReturns);
  const dailySharpe = meanOverDeviation(dailyReturns);
  const downside = mean(dailyReturns.map((value) => Math.min(value, 0) ** 2));
  const downsideDeviation = downside === undefined ? undefined : Math.sqrt(downside);
  const form = shape(dailyReturns);
  const record =
    dailySharpe === undefined || form === undefined
      ? undefined
      : { sharpe: dailySharpe, returns: dailyReturns.length, ...form };
  return {
    dailyReturns,
    meanReturn: average,
    deviation: sampleDeviation(dailyReturns),
    dailySharpe,
    sharpe: annualised(dailySharpe),
    downsideDeviation,
    sortino:
      average === undefined || downsideDeviation === undefined
        ? undefined
        : annualised(finite(average / downsideDeviation)),
    skewness: form?.skewness,
    kurtosis: form?.kurtosis,
    sharpeAboveZero: record === undefined ? undefined : probabilisticSharpe(record, 0),
    minimumTrackRecord: record === undefined ? undefined : minimumTrackRecord(record, 0, 0.95),
  };
}

function annualised(ratio: number | undefined): number | undefined {
  return ratio === undefined ? undefined : finite(ratio * Math.sqrt(TRADING_DAYS_A_YEAR));
}

// A return on nothing or on debt does not exist, and leaving out that day alone would flatter.
function returnsOf(equity: readonly number[]): readonly number[] {
  if (equity.slice(0, -1).some((value) => value <= 0)) return [];
  const returns = equity.slice(1).map((value, i) => value / (equity[i] ?? value) - 1);
  return returns.every(Number.isFinite) ? returns : [];
}

function peaksOf(equity: readonly number[]): readonly number[] {
  let peak = Number.NEGATIVE_INFINITY;
  return equity.map((value) => {
    peak = Math.max(peak, value);
    return peak;
  });
}

function most(values: readonly number[]): number {
  return values.reduce((found, value) => Math.max(found, value), 0);
}
