import { doubtOf } from "./doubt.js";
import type { EngineOutput, Exit, PartialExit, RecordedExit, TradeRecord } from "./events.js";
import { refusalOf, UNANSWERED } from "./lifeCycle.js";
import { overrideOf } from "./override.js";
import { partialExitsOf } from "./records.js";
import type { AccountName } from "./sizing/recommendation.js";
import type { Cents, Micros, Ticks } from "./units.js";

const NOTHING: TradeRecord = { state: UNANSWERED.state, fills: [], exit: undefined, notExecuted: undefined };

/**
 * The exits that count: a corrected one stands in the place of the one that it replaces, what was taken back is gone, and the
 * balances of the later ones follow.
 */
export function countingExits(outputs: readonly EngineOutput[]): readonly Exit[] {
  return countingBookings(outputs).filter((booking) => booking.type === "exit");
}

/** The partial exits of trades that are open; those of a closed one are parts of its exit. */
export function openPartialExits(outputs: readonly EngineOutput[]): readonly PartialExit[] {
  const bookings = countingBookings(outputs);
  const closed = new Set(bookings.flatMap((each) => (each.type === "exit" ? [tradeOf(each)] : [])));
  return bookings.filter((each): each is PartialExit => each.type === "partialExit" && !closed.has(tradeOf(each)));
}

/** What an account was given or took by one exit, of a part or of all that was left. */
export interface MoneyStep {
  readonly account: AccountName;
  readonly time: Micros;
  /** That of the trade. */
  readonly tradingDay: string;
  readonly netPnl: Cents;
}

/** All that changed the balances, as corrected, in the order in which it was booked. */
export function moneySteps(outputs: readonly EngineOutput[]): readonly MoneyStep[] {
  const booked = new Map<string, number>();
  return countingBookings(outputs).map((booking) => {
    const { account, netPnl, tradingDay } = booking;
    const trade = tradeOf(booking);
    const before = booked.get(trade) ?? 0;
    booked.set(trade, before + netPnl);
    if (booking.type === "partialExit") return { account, time: booking.time, tradingDay, netPnl };
    const { time } = booking.parts?.at(-1) ?? booking;
    return { account, time, tradingDay, netPnl: (netPnl - before) as Cents };
  });
}

/** What changed a balance. */
type Booking = Exit | PartialExit;

/** In the order in which they were booked, whole and in part. */
function countingBookings(outputs: readonly EngineOutput[]): readonly Booking[] {
  const bookings: (Booking | undefined)[] = [];
  const places = new Map<string, number>();
  let start: Cents | undefined;
  let isCorrected = false;
  for (const output of outputs) {
    const isBooking = output.type === "exit" || output.type === "partialExit";
    if (isBooking && output.account === "manual") start ??= output.balanceBefore;
    isCorrected ||= output.type === "void" || output.type === "amendment";
    if (output.type === "void") {
      for (const [place, booking] of bookings.entries()) {
        const isGone = booking && isOf(booking, output) && (output.target ?? booking.id) === booking.id;
        if (isGone) bookings[place] = undefined;
      }
    }
    if (!isBooking) continue;
    const { id, replaces } = output;
    const place = (replaces === undefined ? undefined : places.get(replaces)) ?? bookings.length;
    places.set(id, place);
    bookings[place] = output;
    if (output.type === "exit") takeParts(bookings, places, output);
  }
  const counting = fitting(
    bookings.filter((booking) => booking !== undefined),
    outputs,
  );
  return isCorrected && start !== undefined ? balancedFrom(start, counting) : counting;
}

// A correction of a closed trade tells its parts with the exit, under the names that a later correction replaces. The last of them is
// the exit; a partial exit that is none of the others was refused, or took all that was left.
function takeParts(bookings: (Booking | undefined)[], places: Map<string, number>, exit: Exit): void {
  if (exit.parts === undefined) return;
  const parts = exit.parts.slice(0, -1);
  let next = 0;
  for (const [place, booking] of bookings.entries()) {
    if (booking?.type !== "partialExit" || !isOf(booking, exit)) continue;
    const part = parts[next++];
    bookings[place] = part && { ...booking, ...part };
    if (part !== undefined) places.set(part.id, place);
  }
}

// Two windows may each have recorded a part at the same moment: what does not fit behind the first is kept and does not count.
function fitting(bookings: readonly Booking[], outputs: readonly EngineOutput[]): readonly Booking[] {
  if (bookings.every(({ type }) => type === "exit")) return bookings;
  const records = tradeRecords(outputs);
  const fits = ({ id, recommendation }: PartialExit) =>
    records.get(recommendation)?.partialExits?.some((exit) => exit.id === id) === true;
  return bookings.filter((booking) => booking.type === "exit" || fits(booking));
}

// Only the user's records can be corrected.
function balancedFrom(start: Cents, bookings: readonly Booking[]): readonly Booking[] {
  let balance: number = start;
  const booked = new Map<string, number>();
  return bookings.map((booking) => {
    if (booking.account !== "manual") return booking;
    const before = booked.get(booking.recommendation) ?? 0;
    booked.set(booking.recommendation, before + booking.netPnl);
    // An exit says what the whole trade made.
    balance += booking.type === "exit" ? booking.netPnl - before : booking.netPnl;
    return { ...booking, balanceBefore: (balance - booking.netPnl) as Cents, balanceAfter: balance as Cents };
  });
}

function tradeOf({ account, recommendation }: Booking): string {
  return `${account} ${recommendation}`;
}

/** What is recorded of each recommendation on the user's account, as corrected; of one that is not here nothing is. */
export function tradeRecords(outputs: readonly EngineOutput[]): ReadonlyMap<string, TradeRecord> {
  const records = new Map<string, TradeRecord>();
  for (const output of outputs) {
    if (!("recommendation" in output) || !("account" in output) || output.account !== "manual") continue;
    const before = records.get(output.recommendation) ?? NOTHING;
    const after = recorded(before, output);
    if (after !== before) records.set(output.recommendation, after);
  }
  return records;
}

function recorded(before: TradeRecord, output: EngineOutput): TradeRecord {
  switch (output.type) {
    case "fill": {
      // Another window closed the trade, or answered otherwise, at the same moment.
      if (refusalOf(before.state, "fill", "") !== undefined) return before;
      const { id, time, price, quantity, notes } = output;
      const fill = { id, time, price, quantity, notes, ...doubtOf(output) };
      return { ...before, state: "OPEN", fills: [...before.fills, fill] };
    }
    case "partialExit": {
      // One that was booked anew is in the record of what made it so.
      if (output.replaces !== undefined) return before;
      const left = leftBy(before, output);
      // Another window closed a part at the same moment: what took all that this left is what the exit behind it says.
      if (left === 0) return { ...before, exit: recordedExit(output) };
      if (left < 0) return before;
      const exit = { ...recordedExit(output), quantity: output.quantity };
      return { ...before, partialExits: [...(before.partialExits ?? []), exit] };
    }
    case "exit": {
      const told = before.state === "OPEN" ? before.exit : undefined;
      const last = told ?? output.parts?.at(-1) ?? output;
      const exit = { ...recordedExit({ ...last, id: output.id, price: last.price as Ticks }), ...doubtOf(output) };
      return { ...before, state: "CLOSED", exit };
    }
    case "decision":
      if (refusalOf(before.state, "decision", "") !== undefined) return before;
      return { ...before, state: "NOT_EXECUTED", notExecuted: output.reason };
    case "amendment":
    case "void": {
      const { state, fills, partialExits = [], exit, notExecuted } = output.after;
      return { state, fills, ...partialExitsOf(partialExits), exit, notExecuted };
    }
    default:
      return before;
  }
}

/** Contracts that a partial exit leaves open; below 0 it was refused. */
function leftBy({ state, fills, partialExits = [] }: TradeRecord, exit: PartialExit): number {
  const count = (parts: readonly { readonly quantity?: number }[]) =>
    parts.reduce((sum, { quantity = 0 }) => sum + quantity, 0);
  return state === "OPEN" ? count(fills) - count(partialExits) - exit.quantity : -1;
}

function recordedExit(exit: Omit<RecordedExit, "quantity">): RecordedExit {
  const { id, time, price, reason, notes } = exit;
  return { id, time, price, reason, notes, ...overrideOf(exit), ...doubtOf(exit) };
}

function isOf(
  one: { readonly account: string; readonly recommendation: string },
  other: { readonly account: string; readonly recommendation: string },
): boolean {
  return one.account === other.account && one.recommendation === other.recommendation;
}
