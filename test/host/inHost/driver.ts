import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { EngineOutput } from "../../../src/core/events.js";
import type { Api } from "../../../src/extension/extension.js";
import type { Workbench } from "../../../src/extension/workbench.js";

/** Between two looks at something that tells nobody when it changes. */
const LOOK_MS = 200;

/** No question takes longer. */
const PATIENCE_MS = 240_000;

type OutputOf<T extends EngineOutput["type"]> = Extract<EngineOutput, { readonly type: T }>;

/** The extension under test, as VS Code knows it. */
export function extensionUnderTest(): vscode.Extension<Api> {
  const extension = vscode.extensions.getExtension<Api>("volume-cluster.volume-cluster-workbench");
  assert.ok(extension, "VS Code knows the extension");
  return extension;
}

/** What the activated extension gives its tests. */
export async function activeApi(): Promise<Api> {
  return await extensionUnderTest().activate();
}

/** The workbench of the activated extension. */
export async function activeWorkbench(): Promise<Workbench> {
  return (await activeApi()).workbench;
}

/** The recommendations without an answer, oldest first. */
export function pendingIds(workbench: Workbench): readonly string[] {
  return workbench.standing().view?.pending.map(({ id }) => id) ?? [];
}

/** The next output of a type. Ask before doing what causes it. */
export function nextOutput<T extends EngineOutput["type"]>(workbench: Workbench, type: T): Promise<OutputOf<T>> {
  return new Promise((resolve) => {
    const listener = workbench.onDidOutput((output) => {
      if (output.type !== type) return;
      listener.dispose();
      resolve(output as OutputOf<T>);
    });
  });
}

/** Resolves once `holds` is true; it is asked now and with every event. */
export function until<T>(event: vscode.Event<T>, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const listener = event(() => look());
    const look = () => {
      if (!holds()) return;
      listener.dispose();
      resolve();
    };
    look();
  });
}

/** The folder that the profile's settings name for the data. */
export function dataFolder(): string {
  return vscode.workspace.getConfiguration("volumeCluster").get<string>("data.folder", "");
}

/** Runs a command and presses Enter in whatever it asks, until it has ended. */
export async function runWithEnter(command: string, ...args: readonly unknown[]): Promise<void> {
  let ended = false;
  const run = vscode.commands.executeCommand(command, ...args).then(() => {
    ended = true;
  });
  const { workbench } = await activeApi();
  const begun = Date.now();
  // A quick input says neither that it is shown nor that it is gone, so Enter is pressed again until it is not needed.
  while (!ended) {
    if (Date.now() - begun > PATIENCE_MS) {
      const { phase, failure, unsaved, view } = workbench.standing();
      const open = view?.open.map(({ recommendation }) => recommendation.id);
      throw new Error(`${command} did not end: ${JSON.stringify({ phase, failure, unsaved, open })}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
  }
  await run;
}
