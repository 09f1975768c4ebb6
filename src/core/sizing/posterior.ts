import cdf from "@stdlib/stats-base-dists-beta-cdf";
import quantile from "@stdlib/stats-base-dists-beta-quantile";
import { checkLearning } from "../guards/learning.js";
import type { BayesSettings } from "../settings.js";
import type { Cents, Micros } from "../units.js";
import { type Expectancy, equivalentConfidence, expectancy, meanRAt } from "./expectancy.js";
import { FadedRows, type Weights, weightAt } from "./fading.js";
import type { AccountName } from "./recommendation.js";
import { studentCdf, studentQuantile } from "./studentT.js";

/** One learning row: how a recommendation ended on one account (`ENGINE.md` 6.1). */
export interface Outcome {
  readonly recommendation: string;
  readonly account: AccountName;
  readonly context: string;
  /** Net P&L above 0. */
  readonly win: boolean;
  readonly rMultiple: number;
  readonly netPnl: Cents;
  readonly exitTime: Micros;
  /** A price of it could not be verified: it counts in the balance and teaches nothing. */
  readonly unverified?: boolean;
}

/** What past results say about the next signal of a context. */
export interface Posterior {
  /** Parameters of the Beta distribution. */
  readonly alpha: number;
  readonly beta: number;
  /** Mean: the confidence. */
  readonly mean: number;
  /** Weight of a result of the other contexts. */
  readonly lambda: number;
  /** Raw counts: of the context, of the others, and what of them counts as evidence. */
  readonly contextTrades: number;
  readonly otherTrades: number;
  readonly evidence: number;
  /** What the R-multiples of the context say, where they take the place of its wins (`ENGINE.md` 6.6). */
  readonly expectancy: Expectancy | undefined;
}

/** A distribution of the chance of a win. */
type Belief = Pick<Posterior, "alpha" | "beta"> & Partial<Pick<Posterior, "expectancy">>;

/** What speaks of a context: wins and losses, and how many there are of both. */
interface Tally {
  wins: number;
  losses: number;
  count: number;
}

/**
 * The rows that an account learns from: its own, or under `both` all, the user's record replacing the paper one. What the
 * learning guard denies teaches nothing, and does not replace either. Kept up row by row as trades are closed.
 */
export class LearningRows {
  readonly #account: AccountName;
  readonly #learnFrom: BayesSettings["learnFrom"];
  readonly #rows: Outcome[] = [];
  /** Without fading, of each context, and of all. */
  readonly #tallies = new Map<string, Tally>();
  readonly #all = noTally();
  /** Of one half-life, from the first question on. */
  #faded: FadedRows | undefined;
  /** Recommendations of which the user's record, or the paper one, is among the rows. */
  readonly #recorded = new Set<string>();
  readonly #simulated = new Set<string>();

  constructor(account: AccountName, learnFrom: BayesSettings["learnFrom"], outcomes: readonly Outcome[] = []) {
    this.#account = account;
    this.#learnFrom = learnFrom;
    for (const row of outcomes) this.add(row);
  }

  /** In the order in which they were added. */
  get rows(): readonly Outcome[] {
    return this.#rows;
  }

  /** Wins, losses and trades of a context. */
  of(context: string): Readonly<Tally> {
    return this.#tallies.get(context) ?? noTally();
  }

  /** Those of all other contexts. */
  beside(context: string): Readonly<Tally> {
    const own = this.of(context);
    const { wins, losses, count } = this.#all;
    return { wins: wins - own.wins, losses: losses - own.losses, count: count - own.count };
  }

  /**
   * Wins and losses of a context and of all others, each row by its weight at a time: it halves every half-life from its exit on.
   *
   * @param halfLifeDays 0: nothing fades
   */
  weighed(context: string, now: Micros, halfLifeDays: number): readonly [own: Weights, other: Weights] {
    if (halfLifeDays === 0) return [this.of(context), this.beside(context)];
    if (this.#faded?.halfLifeDays !== halfLifeDays) this.#faded = new FadedRows(halfLifeDays, this.#rows);
    return this.#faded.at(context, now);
  }

  /** @param row the only one of its recommendation on its account */
  add(row: Outcome): void {
    if (checkLearning(row).verdict === "deny") return;
    const { recommendation, account } = row;
    if (this.#learnFrom === "account") {
      if (account === this.#account) this.#take(row);
      return;
    }
    if (account === "paper" && this.#recorded.has(recommendation)) return;
    if (account === "manual" && this.#simulated.delete(recommendation)) {
      const replaced = this.#rows.findLastIndex((other) => other.recommendation === recommendation);
      for (const simulated of this.#rows.splice(replaced, 1)) {
        this.#count(simulated, -1);
        this.#faded?.remove(simulated);
      }
    }
    (account === "manual" ? this.#recorded : this.#simulated).add(recommendation);
    this.#take(row);
  }

  #take(row: Outcome): void {
    this.#rows.push(row);
    this.#count(row, 1);
    this.#faded?.add(row);
  }

  #count(row: Outcome, times: 1 | -1): void {
    const own = this.#tallies.get(row.context) ?? noTally();
    this.#tallies.set(row.context, own);
    for (const tally of [own, this.#all]) tell(tally, row, times);
  }
}

function noTally(): Tally {
  return { wins: 0, losses: 0, count: 0 };
}

function tell(tally: Tally, row: Outcome, times: 1 | -1): void {
  tally.count += times;
  if (row.win) tally.wins += times;
  else tally.losses += times;
}

/**
 * Estimates the chance that a signal of `context` wins: a Beta posterior with a power prior from the other contexts.
 *
 * @param now rows fade by age, half every `settings.halfLifeDays` (0: never)
 * @see Ibrahim & Chen 2000, "Power prior distributions for regression models"; ENGINE.md 6.3, 6.4
 */
export function posterior(learning: LearningRows, context: string, now: Micros, settings: BayesSettings): Posterior {
  const [own, other] = learning.weighed(context, now, settings.halfLifeDays);
  const [contextTrades, otherTrades] = [learning.of(context).count, learning.beside(context).count];
  const otherWeight = other.wins + other.losses;
  const lambda = otherWeight === 0 ? 0 : Math.min(1, settings.pooledKappa / otherWeight);
  const alpha = settings.alphaPrior + own.wins + lambda * other.wins;
  const beta = settings.betaPrior + own.losses + lambda * other.losses;
  const basis = settings.expectancyBasis ? expectancyOf(learning.rows, context, now, settings) : undefined;
  return {
    alpha,
    beta,
    mean: basis === undefined ? alpha / (alpha + beta) : equivalentConfidence(basis.mu),
    expectancy: basis,
    lambda,
    contextTrades,
    otherTrades,
    evidence: contextTrades + Math.min(settings.pooledKappa, otherTrades),
  };
}

/** What the posterior does to the size: 1 is none (`ENGINE.md` 6.5). */
export function multiplier(of: Posterior, settings: BayesSettings, statistic = settings.multiplierStatistic): number {
  const p = statistic === "lower20" ? quantileOf(0.2, of) : of.mean;
  const cap = Math.min(settings.maxMultiplier, evidenceCap(of.evidence, settings));
  return Math.max(1, Math.min(1 + settings.scalingFactor * (p - 0.5), cap));
}

/** Central interval that holds `share` of the posterior. */
export function interval(of: Belief, share: number): readonly [low: number, high: number] {
  const tail = (1 - share) / 2;
  return [quantileOf(tail, of), quantileOf(1 - tail, of)];
}

/** Chance that the win rate is above `rate`. */
export function chanceAbove(of: Belief, rate: number): number {
  if (of.expectancy === undefined) return 1 - cdf(rate, of.alpha, of.beta);
  const { mu, scale, dof } = of.expectancy;
  return studentCdf((mu - meanRAt(rate)) / scale, dof);
}

/** Interval of a win rate from raw counts under a uniform prior. */
export function winRateInterval(wins: number, trades: number): readonly [low: number, high: number] {
  return interval({ alpha: 1 + wins, beta: 1 + trades - wins }, 0.9);
}

/** The value below which `share` of the Beta distribution lies. */
export function betaQuantile(share: number, of: { readonly alpha: number; readonly beta: number }): number {
  return quantile(share, of.alpha, of.beta);
}

function evidenceCap(evidence: number, settings: BayesSettings): number {
  if (evidence < settings.minTrades) return 1;
  if (!settings.evidenceLadder || evidence >= 20) return Number.POSITIVE_INFINITY;
  return evidence < 10 ? 1.5 : 2;
}

function expectancyOf(rows: readonly Outcome[], context: string, now: Micros, settings: BayesSettings): Expectancy {
  const own = rows.filter((row) => row.context === context);
  const results = own.map((row) => row.rMultiple);
  const weights = own.map((row) => weightAt(row.exitTime, now, settings.halfLifeDays));
  return expectancy(results, weights);
}

// Confidence, interval and caution speak of one distribution, so that the mean never lies outside its own interval.
function quantileOf(share: number, of: Belief): number {
  if (of.expectancy === undefined) return betaQuantile(share, of);
  const { mu, scale, dof } = of.expectancy;
  return equivalentConfidence(mu + scale * studentQuantile(share, dof));
}
