import * as vscode from "vscode";
import type { EngineOutput } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { moreSignals, signalArrived } from "./notices.js";
import { Soon } from "./soon.js";
import { ticket } from "./standing.js";
import type { Workbench } from "./workbench.js";

/** Signals that follow another within this time are counted and told in one message at its end. */
const BURST_MS = 10_000;

/** A message that closes gives the focus back to the editor; a box that opens sooner than that would lose it. */
const FOCUS_MS = 200;

/** Announces each signal once. Its buttons open flows; none records anything by itself. */
export class Notifications implements vscode.Disposable {
  readonly #workbench: Workbench;
  readonly #listener: vscode.Disposable;
  readonly #announced = new Set<string>();
  readonly #burst = new Soon(() => this.#endBurst(), BURST_MS);
  #waiting = 0;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
    this.#listener = workbench.onDidOutput((output) => this.#onOutput(output));
  }

  dispose(): void {
    this.#listener.dispose();
    this.#burst.cancel();
  }

  #onOutput(output: EngineOutput): void {
    if (output.type !== "recommendation" || this.#announced.has(output.id)) return;
    this.#announced.add(output.id);
    if (this.#burst.isDue) {
      this.#waiting++;
      return;
    }
    this.#burst.request();
    void this.#announce(output);
  }

  async #announce(recommendation: Recommendation): Promise<void> {
    const action = await signalArrived(signalText(recommendation, this.#workbench.standing().market === "demo"));
    if (action === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, FOCUS_MS));
    const id = recommendation.id;
    if (action === "Record Fill") await vscode.commands.executeCommand("volumeCluster.recordFill", id);
    if (action === "Skip") await vscode.commands.executeCommand("volumeCluster.recordFill", id, "skip");
    if (action === "Details") await vscode.commands.executeCommand("volumeCluster.openPerformance");
  }

  #endBurst(): void {
    if (this.#waiting === 0) return;
    const count = this.#waiting;
    this.#waiting = 0;
    void moreSignals(count).then((wanted) =>
      wanted ? vscode.commands.executeCommand("volumeCluster.showPendingTrades") : undefined,
    );
  }
}

/** What the message says: the ticket, its bracket, and whether the market is made up. */
export function signalText(recommendation: Recommendation, simulated: boolean): string {
  const { instrument, stop, target } = recommendation;
  const bracket = `stop ${formatPrice(stop, instrument)}, target ${formatPrice(target, instrument)}`;
  return `${simulated ? "Simulated: " : ""}${ticket(recommendation)}, ${bracket}`;
}
