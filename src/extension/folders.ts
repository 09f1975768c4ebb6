import { join } from "node:path";
import type { RunHost } from "./openRun.js";

/** The folder of live results, in which demo and replays have folders of their own. */
export function dataFolder(host: RunHost): string {
  const named = host.settings["data.folder"];
  return typeof named === "string" && named !== "" ? named : host.storageFolder;
}

/** Where the demo keeps what it does. */
export function demoFolder(host: RunHost): string {
  return join(dataFolder(host), "demo");
}

/** A new folder for one replay, so that its results mix with no others. */
export function replayFolder(host: RunHost, now: Date): string {
  return join(dataFolder(host), "replay", now.toISOString().replace(/[:.]/g, "-"));
}
