import { studentQuantile } from "../sizing/studentT.js";
import { mean, sampleDeviation, sum } from "./moments.js";

/** A sum of results, and how far it is from what chance could have made of it. */
export interface Total {
  readonly count: number;
  readonly total: number;
  /** 90 % interval of the total that such results lead one to expect; undefined under two, and where they are all alike. */
  readonly interval: readonly [low: number, high: number] | undefined;
}

/** Adds results up; the interval is that of their mean (Student 1908, "The probable error of a mean"), times their count. */
export function totalOf(values: readonly number[]): Total {
  const range = meanInterval(values, 0.9);
  const n = values.length;
  return { count: n, total: sum(values), interval: range && [range[0] * n, range[1] * n] };
}

/** The central interval of a mean by Student's t; undefined under two values, and where they are all alike. */
export function meanInterval(
  values: readonly number[],
  share: number,
): readonly [low: number, high: number] | undefined {
  const [centre, deviation] = [mean(values), sampleDeviation(values)];
  if (centre === undefined || deviation === undefined || deviation === 0) return undefined;
  const half = (studentQuantile((1 + share) / 2, values.length - 1) * deviation) / Math.sqrt(values.length);
  return [centre - half, centre + half];
}

/** The middle value, of an even count the mean of the two in the middle; undefined without a value. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return mean(sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1));
}

/**
 * How deep and how long an account lay below its peaks: the root of the mean of squared drawdowns.
 *
 * @param drawdowns as fractions, one per day
 * @see P. G. Martin & B. McCann 1989, "The Investor's Guide to Fidelity Funds", Wiley
 */
export function ulcerIndex(drawdowns: readonly number[]): number | undefined {
  const square = mean(drawdowns.map((drawdown) => drawdown ** 2));
  return square === undefined ? undefined : Math.sqrt(square);
}
