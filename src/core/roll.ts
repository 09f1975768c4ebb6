import { Temporal } from "temporal-polyfill";
import { BUILT_IN, expiryOf } from "./instruments.js";
import type { Micros } from "./units.js";

/** The contract of a product that expires next. */
export interface NextExpiry {
  /** Raw symbol such as ESZ6. */
  readonly symbol: string;
  readonly expiry: Temporal.PlainDate;
  /** Whole days until then; 0 on the day itself. */
  readonly days: number;
}

const QUARTERS = ["H", "M", "U", "Z"];

/**
 * When the next quarterly contract of a built-in product expires (`MARKET-DATA.md` d). Its volume moves to the one after it
 * about a week before.
 *
 * @returns undefined for a product that is not built in, whose months are not known
 */
export function nextExpiry(root: string, time: Micros): NextExpiry | undefined {
  if (!BUILT_IN.some((spec) => spec.symbol === root)) return undefined;
  const today = dateOf(time);
  const candidates = QUARTERS.flatMap((month) =>
    [today.year, today.year + 1].flatMap((year) => expiring(`${root}${month}${year % 10}`, time) ?? []),
  );
  return candidates.sort((a, b) => a.days - b.days)[0];
}

/** When a raw symbol expires; undefined for one that does not. */
export function expiring(symbol: string, time: Micros): NextExpiry | undefined {
  const expiry = expiryOf(symbol, time);
  if (expiry === undefined) return undefined;
  return { symbol, expiry, days: dateOf(time).until(expiry, { largestUnit: "days" }).days };
}

function dateOf(time: Micros): Temporal.PlainDate {
  const instant = Temporal.Instant.fromEpochMilliseconds(Math.floor(time / 1000));
  return instant.toZonedDateTimeISO("America/New_York").toPlainDate();
}
