import { doubtOf } from "./doubt.js";
import type { Correction, RecordedExit, RecordedFill, TradeRecord } from "./events.js";
import { checkExitTime, checkMoment, checkQuantity } from "./guards/typedFill.js";
import { checkTicks } from "./guards/typedPrice.js";
import { refused } from "./guards/verdict.js";
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
 * A trade's record with one fill or exit corrected.
 *
 * @param id of the recommendation
 * @param target id of the fill or exit
 * @param exitId what the exit is called then, if the trade is closed
 * @returns why it cannot be, as one sentence
 */
export function corrected(
  id: string,
  record: TradeRecord,
  target: string,
  correction: Correction,
  exitId: string,
): TradeRecord | string {
  const { exit } = record;
  const isExit = exit?.id === target;
  const old: RecordedFill | RecordedExit | undefined = isExit ? exit : record.fills.find((fill) => fill.id === target);
  if (old === undefined) return say("{0} has no fill or exit called {1}", id, target);
  if (isExit && correction.quantity !== undefined)
    return say("The exit of {0} closes the whole position: correct the quantity of its fill", id);
  if (!isExit && (correction.reason !== undefined || correction.override !== undefined))
    return say("A reason belongs to the exit of {0}, not to its fill", id);
  if (isUnchanged(old, correction)) return say("The correction of {0} changes nothing", id);
  const fills = record.fills.map((fill) => (fill.id === target ? { ...fill, ...applied(fill, correction) } : fill));
  const closed = exit && {
    ...exit,
    ...(isExit ? applied(exit, correction) : {}),
    ...doubtOf({ unverified: exit.unverified === true || fills.some((fill) => fill.unverified === true) }),
    id: exitId,
  };
  const wrong = fills.map((fill) => impossible(id, fill)).find((sentence) => sentence !== undefined);
  if (wrong !== undefined) return wrong;
  if (closed === undefined) return { ...record, fills, exit: undefined };
  const early = impossible(id, closed) ?? refused(checkExitTime({ fills }, { time: closed.time, of: id }));
  return early ?? { ...record, fills, exit: closed };
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
