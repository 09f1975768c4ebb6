import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import type { Moment } from "../../app/dayPhase.js";
import { leftFromEarlier } from "../notices.js";
import { manualPositions, type Standing } from "../standing.js";
import type { Alerts } from "./alerts.js";
import type { DayMemory } from "./reminders.js";

/**
 * Says on a live trading day, once, that something of an earlier one still waits to be recorded, in the window in which the user is.
 * Afterwards badge, view and checklist are all.
 */
export class LeftOver {
  readonly #alerts: Pick<Alerts, "allows">;
  readonly #told: DayMemory;

  /** @param told remembers the last day on which it was told, over all windows */
  constructor(alerts: Pick<Alerts, "allows">, told: DayMemory) {
    this.#alerts = alerts;
    this.#told = told;
  }

  /** @param moment undefined where nobody can tell */
  look(standing: Standing, moment: Moment | undefined): void {
    // At the end of a day its own reminder has just spoken of the same trades.
    const isDay = moment?.phase === "pre-market" || moment?.phase === "session";
    const day = isDay ? moment.day?.date : undefined;
    if (standing.market !== "live" || day === undefined || (this.#told.get() ?? "") >= day) return;
    const waiting = leftBefore(standing, day);
    if (waiting === 0 || !vscode.window.state.focused || !this.#alerts.allows("endOfDay")) return;
    this.#told.set(day);
    void leftFromEarlier(
      waiting === 1
        ? t("1 trade of an earlier day waits to be recorded")
        : t("{0} trades of earlier days wait to be recorded", waiting),
    );
  }
}

function leftBefore(standing: Standing, day: string): number {
  const pending = standing.view?.pending ?? [];
  const open = manualPositions(standing).map(({ recommendation }) => recommendation);
  return [...pending, ...open].filter(({ tradingDay }) => tradingDay < day).length;
}
