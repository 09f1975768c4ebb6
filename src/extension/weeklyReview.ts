import { t } from "@vscode/l10n";
import type { Documents } from "./documents.js";
import { nothingToDo } from "./notices.js";
import type { Workbench } from "./workbench.js";

/**
 * Shows the review of a week of the run at hand, as a document.
 *
 * @param date any day of the week; without it the newest
 */
export async function showWeeklyReview(workbench: Workbench, documents: Documents, date?: string): Promise<void> {
  await workbench.restore();
  const { market, paper, view } = workbench.standing();
  if (market === undefined || view === undefined) {
    await nothingToDo(t("Nothing is recorded yet: there is no week to review"));
    return;
  }
  // Imported when first needed: it is too heavy for activation.
  const { reviewOfRun } = await import("./reviewOfRun.js");
  const name = paper ? t("Weekly Review, {0} paper auto", market) : t("Weekly Review, {0}", market);
  await documents.show(`${name}.md`, reviewOfRun(workbench, market, isDate(date) ? date : undefined));
}

// Other programs may run the command with whatever they like.
function isDate(text: string | undefined): boolean {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
