import { Temporal } from "temporal-polyfill";
import { symbolOf } from "../../core/instruments.js";
import { expiring, nextExpiry } from "../../core/roll.js";
import { say } from "../../core/say.js";
import type { Micros } from "../../core/units.js";

/** A row as it was read, before anything is believed of it. */
export type RawRow = Readonly<Record<string, unknown>>;

/** What is wrong with a row, for the report: the rest of a sentence. */
export class RowProblem extends Error {}

const MAX_TEXT = 1000;
const MAX_PRICE = 1_000_000;
const MAX_MONEY = 1_000_000_000;
const EARLIEST = Date.UTC(2000, 0, 1) * 1000;

/** A number of [min, max]; undefined where there is none. @throws RowProblem */
export function numberIn(row: RawRow, column: string, [min, max]: readonly [number, number]): number | undefined {
  const value = row[column];
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value)) throw new RowProblem(say("{0} is no number", column));
  if (min <= value && value <= max) return value;
  throw new RowProblem(say("{0} is {1}, not {2} to {3}", column, value, min, max));
}

/** @throws RowProblem */
export function priceIn(row: RawRow, column: string): number | undefined {
  const value = numberIn(row, column, [0, MAX_PRICE]);
  if (value === 0) throw new RowProblem(`${column} is 0`);
  return value;
}

/** Dollars. @throws RowProblem */
export function moneyIn(row: RawRow, column: string): number | undefined {
  return numberIn(row, column, [-MAX_MONEY, MAX_MONEY]);
}

/** A text without half characters, of a sensible length; undefined where there is none. @throws RowProblem */
export function textIn(row: RawRow, column: string): string | undefined {
  const value = row[column];
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "string") throw new RowProblem(say("{0} is no text", column));
  if (value.length > MAX_TEXT) throw new RowProblem(say("{0} has {1} characters", column, value.length));
  if (/[\ud800-\udfff]/u.test(value)) throw new RowProblem(say("{0} has half a character", column));
  return value;
}

/** What must be there. @throws RowProblem */
export function needed<T>(value: T | undefined, column: string): T {
  if (value === undefined) throw new RowProblem(say("{0} is missing", column));
  return value;
}

/**
 * A moment: with an offset as it says, else the wall clock of `zone`; of an hour that comes twice the first is meant.
 *
 * @param now nothing traded after it
 * @throws RowProblem
 */
export function timeIn(row: RawRow, column: string, zone: string, now: Micros): Micros | undefined {
  const text = textIn(row, column);
  if (text === undefined) return undefined;
  const time = momentOf(text.trim(), zone);
  if (time === undefined) throw new RowProblem(say("{0} is no date and time", column));
  if (EARLIEST <= time && time <= now) return time;
  throw new RowProblem(
    time > now ? say("{0} lies in the future", column) : say("{0} lies before the year 2000", column),
  );
}

/** A date and time: with an offset as it says, else the wall clock of `zone`; undefined for what is none. */
export function momentOf(text: string, zone: string): Micros | undefined {
  if (!/^\d{4}-\d{2}-\d{2}[ Tt]\d{2}:\d{2}/.test(text)) return undefined;
  try {
    // A wall clock is read without what stands behind it: an offset in any form, or a zone's name, would be passed over in silence.
    const nanoseconds = /[Zz+\-[]/.test(text.slice("2025-06-09T".length))
      ? Temporal.Instant.from(text.replace(" ", "T")).epochNanoseconds
      : Temporal.PlainDateTime.from(text.replace(" ", "T"))
          .toZonedDateTime(zone, { disambiguation: "earlier" })
          .toInstant().epochNanoseconds;
    return Number(nanoseconds / 1000n) as Micros;
  } catch {
    return undefined;
  }
}

/** BUY or SHORT; undefined where there is none. @throws RowProblem */
export function directionIn(row: RawRow, column: string): "BUY" | "SHORT" | undefined {
  const text = textIn(row, column)?.trim().toUpperCase();
  if (text === undefined || text === "") return undefined;
  if (text === "BUY" || text === "LONG") return "BUY";
  if (text === "SHORT" || text === "SELL") return "SHORT";
  throw new RowProblem(say("{0} is neither BUY nor SHORT", column));
}

/** Days from which on a quarterly contract is not one that is traded yet. */
const TOO_FAR = 200;

/** The raw symbol behind a contract's name at a time, and whether its year was put right; undefined for what is not understood. */
export function contractOf(name: string, time: Micros): { symbol: string; corrected: boolean } | undefined {
  const text = name.trim().toUpperCase();
  const symbol = symbolOf(text) ?? text;
  const days = expiring(symbol, time)?.days;
  if (days === undefined || nextExpiry(symbol.slice(0, -2), time) === undefined) return undefined;
  if (days <= TOO_FAR) return { symbol, corrected: false };
  const earlier = `${symbol.slice(0, -1)}${(Number(symbol.at(-1)) + 9) % 10}`;
  return (expiring(earlier, time)?.days ?? TOO_FAR + 1) <= TOO_FAR ? { symbol: earlier, corrected: true } : undefined;
}
