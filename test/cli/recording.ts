import { concatBytes, metadata, trade } from "../support/dbnBytes.js";

const MINUTE = 60;
/** 14:30 UTC, in seconds of the day: 09:30 in New York in winter. */
const OPEN = 14.5 * 3600;

/**
 * Forty minutes of ESH4 on 2023-12-26 from the open of its regular session, 40 contracts a minute around 4800.00. The
 * minute from 09:55 has ten times as many, most at its low: a signal at 09:56. At 09:58 the price falls through its limit,
 * at 10:06 it rises beyond its target.
 *
 * @param length in seconds, to end it earlier
 */
export function recording(length = 40 * MINUTE): Uint8Array {
  const records: Uint8Array[] = [];
  const day = 86_400;
  for (let time = 0; time < length; time += 3) {
    const minute = Math.floor(time / MINUTE);
    const step = [0, 1, 2, 1, 0, -1, -2, -1][(time / 3) % 8] ?? 0;
    const surge = minute === 25 && time % MINUTE < 30;
    const level = minute === 28 ? 4798 : minute < 36 ? 4800 : 4812;
    const price = level + (surge ? -3 : step) * 0.25;
    const size = surge ? 40 : 2;
    records.push(trade({ seconds: day + OPEN + time, price, size, side: step < 0 ? "A" : "B" }));
  }
  const mapping = { requested: "ESH4", intervals: [{ start: 20231226, end: 20231227, symbol: "17077" }] };
  return concatBytes(metadata({ mappings: [mapping] }), ...records);
}

/** That many trades of ESH4, all at once. */
export function trades(count: number): Uint8Array {
  const record = trade({ seconds: OPEN, price: 4800 });
  return Buffer.concat([metadata(), ...new Array<Uint8Array>(count).fill(record)]);
}
