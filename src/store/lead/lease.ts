import { join } from "node:path";
import * as z from "zod/mini";
import { replaceFile } from "../atomicFile.js";
import type { Fs } from "../files.js";

const LEASE_FILE = "lease";

/** No lease is longer: what lies there instead of one is not read. */
const MAX_BYTES = 4096;

/** Who runs the feed of a data folder, or did last; for people, and for windows that look for it. */
export interface Lease {
  /** Rises with every leader. */
  readonly epoch: number;
  /** The window's id. */
  readonly window: string;
  readonly pid: number;
  readonly host: string;
  /** ISO 8601, by the wall clock of its machine. */
  readonly since: string;
}

/** The shape of a lease, in its file and on the wire. */
export const LEASE = z.strictObject({
  epoch: z.int().check(z.positive()),
  window: z.string().check(z.maxLength(64)),
  pid: z.int().check(z.nonnegative()),
  host: z.string().check(z.maxLength(255)),
  since: z.string().check(z.maxLength(40)),
});

/** The newest lease of a data folder; undefined where there is none, or nothing that can be read as one. */
export async function readLease(fs: Fs, folder: string): Promise<Lease | undefined> {
  const path = join(folder, LEASE_FILE);
  const status = await fs.stat(path);
  if (status === undefined || !status.isFile || status.size > MAX_BYTES) return undefined;
  try {
    return LEASE.parse(JSON.parse(Buffer.from(await fs.readFile(path)).toString("utf8")));
  } catch {
    return undefined;
  }
}

/** @throws StoreError when the folder cannot be written */
export async function writeLease(fs: Fs, folder: string, lease: Lease): Promise<void> {
  await replaceFile(fs, join(folder, LEASE_FILE), Buffer.from(`${JSON.stringify(lease)}\n`));
}
