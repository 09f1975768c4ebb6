import {
  closeSync,
  constants,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Micros } from "../../../core/units.js";
import { HEADER_BYTES, RTYPE } from "../dbn/codes.js";
import { MICROS_LIMIT, readMicros } from "../dbn/numbers.js";
import type { Tape } from "./tape.js";

/** Where and by which days a live feed is recorded. */
export interface RecorderOptions {
  /** Made if there is none. */
  readonly folder: string;
  /** Begins the name of each file, such as "glbx-mdp3.trades". */
  readonly name: string;
  /** The trading day that a time belongs to. */
  readonly dayOf: (time: Micros) => { readonly date: string; readonly close: Micros } | undefined;
  /** Told once, when the disk takes no more: the feed goes on without being recorded. */
  readonly onFailure: (error: Error) => void;
}

const MOST_FILES = 1000;

/**
 * Records a live feed as DBN, a file for each trading day and run: `NAME-YYYY-MM-DD.dbn`, then `-2`, `-3`, ... Nothing is ever
 * written over. A day's file begins with the first record whose own time is of that day; what comes late stays in the newer one,
 * so that the order is kept. Each file begins with the metadata and the mappings that hold, so that it can be read alone; all files of a run
 * in their order are the run.
 */
export class Recorder implements Tape {
  readonly #options: RecorderOptions;
  readonly #mappings = new Map<number, Uint8Array>();
  #metadata: Uint8Array | undefined;
  #file: number | undefined;
  #path = "";
  /** Bytes of whole records in the file. */
  #size = 0;
  #until = 0;
  #failed = false;
  /** What came before the time of the market was known, and so the day. */
  #undated: Uint8Array[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  begin(metadata: Uint8Array): void {
    this.#metadata = metadata;
  }

  write(records: Uint8Array): void {
    if (this.#failed) return;
    try {
      let from = 0;
      for (const [at, time] of marketTimes(records)) {
        if (this.#file !== undefined && time < this.#until) continue;
        this.#put(records.subarray(from, at));
        from = at;
        this.#turn(time);
      }
      this.#put(records.subarray(from));
    } catch (cause) {
      this.#failed = true;
      this.#cut();
      this.close();
      this.#options.onFailure(cause instanceof Error ? cause : new Error(String(cause)));
    }
  }

  close(): void {
    if (this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    try {
      fdatasyncSync(file);
    } catch {
      // What the disk refused now it refused before; the failure was told.
    } finally {
      closeSync(file);
    }
  }

  /** Takes back what was written of the records that the disk did not take whole. */
  #cut(): void {
    if (this.#file === undefined) return;
    try {
      if (this.#size > 0) ftruncateSync(this.#file, this.#size);
      else unlinkSync(this.#path);
    } catch {
      // A replay leaves a record in part out, and says so.
    }
  }

  #put(records: Uint8Array): void {
    if (records.length === 0) return;
    if (this.#file === undefined) {
      this.#undated.push(records.slice());
      return;
    }
    this.#append(records);
    this.#remember(records);
  }

  #turn(time: Micros): void {
    const day = this.#options.dayOf(time);
    this.#until = day?.close ?? Number.POSITIVE_INFINITY;
    this.close();
    this.#file = this.#create(day?.date ?? "undated");
    this.#size = 0;
    if (this.#metadata !== undefined) this.#append(this.#metadata);
    for (const mapping of this.#mappings.values()) this.#append(at(mapping, time));
    for (const records of this.#undated) {
      this.#append(records);
      this.#remember(records);
    }
    this.#undated = [];
  }

  #create(date: string): number {
    const { folder, name } = this.#options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (let number = 1; number <= MOST_FILES; number++) {
      const path = join(folder, `${name}-${date}${number === 1 ? "" : `-${number}`}.dbn`);
      try {
        this.#path = path;
        return openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
    }
    throw new Error(`more than ${MOST_FILES} recordings of one day`);
  }

  #append(bytes: Uint8Array): void {
    if (this.#file === undefined) return;
    for (let from = 0; from < bytes.length; ) from += writeSync(this.#file, bytes, from);
    this.#size += bytes.length;
  }

  #remember(records: Uint8Array): void {
    for (const [from, size] of recordsOf(records)) {
      if (records[from + 1] !== RTYPE.symbolMapping) continue;
      const mapping = records.slice(from, from + size);
      this.#mappings.set(new DataView(mapping.buffer).getUint32(4, true), mapping);
    }
  }
}

/** Where each record begins, and its bytes. */
export function* recordsOf(records: Uint8Array): Generator<readonly [number, number], void, undefined> {
  for (let from = 0; from + HEADER_BYTES <= records.length; ) {
    const size = (records[from] ?? 0) * 4;
    if (size === 0) return;
    yield [from, size];
    from += size;
  }
}

/** Where each record begins that has a time of the market, and that time; what a symbol means holds for any. */
function* marketTimes(records: Uint8Array): Generator<readonly [number, Micros], void, undefined> {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  for (const [from] of recordsOf(records)) {
    if (records[from + 1] === RTYPE.symbolMapping) continue;
    const time = readMicros(view, from + 8);
    if (0 < time && time < MICROS_LIMIT) yield [from, time];
  }
}

/** The same record at another time. */
function at(record: Uint8Array, time: Micros): Uint8Array {
  const copy = record.slice();
  new DataView(copy.buffer).setBigUint64(8, BigInt(time) * 1000n, true);
  return copy;
}
