import { say } from "../core/say.js";
import type { Clock } from "./clock.js";
import { appendAll, type Fs } from "./files.js";
import { errorCode, StoreError } from "./storeError.js";

/** No task under a lock takes this long: whoever left the lock behind was killed, or sleeps. */
const STALE_MS = 10_000;
const TURN_MS = 20;
const TURNS = 150;

/**
 * Runs a task while no other process runs one under the same lock. The lock is a file that holds its owner's process id; one
 * that a killed process left behind is taken over. What it guards must bear that a process which slept for long in the middle
 * goes on beside its successor.
 *
 * @throws StoreError when another holds the lock for seconds; and what the task throws
 */
export async function underLock(fs: Fs, clock: Clock, path: string, task: () => Promise<void>): Promise<void> {
  for (let turn = 1; !(await taken(fs, clock, path)); turn += 1) {
    if (turn === TURNS)
      throw new StoreError(say('"{0}" is held by another program. Try again', path), { retriable: true });
    await clock.pause(TURN_MS);
  }
  try {
    await task();
  } finally {
    await fs.remove(path);
  }
}

async function taken(fs: Fs, clock: Clock, path: string): Promise<boolean> {
  try {
    const file = await fs.open(path, "createNew");
    try {
      await appendAll(file, Buffer.from(`${fs.processId}\n`));
    } catch (error) {
      // Nobody holds it: on a full disk there is room for its name and none for its owner's.
      await fs.remove(path);
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    if (await isStale(fs, clock, path)) await putAside(fs, path);
    return false;
  }
}

async function isStale(fs: Fs, clock: Clock, path: string): Promise<boolean> {
  const status = await fs.stat(path);
  if (status === undefined) return false;
  if (clock.wall() / 1000 - status.modified > STALE_MS) return true;
  const owner = Number(Buffer.from(await fs.readFile(path).catch(() => new Uint8Array())).toString());
  return Number.isSafeInteger(owner) && owner > 0 && owner !== fs.processId && !fs.isRunning(owner);
}

/** Of several that find a lock stale, one can rename it. */
async function putAside(fs: Fs, path: string): Promise<void> {
  const aside = `${path}.${fs.processId}-0.tmp`;
  await fs.rename(path, aside).catch((error: unknown) => {
    if (errorCode(error) !== "ENOENT") throw error;
  });
  await fs.remove(aside);
}
