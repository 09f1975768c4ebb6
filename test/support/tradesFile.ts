import { readFileSync } from "node:fs";
import type { EngineEvent } from "../../src/core/events.js";
import type { Micros } from "../../src/core/units.js";

/**
 * Reads a plain DBN version 3 file of trades of one instrument the simplest way, with bigints and objects: an independent
 * reader, so that the engine's tests do not lean on the program's own decoder.
 *
 * @param tickNanos the tick size in 1e-9 points
 */
export function readTradesFile(path: string, symbol: string, tickNanos: bigint, batchSize = 1000): EngineEvent[] {
  const bytes = readFileSync(path);
  const records = bytes.subarray(8 + bytes.readUInt32LE(4));
  const count = records.length / 48;
  const id = records.readUInt32LE(4);
  const first = Number(records.readBigUInt64LE(8) / 1000n) as Micros;
  const events: EngineEvent[] = [{ type: "contract", instrument: id, symbol, time: first }];
  let last = first;
  for (let from = 0; from < count; from += batchSize) {
    const size = Math.min(batchSize, count - from);
    const batch = {
      type: "trades" as const,
      count: size,
      time: new Float64Array(size),
      price: new Int32Array(size),
      size: new Uint32Array(size),
      side: new Int8Array(size),
      instrument: new Uint32Array(size),
    };
    for (let i = 0; i < size; i++) {
      const at = (from + i) * 48;
      const price = records.readBigInt64LE(at + 16);
      if (price % tickNanos !== 0n) throw new Error(`Record ${from + i} is off tick`);
      last = Number(records.readBigUInt64LE(at + 8) / 1000n) as Micros;
      batch.time[i] = last;
      batch.price[i] = Number(price / tickNanos);
      batch.size[i] = records.readUInt32LE(at + 24);
      batch.side[i] = { B: 1, A: -1 }[String.fromCharCode(records[at + 29] ?? 0)] ?? 0;
      batch.instrument[i] = records.readUInt32LE(at + 4);
    }
    events.push(batch);
  }
  return [...events, { type: "clock", time: last }];
}
