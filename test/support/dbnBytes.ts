import type { EngineEvent } from "../../src/core/events.js";
import type { TradeBatch } from "../../src/core/market.js";
import { RTYPE } from "../../src/feed/databento/dbn/codes.js";
import { encodeMetadata, encodeRecord } from "../../src/feed/databento/dbn/encode.js";
import type { Metadata } from "../../src/feed/databento/dbn/metadata.js";

/** The id that the files of `dbnFile` give ESH4. */
export const ESH4 = 17077;

/** 2023-12-25 00:00 UTC, in nanoseconds and Micros. */
export const START_NANOS = 1_703_462_400_000_000_000n;
export const START = 1_703_462_400_000_000;

/** A trade to encode: at `seconds` after `START`, price in points. */
export interface TradeSketch {
  readonly seconds?: number;
  readonly price?: number;
  readonly size?: number;
  readonly side?: string;
  readonly action?: string;
  readonly id?: number;
  /** Any field of the record in DBN's own words, which wins. */
  readonly raw?: Readonly<Record<string, string | number>>;
}

/** The nanoseconds of `seconds` after `START`, as DBN text. */
export function nanos(seconds: number): string {
  return (START_NANOS + BigInt(Math.round(seconds * 1e9))).toString();
}

/** One trade record of 48 bytes. */
export function trade(sketch: TradeSketch = {}): Uint8Array {
  const { seconds = 0, price = 4800.25, size = 1, side = "B", action = "T", id = ESH4, raw = {} } = sketch;
  return encodeRecord({
    rtype: RTYPE.trade,
    publisher_id: 1,
    instrument_id: id,
    ts_event: nanos(seconds),
    ts_recv: nanos(seconds),
    price: Math.round(price * 1e9).toString(),
    size,
    side,
    action,
    ...raw,
  });
}

/** Metadata of a trades file of ESH4 on 2023-12-25. */
export function metadata(fields: Partial<Omit<Metadata, "symbolLength">> = {}): Uint8Array {
  return encodeMetadata({
    dataset: "GLBX.MDP3",
    schema: "trades",
    start: START_NANOS,
    stypeIn: "raw_symbol",
    symbols: ["ESH4"],
    mappings: [{ requested: "ESH4", intervals: [{ start: 20231225, end: 20231226, symbol: String(ESH4) }] }],
    ...fields,
  });
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Cuts bytes at the given places, whatever their order. */
export function cutBytes(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => bytes.slice(sorted[index], end));
}

/** One line per trade, and one per other event, skipped ones summed at the end: what a chunking must not change. */
export function eventLines(turns: Iterable<readonly EngineEvent[]>): string[] {
  const lines: string[] = [];
  const skipped = new Map<string, number>();
  for (const events of turns) {
    for (const event of events) {
      if (event.type === "trades") lines.push(...tradeLines(event));
      else if (event.type === "skipped") skipped.set(event.reason, (skipped.get(event.reason) ?? 0) + event.count);
      else lines.push(JSON.stringify(event));
    }
  }
  return [...lines, ...[...skipped].sort().map(([reason, count]) => `skipped ${reason} ${count}`)];
}

/** "seconds side ticks x size @ id" for every trade of a batch. */
export function tradeLines(batch: TradeBatch): string[] {
  return Array.from({ length: batch.count }, (_, i) => {
    const side = { 1: "B", "-1": "A", 0: "N" }[String(batch.side[i])];
    return `${((batch.time[i] ?? 0) - START) / 1e6} ${side} ${batch.price[i]} x ${batch.size[i]} @ ${batch.instrument[i]}`;
  });
}
