import cdf from "@stdlib/stats-base-dists-beta-cdf";
import quantile from "@stdlib/stats-base-dists-beta-quantile";

/**
 * The share of Student's t distribution below `t`, by the incomplete beta function: the lower tail at t < 0 is
 * I_x(dof/2, 1/2)/2 with x = dof/(dof + t^2).
 *
 * @param dof degrees of freedom, more than 0, not necessarily whole
 * @see Abramowitz & Stegun 1964, 26.7.1
 */
export function studentCdf(t: number, dof: number): number {
  const square = t * t;
  // Of the two equal forms the one whose argument keeps its digits.
  const tail =
    square > dof ? cdf(dof / (dof + square), dof / 2, 0.5) / 2 : (1 - cdf(square / (dof + square), 0.5, dof / 2)) / 2;
  return t < 0 ? tail : 1 - tail;
}

/**
 * The value below which `share` of Student's t distribution lies; the inverse of `studentCdf`.
 *
 * @param share in (0, 1)
 */
export function studentQuantile(share: number, dof: number): number {
  const tails = 2 * Math.min(share, 1 - share);
  const size = tails > 0.5 ? nearCentre(1 - tails, dof) : inTail(tails, dof);
  return share < 0.5 ? -size : size;
}

function nearCentre(within: number, dof: number): number {
  if (within <= 0) return 0;
  const x = quantile(within, 0.5, dof / 2);
  return Math.sqrt((dof * x) / (1 - x));
}

function inTail(tails: number, dof: number): number {
  const x = quantile(tails, dof / 2, 0.5);
  return Math.sqrt((dof * (1 - x)) / x);
}
