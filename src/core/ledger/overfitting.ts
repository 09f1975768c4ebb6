import { finite } from "./moments.js";
import { normalCdf, normalQuantile } from "./normal.js";

/** A Sharpe ratio per period and what its error depends on. */
export interface SharpeRecord {
  /** Mean over standard deviation, per period: not annualised. */
  readonly sharpe: number;
  /** How many returns it comes from. */
  readonly returns: number;
  readonly skewness: number;
  /** Not excess: 3 for a normal distribution. */
  readonly kurtosis: number;
}

/**
 * The chance that the true Sharpe ratio is above `benchmark`, given the length and shape of the record.
 *
 * @returns undefined with less than two returns, and where the formula has no root
 * @see Bailey & Lopez de Prado 2012, "The Sharpe ratio efficient frontier", Journal of Risk 15(2), equation 8:
 * Phi((SR - SR*) sqrt(T - 1) / sqrt(1 - g3 SR + (g4 - 1)/4 SR^2))
 */
export function probabilisticSharpe(record: SharpeRecord, benchmark: number): number | undefined {
  const variance = sharpeVariance(record);
  if (!(variance > 0) || record.returns < 2) return undefined;
  const z = finite(((record.sharpe - benchmark) * Math.sqrt(record.returns - 1)) / Math.sqrt(variance));
  return z === undefined ? undefined : normalCdf(z);
}

/**
 * How many returns it takes to claim with `confidence` that the true Sharpe ratio is above `benchmark`.
 *
 * @returns undefined where the observed ratio is not above it
 * @see Bailey & Lopez de Prado 2012, equation 11: 1 + (1 - g3 SR + (g4 - 1)/4 SR^2) (z/(SR - SR*))^2
 */
export function minimumTrackRecord(record: SharpeRecord, benchmark: number, confidence: number): number | undefined {
  const variance = sharpeVariance(record);
  const z = normalQuantile(confidence);
  if (z === undefined || !(variance > 0) || !(record.sharpe > benchmark)) return undefined;
  return finite(1 + variance * (z / (record.sharpe - benchmark)) ** 2);
}

const EULER_MASCHERONI = 0.5772156649015329;

/**
 * The Sharpe ratio that the best of `trials` strategies without any skill is expected to show; 0 for a single one.
 *
 * @param variance of the trials' Sharpe ratios, per period
 * @returns undefined with less than one trial
 * @see Bailey & Lopez de Prado 2014, "The deflated Sharpe ratio", Journal of Portfolio Management 40(5), equation 1:
 * sqrt(V) ((1 - g) Phi^-1(1 - 1/N) + g Phi^-1(1 - 1/(N e)))
 */
export function luckySharpe(trials: number, variance: number): number | undefined {
  if (!(trials >= 1) || !(variance >= 0)) return undefined;
  if (trials === 1) return 0;
  const [usual, extreme] = [normalQuantile(1 - 1 / trials), normalQuantile(1 - 1 / (trials * Math.E))];
  if (usual === undefined || extreme === undefined) return undefined;
  return finite(Math.sqrt(variance) * ((1 - EULER_MASCHERONI) * usual + EULER_MASCHERONI * extreme));
}

/** The chance that a strategy picked as the best of `trials` has a true Sharpe ratio above what luck alone would show. */
export function deflatedSharpe(record: SharpeRecord, trials: number, variance: number): number | undefined {
  const lucky = luckySharpe(trials, variance);
  return lucky === undefined ? undefined : probabilisticSharpe(record, lucky);
}

/** How often the strategy that was best in one half of the time was below the middle in the other. */
export interface Overfitting {
  /** Share of the splits whose logit is not above 0. */
  readonly probability: number;
  /** ln(rank/(1 - rank)) out of sample of the best in sample, one per split. */
  readonly logits: readonly number[];
}

/**
 * The probability of backtest overfitting (`ENGINE.md` 13) by combinatorially symmetric cross-validation: time is cut into `slices`, every
 * half of them selects a strategy by its Sharpe ratio, the other half judges it.
 *
 * Rows that `slices` does not divide are left out at the beginning. A strategy that does not vary in a half has ratio 0
 * there; equal ratios share their rank, and of equal bests the first is taken. Costs C(slices, slices/2) times the number
 * of strategies.
 *
 * @param returns one row per period, one column per strategy
 * @param slices even, at least 2; the paper uses 16
 * @returns undefined with less than two strategies or two rows in a slice, and for an odd number of slices
 * @see Bailey, Borwein, Lopez de Prado & Zhu 2017, "The probability of backtest overfitting", Journal of Computational
 * Finance 20(4), section 2.2
 */
export function backtestOverfitting(returns: readonly (readonly number[])[], slices = 16): Overfitting | undefined {
  const strategies = returns[0]?.length ?? 0;
  const length = Math.floor(returns.length / slices);
  if (strategies < 2 || slices < 2 || slices % 2 !== 0 || length < 2) return undefined;
  const whole = returns.slice(returns.length - length * slices);
  const columns = Array.from({ length: strategies }, (_, i) =>
    sliceSums(
      whole.map((row) => row[i] ?? 0),
      length,
    ),
  );
  const logits = [...halves(slices)].map((chosen) => {
    const others = Array.from({ length: slices }, (_, i) => i).filter((slice) => !chosen.includes(slice));
    const inSample = columns.map((column) => sharpeOf(column, chosen, length));
    const outOfSample = columns.map((column) => sharpeOf(column, others, length));
    const best = inSample.indexOf(Math.max(...inSample));
    const rank = rankOf(outOfSample[best] ?? 0, outOfSample) / (strategies + 1);
    return Math.log(rank / (1 - rank));
  });
  return { probability: logits.filter((logit) => logit <= 0).length / logits.length, logits };
}

function sharpeVariance({ sharpe, skewness, kurtosis }: SharpeRecord): number {
  return 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
}

/** Sums of a column's slices about the column's mean, which keeps the digits of its variance. */
interface SliceSums {
  readonly mean: number;
  readonly sums: readonly number[];
  readonly squares: readonly number[];
}

function sliceSums(column: readonly number[], length: number): SliceSums {
  const mean = column.reduce((total, value) => total + value, 0) / column.length;
  const sums: number[] = [];
  const squares: number[] = [];
  for (const [i, value] of column.entries()) {
    const slice = Math.floor(i / length);
    sums[slice] = (sums[slice] ?? 0) + (value - mean);
    squares[slice] = (squares[slice] ?? 0) + (value - mean) ** 2;
  }
  return { mean, sums, squares };
}

function sharpeOf(column: SliceSums, slices: readonly number[], length: number): number {
  const n = slices.length * length;
  let total = 0;
  let squares = 0;
  for (const slice of slices) {
    total += column.sums[slice] ?? 0;
    squares += column.squares[slice] ?? 0;
  }
  const variance = (squares - (total * total) / n) / (n - 1);
  return variance > 0 ? (finite((column.mean + total / n) / Math.sqrt(variance)) ?? 0) : 0;
}

function rankOf(value: number, among: readonly number[]): number {
  const below = among.filter((other) => other < value).length;
  const equal = among.filter((other) => other === value).length;
  return below + (equal + 1) / 2;
}

// Every half of the slices, in lexicographic order.
function* halves(slices: number, chosen: readonly number[] = []): Generator<readonly number[]> {
  const missing = slices / 2 - chosen.length;
  if (missing === 0) {
    yield chosen;
    return;
  }
  const first = (chosen.at(-1) ?? -1) + 1;
  for (let slice = first; slice <= slices - missing; slice++) yield* halves(slices, [...chosen, slice]);
}
