import type { Calendar } from "../core/session.js";
import table from "./calendar.json" with { type: "json" };

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/**
 * The days on which CME equity index futures are closed or close early, from the table that ships with the program.
 *
 * @throws Error when the table is not what `Calendar` says; then the build is wrong
 */
export function loadCalendar(): Calendar {
  return checkCalendar(table);
}

/** Checks a table of special days, date by date. */
export function checkCalendar(input: { readonly horizon: string; readonly days: object }): Calendar {
  if (!DATE.test(input.horizon)) throw new Error(`The calendar's horizon "${input.horizon}" is not a date`);
  const days: Record<string, Calendar["days"][string]> = {};
  for (const [date, entry] of Object.entries(input.days)) {
    if (!DATE.test(date) || date > input.horizon) throw new Error(`The calendar has a wrong date "${date}"`);
    if (entry.day === "closed") days[date] = { day: "closed" };
    else if (entry.day === "early" && TIME.test(entry.closeCT)) days[date] = { day: "early", closeCT: entry.closeCT };
    else throw new Error(`The calendar has a wrong entry for ${date}`);
  }
  return { horizon: input.horizon, days };
}
