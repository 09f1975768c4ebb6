import { t } from "@vscode/l10n";
import { amendEvent, exitsOf } from "../app/amendments.js";
import { AnswerError, type Answered } from "../app/answers.js";
import { exitLine, fillLine, readExitCorrection, readFillCorrection } from "../app/correctionLine.js";
import type { AmendmentRecorded, RecordedExit, RecordedFill } from "../core/events.js";
import { say } from "../core/say.js";
import { answerCheck } from "./answerCheck.js";
import { BACK, type Choice, type Found, input, pick } from "./ask.js";
import { type AtHand, atHand } from "./atHand.js";
import { inLanguage } from "./language.js";
import { nothingToDo } from "./notices.js";
import { type Recorded, recordedTrades, recordedWords, shownTime } from "./records.js";
import { save } from "./save.js";
import { sayAnswered } from "./sayAnswered.js";
import type { Workbench } from "./workbench.js";

/** The fill or the exit that is corrected. */
type Part = Recorded &
  ({ readonly of: "fill"; readonly fill: RecordedFill } | { readonly of: "exit"; readonly exit: RecordedExit });

/**
 * The conversation that corrects a recorded fill or exit: which one, the line as it should have been, and why. What was recorded
 * first stays in the journal beside it.
 *
 * @param id goes straight to the records of this recommendation
 */
export async function correctTrade(workbench: Workbench, id?: string): Promise<void> {
  await workbench.restore();
  const run = atHand(workbench);
  const parts = recordedTrades(run.outputs())
    .filter(({ recommendation }) => id === undefined || recommendation.id === id)
    .flatMap(partsOf);
  const [newest, other] = parts;
  if (newest === undefined) {
    if (id === undefined) await nothingToDo(t("No fill is recorded: there is nothing to correct"));
    else await sayAnswered(workbench, id, "amendment");
    return;
  }
  for (;;) {
    const part = other === undefined ? newest : await askPart(parts);
    if (part === undefined) return;
    if ((await askCorrection(run, part, other !== undefined)) !== BACK) return;
  }
}

function partsOf(recorded: Recorded): readonly Part[] {
  const { record } = recorded;
  return [
    ...exitsOf(record)
      .toReversed()
      .map((exit) => ({ ...recorded, of: "exit", exit }) as const),
    ...record.fills.map((fill) => ({ ...recorded, of: "fill", fill }) as const),
  ];
}

async function askPart(parts: readonly Part[]): Promise<Part | undefined> {
  const chosen = await pick({
    title: t("Correct Recorded Trade"),
    placeholder: t("Which record is wrong?"),
    choices: parts.map((part): Choice<Part> => {
      const label =
        part.of === "exit" ? `$(sign-out) ${t("Exit {0}", lineOf(part))}` : `$(check) ${t("Fill {0}", lineOf(part))}`;
      return { label, description: t("{0}, {1}", inLanguage(recordedWords(part)), shownTime(part.time)), value: part };
    }),
    step: 1,
    totalSteps: 3,
  });
  return chosen === BACK ? undefined : chosen;
}

async function askCorrection(run: AtHand, part: Part, canGoBack: boolean): Promise<typeof BACK | undefined> {
  const steps = canGoBack ? 3 : 2;
  const recorded = lineOf(part);
  const isFill = part.of === "fill";
  const words = inLanguage(recordedWords(part));
  let line: string | undefined;
  for (;;) {
    const text = await input({
      title: isFill ? t("Correct fill: {0}", words) : t("Correct exit: {0}", words),
      prompt: isFill ? t("What should the fill have been?") : t("What should the exit have been?"),
      placeholder: recorded,
      value: line ?? recorded,
      isDraft: true,
      check: (typed) => lineCheck(run, part, typed),
      step: steps - 1,
      totalSteps: steps,
      canGoBack,
    });
    if (text === undefined || text === BACK) return text;
    line = text;
    const why = await input({
      title: isFill
        ? t("Correct fill: {0} becomes {1}", recorded, text)
        : t("Correct exit: {0} becomes {1}", recorded, text),
      prompt: t("Why is the record changed?"),
      placeholder: t("A few words"),
      value: "",
      check: (typed) => problemOf(answerCheck(() => amended(run, part, text, typed))),
      step: steps,
      totalSteps: steps,
      canGoBack: true,
    });
    if (why === undefined) return undefined;
    if (why === BACK) continue;
    await save(run, amended(run, part, text, why).event, say("Correction of {0}", recordedWords(part)));
    return undefined;
  }
}

function lineCheck(run: AtHand, part: Part, text: string): Found | undefined {
  // Why it is changed is asked for in the next step: any words will do to see whether the rest is possible.
  return answerCheck(() => amended(run, part, text, "not yet said"));
}

// What is doubtful was asked in the step before.
function problemOf(found: Found | undefined): Found | undefined {
  return found !== undefined && "problem" in found ? found : undefined;
}

/** @throws AnswerError */
function amended(run: AtHand, part: Part, text: string, why: string): Answered<AmendmentRecorded> {
  const { recommendation } = part;
  const line =
    part.of === "fill"
      ? readFillCorrection(text, part.fill, recommendation)
      : readExitCorrection(text, part.exit, recommendation);
  if ("problem" in line) throw new AnswerError(line.problem);
  return amendEvent(run.view(), line.answer(why), run.answerTime(), run.outputs());
}

function lineOf(part: Part): string {
  return part.of === "fill" ? fillLine(part.fill, part.recommendation) : exitLine(part.exit, part.recommendation);
}
