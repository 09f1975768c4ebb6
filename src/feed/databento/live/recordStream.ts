import { RTYPE, TS_OUT_BYTES } from "../dbn/codes.js";
import { type Block, DbnFramer, recordSize, tooShort } from "../dbn/framer.js";
import { type GatewayMessage, gatewayMessageOf, isContinuous, isHeartbeat } from "../dbn/gatewayMessage.js";
import { LAYOUTS } from "../dbn/layouts.js";
import type { Metadata } from "../dbn/metadata.js";
import { MICROS_LIMIT, readMicros } from "../dbn/numbers.js";
import { type PlainRecord, readRecord } from "../dbn/record.js";
import { ErrorSeries } from "./errorSeries.js";
import { endsSession } from "./gatewayErrors.js";
import type { Admission, SeenRecords } from "./seenRecords.js";
import type { TimeGate } from "./timeGate.js";

/** A piece of a session's stream, in its order. */
export type Segment =
  | { readonly type: "metadata"; readonly metadata: Metadata }
  /** Whole records that are new, the market's and mappings. */
  | { readonly type: "records"; readonly bytes: Uint8Array }
  /** A record that says whether an instrument is traded, as far as it says so. */
  | {
      readonly type: "status";
      readonly instrument: number;
      readonly isTrading: boolean | undefined;
      readonly bytes: Uint8Array;
    }
  /** The gateway says something. */
  | { readonly type: "message"; readonly message: GatewayMessage; readonly bytes: Uint8Array }
  /** The gateway says what is wrong: one error, or all of a series that have one consequence. */
  | { readonly type: "error"; readonly message: GatewayMessage }
  /** What was seen in the session before is not followed by what comes now: records are missing. */
  | { readonly type: "hole"; readonly instrument: number }
  /** The bytes cannot be DBN; nothing comes after it. */
  | { readonly type: "damage"; readonly cause: unknown };

/** By record type: the fewest bytes that it can have; 0 for a type that is not known. */
const LEAST_BYTES = Uint16Array.from({ length: 256 }, (_, rtype) => LAYOUTS.get(rtype)?.[0]?.size ?? 0);

/** Records that no replay counts: what the gateway itself says, and what a symbol means. */
const NOT_COUNTED: ReadonlySet<number> = new Set([RTYPE.system, RTYPE.error, RTYPE.symbolMapping]);

/** Records in a row of the future by which it is the computer's clock that is wrong, not a record. */
const AHEAD_RUN = 2;

/** What bounds the times of a session's records. */
export interface TimeBounds {
  /** Micros; market records before it are left out. */
  readonly start?: number;
  /** Micros; market records from there on are left to whoever brings them next. */
  readonly end?: number;
  /** Where no clock bounds them. */
  readonly gate?: TimeGate;
}

/** Cuts one session's bytes, however they arrive, into pieces of new records and messages. */
export class RecordStream {
  readonly #seen: SeenRecords;
  readonly #framer: DbnFramer;
  readonly #start: number;
  readonly #end: number;
  readonly #gate: TimeGate | undefined;
  #segments: Segment[] = [];
  #chunk: Uint8Array = new Uint8Array(0);
  #tail = 0;
  #latest = 0;
  readonly #errors = new ErrorSeries();
  #isOver = false;
  #dropped = 0;
  #ahead = 0;

  constructor(seen: SeenRecords, { start = 0, end = MICROS_LIMIT, gate }: TimeBounds = {}) {
    this.#seen = seen;
    this.#start = start;
    this.#end = end;
    this.#gate = gate;
    this.#framer = new DbnFramer({
      readMetadata: (metadata) => {
        this.#tail = metadata.tsOut ? TS_OUT_BYTES : 0;
        this.#segments.push({ type: "metadata", metadata });
      },
      readRecords: (block, start) => this.#readRecords(block, start),
    });
  }

  /** Records and heartbeats that were dropped because they have no time or one that lies in the future. */
  get dropped(): number {
    return this.#dropped + (this.#gate?.dropped ?? 0);
  }

  /** Whether what comes is of the future, one after the other. */
  get isAhead(): boolean {
    return this.#ahead >= AHEAD_RUN;
  }

  /**
   * Takes the next bytes. `bytes` of the pieces are parts of them.
   *
   * @param latest Micros; market records and heartbeats from there on are dropped and counted
   */
  push(bytes: Uint8Array, latest: number): readonly Segment[] {
    this.#segments = [];
    this.#chunk = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#latest = Math.min(latest, MICROS_LIMIT);
    try {
      this.#framer.push(this.#chunk);
    } catch (cause) {
      this.#segments.push({ type: "damage", cause });
    }
    return this.#segments;
  }

  /** No more bytes come. */
  end(): readonly Segment[] {
    this.#segments = [];
    this.#pushErrors(this.#errors.close());
    return this.#segments;
  }

  /** The replay is over. */
  settle(): readonly Segment[] {
    this.#segments = [];
    for (const admission of this.#seen.settleAll()) this.#pushSettled(admission);
    return this.#segments;
  }

  #readRecords(block: Block, start: number): number {
    const { bytes } = block;
    if (this.#isOver) return bytes.length;
    let at = start;
    let kept = start;
    try {
      while (at < bytes.length) {
        const size = recordSize(block, at);
        if (at + size > bytes.length) break;
        const rtype = bytes[at + 1] ?? 0;
        if (size - this.#tail < (LEAST_BYTES[rtype] ?? 0)) throw tooShort(block, at, rtype);
        // Errors of a series follow each other.
        if (rtype !== RTYPE.error && this.#errors.isOpen) this.#pushErrors(this.#errors.close());
        if (this.#isOver) return bytes.length;
        if (!NOT_COUNTED.has(rtype)) kept = this.#readMarket(block, kept, at, size);
        else if (rtype === RTYPE.symbolMapping) this.#readMapping(block, at);
        else if (rtype === RTYPE.error) kept = this.#readError(block, kept, at, size);
        else kept = this.#readMessage(block, kept, at, size);
        if (this.#isOver) return bytes.length;
        at += size;
      }
    } finally {
      if (!this.#isOver) this.#pushRecords(block, kept, at);
    }
    return at;
  }

  /** Reads the market record at `at`. Returns from where on the block holds what is still to be pushed. */
  #readMarket(block: Block, start: number, at: number, size: number): number {
    const next = at + size;
    const rtype = block.bytes[at + 1] ?? 0;
    const time = readMicros(block.view, at + 8);
    let kept = start;
    if (time < this.#start) {
      this.#pushRecords(block, kept, at);
      return next;
    }
    if (!this.#isOrdinary(time)) {
      this.#pushRecords(block, kept, at);
      if (!this.#believes(block, at, size, time) || this.#isOver) return next;
      kept = at;
    }
    if (time < MICROS_LIMIT) {
      const admission = this.#seen.admit(block, at, size - this.#tail, size);
      if (!admission.isNew || admission.released.length > 0 || admission.hole !== undefined) {
        this.#pushRecords(block, kept, at);
        this.#pushSettled(admission);
        kept = at;
      }
      if (!admission.isNew || this.#isOver) return next;
    }
    if (rtype !== RTYPE.status) return kept;
    this.#pushRecords(block, kept, at);
    this.#pushStatus(block, at, size);
    return next;
  }

  #readMapping(block: Block, at: number): void {
    const record = readRecord(block, at, this.#tail > 0);
    if (isContinuous(String(record.stype_in_symbol))) this.#seen.follow(Number(record.instrument_id));
  }

  /** Reads what the gateway says at `at`. Returns from where on the block holds what is still to be pushed. */
  #readMessage(block: Block, kept: number, at: number, size: number): number {
    this.#pushRecords(block, kept, at);
    const message = gatewayMessageOf(readRecord(block, at, this.#tail > 0));
    const time = readMicros(block.view, at + 8);
    if (!isHeartbeat(message) || this.#isOrdinary(time) || this.#believes(block, at, size, time)) {
      this.#segments.push({ type: "message", message, bytes: this.#own(block, at, at + size) });
    }
    return at + size;
  }

  /** Reads the error at `at`. Returns from where on the block holds what is still to be pushed. */
  #readError(block: Block, kept: number, at: number, size: number): number {
    this.#pushRecords(block, kept, at);
    this.#pushErrors(this.#errors.add(gatewayMessageOf(readRecord(block, at, this.#tail > 0))));
    return at + size;
  }

  #pushErrors(errors: readonly GatewayMessage[]): void {
    for (const message of errors) {
      // What follows the end of a session is not read, so that the next session asks for it again.
      this.#isOver ||= endsSession(message.code);
      this.#segments.push({ type: "error", message });
    }
  }

  #isOrdinary(time: number): boolean {
    if (time >= this.#latest || time >= this.#end || !(this.#gate?.takes(time) ?? true)) return false;
    this.#ahead = 0;
    return true;
  }

  /** Whether a record may be used, by its time; what it bears out is read before it. */
  #believes(block: Block, at: number, size: number, time: number): boolean {
    const rtype = block.bytes[at + 1] ?? 0;
    if (time >= MICROS_LIMIT) {
      // What a halt says holds without a time, and a heartbeat without one moves no clock.
      if (rtype === RTYPE.status || rtype === RTYPE.system) return true;
      this.#dropped += 1;
      return false;
    }
    if (time >= this.#end) return false;
    if (time >= this.#latest) {
      this.#dropped += 1;
      this.#ahead += 1;
      return false;
    }
    this.#ahead = 0;
    const borneOut = this.#gate?.borneOut(time, rtype);
    if (borneOut !== undefined) this.#readRecords(blockOf(borneOut), 0);
    return this.#gate?.admits(time, () => block.bytes.slice(at, at + size)) ?? true;
  }

  #pushRecords(block: Block, from: number, to: number): void {
    if (from >= to) return;
    this.#segments.push({ type: "records", bytes: this.#own(block, from, to) });
  }

  #pushStatus(block: Block, at: number, size: number): void {
    const record = readRecord(block, at, this.#tail > 0);
    const instrument = Number(record.instrument_id);
    const bytes = this.#own(block, at, at + size);
    this.#segments.push({ type: "status", instrument, isTrading: isTrading(record), bytes });
  }

  #pushSettled({ released, hole }: Admission): void {
    if (hole !== undefined) this.#segments.push({ type: "hole", instrument: hole });
    // What follows is asked for again, from where the hole begins.
    this.#isOver ||= hole !== undefined && this.#seen.stopsAtHoles;
    for (const bytes of released) this.#segments.push({ type: "records", bytes });
  }

  // A record that two chunks share lies in the framer's own memory, which the next one overwrites.
  #own(block: Block, from: number, to: number): Uint8Array {
    const part = block.bytes.subarray(from, to);
    return block.bytes === this.#chunk ? part : part.slice();
  }
}

function blockOf(bytes: Uint8Array): Block {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), base: 0 };
}

/** Actions of a status record: trading, then halt, pause, suspension, close and "not available". */
const TRADING = 7;
const NOT_TRADING: ReadonlySet<number> = new Set([8, 9, 10, 12, 15]);

function isTrading({ is_trading: said, action }: PlainRecord): boolean | undefined {
  if (said === "Y" || said === "N") return said === "Y";
  if (action === TRADING) return true;
  return NOT_TRADING.has(Number(action)) ? false : undefined;
}
