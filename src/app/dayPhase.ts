import { type Calendar, type TradingDay, TradingHours } from "../core/session.js";
import type { Hours } from "../core/settings.js";
import { MICROS_PER_DAY, type Micros } from "../core/units.js";

/** Where in the trader's day a moment lies. */
export type DayPhase = "pre-market" | "session" | "end of day" | "closed";

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
