import type { Micros } from "../core/units.js";

/** A moment in New York as `YYYY-MM-DDTHH:MM:SS`, the form of the user's own files. Fractions of a second are cut. */
export function newYorkTime(time: Micros): string {
  return NEW_YORK.format(Math.floor(time / 1000)).replace(" ", "T");
}

/** A moment in UTC as SQLite's `datetime()` writes it: `YYYY-MM-DD HH:MM:SS`. */
export function sqliteTime(time: Micros): string {
  return isoTime(time).slice(0, 19).replace("T", " ");
}

/** A moment in UTC as ISO 8601 with microseconds. */
export function isoTime(time: Micros): string {
  const millis = new Date(Math.floor(time / 1000)).toISOString().slice(0, -1);
  return `${millis}${String(time % 1000).padStart(3, "0")}Z`;
}

/** Sweden writes dates as ISO 8601 does. */
const NEW_YORK = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "America/New_York",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
