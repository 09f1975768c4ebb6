import { HEADER_BYTES } from "../dbn/codes.js";
import type { Block } from "../dbn/framer.js";
import { SeenWindow } from "./seenWindow.js";

/** What was seen of one schema and instrument. */
interface Last {
  /** Nanoseconds of the newest record. */
  time: bigint;
  /** A fingerprint of each record of that very nanosecond. */
  prints: number[];
  /** Up to here nothing counts as new any more: it was declared as missing. */
  floor: bigint;
  /** What a replay is to repeat, or has repeated, of it; undefined when none is on. */
  replay: Replay | undefined;
}

/** How a replay of one schema and instrument is compared with what was seen. */
interface Replay {
  readonly start: bigint;
  /** The newest nanosecond when it began: once a later record comes, it is clear what is missing. */
  readonly newest: bigint;
  /** By nanosecond. */
  readonly instants: Map<bigint, Instant>;
  isSettled: boolean;
}

interface Instant {
  /** Fingerprints of the records that were seen and not repeated yet. */
  awaited: number[];
  /** Records that the replay has and that were not seen like this: kept back until their number is known. */
  held: Held[];
}

interface Held {
  readonly record: Uint8Array;
  readonly print: number;
}

const TWO_32_NUMBER = 4_294_967_296;
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
 * that instant included, and up to a minute before it for the sake of an instrument that trades rarely; what was seen of that
 * time is known by its fingerprints, in whatever order the replay brings it, and what was not is new, also where it is late
 * (`RELIABILITY.md` 3.1). Of each nanosecond as many records are dropped as had been seen: equal records cannot be told apart and
 * need not be.
 */
export class SeenRecords {
  /** While true, a hole is told and nothing of it or behind it counts as seen: it is to be asked for elsewhere. */
  stopsAtHoles = false;
  readonly #lasts = new Map<number, Last>();
  /** What continuous symbols mean in this session, and what they meant in those before. */
  #followed = new Set<number>();
  readonly #former = new Set<number>();
  readonly #window = new SeenWindow();

  /** Where the next session has to begin so that nothing is missed, in nanoseconds; undefined when nothing was seen. */
  get resumeFrom(): bigint | undefined {
    const times = [...this.#lasts.values()].map(({ time }) => time);
    const newest = times.reduce((most, time) => (time > most ? time : most), 0n);
    const near = times.filter((time) => time >= newest - REACH);
    return near.length === 0 ? undefined : near.reduce((least, time) => (time < least ? time : least));
  }

  /** A replay from `start` on begins: it is to repeat what was seen since. */
  expectRepeats(start: bigint): void {
    for (const instrument of this.#followed) this.#former.add(instrument);
    this.#followed = new Set();
    for (const last of this.#lasts.values()) {
      const { time, prints } = last;
      const newest: [bigint, Instant] = [time, { awaited: [...prints], held: [] }];
      last.replay = time < start ? undefined : { start, newest: time, instants: new Map([newest]), isSettled: false };
    }
    const { forgotten } = this.#window;
    for (const { key, time, print } of this.#window.since(start > forgotten ? start : forgotten + 1n)) {
      const replay = this.#lasts.get(key)?.replay;
      if (replay === undefined || time === replay.newest) continue;
      const instant = replay.instants.get(time);
      if (instant === undefined) replay.instants.set(time, { awaited: [print], held: [] });
      else instant.awaited.push(print);
    }
  }

  /** A continuous symbol means this instrument in this session, which replays nothing of the one that it meant before. */
  follow(instrument: number): void {
    this.#followed.add(instrument);
  }

  /** Nothing of before will come again. */
  forget(): void {
    this.#lasts.clear();
    this.#window.clear();
  }

  /**
   * Looks at a market record.
   *
   * @param size bytes of it that say what it is, without the time of sending
   * @param whole all its bytes
   */
  admit({ bytes, view }: Block, at: number, size: number, whole: number): Admission {
    const key = view.getUint8(at + 1) * TWO_32_NUMBER + view.getUint32(at + 4, true);
    const time = view.getBigUint64(at + 8, true);
    const print = printOf(bytes, at, size);
    const last = this.#lasts.get(key);
    const replay = last?.replay;
    let settled = NEW;
    if (last !== undefined && replay !== undefined) {
      const instant = replay.instants.get(time);
      if (instant !== undefined && instant.awaited.length > 0) {
        return this.#repeat(key, time, instant, { record: bytes.subarray(at, at + whole), print });
      }
      const isOld = time < replay.start || time <= this.#window.forgotten || time <= last.floor;
      if (instant === undefined && time < replay.newest && isOld) return REPEATED;
      if (time > replay.newest) settled = this.#settle(key, last, replay, time);
      if (settled.hole !== undefined && this.stopsAtHoles) return settled;
    }
    this.#remember(key, time, print);
    return settled;
  }

  /** The replay is over: what it kept back or left out is told. */
  settleAll(): readonly Admission[] {
    return [...this.#lasts].flatMap(([key, last]) => {
      const { replay } = last;
      if (replay === undefined) return [];
      const settled = this.#settle(key, last, replay, last.time);
      if (settled.hole === undefined || !this.stopsAtHoles) last.replay = undefined;
      return [settled];
    });
  }

  #remember(key: number, time: bigint, print: number): void {
    const last = this.#lasts.get(key);
    this.#window.add(key, time, print);
    if (last === undefined) {
      this.#lasts.set(key, { time, prints: [print], floor: 0n, replay: undefined });
    } else if (time > last.time) {
      last.time = time;
      last.prints = [print];
    } else if (time === last.time) {
      last.prints.push(print);
    }
  }

  #repeat(key: number, time: bigint, instant: Instant, { record, print }: Held): Admission {
    const index = instant.awaited.indexOf(print);
    if (index < 0) instant.held.push({ record: record.slice(), print });
    else instant.awaited.splice(index, 1);
    // All that was seen has come: what was kept back is new, and so is whatever follows.
    return instant.awaited.length > 0 ? REPEATED : { ...REPEATED, released: this.#release(key, time, instant) };
  }

  // As many as were seen are the old ones, whatever they look like now; the rest is new.
  #release(key: number, time: bigint, instant: Instant): readonly Uint8Array[] {
    const released = instant.held.slice(instant.awaited.length);
    instant.awaited = instant.awaited.slice(instant.held.length);
    instant.held = [];
    for (const { print } of released) this.#remember(key, time, print);
    return released.map(({ record }) => record);
  }

  /** @param next where what is missing ends, if something is */
  #settle(key: number, last: Last, replay: Replay, next: bigint): Admission {
    if (replay.isSettled) return NEW;
    const newest = replay.instants.get(replay.newest);
    const instrument = key % TWO_32_NUMBER;
    const lacks = newest !== undefined && newest.held.length < newest.awaited.length;
    const hole = lacks && !this.#isLeft(instrument) ? instrument : undefined;
    if (hole !== undefined && this.stopsAtHoles) return { isNew: false, released: [], hole };
    replay.isSettled = true;
    if (hole !== undefined) last.floor = next;
    const instants = [...replay.instants].sort(([a], [b]) => (a < b ? -1 : 1));
    const released = instants.flatMap(([time, instant]) =>
      instant.held.length === 0 ? [] : this.#release(key, time, instant),
    );
    return { isNew: true, released, hole };
  }

  /** Whether a continuous symbol meant it, and none does now: what follows of it is not missed. */
  #isLeft(instrument: number): boolean {
    return this.#followed.size > 0 && !this.#followed.has(instrument) && this.#former.has(instrument);
  }
}

/** FNV-1a over the record after its header, which the key and the time stand for. */
function printOf(bytes: Uint8Array, at: number, size: number): number {
  let hash = 0x811c9dc5;
  for (let index = at + HEADER_BYTES; index < at + size; index++) {
    hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  }
  return hash;
}
