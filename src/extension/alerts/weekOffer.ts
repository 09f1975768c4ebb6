import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import type { Week } from "../../app/review/week.js";
import { weekEnded } from "../notices.js";
import type { Weeks } from "../weeks.js";
import type { Alerts } from "./alerts.js";

/**
 * Offers the review of a week once, in one message, in the window in which the user is: afterwards the row of the Today view is all.
 */
export class WeekOffer {
  readonly #alerts: Pick<Alerts, "allows">;
  readonly #weeks: Weeks;

  constructor(alerts: Pick<Alerts, "allows">, weeks: Weeks) {
    this.#alerts = alerts;
    this.#weeks = weeks;
  }

  /** @param week whose trading is over and of which there is something to review; undefined: none */
  look(week: Week | undefined): void {
    if (week === undefined || this.#weeks.isOffered(week) || !this.#alerts.allows("weeklyReview")) return;
    if (!vscode.window.state.focused) return;
    this.#weeks.offer(week);
    void weekEnded(t("The week of {0} is over: its review is ready", week.monday), week.monday);
  }
}
