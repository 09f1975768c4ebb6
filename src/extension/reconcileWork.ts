import { TradingHours } from "../core/session.js";
import type { Micros } from "../core/units.js";
import { dayAtHand } from "./dayAtHand.js";
import type { Workbench } from "./workbench.js";

/*
 * What Reconcile Day works with: too heavy for activation, so it is imported when it runs.
 */

export { readBrokerCsv } from "../app/reconcile/brokerCsv.js";
export { fixesOf } from "../app/reconcile/fixes.js";
export { daysToReconcile, reconcileDay } from "../app/reconcile/reconcile.js";
export { fileWords, mismatchWords, sidesWords, takenWords } from "../app/reconcile/words.js";

/** In which trading day an execution counts: the last that had begun, so that one after the close is of that day. */
export function daysOf(workbench: Workbench): (time: Micros) => string | undefined {
  const { hours, calendar } = dayAtHand(workbench);
  const trading = new TradingHours(hours, calendar);
  return (time) => trading.dayBegunBy(time)?.date;
}
