import { type Calendar, type TradingDay, TradingHours } from "../core/session.js";
import type { Hours } from "../core/settings.js";
import { MICROS_PER_DAY, type Micros } from "../core/units.js";
import { newYorkTime } from "./times.js";

/** Where in the trader's day a moment lies. */
export type DayPhase = "pre-market" | "session" | "end of day" | "closed";

/** The phases as `when` clauses name them; a night or a holiday within the week is `closed`. */
export const PHASE_KEYS = ["preMarket", "session", "endOfDay", "weekend", "closed"] as const;

export type PhaseKey = (typeof PHASE_KEYS)[number];

/** The phase, and the trading day that it leads to or is in; undefined where the hours know none. */
export interface Moment {
  readonly phase: DayPhase;
  readonly day: TradingDay | undefined;
}

/** How long before the open the day begins, and how long after the close it is still the end of it. */
const MORNING = MICROS_PER_DAY / 3;
const EVENING = MICROS_PER_DAY / 6;

/**
 * Names the phase of the day: eight hours before an open it is pre-market, four hours after a close the end of the day, and
 * otherwise the market is closed.
 */
export function dayPhase(time: Micros, hours: Hours, calendar: Calendar): Moment {
  const trading = new TradingHours(hours, calendar);
  const day = trading.dayEndingAfter(time);
  if (day !== undefined && day.open <= time) return { phase: "session", day };
  const earlier = trading.dayEndingAfter((time - EVENING) as Micros);
  if (earlier !== undefined && earlier.close <= time) return { phase: "end of day", day };
  return { phase: day !== undefined && day.open - time <= MORNING ? "pre-market" : "closed", day };
}

/** The phase at a time in the words of `when` clauses. A Saturday or Sunday in New York without a session is the weekend. */
export function phaseKey({ phase }: Moment, time: Micros): PhaseKey {
  switch (phase) {
    case "pre-market":
      return "preMarket";
    case "end of day":
      return "endOfDay";
    case "session":
      return "session";
    case "closed": {
      const weekday = new Date(`${newYorkTime(time).slice(0, 10)}T00:00:00Z`).getUTCDay();
      return weekday === 0 || weekday === 6 ? "weekend" : "closed";
    }
    default:
      return phase satisfies never;
  }
}
