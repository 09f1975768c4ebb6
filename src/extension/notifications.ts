import type * as vscode from "vscode";
import { formatPrice } from "../core/instrument.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { type MessageLink, signalArrived } from "./notices.js";
import { activeSignal, ticket } from "./standing.js";
import type { Workbench } from "./workbench.js";

/** Nobody reads and answers a message in less: such a signal is shown in the status bar alone. */
const LEAST_SECONDS = 2;

/**
 * Announces the signal that can be answered in time, once, in a message that ends with it: with its answer, its seconds, the feed,
 * or the next signal. So there is at most one message. Its links open conversations; none records anything by itself.
 */
export class Notifications implements vscode.Disposable {
  readonly #workbench: Workbench;
  readonly #listener: vscode.Disposable;
  #announced: { readonly run: number; readonly id: string; readonly end: () => void } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
    this.#listener = workbench.onDidChange(() => this.#look());
  }

  dispose(): void {
    this.#listener.dispose();
    clearTimeout(this.#timer);
    this.#announced?.end();
  }

  #look(): void {
    clearTimeout(this.#timer);
    const run = this.#workbench.runNumber;
    const standing = this.#workbench.standing();
    const active = activeSignal(standing, Date.now());
    const isAnnounced = this.#announced?.id === active?.recommendation.id && this.#announced?.run === run;
    if (!isAnnounced) {
      this.#announced?.end();
      if (active !== undefined && active.secondsLeft >= LEAST_SECONDS)
        this.#announce(active.recommendation, run, standing.market === "demo");
    }
    if (active !== undefined) this.#timer = setTimeout(() => this.#look(), active.secondsLeft * 1000);
  }

  #announce(recommendation: Recommendation, run: number, simulated: boolean): void {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#announced = { run, id: recommendation.id, end };
    const { id, instrument, stop, target } = recommendation;
    const text = `${simulated ? "Simulated: " : ""}${ticket(recommendation)}`;
    const bracket = `stop ${formatPrice(stop, instrument)}, target ${formatPrice(target, instrument)}`;
    void signalArrived(`${text}, ${bracket}`, linksOf(id), ended);
  }
}

function linksOf(id: string): readonly MessageLink[] {
  const command = "volumeCluster.recordFill";
  return [
    { label: "Fill", command, arguments: [id] },
    { label: "Skip", command, arguments: [id, "skip"] },
  ];
}
