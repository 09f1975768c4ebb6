import { t } from "@vscode/l10n";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { answerLate } from "./lateAnswer.js";
import { nothingToDo, saved } from "./notices.js";
import type { Workbench } from "./workbench.js";

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
    const answer = await answerLate(workbench, recommendation, { step: place + 1, totalSteps: waiting.length });
    if (answer === undefined) break;
    if (answer === "later") continue;
    if (isPending(workbench, recommendation.id)) break;
  }
  const left = pendingOf(workbench).length;
  saved(left === 0 ? t("Every recommendation has an answer") : t("Learning debt: {0} without an answer", left));
}

function pendingOf(workbench: Workbench): readonly Recommendation[] {
  return workbench.standing().view?.pending ?? [];
}

function isPending(workbench: Workbench, id: string): boolean {
  return pendingOf(workbench).some((pending) => pending.id === id);
}
