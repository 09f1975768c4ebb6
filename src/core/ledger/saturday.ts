import type { Cents } from "../units.js";

/** What the week's result means at the counter (`ENGINE.md` 14). */
export interface FunFacts {
  readonly netPnl: Cents;
  /** As a fraction of the start; undefined where it was not above 0. */
  readonly growth: number | undefined;
  /** Whole five-dollar lattes that a profit buys, and those that a loss costs. */
  readonly lattes: number;
  readonly lattesForegone: number;
  /** Below $1,000 coffee money, from there vacation funds; undefined without a profit. */
  readonly buys: "coffee money" | "vacation funds" | undefined;
}

const LATTE_CENTS = 500;
const VACATION_CENTS = 100_000;

/** Turns two balances into the fun facts of the Saturday review. */
export function funFacts(start: Cents, end: Cents): FunFacts {
  const netPnl = (end - start) as Cents;
  return {
    netPnl,
    growth: start > 0 ? netPnl / start : undefined,
    lattes: Math.floor(Math.max(0, netPnl) / LATTE_CENTS),
    lattesForegone: Math.floor(Math.max(0, -netPnl) / LATTE_CENTS),
    buys: netPnl <= 0 ? undefined : netPnl < VACATION_CENTS ? "coffee money" : "vacation funds",
  };
}
