import type { TradeBatch } from "../../../core/market.js";
import type { Contract } from "./contractBook.js";
import type { Block } from "./framer.js";
import { ACTION_TRADE, aggressorOf, MAYBE_INCOMPLETE, type TradeOffsets, UNDEFINED_SIZE } from "./marketRecords.js";
import { NANOS_LIMIT, readInt64, readMicros } from "./numbers.js";

/** A trade that was added, as the model of those that follow it. */
export interface RunModel {
  readonly at: number;
  readonly contract: Contract;
  readonly offsets: TradeOffsets;
  /** Micros at which something else is due. */
  readonly until: number;
  /** Trades to add at most. */
  readonly most: number;
}

/**
 * Collects trades in columns and hands them out as batches. The arrays are reused: batches are valid until the next
 * `clear`.
 */
export class TradeColumns {
  #time = new Float64Array(0);
  #price = new Int32Array(0);
  #size = new Uint32Array(0);
  #side = new Int8Array(0);
  #instrument = new Uint32Array(0);
  #count = 0;
  #start = 0;

  /** Forgets what was collected and makes room for `capacity` trades. */
  clear(capacity: number): void {
    this.#count = 0;
    this.#start = 0;
    if (capacity <= this.#time.length) return;
    this.#time = new Float64Array(capacity);
    this.#price = new Int32Array(capacity);
    this.#size = new Uint32Array(capacity);
    this.#side = new Int8Array(capacity);
    this.#instrument = new Uint32Array(capacity);
  }

  /**
   * Adds a trade to the open batch. Plain numbers in a row, because this runs for every trade of the feed.
   *
   * @param time Micros @param price ticks @param side 1 buy aggressor, -1 sell aggressor, 0 none
   */
  add(time: number, price: number, size: number, side: number, instrument: number): void {
    const at = this.#count;
    this.#time[at] = time;
    this.#price[at] = price;
    this.#size[at] = size;
    this.#side[at] = side;
    this.#instrument[at] = instrument;
    this.#count = at + 1;
  }

  /**
   * Adds the trades from `start` on as long as they are ordinary: of the model's kind and contract, whole, valid, and in
   * order of time. This loop is the hot path of a replay; what it stops at takes the careful one.
   *
   * @returns where it stopped
   */
  addRun(block: Block, start: number, model: RunModel): number {
    const { bytes, view } = block;
    const { contract, offsets, until, most } = model;
    const { id, tickNanos } = contract;
    const time = this.#time;
    const price = this.#price;
    const size = this.#size;
    const side = this.#side;
    const instrument = this.#instrument;
    const kind = view.getUint16(model.at, true); // length and rtype
    const step = (kind & 0xff) * 4;
    const last = Math.min(bytes.length, start + most * step) - step;
    let before: number = readMicros(view, model.at + 8);
    let count = this.#count;
    let at = start;
    for (; at <= last; at += step) {
      if (view.getUint16(at, true) !== kind || view.getUint32(at + 4, true) !== id) break;
      const now = readMicros(view, at + 8);
      const nanos = readInt64(view, at + offsets.price);
      const ticks = nanos / tickNanos;
      const volume = view.getUint32(at + offsets.volume, true);
      if (now < before || now >= until || (ticks | 0) !== ticks || ticks <= 0 || nanos >= NANOS_LIMIT) break;
      if (volume === 0 || volume === UNDEFINED_SIZE || bytes[at + offsets.action] !== ACTION_TRADE) break;
      if (((bytes[at + offsets.flags] ?? 0) & MAYBE_INCOMPLETE) !== 0) break;
      time[count] = now;
      price[count] = ticks;
      size[count] = volume;
      side[count] = aggressorOf(bytes[at + offsets.side]);
      instrument[count] = id;
      before = now;
      count += 1;
    }
    this.#count = count;
    return at;
  }

  /** Closes the open batch; undefined when it is empty. */
  close(): TradeBatch | undefined {
    const start = this.#start;
    const end = this.#count;
    if (start === end) return undefined;
    this.#start = end;
    return {
      type: "trades",
      count: end - start,
      time: this.#time.subarray(start, end),
      price: this.#price.subarray(start, end),
      size: this.#size.subarray(start, end),
      side: this.#side.subarray(start, end),
      instrument: this.#instrument.subarray(start, end),
    };
  }
}
