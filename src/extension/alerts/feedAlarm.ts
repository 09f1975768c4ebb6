import type * as vscode from "vscode";
import { feedWords } from "../feedWords.js";
import type { Workbench } from "../workbench.js";
import type { Alerts } from "./alerts.js";

/** Sounds once when a live feed that brought data is lost, and again only after it was there in between. */
export class FeedAlarm implements vscode.Disposable {
  readonly #workbench: Workbench;
  readonly #alerts: Alerts;
  readonly #listener: vscode.Disposable;
  /** Of this feed's run: whether it is well, or was before it was lost. */
  #state: { readonly run: number; readonly isWell: boolean } | undefined;

  constructor(workbench: Workbench, alerts: Alerts) {
    this.#workbench = workbench;
    this.#alerts = alerts;
    this.#listener = workbench.onDidChange(() => this.#look());
  }

  dispose(): void {
    this.#listener.dispose();
  }

  #look(): void {
    const { feed, phase } = this.#workbench.standing();
    const run = this.#workbench.runNumber;
    if (feed === undefined || phase !== "running") return;
    const { level } = feedWords(feed, Date.now());
    const wasWell = this.#state?.run === run && this.#state.isWell;
    if (level === "bad" && wasWell) this.#alerts.sound("feedLost");
    if (level !== "busy") this.#state = { run, isWell: level === "good" };
  }
}
