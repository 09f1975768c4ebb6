import { homedir } from "node:os";
import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { redact } from "../app/redact.js";
import { VERSION } from "../app/version.js";
import type { EngineOutput } from "../core/events.js";
import { inEnglish } from "./language.js";
import { saved } from "./notices.js";
import type { RecentLog } from "./recentLog.js";
import { watchSentence } from "./statusText.js";
import type { Workbench } from "./workbench.js";

/** What the diagnostics are made of. */
export interface DiagnosticParts {
  readonly workbench: Pick<Workbench, "host" | "standing" | "outputs" | "folder">;
  readonly recent: RecentLog;
  readonly sounds: { standing(): Promise<{ readonly words: string }> };
}

/** Puts on the clipboard what somebody who helps has to know, and nothing that tells who asks. */
export async function copyDiagnostics(parts: DiagnosticParts): Promise<void> {
  await vscode.env.clipboard.writeText(await diagnostics(parts));
  saved(t("Copied: versions, settings, counts and the last lines of the log, without keys and names of folders"));
}

/** The text, redacted; in English, for whoever helps. */
export async function diagnostics({ workbench, recent, sounds }: DiagnosticParts): Promise<string> {
  const { settings, storageFolder, key } = workbench.host();
  const standing = workbench.standing();
  const { market, paper, phase, unsaved, failure, view, feed, leader } = standing;
  const run = market === undefined ? "none" : `${market}${paper ? " in paper auto" : ""}, ${phase}`;
  const text = [
    `Volume Cluster Workbench ${VERSION}`,
    `VS Code ${vscode.version}, ${process.platform} ${process.arch}, Node ${process.version}`,
    `Window: ${vscode.env.remoteName === undefined ? "on this machine" : "remote"}`,
    `Databento key: ${(await key.isSet()) ? "set" : "none"}`,
    `Sound of alerts: ${(await sounds.standing()).words}`,
    "",
    `Run at hand: ${run}${leader === undefined ? "" : ", shown from another window"}`,
    `Standing: ${inEnglish(() => watchSentence(standing))}`,
    `Feed: ${feed === undefined ? "none" : `${feed.health.state}, ${feed.health.reconnects} reconnects, ${feed.health.gaps.length} gaps`}`,
    `Waiting: ${view?.pending.length ?? 0} without an answer, ${view?.open.length ?? 0} open, ${unsaved} not saved`,
    `Failure: ${failure ?? "none"}`,
    `Kept: ${counts(workbench.outputs())}`,
    "",
    `Settings that differ from the defaults: ${JSON.stringify(settings, undefined, 2)}`,
    "",
    "Last lines of the log:",
    ...recent.lines,
  ].join("\n");
  const named = settings["data.folder"];
  const folders = [
    ...(workbench.folder === undefined ? [] : [[workbench.folder, "<folder of the run>"] as const]),
    ...(typeof named === "string" ? [[named, "<data folder>"] as const] : []),
    [storageFolder, "<storage>"] as const,
    [homedir(), "~"] as const,
  ];
  return redact(text, folders);
}

function counts(outputs: readonly EngineOutput[]): string {
  const byType = new Map<string, number>();
  for (const { type } of outputs) byType.set(type, (byType.get(type) ?? 0) + 1);
  return [...byType].map(([type, count]) => `${count} ${type}`).join(", ") || "nothing";
}
