import { dirname, join } from "node:path";
import { say } from "../core/say.js";
import { appendAll, type Fs, NOT_A_FILE } from "./files.js";
import { fileFailure, StoreError } from "./storeError.js";

/**
 * Replaces a file whole or not at all: whatever happens, the old bytes or the new ones are there, and after it resolves the
 * new ones survive a power cut. A symbolic link stays, its target is replaced.
 *
 * @param bytes all at once, or in pieces where they are many
 * @throws StoreError when it cannot be written, is read-only or no regular file; what was there is untouched then
 */
export async function replaceFile(fs: Fs, path: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  try {
    const target = await fs.realPath(path);
    const status = await fs.stat(target);
    if (status?.isFile === false) throw Object.assign(new Error("not a file"), { code: NOT_A_FILE });
    if (status?.readOnly === true) {
      throw new StoreError(say('Could not replace "{0}": it is read-only. Make it writable, or move it away', path), {
        retriable: true,
      });
    }
    count += 1;
    const temporary = `${target}.${fs.processId}-${count}.tmp`;
    // One of an earlier process with this id: rename never got to it.
    await fs.remove(temporary);
    await writeAndRename(fs, temporary, target, bytes);
  } catch (error) {
    throw fileFailure(say('Could not replace "{0}"', path), error);
  }
}

/** Removes what `replaceFile` left in a folder when its process was killed half way. Files of running processes stay. */
export async function removeLeftovers(fs: Fs, folder: string): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    const owner = /\.(\d+)-\d+\.tmp$/.exec(name)?.[1];
    if (owner !== undefined && !fs.isRunning(Number(owner))) await fs.remove(join(folder, name));
  }
}

/** Keeps the temporary files of one process apart. */
let count = 0;

async function writeAndRename(
  fs: Fs,
  temporary: string,
  target: string,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    const file = await fs.open(temporary, "createNew");
    try {
      if (bytes instanceof Uint8Array) await appendAll(file, bytes);
      else for await (const piece of bytes) await appendAll(file, piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, target);
  } catch (error) {
    await fs.remove(temporary).catch(() => undefined);
    throw error;
  }
  await fs.syncFolder(dirname(target));
}
