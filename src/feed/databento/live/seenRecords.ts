import { HEADER_BYTES } from "../dbn/codes.js";
import type { Block } from "../dbn/framer.js";

/** Nanoseconds as two halves, because they are more than a number holds. */
interface Nanos {
  readonly high: number;
  readonly low: number;
}

/** What was seen of one schema and instrument. */
interface Last extends Nanos {
  high: number;
  low: number;
  /** A fingerprint of each record of that very nanosecond. */
  prints: number[];
  /** While a replay is to repeat them: those that it has not yet. */
  awaited: number[] | undefined;
  /** Records of that nanosecond that the replay has and `prints` has not: kept back until their number is known. */
  held: Held[];
}

interface Held {
  readonly record: Uint8Array;
  readonly print: number;
}

const TWO_32_NUMBER = 4_294_967_296;
const TWO_32 = BigInt(TWO_32_NUMBER);
const NANOS_PER_SECOND = 1_000_000_000n;

/** How far behind the newest record a replay may begin for the sake of an instrument that trades rarely. */
const REACH = 60n * NANOS_PER_SECOND;

/** What came of a record that was looked at. */
export interface Admission {
  /** Whether the record itself is new. */
  readonly isNew: boolean;
  /** Records that were kept back and turned out to be new; they come before it. */
  readonly released: readonly Uint8Array[];
  /** The instrument of which the replay did not repeat what had been seen last: before this record something is missing. */
  readonly hole: number | undefined;
}

const NEW: Admission = { isNew: true, released: [], hole: undefined };
const REPEATED: Admission = { isNew: false, released: [], hole: undefined };

/**
 * Makes each record count once, however often the connection is lost. A new session asks for a replay from the last event on,
 * that instant included; of each schema and instrument as many records of that nanosecond are dropped as had been seen
 * (`RELIABILITY.md` 3.1). Equal records cannot be told apart and need not be; where the replay orders an instant differently,
 * the fingerprints tell which are new.
 */
export class SeenRecords {
  /** While true, a hole is told and nothing of it or behind it counts as seen: it is to be asked for elsewhere. */
  stopsAtHoles = false;
  readonly #lasts = new Map<number, Last>();

  /** Where the next session has to begin so that nothing is missed, in nanoseconds; undefined when nothing was seen. */
  get resumeFrom(): bigint | undefined {
    const times = [...this.#lasts.values()].map(nanosOf);
    const newest = times.reduce((most, time) => (time > most ? time : most), 0n);
    const near = times.filter((time) => time >= newest - REACH);
    return near.length === 0 ? undefined : near.reduce((least, time) => (time < least ? time : least));
  }

  /** A replay from `start` on begins: it is to repeat what was seen since. */
  expectRepeats(start: bigint): void {
    for (const last of this.#lasts.values()) {
      last.awaited = nanosOf(last) >= start ? [...last.prints] : undefined;
      last.held = [];
    }
  }

  /** Nothing of before will come again. */
  forget(): void {
    this.#lasts.clear();
  }

  /**
   * Looks at a market record.
   *
   * @param size bytes of it that say what it is, without the time of sending
   * @param whole all its bytes
   */
  admit({ bytes, view }: Block, at: number, size: number, whole: number): Admission {
    const key = view.getUint8(at + 1) * TWO_32_NUMBER + view.getUint32(at + 4, true);
    const low = view.getUint32(at + 8, true);
    const high = view.getUint32(at + 12, true);
    const last = this.#lasts.get(key);
    if (last === undefined) {
      this.#lasts.set(key, { high, low, prints: [printOf(bytes, at, size)], awaited: undefined, held: [] });
      return NEW;
    }
    const order = high - last.high || low - last.low;
    if (last.awaited !== undefined) {
      if (order < 0) return REPEATED;
      if (order === 0) return this.#repeat(key, last, last.awaited, bytes.subarray(at, at + whole), size);
    }
    const settled = last.awaited === undefined ? NEW : this.#settle(key, last, last.awaited);
    if (settled.hole !== undefined && this.stopsAtHoles) return settled;
    if (order > 0) {
      last.high = high;
      last.low = low;
      last.prints = [printOf(bytes, at, size)];
    } else if (order === 0) {
      last.prints.push(printOf(bytes, at, size));
    }
    return settled;
  }

  /** The replay is over: what it kept back or left out is told. */
  settleAll(): readonly Admission[] {
    return [...this.#lasts].flatMap(([key, last]) =>
      last.awaited === undefined ? [] : [this.#settle(key, last, last.awaited)],
    );
  }

  #repeat(key: number, last: Last, awaited: number[], record: Uint8Array, size: number): Admission {
    const print = printOf(record, 0, size);
    const index = awaited.indexOf(print);
    if (index < 0) last.held.push({ record: record.slice(), print });
    else awaited.splice(index, 1);
    // All that was seen has come: what was kept back is new, and so is whatever follows.
    if (awaited.length === 0) return { ...this.#settle(key, last, awaited), isNew: false };
    return REPEATED;
  }

  // As many as were seen are the old ones, whatever they look like now; the rest is new.
  #settle(key: number, last: Last, awaited: readonly number[]): Admission {
    const hole = last.held.length < awaited.length ? key % TWO_32_NUMBER : undefined;
    if (hole !== undefined && this.stopsAtHoles) return { isNew: false, released: [], hole };
    const released = last.held.slice(awaited.length);
    for (const { print } of released) last.prints.push(print);
    last.awaited = undefined;
    last.held = [];
    return {
      isNew: true,
      released: released.map(({ record }) => record),
      hole,
    };
  }
}

function nanosOf({ high, low }: Nanos): bigint {
  return BigInt(high) * TWO_32 + BigInt(low);
}

/** FNV-1a over the record after its header, which the key and the time stand for. */
function printOf(bytes: Uint8Array, at: number, size: number): number {
  let hash = 0x811c9dc5;
  for (let index = at + HEADER_BYTES; index < at + size; index++) {
    hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  }
  return hash;
}
