import { join } from "node:path";
import * as z from "zod/mini";
import { say } from "../core/say.js";
import { replaceFile } from "./atomicFile.js";
import { crc32 } from "./crc32.js";
import { type FileStatus, type Fs, makeFolder } from "./files.js";
import type { JournalKind } from "./journal.js";
import { type JournalRecord, type JournalState, readRecords } from "./record.js";
import { errorCode, fileFailure } from "./storeError.js";

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
 * @param end how many records it had when it was finished; undefined for one that was not, as far as is known
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

/** Whose results a journal holds, from its header; undefined for another record, or one that does not say. */
export function kindOf({ type, data }: JournalRecord): JournalKind | undefined {
  if (type !== "header") return undefined;
  const header = headerSchema.safeParse(data);
  return header.success ? header.data.kind : undefined;
}

/** A torn end is normal, but not in a file of which it is known that more of it was on the disk. */
function withEnd(parsed: JournalState, records: number, length: number, end: number | undefined): JournalState {
  const missing = (end ?? 0) - records;
  if (missing <= 0) return parsed;
  const what = `its end was cut off, with the last ${missing === 1 ? "record" : `${missing} records`}`;
  return { ...parsed, damage: [...parsed.damage, what], damagedUntil: length };
}

/**
 * The records of the last append: of all earlier ones it is certain that they are on the disk, because each append waits
 * for the one before it. These may be in the system's memory alone.
 */
export function lastAppend(records: readonly JournalRecord[]): readonly JournalRecord[] {
  const last = records.at(-1);
  return last === undefined ? [] : records.filter(({ m }) => m === last.m);
}

/** Copies a damaged file to the quarantine folder, once for each damage. Returns where to. */
export async function quarantine(fs: Fs, folder: string, name: string, bytes: Uint8Array, damagedUntil: number) {
  const mark = crc32(bytes.subarray(0, damagedUntil)).toString(16).padStart(8, "0");
  const path = join(folder, `${name}.${mark}`);
  if ((await fs.stat(path)) !== undefined) return path;
  await makeFolder(fs, folder);
  // Whole or not at all: a piece of it would pass for the copy.
  await replaceFile(fs, path, bytes);
  return path;
}

const headerSchema = z.looseObject({ kind: z.enum(["live", "replay", "demo"]) });
