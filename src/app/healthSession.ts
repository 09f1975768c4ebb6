import { Temporal } from "temporal-polyfill";
import { type Calendar, NO_HOLIDAYS, type TradingDay, TradingHours } from "../core/session.js";
import type { Hours } from "../core/settings.js";
import { MIN_RETURNS } from "../core/sizing/volatility.js";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros } from "../core/units.js";
import { type HealthItem, warnIf } from "./healthItem.js";
import type { Settings } from "./settings.js";
import { newYorkTime } from "./times.js";

/** With fewer days than this the calendar is said to be short. */
const SHORT_DAYS = 60;
/** Bars of a session until it has a volatility of its own: a return takes two closes. */
const VOLATILITY_BARS = MIN_RETURNS + 1;

/** When signals can come, and how long the table of holidays still holds. */
export function sessionItems(
  settings: Settings,
  hours: Hours,
  moment: { readonly time: Micros; readonly calendar: Calendar },
): readonly HealthItem[] {
  const normal = new TradingHours(hours, NO_HOLIDAYS).dayEndingAfter(moment.time);
  return [
    ...(normal === undefined ? [] : [hoursItem(hours, normal), windowItem(settings, normal)]),
    ...(hours === "rth" || hours === "globex" ? [calendarItem(moment.calendar, moment.time)] : []),
  ];
}

function hoursItem(hours: Hours, day: TradingDay): HealthItem {
  const span = `${clock(day.open)} to ${clock(day.close)} New York`;
  const title = "Session";
  if (hours === "rth") return { level: "ok", title, text: `Regular hours, ${span}` };
  if (typeof hours === "object") return { level: "ok", title, text: `Hours of your own, ${span}` };
  return {
    level: "warn",
    title,
    text: `The session "${hours}" goes from ${span}: cutoff, flat time and phases are counted from there, and beside its quiet hours the regular open looks like a cluster (regular volume was 3.1 times the mean of 24 hours on a measured day)`,
  };
}

/** From the first signal that can be judged and sized to the last whose entry can still be filled. */
function windowItem({ detector, paper }: Settings, day: TradingDay): HealthItem {
  const title = "Hours of signals";
  const misfit = barMisfit(detector, day);
  if (misfit !== undefined) return { level: "stop", title, text: misfit };
  const bars = baselineBars(detector) + (detector.trigger === "bar_close" ? 1 : 0);
  const endOf = (bar: number) => (day.open + bar * detector.barSeconds * MICROS_PER_SECOND) as Micros;
  const first = endOf(bars);
  const cutoff = (day.close - detector.entryCutoffMinutes * MICROS_PER_MINUTE) as Micros;
  const flat = (day.close - paper.eodFlatMinutes * MICROS_PER_MINUTE) as Micros;
  const lastFill = flat - paper.entryLatencySeconds * MICROS_PER_SECOND;
  if (first >= cutoff) {
    const text = `The first bar that can be judged ends at ${clock(first)}, the entry cutoff is at ${clock(cutoff)} New York: no signal can come; fewer detector.baselineBars, shorter bars or a later cutoff help`;
    return { level: "stop", title, text };
  }
  if (first >= lastFill) {
    const text = `Positions are closed from ${clock(flat)} New York on, before the first signal at ${clock(first)} could be filled: lower paper.eodFlatMinutes`;
    return { level: "stop", title, text };
  }
  const sized = needsHistory(detector) ? first : (Math.max(first, endOf(VOLATILITY_BARS)) as Micros);
  const late = sized >= cutoff;
  const from =
    late || sized === first ? clock(first) : `${clock(sized)} (in later sessions of a run from ${clock(first)})`;
  const hours = `Signals come from ${from} until ${clock(cutoff)} New York, positions are closed from ${clock(flat)} on`;
  const window = late
    ? `${hours}, but not in the first session of a run: its volatility needs ${VOLATILITY_BARS} bars, which end after the cutoff; a smaller detector.barSeconds helps`
    : hours;
  if (cutoff <= lastFill) return warnIf(late, title, window);
  const idle = Math.ceil((cutoff - lastFill) / MICROS_PER_SECOND);
  return {
    level: "warn",
    title,
    text: `${window}${late ? "; " : ": "}what comes in the last ${duration(idle)} cannot be filled; detector.entryCutoffMinutes has to be above paper.eodFlatMinutes`,
  };
}

/** Why no session can ever give a signal with such bars. */
function barMisfit(detector: Settings["detector"], day: TradingDay): string | undefined {
  const { barSeconds } = detector;
  const seconds = (day.close - day.open) / MICROS_PER_SECOND;
  const whole = Math.floor(seconds / barSeconds);
  const holds = `a session holds ${whole} of ${barSeconds} s`;
  if (whole < VOLATILITY_BARS) {
    const most = Math.floor(seconds / VOLATILITY_BARS);
    return `The volatility that a stop is made of needs ${VOLATILITY_BARS} bars of a session, and ${holds}: every signal is refused; it takes a detector.barSeconds of at most ${most}`;
  }
  const needed = baselineBars(detector) + 1;
  if (needed <= whole) return undefined;
  return `The first bar that can be judged is the last of ${needed} bars, and ${holds}: no signal can come; fewer detector.baselineBars or shorter bars help`;
}

/** Bars of the same session that a bar is compared with. */
function baselineBars(detector: Settings["detector"]): number {
  return detector.baseline === "time_of_day" ? 0 : detector.baselineBars;
}

/** Whether no signal comes before some sessions have passed: then there is a volatility of an earlier one. */
function needsHistory({ baseline }: Settings["detector"]): boolean {
  return baseline === "time_of_day" || baseline === "rolling_and_tod";
}

function calendarItem(calendar: Calendar, time: Micros): HealthItem {
  const today = Temporal.PlainDate.from(newYorkTime(time).slice(0, 10));
  const days = today.until(calendar.horizon, { largestUnit: "days" }).days;
  const title = "Calendar";
  if (days < 0) {
    const text = `The table of holidays and early closes ended on ${calendar.horizon}, ${inWords(-days, "day")} ago: every weekday counts as a normal one; a newer version knows more`;
    return { level: "warn", title, text };
  }
  const known = `Holidays and early closes are known until ${calendar.horizon}, ${inWords(days, "more day")}`;
  const short = days < SHORT_DAYS;
  return warnIf(short, title, short ? `${known}; after it a short day counts as a normal one` : known);
}

function inWords(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

function clock(time: Micros): string {
  return newYorkTime(time).slice(11, 16);
}

function duration(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return [minutes > 0 ? `${minutes} min` : "", rest > 0 ? `${rest} s` : ""].filter((part) => part !== "").join(" ");
}
