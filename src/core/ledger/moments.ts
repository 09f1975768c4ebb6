/** The value where it is a number; undefined where it is not one or infinite. */
export function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Sum of values. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Arithmetic mean; undefined without a value. */
export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : finite(sum(values) / values.length);
}

/** Standard deviation of a sample (n - 1 below); undefined with less than two values. */
export function sampleDeviation(values: readonly number[]): number | undefined {
  const centre = mean(values);
  if (centre === undefined || values.length < 2) return undefined;
  return finite(Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1)));
}

/**
 * Mean over standard deviation of a sample; undefined where it does not vary.
 *
 * @see W. F. Sharpe 1994, "The Sharpe ratio", Journal of Portfolio Management 21(1), with a benchmark of 0
 */
export function meanOverDeviation(values: readonly number[]): number | undefined {
  const [centre, deviation] = [mean(values), sampleDeviation(values)];
  if (centre === undefined || deviation === undefined || isRoundOff(deviation, values)) return undefined;
  return finite(centre / deviation);
}

/** Third and fourth standardised central moment of a population; a normal distribution has 0 and 3. */
export interface Shape {
  readonly skewness: number;
  readonly kurtosis: number;
}

/** Skewness and kurtosis (not excess); undefined for values that do not vary. */
export function shape(values: readonly number[]): Shape | undefined {
  const centre = mean(values);
  if (centre === undefined) return undefined;
  const moment = (power: number) => sum(values.map((value) => (value - centre) ** power)) / values.length;
  const deviation = Math.sqrt(moment(2));
  if (isRoundOff(deviation, values)) return undefined;
  const [skewness, kurtosis] = [finite(moment(3) / deviation ** 3), finite(moment(4) / deviation ** 4)];
  return skewness === undefined || kurtosis === undefined ? undefined : { skewness, kurtosis };
}

// Equal values whose mean is not one of them have a deviation that is rounding alone.
function isRoundOff(deviation: number, values: readonly number[]): boolean {
  return deviation <= 1e-14 * values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
