/**
 * The share of the balance to risk for the fastest growth of wealth: p - (1 - p)/b; below 0 there is no edge to bet on.
 *
 * @param confidence chance of a win, in [0, 1]
 * @param payoff what a win pays for each unit that a loss costs
 * @returns undefined for a payoff that is not above 0
 * @see J. L. Kelly 1956, "A new interpretation of information rate", Bell System Technical Journal 35(4); ENGINE.md 6.8
 */
export function kellyFraction(confidence: number, payoff: number): number | undefined {
  return payoff > 0 ? confidence - (1 - confidence) / payoff : undefined;
}

/**
 * A quarter of Kelly's share, never below 0: shrunk because the chance of a win is an estimate. Without a payoff it is 0.
 *
 * @see Baker & McHale 2013, "Optimal betting under parameter uncertainty", Decision Analysis 10(3)
 */
export function quarterKelly(confidence: number, payoff: number): number {
  return Math.max(0, (kellyFraction(confidence, payoff) ?? 0) / 4);
}

/**
 * The chance of a win at which nothing is gained nor lost: (1 + c)/(1 + b) (`ENGINE.md` 6.7).
 *
 * @param payoff what a win pays before costs, in units of the risk
 * @param costs of a round trip, in units of the risk
 * @returns undefined where `payoff` is not above -1; above 1 where the costs exceed every win
 */
export function breakEven(payoff: number, costs: number): number | undefined {
  return payoff > -1 ? (1 + costs) / (1 + payoff) : undefined;
}
