import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { QueryTools } from "../app/data/queryJournal.js";
import { Run } from "../app/run.js";
import type { EngineOutput } from "../core/events.js";
import type { RunMode } from "../core/settings.js";
import type { Micros } from "../core/units.js";
import { systemClock } from "../store/clock.js";
import { nodeFs } from "../store/files.js";
import { journalNames } from "../store/journalFiles.js";
import { snapshotPath } from "../store/snapshot.js";
import type { Arguments, Terminal } from "./command.js";
import { systemReason } from "./readSettings.js";
import { CommandError } from "./usageError.js";

/** The option that names the data folder of an earlier run. */
export const DATA_OPTION = { data: ["FOLDER", "the data folder of a run"] } as const;

/** Both accounts are shown; without a feed none of them trades. */
const AT_THE_DESK: RunMode = { leading: "manual", paperTrades: true, haltEndsWithSession: false };

/**
 * Opens the data folder of an earlier run, tells the engine all that it holds, and closes it after `use`.
 *
 * @param use its second argument is what the engine makes of the folder; of a folder to be written only what does not count
 * @throws StoreError, CommandError when it is not the data folder of a run: nothing is touched then
 */
export async function withBooks(
  args: Arguments,
  terminal: Terminal,
  access: "read" | "write",
  use: (run: Run, booked: readonly EngineOutput[]) => Promise<void>,
): Promise<void> {
  args.noFiles();
  const folder = args.required("data");
  await checkFolder(folder);
  const { log, wasm, queryWorker } = terminal;
  const readOnly = access === "read";
  const run = await Run.open({
    settings: undefined,
    mode: AT_THE_DESK,
    kind: undefined,
    folder,
    sinks: [],
    log,
    wasm,
    queryWorker,
    readOnly,
  });
  try {
    const booked = await run.restore();
    await use(run, booked);
  } finally {
    await run.close();
  }
}

/** When an answer is given: now, or in a simulated or recorded market the moment that it has reached where its feed runs. */
export async function answerTime(run: Run, terminal: Terminal): Promise<Micros> {
  return run.kind === "live" ? terminal.now() : run.marketTime();
}

/** What the commands that work on the data itself need of the terminal. */
export function dataTools({ wasm, queryWorker, log, now }: Terminal): QueryTools {
  return { wasm, queryWorker, log, clock: { ...systemClock, wall: now } };
}

/** @throws CommandError when it is not the data folder of a run */
export async function checkFolder(folder: string): Promise<void> {
  const status = await stat(folder).catch((error: unknown) => {
    throw new CommandError(`Could not open the data folder "${folder}": ${systemReason(error)}`, { cause: error });
  });
  if (!status.isDirectory()) throw new CommandError(`"${folder}" is not a folder: name the data folder of a run`);
  if ((await journalNames(nodeFs, join(folder, "journal"))).length > 0) return;
  // What journals that are gone held is in it.
  if ((await nodeFs.stat(snapshotPath(folder))) !== undefined) return;
  throw new CommandError(
    `"${folder}" is not the data folder of a run, it has no journal: name the folder that a run was given with "--data"`,
  );
}
