import type { RecordedExit, RecordedFill } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import { overrideOf } from "../core/override.js";
import { say } from "../core/say.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import type { AmendmentAnswer } from "./amendments.js";
import { PLAN_WORDS, readExitLine } from "./exitLine.js";
import { readFillLine } from "./fillLine.js";

/** What a corrected line changes, or what is wrong with it. Why it is changed is asked for apart. */
export type CorrectionLine = { readonly answer: (why: string) => AmendmentAnswer } | { readonly problem: string };

/** A recorded fill as the line that says it: `2@6010.50 filled at once`. */
export function fillLine({ quantity, price, notes }: RecordedFill, { instrument }: Recommendation): string {
  return withNotes(`${quantity}@${formatPrice(price, instrument)}`, notes);
}

/** A recorded exit as the line that says it: `6041.25 target`, `6012.25 manual planned`, of a part `1@6041.25 target`. */
export function exitLine(exit: RecordedExit, { instrument }: Recommendation): string {
  const { price, quantity, reason, override, notes } = exit;
  const plan =
    reason !== "manual" || override === undefined ? "" : ` ${override ? PLAN_WORDS.override : PLAN_WORDS.planned}`;
  const part = quantity === undefined ? "" : `${quantity}@`;
  return withNotes(`${part}${formatPrice(price, instrument)} ${reason}${plan}`, notes);
}

/** Reads the line that a fill should have been; only what it says otherwise is corrected. */
export function readFillCorrection(
  text: string,
  recorded: RecordedFill,
  recommendation: Recommendation,
): CorrectionLine {
  const { instrument, id } = recommendation;
  const line = readFillLine(text, { instrument, price: recorded.price });
  if (line.said === "nothing") return line;
  if (line.said === "notExecuted")
    return { problem: say("Take the record of {0} back, then record it as not executed", id) };
  const { price, quantity, notes = "" } = line;
  const changed = {
    ...(price === formatPrice(recorded.price, instrument) ? {} : { price }),
    ...(quantity === undefined || quantity === String(recorded.quantity) ? {} : { quantity }),
    ...(notes === (recorded.notes ?? "") ? {} : { notes }),
  };
  return { answer: (why) => ({ recommendation: id, of: "fill", why, ...changed }) };
}

/** Reads the line that an exit should have been; without a reason the price tells it. */
export function readExitCorrection(
  text: string,
  recorded: RecordedExit,
  recommendation: Recommendation,
): CorrectionLine {
  const { instrument, id } = recommendation;
  const line = readExitLine(text, recommendation, [{ reason: recorded.reason, price: recorded.price, why: "" }]);
  if (line.said === "nothing") return line;
  const { price, quantity, reason, override, notes = "" } = line;
  const changed = {
    ...(price === formatPrice(recorded.price, instrument) ? {} : { price }),
    ...(quantity === undefined || quantity === String(recorded.quantity) ? {} : { quantity }),
    ...(reason === recorded.reason ? {} : { reason }),
    ...(override === recorded.override ? {} : overrideOf({ override })),
    ...(notes === (recorded.notes ?? "") ? {} : { notes }),
  };
  return { answer: (why) => ({ recommendation: id, of: "exit", exit: recorded.id, why, ...changed }) };
}

function withNotes(line: string, notes: string | undefined): string {
  return notes === undefined || notes === "" ? line : `${line} ${notes}`;
}
