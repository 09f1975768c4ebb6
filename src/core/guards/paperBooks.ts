import { deny, OK, type Verdict } from "./verdict.js";

/**
 * R17: a booked round trip is whole cents and moves the balance by exactly its result. What it denies is a bug of ours.
 *
 * @param trip in cents
 */
export function checkBooked(trip: {
  readonly grossPnl: number;
  readonly commission: number;
  readonly netPnl: number;
  readonly balanceBefore: number;
  readonly balanceAfter: number;
}): Verdict<never, "BAD_BOOKING"> {
  const { grossPnl, commission, netPnl, balanceBefore, balanceAfter } = trip;
  const whole = [grossPnl, commission, balanceBefore].every(Number.isSafeInteger);
  if (whole && netPnl === grossPnl - commission && balanceAfter === balanceBefore + netPnl) return OK;
  return deny("BAD_BOOKING", `${balanceBefore} + ${grossPnl} - ${commission} is not ${balanceAfter}`);
}

/** R17: a paper fill is never better than the print that caused it: no price that nobody paid. Prices in ticks. */
export function checkPaid(
  print: number,
  action: { readonly price: number; readonly buys: boolean },
): Verdict<never, "BETTER_THAN_TRADED"> {
  if (action.buys ? action.price >= print : action.price <= print) return OK;
  return deny(
    "BETTER_THAN_TRADED",
    `A paper ${action.buys ? "purchase" : "sale"} at ${action.price} met a print at ${print}`,
  );
}
