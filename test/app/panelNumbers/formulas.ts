/*
 * The formulas of the statistics written out once more, from `ENGINE.md` 6, 12 and 13 and the papers, by other ways than the program's:
 * the Beta distribution by Simpson's rule, evidence as an integral, quantiles by halving.
 */

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]) => (values.length === 0 ? undefined : sum(values) / values.length);
/** Of a sample: n - 1 below. */
export const deviation = (values: readonly number[]) => {
  const centre = mean(values) ?? 0;
  return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
};

/** `Map.groupBy`, which Node 20 lacks. */
export function grouped<T>(
  values: readonly T[],
  of: (value: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  const names = [...new Set(values.map(of))];
  return names.map((name) => [name, values.filter((value) => of(value) === name)]);
}

export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  if (sorted.length === 0) return undefined;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)] : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

/** Simpson's rule. */
function integral(of: (x: number) => number, from: number, to: number, steps = 800): number {
  const width = (to - from) / steps;
  let total = of(from) + of(to);
  for (let i = 1; i < steps; i++) total += of(from + i * width) * (i % 2 === 1 ? 4 : 2);
  return (total * width) / 3;
}

/** P(X <= x) of Beta(a, b), a and b at least 1. */
export function betaCdf(x: number, a: number, b: number): number {
  const mode = a + b > 2 ? (a - 1) / (a + b - 2) : 0.5;
  const log = (p: number) => (a === 1 ? 0 : (a - 1) * Math.log(p)) + (b === 1 ? 0 : (b - 1) * Math.log(1 - p));
  // Powers of the highest point, so that no long record underflows.
  const top = log(Math.min(1 - 1e-12, Math.max(1e-12, mode)));
  const density = (p: number) => Math.exp(log(p) - top);
  return integral(density, 0, x) / (integral(density, 0, x) + integral(density, x, 1));
}

/** The 5 % and the 95 % quantile of Beta(a, b). */
export function ninety(a: number, b: number): readonly [number, number] {
  const quantile = (share: number) => {
    let [low, high] = [0, 1];
    for (let i = 0; i < 34; i++) {
      const middle = (low + high) / 2;
      if (betaCdf(middle, a, b) < share) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return [quantile(0.05), quantile(0.95)];
}

/** The 90 % interval of a win rate under a uniform prior. */
export const winInterval = (wins: number, trades: number) => ninety(1 + wins, 1 + trades - wins);

/** The 95 % quantile of Student's t: `density` integrated until it is there. */
function studentQuantile(dof: number): number {
  const density = (t: number) => (1 + t ** 2 / dof) ** (-(dof + 1) / 2);
  // All of (0, infinity) by t = u / (1 - u).
  const all = integral((u) => density(u / (1 - u)) / (1 - u) ** 2, 0, 1 - 1e-9);
  let [low, high] = [0, 100];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (integral(density, 0, middle) < 0.45 * 2 * all) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A total and its 90 % interval: that of the mean by Student's t, times the count. */
export function totalOf(values: readonly number[]) {
  const [n, total] = [values.length, sum(values)];
  if (n < 2 || deviation(values) === 0) return { total };
  const half = studentQuantile(n - 1) * deviation(values) * Math.sqrt(n);
  return { total, interval: [total - half, total + half] };
}

/** What a bet on win rates above `rate`, all alike, has made of 1 (Robbins 1970). */
export function evidence(wins: number, losses: number, rate: number): number {
  const log = (p: number) => wins * Math.log(p / rate) + losses * Math.log((1 - p) / (1 - rate));
  return integral((p) => Math.exp(log(p)), rate, 1 - 1e-12) / (1 - rate);
}

export function longestRun(values: readonly boolean[]): number {
  return Math.max(0, ...values.map((_, end) => end + 1 - (values.slice(0, end + 1).lastIndexOf(false) + 1)));
}

/** Falls from the running peak, as fractions, and the deepest in money. */
export function falls(values: readonly number[]) {
  const peaks = values.map((_, i) => Math.max(...values.slice(0, i + 1)));
  const fractions = values.map((value, i) => 1 - value / (peaks[i] ?? value));
  return { fractions, money: Math.max(0, ...values.map((value, i) => (peaks[i] ?? value) - value)) };
}

/** Of a bootstrap of a bootstrap, drawn by another generator than the program's: the share of paths below each bound, and ends. */
export function futures(returns: readonly number[], paths: number, trades: number, seed = 1) {
  let state = seed;
  const random = (below: number) => {
    // Park and Miller's generator.
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * below);
  };
  return Array.from({ length: paths }, () => {
    const believed = returns.map(() => returns[random(returns.length)] ?? 0);
    const path = [1];
    for (let i = 0; i < trades; i++) path.push((path.at(-1) ?? 1) * (1 + (believed[random(believed.length)] ?? 0)));
    return path;
  });
}
