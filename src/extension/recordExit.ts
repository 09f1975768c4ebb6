import { t } from "@vscode/l10n";
import { AnswerError, type Answered, exitEvent, RepeatedError } from "../app/answers.js";
import { EXIT_HELP, type ExitLine, PLAN_WORDS, readExitLine } from "../app/exitLine.js";
import { type ExitWays, exitWays } from "../app/exitWays.js";
import { filledOf } from "../app/filled.js";
import type { ExitReason, ExitRecorded, OpenPosition } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import { say } from "../core/say.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { answerCheck, REST } from "./answerCheck.js";
import { BACK, type Choice, type Found, input, pick } from "./ask.js";
import { type AtHand, atHand } from "./atHand.js";
import { inLanguage, sentences } from "./language.js";
import { nothingToDo } from "./notices.js";
import { shownTime } from "./records.js";
import { save, saveAgain } from "./save.js";
import { sayAnswered } from "./sayAnswered.js";
import { holding, manualPositions } from "./standing.js";
import type { Workbench } from "./workbench.js";

/** The user wants to see all ways. */
const WAYS = Symbol("ways");

type Closed = Extract<ExitLine, { said: "closed" }>;

/**
 * The conversation that records how a position was closed: one line with the likeliest price filled in, by what the market did
 * since the entry. Only where several are open it asks first which one. Nothing is kept before the last Enter. What could
 * not be saved before comes first.
 *
 * @param id goes straight to the position of this recommendation
 */
export async function recordExit(workbench: Workbench, id?: string): Promise<void> {
  await workbench.restore();
  const before = await saveAgain(workbench);
  if (before === "left") return;
  const run = atHand(workbench);
  const open = manualPositions(run.standing()).toReversed();
  if (id !== undefined) {
    const asked = open.find((position) => position.recommendation.id === id);
    if (asked === undefined) await sayAnswered(workbench, id, "exit");
    else await askExit(run, asked, false);
    return;
  }
  const [newest, other] = open;
  if (newest === undefined) {
    if (before === "none") await nothingToDo(t("No position is open: there is no exit to record"));
    return;
  }
  for (;;) {
    const chosen = other === undefined ? newest : await askPosition(run, open);
    if (chosen === undefined) return;
    if ((await askExit(run, chosen, other !== undefined)) !== BACK) return;
  }
}

async function askPosition(run: AtHand, open: readonly OpenPosition[]): Promise<OpenPosition | undefined> {
  const chosen = await pick({
    title: t("Record Exit"),
    placeholder: t("Which position was closed? A line such as 6025.75 is taken along"),
    choices: open.map(
      (position): Choice<OpenPosition> => ({
        label: `$(briefcase) ${holding(position)}`,
        description: t("since {0}", shownTime(position.entryTime)),
        value: position,
      }),
    ),
    typed: (text, position) => void run.drafts.set(exitDraft(position.recommendation), text),
    step: 1,
    totalSteps: 2,
  });
  return chosen === BACK ? undefined : chosen;
}

async function askExit(run: AtHand, position: OpenPosition, canGoBack: boolean): Promise<typeof BACK | undefined> {
  const ways = exitWays(position, run.view());
  let chosen: string | undefined;
  for (;;) {
    const said = await askLine(run, position, ways, { canGoBack, chosen });
    if (said === undefined || said === BACK) return said;
    if (said !== WAYS) {
      await saveExit(run, position, read(said, position, ways));
      return undefined;
    }
    const way = await askWay(position, ways);
    if (way === undefined) return undefined;
    if (way !== BACK) chosen = way;
  }
}

function askLine(
  run: AtHand,
  position: OpenPosition,
  ways: ExitWays,
  { canGoBack, chosen }: { readonly canGoBack: boolean; readonly chosen: string | undefined },
) {
  const [likeliest] = ways;
  const { instrument } = position.recommendation;
  const suggested = formatPrice(likeliest.price, instrument);
  const key = exitDraft(position.recommendation);
  const draft = chosen ?? run.drafts.get(key);
  return input({
    title: t("Record Exit: {0}", holding(position)),
    prompt: sentences([
      t(
        "Enter: {0} ({1}), {2}. Or {3}",
        ...[suggested, inLanguage(likeliest.reason), inLanguage(likeliest.why), inLanguage(EXIT_HELP)],
      ),
      ...leftWords(position),
      ...(likeliest.reason === "manual" ? [planQuestion()] : []),
    ]),
    placeholder: suggested,
    value: draft ?? suggested,
    isDraft: draft !== undefined,
    check: (typed) => lineCheck(run, position, ways, typed),
    draft: (typed) => run.drafts.set(key, typed),
    button: { icon: "list-selection", tooltip: t("How was it closed?"), value: WAYS },
    ...(canGoBack && { step: 2, totalSteps: 2, canGoBack }),
  });
}

function lineCheck(run: AtHand, position: OpenPosition, ways: ExitWays, text: string): Found | undefined {
  const { instrument } = position.recommendation;
  const line = readExitLine(text, position.recommendation, ways);
  if (line.said === "nothing") return { problem: line.problem };
  const isPlain = text === formatPrice(ways[0].price, instrument);
  return answerCheck(
    () => closed(run, position, line),
    (event) => (isPlain ? undefined : inLanguage(exitWords(position, event))),
  );
}

// Asked where the answer is typed, so that it costs no step: Enter takes the usual one.
function planQuestion(): string {
  return t('Is it an override of the plan? Enter says yes; "{0}" behind the price says no', PLAN_WORDS.planned);
}

/** @returns the line that says the chosen way */
async function askWay(position: OpenPosition, ways: ExitWays): Promise<string | typeof BACK | undefined> {
  const { instrument } = position.recommendation;
  return await pick({
    title: t("Record Exit: {0}", holding(position)),
    placeholder: t("How was it closed?"),
    choices: ways.flatMap(({ reason, price, why }): readonly Choice<string>[] => {
      const { icon, label } = WAY_LOOKS[reason];
      const written = price === undefined ? "" : formatPrice(price, instrument);
      const way = (name: string, words: string): Choice<string> => ({
        label: `$(${icon}) ${name}`,
        description: inLanguage(why),
        value: `${written} ${words}`.trim(),
      });
      if (reason !== "manual") return [way(label(), reason)];
      return [
        way(t("By hand: an override of the plan"), `${reason} ${PLAN_WORDS.override}`),
        way(t("By hand: as planned"), `${reason} ${PLAN_WORDS.planned}`),
      ];
    }),
    canGoBack: true,
  });
}

const WAY_LOOKS: Readonly<Record<ExitReason, { readonly icon: string; readonly label: () => string }>> = {
  target: { icon: "target", label: () => t("Target") },
  stop: { icon: "shield", label: () => t("Stop") },
  manual: { icon: "person", label: () => t("By hand") },
  time: { icon: "clock", label: () => t({ message: "Time", comment: "a way out of a trade" }) },
  eod: { icon: "calendar", label: () => t("End of the day") },
  emergency: { icon: "flame", label: () => t("Emergency stop") },
};

async function saveExit(run: AtHand, position: OpenPosition, line: Closed): Promise<void> {
  const { event } = closed(run, position, line);
  await save(run, event, exitWords(position, event), exitDraft(position.recommendation));
}

/** @throws AnswerError */
function read(text: string, position: OpenPosition, ways: ExitWays): Closed {
  const line = readExitLine(text, position.recommendation, ways);
  if (line.said === "nothing") throw new AnswerError(line.problem);
  return line;
}

/** @throws AnswerError */
function closed(run: AtHand, position: OpenPosition, line: Closed): Answered<ExitRecorded> {
  const { price, quantity, reason, notes } = line;
  const override = reason === "manual" ? (line.override ?? true) : undefined;
  const said = { recommendation: position.recommendation.id, price, quantity, reason, override, notes };
  const answer = (again?: number) => exitEvent(run.view(), { ...said, again }, run.answerTime(), run.outputs());
  try {
    return answer();
  } catch (error) {
    // As large as a part before it and at the same price: that it is another one was said.
    if (error instanceof RepeatedError && notes === REST) return answer(error.again);
    throw error;
  }
}

// How many are open, and how to close fewer.
function leftWords(position: OpenPosition): readonly string[] {
  const { quantity, closed } = position;
  const left = closed === undefined ? [] : [t("{0} of {1} open", quantity, filledOf(position))];
  return quantity === 1
    ? left
    : [...left, t('It closes all {0} that are open; with "{1}" in front only one', quantity, "1@")];
}

// What closed how many comes first: the message of VS Code that says it is cut behind it.
function exitWords(position: OpenPosition, { price, quantity, reason, override }: ExitRecorded): string {
  const at = formatPrice(price, position.recommendation.instrument);
  const why = override === undefined ? reason : planWords(reason, override);
  if (quantity === undefined) return say("{0} closed at {1} ({2}): {3}", position.quantity, at, why, holding(position));
  const [filled, left] = [filledOf(position), position.quantity - quantity];
  return say("{0} of {1} closed at {2} ({3}), {4} open: {5}", quantity, filled, at, why, left, holding(position));
}

function planWords(reason: ExitReason, override: boolean): string {
  return override ? say("{0}, an override of the plan", reason) : say("{0}, as planned", reason);
}

/** What a draft of an exit is about: a position that is filled in part can have one of its fill, too. */
export function exitDraft({ id }: Pick<Recommendation, "id">): string {
  return `exit of ${id}`;
}
