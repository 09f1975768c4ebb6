import type { TradeBatch } from "../core/market.js";
import { Random } from "../core/random.js";
import { DEMO_MINUTES, type DemoSession, demoSession } from "./demoCalendar.js";
import { fillVolume, type Surge, surges } from "./demoVolume.js";
import { Openings, printCounts, STREAM, Steps } from "./demoWalk.js";

/** The feed's id of the demo's only contract. */
export const DEMO_INSTRUMENT = 1;

/** All that happens on one simulated day. */
export interface DemoDay {
  readonly session: DemoSession;
  /** Every trade of the session as one batch. */
  readonly trades: TradeBatch;
  /** Where volume surges, in order. */
  readonly surges: readonly Surge[];
}

/**
 * A day of the demo market. It has no edge by construction: the price takes one fair step of a tick, up or down, at each
 * ordinary print and none within a surge; times, sizes, sides and surges come from random numbers of their own and never
 * see a price.
 *
 * @param seed a safe integer, at least 0
 * @param day counted from 0; the same seed and day give the same trades
 */
export function demoDay(seed: number, day: number): DemoDay {
  return new DemoMarket(seed).day(day);
}

/** Makes day after day of the demo market, in columns that the next day reuses. */
export class DemoMarket {
  readonly #seed: number;
  readonly #openings: Openings;
  #columns = columns(0);

  constructor(seed: number) {
    this.#seed = seed;
    this.#openings = new Openings(seed);
  }

  /** The same as `demoDay`; valid until the next call. */
  day(day: number): DemoDay {
    const counts = printCounts(this.#seed, day);
    const planned = surges(this.#seed, day);
    const count = sum(counts) + sum(planned.map((surge) => surge.prints));
    if (this.#columns.time.length < count) this.#columns = columns(count + count / 8);
    const session = demoSession(day);
    fillVolume(this.#columns, session.open, counts, planned, new Random(this.#seed, day, STREAM.volume));
    fillPrices(this.#columns.price, this.#openings.at(day), counts, planned, new Steps(this.#seed, day));
    return { session, trades: { type: "trades", count, ...this.#columns }, surges: planned };
  }
}

/** A fair step at each ordinary print; a surge trades at the price of the moment. */
function fillPrices(
  prices: Int32Array,
  opening: number,
  counts: Uint16Array,
  planned: readonly Surge[],
  steps: Steps,
): void {
  const surgeAt = new Map(planned.map((surge) => [surge.minute, surge]));
  let price = opening;
  let at = 0;
  for (let minute = 0; minute < DEMO_MINUTES; minute++) {
    const surge = surgeAt.get(minute);
    const still = surge?.prints ?? 0;
    const moving = counts[minute] ?? 0;
    const from = surge?.atStart === true ? at + still : at;
    prices.fill(price, at, from);
    for (let i = from; i < from + moving; i++) {
      price += steps.next();
      prices[i] = price;
    }
    at += still + moving;
    prices.fill(price, from + moving, at);
  }
}

function columns(capacity: number): Omit<TradeBatch, "type" | "count"> {
  const length = Math.floor(capacity);
  return {
    time: new Float64Array(length),
    price: new Int32Array(length),
    size: new Uint32Array(length),
    side: new Int8Array(length),
    instrument: new Uint32Array(length).fill(DEMO_INSTRUMENT),
  };
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
