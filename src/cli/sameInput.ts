import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Run } from "../app/run.js";
import { SETTINGS_META } from "../app/runSettings.js";
import { flatSettings, parseSettings } from "../app/settings.js";
import { SettingsError, show } from "../app/settingsError.js";
import { CommandError } from "./usageError.js";

/** What beside the settings decides a run's results. */
export interface Input {
  /** Under which name the folder keeps it. */
  readonly key: string;
  /** Plain JSON, the same for the same input. */
  readonly value: string | number | boolean;
  /** How the folder's results were made, if it holds another value. */
  readonly otherwise: string;
}

/**
 * Makes sure that a data folder holds nothing that was made from other settings or another input: results of both would be
 * taken for those of one run. A new folder notes what it is made from.
 *
 * @throws CommandError that names what differs
 */
export async function requireSameInput(run: Run, given: readonly (Input | undefined)[]): Promise<void> {
  const inputs = given.filter((input) => input !== undefined);
  const other = inputs.find(({ key, value }) => run.meta(key) !== undefined && run.meta(key) !== value);
  const different = other?.otherwise ?? otherSettings(run);
  if (different !== undefined) {
    throw new CommandError(
      `The results in "${run.folder}" were made ${different}: name another folder, or run what it was made with`,
    );
  }
  for (const { key, value } of inputs) if (run.meta(key) === undefined) await run.setMeta(key, value);
}

/**
 * The content of recorded files, in whatever order they are named; of no use once `stop` has fired.
 *
 * @param paths of files that were read before: a pipe would never end
 */
export async function recordingOf(paths: readonly string[], stop: AbortSignal): Promise<Input> {
  const digests: string[] = [];
  for (const path of paths) {
    const hash = createHash("sha256");
    for await (const bytes of createReadStream(path, { highWaterMark: 1_048_576 })) {
      hash.update(bytes);
      if (stop.aborted) break;
    }
    digests.push(hash.digest("hex"));
  }
  return { key: "replay.recording", value: digests.sort().join(" "), otherwise: "from another recording" };
}

function otherSettings(run: Run): string | undefined {
  const stored = run.meta(SETTINGS_META);
  if (stored === undefined) return undefined;
  const before = completed(stored);
  const now = flatSettings(run.settings);
  const changed = Object.keys(now).filter(
    (key) => matters(run, key) && JSON.stringify(before[key]) !== JSON.stringify(now[key]),
  );
  const [first] = changed;
  if (first === undefined) return undefined;
  const more = changed.length === 1 ? "" : ` (and ${changed.length - 1} more)`;
  return `with "${first}" ${show(before[first])}, not ${show(now[first])}${more}`;
}

/** Whether a setting decides results. The demo sets its contract itself, and keeps its seed by itself. */
function matters({ kind }: Run, key: string): boolean {
  const [group] = key.split(".");
  if (kind === "demo" && group === "contract") return false;
  if (group === "demo") return kind === "demo" && key !== "demo.seed";
  return !["preset", "data", "replay", "alerts", "display"].includes(group ?? "");
}

// Settings that did not exist yet had their defaults; what a newer version wrote is compared as it stands.
function completed(stored: unknown): Readonly<Record<string, unknown>> {
  try {
    return flatSettings(parseSettings(stored));
  } catch (error) {
    if (error instanceof SettingsError) return stored as Readonly<Record<string, unknown>>;
    throw error;
  }
}
