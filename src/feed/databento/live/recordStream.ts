import { RTYPE, TS_OUT_BYTES } from "../dbn/codes.js";
import { type Block, DbnFramer, recordSize, tooShort } from "../dbn/framer.js";
import { type GatewayMessage, gatewayMessageOf } from "../dbn/gatewayMessage.js";
import { LAYOUTS } from "../dbn/layouts.js";
import type { Metadata } from "../dbn/metadata.js";
import { MICROS_LIMIT, readMicros } from "../dbn/numbers.js";
import { type PlainRecord, readRecord } from "../dbn/record.js";
import { endsSession } from "./gatewayErrors.js";
import type { Admission, SeenRecords } from "./seenRecords.js";

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
  /** What was seen in the session before is not followed by what comes now: records are missing. */
  | { readonly type: "hole"; readonly instrument: number }
  /** The bytes cannot be DBN; nothing comes after it. */
  | { readonly type: "damage"; readonly cause: unknown };

/** By record type: the fewest bytes that it can have; 0 for a type that is not known. */
const LEAST_BYTES = Uint16Array.from({ length: 256 }, (_, rtype) => LAYOUTS.get(rtype)?.[0]?.size ?? 0);

/** Records that no replay counts: what the gateway itself says, and what a symbol means. */
const NOT_COUNTED: ReadonlySet<number> = new Set([RTYPE.system, RTYPE.error, RTYPE.symbolMapping]);

/** Cuts one session's bytes, however they arrive, into pieces of new records and messages. */
export class RecordStream {
  readonly #seen: SeenRecords;
  readonly #framer: DbnFramer;
  readonly #end: number;
  #segments: Segment[] = [];
  #chunk: Uint8Array = new Uint8Array(0);
  #tail = 0;
  #latest = 0;
  #isOver = false;
  /** Records that were dropped because their time lies in the future. */
  future = 0;

  /** @param end Micros; market records from there on are left to whoever brings them next */
  constructor(seen: SeenRecords, end: number = MICROS_LIMIT) {
    this.#seen = seen;
    this.#end = end;
    this.#framer = new DbnFramer({
      readMetadata: (metadata) => {
        this.#tail = metadata.tsOut ? TS_OUT_BYTES : 0;
        this.#segments.push({ type: "metadata", metadata });
      },
      readRecords: (block, start) => this.#readRecords(block, start),
    });
  }

  /**
   * Takes the next bytes. `bytes` of the pieces are parts of them.
   *
   * @param latest Micros; market records from there on are dropped and counted
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

  /** The replay is over. */
  settle(): readonly Segment[] {
    this.#segments = [];
    for (const admission of this.#seen.settleAll()) this.#pushSettled(admission);
    return this.#segments;
  }

  #readRecords(block: Block, start: number): number {
    const { bytes, view } = block;
    if (this.#isOver) return bytes.length;
    let at = start;
    let kept = start;
    try {
      while (at < bytes.length) {
        const size = recordSize(block, at);
        if (at + size > bytes.length) break;
        const rtype = bytes[at + 1] ?? 0;
        if (size - this.#tail < (LEAST_BYTES[rtype] ?? 0)) throw tooShort(block, at, rtype);
        if (NOT_COUNTED.has(rtype)) {
          if (rtype !== RTYPE.symbolMapping) {
            this.#pushRecords(block, kept, at);
            this.#pushMessage(block, at, size);
            kept = at + size;
            if (this.#isOver) return bytes.length;
          }
        } else if (this.#isTooLate(view, at)) {
          this.#pushRecords(block, kept, at);
          kept = at + size;
        } else {
          const admission = this.#seen.admit(block, at, size - this.#tail, size);
          if (!admission.isNew || admission.released.length > 0 || admission.hole !== undefined) {
            this.#pushRecords(block, kept, at);
            this.#pushSettled(admission);
            if (this.#isOver) return bytes.length;
            kept = admission.isNew ? at : at + size;
          }
          if (rtype === RTYPE.status && admission.isNew) {
            this.#pushRecords(block, kept, at);
            this.#pushStatus(block, at, size);
            kept = at + size;
          }
        }
        at += size;
      }
    } finally {
      if (!this.#isOver) this.#pushRecords(block, kept, at);
    }
    return at;
  }

  #isTooLate(view: DataView, at: number): boolean {
    const time = readMicros(view, at + 8);
    if (time >= MICROS_LIMIT) return false;
    if (time >= this.#end) return true;
    if (time < this.#latest) return false;
    this.future += 1;
    return true;
  }

  #pushRecords(block: Block, from: number, to: number): void {
    if (from >= to) return;
    this.#segments.push({ type: "records", bytes: this.#own(block, from, to) });
  }

  #pushMessage(block: Block, at: number, size: number): void {
    const message = gatewayMessageOf(readRecord(block, at, this.#tail > 0));
    // What follows the end of a session is not read, so that the next session asks for it again.
    this.#isOver = message.kind === "error" && endsSession(message.code);
    const bytes = this.#own(block, at, at + size);
    this.#segments.push({ type: "message", message, bytes });
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

/** Actions of a status record: trading, then halt, pause, suspension, close and "not available". */
const TRADING = 7;
const NOT_TRADING: ReadonlySet<number> = new Set([8, 9, 10, 12, 15]);

function isTrading({ is_trading: said, action }: PlainRecord): boolean | undefined {
  if (said === "Y" || said === "N") return said === "Y";
  if (action === TRADING) return true;
  return NOT_TRADING.has(Number(action)) ? false : undefined;
}
