import { existsSync } from "node:fs";
import type { Sink } from "../app/pipeline.js";
import { prepareDemo } from "./demoRun.js";
import type { RunPlace } from "./knownRuns.js";
import { prepareLive } from "./liveRun.js";
import { type Opening, type OpenRun, openFolder, type PreparedRun, type RunChoice, type RunHost } from "./openRun.js";
import { prepareReplay } from "./replayRun.js";

/*
 * The way into everything that is too heavy for activation: it is imported when a run is first opened.
 */

/**
 * Does what can fail or be stopped before the run at hand has to make room: checks the settings, looks into the files, plays the
 * demo's history.
 *
 * @returns undefined when it was stopped meanwhile
 * @throws SettingsError, FeedError, StoreError
 */
export function prepareRun(choice: RunChoice, host: RunHost, opening: Opening): Promise<PreparedRun | undefined> {
  const { paper = false } = choice;
  if (choice.market === "replay") return prepareReplay(choice.files, paper, host, opening);
  return choice.market === "demo" ? prepareDemo(paper, host, opening) : prepareLive(paper, host, opening);
}

/** Opens a folder's run for recording alone, with all that waits in it; undefined when the folder is gone or another market's. */
export async function reopenRun(place: RunPlace, host: RunHost, sinks: readonly Sink[]): Promise<OpenRun | undefined> {
  if (!existsSync(place.folder)) return undefined;
  const open = await openFolder(place, undefined, host, sinks);
  if (open.run.kind !== place.market) {
    await open.close();
    return undefined;
  }
  await open.run.restore();
  return open;
}
