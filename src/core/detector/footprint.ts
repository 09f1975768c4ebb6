import type { Instrument } from "../instrument.js";
import { MICROS_PER_MINUTE, type Micros, type Ticks } from "../units.js";
import type { ClosedBar } from "./barBuilder.js";

/** What traded at a price: all of it, what sellers hit at the bid, what buyers lifted at the ask. */
export type FootprintLevel = readonly [price: Ticks, volume: number, bid: number, ask: number];

/** A bar as it is kept beside a signal. */
export interface FootprintBar {
  readonly start: Micros;
  readonly end: Micros;
  readonly low: Ticks;
  readonly high: Ticks;
  readonly close: Ticks;
  readonly volume: number;
  /** From low to high, prices with volume alone; empty where the source does not tell it, and on the path. */
  readonly levels: readonly FootprintLevel[];
}

/**
 * Bars around a signal, kept so that its evidence can be looked at without a feed; nothing is computed from them. `before` ends
 * with the signal's bar, `after` has one that follows it, `path` has bars from the signal to the end of its trading day without
 * levels. They are kept as the day goes on, so that a run that is stopped leaves what it has seen.
 */
export interface Footprint {
  readonly type: "footprint";
  readonly id: string;
  /** Time of the signal. */
  readonly signal: Micros;
  readonly instrument: Instrument;
  readonly part: "before" | "after" | "path";
  readonly bars: readonly FootprintBar[];
}

/** Bars on either side of a signal's. */
const NEIGHBOURS = 3;

/** Bars of a path: a day of one-minute bars in regular hours. */
const MOST_PATH = 390;

/** The bars of a path are kept together every quarter of an hour, those of all signals at once. */
const TOGETHER = 15 * MICROS_PER_MINUTE;

interface Followed {
  readonly signal: Micros;
  /** Neighbours that are still to come. */
  neighbours: number;
  /** Bars of the path that are still to come. */
  room: number;
  /** Of the path, and not yet kept. */
  path: FootprintBar[];
}

/** Remembers the last bars of a contract, and follows its signals until their day ends. */
export class Footprints {
  readonly #instrument: Instrument;
  #open = Number.NEGATIVE_INFINITY;
  #last: FootprintBar[] = [];
  #followed: Followed[] = [];
  #done: Footprint[] = [];

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  /** Takes a bar that closed, before it is judged. */
  add(bar: ClosedBar): void {
    if (bar.close === undefined) return;
    const kept = footprintBar(bar, bar.close);
    for (const followed of this.#followed) {
      if (followed.room-- > 0) followed.path.push({ ...kept, levels: [] });
      if (followed.neighbours-- > 0) this.#finish(followed.signal, "after", kept.start, [kept]);
    }
    if (Math.floor(bar.start / TOGETHER) < Math.floor(bar.end / TOGETHER)) this.#keepPaths();
    this.#last = [...this.#last, kept].slice(-NEIGHBOURS - 1);
  }

  /**
   * Begins to follow a signal.
   *
   * @param forming what its bar held, where it came before its end
   */
  begin(signal: Micros, forming?: ClosedBar): void {
    const own = forming?.close === undefined ? [] : [footprintBar(forming, forming.close)];
    this.#finish(signal, "before", undefined, [...this.#last, ...own].slice(-NEIGHBOURS - 1));
    this.#follow(signal, NEIGHBOURS);
  }

  /** Goes on with a signal of before a restart. What comes now is its path, and may be far from it. */
  recall(signal: Micros): void {
    const isFollowed = this.#followed.some((followed) => followed.signal === signal);
    if (signal >= this.#open && !isFollowed) this.#follow(signal, 0);
  }

  /** A trading day begins, or goes on after a restart: signals of before it are over. */
  beginDay(open: Micros): void {
    this.#open = open;
    this.#followed = this.#followed.filter(({ signal }) => signal >= open);
  }

  /** The trading day is over: what is followed is complete as it is. */
  endDay(): void {
    this.#keepPaths();
    this.#followed = [];
    this.#last = [];
  }

  /** What has become complete since it was last asked. */
  drain(): readonly Footprint[] {
    const done = this.#done;
    if (done.length > 0) this.#done = [];
    return done;
  }

  // One that is recalled may come again, with all of its day.
  #follow(signal: Micros, neighbours: number): void {
    this.#followed = this.#followed.filter((followed) => followed.signal !== signal);
    this.#followed.push({ signal, neighbours, room: MOST_PATH, path: [] });
  }

  #keepPaths(): void {
    for (const followed of this.#followed) {
      const [first] = followed.path;
      if (first === undefined) continue;
      this.#finish(followed.signal, "path", first.start, followed.path);
      followed.path = [];
    }
  }

  #finish(signal: Micros, part: Footprint["part"], start: Micros | undefined, bars: readonly FootprintBar[]): void {
    const name = `footprint:${this.#instrument.symbol}:${signal}:${part}`;
    const id = start === undefined ? name : `${name}:${start}`;
    this.#done.push({ type: "footprint", id, signal, instrument: this.#instrument, part, bars });
  }
}

function footprintBar({ start, end, low, high, volume, profile, buys, sells }: ClosedBar, close: Ticks): FootprintBar {
  const levels: FootprintLevel[] = [];
  if (profile !== undefined) {
    for (let price = profile.low; price <= profile.high; price++) {
      const traded = profile.at(price);
      if (traded > 0) levels.push([price as Ticks, traded, sells.at(price), buys.at(price)]);
    }
  }
  return { start, end, low, high, close, volume, levels };
}
