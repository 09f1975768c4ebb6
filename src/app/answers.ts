import type {
  DecisionRecorded,
  EngineOutput,
  EngineView,
  Exit,
  ExitReason,
  ExitRecorded,
  Fill,
  FillRecorded,
  OpenPosition,
  PartialExit,
  Voiding,
} from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import { overrideOf } from "../core/override.js";
import { recordName } from "../core/records.js";
import { say } from "../core/say.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { countingExits, tradeRecords } from "../core/tradeRecords.js";
import type { Micros, Ticks } from "../core/units.js";
import { type Doubts, exitDoubts, fillDoubts } from "./doubts.js";
import { filledOf } from "./filled.js";
import { plainText } from "./plainText.js";
import { type Parsed, parsePrice, parseQuantity } from "./price.js";
import { newYorkTime } from "./times.js";

/** What a person said about a recommendation, ready for the engine. */
export interface Answered<Event> {
  readonly event: Event;
  readonly recommendation: Recommendation;
  /** One sentence each: doubtful, but the person's word counts. */
  readonly warnings: Doubts["warnings"];
  /** The price is so far from the market, or without one from the signal, that the person is to type it again (`RELIABILITY.md` R11). */
  readonly typeAgain: boolean;
  /** More contracts than may be held at once: the person is to type the quantity again (`RELIABILITY.md` R6, R12). */
  readonly typeQuantityAgain: boolean;
  /** What was kept when the very same was said before: the event would change nothing. */
  readonly stored: EngineOutput | undefined;
}

/** An answer that cannot be: the message is one sentence for the person. */
export class AnswerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AnswerError";
  }
}

/** What was said cannot be read, whatever is recorded: a price that is none, a reason that nobody knows, no words. */
export class AnswerValueError extends AnswerError {
  constructor(message: string) {
    super(message);
    this.name = "AnswerValueError";
  }
}

/**
 * The same fill or partial exit was recorded already, and there is room for another one: it may be the same one said twice, or one
 * more. To record one more, it is said again with `again`.
 */
export class RepeatedError extends AnswerError {
  /** Which equal one it would be: 2, 3, ... */
  readonly again: number;
  /** What was recorded is another price or quantity by now. */
  readonly corrected: boolean;

  constructor(message: string, again: number, corrected: boolean) {
    super(message);
    this.name = "RepeatedError";
    this.again = again;
    this.corrected = corrected;
  }
}

/** Reasons that a person may give for an exit. */
export const EXIT_REASONS = ["target", "stop", "manual", "time", "eod"] as const satisfies readonly ExitReason[];

/** What every answer is about. */
export interface About {
  /** A recommendation's id, or its time in New York as `YYYY-MM-DDTHH:MM:SS`. */
  readonly recommendation: string;
  readonly notes?: string | undefined;
}

export interface FillAnswer extends About {
  readonly price: string;
  /** Absent: the recommended one. */
  readonly quantity?: string | undefined;
  /** It is one more fill of a price and quantity that are recorded already: which one, from 2 on. */
  readonly again?: number | undefined;
}

export interface ExitAnswer extends About {
  readonly price: string;
  /** Contracts of a part; absent: all that is open. */
  readonly quantity?: string | undefined;
  readonly reason: string;
  /** It is one more partial exit of a quantity, price and reason that are recorded already: which one, from 2 on. */
  readonly again?: number | undefined;
  /** Whether an exit by hand went against the plan; undefined where nobody was asked. */
  readonly override?: boolean | undefined;
}

const MAX_NOTES = 500;

/** What was recorded before is not doubted anew: it changes nothing. */
const NO_DOUBTS = { warnings: [], typeAgain: false, typeQuantityAgain: false } as const;

/**
 * The user filled a recommendation. Its id comes from what was said, so saying it again changes nothing: what is recorded
 * already comes back as `stored`.
 *
 * @param history outputs kept so far; they find what is no longer pending
 * @throws RepeatedError when it may be the same fill said twice or another one; AnswerError
 */
export function fillEvent(
  view: EngineView,
  answer: FillAnswer,
  now: Micros,
  history: readonly EngineOutput[] = [],
): Answered<FillRecorded> {
  const recommendation = find(view, answer.recommendation, history);
  const price = taken(parsePrice(answer.price, recommendation.instrument));
  const quantity = answer.quantity === undefined ? recommendation.quantity : taken(parseQuantity(answer.quantity));
  const notes = checkedNotes(answer.notes);
  const name = nameOf(recommendation, history);
  const { again = 1 } = answer;
  const equal = equalFills(history, name, price, quantity);
  const ordinal = again === 1 ? "" : `#${again}`;
  const id = `fill:manual:${name}:${quantity}@${price}${ordinal}${notes === undefined ? "" : `:${notes}`}`;
  const event: FillRecorded = {
    type: "account",
    kind: "fill",
    id,
    account: "manual",
    recommendation: recommendation.id,
    time: now,
    price,
    quantity,
    ...(notes === undefined ? {} : { notes }),
  };
  const stored = equal[again - 1];
  if (stored === undefined) {
    if (again > equal.length + 1) throw new AnswerError(notAgain(recommendation, equal.length, again));
    refuseAnswered(view, recommendation, history, quantity);
  } else {
    refuseCorrected(view, recommendation, history, stored, equal.length);
    if (answer.again === undefined) refuseRepeated(view, recommendation, stored, equal.length);
  }
  if (stored !== undefined) return { event, recommendation, ...NO_DOUBTS, stored };
  return { ...doubted(event, fillDoubts(view, recommendation, event, history)), recommendation, stored };
}

/** Fills of a recommendation that were said with that price and quantity, oldest first. */
function equalFills(history: readonly EngineOutput[], name: string, price: Ticks, quantity: number): readonly Fill[] {
  const said = `fill:manual:${name}:`;
  return history.filter(
    (output): output is Fill =>
      output.type === "fill" && output.id.startsWith(said) && output.price === price && output.quantity === quantity,
  );
}

function notAgain({ id }: Recommendation, recorded: number, again: number): string {
  const full = say("{0} has no room for a fill number {1} of that price and quantity", id, again);
  if (recorded === 0) return say("{0}: it is not recorded yet", full);
  return recorded === 1 ? say("{0}: it is recorded once", full) : say("{0}: it is recorded {1} times", full, recorded);
}

// A double Enter and a second partial fill look alike. Where nothing more could be filled it is the former.
function refuseRepeated(view: EngineView, recommendation: Recommendation, stored: Fill, recorded: number): void {
  const open = positionOf(view, recommendation);
  if (open === undefined || !hasRoom(open, stored)) return;
  const { id, instrument, quantity } = recommendation;
  const price = formatPrice(stored.price, instrument);
  const sentence =
    recorded === 1
      ? say(
          "{0}: {1} at {2} is recorded already, {3} of {4} recommended are filled, and nothing was added",
          id,
          stored.quantity,
          price,
          filledOf(open),
          quantity,
        )
      : say(
          "{0}: {1} at {2} is recorded already {3} times, {4} of {5} recommended are filled, and nothing was added",
          id,
          stored.quantity,
          price,
          recorded,
          filledOf(open),
          quantity,
        );
  throw new RepeatedError(sentence, recorded + 1, false);
}

function hasRoom(position: OpenPosition, fill: { readonly quantity: number }): boolean {
  return filledOf(position) + fill.quantity <= position.recommendation.quantity;
}

/**
 * The user did not take a recommendation.
 *
 * @throws AnswerError
 */
export function notExecutedEvent(
  view: EngineView,
  answer: { readonly recommendation: string; readonly reason: string },
  now: Micros,
  history: readonly EngineOutput[] = [],
): Answered<DecisionRecorded> {
  const recommendation = find(view, answer.recommendation, history);
  const reason = checkedNotes(answer.reason);
  if (reason === undefined) throw new AnswerValueError(say("Say in a few words why it was not executed"));
  const filled = positionOf(view, recommendation) !== undefined || exitOf(recommendation, history) !== undefined;
  if (filled) throw new AnswerError(say("{0} has a fill already: it was executed", recommendation.id));
  const earlier = decisionOf(recommendation, history);
  if (earlier !== undefined && earlier.reason !== reason) {
    throw new AnswerError(
      say('{0} was already answered: not executed, "{1}"', recommendation.id, plainText(earlier.reason)),
    );
  }
  const event: DecisionRecorded = {
    type: "account",
    kind: "decision",
    id: `decision:manual:${nameOf(recommendation, history)}`,
    account: "manual",
    recommendation: recommendation.id,
    time: now,
    answer: "not_executed",
    reason,
  };
  return { event, recommendation, ...NO_DOUBTS, stored: earlier };
}

/**
 * Contracts of the user's position were closed: all that were open, or a part. The id of a partial exit comes from what was said, so
 * saying it again changes nothing.
 *
 * @throws RepeatedError when it may be the same partial exit said twice or another one; AnswerError
 */
export function exitEvent(
  view: EngineView,
  answer: ExitAnswer,
  now: Micros,
  history: readonly EngineOutput[] = [],
): Answered<ExitRecorded> {
  const recommendation = find(view, answer.recommendation, history);
  const price = taken(parsePrice(answer.price, recommendation.instrument));
  const reason = checkedReason(answer.reason);
  const notes = checkedNotes(answer.notes);
  const said = answer.quantity === undefined ? undefined : taken(parseQuantity(answer.quantity));
  const position = positionOf(view, recommendation);
  const name = `exit:manual:${exitNameOf(recommendation, history)}`;
  const words = { ...answer, recommendation: recommendation.id, price, reason, notes };
  const part = said === undefined ? undefined : partOf(name, { ...words, quantity: said }, history);
  const closed = closedBy(recommendation, history, { price, reason, quantity: said }, part?.stored);
  if (closed === undefined && position === undefined) {
    throw new AnswerError(say("{0} has no open position: record its fill first", recommendation.id));
  }
  const quantity = position === undefined || said === position.quantity ? undefined : said;
  const event: ExitRecorded = {
    type: "account",
    kind: "exit",
    id: quantity === undefined ? name : (part?.id ?? name),
    account: "manual",
    recommendation: recommendation.id,
    time: now,
    price,
    ...(quantity === undefined ? {} : { quantity }),
    reason,
    ...overrideOf(answer),
    ...(notes === undefined ? {} : { notes }),
  };
  const stored = closed ?? part?.stored;
  if (position !== undefined) {
    const hasRoom = (said ?? 0) <= position.quantity;
    if (hasRoom && part?.repeated !== undefined) throw repeatedPart(position, part.repeated, history);
    const { again = 1 } = answer;
    if (quantity !== undefined && part !== undefined && again > part.recorded + 1)
      throw new AnswerError(notAgainPart(recommendation, part.recorded, again));
    if (!hasRoom && stored === undefined) throw new AnswerError(tooMany(position, said));
  }
  if (stored !== undefined) return { event, recommendation, ...NO_DOUBTS, stored };
  return { ...doubted(event, exitDoubts(view, recommendation, event)), recommendation, stored: undefined };
}

/**
 * What closed a trade already, if that is what is said now, or a part of it.
 *
 * @param part the partial exit that says the same
 * @throws AnswerError where it was closed otherwise
 */
function closedBy(
  recommendation: Recommendation,
  history: readonly EngineOutput[],
  said: { readonly price: Ticks; readonly reason: ExitReason; readonly quantity: number | undefined },
  part: PartialExit | undefined,
): Exit | PartialExit | undefined {
  const exit = exitOf(recommendation, history);
  if (exit === undefined) return undefined;
  const { price, reason, quantity } = exit.parts?.at(-1) ?? exit;
  const isSaid = price === said.price && reason === said.reason && (said.quantity ?? quantity) === quantity;
  if (isSaid) return exit;
  if (part !== undefined) return part;
  const at = formatPrice(price, recommendation.instrument);
  throw new AnswerError(say("{0} was already closed at {1}, {2}", recommendation.id, at, reason));
}

/** A quantity that is more than is open. */
function tooMany({ recommendation: { id }, quantity: open }: OpenPosition, quantity: number | undefined): string {
  return say("{0} contracts cannot be closed: {1} of {2} are open", quantity ?? 0, open, id);
}

/** The id of a partial exit, and what is recorded of that id, or of equal ones where nobody says that it is another one. */
function partOf(
  name: string,
  said: Pick<PartialExit, "recommendation" | "price" | "quantity" | "reason" | "notes"> & {
    readonly again?: number | undefined;
  },
  history: readonly EngineOutput[],
) {
  const { price, quantity, reason, notes, again = 1 } = said;
  const alike = history.filter(
    (output): output is PartialExit =>
      output.type === "partialExit" &&
      output.account === "manual" &&
      output.recommendation === said.recommendation &&
      output.price === price &&
      output.quantity === quantity &&
      output.reason === reason,
  );
  // After an exit alone was taken back the names are others: of those before it, what still counts is recorded.
  const isNamed = ({ id }: PartialExit) => id.startsWith(`${name}:`);
  const counting = alike.every(isNamed) ? [] : (tradeRecords(history).get(said.recommendation)?.partialExits ?? []);
  const equal = alike.filter((part) => isNamed(part) || counting.some(({ id }) => id === part.id));
  const ordinal = again === 1 ? "" : `#${again}`;
  const id = `${name}:${quantity}@${price}:${reason}${ordinal}${notes === undefined ? "" : `:${notes}`}`;
  const [first] = equal;
  const repeated = said.again === undefined && first !== undefined ? { first, recorded: equal.length } : undefined;
  return { id, stored: equal[again - 1], repeated, recorded: equal.length };
}

function notAgainPart({ id }: Recommendation, recorded: number, again: number): string {
  if (recorded === 1)
    return say("{0} has 1 partial exit of that quantity, price and reason: the next one is not number {1}", id, again);
  return say(
    "{0} has {1} partial exits of that quantity, price and reason: the next one is not number {2}",
    id,
    recorded,
    again,
  );
}

// A double Enter and a second part at the same price look alike.
function repeatedPart(
  { recommendation, quantity: open }: OpenPosition,
  { first, recorded }: { readonly first: PartialExit; readonly recorded: number },
  history: readonly EngineOutput[],
): RepeatedError {
  const { price, quantity, reason } = first;
  const parts = tradeRecords(history).get(recommendation.id)?.partialExits ?? [];
  const counts = parts.some((part) => part.price === price && part.quantity === quantity && part.reason === reason);
  const at = formatPrice(price, recommendation.instrument);
  const sentence = say(
    "{0}: {1} closed at {2} is recorded already, {3} are open, and nothing was added",
    recommendation.id,
    quantity,
    at,
    open,
  );
  return new RepeatedError(sentence, recorded + 1, !counts);
}

/** The event with what is doubtful about it. */
function doubted<Event extends object>(event: Event, { unverified, ...doubts }: Doubts) {
  return { event: unverified ? { ...event, unverified } : event, ...doubts };
}

/** @throws AnswerError unless exactly one recommendation is meant */
export function find(view: EngineView, said: string, history: readonly EngineOutput[]): Recommendation {
  const known = new Map<string, Recommendation>();
  for (const output of history) if (output.type === "recommendation") known.set(output.id, output);
  for (const position of view.open) known.set(position.recommendation.id, position.recommendation);
  for (const recommendation of view.pending) known.set(recommendation.id, recommendation);
  const exact = known.get(said.trim());
  if (exact !== undefined) return exact;
  const timed = [...known.values()].filter((recommendation) => newYorkTime(recommendation.time) === said.trim());
  const [found, other] = timed;
  if (found !== undefined && other === undefined) return found;
  if (other !== undefined) {
    throw new AnswerError(
      say("Several recommendations have that time: {0}; give the id", timed.map((each) => each.id).join(", ")),
    );
  }
  const name = plainText(said).slice(0, 60);
  const newest = [...view.pending].slice(-3).map((recommendation) => recommendation.id);
  throw new AnswerError(
    newest.length === 0
      ? say('There is no recommendation "{0}"; none is waiting for an answer', name)
      : say('There is no recommendation "{0}"; waiting for an answer: {1}', name, newest.join(", ")),
  );
}

function refuseAnswered(
  view: EngineView,
  recommendation: Recommendation,
  history: readonly EngineOutput[],
  quantity: number,
): void {
  const { id, instrument } = recommendation;
  if (exitOf(recommendation, history) !== undefined) throw new AnswerError(say("{0} is already filled and closed", id));
  const decision = decisionOf(recommendation, history);
  if (decision !== undefined) {
    throw new AnswerError(say('{0} was already answered: not executed, "{1}"', id, plainText(decision.reason)));
  }
  const open = positionOf(view, recommendation);
  if (open === undefined || hasRoom(open, { quantity })) return;
  throw new AnswerError(
    say(
      "{0} is already filled: {1} at {2} of {3} recommended",
      id,
      filledOf(open),
      formatPrice(open.entryPrice, instrument),
      recommendation.quantity,
    ),
  );
}

function positionOf(view: EngineView, recommendation: Recommendation): OpenPosition | undefined {
  return view.open.find((open) => open.account === "manual" && open.recommendation.id === recommendation.id);
}

/** A recommendation's name in the ids of what is recorded of it now: another one after each time that all was taken back. */
export function nameOf({ id }: Recommendation, history: readonly EngineOutput[]): string {
  return recordName(id, voidsOf(id, history).filter(({ target }) => target === undefined).length);
}

/** The name in the ids of its exits: another one also after an exit alone was taken back. */
export function exitNameOf({ id }: Recommendation, history: readonly EngineOutput[]): string {
  return recordName(id, voidsOf(id, history).length);
}

function voidsOf(id: string, history: readonly EngineOutput[]): readonly Voiding[] {
  return history.filter((output): output is Voiding => output.type === "void" && output.recommendation === id);
}

function exitOf(recommendation: Recommendation, history: readonly EngineOutput[]) {
  return countingExits(history).find((exit) => exit.account === "manual" && exit.recommendation === recommendation.id);
}

function decisionOf(recommendation: Recommendation, history: readonly EngineOutput[]) {
  const last = history.findLast(
    (output) =>
      (output.type === "decision" || output.type === "void") &&
      output.account === "manual" &&
      output.recommendation === recommendation.id,
  );
  return last?.type === "decision" ? last : undefined;
}

// The same words again would say what was corrected meanwhile, or one more fill.
function refuseCorrected(
  view: EngineView,
  recommendation: Recommendation,
  history: readonly EngineOutput[],
  stored: Fill,
  recorded: number,
): void {
  const { id, instrument } = recommendation;
  const now = tradeRecords(history)
    .get(id)
    ?.fills.find((fill) => fill.id === stored.id);
  if (now === undefined || (now.price === stored.price && now.quantity === stored.quantity)) return;
  const sentence = say("{0} was corrected since: {1} at {2}", id, now.quantity, formatPrice(now.price, instrument));
  const open = positionOf(view, recommendation);
  if (open === undefined || !hasRoom(open, stored)) throw new AnswerError(sentence);
  throw new RepeatedError(sentence, recorded + 1, true);
}

/** @throws AnswerValueError */
export function checkedReason(text: string): (typeof EXIT_REASONS)[number] {
  const reason = EXIT_REASONS.find((known) => known === text);
  if (reason !== undefined) return reason;
  throw new AnswerValueError(say('"{0}" is not a reason: give one of {1}', plainText(text), EXIT_REASONS.join(", ")));
}

/** @throws AnswerValueError, AnswerError with the problem */
export function taken<T>(parsed: Parsed<T>): T {
  if ("problem" in parsed) throw new (parsed.unreadable === true ? AnswerValueError : AnswerError)(parsed.problem);
  return parsed.value;
}

/**
 * A person's words in one line; undefined when there are none.
 *
 * @throws AnswerValueError when they are too many
 */
export function checkedNotes(text: string | undefined): string | undefined {
  const notes = plainText(text ?? "").trim();
  if (notes.length > MAX_NOTES)
    throw new AnswerValueError(say("The text has {0} characters: {1} are allowed", notes.length, MAX_NOTES));
  return notes === "" ? undefined : notes;
}
