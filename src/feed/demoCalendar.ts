import { Temporal } from "temporal-polyfill";
import { MICROS_PER_MINUTE, type Micros } from "../core/units.js";

/** One-minute bars of a simulated session. */
export const DEMO_MINUTES = 390;

/** Regular trading hours of one simulated day: `[open, close)`. */
export interface DemoSession {
  readonly open: Micros;
  readonly close: Micros;
}

const ZONE = "America/New_York";
const FIRST_MONDAY = Temporal.PlainDate.from("2025-01-06");
const OPEN = Temporal.PlainTime.from("09:30");

/**
 * When the demo market trades on its day `day`, counted from 0 on Monday 2025-01-06: 09:30 to 16:00 in New York, Monday to
 * Friday, without holidays.
 */
export function demoSession(day: number): DemoSession {
  const date = FIRST_MONDAY.add({ days: Math.floor(day / 5) * 7 + (day % 5) });
  const open = date.toZonedDateTime({ timeZone: ZONE, plainTime: OPEN }).epochMilliseconds * 1000;
  return { open: open as Micros, close: (open + DEMO_MINUTES * MICROS_PER_MINUTE) as Micros };
}

/** The simulated day on which a run that has seen everything up to `time` goes on: the first that closes after it. */
export function demoDayAt(time: Micros): number {
  const date = Temporal.Instant.fromEpochMilliseconds(Math.floor(time / 1000))
    .toZonedDateTimeISO(ZONE)
    .toPlainDate();
  const days = FIRST_MONDAY.until(date).days;
  const weekday = Math.min(((days % 7) + 7) % 7, 5);
  const day = Math.max(0, Math.floor(days / 7) * 5 + weekday);
  return demoSession(day).close > time ? day : day + 1;
}
