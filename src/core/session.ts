import { Temporal } from "temporal-polyfill";
import type { CustomHours, Hours } from "./settings.js";
import { MICROS_PER_HOUR, type Micros } from "./units.js";

/** Days that differ from the normal ones, by date YYYY-MM-DD, in Chicago's time. */
export interface Calendar {
  /** Last date the table speaks of. */
  readonly horizon: string;
  readonly days: Readonly<
    Record<string, { readonly day: "closed" } | { readonly day: "early"; readonly closeCT: string }>
  >;
}

/** A calendar without special days. */
export const NO_HOLIDAYS: Calendar = { horizon: "9999-12-31", days: {} };

/** One trading day of an instrument, [open, close), named by its date (`ENGINE.md` 2.2). */
export interface TradingDay {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly open: Micros;
  readonly close: Micros;
}

/** Where in its trading day a time lies: the first hour, the last two, or between; where they overlap the first wins. */
export type Phase = "open" | "mid" | "close";

/** The phase of a time inside `day`. */
export function phaseAt(time: Micros, day: TradingDay): Phase {
  if (time < day.open + MICROS_PER_HOUR) return "open";
  return time < day.close - 2 * MICROS_PER_HOUR ? "mid" : "close";
}

/** The date before a date, both YYYY-MM-DD. */
export function dayBefore(date: string): string {
  return Temporal.PlainDate.from(date).subtract({ days: 1 }).toString();
}

const AROUND_THE_CLOCK: CustomHours = { timeZone: "UTC", open: "00:00", close: "00:00", days: [1, 2, 3, 4, 5, 6, 7] };
const FAR_ENOUGH_DAYS = 30;

/** When an instrument trades. Zones and daylight saving come from the IANA database; the calendar holds for CME hours. */
export class TradingHours {
  readonly #hours: Hours;
  readonly #calendar: Calendar;
  readonly #timeZone: string;
  /** Days that were asked for once: finding out is slow. */
  readonly #days = new Map<string, TradingDay | undefined>();
  /** The last day that was found to end after a time: most who ask mean the same one. */
  #found: { readonly after: Micros; readonly day: TradingDay } | undefined;

  constructor(hours: Hours, calendar: Calendar) {
    this.#hours = hours === "continuous" ? AROUND_THE_CLOCK : hours;
    this.#calendar = calendar;
    this.#timeZone = typeof this.#hours === "string" ? "America/New_York" : this.#hours.timeZone;
  }

  /** The first trading day that ends after `time`: the current one, else the next; undefined when none comes within a month. */
  dayEndingAfter(time: Micros): TradingDay | undefined {
    const last = this.#found;
    // The first one after an earlier time is the first one after this time, too, unless it is over.
    if (last !== undefined && last.after <= time && time < last.day.close) return last.day;
    const day = this.#firstEndingAfter(time);
    if (day !== undefined) this.#found = { after: time, day };
    return day;
  }

  #firstEndingAfter(time: Micros): TradingDay | undefined {
    const today = zoned(time, this.#timeZone).toPlainDate();
    for (let days = -1; days < FAR_ENOUGH_DAYS; days++) {
      const day = this.#dayOf(today.add({ days }));
      if (day !== undefined && time < day.close) return day;
    }
    return undefined;
  }

  /** The last trading day that had begun by `time`, whether or not it is over; undefined when none had within a month. */
  dayBegunBy(time: Micros): TradingDay | undefined {
    const ending = this.dayEndingAfter(time);
    if (ending !== undefined && ending.open <= time) return ending;
    const today = zoned(time, this.#timeZone).toPlainDate();
    // An evening's session bears the date of the next day.
    for (let days = 1; days > -FAR_ENOUGH_DAYS; days--) {
      const day = this.#dayOf(today.add({ days }));
      if (day !== undefined && day.open <= time) return day;
    }
    return undefined;
  }

  #dayOf(date: Temporal.PlainDate): TradingDay | undefined {
    const name = date.toString();
    if (!this.#days.has(name)) this.#days.set(name, this.#made(date));
    return this.#days.get(name);
  }

  #made(date: Temporal.PlainDate): TradingDay | undefined {
    return typeof this.#hours === "string" ? this.#exchangeDay(date, this.#hours) : this.#customDay(date, this.#hours);
  }

  #exchangeDay(date: Temporal.PlainDate, hours: "rth" | "globex" | "continuous"): TradingDay | undefined {
    if (date.dayOfWeek > 5) return undefined;
    const special = this.#calendar.days[date.toString()];
    if (special?.day === "closed") return undefined;
    const zone = this.#timeZone;
    const open = hours === "rth" ? micros(date, "09:30", zone) : micros(date.subtract({ days: 1 }), "18:00", zone);
    const normal = micros(date, hours === "rth" ? "16:00" : "17:00", zone);
    const early = special?.day === "early" ? micros(date, special.closeCT, "America/Chicago") : normal;
    const close = Math.min(normal, early) as Micros;
    return open < close ? { date: date.toString(), open, close } : undefined;
  }

  #customDay(date: Temporal.PlainDate, hours: CustomHours): TradingDay | undefined {
    if (!hours.days.includes(date.dayOfWeek)) return undefined;
    const closes = hours.close > hours.open ? date : date.add({ days: 1 });
    const open = micros(date, hours.open, hours.timeZone);
    return { date: date.toString(), open, close: micros(closes, hours.close, hours.timeZone) };
  }
}

function micros(date: Temporal.PlainDate, time: string, timeZone: string): Micros {
  const moment = date.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) });
  return (moment.epochMilliseconds * 1000) as Micros;
}

function zoned(time: Micros, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(time / 1000)).toZonedDateTimeISO(timeZone);
}
