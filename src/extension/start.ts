import { existsSync } from "node:fs";
import { basename } from "node:path";
import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { say } from "../core/say.js";
import { READABLE_EXTENSIONS } from "../feed/readableFiles.js";
import { BACK, type Choice, pick } from "./ask.js";
import type { Dashboard } from "./dashboard.js";
import { stopsForReplay } from "./notices.js";
import type { RunChoice, RunHost } from "./openRun.js";
import { setApiKey } from "./setApiKey.js";
import type { Workbench } from "./workbench.js";

/** What a row of the question stands for: a choice, or a question for files; for the user, or for the engine in paper auto. */
type Wanted = RunChoice | { readonly market: "files"; readonly paper?: boolean };

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
  const live = (await host.key.isSet())
    ? t("The market as it happens, from Databento")
    : t("No key yet: it is asked for first");
  const again = last?.market === "replay" ? last : undefined;
  const choices: Choice<Wanted>[] = [
    { label: t("You answer the signals"), kind: vscode.QuickPickItemKind.Separator },
    { label: `$(beaker) ${t("Demo")}`, description: t("A simulated market, no key needed"), value: { market: "demo" } },
    { label: `$(pulse) ${t("Live")}`, description: live, value: { market: "live" } },
    ...(again === undefined || again.paper === true ? [] : [repeated(again)]),
    {
      label: `$(debug-rerun) ${t("Replay a file...")}`,
      description: t("Recorded trades or bars"),
      value: { market: "files" },
    },
    {
      label: t("The engine takes them, on paper"),
      kind: vscode.QuickPickItemKind.Separator,
    },
    {
      label: `$(robot) ${t("Paper auto, demo")}`,
      description: t("In a simulated market"),
      value: { market: "demo", paper: true },
    },
    { label: `$(robot) ${t("Paper auto, live")}`, description: live, value: { market: "live", paper: true } },
    ...(again?.paper === true ? [repeated(again)] : []),
    {
      label: `$(robot) ${t("Paper auto, replay a file...")}`,
      description: t("In recorded trades or bars"),
      value: { market: "files", paper: true },
    },
  ];
  const wanted = await pick({
    title: t("Volume Cluster: Start"),
    placeholder: t("What is to be watched, and who takes the signals?"),
    choices,
    preselected: choices.find(
      ({ value }) => last !== undefined && value?.market === last.market && value.paper === last.paper,
    ),
  });
  if (wanted === undefined || wanted === BACK) return undefined;
  return wanted.market === "files" ? await askFiles(wanted.paper === true) : wanted;
}

function repeated(last: Extract<RunChoice, { market: "replay" }>): Choice<Wanted> {
  const [first = "", ...others] = last.files.map((file) => basename(file));
  const names = others.length === 0 ? first : t("{0} and {1} more", first, others.length);
  const label = last.paper === true ? t("Paper auto, replay {0} again", names) : t("Replay {0} again", names);
  return { label: `$(history) ${label}`, description: t("At the speed of the settings"), value: last };
}

/** What was started last, in any window; undefined where it is not understood or a file of it is gone. */
function lastChoice(host: RunHost): RunChoice | undefined {
  const stored = host.lastStart.get();
  if (typeof stored !== "object" || stored === null || !("market" in stored)) return undefined;
  const { market } = stored;
  const paper = "paper" in stored && stored.paper === true ? { paper: true } : {};
  if (market === "demo" || market === "live") return { market, ...paper };
  const files = "files" in stored && Array.isArray(stored.files) ? stored.files : [];
  const isThere = (file: unknown): file is string => typeof file === "string" && existsSync(file);
  return market === "replay" && files.length > 0 && files.every(isThere) ? { market, files, ...paper } : undefined;
}

async function askFiles(paper: boolean): Promise<RunChoice | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: t("Replay"),
    openLabel: t("Replay"),
    canSelectMany: true,
    filters: { [t("Recorded trades and bars")]: [...READABLE_EXTENSIONS], [t("All files")]: ["*"] },
  });
  if (chosen === undefined || chosen.length === 0) return undefined;
  const foreign = chosen.find((uri) => uri.scheme !== "file");
  if (foreign !== undefined) {
    throw new Error(say("{0} is not on this machine's disk: copy it there, then replay the copy", foreign.path));
  }
  return { market: "replay", files: chosen.map((uri) => uri.fsPath), ...(paper && { paper }) };
}
