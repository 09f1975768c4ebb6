import { t } from "@vscode/l10n";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { BACK, pick } from "./ask.js";
import { nothingToDo, saved } from "./notices.js";
import { recordFill, recordMissed } from "./recordFill.js";
import { shownTime } from "./records.js";
import { answerNote, ticket } from "./standing.js";
import type { Workbench } from "./workbench.js";

type Answer = "filled" | "missed" | "not taken" | "later";

/** Goes through all recommendations without an answer, the oldest first; whoever leaves one conversation leaves all. */
export async function clearLearningDebt(workbench: Workbench): Promise<void> {
  await workbench.restore();
  const run = workbench.runNumber;
  const waiting = pendingOf(workbench);
  if (waiting.length === 0) {
    await nothingToDo(t("Every recommendation has an answer: there is no learning debt"));
    return;
  }
  for (const [place, recommendation] of waiting.entries()) {
    // Another window may have answered it meanwhile.
    if (workbench.runNumber !== run || !isPending(workbench, recommendation.id)) continue;
    const answer = await askAnswer(workbench, recommendation, { step: place + 1, totalSteps: waiting.length });
    if (answer === undefined) break;
    if (answer === "later") continue;
    if (answer === "missed") await recordMissed(workbench, recommendation.id);
    else await recordFill(workbench, recommendation.id, answer === "filled" ? undefined : "skip");
    if (isPending(workbench, recommendation.id)) break;
  }
  const left = pendingOf(workbench).length;
  saved(left === 0 ? t("Every recommendation has an answer") : t("Learning debt: {0} without an answer", left));
}

async function askAnswer(
  workbench: Workbench,
  recommendation: Recommendation,
  steps: { readonly step: number; readonly totalSteps: number },
): Promise<Answer | undefined> {
  const note = answerNote(workbench.standing(), recommendation, Date.now());
  const chosen = await pick<Answer>({
    title: `${ticket(recommendation)}${note === "" ? "" : ` (${note})`}`,
    placeholder: t("What became of the signal of {0}?", shownTime(recommendation.time)),
    choices: [
      { label: `$(check) ${t("Filled...")}`, description: t("at which price, in one line"), value: "filled" },
      { label: `$(circle-slash) ${t("Missed")}`, description: t("the order was not filled"), value: "missed" },
      { label: `$(close) ${t("Not taken...")}`, description: t("and why"), value: "not taken" },
      {
        label: `$(watch) ${t({ message: "Later", comment: "answer it another time" })}`,
        description: t("it stays without an answer"),
        value: "later",
      },
    ],
    ...steps,
  });
  return chosen === BACK ? undefined : chosen;
}

function pendingOf(workbench: Workbench): readonly Recommendation[] {
  return workbench.standing().view?.pending ?? [];
}

function isPending(workbench: Workbench, id: string): boolean {
  return pendingOf(workbench).some((pending) => pending.id === id);
}
