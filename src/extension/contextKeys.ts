import * as vscode from "vscode";
import { manualPositions } from "./standing.js";
import type { Workbench } from "./workbench.js";

/** Keeps the context keys `volumeCluster.running`, `.hasPending` and `.hasOpen` as the workbench is. */
export class ContextKeys implements vscode.Disposable {
  readonly #listener: vscode.Disposable;
  readonly #set = new Map<string, boolean>();

  constructor(workbench: Workbench) {
    this.#listener = workbench.onDidChange(() => {
      const standing = workbench.standing();
      this.#keep("volumeCluster.running", standing.phase !== "idle");
      this.#keep("volumeCluster.hasPending", (standing.view?.pending.length ?? 0) > 0);
      this.#keep("volumeCluster.hasOpen", manualPositions(standing).length > 0);
    });
  }

  dispose(): void {
    this.#listener.dispose();
  }

  #keep(key: string, value: boolean): void {
    if (this.#set.get(key) === value) return;
    this.#set.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  }
}
