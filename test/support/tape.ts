import type { EngineEvent } from "../../src/core/events.js";
import type { TradeBatch } from "../../src/core/market.js";
import { Random } from "../../src/core/random.js";
import { MICROS_PER_DAY, MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros } from "../../src/core/units.js";

/** One trade, as tests write it. */
export interface TapeTrade {
  readonly time: number;
  /** Ticks. */
  readonly price: number;
  readonly size: number;
  readonly side: 1 | -1 | 0;
  readonly instrument: number;
}

/** The instrument of every tape. */
export const TAPE_INSTRUMENT = 7;

const SIDES = { A: -1, B: 1, N: 0 } as const;

/**
 * Reads a tape: `A 100x300 B 108x100 |` is a sale of 300 at 100 and a purchase of 100 at 108, one second apart, and the
 * end of the minute. A side (A, B, N) holds until the next one.
 *
 * @param open beginning of the first minute
 * @returns the trades, and the end of the last minute that ended
 */
export function readTape(text: string, open: number): { readonly trades: readonly TapeTrade[]; readonly end: Micros } {
  const trades: TapeTrade[] = [];
  let side: TapeTrade["side"] = 0;
  let [minute, second] = [0, 0];
  for (const word of text.trim().split(/\s+/)) {
    if (word === "|") {
      minute++;
      second = 0;
    } else if (word in SIDES) side = SIDES[word as keyof typeof SIDES];
    else {
      const match = /^(\d+)x(\d+)$/.exec(word);
      if (match === null) throw new Error(`"${word}" is no word of a tape`);
      const time = open + minute * MICROS_PER_MINUTE + second * MICROS_PER_SECOND;
      trades.push({ time, price: Number(match[1]), size: Number(match[2]), side, instrument: TAPE_INSTRUMENT });
      second++;
    }
  }
  return { trades, end: (open + minute * MICROS_PER_MINUTE) as Micros };
}

/** Trades in columns. */
export function batchOf(trades: readonly TapeTrade[]): TradeBatch {
  return {
    type: "trades",
    count: trades.length,
    time: Float64Array.from(trades, (trade) => trade.time),
    price: Int32Array.from(trades, (trade) => trade.price),
    size: Uint32Array.from(trades, (trade) => trade.size),
    side: Int8Array.from(trades, (trade) => trade.side),
    instrument: Uint32Array.from(trades, (trade) => trade.instrument),
  };
}

/** A whole input: the contract, the trades in batches that begin at 0 and at every cut, and at the end the clock. */
export function eventsOf(
  trades: readonly TapeTrade[],
  end: number | undefined,
  cuts: readonly number[] = [],
): readonly EngineEvent[] {
  const borders = [...new Set([0, ...cuts, trades.length])].filter((cut) => cut <= trades.length).sort((a, b) => a - b);
  const batches = borders.slice(1).map((to, i) => batchOf(trades.slice(borders[i], to)));
  const start = (trades[0]?.time ?? 0) as Micros;
  const contract = { type: "contract", instrument: TAPE_INSTRUMENT, symbol: "ESM5", time: start } as const;
  const clock: EngineEvent[] = end === undefined ? [] : [{ type: "clock", time: end as Micros }];
  return [contract, ...batches, ...clock];
}

/** The hours of a random tape, as the setting `contract.session` takes them: two of them a day, around the year. */
export const TAPE_HOURS = { timeZone: "UTC", open: "09:00", close: "11:00", days: [1, 2, 3, 4, 5, 6, 7] };

const FIRST_OPEN = Date.UTC(2025, 5, 9, 9) * 1000;
const MINUTES = 120;
const START_PRICE = 24_000;

/**
 * A driftless walk of two-hour days in `TAPE_HOURS` with a burst of volume in one minute of twelve, most of it at one end
 * of the minute's range, so that signals of both directions are frequent. The same seed gives the same trades.
 */
export function randomTape(
  seed: number,
  days: number,
): { readonly trades: readonly TapeTrade[]; readonly end: Micros } {
  const random = new Random(seed);
  const trades: TapeTrade[] = [];
  let price = START_PRICE;
  for (let day = 0; day < days; day++) {
    for (let minute = 0; minute < MINUTES; minute++) {
      const start = FIRST_OPEN + day * MICROS_PER_DAY + minute * MICROS_PER_MINUTE;
      price = random.whole(0, 12) === 0 ? burst(random, trades, start, price) : quiet(random, trades, start, price);
    }
  }
  return { trades, end: (FIRST_OPEN + (days - 1) * MICROS_PER_DAY + MINUTES * MICROS_PER_MINUTE) as Micros };
}

function quiet(random: Random, trades: TapeTrade[], start: number, from: number): number {
  let price = from;
  for (const time of timesOf(random, start, random.whole(5, 10))) {
    price += random.whole(-2, 3);
    trades.push(tradeAt(random, time, price, random.whole(1, 30)));
  }
  return price;
}

function burst(random: Random, trades: TapeTrade[], start: number, from: number): number {
  const away = random.whole(0, 2) === 0 ? 1 : -1;
  let price = from;
  for (const [i, time] of timesOf(random, start, random.whole(5, 10)).entries()) {
    trades.push(tradeAt(random, time, price, i === 0 ? random.whole(300, 700) : random.whole(20, 60)));
    price = from + away * random.whole(1, 8);
  }
  return price;
}

function timesOf(random: Random, start: number, count: number): readonly number[] {
  return Array.from({ length: count }, () => start + random.whole(0, MICROS_PER_MINUTE)).sort((a, b) => a - b);
}

function tradeAt(random: Random, time: number, price: number, size: number): TapeTrade {
  const side = ([-1, 0, 1] as const)[random.whole(0, 3)] ?? 0;
  return { time, price, size, side, instrument: TAPE_INSTRUMENT };
}
