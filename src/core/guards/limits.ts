import { say } from "../say.js";
import type { RiskSettings } from "../settings.js";
import { deny, OK, type Verdict, warn } from "./verdict.js";

/**
 * R5: an account's fills of the trading day leave room for another (default 10). Signals are denied, fills are not: truth is
 * never refused.
 */
export function checkDailyTrades(
  state: { readonly fillsToday: number },
  limits: Pick<RiskSettings, "maxDailyTrades">,
): Verdict<never, "DAILY_LIMIT"> {
  if (state.fillsToday < limits.maxDailyTrades) return OK;
  return deny("DAILY_LIMIT", say("The {0} trades of the day are used up", limits.maxDailyTrades));
}

/** Contracts that may still be bought beside `open` ones (R6, default 3); negative where more are held already. */
export function roomFor(open: number, limits: Pick<RiskSettings, "maxPositionSize">): number {
  return limits.maxPositionSize - open;
}

/** R6: the position stays within its limit. */
export function checkPosition(
  state: { readonly open: number },
  action: { readonly quantity: number },
  limits: Pick<RiskSettings, "maxPositionSize">,
): Verdict<never, "MAX_POSITION"> {
  if (action.quantity <= roomFor(state.open, limits)) return OK;
  return deny(
    "MAX_POSITION",
    say("{0} contracts are more than the {1} allowed", state.open + action.quantity, limits.maxPositionSize),
  );
}

/** R6: a recorded fill is no larger than recommended. It happened, so it is only asked about. */
export function checkRecommended(
  state: { readonly recommended: number },
  action: { readonly quantity: number },
): Verdict<"MORE_THAN_RECOMMENDED"> {
  if (action.quantity <= state.recommended) return OK;
  const sentence = say("{0} contracts are more than the {1} recommended", action.quantity, state.recommended);
  return warn("MORE_THAN_RECOMMENDED", sentence);
}

/**
 * R7: marked equity stays above its running peak less the limit (default 5 %; `ENGINE.md` 8, 10). A denial halts the account.
 * A peak of nothing or less, as after a reset in the red, leaves no room.
 *
 * @param state in cents, not rounded; the peak is the limit's own, which a reset re-bases
 * @param limits as a fraction, 0 is off
 */
export function checkDrawdown(
  state: { readonly limitPeak: number; readonly equity: number },
  limits: Pick<RiskSettings, "emergencyStopLossPct">,
): Verdict<never, "EMERGENCY_STOP"> {
  const limit = limits.emergencyStopLossPct;
  if (limit <= 0) return OK;
  if (!(state.limitPeak > 0)) return deny("EMERGENCY_STOP", say("The account has nothing left that it could lose"));
  const fallen = (state.limitPeak - state.equity) / state.limitPeak;
  if (fallen < limit) return OK;
  return deny("EMERGENCY_STOP", say("The equity has fallen by {0} % from its peak", (fallen * 100).toFixed(1)));
}

/** R7, R9: neither the emergency stop nor the user has halted the account. Only a reset with a reason ends either. */
export function checkHalted(state: { readonly halted: boolean }): Verdict<never, "HALTED"> {
  return state.halted ? deny("HALTED", say("The account is halted: reset it, with a reason, to go on")) : OK;
}

/** R8: the day's losses in a row leave room for another trade (default 3). Exits go on. */
export function checkStreak(
  state: { readonly losingStreak: number },
  limits: Pick<RiskSettings, "maxConsecutiveLosses">,
): Verdict<never, "LOSS_PAUSE"> {
  if (state.losingStreak < limits.maxConsecutiveLosses) return OK;
  return deny("LOSS_PAUSE", say("{0} losses in a row: the rest of the day is a pause", state.losingStreak));
}

/**
 * R8 with `maxDailyLossPct` (default 0: off): the day has not lost that share of the balance with which it began. One that
 * began with nothing or less leaves no room.
 *
 * @param state in cents
 */
export function checkDailyLoss(
  state: { readonly pnlToday: number; readonly balance: number },
  limits: Pick<RiskSettings, "maxDailyLossPct">,
): Verdict<never, "LOSS_PAUSE"> {
  if (limits.maxDailyLossPct <= 0) return OK;
  const begun = state.balance - state.pnlToday;
  if (!(begun > 0)) return deny("LOSS_PAUSE", say("The day began with nothing left that it could lose"));
  const lost = -state.pnlToday / begun;
  if (lost < limits.maxDailyLossPct) return OK;
  return deny(
    "LOSS_PAUSE",
    say("The day has lost {0} % of its balance: the rest of it is a pause", (lost * 100).toFixed(1)),
  );
}
