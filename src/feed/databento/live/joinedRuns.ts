import type { ConnectionChange } from "../../../core/market.js";
import { say } from "../../../core/say.js";
import { MICROS_PER_MINUTE, type Micros } from "../../../core/units.js";
import { RTYPE } from "../dbn/codes.js";
import { connectionOf, encodeConnection, recordable } from "../dbn/connectionRecord.js";
import { encodeMetadata } from "../dbn/encode.js";
import { type GatewayMessage, isHeartbeat } from "../dbn/gatewayMessage.js";
import type { Metadata } from "../dbn/metadata.js";
import { MICROS_LIMIT, readMicros } from "../dbn/numbers.js";
import { recordsOf } from "./recorder.js";
import { RecordStream, type Segment } from "./recordStream.js";
import { SeenRecords } from "./seenRecords.js";

type Standing = Pick<ConnectionChange, "state" | "message">;

/** How far behind the newest record a late one may come that only the next recording has. */
const LATE = MICROS_PER_MINUTE;

/**
 * One stream of DBN out of recordings of one market, as if a single run had recorded it. Each recording takes the place of the
 * one before as a new session does after a lost connection: what both hold counts once, what neither holds is a gap, and what
 * the connection was worth follows the recording whose records count. Bytes in, bytes out; no I/O.
 */
export class JoinedRuns {
  readonly #seen = new SeenRecords();
  #records = new RecordStream(this.#seen);
  #metadata: Metadata | undefined;
  /** Micros of the newest record that was taken. */
  #stand = 0;
  /** Where the market stood when the present recording began. */
  #resumedAt = 0;
  #told: Standing["state"] | undefined;
  /** Where the present recording is left. */
  #end: number = MICROS_LIMIT;
  /** Whether none of the present recording's own records counted so far, though it goes on where another one ended. */
  #isResuming = false;
  /** What the present recording said of its connection until then. */
  #own: Standing | undefined;
  /** Instruments of which something is missing. */
  #missing: number[] = [];
  #bytes: Uint8Array[] = [];

  /**
   * Another recording begins, which has to repeat what came last, so that nothing is missing.
   *
   * @param end Micros; what follows is left to the next recording
   */
  begin(end: number = MICROS_LIMIT): void {
    const newest = this.#seen.resumeFrom;
    const start = newest === undefined ? 0 : Number(newest / 1000n) - LATE;
    if (newest !== undefined) this.#seen.expectRepeats(BigInt(start) * 1000n);
    this.#records = new RecordStream(this.#seen, { start, end });
    this.#resumedAt = this.#stand;
    this.#end = end;
    this.#isResuming = newest !== undefined;
    this.#own = undefined;
  }

  /** Takes the next bytes of a recording. Returns what of them counts; throws `FeedError` for damage. */
  push(bytes: Uint8Array): Uint8Array {
    for (const segment of this.#records.push(bytes, MICROS_LIMIT)) this.#take(segment);
    return this.#flush();
  }

  /** The recording is over. */
  end(): Uint8Array {
    // What it lacks at its end the next one may have.
    for (const segment of this.#records.settle()) if (segment.type !== "hole") this.#take(segment);
    return this.#flush();
  }

  #take(segment: Segment): void {
    switch (segment.type) {
      case "metadata":
        if (this.#metadata !== undefined) break;
        this.#metadata = segment.metadata;
        this.#bytes.push(encodeMetadata(segment.metadata));
        break;
      case "records":
      case "status":
        this.#put(segment.bytes);
        break;
      case "message":
        this.#takeMessage(segment.message, segment.bytes);
        break;
      case "hole":
        this.#missing.push(segment.instrument);
        break;
      case "damage":
        throw segment.cause;
      case "error":
        break; // No run records one: it ended there, or went on.
      default:
        segment satisfies never;
    }
  }

  #takeMessage(message: GatewayMessage, bytes: Uint8Array): void {
    const time = timeOf(bytes);
    const change = connectionOf(message, time as Micros);
    if (change !== undefined && time < this.#end) this.#takeChange(change, bytes);
    if (change !== undefined || time < this.#resumedAt) return;
    this.#put(bytes, isHeartbeat(message) && time < MICROS_LIMIT ? time : undefined);
  }

  // What is missing has to be told before time moves over it, and so before what the next run says.
  #takeChange(change: ConnectionChange, bytes: Uint8Array): void {
    if (this.#isResuming) {
      if (change.state !== "gap") this.#own = standingOf(change);
    } else if (change.state !== this.#told) {
      if (change.state !== "gap") this.#told = change.state;
      this.#bytes.push(bytes);
    }
  }

  /** @param time Micros of a heartbeat, which bounds what is missing as a trade does */
  #put(bytes: Uint8Array, time = firstTime(bytes)): void {
    if (time !== undefined) this.#settle(time);
    this.#bytes.push(bytes);
    this.#stand = Math.max(this.#stand, time ?? 0, lastTime(bytes));
  }

  /** Says, before records of `time` follow, what is missing and what the connection is worth. */
  #settle(time: number): void {
    const [stand, missing, own] = [this.#resumedAt as Micros, this.#missing, this.#own];
    this.#missing = [];
    this.#own = undefined;
    this.#isResuming = false;
    if (own !== undefined && own.state !== this.#told) {
      this.#told = own.state;
      this.#tell({ type: "connection", time: this.#stand as Micros, ...own });
    }
    for (const instrument of missing) {
      const to = Math.max(time, stand) as Micros;
      const message = recordable(say("no recording holds what was traded here"));
      this.#tell({ type: "connection", state: "gap", time: stand, from: stand, to, instrument, message });
    }
  }

  #tell(change: ConnectionChange): void {
    this.#bytes.push(encodeConnection(change, this.#metadata?.tsOut ?? false));
  }

  #flush(): Uint8Array {
    const bytes = new Uint8Array(Buffer.concat(this.#bytes));
    this.#bytes = [];
    return bytes;
  }
}

function standingOf({ state, message }: ConnectionChange): Standing {
  return message === undefined ? { state } : { state, message };
}

function timeOf(bytes: Uint8Array): number {
  return readMicros(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 8);
}

/** When the first of these records was traded, if the market knows any. */
function firstTime(bytes: Uint8Array): number | undefined {
  return marketTimes(bytes).next().value ?? undefined;
}

function lastTime(bytes: Uint8Array): number {
  let last = 0;
  for (const time of marketTimes(bytes)) last = Math.max(last, time);
  return last;
}

function* marketTimes(bytes: Uint8Array): Generator<number, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [at] of recordsOf(bytes)) {
    const rtype = bytes[at + 1];
    if (rtype === RTYPE.symbolMapping || rtype === RTYPE.system || rtype === RTYPE.error) continue;
    const time = readMicros(view, at + 8);
    if (time < MICROS_LIMIT) yield time;
  }
}
