import cdf from "@stdlib/stats-base-dists-beta-cdf";
import { REJECTING_EVIDENCE, sequentialTest } from "./sequentialTest.js";

/** How the wins of all closed trades stand against a rate that needs no skill. */
export interface NullTest {
  /** The win rate of the null hypothesis. */
  readonly rate: number;
  /** The most evidence against it after any trade; 20 rejects it. */
  readonly highest: number;
  readonly rejected: boolean;
  /** How many trades it took; undefined while it is not rejected. */
  readonly rejectedAfter: number | undefined;
  /** Further trades until it is rejected if wins go on as they have; undefined where they never would, or it is rejected. */
  readonly needed: number | undefined;
}

/** So many trades nobody waits for. */
const NEVER = 1_000_000;

/**
 * Tests wins against a rate, safe to be looked at after every trade (`sequentialTest`).
 *
 * @param wins outcomes in order, all of them: a choice of a period after looking would not be safe
 * @returns undefined for a rate that is not in (0, 1)
 */
export function nullTest(wins: readonly boolean[], rate: number): NullTest | undefined {
  const test = sequentialTest(wins, rate);
  if (test === undefined) return undefined;
  const { highest, rejected, rejectedAfter } = test;
  const won = wins.filter((win) => win).length;
  const needed = rejected ? undefined : tradesNeeded(won, wins.length, rate);
  return { rate, highest, rejected, rejectedAfter, needed };
}

/**
 * The fewest further trades after which the null hypothesis "wins are not more frequent than `rate`" is rejected, if wins go on at
 * the frequency that they had.
 *
 * @returns undefined without a trade, where the frequency is not above `rate`, and beyond a million
 */
export function tradesNeeded(wins: number, trades: number, rate: number): number | undefined {
  if (trades === 0 || wins / trades <= rate) return undefined;
  const frequency = wins / trades;
  const isEnough = (more: number) =>
    logEvidence(wins + more * frequency, trades - wins + more * (1 - frequency), rate) >= Math.log(REJECTING_EVIDENCE);
  let high = 1;
  while (!isEnough(high)) {
    high *= 2;
    if (high > NEVER) return undefined;
  }
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The longest run of wins that chance alone brings, on average: log_{1/p}(n(1 - p)) + 0.5772/ln(1/p) - 1/2.
 *
 * @returns undefined for a rate at which all or none are won, and without a trade
 * @see M. F. Schilling 1990, "The longest run of heads", College Mathematics Journal 21(3)
 */
export function expectedLongestRun(trades: number, rate: number): number | undefined {
  if (trades < 1 || !(rate > 0 && rate < 1)) return undefined;
  const log = Math.log(1 / rate);
  const run = (Math.log(trades * (1 - rate)) + EULER) / log - 0.5;
  return Math.min(trades, Math.max(0, run));
}

const EULER = 0.5772156649015329;

// The evidence of `sequentialTest` in one step: it depends on the counts alone. They need not be whole.
function logEvidence(won: number, lost: number, rate: number): number {
  const ratio = logFactorial(won) + logFactorial(lost) - logFactorial(won + lost + 1);
  const likelihood = won * Math.log(rate) + lost * Math.log(1 - rate);
  return ratio - likelihood + Math.log(cdf(1 - rate, 1 + lost, 1 + won)) - Math.log(1 - rate);
}

/** ln x! by Stirling's series, for x at least 0, not necessarily whole (Abramowitz & Stegun 1964, 6.1.41). */
function logFactorial(x: number): number {
  let shift = 0;
  let z = x + 1;
  // The series is exact to 1e-10 from here on.
  for (; z < 12; z++) shift += Math.log(z);
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * z) - 1 / (360 * z ** 3) - shift;
}
