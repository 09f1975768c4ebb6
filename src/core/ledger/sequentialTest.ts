import cdf from "@stdlib/stats-base-dists-beta-cdf";

/** Evidence that lets a null hypothesis be rejected at 5 %, whenever one looks. */
export const REJECTING_EVIDENCE = 20;

/** A test of the win rate that may be looked at after every trade. */
export interface SequentialTest {
  /**
   * What a fair bet against the null hypothesis would have made of 1 so far; its logarithm holds values that do not fit.
   * At most 1e300.
   */
  readonly evidence: number;
  readonly logEvidence: number;
  /** The most that it was after any trade; a rejection once earned stays. */
  readonly highest: number;
  /** The null is rejected: `highest` reached 20. */
  readonly rejected: boolean;
  /** How many trades it took; undefined while it is not rejected. */
  readonly rejectedAfter: number | undefined;
}

/**
 * Tests whether wins are more frequent than `rate`, against the null hypothesis that they are not. The 5 % hold at every
 * number of trades and for every rule of stopping, unlike those of an interval that one watches until it pleases.
 *
 * The evidence is the likelihood ratio of win rates above `rate`, mixed uniformly, over `rate`: a supermartingale under
 * every rate of the null, so that it reaches 20 with a chance of at most 1/20 (Ville's inequality). Whether wins are
 * rarer than a claim is the same test of the losses against 1 - claim.
 *
 * @param wins outcomes in order
 * @param rate in (0, 1), such as the break-even rate
 * @returns undefined for another rate
 * @see H. Robbins 1970, "Statistical methods related to the law of the iterated logarithm", Ann. Math. Stat. 41(5);
 * Howard, Ramdas, McAuliffe & Sekhon 2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences", Ann. Stat.
 * 49(2), the beta-binomial mixture
 */
export function sequentialTest(wins: readonly boolean[], rate: number): SequentialTest | undefined {
  if (!(rate > 0 && rate < 1)) return undefined;
  let [won, lost, logRatio] = [0, 0, 0];
  let [logEvidence, logHighest] = [0, 0];
  let rejectedAfter: number | undefined;
  for (const win of wins) {
    // The mixture over all of (0, 1) predicts the next win with (w + 1)/(n + 2).
    const next = win ? won + 1 : lost + 1;
    logRatio += Math.log(next / (won + lost + 2) / (win ? rate : 1 - rate));
    if (win) won++;
    else lost++;
    logEvidence = logRatio + Math.log(shareAbove(rate, won, lost)) - Math.log(1 - rate);
    logHighest = Math.max(logHighest, logEvidence);
    if (logEvidence >= Math.log(REJECTING_EVIDENCE)) rejectedAfter ??= won + lost;
  }
  return {
    evidence: power(logEvidence),
    logEvidence: Math.max(logEvidence, -MOST),
    highest: power(logHighest),
    rejected: rejectedAfter !== undefined,
    rejectedAfter,
  };
}

const MOST = 300 * Math.LN10;

function power(logarithm: number): number {
  return Math.exp(Math.min(logarithm, MOST));
}

// Of the whole mixture's posterior, what lies above the rate: the rest is the null's own.
function shareAbove(rate: number, won: number, lost: number): number {
  return cdf(1 - rate, 1 + lost, 1 + won);
}
