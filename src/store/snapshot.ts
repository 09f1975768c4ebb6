import { createHash, hash } from "node:crypto";
import { join } from "node:path";
import { setImmediate as yielded } from "node:timers/promises";
import { replaceFile } from "./atomicFile.js";
import { type Fs, makeFolder } from "./files.js";
import type { JournalKind } from "./journal.js";
import type { ReadFile } from "./journalReader.js";
import type { KeptState } from "./kept.js";
import { BLOCK_ROWS, type PackedBytes, packRows, unpackRows } from "./packed.js";

/*
 * What the journals hold together, folded, so that a start need not read all of them again. Only a cache: whatever is wrong
 * with it, it is passed over and made anew. A file has blocks of bytes, then what they are as JSON, the length of that, and the
 * SHA-256 of all before it.
 */

/** Rises with every change of what is in the file or of how outputs are read. */
export const SNAPSHOT_VERSION = 3;
const FORMAT = "volume-cluster-snapshot";
const LENGTH_DIGITS = 10;
const HASH_DIGITS = 64;

/** Records of all journals as they were at a moment. */
export interface Snapshot {
  readonly kind: JournalKind;
  /** The journals that it was made of, by name. */
  readonly files: ReadonlyMap<string, ReadFile>;
  readonly kept: KeptState;
}

interface Directory {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** Another version of the program may read more or less in a record. */
  readonly app: string;
  readonly kind: JournalKind;
  readonly files: readonly (readonly [string, ReadFile])[];
  readonly last: string;
  readonly others: KeptState["others"];
  /** Bytes of the table of ids. */
  readonly records: number;
  readonly observations: PackedLengths;
  readonly footprints: PackedLengths;
  readonly marks: PackedLengths;
  /** Bytes of each block of rows. */
  readonly rows: readonly number[];
}

/** `PackedBytes` without the bytes: how many there are of each. */
interface PackedLengths extends Omit<PackedBytes, "blocks" | "rows"> {
  readonly blocks: readonly number[];
  readonly rows: number;
}

/** Where the snapshot of a data folder lies. */
export function snapshotPath(folder: string): string {
  return join(folder, "snapshots", "journal.snapshot");
}

/** Writes the snapshot of a data folder, bit by bit, whole or not at all. */
export async function writeSnapshot(fs: Fs, folder: string, app: string, snapshot: Snapshot): Promise<void> {
  await makeFolder(fs, join(folder, "snapshots"));
  await replaceFile(fs, snapshotPath(folder), bytesOf(app, snapshot));
}

async function* bytesOf(app: string, { kind, files, kept }: Snapshot): AsyncIterable<Uint8Array> {
  const sum = createHash("sha256");
  const summed = (bytes: Uint8Array) => {
    sum.update(bytes);
    return bytes;
  };
  const { records, observations, footprints, marks, last, others } = kept;
  const shelves = [observations, footprints, marks];
  // The tables first: words of four bytes can be used where they lie.
  for (const bytes of [records, ...shelves.map(({ rows }) => rows)]) yield summed(bytes);
  for (const bytes of shelves.flatMap(({ blocks }) => blocks)) yield summed(bytes);
  const rows: number[] = [];
  for (const block of blocksOf(kept)) {
    const bytes = packRows(block);
    rows.push(bytes.length);
    yield summed(bytes);
    // Fills wait meanwhile otherwise.
    await yielded();
  }
  const directory: Directory = {
    format: FORMAT,
    version: SNAPSHOT_VERSION,
    app,
    kind,
    files: [...files],
    last,
    others,
    records: records.length,
    observations: lengthsOf(observations),
    footprints: lengthsOf(footprints),
    marks: lengthsOf(marks),
    rows,
  };
  const text = Buffer.from(JSON.stringify(directory));
  yield summed(Buffer.concat([text, Buffer.from(String(text.length).padStart(LENGTH_DIGITS, "0"))]));
  yield Buffer.from(sum.digest("hex"));
}

function lengthsOf({ blocks, rows, ...rest }: PackedBytes): PackedLengths {
  return { ...rest, blocks: blocks.map(({ length }) => length), rows: rows.length };
}

function* blocksOf(kept: KeptState) {
  const rows = [...kept.rows()];
  for (let first = 0; first < rows.length; first += BLOCK_ROWS) yield rows.slice(first, first + BLOCK_ROWS);
}

/** What a snapshot's file is: not there, of this version of the program, of another one, or not as it was written. */
export type SnapshotState = "none" | "whole" | "other" | "damaged";

/**
 * Verifies the snapshot of a data folder.
 *
 * @throws the system's error when it cannot be read
 */
export async function snapshotState(fs: Fs, folder: string, app: string): Promise<SnapshotState> {
  if ((await fs.stat(snapshotPath(folder))) === undefined) return "none";
  const directory = directoryOf(bufferOf(await fs.readFile(snapshotPath(folder))));
  if (directory === undefined) return "damaged";
  return isOurs(directory, app) ? "whole" : "other";
}

/**
 * Reads the snapshot of a data folder.
 *
 * @returns undefined where there is none, or one that is damaged or that another version wrote
 */
export async function readSnapshot(fs: Fs, folder: string, app: string): Promise<Snapshot | undefined> {
  try {
    if ((await fs.stat(snapshotPath(folder))) === undefined) return undefined;
    return snapshotOf(bufferOf(await fs.readFile(snapshotPath(folder))), app);
  } catch {
    // What cannot be read is as good as none.
    return undefined;
  }
}

/** The same bytes and no copy of them. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** What the bytes are; undefined where they are not as they were written. */
function directoryOf(file: Buffer): Directory | undefined {
  const end = file.length - HASH_DIGITS;
  if (end < LENGTH_DIGITS || hash("sha256", file.subarray(0, end)) !== file.toString("latin1", end)) return undefined;
  const length = Number(file.toString("latin1", end - LENGTH_DIGITS, end));
  const text = file.toString("utf8", end - LENGTH_DIGITS - length, end - LENGTH_DIGITS);
  return JSON.parse(text) as Directory;
}

function isOurs({ format, version, app }: Directory, program: string): boolean {
  return format === FORMAT && version === SNAPSHOT_VERSION && app === program;
}

function snapshotOf(file: Buffer, app: string): Snapshot | undefined {
  const directory = directoryOf(file);
  if (directory === undefined || !isOurs(directory, app)) return undefined;
  let offset = 0;
  const next = (bytes: number) => {
    offset += bytes;
    return file.subarray(offset - bytes, offset);
  };
  // Parts of the file and no copies: they are most of it, and both at once would be what a start needs most memory for.
  const { kind, files, last, others } = directory;
  const records = next(directory.records);
  const tables = {
    observations: next(directory.observations.rows),
    footprints: next(directory.footprints.rows),
    marks: next(directory.marks.rows),
  };
  const packed = (shelf: keyof typeof tables) => ({
    ...directory[shelf],
    rows: tables[shelf],
    blocks: directory[shelf].blocks.map(next),
  });
  const [observations, footprints, marks] = [packed("observations"), packed("footprints"), packed("marks")];
  const packedRows = directory.rows.map(next);
  return {
    kind,
    files: new Map(files),
    kept: {
      records,
      last,
      others,
      observations,
      footprints,
      marks,
      *rows(share) {
        for (const block of packedRows) yield* unpackRows(block, share);
      },
    },
  };
}
