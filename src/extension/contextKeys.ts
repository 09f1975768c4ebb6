import * as vscode from "vscode";
import type { PhaseKey } from "../app/dayPhase.js";
import type { DatabentoKey } from "./databentoKey.js";
import { haltedAccounts, manualPositions, partlyFilled, type Standing } from "./standing.js";
import type { Workbench } from "./workbench.js";

/**
 * Keeps the context keys `volumeCluster.ready`, `.hasKey` (once the key has changed), `.running`, `.restoring`, `.following`,
 * `.hasPending`, `.canFill`, `.hasOpen`, `.hasRecords`, `.hasPaper`, `.halted`, `.canHalt`, `.mode` and, once it is known, `.phase`.
 */
export class ContextKeys implements vscode.Disposable {
  readonly #listener: vscode.Disposable;
  readonly #keyListener: vscode.Disposable;
  readonly #set = new Map<string, boolean | string | undefined>();
  readonly #answers: Answers;

  constructor(workbench: Workbench, key: DatabentoKey) {
    this.#answers = new Answers(workbench);
    this.#keep("volumeCluster.ready", true);
    this.#keep("volumeCluster.mode", "stopped");
    // Only once it changes: the system may ask the user to unlock its storage before it tells.
    this.#keyListener = key.onDidChange(
      () => void key.isSet().then((isSet) => this.#keep("volumeCluster.hasKey", isSet)),
    );
    this.#listener = workbench.onDidChange(() => {
      const standing = workbench.standing();
      const halted = haltedAccounts(standing).length;
      this.#keep("volumeCluster.mode", modeOf(standing));
      this.#keep("volumeCluster.running", standing.phase !== "idle");
      this.#keep("volumeCluster.restoring", standing.restoring);
      this.#keep("volumeCluster.following", standing.leader !== undefined);
      this.#keep("volumeCluster.hasPending", (standing.view?.pending.length ?? 0) > 0);
      this.#keep("volumeCluster.canFill", (standing.view?.pending.length ?? 0) + partlyFilled(standing).length > 0);
      this.#keep("volumeCluster.hasOpen", manualPositions(standing).length > 0);
      this.#keep("volumeCluster.hasRecords", this.#answers.any());
      this.#keep("volumeCluster.hasPaper", standing.view?.accounts.some(({ name }) => name === "paper") === true);
      this.#keep("volumeCluster.halted", halted > 0);
      this.#keep("volumeCluster.canHalt", halted < (standing.view?.accounts.length ?? 0));
    });
  }

  /** Where in the trader's day it is; undefined where nobody can tell. */
  keepPhase(phase: PhaseKey | undefined): void {
    this.#keep("volumeCluster.phase", phase);
  }

  dispose(): void {
    this.#listener.dispose();
    this.#keyListener.dispose();
  }

  #keep(key: string, value: boolean | string | undefined): void {
    if (this.#set.get(key) === value) return;
    this.#set.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  }
}

/** What is watched, as `when` clauses name it. */
export const MODE_KEYS = ["demo", "replay", "live", "paperAuto", "stopped"] as const;

function modeOf({ phase, paper, market }: Standing): (typeof MODE_KEYS)[number] {
  if (phase === "idle" || market === undefined) return "stopped";
  return paper ? "paperAuto" : market;
}

/** Which recommendations the user answered and did not take back; each output is looked at once. */
class Answers {
  readonly #workbench: Workbench;
  readonly #answered = new Set<string>();
  #run = 0;
  #seen = 0;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  any(): boolean {
    const { runNumber } = this.#workbench;
    const outputs = this.#workbench.outputs();
    if (this.#run !== runNumber) {
      this.#answered.clear();
      this.#seen = 0;
      this.#run = runNumber;
    }
    for (; this.#seen < outputs.length; this.#seen++) {
      const output = outputs[this.#seen];
      if (output === undefined || !("account" in output) || output.account !== "manual") continue;
      if (output.type === "fill" || output.type === "decision") this.#answered.add(output.recommendation);
      if (output.type === "void") this.#answered.delete(output.recommendation);
    }
    return this.#answered.size > 0;
  }
}
