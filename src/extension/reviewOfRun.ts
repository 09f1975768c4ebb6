import { t } from "@vscode/l10n";
import { withoutMoney } from "../app/amounts.js";
import { booksOf } from "../app/notCounted.js";
import { reviewSettings, SIMULATED, weeklyReview } from "../app/review/review.js";
import { isIn, type Week, weekOf } from "../app/review/week.js";
import { newYorkTime } from "../app/times.js";
import type { EngineOutput } from "../core/events.js";
import { setting } from "./configuration.js";
import type { RunMarket } from "./knownRuns.js";
import type { Workbench } from "./workbench.js";

/**
 * The review of a week of the run at hand, in Markdown; what is wrong with its records stands at the top.
 *
 * @param date any day of the week; without it the week in which the run is, or before its first trading day the last that had one
 */
export function reviewOfRun(workbench: Workbench, market: RunMarket, date?: string): string {
  const { run } = workbench;
  const { outputs, problems } = booksOf(run, run.booked());
  const { discreet } = workbench.standing();
  const week =
    date === undefined ? newestWeek(outputs, newYorkTime(workbench.answerTime()).slice(0, 10)) : weekOf(date);
  const [lattePrice, vacationFrom] = [setting("review.lattePrice"), setting("review.vacationFrom")];
  const chosen = reviewSettings({ funFacts: setting("review.funFacts"), lattePrice, vacationFrom });
  const funFacts = chosen.funFacts && !discreet;
  const options = { ...chosen, simulated: SIMULATED[market], problems, funFacts };
  const text = weeklyReview(outputs, workbench.view(), week, options);
  return discreet ? `${withoutMoney(text)}\n${t("Amounts of money are left out: results stand in R.")}\n` : text;
}

function newestWeek(outputs: readonly EngineOutput[], today: string): Week {
  const week = weekOf(today);
  const days = outputs.flatMap((output) => ("tradingDay" in output ? (output.tradingDay ?? []) : []));
  const last = days.reduce((newest, day) => (day > newest ? day : newest), "");
  return last === "" || isIn(week, last) || last > today ? week : weekOf(last);
}
