import * as vscode from "vscode";
import { READABLE_EXTENSIONS } from "../feed/readableFiles.js";
import { BACK, type Choice, pick } from "./ask.js";
import type { Dashboard } from "./dashboard.js";
import type { RunChoice } from "./openRun.js";
import type { Workbench } from "./workbench.js";

/**
 * Asks what to watch and starts it, once a run has stopped that is stopping. While something is starting or running it brings
 * that to the front instead.
 */
export async function start(workbench: Workbench, dashboard: Dashboard): Promise<void> {
  if (workbench.standing().phase === "stopping") await workbench.stop();
  if (workbench.standing().phase !== "idle") {
    await dashboard.open();
    return;
  }
  const choice = await askChoice();
  if (choice !== undefined) await workbench.start(choice);
}

async function askChoice(): Promise<RunChoice | undefined> {
  const choices: Choice<RunChoice["market"]>[] = [
    { label: "$(beaker) Demo", description: "A simulated market, no key needed", value: "demo" },
    { label: "$(debug-rerun) Replay a file...", description: "Recorded trades or bars", value: "replay" },
  ];
  const market = await pick({ title: "Volume Cluster: Start", placeholder: "What is to be watched?", choices });
  if (market === undefined || market === BACK) return undefined;
  return market === "demo" ? { market } : await askFiles();
}

async function askFiles(): Promise<RunChoice | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: "Replay",
    openLabel: "Replay",
    canSelectMany: true,
    filters: { "Recorded trades and bars": [...READABLE_EXTENSIONS], "All files": ["*"] },
  });
  if (chosen === undefined || chosen.length === 0) return undefined;
  const foreign = chosen.find((uri) => uri.scheme !== "file");
  if (foreign !== undefined) {
    throw new Error(`${foreign.path} is not on this machine's disk: copy it there, then replay the copy`);
  }
  return { market: "replay", files: chosen.map((uri) => uri.fsPath) };
}
