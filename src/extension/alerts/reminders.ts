import { t } from "@vscode/l10n";
import type * as vscode from "vscode";
import { dayEnded, unanswered } from "../notices.js";
import { ticket, waitingTrades } from "../standing.js";
import type { Workbench } from "../workbench.js";
import type { Alerts } from "./alerts.js";

/** After a signal that could be acted on: by then what was done is to be recorded. */
const REMIND_MS = 120_000;

/** Nobody can act on a signal in less. */
const LEAST_MS = 2000;

/** Remembers for which trading day the end was told, in every window of the user. */
export interface DayMemory {
  get(): string | undefined;
  set(day: string): void;
}

/** A signal that could be acted on in this window. */
interface Seen {
  readonly id: string;
  readonly run: number;
  readonly remindAt: number;
}

/**
 * Reminds once of each signal that has no answer two minutes after it, and once of what is to be recorded when the live trading day
 * ends. While one is open that speaks of a signal without an answer no other one comes: afterwards the count in the status bar is
 * all. VS Code takes a message out of sight and keeps it open, so that one whose signals are answered must not silence the next.
 */
export class Reminders implements vscode.Disposable {
  readonly #workbench: Workbench;
  readonly #alerts: Alerts;
  readonly #told: DayMemory;
  readonly #listener: vscode.Disposable;
  /** By id; those of which was reminded are kept, so that it happens once. */
  readonly #seen = new Map<string, Seen>();
  #due: readonly Seen[] = [];
  /** Of each message that is open: the signals that it speaks of. */
  readonly #open = new Set<readonly string[]>();
  #timer: NodeJS.Timeout | undefined;
  #day: { readonly name: string; readonly close: number; isOver: boolean } | undefined;
  #dayTimer: NodeJS.Timeout | undefined;

  /** @param told remembers the last day whose end was told */
  constructor(workbench: Workbench, alerts: Alerts, told: DayMemory) {
    this.#workbench = workbench;
    this.#alerts = alerts;
    this.#told = told;
    this.#listener = workbench.onDidChange(() => this.#look());
  }

  dispose(): void {
    this.#listener.dispose();
    clearTimeout(this.#timer);
    clearTimeout(this.#dayTimer);
  }

  #look(): void {
    const standing = this.#workbench.standing();
    for (const { id } of standing.phase === "running" ? (standing.view?.pending ?? []) : []) {
      const left = (standing.deadlines.get(id) ?? 0) - Date.now();
      if (left < LEAST_MS || this.#seen.has(id)) continue;
      const seen = { id, run: this.#workbench.runNumber, remindAt: Date.now() + REMIND_MS };
      this.#seen.set(id, seen);
      this.#due = [...this.#due, seen];
    }
    // Anew at each look: the timers of a computer that sleeps rest, and its clock goes on.
    this.#wait();
    this.#watchDay();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const [first] = this.#due;
    if (first === undefined) return;
    this.#timer = setTimeout(() => this.#remind(), Math.max(0, first.remindAt - Date.now()));
  }

  #remind(): void {
    const now = Date.now();
    const run = this.#workbench.runNumber;
    const due = this.#due.filter(({ remindAt }) => remindAt <= now);
    this.#due = this.#due.filter(({ remindAt }) => now < remindAt);
    this.#wait();
    const { view, leader } = this.#workbench.standing();
    const pending = view?.pending.filter(({ id }) => due.some((each) => each.id === id && each.run === run)) ?? [];
    const [first] = pending;
    if (first === undefined || this.#isAsking() || leader !== undefined) return;
    this.#alerts.sound("fillReminder");
    if (!this.#alerts.allows("fillReminder")) return;
    void this.#ask(
      pending.length === 1
        ? unanswered(t("{0} has no answer: was it filled?", ticket(first)), first.id)
        : unanswered(t("{0} signals have no answer: were they filled?", pending.length), undefined),
      pending.map(({ id }) => id),
    );
  }

  /** Live alone: a simulated day ends every few minutes. */
  #watchDay(): void {
    const { market, view, phase } = this.#workbench.standing();
    const { tradingDay, sessionClose } = view ?? {};
    if (market !== "live" || phase !== "running") return;
    if (tradingDay !== undefined && sessionClose !== undefined && this.#day?.name !== tradingDay)
      this.#day = { name: tradingDay, close: sessionClose / 1000, isOver: false };
    clearTimeout(this.#dayTimer);
    if (this.#day === undefined || this.#day.isOver) return;
    this.#dayTimer = setTimeout(() => this.#endDay(), Math.max(0, this.#day.close - Date.now()));
  }

  #endDay(): void {
    if (this.#day === undefined) return;
    this.#day.isOver = true;
    const { name: day } = this.#day;
    const { market, view, leader } = this.#workbench.standing();
    if (this.#told.get() === day || market !== "live" || view === undefined || leader !== undefined) return;
    const waiting = waitingTrades(view);
    if (waiting === 0 || !this.#alerts.allows("endOfDay")) return;
    this.#told.set(day);
    const text =
      waiting === 1
        ? t("The trading day is over: 1 trade waits to be recorded")
        : t("The trading day is over: {0} trades wait to be recorded", waiting);
    void this.#ask(
      dayEnded(text),
      view.pending.map(({ id }) => id),
    );
  }

  async #ask(message: Promise<void>, signals: readonly string[]): Promise<void> {
    this.#open.add(signals);
    try {
      await message;
    } finally {
      this.#open.delete(signals);
    }
  }

  #isAsking(): boolean {
    const pending = this.#workbench.standing().view?.pending ?? [];
    return [...this.#open].some((signals) => pending.some(({ id }) => signals.includes(id)));
  }
}
