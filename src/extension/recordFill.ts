import { AnswerError, type Answered, fillEvent, notExecutedEvent } from "../app/answers.js";
import { newYorkTime } from "../app/times.js";
import type { AccountEvent } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { BACK, type Choice, input, pick } from "./ask.js";
import { splitFillText } from "./fillText.js";
import { nothingToDo } from "./notices.js";
import { save } from "./save.js";
import { isInTime, ticket } from "./standing.js";
import { quantityTypedAgain, typedAgain } from "./typedAgain.js";
import type { Workbench } from "./workbench.js";

/** Why a recommendation was not executed, in the words that are kept. */
const REASONS = ["Too late", "Not filled", "Disagreed", "Away", "Risk limit"];

type What = { readonly recommendation: Recommendation; readonly taken: boolean };

/**
 * The conversation that records what became of a recommendation: which one, then price and quantity with the recommended ones
 * filled in. Nothing is kept before the last Enter.
 *
 * @param id goes straight to this one
 * @param mode `skip` goes straight to the reason why it was not executed
 */
export async function recordFill(workbench: Workbench, id?: string, mode?: "skip"): Promise<void> {
  await workbench.restore();
  const pending = (workbench.standing().view?.pending ?? []).toReversed();
  const asked = id === undefined ? undefined : pending.find((recommendation) => recommendation.id === id);
  if (id !== undefined && asked === undefined) return sayNotPending(id);
  if (pending.length === 0) return sayNothingPending();
  let what = asked && { recommendation: asked, taken: mode !== "skip" };
  for (;;) {
    what ??= await askWhat(workbench, pending);
    if (what === undefined) return;
    const result = what.taken
      ? await askFill(workbench, what.recommendation)
      : await askReason(workbench, what.recommendation);
    if (result !== BACK) return;
    what = undefined;
  }
}

async function askWhat(workbench: Workbench, pending: readonly Recommendation[]): Promise<What | undefined> {
  const choices = pending.flatMap((recommendation): Choice<What>[] => [
    {
      label: `$(check) Filled: ${ticket(recommendation)}`,
      description: `${newYorkTime(recommendation.time).replace("T", " ")} New York${lateNote(workbench, recommendation)}`,
      value: { recommendation, taken: true },
    },
    {
      label: "$(circle-slash) Not executed",
      description: ticket(recommendation),
      value: { recommendation, taken: false },
    },
  ]);
  const chosen = await pick({
    title: "Record Fill",
    placeholder: "What became of the recommendation?",
    choices,
    step: 1,
    totalSteps: 2,
  });
  return chosen === BACK ? undefined : chosen;
}

async function askFill(workbench: Workbench, recommendation: Recommendation): Promise<typeof BACK | undefined> {
  const asRecommended = `${recommendation.quantity} @ ${formatPrice(recommendation.price, recommendation.instrument)}`;
  const answer = (text: string) => {
    const view = workbench.view();
    const { quantity, price, notes } = splitFillText(text);
    const said = { recommendation: recommendation.id, price, quantity, notes };
    return fillEvent(view, said, workbench.answerTime(), workbench.outputs());
  };
  const text = await input({
    title: `Record Fill: ${ticket(recommendation)}${lateNote(workbench, recommendation)}`,
    prompt: "Quantity @ price, and notes after it if you like",
    placeholder: asRecommended,
    value: workbench.drafts.get(recommendation.id) ?? asRecommended,
    check: (typed) => checked(() => answer(typed)),
    draft: (typed) => workbench.drafts.set(recommendation.id, typed),
    step: 2,
    totalSteps: 2,
    canGoBack: true,
  });
  if (text === undefined || text === BACK) return text;
  const { event, typeAgain, typeQuantityAgain } = answer(text);
  if (typeAgain && !(await typedAgain(event.price, recommendation.instrument))) return undefined;
  if (typeQuantityAgain && !(await quantityTypedAgain(event.quantity))) return undefined;
  const { action, instrument } = recommendation;
  const words = `${action} ${event.quantity} ${instrument.label} @ ${formatPrice(event.price, instrument)}`;
  if (await save(workbench, event, `Fill ${words}`)) workbench.drafts.delete(recommendation.id);
  return undefined;
}

async function askReason(workbench: Workbench, recommendation: Recommendation): Promise<typeof BACK | undefined> {
  const own: Choice<string> = { label: "$(edit) In other words...", value: "" };
  const chosen = await pick({
    title: `Not executed: ${ticket(recommendation)}${lateNote(workbench, recommendation)}`,
    placeholder: "Why was it not executed?",
    choices: [...REASONS.map((reason): Choice<string> => ({ label: reason, value: reason })), own],
    step: 2,
    totalSteps: 2,
    canGoBack: true,
  });
  if (chosen === undefined || chosen === BACK) return chosen;
  const answer = (reason: string) =>
    notExecutedEvent(
      workbench.view(),
      { recommendation: recommendation.id, reason },
      workbench.answerTime(),
      workbench.outputs(),
    );
  const reason =
    chosen !== ""
      ? chosen
      : await input({
          title: `Not executed: ${ticket(recommendation)}`,
          prompt: "Why was it not executed?",
          placeholder: "A few words",
          value: "",
          check: (typed) => checked(() => answer(typed)),
          canGoBack: true,
        });
  if (reason === undefined) return undefined;
  if (reason === BACK) return askReason(workbench, recommendation);
  await save(workbench, answer(reason).event, `Not executed (${reason}): ${ticket(recommendation)}`);
  return undefined;
}

/** What `answer` has against a text: the sentence of its error, or its warnings. */
export function checked(
  answer: () => Pick<Answered<AccountEvent>, "warnings" | "typeAgain" | "typeQuantityAgain">,
): string | { readonly warning: string } | undefined {
  try {
    const { warnings, typeAgain, typeQuantityAgain } = answer();
    const doubted = typeAgain ? "price" : typeQuantityAgain ? "quantity" : undefined;
    const next = doubted === undefined ? "Enter records it all the same" : `Enter asks for the ${doubted} once more`;
    return warnings.length === 0 ? undefined : { warning: `${warnings.join(". ")}. ${next}` };
  } catch (error) {
    if (error instanceof AnswerError) return error.message;
    throw error;
  }
}

function lateNote(workbench: Workbench, recommendation: Recommendation): string {
  return isInTime(workbench.standing(), recommendation, Date.now()) ? "" : " (late: its time is over)";
}

async function sayNothingPending(): Promise<void> {
  await nothingToDo("No recommendation waits for an answer: there is nothing to record");
}

async function sayNotPending(id: string): Promise<void> {
  await nothingToDo(`${id} is no longer pending: it was answered, or its trading day has ended`);
}
