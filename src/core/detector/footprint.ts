import type { Instrument } from "../instrument.js";
import type { Micros, Ticks } from "../units.js";
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
 * with the signal's bar, `after` follows it, `path` has the bars from the signal to the end of its trading day without levels.
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

interface Followed {
  readonly signal: Micros;
  readonly after: FootprintBar[];
  readonly path: FootprintBar[];
}

/** Remembers the last bars of a contract, and follows its signals until their day ends. */
export class Footprints {
  readonly #instrument: Instrument;
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
      if (followed.path.length < MOST_PATH) followed.path.push({ ...kept, levels: [] });
      if (followed.after.length === NEIGHBOURS) continue;
      followed.after.push(kept);
      if (followed.after.length === NEIGHBOURS) this.#finish(followed.signal, "after", followed.after);
    }
    this.#last = [...this.#last, kept].slice(-NEIGHBOURS - 1);
  }

  /**
   * Begins to follow a signal.
   *
   * @param forming what its bar held, where it came before its end
   */
  begin(signal: Micros, forming?: ClosedBar): void {
    const own = forming?.close === undefined ? [] : [footprintBar(forming, forming.close)];
    this.#finish(signal, "before", [...this.#last, ...own].slice(-NEIGHBOURS - 1));
    this.#followed.push({ signal, after: [], path: [] });
  }

  /** The trading day is over: what is followed is complete as it is. */
  endDay(): void {
    for (const { signal, after, path } of this.#followed) {
      if (0 < after.length && after.length < NEIGHBOURS) this.#finish(signal, "after", after);
      if (path.length > 0) this.#finish(signal, "path", path);
    }
    this.#followed = [];
    this.#last = [];
  }

  /** What has become complete since it was last asked. */
  drain(): readonly Footprint[] {
    const done = this.#done;
    if (done.length > 0) this.#done = [];
    return done;
  }

  #finish(signal: Micros, part: Footprint["part"], bars: readonly FootprintBar[]): void {
    const id = `footprint:${this.#instrument.symbol}:${signal}:${part}`;
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
