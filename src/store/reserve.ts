import { dirname, join } from "node:path";
import { appendAll, type Fs } from "./files.js";

/** Room for thousands of fills. */
export const RESERVE_BYTES = 1_000_000;

/** A disk with less room is as good as full: what is left of it may be what another window has given up to go on. */
const FULL_BELOW_BYTES = 10 * RESERVE_BYTES;

/** A file that holds room on the disk: given up when the disk is full, so that fills can still be recorded. */
export class Reserve {
  readonly #fs: Fs;
  readonly #path: string;

  constructor(fs: Fs, folder: string) {
    this.#fs = fs;
    this.#path = join(folder, "reserve.bin");
  }

  /** Takes the room, if it is not taken. Rejects where there is none. */
  async take(): Promise<void> {
    const status = await this.#fs.stat(this.#path);
    if (status !== undefined && status.size >= RESERVE_BYTES) return;
    const room = await this.#fs.room(dirname(this.#path));
    if (room !== undefined && room < FULL_BELOW_BYTES) throw Object.assign(new Error("no room"), { code: "ENOSPC" });
    await this.#fs.remove(this.#path);
    const file = await this.#fs.open(this.#path, "append");
    try {
      await appendAll(file, noise(RESERVE_BYTES));
      await file.sync();
    } catch (error) {
      await this.#fs.remove(this.#path);
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Gives the room back to the disk. Returns whether there was any. */
  async release(): Promise<boolean> {
    const status = await this.#fs.stat(this.#path);
    if (status === undefined || status.size === 0) return false;
    await this.#fs.remove(this.#path);
    return true;
  }
}

/** Bytes that a compressing file system cannot make smaller (xorshift32, Marsaglia 2003). */
function noise(length: number): Uint8Array {
  const words = new Uint32Array(length / 4);
  let state = 0x9e3779b9;
  for (let index = 0; index < words.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer);
}
