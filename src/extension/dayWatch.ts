import type * as vscode from "vscode";
import type { DayAtHand } from "./dayAtHand.js";
import { Soon } from "./soon.js";
import type { Workbench } from "./workbench.js";

/** The clock goes on while nothing happens. */
const LOOK_MS = 60_000;

/** A simulated day changes faster than anybody can follow. */
const SOON_MS = 1000;

/**
 * Looks where in the trader's day the run at hand is: soon after something has changed, and once a minute. Nothing of it is needed
 * for activation, so the calendar and the schema of the settings are loaded with the first look.
 */
export class DayWatch implements vscode.Disposable {
  readonly #workbench: Workbench;
  readonly #onDay: (day: DayAtHand | undefined) => void;
  readonly #listener: vscode.Disposable;
  readonly #soon = new Soon(() => void this.#look(), SOON_MS);
  readonly #timer: NodeJS.Timeout;
  #isDisposed = false;

  /** @param onDay gets undefined while the settings are wrong */
  constructor(workbench: Workbench, onDay: (day: DayAtHand | undefined) => void) {
    this.#workbench = workbench;
    this.#onDay = onDay;
    this.#listener = workbench.onDidChange(() => this.#soon.request());
    this.#timer = setInterval(() => this.#soon.request(), LOOK_MS);
    this.#soon.request();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#listener.dispose();
    this.#soon.cancel();
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { dayAtHand } = await import("./dayAtHand.js");
    if (this.#isDisposed) return;
    let day: DayAtHand | undefined;
    try {
      day = dayAtHand(this.#workbench);
    } catch {
      // The Today view says what is wrong with the settings.
    }
    this.#onDay(day);
  }
}
