import type {
  Amendment,
  AmendmentRecorded,
  Correction,
  EngineOutput,
  EngineView,
  RecordedExit,
  RecordedFill,
  TradeRecord,
  VoidRecorded,
} from "../core/events.js";
import { checkLeft } from "../core/guards/typedFill.js";
import { refused } from "../core/guards/verdict.js";
import { refusalOf } from "../core/lifeCycle.js";
import { overrideOf } from "../core/override.js";
import { say } from "../core/say.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { tradeRecords } from "../core/tradeRecords.js";
import type { Micros } from "../core/units.js";
import {
  type About,
  AnswerError,
  type Answered,
  AnswerValueError,
  checkedNotes,
  checkedReason,
  exitNameOf,
  find,
  nameOf,
  taken,
} from "./answers.js";
import { type Doubts, exitDoubts, fillDoubts } from "./doubts.js";
import { parsePrice, parseQuantity } from "./price.js";

/** What a fill or an exit should have said; at least one part of it, as it was typed. */
export type AmendmentAnswer = About & {
  readonly why: string;
  readonly price?: string | undefined;
} & (
    | { readonly of: "fill"; readonly quantity?: string | undefined }
    | {
        readonly of: "exit";
        /** Id of one of several; absent: the only one. */
        readonly exit?: string | undefined;
        readonly quantity?: string | undefined;
        readonly reason?: string | undefined;
        readonly override?: boolean | undefined;
      }
  );

export interface VoidAnswer {
  readonly recommendation: string;
  /** Id of an exit: that alone; absent: everything. */
  readonly exit?: string | undefined;
  readonly why: string;
}

/**
 * The user corrects a fill or an exit that he recorded. Its id comes from what is said and from how often the trade was
 * corrected before, so saying it again changes nothing.
 *
 * @throws AnswerError
 */
export function amendEvent(
  view: EngineView,
  answer: AmendmentAnswer,
  now: Micros,
  history: readonly EngineOutput[],
): Answered<AmendmentRecorded> {
  const recommendation = find(view, answer.recommendation, history);
  const { id } = recommendation;
  const why = checkedWhy(answer.why);
  const record = recordOf(recommendation, history);
  const refusal = refusalOf(record.state, "amendment", id);
  if (refusal !== undefined) throw new AnswerError(refusal);
  const target = answer.of === "fill" ? onlyFill(record, id) : exitIn(record, id, answer.exit);
  if (target === undefined)
    throw new AnswerError(
      answer.of === "fill"
        ? say("{0} has no recorded fill, so there is nothing to correct", id)
        : say("{0} has no recorded exit, so there is nothing to correct", id),
    );
  const correction = correctionOf(answer, recommendation);
  const said = PARTS.flatMap((part) => (correction[part] === undefined ? [] : [`${part}=${correction[part]}`]));
  if (said.length === 0)
    throw new AnswerError(
      answer.of === "fill"
        ? say("Say what the fill of {0} should have been", id)
        : say("Say what the exit of {0} should have been", id),
    );
  const earlier = history.filter((output) => output.type === "amendment" && output.recommendation === id);
  const stored = says(target, correction) ? sameAmendment(earlier, answer.of, correction) : undefined;
  if (stored === undefined && says(target, correction)) {
    throw new AnswerError(say("That is what is recorded of {0} already: nothing would change", id));
  }
  const problem = correction.quantity === undefined ? undefined : quantityProblem(record, target.id, correction, id);
  if (problem !== undefined) throw new AnswerError(problem);
  // Of several exits each is corrected under its own name, also where another window says the same of another one.
  const what = answer.of === "exit" && record.partialExits !== undefined ? `exit:${target.id}` : answer.of;
  const isPriceSaid = correction.price !== undefined;
  const doubts = doubtsOf(view, recommendation, { ...target, ...correction }, history, isPriceSaid);
  const event: AmendmentRecorded = {
    type: "account",
    kind: "amendment",
    id: `amendment:manual:${nameOf(recommendation, history)}:${earlier.length + 1}:${what}:${said.join(":")}`,
    account: "manual",
    recommendation: id,
    target: target.id,
    time: now,
    correction: doubts.unverified ? { ...correction, unverified: true } : correction,
    why,
  };
  const { typeAgain, typeQuantityAgain } = doubts;
  const stays = isPriceSaid && target.unverified === true && !doubts.unverified ? [STAYS_UNVERIFIED] : [];
  return { event, recommendation, warnings: [...doubts.warnings, ...stays], typeAgain, typeQuantityAgain, stored };
}

const STAYS_UNVERIFIED = say(
  "A price of this trade could not be verified when it was recorded, so it still counts in the balance and not in learning; to have it learned, take all back and record it anew",
);

/**
 * The user takes back all that he recorded of a recommendation; it is without an answer again. Or one exit alone: the trade is open
 * again.
 *
 * @throws AnswerError
 */
export function voidEvent(
  view: EngineView,
  answer: VoidAnswer,
  now: Micros,
  history: readonly EngineOutput[],
): Answered<VoidRecorded> {
  const recommendation = find(view, answer.recommendation, history);
  const { id } = recommendation;
  const why = checkedWhy(answer.why);
  const { exit } = answer;
  const record = recordOf(recommendation, history);
  const isKnown = exit === undefined || exitsOf(record).some((each) => each.id === exit);
  const refusal = isKnown
    ? refusalOf(record.state, exit === undefined ? "void" : "reopening", id)
    : say("{0} has no exit called {1}", id, exit);
  const voids = history.filter((output) => output.type === "void" && output.recommendation === recommendation.id);
  const stored = refusal && voids.findLast((output) => output.type === "void" && output.target === exit);
  if (refusal !== undefined && stored === undefined) throw new AnswerError(refusal);
  const name = nameOf(recommendation, history);
  const event: VoidRecorded = {
    type: "account",
    kind: "void",
    id: exit === undefined ? `void:manual:${name}` : `void:manual:${exitNameOf(recommendation, history)}:${exit}`,
    account: "manual",
    recommendation: id,
    ...(exit === undefined ? {} : { target: exit }),
    time: now,
    why,
  };
  const sure = { warnings: [], typeAgain: false, typeQuantityAgain: false };
  return { event, recommendation, ...sure, stored: stored || undefined };
}

/** What a person may correct. */
const PARTS = ["price", "quantity", "reason", "override", "notes"] as const satisfies readonly (keyof Correction)[];

function recordOf(recommendation: Recommendation, history: readonly EngineOutput[]): TradeRecord {
  const nothing: TradeRecord = { state: "ISSUED", fills: [], exit: undefined, notExecuted: undefined };
  return tradeRecords(history).get(recommendation.id) ?? nothing;
}

/** All exits of a trade, in the order in which they were recorded. */
export function exitsOf({ partialExits = [], exit }: TradeRecord): readonly RecordedExit[] {
  return exit === undefined ? partialExits : [...partialExits, exit];
}

function exitIn(record: TradeRecord, id: string, wanted: string | undefined): RecordedExit | undefined {
  const exits = exitsOf(record);
  if (wanted === undefined && exits.length > 1)
    throw new AnswerError(say("{0} has {1} exits: say which of them", id, exits.length));
  const found = wanted === undefined ? exits[0] : exits.find((exit) => exit.id === wanted);
  if (found === undefined && wanted !== undefined) throw new AnswerError(say("{0} has no exit called {1}", id, wanted));
  return found;
}

/** Why partial exits and fills do not go together with that quantity, as one sentence. In which order is for the engine to see. */
function quantityProblem(record: TradeRecord, target: string, correction: Correction, id: string): string | undefined {
  if (record.partialExits === undefined || record.exit?.id === target) return undefined;
  const count = (parts: readonly (RecordedFill | RecordedExit)[]) =>
    parts.reduce((sum, part) => sum + ((part.id === target ? correction.quantity : part.quantity) ?? 0), 0);
  const [filled, closed] = [count(record.fills), count(record.partialExits)];
  const last = record.partialExits.at(-1);
  if (closed < filled || last === undefined) return undefined;
  const quantity = (last.id === target ? correction.quantity : last.quantity) ?? 0;
  return refused(checkLeft({ open: filled - closed + quantity }, { quantity, of: id }));
}

function onlyFill(record: TradeRecord, id: string): RecordedFill | undefined {
  const [fill, other] = record.fills;
  if (other === undefined) return fill;
  throw new AnswerError(say("{0} has {1} fills: take them back and record them anew", id, record.fills.length));
}

function correctionOf(answer: AmendmentAnswer, { instrument }: Recommendation): Correction {
  const { price, notes } = answer;
  return {
    ...(price === undefined ? {} : { price: taken(parsePrice(price, instrument)) }),
    ...(answer.quantity === undefined ? {} : { quantity: taken(parseQuantity(answer.quantity)) }),
    ...(answer.of === "exit" && answer.reason !== undefined ? { reason: checkedReason(answer.reason) } : {}),
    ...(answer.of === "exit" ? overrideOf(answer) : {}),
    ...(notes === undefined ? {} : { notes: checkedNotes(notes) ?? "" }),
  };
}

/** Whether it is what is recorded or was corrected already. */
function says(recorded: Correction, correction: Correction): boolean {
  return PARTS.every((part) => correction[part] === undefined || (recorded[part] ?? "") === correction[part]);
}

function sameAmendment(
  earlier: readonly EngineOutput[],
  of: AmendmentAnswer["of"],
  correction: Correction,
): Amendment | undefined {
  const amendments = earlier.filter((output): output is Amendment => output.type === "amendment");
  return amendments.findLast(({ target, before, correction: made }) => {
    const isExit = exitsOf(before).some(({ id }) => id === target);
    return (isExit ? "exit" : "fill") === of && says(made, correction);
  });
}

function doubtsOf(
  view: EngineView,
  recommendation: Recommendation,
  corrected: RecordedFill | RecordedExit,
  history: readonly EngineOutput[],
  isPriceSaid: boolean,
): Doubts {
  if ("reason" in corrected) return exitDoubts(view, recommendation, corrected, isPriceSaid);
  return fillDoubts(view, recommendation, corrected, history, isPriceSaid);
}

function checkedWhy(text: string): string {
  const why = checkedNotes(text);
  if (why === undefined) throw new AnswerValueError(say("Say in a few words why the record is changed"));
  return why;
}
