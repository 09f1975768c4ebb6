import { t } from "@vscode/l10n";
import { withoutMoney } from "../app/amounts.js";
import { booksOf } from "../app/notCounted.js";
import { reviewSettings, SIMULATED, weeklyReview } from "../app/review/review.js";
import { endedWeek, type Week, weekOf } from "../app/review/week.js";
import { newYorkTime } from "../app/times.js";
import type { Micros } from "../core/units.js";
import { setting } from "./configuration.js";
import type { RunMarket } from "./knownRuns.js";
import type { Workbench } from "./workbench.js";

/** Whether the trading of a week is over, by the wall clock in milliseconds. */
export function isOverBy({ monday }: Week, now: number): boolean {
  return monday <= endedWeek(newYorkTime((now * 1000) as Micros).slice(0, 10)).monday;
}

/**
 * The review of a week of the run at hand, in Markdown; what is wrong with its records stands at the top.
 *
 * @param date in the week; undefined: the one in which the run is
 */
export function reviewOfRun(
  workbench: Workbench,
  market: RunMarket,
  date?: string,
): { readonly text: string; readonly week: Week } {
  const today = newYorkTime(workbench.answerTime()).slice(0, 10);
  const week = weekOf(date ?? today);
  const { run } = workbench;
  const { outputs, problems } = booksOf(run, run.booked());
  const { discreet } = workbench.standing();
  const [lattePrice, vacationFrom] = [setting("review.lattePrice"), setting("review.vacationFrom")];
  const chosen = reviewSettings({ funFacts: setting("review.funFacts"), lattePrice, vacationFrom });
  const options = { ...chosen, simulated: SIMULATED[market], problems, funFacts: chosen.funFacts && !discreet };
  const text = weeklyReview(outputs, workbench.view(), week, options);
  const shown = discreet ? `${withoutMoney(text)}\n${t("Amounts of money are left out: results stand in R.")}\n` : text;
  return { text: shown, week };
}
