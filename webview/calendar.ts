import type { CalendarDay } from "../src/core/protocol.js";

/** A day in a month's picture; without `date` it is another month's. */
export interface CalendarCell {
  readonly date: string | undefined;
  readonly day: CalendarDay | undefined;
}

/** The months, YYYY-MM, from the first with a trade to the last, both included. */
export function monthsOf(days: readonly CalendarDay[]): readonly string[] {
  const [first, last] = [days[0]?.date.slice(0, 7), days.at(-1)?.date.slice(0, 7)];
  const months: string[] = [];
  for (let month = first; month !== undefined && last !== undefined && month <= last; month = next(month))
    months.push(month);
  return months;
}

/** The weeks of a month from Monday to Sunday; the weekend is left out where nothing was closed on it. */
export function weeksOf(month: string, days: readonly CalendarDay[]): readonly (readonly CalendarCell[])[] {
  const byDate = new Map(days.filter(({ date }) => date.startsWith(month)).map((day) => [day.date, day]));
  const hasWeekend = [...byDate.keys()].some((date) => weekdayOf(date) > 4);
  const width = hasWeekend ? 7 : 5;
  const weeks: CalendarCell[][] = [];
  const length = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
  for (let number = 1; number <= length; number++) {
    const date = `${month}-${String(number).padStart(2, "0")}`;
    const weekday = weekdayOf(date);
    if (weekday >= width) continue;
    if (weekday === 0 || weeks.length === 0) {
      weeks.push(Array.from({ length: width }, () => ({ date: undefined, day: undefined })));
    }
    const week = weeks.at(-1);
    if (week !== undefined) week[weekday] = { date, day: byDate.get(date) };
  }
  return weeks;
}

/** 0 for Monday to 6 for Sunday. */
function weekdayOf(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

function next(month: string): string {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  return number === 12
    ? `${String(year + 1).padStart(4, "0")}-01`
    : `${month.slice(0, 5)}${String(number + 1).padStart(2, "0")}`;
}
