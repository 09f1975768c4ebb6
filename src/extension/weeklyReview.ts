import { t } from "@vscode/l10n";
import type { Documents } from "./documents.js";
import { nothingToDo } from "./notices.js";
import type { Weeks } from "./weeks.js";
import type { Workbench } from "./workbench.js";

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/**
 * Shows the review of a week of the run at hand, rendered.
 *
 * @param date in the week, YYYY-MM-DD; undefined: the one in which the run is
 */
export async function showWeeklyReview(
  workbench: Workbench,
  documents: Documents,
  weeks: Weeks,
  date?: string,
): Promise<void> {
  await workbench.restore();
  const { market, paper, view } = workbench.standing();
  if (market === undefined || view === undefined) {
    await nothingToDo(t("Nothing is recorded yet: there is no week to review"));
    return;
  }
  // Imported when first needed: it is too heavy for activation.
  const { isOverBy, reviewOfRun } = await import("./reviewOfRun.js");
  const isDate = date !== undefined && DATE.test(date);
  const { text, week } = await reviewOfRun(workbench, market, isDate ? date : undefined);
  const name = paper ? t("Weekly Review, {0} paper auto", market) : t("Weekly Review, {0}", market);
  await documents.preview(`${name}.md`, text);
  if (market === "live" && isOverBy(week, Date.now())) weeks.review(week);
}

/** Shows the summary of the trading day on which the run at hand is, rendered. */
export async function showDailySummary(workbench: Workbench, documents: Documents): Promise<void> {
  await workbench.restore();
  const { market, paper, view } = workbench.standing();
  if (market === undefined || view === undefined) {
    await nothingToDo(t("Nothing is recorded yet: there is no day to sum up"));
    return;
  }
  const { dayOfRun } = await import("./reviewOfRun.js");
  const name = paper ? t("Daily Summary, {0} paper auto", market) : t("Daily Summary, {0}", market);
  await documents.preview(`${name}.md`, (await dayOfRun(workbench, market)).text);
}
