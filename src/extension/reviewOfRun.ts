import { t } from "@vscode/l10n";
import { withoutMoney } from "../app/amounts.js";
import { booksOf } from "../app/notCounted.js";
import { SIMULATED, weeklyReview } from "../app/review/review.js";
import { weekOf } from "../app/review/week.js";
import { newYorkTime } from "../app/times.js";
import type { RunMarket } from "./knownRuns.js";
import type { Workbench } from "./workbench.js";

/** The review of the week in which the run at hand is, in Markdown; what is wrong with its records stands at the top. */
export function reviewOfRun(workbench: Workbench, market: RunMarket): string {
  const today = newYorkTime(workbench.answerTime()).slice(0, 10);
  const { run } = workbench;
  const { outputs, problems } = booksOf(run, run.booked());
  const { discreet } = workbench.standing();
  const options = { simulated: SIMULATED[market], problems, funFacts: !discreet };
  const text = weeklyReview(outputs, workbench.view(), weekOf(today), options);
  return discreet ? `${withoutMoney(text)}\n${t("Amounts of money are left out: results stand in R.")}\n` : text;
}
