import type { Micros } from "../../../core/units.js";

const TWO_32 = 4_294_967_296;

/** Times from here on are undefined (DBN's u64 maximum) or impossible: the year 2255, where Micros stop being exact. */
export const MICROS_LIMIT = 2 ** 53;

/**
 * Times before this are none: 1990, before there was electronic trading to record (Globex, CME's system, opened in 1992). What is
 * dated 1970 was never given a time.
 */
const MICROS_LEAST = 631_152_000_000_000;

/** Whether a record can be of this time. */
export function isPossible(time: number): boolean {
  return time >= MICROS_LEAST && time < MICROS_LIMIT;
}

/** Prices from here on are undefined (DBN's i64 maximum) or not exact: 9,007,199 points in 1e-9. */
export const NANOS_LIMIT = 2 ** 53;

/**
 * Reads a DBN timestamp (u64 nanoseconds, little-endian) as whole microseconds, exactly and without a bigint.
 * 2^32 = 4294967 * 1000 + 296, so every intermediate value stays below 2^53.
 *
 * @returns at least `MICROS_LIMIT` where the time is undefined
 */
export function readMicros(view: DataView, offset: number): Micros {
  const low = view.getUint32(offset, true);
  const high = view.getUint32(offset + 4, true);
  return (high * 4_294_967 + Math.floor((high * 296 + low) / 1000)) as Micros;
}

/** Reads a DBN i64 as a number: exact below 2^53, and never below 2^53 where it is not. */
export function readInt64(view: DataView, offset: number): number {
  return view.getInt32(offset + 4, true) * TWO_32 + view.getUint32(offset, true);
}

/** Reads a DBN u64 as a number: exact below 2^53, and never below 2^53 where it is not. */
export function readUint64(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * TWO_32 + view.getUint32(offset, true);
}

/** Reads a NUL-padded ASCII field up to its first NUL; a byte that is no ASCII becomes U+FFFD. */
export function readText(bytes: Uint8Array, offset: number, size: number): string {
  let text = "";
  for (const byte of bytes.subarray(offset, offset + size)) {
    if (byte === 0) break;
    text += byte < 0x80 ? String.fromCharCode(byte) : "\uFFFD";
  }
  return text;
}
