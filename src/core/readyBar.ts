import type { ContractTape } from "./contractTape.js";
import type { Bar } from "./market.js";
import { MICROS_PER_SECOND, type Micros } from "./units.js";

/** Why a ready-made bar cannot be used (`ENGINE.md` 3.6). */
export type BarRejection = "bad_time" | "covered" | "late" | "bad_length" | "bad_price";

/** Whether a bar has a beginning and an end. */
export function isSpan({ start, end }: Bar): boolean {
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && start < end;
}

/**
 * Why a bar does not follow what its contract's tape holds; undefined when it does. Where trades and bars cover the same
 * minute, the trades count.
 */
export function misfit({ start, end }: Bar, tape: ContractTape, now: Micros): BarRejection | undefined {
  if (start <= tape.lastTraded) return "covered";
  if (start < now) return "late";
  return end - start === tape.barSeconds * MICROS_PER_SECOND ? undefined : "bad_length";
}

/** Whether prices and volumes can be: whole ticks above 0 in their order, finite volumes of at least 0. */
export function isPossible(bar: Bar): boolean {
  const { open, high, low, close, volume, buyVolume = 0, sellVolume = 0 } = bar;
  if (![open, high, low, close].every(Number.isSafeInteger)) return false;
  if (![volume, buyVolume, sellVolume].every((value) => 0 <= value && Number.isFinite(value))) return false;
  return low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close);
}
