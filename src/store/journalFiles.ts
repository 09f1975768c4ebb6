import { join } from "node:path";
import * as z from "zod/mini";
import { say } from "../core/say.js";
import { replaceFile } from "./atomicFile.js";
import { crc32 } from "./crc32.js";
import { type FileStatus, type Fs, makeFolder } from "./files.js";
import type { JournalKind } from "./journal.js";
import { JOURNAL_FORMAT, JOURNAL_VERSION, type JournalRecord, type JournalState, readRecords } from "./record.js";
import { errorCode, fileFailure, StoreError } from "./storeError.js";

/** A journal file as it was read, its records apart. */
export interface JournalFile extends JournalState {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The names of the journal files of a folder, copies by other programs ("... (conflicted copy).jl") included. */
export async function journalNames(fs: Fs, folder: string): Promise<readonly string[]> {
  try {
    return (await fs.readdir(folder)).filter((name) => name.endsWith(".jl")).sort();
  } catch (error) {
    throw fileFailure(say('Could not read the journals in "{0}"', folder), error);
  }
}

/**
 * A journal file as the system has it; undefined when it has gone meanwhile.
 *
 * @throws StoreError
 */
export async function journalStatus(fs: Fs, folder: string, name: string): Promise<FileStatus | undefined> {
  const path = join(folder, name);
  try {
    return await fs.stat(path);
  } catch (error) {
    throw fileFailure(say('Could not read the journal "{0}"', path), error);
  }
}

/**
 * Reads a journal file.
 *
 * @param end how many records it has at the least, as was noted; undefined where nothing was
 * @param take gets its records, in their order; what it throws is thrown
 * @returns undefined when it has gone meanwhile
 * @throws StoreError when it cannot be read: nobody may think then that nothing was recorded
 */
export async function readJournalFile(
  fs: Fs,
  folder: string,
  name: string,
  end: number | undefined,
  take: (record: JournalRecord) => void,
): Promise<JournalFile | undefined> {
  const bytes = await journalBytes(fs, join(folder, name));
  if (bytes === undefined) return undefined;
  let records = 0;
  const state = readRecords(bytes, (record) => {
    records = record.seq + 1;
    take(record);
  });
  return { ...withEnd(state, records, bytes.length, end), name, bytes };
}

async function journalBytes(fs: Fs, path: string): Promise<Uint8Array | undefined> {
  try {
    return await fs.readFile(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw fileFailure(say('Could not read the journal "{0}"', path), error);
  }
}

/**
 * Whose results a journal holds, from its header; undefined for another record.
 *
 * @throws StoreError for a header that this version does not know: what stands behind it may mean anything
 */
export function kindOf({ type, data }: JournalRecord, folder: string): JournalKind | undefined {
  if (type !== "header") return undefined;
  const header = headerSchema.safeParse(data);
  if (header.success) return header.data.kind;
  throw new StoreError(
    say('A journal in "{0}" was written by a newer version of this program: update, then open the folder', folder),
    { retriable: false },
  );
}

/** A torn end is normal, but not in a file of which it was noted that more of it was on the disk. */
function withEnd(found: JournalState, records: number, length: number, end: number | undefined): JournalState {
  const missing = (end ?? 0) - records;
  if (missing <= 0) return found;
  const { doubtful, ...parsed } = found;
  const what =
    missing === 1
      ? say("its end was cut off, with at least 1 record")
      : say("its end was cut off, with at least {0} records", missing);
  const damage = [...parsed.damage, ...(doubtful === undefined ? [] : [doubtful]), what];
  return { ...parsed, damage, damagedUntil: length };
}

/** Copies a damaged file to the quarantine folder, once for each damage. Returns where to. */
export async function quarantine(fs: Fs, folder: string, name: string, bytes: Uint8Array, damagedUntil: number) {
  const path = quarantinePath(folder, name, bytes, damagedUntil);
  if ((await fs.stat(path)) !== undefined) return path;
  await makeFolder(fs, folder);
  // Whole or not at all: a piece of it would pass for the copy.
  await replaceFile(fs, path, bytes);
  return path;
}

/** Where the copy of a damaged file lies in the quarantine folder. */
export function quarantinePath(folder: string, name: string, bytes: Uint8Array, damagedUntil: number): string {
  return join(folder, `${name}.${damageOf(bytes, damagedUntil)}`);
}

/** Tells a damage of a file from any other one. */
export function damageOf(bytes: Uint8Array, damagedUntil: number): string {
  return crc32(bytes.subarray(0, damagedUntil)).toString(16).padStart(8, "0");
}

const headerSchema = z.looseObject({
  format: z.literal(JOURNAL_FORMAT),
  version: z.int().check(z.gte(1), z.lte(JOURNAL_VERSION)),
  kind: z.enum(["live", "replay", "demo"]),
});
