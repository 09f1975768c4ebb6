import type { Direction } from "../detector/cluster.js";
import { say } from "../say.js";
import { MICROS_PER_DAY, MICROS_PER_SECOND, type Micros, type Ticks } from "../units.js";
import { deny, OK, type Verdict, warn } from "./verdict.js";

/** R12: a quantity is at least one whole contract. */
export function checkQuantity(action: { readonly quantity: number }): Verdict<never, "BAD_QUANTITY"> {
  if (Number.isSafeInteger(action.quantity) && action.quantity >= 1) return OK;
  return deny("BAD_QUANTITY", say("A quantity is at least one whole contract, not {0}", action.quantity));
}

/** R12: an exit closes no more contracts than are open, so it cannot reverse. `of` names what is closed. */
export function checkOpen(
  state: { readonly open: number },
  action: { readonly quantity: number; readonly of: string },
): Verdict<never, "MORE_THAN_OPEN"> {
  const { quantity, of } = action;
  if (quantity <= state.open) return OK;
  return deny("MORE_THAN_OPEN", say("{0} contracts of {1} cannot be closed: {2} are open", quantity, of, state.open));
}

/** R12: after a correction each partial exit still leaves something for the exits behind it. */
export function checkLeft(
  state: { readonly open: number },
  action: { readonly quantity: number; readonly of: string },
): Verdict<never, "MORE_THAN_OPEN"> {
  const { quantity, of } = action;
  if (quantity < state.open) return OK;
  const sentence = say(
    "A partial exit of {0} closed {1}: of {2} open then it would leave nothing for the exit that closes the rest",
    of,
    quantity,
    state.open,
  );
  return deny("MORE_THAN_OPEN", sentence);
}

/** R13: a recorded time is a moment: whole microseconds. `of` names what is recorded. */
export function checkMoment(action: { readonly time: number; readonly of: string }): Verdict<never, "BAD_TIME"> {
  if (Number.isSafeInteger(action.time)) return OK;
  return deny("BAD_TIME", say("The time of {0} is no moment", action.of));
}

/** R13: an exit does not lie before the latest of the fills that were recorded before it. `of` names what is closed. */
export function checkExitTime(
  state: { readonly fills: readonly { readonly time: Micros }[] },
  action: { readonly time: Micros; readonly of: string },
): Verdict<never, "BEFORE_ENTRY"> {
  if (state.fills.every(({ time }) => time <= action.time)) return OK;
  return deny("BEFORE_ENTRY", say("The exit of {0} lies before its last fill", action.of));
}

/** Two clocks may differ by this much. */
const CLOCKS_MICROS = 2 * MICROS_PER_SECOND;

/**
 * R13: a recorded time is possible and likely: not in the future, not before the signal, in the trading day of its
 * recommendation and of the last 24 hours.
 *
 * @param state when the recommendation was issued and when its trading day ends, the last moment of it
 */
export function checkTime(
  state: { readonly now: Micros; readonly issued: Micros; readonly dayEnds: Micros },
  action: { readonly time: Micros },
): Verdict<"OTHER_DAY" | "LONG_AGO", "IN_THE_FUTURE" | "BEFORE_SIGNAL"> {
  const { time } = action;
  if (!(time <= state.now + CLOCKS_MICROS)) return deny("IN_THE_FUTURE", say("The time lies in the future"));
  if (time < state.issued - CLOCKS_MICROS) return deny("BEFORE_SIGNAL", say("The time lies before the signal"));
  if (time > state.dayEnds) return warn("OTHER_DAY", say("The time lies after the trading day of the signal"));
  if (state.now - time > MICROS_PER_DAY) return warn("LONG_AGO", say("The time lies more than 24 hours back"));
  return OK;
}

/** An execution as R14 compares it. */
export interface Execution {
  readonly direction: Direction;
  readonly quantity: number;
  readonly price: Ticks;
  readonly time: Micros;
  /** The broker's own number, where it is known. */
  readonly order?: string | undefined;
}

const TWICE_SECONDS = 5;

/** R14: an execution is not entered twice: the same side, quantity and price within 5 s, or the same order. */
export function checkTwice(known: readonly Execution[], action: Execution): Verdict<"DOUBLE_ENTRY"> {
  const same = known.some(
    (other) =>
      (other.order !== undefined && other.order === action.order) ||
      (other.direction === action.direction &&
        other.quantity === action.quantity &&
        other.price === action.price &&
        Math.abs(other.time - action.time) <= TWICE_SECONDS * MICROS_PER_SECOND),
  );
  return same ? warn("DOUBLE_ENTRY", say("The same fill was recorded a moment ago: is it another one?")) : OK;
}

/** R15: an answer speaks of the contract that is traded now; after a roll it may not. */
export function checkContract(
  state: { readonly current: { readonly symbol: string; readonly label: string } | undefined },
  action: { readonly symbol: string; readonly label: string },
): Verdict<"OTHER_CONTRACT"> {
  const { current } = state;
  if (current === undefined || current.symbol === action.symbol) return OK;
  return warn(
    "OTHER_CONTRACT",
    say("It is recorded for {0}, while {1} is the contract of the day", action.label, current.label),
  );
}
