import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { NOT_FILLED } from "../../app/fillLine.js";
import type { EngineOutput } from "../../core/events.js";
import { failed, orderNotFilled } from "../notices.js";
import type { Workbench } from "../workbench.js";
import type { Alerts } from "./alerts.js";
import type { DayMemory } from "./reminders.js";

/**
 * After an order that was not filled: how often that happens to the user, and the settings that change it. At most once a day, in the
 * window in which he is.
 */
export class NoFillHint implements vscode.Disposable {
  readonly #workbench: Pick<Workbench, "onDidOutput" | "outputs">;
  readonly #alerts: Pick<Alerts, "allows">;
  readonly #told: DayMemory;
  readonly #listener: vscode.Disposable;

  /** @param told remembers the last day on which it was told */
  constructor(workbench: Pick<Workbench, "onDidOutput" | "outputs">, alerts: Pick<Alerts, "allows">, told: DayMemory) {
    this.#workbench = workbench;
    this.#alerts = alerts;
    this.#told = told;
    this.#listener = workbench.onDidOutput((output) => this.#onOutput(output));
  }

  dispose(): void {
    this.#listener.dispose();
  }

  #onOutput(output: EngineOutput): void {
    if (output.type !== "decision" || output.account !== "manual" || output.reason !== NOT_FILLED) return;
    const today = new Date().toISOString().slice(0, 10);
    if (this.#told.get() === today || !vscode.window.state.focused || !this.#alerts.allows("noFill")) return;
    this.#told.set(today);
    void this.#tell().catch(failed);
  }

  async #tell(): Promise<void> {
    // Imported when first needed: it is too heavy for activation.
    const { noFillRate } = await import("../../app/noFill.js");
    const { notFilled, orders, rate = 0, interval } = noFillRate(this.#workbench.outputs());
    const percent = (fraction: number) => Math.round(100 * fraction);
    await orderNotFilled(
      orders === 1
        ? t("Not filled: your only order so far. MARKET, or no offset, is filled more often")
        : t(
            "Not filled: {0} of your {1} orders, {2} % (90 %: {3} to {4} %). MARKET, or no offset, is filled more often",
            ...[notFilled, orders, percent(rate), percent(interval[0]), percent(interval[1])],
          ),
    );
  }
}
