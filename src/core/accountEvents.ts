import { corrected, impossible, withoutExit } from "./corrections.js";
import type { Desk } from "./desk.js";
import type {
  AccountEvent,
  AmendmentRecorded,
  DecisionRecorded,
  EngineOutput,
  ExitRecorded,
  FillRecorded,
  VoidRecorded,
} from "./events.js";
import { checkExitTime, checkOpen } from "./guards/typedFill.js";
import { refused } from "./guards/verdict.js";
import { toTicks } from "./instrument.js";
import { type Life, type LifeEventKind, led, refusalOf } from "./lifeCycle.js";
import { say } from "./say.js";
import type { RunMode } from "./settings.js";
import type { Recommendation } from "./sizing/recommendation.js";

/** What the user says about a recommendation. */
type Answer = FillRecorded | ExitRecorded | DecisionRecorded | AmendmentRecorded | VoidRecorded;

/**
 * Applies what happens to an account, by the life cycle of `ENGINE.md` 9.
 *
 * @returns why it cannot be, as one sentence; undefined when it was applied
 */
export function applyAccountEvent(
  event: Exclude<AccountEvent, { kind: "limits" | "signal" }>,
  desk: Desk,
  mode: RunMode,
  emit: (output: EngineOutput) => void,
): string | undefined {
  switch (event.kind) {
    case "fill":
    case "exit":
      return event.account === "manual" ? applyAnswer(event, desk, emit) : applyPaper(event, desk);
    case "decision":
    case "amendment":
    case "void":
      if (event.account === "manual") return applyAnswer(event, desk, emit);
      return say("The paper account records {0} itself: only your own records can be changed", event.recommendation);
    case "recommendation": {
      const known = desk.issued.get(event.recommendation.id) !== undefined;
      desk.restore(event.recommendation);
      const atWork = mode.paperTrades && event.recommendation.account === "paper" && !known;
      if (atWork) desk.paperBooks.order.submit(event.recommendation, event.recommendation.quantity);
      return undefined;
    }
    case "order": {
      const recommendation = desk.issued.get(event.recommendation);
      const atWork =
        recommendation !== undefined && mode.paperTrades && !desk.paperBooks.order.isAtWork(event.recommendation);
      if (atWork) desk.paperBooks.order.submit(recommendation, event.quantity);
      return undefined;
    }
    case "cancel":
      desk.paperBooks.order.drop(event.recommendation);
      return undefined;
    case "halt":
      desk.halts.halt(desk.account(event.account), event.time);
      return undefined;
    case "kill":
      desk.halts.kill(event);
      return undefined;
    case "paperReset":
      desk.resetPaper(event);
      return undefined;
    case "reset":
      desk.halts.reset(desk.account(event.account), event.time, event.reason, event.id);
      return undefined;
    case "equity":
      desk.account(event.account).restorePeaks(event.peak, event.limitPeak, event.maxDrawdown);
      return undefined;
    case "mark":
      desk.remark(event);
      return undefined;
    case "issued":
      desk.issued.expect(event.recommendations);
      return undefined;
    case "shadow":
      desk.paperBooks.shadows.finish(event.recommendation);
      return undefined;
    default:
      return event satisfies never;
  }
}

function applyAnswer(event: Answer, desk: Desk, emit: (output: EngineOutput) => void): string | undefined {
  const { recommendation: id } = event;
  const recommendation = desk.issued.get(id);
  if (recommendation === undefined) return say("No recommendation is called {0}", id);
  const life = desk.records.life(id);
  const next = led(life, { id: event.id, kind: stepOf(event, desk) }, id);
  if (typeof next === "string") return next;
  if (next === life) return undefined;
  switch (event.kind) {
    case "fill":
      return applyFill(event, recommendation, desk, next);
    case "exit":
      return applyExit(event, desk, next);
    case "decision": {
      desk.records.lead(id, next);
      desk.records.addDecision(id, event.reason);
      const { account, time, answer, reason, at = time } = event;
      emit({ type: "decision", id: event.id, recommendation: id, account, time, answer, reason, at });
      return undefined;
    }
    case "amendment": {
      const record = corrected(id, desk.records.of(id), event.target, event.correction, event.id);
      if (typeof record === "string") return record;
      const wrong = desk.records.impossible(id, record);
      if (wrong !== undefined) return wrong;
      desk.amend(event, recommendation, record, next);
      return undefined;
    }
    case "void": {
      if (event.target === undefined) {
        desk.takeBack(event, recommendation, next);
        return undefined;
      }
      const record = withoutExit(id, desk.records.of(id), event.target, event.id);
      if (typeof record === "string") return record;
      desk.reopen(event, event.target, recommendation, record, next);
      return undefined;
    }
    default:
      return event satisfies never;
  }
}

/** What it is in the life of its recommendation. */
function stepOf(event: Answer, desk: Desk): LifeEventKind {
  if (event.kind === "void" && event.target !== undefined) return "reopening";
  return event.kind === "exit" && isPartial(event, desk) ? "partialExit" : event.kind;
}

function isPartial({ account, recommendation, quantity }: ExitRecorded, desk: Desk): boolean {
  const position = desk.account(account).positions.get(recommendation);
  return quantity !== undefined && position !== undefined && quantity < position.quantity;
}

/** What the journal knows of the paper account; what its rules have made again meanwhile counts once. */
function applyPaper(event: FillRecorded | ExitRecorded, desk: Desk): string | undefined {
  const { recommendation: id, kind } = event;
  const recommendation = desk.issued.get(id);
  const state = desk.stateOf(id, "paper");
  const isDone = state === "CLOSED" || (kind === "fill" && state === "OPEN");
  if (isDone) return undefined;
  if (recommendation === undefined) return say("No recommendation is called {0}", id);
  const refusal = refusalOf(state, kind, id);
  if (refusal !== undefined) return refusal;
  return kind === "fill" ? applyFill(event, recommendation, desk) : applyExit(event, desk);
}

/** @param next where it leads on the user's account */
function applyFill(event: FillRecorded, recommendation: Recommendation, desk: Desk, next?: Life): string | undefined {
  const wrong = impossible(recommendation.id, event);
  if (wrong !== undefined) return wrong;
  if (next !== undefined) desk.records.lead(recommendation.id, next);
  desk.bookFill(recommendation, desk.account(event.account), event);
  return undefined;
}

function applyExit(event: ExitRecorded, desk: Desk, next?: Life): string | undefined {
  const { recommendation: id, time, price, maePoints, mfePoints } = event;
  const account = desk.account(event.account);
  const position = account.positions.get(id);
  if (position === undefined) throw new Error(`${id} is open without a position`);
  const { quantity = position.quantity } = event;
  const wrong =
    impossible(id, { time, price, quantity }) ??
    refused(checkOpen({ open: position.quantity }, { quantity, of: id })) ??
    refused(checkExitTime(position, { time, of: id }));
  if (wrong !== undefined) return wrong;
  if (quantity < position.quantity) {
    if (next === undefined) return say("The paper account closes {0} as a whole, not {1} of it", id, quantity);
    desk.records.lead(id, next);
    desk.bookPartialExit(position, { ...event, quantity });
    return undefined;
  }
  const { instrument } = position.recommendation;
  const watched =
    maePoints === undefined || mfePoints === undefined
      ? undefined
      : { mae: toTicks(maePoints, instrument) ?? 0, mfe: toTicks(mfePoints, instrument) ?? 0 };
  // The exit that comes of it is known by its own name, too: a part may have become the exit, as another window closed the others.
  if (next !== undefined) desk.records.lead(id, { ...next, events: [...next.events, desk.exitId(id, account)] });
  // What an earlier run did not see is not seen by this one either: a record says the same in every run.
  const isNew = event.at === undefined;
  desk.bookExit(position, account, event, (trip) => watched ?? (isNew ? desk.watched(trip) : undefined));
  return undefined;
}
