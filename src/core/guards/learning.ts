import type { Cents, Micros } from "../units.js";
import { deny, OK, type Verdict } from "./verdict.js";

/** R16: a closed trade teaches only with finite numbers, and when nobody doubts its prices. */
export function checkLearning(outcome: {
  readonly recommendation: string;
  readonly rMultiple: number;
  readonly netPnl: Cents;
  readonly exitTime: Micros;
  readonly unverified?: boolean | undefined;
}): Verdict<never, "NOT_FINITE" | "UNVERIFIED"> {
  const { rMultiple, netPnl, exitTime, recommendation } = outcome;
  if (![rMultiple, netPnl, exitTime].every(Number.isFinite)) {
    return deny("NOT_FINITE", `The result of ${recommendation} is no number`);
  }
  if (outcome.unverified === true) return deny("UNVERIFIED", `A price of ${recommendation} is unverified`);
  return OK;
}
