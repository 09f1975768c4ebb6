import type { Desk } from "./desk.js";
import type { AccountEvent, DecisionRecorded, EngineOutput, ExitRecorded, FillRecorded } from "./events.js";
import { checkExitTime, checkQuantity } from "./guards/typedFill.js";
import { checkTicks } from "./guards/typedPrice.js";
import { refused } from "./guards/verdict.js";
import { toTicks } from "./instrument.js";
import type { RunMode } from "./settings.js";

/**
 * Applies what happens to an account, by the life cycle of `ENGINE.md` 9.
 *
 * @param answered ids of recommendations that have an answer; grows
 * @returns why it cannot be, as one sentence; undefined when it was applied
 */
export function applyAccountEvent(
  event: Exclude<AccountEvent, { kind: "limits" }>,
  desk: Desk,
  mode: RunMode,
  answered: Set<string>,
  emit: (output: EngineOutput) => void,
): string | undefined {
  switch (event.kind) {
    case "fill":
      return applyFill(event, desk, answered);
    case "exit":
      return applyExit(event, desk);
    case "decision":
      return applyDecision(event, desk, answered, emit);
    case "recommendation": {
      const known = desk.recommendation(event.recommendation.id) !== undefined;
      desk.restore(event.recommendation);
      const atWork = mode.paperTrades && event.recommendation.account === "paper" && !known;
      if (atWork) desk.submit(event.recommendation, event.recommendation.quantity);
      return undefined;
    }
    case "order": {
      const recommendation = desk.recommendation(event.recommendation);
      const atWork = recommendation !== undefined && mode.paperTrades && !desk.isAtWork(event.recommendation);
      if (atWork) desk.submit(recommendation, event.quantity);
      return undefined;
    }
    case "cancel":
      desk.dropWorking(event.recommendation);
      return undefined;
    case "halt":
      desk.halt(desk.account(event.account), event.time);
      return undefined;
    case "kill":
      desk.kill(event);
      return undefined;
    case "reset":
      desk.reset(desk.account(event.account), event.time, event.reason, event.id);
      return undefined;
    case "equity":
      desk.account(event.account).restorePeaks(event.peak, event.limitPeak, event.maxDrawdown);
      return undefined;
    default:
      return event satisfies never;
  }
}

function applyFill(event: FillRecorded, desk: Desk, answered: Set<string>): string | undefined {
  const { recommendation: id, quantity, price } = event;
  const recommendation = desk.recommendation(id);
  if (recommendation === undefined) return `No recommendation is called ${id}`;
  const account = desk.account(event.account);
  if (event.account === "paper" && (account.positions.has(id) || desk.isClosed(id, "paper"))) return undefined;
  if (desk.isClosed(id, event.account)) return `${id} is closed already, so no fill can be added`;
  const declined = event.account === "manual" && answered.has(id) && !account.positions.has(id);
  if (declined) return `${id} was recorded as not executed`;
  const impossible = refused(checkQuantity({ quantity })) ?? refused(checkTicks({ price, of: id }));
  if (impossible !== undefined) return impossible;
  if (event.account === "manual") answered.add(id);
  desk.bookFill(recommendation, account, event);
  return undefined;
}

function applyExit(event: ExitRecorded, desk: Desk): string | undefined {
  const { recommendation: id, price } = event;
  const account = desk.account(event.account);
  if (event.account === "paper" && desk.isClosed(id, "paper")) return undefined;
  if (desk.isClosed(id, event.account)) return `${id} is closed already`;
  const position = account.positions.get(id);
  if (position === undefined) {
    return desk.recommendation(id) === undefined
      ? `No recommendation is called ${id}`
      : `${id} has no recorded fill, so there is nothing to exit`;
  }
  const impossible =
    refused(checkTicks({ price, of: id })) ?? refused(checkExitTime(position, { time: event.time, of: id }));
  if (impossible !== undefined) return impossible;
  const { instrument } = position.recommendation;
  const { maePoints, mfePoints } = event;
  const watched =
    maePoints === undefined || mfePoints === undefined
      ? undefined
      : { mae: toTicks(maePoints, instrument) ?? 0, mfe: toTicks(mfePoints, instrument) ?? 0 };
  desk.bookExit(position, account, event, watched);
  return undefined;
}

function applyDecision(
  event: DecisionRecorded,
  desk: Desk,
  answered: Set<string>,
  emit: (output: EngineOutput) => void,
): string | undefined {
  const { recommendation: id } = event;
  if (desk.recommendation(id) === undefined) return `No recommendation is called ${id}`;
  if (answered.has(id)) return `${id} has an answer already`;
  answered.add(id);
  const { account, time, answer, reason } = event;
  const at = event.at ?? time;
  emit({ type: "decision", id: event.id, recommendation: id, account, time, answer, reason, at });
  return undefined;
}
