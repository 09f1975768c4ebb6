import { existsSync } from "node:fs";
import type { Sink } from "../app/pipeline.js";
import { openDemo } from "./demoRun.js";
import { type LastRun, type Opening, type OpenRun, openFolder, type RunChoice, type RunHost } from "./openRun.js";
import { openReplay } from "./replayRun.js";

/*
 * The way into everything that is too heavy for activation: it is imported when a run is first opened.
 */

/**
 * Opens what was chosen.
 *
 * @returns undefined when it was stopped meanwhile
 * @throws SettingsError, StoreError
 */
export async function openRun(choice: RunChoice, host: RunHost, opening: Opening): Promise<OpenRun | undefined> {
  const open = choice.market === "demo" ? await openDemo(host, opening) : await openReplay(choice.files, host, opening);
  if (open !== undefined) host.last.set({ market: open.market, folder: open.folder });
  return open;
}

/** Opens the last run of an earlier window for recording alone; undefined when there is none. */
export async function openLast(host: RunHost, sinks: readonly Sink[]): Promise<OpenRun | undefined> {
  const last = host.last.get();
  if (!isLastRun(last) || !existsSync(last.folder)) return undefined;
  const open = await openFolder(last, undefined, host, sinks);
  await open.run.restore();
  return open;
}

function isLastRun(value: unknown): value is LastRun {
  if (typeof value !== "object" || value === null) return false;
  const { market, folder } = value as Partial<Record<keyof LastRun, unknown>>;
  return (market === "demo" || market === "replay") && typeof folder === "string";
}
