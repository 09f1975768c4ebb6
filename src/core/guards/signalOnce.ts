import { Temporal } from "temporal-polyfill";
import type { Direction } from "../detector/cluster.js";
import { MICROS_PER_SECOND, type Micros } from "../units.js";

/**
 * The identity of a recommendation, a pure function of its cause (R4, `ENGINE.md` 9): a replay or a second window that makes
 * it again makes the same id, and of an id the store keeps one output.
 *
 * @returns such as ESM5-20250609T183200Z-BUY
 */
export function recommendationId(symbol: string, time: Micros, direction: Direction): string {
  const seconds = Math.floor(time / MICROS_PER_SECOND);
  const text = Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toString();
  return `${symbol}-${text.replaceAll(/[-:]/g, "")}-${direction}`;
}
