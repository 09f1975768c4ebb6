import { Temporal } from "temporal-polyfill";

/** A week of trading days by their dates, YYYY-MM-DD, both included; of a single day both are its own. */
export interface Week {
  readonly monday: string;
  readonly sunday: string;
}

/**
 * The week, Monday to Sunday, that holds a date.
 *
 * @param date YYYY-MM-DD; the date of a trading day, so that Sunday evening's trades belong to Monday
 * @throws RangeError when it is no date
 */
export function weekOf(date: string): Week {
  const day = Temporal.PlainDate.from(date, { overflow: "reject" });
  const monday = day.subtract({ days: day.dayOfWeek - 1 });
  return { monday: monday.toString(), sunday: monday.add({ days: 6 }).toString() };
}

/**
 * The span of one trading day.
 *
 * @param date YYYY-MM-DD
 * @throws RangeError when it is no date
 */
export function dayOf(date: string): Week {
  const day = Temporal.PlainDate.from(date, { overflow: "reject" }).toString();
  return { monday: day, sunday: day };
}

/**
 * The newest week whose trading is over: from Saturday on the one of that day.
 *
 * @param date YYYY-MM-DD
 */
export function endedWeek(date: string): Week {
  const day = Temporal.PlainDate.from(date, { overflow: "reject" });
  return weekOf((day.dayOfWeek >= 6 ? day : day.subtract({ days: 7 })).toString());
}

/** Whether a trading day lies in the week. */
export function isIn(week: Week, date: string): boolean {
  return week.monday <= date && date <= week.sunday;
}

/** Calendar days from one date to another. */
export function daysBetween(first: string, last: string): number {
  return Temporal.PlainDate.from(first).until(Temporal.PlainDate.from(last)).days;
}
