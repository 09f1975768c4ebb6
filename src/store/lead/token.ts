import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { replaceFile } from "../atomicFile.js";
import { appendAll, type Fs } from "../files.js";
import { errorCode } from "../storeError.js";

const TOKEN_FILE = "lease.token";
const TOKEN = /^[0-9a-f]{64}$/;

/** How long another window may take between making the file and writing it: milliseconds, and how often it is looked at. */
const WRITING_MS = 20;
const LOOKS = 50;

/**
 * The secret that proves to each other that two windows can read the same data folder; made when there is none. It never goes
 * over a wire.
 *
 * @throws StoreError, or the system's error, when it can be neither read nor made
 */
export async function leaderToken(fs: Fs, folder: string): Promise<string> {
  const path = join(folder, TOKEN_FILE);
  const known = await readToken(fs, path);
  if (known !== undefined) return known;
  const made = randomBytes(32).toString("hex");
  try {
    const file = await fs.open(path, "createNew");
    try {
      await appendAll(file, Buffer.from(made));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    // Another window is making it, or was killed while it did. To replace one that is being made would leave two.
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const other = await readToken(fs, path);
      if (other !== undefined) return other;
      await sleep(WRITING_MS);
    }
    await replaceFile(fs, path, Buffer.from(made));
  }
  return (await readToken(fs, path)) ?? made;
}

/** The secret of a data folder, if it has one that can be read; nothing is made and nobody waited for. */
export function knownToken(fs: Fs, folder: string): Promise<string | undefined> {
  return readToken(fs, join(folder, TOKEN_FILE)).catch(() => undefined);
}

async function readToken(fs: Fs, path: string): Promise<string | undefined> {
  const status = await fs.stat(path);
  if (status === undefined || !status.isFile || status.size !== 64) return undefined;
  const text = Buffer.from(await fs.readFile(path)).toString("utf8");
  return TOKEN.test(text) ? text : undefined;
}

/** A number that is used once. */
export function nonce(): string {
  return randomBytes(16).toString("hex");
}

/** What only one who knows the token can say, in this role and this conversation. */
export function proof(token: string, role: "leader" | "follower", nonces: readonly [string, string]): string {
  return createHmac("sha256", token)
    .update(`${role} ${nonces.join(" ")}`)
    .digest("hex");
}

/** Compares in a time that tells nothing. */
export function proves(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
