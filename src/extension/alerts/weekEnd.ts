import { t } from "@vscode/l10n";
import type * as vscode from "vscode";
import type { EngineOutput } from "../../core/events.js";
import { weekReviewed } from "../notices.js";
import type { Workbench } from "../workbench.js";
import type { Alerts } from "./alerts.js";
import type { DayMemory } from "./reminders.js";

/** Over a weekend no market says that it is time. */
const LOOK_MS = 3_600_000;

/** From when on a week is over for its review: Saturday, by the clock of this machine. */
const SATURDAY_HOUR = 9;

/** Offers the review of a week in which a live trade was closed, once, from Saturday on: then, or when the records are next opened. */
export class WeekEnd implements vscode.Disposable {
  readonly #workbench: Workbench;
  readonly #alerts: Alerts;
  readonly #told: DayMemory;
  readonly #listener: vscode.Disposable;
  readonly #timer: NodeJS.Timeout;
  /** The run and the week that were looked at last: a look goes through all that was kept. */
  #looked = "";

  /** @param told remembers the Monday of the last week that was offered */
  constructor(workbench: Workbench, alerts: Alerts, told: DayMemory) {
    this.#workbench = workbench;
    this.#alerts = alerts;
    this.#told = told;
    this.#listener = workbench.onDidChange(() => this.#look());
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  dispose(): void {
    this.#listener.dispose();
    clearInterval(this.#timer);
  }

  #look(): void {
    const { market, view, leader } = this.#workbench.standing();
    // Where one window runs the feed, that one offers it.
    if (market !== "live" || view === undefined || leader !== undefined) return;
    const week = endedWeek(new Date());
    const look = `${this.#workbench.runNumber} ${week.monday}`;
    if (look === this.#looked || (this.#told.get() ?? "") >= week.monday || !this.#alerts.allows("weeklyReview"))
      return;
    this.#looked = look;
    const closed = this.#workbench.outputs().filter((output) => isClosedIn(week, output)).length;
    if (closed === 0) return;
    this.#told.set(week.monday);
    const words =
      closed === 1
        ? t("The week from {0} is over: 1 trade was closed", week.monday)
        : t("The week from {0} is over: {1} trades were closed", week.monday, closed);
    void weekReviewed(words, week.monday);
  }
}

function isClosedIn({ monday, saturday }: ReturnType<typeof endedWeek>, output: EngineOutput): boolean {
  if (output.type !== "exit" || output.replaces !== undefined) return false;
  return monday <= output.tradingDay && output.tradingDay <= saturday;
}

/** The newest week whose Saturday has come, by its dates. */
export function endedWeek(now: Date): { readonly monday: string; readonly saturday: string } {
  const at = (daysBack: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBack, SATURDAY_HOUR);
  const sinceSaturday = (now.getDay() + 1) % 7;
  const back = at(sinceSaturday) > now ? sinceSaturday + 7 : sinceSaturday;
  return { monday: dateOf(at(back + 5)), saturday: dateOf(at(back)) };
}

function dateOf(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
