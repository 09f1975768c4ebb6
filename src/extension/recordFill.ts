import { t } from "@vscode/l10n";
import { AnswerError, type Answered, fillEvent, notExecutedEvent, RepeatedError } from "../app/answers.js";
import { type FillLine, fillHelp, NOT_EXECUTED, NOT_FILLED, readFillLine } from "../app/fillLine.js";
import type { DecisionRecorded, FillRecorded } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import { say } from "../core/say.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { answerCheck, REST } from "./answerCheck.js";
import { BACK, type Choice, type Found, input, pick } from "./ask.js";
import { type AtHand, atHand } from "./atHand.js";
import { inLanguage } from "./language.js";
import { nothingToDo } from "./notices.js";
import { shownTime } from "./records.js";
import { save, saveAgain } from "./save.js";
import { sayAnswered } from "./sayAnswered.js";
import { answerNote, partlyFilled, ticket } from "./standing.js";
import type { Workbench } from "./workbench.js";

/** The user pressed "Not executed". */
const SKIP = Symbol("skip");

/** Characters of a note that a box repeats. */
const NOTE_SHOWN = 40;

type Filled = Extract<FillLine, { said: "filled" }>;

/** A recommendation that can take a fill, and how many contracts of it have none. */
interface Open {
  readonly recommendation: Recommendation;
  readonly quantity: number;
}

/**
 * The conversation that records what became of a recommendation: one line with the recommended quantity and price filled in. Only
 * where several wait for an answer it asks first which one; where none does it goes on with the rest of what was filled in part.
 * Nothing is kept before the last Enter. What could not be saved before comes first.
 *
 * @param id goes straight to this one, which may also be filled in part
 * @param mode `skip` goes straight to the reason why it was not executed
 */
export async function recordFill(workbench: Workbench, id?: string, mode?: "skip"): Promise<void> {
  await workbench.restore();
  const before = await saveAgain(workbench);
  if (before === "left") return;
  const run = atHand(workbench);
  const standing = run.standing();
  const pending = (standing.view?.pending ?? [])
    .toReversed()
    .map((recommendation): Open => ({ recommendation, quantity: recommendation.quantity }));
  if (id !== undefined) {
    const asked = [...pending, ...partlyFilled(standing)].find(({ recommendation }) => recommendation.id === id);
    if (asked === undefined) await sayAnswered(workbench, id, "fill");
    else await askFill(run, asked, { skip: mode === "skip", canGoBack: false });
    return;
  }
  const open = pending.length > 0 ? pending : partlyFilled(standing);
  const [newest, other] = open;
  if (newest === undefined) {
    if (before === "none") await nothingToDo(t("No recommendation waits for an answer: there is nothing to record"));
    return;
  }
  for (;;) {
    const chosen = other === undefined ? newest : await askWhich(run, open);
    if (chosen === undefined) return;
    if ((await askFill(run, chosen, { skip: false, canGoBack: other !== undefined })) !== BACK) return;
  }
}

/** Records why a recommendation was not executed: the named one, or the newest without an answer. */
export async function skipSignal(workbench: Workbench, id?: string): Promise<void> {
  await workbench.restore();
  const newest = workbench.standing().view?.pending.at(-1)?.id;
  await recordFill(workbench, id ?? newest, "skip");
}

/** Records that a recommendation was ordered and not filled. */
export async function recordMissed(workbench: Workbench, id: string): Promise<void> {
  const run = atHand(workbench);
  const recommendation = run.standing().view?.pending.find((pending) => pending.id === id);
  if (recommendation === undefined) return sayAnswered(workbench, id, "decision");
  await saveDecision(run, { recommendation, quantity: recommendation.quantity }, NOT_FILLED);
}

async function askWhich(run: AtHand, pending: readonly Open[]): Promise<Open | undefined> {
  const chosen = await pick({
    title: t("Record Fill"),
    placeholder: t("Which recommendation? A line such as 2@6010.50 is taken along"),
    choices: pending.map((open): Choice<Open> => {
      const note = answerNote(run.standing(), open.recommendation, Date.now());
      return {
        label: `$(bell-dot) ${orderOf(open)}`,
        description: [shownTime(open.recommendation.time), ...(note === "" ? [] : [note])].join(t(", ")),
        value: open,
      };
    }),
    typed: (text, { recommendation }) => void run.drafts.set(recommendation.id, text),
    step: 1,
    totalSteps: 2,
  });
  return chosen === BACK ? undefined : chosen;
}

interface How {
  /** Begin with the reason why it was not executed. */
  readonly skip: boolean;
  readonly canGoBack: boolean;
}

async function askFill(run: AtHand, open: Open, how: How): Promise<typeof BACK | undefined> {
  for (let skip = how.skip; ; skip = false) {
    const said = skip ? SKIP : await askLine(run, open, how.canGoBack);
    if (said === undefined || said === BACK) return said;
    const line: FillLine = said === SKIP ? { said: "notExecuted", reason: undefined } : read(said, open);
    if (line.said === "nothing") throw new AnswerError(line.problem);
    if (line.said === "notExecuted") {
      const reason = line.reason ?? (await askReason(run, open));
      if (reason === BACK) continue;
      if (reason !== undefined) await saveDecision(run, open, reason);
    } else await saveFill(run, open, line);
    return undefined;
  }
}

function askLine(run: AtHand, open: Open, canGoBack: boolean) {
  const { recommendation, quantity } = open;
  const { instrument, price } = recommendation;
  const isUntouched = quantity === recommendation.quantity;
  const asRecommended = `${quantity}@${formatPrice(price, instrument)}${isUntouched ? "" : ` ${REST}`}`;
  const draft = run.drafts.get(recommendation.id);
  return input({
    title: t("Record Fill: {0}", titleOf(run, open)),
    prompt: t("Enter: as recommended. Or {0}", inLanguage(fillHelp(recommendation))),
    placeholder: asRecommended,
    value: draft ?? asRecommended,
    isDraft: draft !== undefined,
    check: (typed) => lineCheck(run, open, typed, typed === asRecommended),
    draft: (typed) => run.drafts.set(recommendation.id, typed),
    ...(isUntouched && { button: { icon: "circle-slash", tooltip: t("Not executed"), value: SKIP } }),
    ...(canGoBack && { step: 2, totalSteps: 2, canGoBack }),
  });
}

/** @param isPlain the line says plainly what Enter does */
function lineCheck(run: AtHand, open: Open, text: string, isPlain: boolean): Found | undefined {
  const line = read(text, open);
  if (line.said === "nothing") return { problem: line.problem };
  if (line.said === "filled") {
    return answerCheck(
      () => filled(run, open, line),
      (event) => (isPlain ? undefined : withNote(fillWords(open, event), event.notes)),
    );
  }
  const { reason } = line;
  if (reason === undefined) return { understood: t("Enter asks why it was not executed") };
  return answerCheck(
    () => notExecuted(run, open, reason),
    (event) => t("that it was not executed: {0}", inLanguage(event.reason)),
  );
}

async function askReason(run: AtHand, open: Open): Promise<string | typeof BACK | undefined> {
  const own: Choice<string> = { label: `$(edit) ${t("In other words...")}`, value: "" };
  for (;;) {
    const chosen = await pick({
      title: t("Not executed: {0}", titleOf(run, open)),
      placeholder: t("Why was it not executed?"),
      choices: [
        ...NOT_EXECUTED.map(({ reason }): Choice<string> => ({ label: inLanguage(reason), value: reason })),
        own,
      ],
      canGoBack: true,
    });
    if (chosen !== "") return chosen;
    const words = await input({
      title: t("Not executed: {0}", titleOf(run, open)),
      prompt: t("Why was it not executed?"),
      placeholder: t("A few words"),
      value: "",
      check: (typed) => answerCheck(() => notExecuted(run, open, typed)),
      canGoBack: true,
    });
    if (words !== BACK) return words;
  }
}

async function saveFill(run: AtHand, open: Open, line: Filled): Promise<void> {
  const { event } = filled(run, open, line);
  const words = fillWords(open, event);
  await save(run, event, say("Fill {0}", words), open.recommendation.id);
}

async function saveDecision(run: AtHand, open: Open, reason: string): Promise<void> {
  const { event } = notExecuted(run, open, reason);
  const words = say("Not executed ({0}): {1}", event.reason, ticket(open.recommendation));
  await save(run, event, words, open.recommendation.id);
}

function read(text: string, { recommendation }: Open): FillLine {
  return readFillLine(text, recommendation);
}

/** @throws AnswerError */
function filled(run: AtHand, open: Open, line: Filled): Answered<FillRecorded> {
  const { quantity = String(open.quantity), price, notes } = line;
  const said = { recommendation: open.recommendation.id, quantity, price, notes };
  const answer = (again?: number) => fillEvent(run.view(), { ...said, again }, run.answerTime(), run.outputs());
  try {
    return answer();
  } catch (error) {
    // As large as a first part and at the same price: that it is the rest was said.
    if (error instanceof RepeatedError && notes === REST) return answer(error.again);
    throw error;
  }
}

/** @throws AnswerError */
function notExecuted(run: AtHand, { recommendation }: Open, reason: string): Answered<DecisionRecorded> {
  const said = { recommendation: recommendation.id, reason };
  return notExecutedEvent(run.view(), said, run.answerTime(), run.outputs());
}

function fillWords({ recommendation }: Open, event: FillRecorded): string {
  const { action, instrument } = recommendation;
  return `${action} ${event.quantity} ${instrument.label} @ ${formatPrice(event.price, instrument)}`;
}

/** What goes into a note is not a part of the fill: it is said as such. */
function withNote(words: string, note: string | undefined): string {
  if (note === undefined) return words;
  return t('{0}, with the note "{1}"', words, note.length > NOTE_SHOWN ? `${note.slice(0, NOTE_SHOWN)}...` : note);
}

function titleOf(run: AtHand, open: Open): string {
  const note = answerNote(run.standing(), open.recommendation, Date.now());
  return note === "" ? orderOf(open) : `${orderOf(open)} (${note})`;
}

function orderOf({ recommendation, quantity }: Open): string {
  const order = ticket(recommendation);
  return quantity === recommendation.quantity ? order : t("{0}, the other {1}", order, quantity);
}
