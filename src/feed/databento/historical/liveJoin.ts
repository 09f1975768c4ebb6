import type { Micros } from "../../../core/units.js";
import { HEADER_BYTES, RTYPE } from "../dbn/codes.js";
import { type Block, recordSize } from "../dbn/framer.js";

/** A stretch of which records are missing, [from, to). */
export interface Hole {
  readonly from: Micros;
  readonly to: Micros;
}

const TWO_32 = 4_294_967_296;
const UNDEFINED = 0xffff_ffff;
const NANOS_PER_SECOND = 1_000_000_000n;

/**
 * How far before its last event a recording is repeated: HTTP selects by the time of receipt, the gateway by that of the
 * event (`MARKET-DATA.md` b, c), so around the end of a recording an event may be in neither order nor place.
 */
const OVERLAP = 5n * NANOS_PER_SECOND;

/** The recording's end is pruned to what the overlap needs when this many records have gathered. */
const PRUNE_AT = 65_536;

/** Records whose time is the gateway's, and that mean the same however often they come. */
const NOT_COUNTED: ReadonlySet<number> = new Set([RTYPE.system, RTYPE.error, RTYPE.symbolMapping, RTYPE.definition]);

/**
 * Joins a recording and the live stream that goes on from it, each record exactly once: of every kind, instrument and
 * nanosecond as many live records are dropped as were recorded (`RELIABILITY.md` 3.1). Both must be of the same schema.
 *
 * It holds no more than the recording's last seconds, and nothing once the live stream has passed them.
 */
export class LiveJoin {
  readonly #recorded = new Map<string, number>();
  #tail: { key: string; nanos: bigint }[] = [];
  #newest: bigint | undefined;
  #pruneAt = PRUNE_AT;
  /** Recorded records of the newest nanosecond that the live stream has not repeated. */
  #awaited = 0;
  #state: "recording" | "joining" | "joined" = "recording";
  #hole: Hole | undefined;

  /** Where the live stream has to begin so that nothing is missed, in nanoseconds; undefined when nothing was recorded. */
  get liveFrom(): bigint | undefined {
    return this.#newest === undefined ? undefined : this.#newest - OVERLAP;
  }

  /** What lies between recording and live stream, once the stream has shown that it began too late. */
  get hole(): Hole | undefined {
    return this.#hole;
  }

  /** Takes the record at `at` of the recording. */
  record({ bytes, view }: Block, at: number): void {
    const nanos = countedTime(view, at, bytes[at + 1] ?? 0);
    if (nanos === undefined) return;
    if (this.#newest === undefined || nanos > this.#newest) this.#newest = nanos;
    this.#tail.push({ key: keyOf(view, at), nanos });
    if (this.#tail.length >= this.#pruneAt) this.#prune();
  }

  /**
   * Takes whole records of the live stream.
   *
   * @returns those that are new, in their order; the same bytes when all are
   */
  fresh(block: Block): Uint8Array {
    if (this.#state === "recording") this.#begin();
    if (this.#state === "joined") return block.bytes;
    const kept: Uint8Array[] = [];
    let from = 0;
    let at = 0;
    while (at < block.bytes.length) {
      const size = recordSize(block, at);
      if (!this.#isNew(block, at)) {
        kept.push(block.bytes.subarray(from, at));
        from = at + size;
      }
      at += size;
    }
    return from === 0 ? block.bytes : new Uint8Array(Buffer.concat([...kept, block.bytes.subarray(from)]));
  }

  #begin(): void {
    this.#prune();
    for (const { key, nanos } of this.#tail) {
      this.#recorded.set(key, (this.#recorded.get(key) ?? 0) + 1);
      if (nanos === this.#newest) this.#awaited += 1;
    }
    this.#tail = [];
    this.#state = this.#newest === undefined ? "joined" : "joining";
  }

  #isNew({ bytes, view }: Block, at: number): boolean {
    const nanos = countedTime(view, at, bytes[at + 1] ?? 0);
    if (nanos === undefined || this.#newest === undefined || this.#state === "joined") return true;
    if (nanos < this.#newest - OVERLAP) return false;
    const key = keyOf(view, at);
    const count = this.#recorded.get(key) ?? 0;
    if (count > 0) {
      this.#recorded.set(key, count - 1);
      if (nanos === this.#newest) this.#awaited -= 1;
      return false;
    }
    if (nanos > this.#newest) this.#pass(nanos, this.#newest);
    return true;
  }

  // The first record after the recording's last: all that the recording ends with must have come again before.
  #pass(nanos: bigint, newest: bigint): void {
    if (this.#awaited > 0) {
      this.#hole = { from: Number(newest / 1000n) as Micros, to: Number(nanos / 1000n) as Micros };
      this.#awaited = 0;
    }
    if (nanos <= newest + OVERLAP) return;
    this.#recorded.clear();
    this.#state = "joined";
  }

  #prune(): void {
    const from = this.liveFrom ?? 0n;
    this.#tail = this.#tail.filter(({ nanos }) => nanos >= from);
    this.#pruneAt = this.#tail.length + PRUNE_AT;
  }
}

/** The time of a record that counts, in nanoseconds; undefined for one that does not, or has no time. */
function countedTime(view: DataView, at: number, rtype: number): bigint | undefined {
  if (NOT_COUNTED.has(rtype) || at + HEADER_BYTES > view.byteLength) return undefined;
  const high = view.getUint32(at + 12, true);
  const low = view.getUint32(at + 8, true);
  return high === UNDEFINED && low === UNDEFINED ? undefined : view.getBigUint64(at + 8, true);
}

/** Kind, instrument and nanosecond of a record. */
function keyOf(view: DataView, at: number): string {
  const of = view.getUint8(at + 1) * TWO_32 + view.getUint32(at + 4, true);
  return `${of} ${view.getUint32(at + 12, true)} ${view.getUint32(at + 8, true)}`;
}
