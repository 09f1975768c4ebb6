import { join } from "node:path";
import type { Fs } from "./files.js";

/** Any program stops everything by making this file in the data folder (`RELIABILITY.md` R9). */
export const HALT_FILE = "HALT";

export interface HaltFile {
  /** The same as long as it is the same file. */
  readonly identity: string;
  /** What it says in its first line; empty where it says nothing. */
  readonly reason: string;
}

const MAX_BYTES = 4096;

/** The folder's `HALT`, if there is one; one that cannot be read stops as well. */
export async function haltFile(fs: Fs, folder: string): Promise<HaltFile | undefined> {
  const path = join(folder, HALT_FILE);
  const status = await fs.stat(path);
  if (status === undefined) return undefined;
  const isReadable = status.isFile && status.size <= MAX_BYTES;
  const bytes = isReadable ? await fs.readFile(path).catch(() => new Uint8Array()) : new Uint8Array();
  const [reason = ""] = Buffer.from(bytes).toString("utf8").trim().split("\n", 1);
  return { identity: `${status.identity}:${status.created}`, reason };
}
