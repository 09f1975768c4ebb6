import { t } from "@vscode/l10n";
import { withoutMoney } from "../app/amounts.js";
import { booksOf } from "../app/notCounted.js";
import { dailySummary, type ReviewOptions, reviewSettings, SIMULATED, weeklyReview } from "../app/review/review.js";
import { endedWeek, type Week, weekOf } from "../app/review/week.js";
import { newYorkTime } from "../app/times.js";
import type { EngineOutput, EngineView } from "../core/events.js";
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
export async function reviewOfRun(
  workbench: Workbench,
  market: RunMarket,
  date?: string,
): Promise<{ readonly text: string; readonly week: Week }> {
  const today = newYorkTime(workbench.answerTime()).slice(0, 10);
  const week = weekOf(date ?? today);
  return { text: await madeOf(workbench, market, (...made) => weeklyReview(made[0], made[1], week, made[2])), week };
}

/**
 * The summary of a trading day of the run at hand, in Markdown.
 *
 * @param date undefined: the day on which the run is
 */
export async function dayOfRun(
  workbench: Workbench,
  market: RunMarket,
  date = newYorkTime(workbench.answerTime()).slice(0, 10),
): Promise<{ readonly text: string; readonly date: string }> {
  return { text: await madeOf(workbench, market, (...made) => dailySummary(made[0], made[1], date, made[2])), date };
}

type Make = (outputs: readonly EngineOutput[], view: EngineView, options: ReviewOptions) => string;

async function madeOf(workbench: Workbench, market: RunMarket, make: Make): Promise<string> {
  const { run } = workbench;
  // Now: while the books are made another run may be opened.
  const view = workbench.view();
  const { outputs, problems } = booksOf(run, await run.booked());
  const { discreet } = workbench.standing();
  const [lattePrice, vacationFrom] = [setting("review.lattePrice"), setting("review.vacationFrom")];
  const chosen = reviewSettings({ funFacts: setting("review.funFacts"), lattePrice, vacationFrom });
  const options = { ...chosen, simulated: SIMULATED[market], problems, funFacts: chosen.funFacts && !discreet };
  const text = make(outputs, view, options);
  return discreet ? `${withoutMoney(text)}\n${t("Amounts of money are left out: results stand in R.")}\n` : text;
}
