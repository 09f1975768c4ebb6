import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import type { Standing } from "../standing.js";

/** Until when alerts are snoozed: a moment in wall-clock milliseconds, or the end of a trading day. */
export type SnoozeUntil = number | { readonly tradingDay: string };

/** Where every window of the user finds what one of them chose. */
export interface SnoozeMemory {
  get(): unknown;
  set(until: SnoozeUntil | undefined): void;
}

/**
 * Whether alerts are snoozed, in every window: nothing sounds and no message comes. Status bar, badge and rows stay as they are. It
 * ends by itself, for a signal that is missed costs more than a sound too many.
 */
export class Snooze implements vscode.Disposable {
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly #memory: SnoozeMemory;
  #timer: NodeJS.Timeout | undefined;

  /** In this window; another one looks when it draws or would sound. */
  readonly onDidChange = this.#didChange.event;

  constructor(memory: SnoozeMemory) {
    this.#memory = memory;
  }

  begin(until: SnoozeUntil): void {
    clearTimeout(this.#timer);
    this.#memory.set(until);
    if (typeof until === "number") this.#timer = setTimeout(() => this.end(), until - Date.now());
    this.#didChange.fire();
  }

  end(): void {
    clearTimeout(this.#timer);
    if (this.#until() === undefined) return;
    this.#memory.set(undefined);
    this.#didChange.fire();
  }

  /** Until when, in words such as `until 14:30`; undefined while alerts are not snoozed. */
  words(standing: Standing): string | undefined {
    const until = this.#until();
    if (until === undefined) return undefined;
    if (typeof until === "number") return until > Date.now() ? t("until {0}", clock(new Date(until))) : undefined;
    return standing.view?.tradingDay === until.tradingDay ? t("until the trading day ends") : undefined;
  }

  // Another version of the extension may have kept something else.
  #until(): SnoozeUntil | undefined {
    const kept = this.#memory.get();
    if (typeof kept === "number") return kept;
    const isDay = typeof kept === "object" && kept !== null && "tradingDay" in kept;
    return isDay && typeof kept.tradingDay === "string" ? { tradingDay: kept.tradingDay } : undefined;
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
