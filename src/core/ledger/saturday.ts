import type { Cents } from "../units.js";

/** What the week's result means at the counter (`ENGINE.md` 14). */
export interface FunFacts {
  readonly netPnl: Cents;
  /** As a fraction of the start; undefined where it was not above 0. */
  readonly growth: number | undefined;
  /** Whole lattes that a profit buys, and those that a loss costs. */
  readonly lattes: number;
  readonly lattesForegone: number;
  /** Below a price coffee money, from there vacation funds; undefined without a profit. */
  readonly buys: "coffee money" | "vacation funds" | undefined;
}

/** What things cost, in cents above 0. */
export interface Prices {
  readonly latte: number;
  readonly vacation: number;
}

/** Of the user's own example. */
export const USUAL_PRICES: Prices = { latte: 500, vacation: 100_000 };

/** Turns two balances into the fun facts of the Saturday review. */
export function funFacts(start: Cents, end: Cents, prices: Prices = USUAL_PRICES): FunFacts {
  const netPnl = (end - start) as Cents;
  return {
    netPnl,
    growth: start > 0 ? netPnl / start : undefined,
    lattes: Math.floor(Math.max(0, netPnl) / prices.latte),
    lattesForegone: Math.floor(Math.max(0, -netPnl) / prices.latte),
    buys: netPnl <= 0 ? undefined : netPnl < prices.vacation ? "coffee money" : "vacation funds",
  };
}
