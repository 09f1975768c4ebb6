import { t } from "@vscode/l10n";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { BACK, pick } from "./ask.js";
import { recordFill, recordMissed } from "./recordFill.js";
import { shownTime } from "./records.js";
import { answerNote, isInTime, ticket } from "./standing.js";
import type { Workbench } from "./workbench.js";

type Answer = "filled" | "missed" | "not taken" | "later";

/** A click on a call: while its time runs it leads to the fill; afterwards nobody is taken to have filled it, so what became of it is asked. */
export async function answerCall(workbench: Workbench, id: string | undefined): Promise<void> {
  await workbench.restore();
  const standing = workbench.standing();
  const call = standing.view?.pending.find((pending) => pending.id === id);
  if (call === undefined || isInTime(standing, call, Date.now())) await recordFill(workbench, id);
  else await answerLate(workbench, call);
}

/**
 * Asks what became of a recommendation without an answer, and records it.
 *
 * @returns undefined when the question was left
 */
export async function answerLate(
  workbench: Workbench,
  recommendation: Recommendation,
  steps: { readonly step?: number; readonly totalSteps?: number } = {},
): Promise<Answer | undefined> {
  const { id } = recommendation;
  const answer = await askAnswer(workbench, recommendation, steps);
  if (answer === "missed") await recordMissed(workbench, id);
  if (answer === "filled") await recordFill(workbench, id);
  if (answer === "not taken") await recordFill(workbench, id, "skip");
  return answer;
}

async function askAnswer(
  workbench: Workbench,
  recommendation: Recommendation,
  steps: { readonly step?: number; readonly totalSteps?: number },
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
