import { existsSync } from "node:fs";
import { basename } from "node:path";
import * as vscode from "vscode";
import { READABLE_EXTENSIONS } from "../feed/readableFiles.js";
import { BACK, type Choice, pick } from "./ask.js";
import type { Dashboard } from "./dashboard.js";
import { stopsForReplay } from "./notices.js";
import type { RunChoice, RunHost } from "./openRun.js";
import { setApiKey } from "./setApiKey.js";
import type { Workbench } from "./workbench.js";

/** What a row of the question stands for: a choice, or a question for files. */
type Wanted = RunChoice | "files";

/**
 * Asks what to watch and starts it, once a run has stopped that is stopping. While something is starting or running it brings
 * that to the front instead. What was started last is taken by one Enter.
 *
 * @param market starts this one without a question: `live` or `demo`
 */
export async function start(workbench: Workbench, dashboard: Dashboard, market?: string): Promise<void> {
  if (workbench.standing().phase === "stopping") await workbench.stop();
  if (workbench.standing().phase !== "idle") {
    await dashboard.open();
    return;
  }
  const host = workbench.host();
  const named = market === "live" || market === "demo" ? market : undefined;
  const choice: RunChoice | undefined = named === undefined ? await askChoice(host) : { market: named };
  if (choice !== undefined) await begin(workbench, choice);
}

/** Replays a file, after a question if something runs. */
export async function replay(workbench: Workbench, file: string): Promise<void> {
  if (workbench.standing().phase !== "idle") {
    if (!(await stopsForReplay())) return;
    await workbench.stop();
  }
  await begin(workbench, { market: "replay", files: [file] });
}

async function begin(workbench: Workbench, choice: RunChoice): Promise<void> {
  const host = workbench.host();
  if (choice.market === "live" && (await host.key.read()) === undefined && !(await setApiKey(workbench))) return;
  host.lastStart.set(choice);
  await workbench.start(choice);
}

async function askChoice(host: RunHost): Promise<RunChoice | undefined> {
  const last = lastChoice(host);
  const hasKey = await host.key.isSet();
  const choices: Choice<Wanted>[] = [
    { label: "$(beaker) Demo", description: "A simulated market, no key needed", value: { market: "demo" } },
    {
      label: "$(pulse) Live",
      description: hasKey ? "The market as it happens, from Databento" : "No key yet: it is asked for first",
      value: { market: "live" },
    },
    ...(last?.market === "replay" ? [again(last)] : []),
    { label: "$(debug-rerun) Replay a file...", description: "Recorded trades or bars", value: "files" },
  ];
  const wanted = await pick({
    title: "Volume Cluster: Start",
    placeholder: "What is to be watched?",
    choices,
    preselected: choices.find(({ value }) => typeof value === "object" && value.market === last?.market),
  });
  if (wanted === undefined || wanted === BACK) return undefined;
  return wanted === "files" ? await askFiles() : wanted;
}

function again(last: Extract<RunChoice, { market: "replay" }>): Choice<Wanted> {
  const [first = "", ...others] = last.files.map((file) => basename(file));
  const names = others.length === 0 ? first : `${first} and ${others.length} more`;
  return { label: `$(history) Replay ${names} again`, description: "At the speed of the settings", value: last };
}

/** What was started last, in any window; undefined where it is not understood or a file of it is gone. */
function lastChoice(host: RunHost): RunChoice | undefined {
  const stored = host.lastStart.get();
  if (typeof stored !== "object" || stored === null || !("market" in stored)) return undefined;
  const { market } = stored;
  if (market === "demo" || market === "live") return { market };
  const files = "files" in stored && Array.isArray(stored.files) ? stored.files : [];
  const isThere = (file: unknown): file is string => typeof file === "string" && existsSync(file);
  return market === "replay" && files.length > 0 && files.every(isThere) ? { market, files } : undefined;
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
