import { join } from "node:path";
import { parseSettings } from "../app/settings.js";
import type { RunHost } from "./openRun.js";

/**
 * The folder of live results, in which demo and replays have folders of their own.
 *
 * @throws SettingsError when the setting names no absolute folder; `~` stands for nothing here, only a shell expands it
 */
export function dataFolder(host: RunHost): string {
  const { folder } = parseSettings({ "data.folder": host.settings["data.folder"] }).data;
  return folder === "" ? host.storageFolder : folder;
}

/**
 * The folder below which results lie: the user's own, or in `paper` those that the engine makes by itself, which mix with none of his.
 *
 * @throws SettingsError
 */
export function resultsFolder(host: RunHost, paper = false): string {
  return paper ? join(dataFolder(host), "paper") : dataFolder(host);
}

/** Where the demo keeps what it does. */
export function demoFolder(host: RunHost, paper = false): string {
  return join(resultsFolder(host, paper), "demo");
}

/** A new folder for one replay, so that its results mix with no others. */
export function replayFolder(host: RunHost, now: Date, paper = false): string {
  return join(resultsFolder(host, paper), "replay", now.toISOString().replace(/[:.]/g, "-"));
}
