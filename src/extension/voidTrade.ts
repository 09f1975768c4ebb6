import { t } from "@vscode/l10n";
import { exitsOf, voidEvent } from "../app/amendments.js";
import { exitLine } from "../app/correctionLine.js";
import type { RecordedExit } from "../core/events.js";
import { say } from "../core/say.js";
import { answerCheck } from "./answerCheck.js";
import { BACK, type Choice, input, pick } from "./ask.js";
import { type AtHand, atHand } from "./atHand.js";
import { inLanguage } from "./language.js";
import { nothingToDo } from "./notices.js";
import { type Recorded, recordedTrades, recordedWords, shownTime } from "./records.js";
import { save } from "./save.js";
import { sayAnswered } from "./sayAnswered.js";
import { ticket } from "./standing.js";
import type { Workbench } from "./workbench.js";

/**
 * The conversation that takes back all that was recorded of a recommendation, so that it waits for an answer again, or one exit
 * alone: which one, and why. The journal keeps both.
 *
 * @param id goes straight to this recommendation
 */
export async function voidTrade(workbench: Workbench, id?: string): Promise<void> {
  await workbench.restore();
  const run = atHand(workbench);
  const recorded = recordedTrades(run.outputs());
  const [newest] = recorded;
  if (id !== undefined) {
    const asked = recorded.find(({ recommendation }) => recommendation.id === id);
    if (asked === undefined) await sayAnswered(workbench, id, "void");
    else await askWhy(run, asked, false);
    return;
  }
  if (newest === undefined) {
    await nothingToDo(t("Nothing is recorded: there is nothing to take back"));
    return;
  }
  // Also where there is one alone: what goes is to be seen before it is asked why.
  for (;;) {
    const chosen = await askWhich(recorded);
    if (chosen === undefined || (await askWhy(run, chosen, true)) !== BACK) return;
  }
}

/** A record as a whole, or one exit of it. */
type Voided = Recorded & { readonly exit?: RecordedExit };

async function askWhich(recorded: readonly Recorded[]): Promise<Voided | undefined> {
  const chosen = await pick({
    title: t("Void Recorded Trade"),
    placeholder: t("Which record is taken back as a whole, or which exit alone?"),
    choices: recorded.flatMap((each): readonly Choice<Voided>[] => [
      { label: `$(discard) ${inLanguage(recordedWords(each))}`, description: shownTime(each.time), value: each },
      ...exitsOf(each.record)
        .toReversed()
        .map(
          (exit): Choice<Voided> => ({
            label: `$(sign-out) ${t("Exit {0}", exitLine(exit, each.recommendation))}`,
            description: t("alone: the trade is open again"),
            value: { ...each, exit },
          }),
        ),
    ]),
    step: 1,
    totalSteps: 2,
  });
  return chosen === BACK ? undefined : chosen;
}

async function askWhy(run: AtHand, recorded: Voided, canGoBack: boolean): Promise<typeof BACK | undefined> {
  const { recommendation, exit } = recorded;
  const said = { recommendation: recommendation.id, exit: exit?.id };
  const answer = (why: string) => voidEvent(run.view(), { ...said, why }, run.answerTime(), run.outputs());
  const words =
    exit === undefined
      ? recordedWords(recorded)
      : say("Exit {0} of {1}", exitLine(exit, recommendation), ticket(recommendation));
  const why = await input({
    title: t("Void: {0}", inLanguage(words)),
    prompt:
      exit === undefined
        ? t("Why is it taken back? It waits for an answer again; the journal keeps both")
        : t("Why is it taken back? The trade is open again; the journal keeps both"),
    placeholder: t("A few words"),
    value: "",
    check: (typed) => answerCheck(() => answer(typed)),
    ...(canGoBack && { step: 2, totalSteps: 2, canGoBack }),
  });
  if (why === undefined || why === BACK) return why;
  await save(run, answer(why).event, say("Taken back: {0}", words));
  return undefined;
}
