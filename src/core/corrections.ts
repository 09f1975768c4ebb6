import { doubtOf } from "./doubt.js";
import type { Correction, RecordedExit, RecordedFill, TradeRecord } from "./events.js";
import { checkMoment, checkQuantity } from "./guards/typedFill.js";
import { checkTicks } from "./guards/typedPrice.js";
import { refused } from "./guards/verdict.js";
import { partialExitsOf } from "./records.js";
import { say } from "./say.js";

/** One sentence on what is wrong with a fill or an exit as such; undefined when it can be. */
export function impossible(
  recommendation: string,
  facts: { readonly time: number; readonly price: number; readonly quantity?: number },
): string | undefined {
  const { time, price, quantity = 1 } = facts;
  const of = recommendation;
  return (
    refused(checkQuantity({ quantity })) ?? refused(checkTicks({ price, of })) ?? refused(checkMoment({ time, of }))
  );
}

/**
 * A trade's record with one fill or exit corrected; whether its exits still fit the fills is for `Records.impossible`.
 *
 * @param id of the recommendation
 * @param target id of the fill or exit
 * @param name of the correction, of which the exits get their new ids
 * @returns why it cannot be, as one sentence
 */
export function corrected(
  id: string,
  record: TradeRecord,
  target: string,
  correction: Correction,
  name: string,
): TradeRecord | string {
  const { exit, partialExits = [] } = record;
  const isLast = exit?.id === target;
  const oldExit = isLast ? exit : partialExits.find((each) => each.id === target);
  const old: RecordedFill | RecordedExit | undefined = oldExit ?? record.fills.find((fill) => fill.id === target);
  if (old === undefined) return say("{0} has no fill or exit called {1}", id, target);
  if (isLast && correction.quantity !== undefined) return lastQuantity(id, partialExits.length > 0);
  if (oldExit === undefined && (correction.reason !== undefined || correction.override !== undefined))
    return say("A reason belongs to the exit of {0}, not to its fill", id);
  if (isUnchanged(old, correction)) return say("The correction of {0} changes nothing", id);
  const changed = <T extends RecordedFill | RecordedExit>(each: T): T =>
    each.id === target ? { ...each, ...applied(each, correction) } : each;
  const fills = record.fills.map(changed);
  const parts = partialExits.map(changed);
  const closed = exit && {
    ...changed(exit),
    ...doubtOf({ unverified: [exit, ...fills, ...parts].some(({ unverified }) => unverified === true) }),
    id: `exit:${name}`,
  };
  const all = [...fills, ...parts, ...(closed === undefined ? [] : [closed])];
  const wrong = all.map((each) => impossible(id, each)).find((sentence) => sentence !== undefined);
  return wrong ?? { ...record, fills, ...partialExitsOf(named(parts, name)), exit: closed };
}

function lastQuantity(id: string, isOneOfSeveral: boolean): string {
  if (isOneOfSeveral)
    return say(
      "The last exit of {0} closes all that is left: correct the quantity of a partial exit or of its fill",
      id,
    );
  return say("The exit of {0} closes the whole position: correct the quantity of its fill", id);
}

/**
 * An open trade's record, or a closed one's, without one of its exits: what is left are partial exits.
 *
 * @param target id of the exit
 * @param name of the voiding, of which the exits get their new ids
 * @returns why it cannot be, as one sentence
 */
export function withoutExit(id: string, record: TradeRecord, target: string, name: string): TradeRecord | string {
  const { exit, partialExits = [] } = record;
  if (exit?.id !== target && partialExits.every((each) => each.id !== target))
    return say("{0} has no exit called {1}", id, target);
  const count = (each: readonly { readonly quantity?: number }[]) =>
    each.reduce((sum, { quantity = 0 }) => sum + quantity, 0);
  const last = exit && { ...exit, quantity: count(record.fills) - count(partialExits) };
  const left = [...partialExits, ...(last === undefined ? [] : [last])].filter((each) => each.id !== target);
  const { partialExits: _, ...rest } = record;
  return { ...rest, ...partialExitsOf(named(left, name)), exit: undefined };
}

function named(partialExits: readonly RecordedExit[], name: string): readonly RecordedExit[] {
  return partialExits.map((exit, place) => ({ ...exit, id: `partialExit:${place + 1}:${name}` }));
}

function applied<T extends RecordedFill | RecordedExit>(old: T, correction: Correction): Partial<T> {
  const { notes, ...said } = correction;
  const given = Object.entries(said).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), notes: notes === undefined ? old.notes : notes || undefined } as Partial<T>;
}

function isUnchanged(old: RecordedFill | RecordedExit, correction: Correction): boolean {
  const changed = { ...old, ...applied(old, correction) };
  return Object.entries(changed).every(([key, value]) => old[key as keyof typeof old] === value);
}
