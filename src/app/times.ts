import { MICROS_PER_SECOND, type Micros } from "../core/units.js";

/** ISO 8601 in UTC with microseconds: `2025-06-09T18:32:00.000000Z`. */
export function isoTime(time: Micros): string {
  const seconds = Math.floor(time / MICROS_PER_SECOND);
  const fraction = String(time - seconds * MICROS_PER_SECOND).padStart(6, "0");
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

const NEW_YORK = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "America/New_York",
  dateStyle: "short",
  timeStyle: "medium",
});

/** The wall clock of New York to the second, as recommendations are named by it: `2025-06-09T14:32:00`. */
export function newYorkTime(time: Micros): string {
  return NEW_YORK.format(Math.floor(time / 1000)).replace(" ", "T");
}
