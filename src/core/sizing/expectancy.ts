import { studentCdf, studentQuantile } from "./studentT.js";

/** What past R-multiples say about the mean of the next ones: a Normal-Inverse-Gamma posterior. */
export interface Expectancy {
  /** Posterior mean of R. */
  readonly mu: number;
  /** Results behind `mu`, the prior's two included. */
  readonly kappa: number;
  /** Shape and scale of the variance's inverse gamma distribution. */
  readonly a: number;
  readonly b: number;
  /** The mean's marginal is Student's t with `dof` degrees of freedom, centred at `mu`, stretched by `scale`. */
  readonly scale: number;
  readonly dof: number;
  /** The value above which the mean lies with a chance of 80 %. */
  readonly lower20: number;
  /** Central 90 % interval of the mean. */
  readonly interval: readonly [low: number, high: number];
  /** Chance that the mean is above 0. */
  readonly positive: number;
}

const PRIOR = { mu: 0, kappa: 2, a: 2, b: 2 };

/**
 * Estimates the expectancy in R from closed trades (`ENGINE.md` 6.6; prior mean 0 with the weight of two trades).
 *
 * @param results R-multiples, finite
 * @param weights of the results, such as their fading by age; left out: 1 each
 * @see K. P. Murphy 2007, "Conjugate Bayesian analysis of the Gaussian distribution", equations 85 to 89 and the marginal of mu
 */
export function expectancy(results: readonly number[], weights: readonly number[] = results.map(() => 1)): Expectancy {
  const weightOf = (index: number) => weights[index] ?? 0;
  const n = results.reduce((sum, _, i) => sum + weightOf(i), 0);
  const mean = n > 0 ? results.reduce((sum, result, i) => sum + weightOf(i) * result, 0) / n : 0;
  const squares = results.reduce((sum, result, i) => sum + weightOf(i) * (result - mean) ** 2, 0);
  const kappa = PRIOR.kappa + n;
  const mu = (PRIOR.kappa * PRIOR.mu + n * mean) / kappa;
  const a = PRIOR.a + n / 2;
  const b = PRIOR.b + squares / 2 + (PRIOR.kappa * n * (mean - PRIOR.mu) ** 2) / (2 * kappa);
  const scale = Math.sqrt(b / (a * kappa));
  const dof = 2 * a;
  const at = (share: number) => mu + scale * studentQuantile(share, dof);
  return {
    mu,
    kappa,
    a,
    b,
    scale,
    dof,
    lower20: at(0.2),
    interval: [at(0.05), at(0.95)],
    positive: studentCdf(mu / scale, dof),
  };
}

/** The win chance of a 2:1 bracket that has this expectancy, E[R] = 3p - 1, in [0, 1] (`ENGINE.md` 6.6). */
export function equivalentConfidence(meanR: number): number {
  return Math.min(1, Math.max(0, (1 + meanR) / 3));
}

/** The expectancy of a 2:1 bracket that wins at this rate, E[R] = 3p - 1: the inverse of `equivalentConfidence`. */
export function meanRAt(rate: number): number {
  return 3 * rate - 1;
}
