import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import type { Standing } from "../standing.js";

/** Until when alerts are snoozed: a moment in wall-clock milliseconds, or the end of a trading day. */
export type SnoozeUntil = number | { readonly tradingDay: string };

/**
 * Whether this window's alerts are snoozed: nothing sounds and no message comes. Status bar, badge and rows stay as they are. It ends
 * by itself, and with the window: a signal that is missed costs more than a sound too many.
 */
export class Snooze implements vscode.Disposable {
  readonly #didChange = new vscode.EventEmitter<void>();
  #until: SnoozeUntil | undefined;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.#didChange.event;

  begin(until: SnoozeUntil): void {
    this.end();
    this.#until = until;
    if (typeof until === "number") this.#timer = setTimeout(() => this.end(), until - Date.now());
    this.#didChange.fire();
  }

  end(): void {
    clearTimeout(this.#timer);
    if (this.#until === undefined) return;
    this.#until = undefined;
    this.#didChange.fire();
  }

  /** Until when, in words such as `until 14:30`; undefined while alerts are not snoozed. */
  words(standing: Standing): string | undefined {
    const until = this.#until;
    if (until === undefined) return undefined;
    if (typeof until === "number") return until > Date.now() ? t("until {0}", clock(new Date(until))) : undefined;
    return standing.view?.tradingDay === until.tradingDay ? t("until the trading day ends") : undefined;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#didChange.dispose();
  }
}

/** `14:30`, by the clock of this machine. */
function clock(time: Date): string {
  return [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}
