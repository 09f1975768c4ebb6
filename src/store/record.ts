import { hash as hashed } from "node:crypto";
import { say } from "../core/say.js";
import type { Micros } from "../core/units.js";
import { crc32 } from "./crc32.js";

/** One line of a journal. */
export interface JournalRecord {
  /** Version of the record's form. */
  readonly v: number;
  /** ULID; a copy in another journal keeps it. Ids rise in the order of writing. */
  readonly id: string;
  /** ULID of the journal that holds it. */
  readonly sess: string;
  /** Place in its file, from 0. */
  readonly seq: number;
  /** The first 16 hex digits of the SHA-256 of the record before it in the file; zeros for the first. */
  readonly prev: string;
  /** Wall time when it was made. */
  readonly t: Micros;
  /** Monotonic microseconds of its append: the same for all records of one append, rising from append to append. */
  readonly m: number;
  readonly type: string;
  readonly data: unknown;
}

export const RECORD_VERSION = 1;
export const NO_RECORD_BEFORE = "0".repeat(16);

/** A record as bytes, and what the next one says in `prev`. */
export interface EncodedRecord {
  readonly line: Uint8Array;
  readonly hash: string;
}

/** Writes a record as `<len:8> <crc32:8hex> {json}\n`: bytes of the JSON in decimal, and their CRC-32. */
export function encodeRecord(record: JournalRecord): EncodedRecord {
  const { v, id, sess, seq, prev, t, m, type, data } = record;
  const json = Buffer.from(JSON.stringify({ v, id, sess, seq, prev, t, m, type, data }), "utf8");
  return { line: Buffer.concat([Buffer.from(frame(json), "latin1"), json, NEWLINE]), hash: hashOf(json) };
}

/** What was found in the bytes of a journal file beside its records. */
export interface JournalState {
  /** One sentence for each thing that is not as it was written; a torn end is normal and none. */
  readonly damage: readonly string[];
  /** Bytes up to the end of what was damaged, 0 for an undamaged file: they tell one damage from another. */
  readonly damagedUntil: number;
  /** The last record is the seal of a clean close. */
  readonly sealed: boolean;
}

/** What the bytes of a journal file hold. */
export interface ParsedJournal extends JournalState {
  /** All that verify, in the order of the file. */
  readonly records: readonly JournalRecord[];
}

/** Reads a journal file, all of its records at once. */
export function parseJournal(bytes: Uint8Array): ParsedJournal {
  const records: JournalRecord[] = [];
  const state = readRecords(bytes, (record) => void records.push(record));
  return { records, ...state };
}

/**
 * Reads a journal file. Stops at a torn end; past damage in the middle it goes on at the next record that verifies. A changed
 * byte loses a record or is reported, it never makes another one.
 *
 * @param take gets each record that verifies, in the order of the file: a journal of years has more than need to be held at once
 */
export function readRecords(bytes: Uint8Array, take: (record: JournalRecord) => void): JournalState {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damage: string[] = [];
  let damagedUntil = 0;
  const report = (what: string, until: number) => {
    damage.push(what);
    damagedUntil = until;
  };
  let offset = buffer.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
  let edited = offset > 0;
  let expected: { seq: number; prev: string } = { seq: 0, prev: NO_RECORD_BEFORE };
  let last: JournalRecord | undefined;
  while (offset < buffer.length) {
    const found = recordAt(buffer, offset);
    if (found === undefined) {
      const next = resync(buffer, offset) ?? wholeUntil(buffer, offset, last);
      if (next === undefined) break;
      report(say("bytes {0} to {1} do not verify", offset, next), next);
      offset = next;
      continue;
    }
    const { record } = found;
    if (record.seq !== expected.seq || record.prev !== expected.prev) {
      report(say("record {0} does not follow the one before it", record.seq), found.next);
    }
    if (last?.type === "seal") report(say("record {0} stands behind the seal", record.seq), found.next);
    edited ||= found.carriageReturn;
    take(record);
    last = record;
    expected = { seq: record.seq + 1, prev: found.hash };
    offset = found.next;
  }
  if (edited) report(say("it was edited by hand: line ends or a mark at its begin were changed"), buffer.length);
  return { damage, damagedUntil, sealed: last?.type === "seal" };
}

const NEWLINE = Buffer.from("\n");
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const LF = 0x0a;
const CR = 0x0d;
/** `<len:8> <crc32:8hex> ` */
const FRAME = /\d{8} [0-9a-f]{8} /;
const FRAME_BYTES = 18;

/**
 * The end of the buffer where the bytes from `offset` on, none of them a record, are no torn end either: a sealed file gets
 * nothing more, and a line that is as it was written is not torn.
 */
function wholeUntil(buffer: Buffer, offset: number, last: JournalRecord | undefined): number | undefined {
  return last?.type === "seal" || lineAt(buffer, offset) !== undefined ? buffer.length : undefined;
}

function recordAt(buffer: Buffer, offset: number) {
  const line = lineAt(buffer, offset);
  const record = line && readRecord(line.json.toString("utf8"));
  return record && { ...line, record, hash: hashOf(line.json) };
}

/** A line whose length and checksum are right, whatever it says. */
function lineAt(buffer: Buffer, offset: number) {
  const written = buffer.toString("latin1", offset, offset + FRAME_BYTES);
  if (!FRAME.test(written)) return undefined;
  const start = offset + FRAME_BYTES;
  const end = start + Number(written.slice(0, 8));
  const carriageReturn = buffer[end] === CR;
  const newline = carriageReturn ? end + 1 : end;
  if (buffer[newline] !== LF) return undefined;
  const json = buffer.subarray(start, end);
  return frame(json) === written ? { json, next: newline + 1, carriageReturn } : undefined;
}

function readRecord(json: string): JournalRecord | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** By hand: a start reads a million of them, and a schema takes half of that time. */
function isRecord(value: unknown): value is JournalRecord {
  if (typeof value !== "object" || value === null) return false;
  const { v, id, sess, seq, prev, t, m, type } = value as Readonly<Record<string, unknown>>;
  return (
    [v, seq].every(Number.isSafeInteger) && isTime(t) && Number.isFinite(m) && [id, sess, prev, type].every(isText)
  );
}

/** From 1970 to 2255, beyond which microseconds are not exact. */
function isTime(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

/** The next place behind `offset` where a record begins that verifies, be it that the line end before it is damaged. */
function resync(buffer: Buffer, offset: number): number | undefined {
  const rest = buffer.toString("latin1", offset + 1);
  const begin = new RegExp(FRAME.source, "g");
  for (let match = begin.exec(rest); match !== null; match = begin.exec(rest)) {
    const at = offset + 1 + match.index;
    if (recordAt(buffer, at) !== undefined) return at;
    begin.lastIndex = match.index + 1;
  }
  return undefined;
}

function frame(json: Uint8Array): string {
  return `${String(json.length).padStart(8, "0")} ${crc32(json).toString(16).padStart(8, "0")} `;
}

function hashOf(json: Uint8Array): string {
  return hashed("sha256", json).slice(0, 16);
}
