import { hash as hashed } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { say } from "../core/say.js";
import type { Micros } from "../core/units.js";
import { crc32 } from "./crc32.js";
import { type Found, Places } from "./places.js";
import { FRAME_BYTES } from "./tornEnd.js";

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

/** The newest one that this program reads. */
export const RECORD_VERSION = 2;

/**
 * The version in which a record is written: the oldest whose programs read it right, so that what they can read stays readable for
 * them. To one of version 1 every exit is that of a whole position, and a void takes all back: what says otherwise is of version 2,
 * which it keeps and does not show.
 */
export function versionOf({ type, data }: Pick<JournalRecord, "type" | "data">): number {
  if (type === "partialExit") return 2;
  if (type === "exit") return hasField(data, "parts") ? 2 : 1;
  // One that takes all back is understood, whatever there was: kept back, it would leave a fill standing that is gone.
  if (type === "void") return hasField(data, "target") ? 2 : 1;
  if (type !== "amendment") return 1;
  const { before, after } = data as { readonly before?: unknown; readonly after?: unknown };
  return hasField(before, "partialExits") || hasField(after, "partialExits") ? 2 : 1;
}

function hasField(data: unknown, name: string): boolean {
  return typeof data === "object" && data !== null && (data as Record<string, unknown>)[name] !== undefined;
}

/** What the header of a journal file says of the file. */
export const JOURNAL_FORMAT = "volume-cluster-journal";
export const JOURNAL_VERSION = 1;
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
export interface JournalState extends Found {
  /** The last record is the seal of a clean close. */
  readonly sealed: boolean;
}

/** What the bytes of a journal file hold. */
export interface ParsedJournal extends JournalState {
  /** All that verify, in the order of the file. */
  readonly records: readonly JournalRecord[];
}

/** Whether two records of one id are the same one, of which two windows may both hold a copy. */
export function isCopy(a: Pick<JournalRecord, "t" | "type" | "data">, b: typeof a): boolean {
  return a.t === b.t && a.type === b.type && isDeepStrictEqual(a.data, b.data);
}

/** Reads a journal file, all of its records at once. */
export function parseJournal(bytes: Uint8Array): ParsedJournal {
  const records: JournalRecord[] = [];
  const state = readRecords(bytes, (record) => void records.push(record));
  return { records, ...state };
}

/**
 * Reads a journal file. Stops at a torn end; past damage it goes on at the next record that verifies. A changed byte loses a
 * record and is reported, it never makes another one.
 *
 * @param take gets each record that verifies, in the order of the file: a journal of years has more than need to be held at once
 */
export function readRecords(bytes: Uint8Array, take: (record: JournalRecord) => void): JournalState {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places = new Places(buffer);
  let offset = buffer.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
  let isEdited = offset > 0;
  let expected: { seq: number; prev: string } = { seq: 0, prev: NO_RECORD_BEFORE };
  let last: JournalRecord | undefined;
  while (offset < buffer.length) {
    const from = offset;
    const found = recordAt(buffer, from) ?? resync(buffer, from);
    if (found === undefined) {
      places.addEnd(from, last?.type);
      break;
    }
    const { record } = found;
    const missing = record.seq - expected.seq;
    if (last !== undefined && last.m !== record.m) places.confirm();
    if (found.at > from) places.addGap(from, found.at, missing);
    // What stood before a gap, if it was a record at all, nobody knows.
    const isBehindGap = found.at > from && missing > 0;
    if (!isBehindGap && (missing !== 0 || record.prev !== expected.prev)) {
      places.add(say("record {0} does not follow the one before it", record.seq), found.at, found.next);
    }
    if (last?.type === "seal") places.add(say("record {0} stands behind the seal", record.seq), found.at, found.next);
    isEdited ||= found.carriageReturn;
    take(record);
    last = record;
    expected = { seq: record.seq + 1, prev: found.hash };
    offset = found.next;
  }
  const sealed = last?.type === "seal";
  if (sealed) places.confirm();
  if (isEdited) places.edited();
  return { ...places.found(), sealed };
}

const NEWLINE = Buffer.from("\n");
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const LF = 0x0a;
const CR = 0x0d;
/** `<len:8> <crc32:8hex> ` */
const FRAME = /^\d{8} [0-9a-f]{8} $/;
/** Where the frame of each record ends, and nothing else does but by chance: JSON has no space there. */
const BEGIN = ' {"v":';

function recordAt(buffer: Buffer, at: number) {
  const line = lineAt(buffer, at);
  const record = line && readRecord(line.json.toString("utf8"));
  return record && { ...line, at, record, hash: hashOf(line.json) };
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

/** The next record behind `offset` that verifies, be it that the line end before it is damaged. */
function resync(buffer: Buffer, offset: number) {
  const first = offset + FRAME_BYTES;
  for (let begin = buffer.indexOf(BEGIN, first); begin >= 0; begin = buffer.indexOf(BEGIN, begin + 1)) {
    const found = recordAt(buffer, begin + 1 - FRAME_BYTES);
    if (found !== undefined) return found;
  }
  return undefined;
}

function frame(json: Uint8Array): string {
  return `${String(json.length).padStart(8, "0")} ${crc32(json).toString(16).padStart(8, "0")} `;
}

function hashOf(json: Uint8Array): string {
  return hashed("sha256", json).slice(0, 16);
}
