// Follows a growing file of lines.
import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 250;

/**
 * Yields each line that is appended to `file` from now on, whether or not the file exists yet, until `stop` fires.
 *
 * The file is polled, because a folder that is deleted and made anew keeps no watcher. A file that shrank is read from its
 * start; a line without its end waits for it.
 */
export async function* follow(file, stop) {
  let position = await sizeOf(file);
  let rest = "";
  while (!stop.aborted) {
    const size = await sizeOf(file);
    if (size < position) [position, rest] = [0, ""];
    if (position < size) {
      const lines = (rest + (await read(file, position, size))).split("\n");
      position = size;
      rest = lines.pop();
      yield* lines;
    }
    await sleep(POLL_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

async function sizeOf(file) {
  return withFile(file, async (handle) => (await handle.stat()).size, 0);
}

async function read(file, start, end) {
  const read = async (handle) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    return buffer.toString("utf8", 0, bytesRead);
  };
  return withFile(file, read, "");
}

async function withFile(file, use, absent) {
  let handle;
  try {
    handle = await open(file);
    return await use(handle);
  } catch (error) {
    if (error.code === "ENOENT") return absent;
    throw error;
  } finally {
    await handle?.close();
  }
}
