import { t } from "@vscode/l10n";
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
  const span = t("{0} to {1} New York", clock(day.open), clock(day.close));
  const title = t("Session");
  if (hours === "rth") return { level: "ok", title, text: t("Regular hours, {0}", span) };
  if (typeof hours === "object") return { level: "ok", title, text: t("Hours of your own, {0}", span) };
  return {
    level: "warn",
    title,
    text: t(
      'The session "{0}" goes from {1}: cutoff, flat time and phases are counted from there, and beside its quiet hours the regular open looks like a cluster (regular volume was 3.1 times the mean of 24 hours on a measured day)',
      hours,
      span,
    ),
  };
}

/** From the first signal that can be judged and sized to the last whose entry can still be filled. */
function windowItem({ detector, paper }: Settings, day: TradingDay): HealthItem {
  const title = t("Hours of signals");
  const misfit = barMisfit(detector, day);
  if (misfit !== undefined) return { level: "stop", title, text: misfit };
  const bars = baselineBars(detector) + (detector.trigger === "bar_close" ? 1 : 0);
  const endOf = (bar: number) => (day.open + bar * detector.barSeconds * MICROS_PER_SECOND) as Micros;
  const first = endOf(bars);
  const cutoff = (day.close - detector.entryCutoffMinutes * MICROS_PER_MINUTE) as Micros;
  const flat = (day.close - paper.eodFlatMinutes * MICROS_PER_MINUTE) as Micros;
  const lastFill = flat - paper.entryLatencySeconds * MICROS_PER_SECOND;
  if (first >= cutoff) {
    const text = t(
      "The first bar that can be judged ends at {0}, the entry cutoff is at {1} New York: no signal can come; fewer detector.baselineBars, shorter bars or a later cutoff help",
      clock(first),
      clock(cutoff),
    );
    return { level: "stop", title, text };
  }
  if (first >= lastFill) {
    const text = t(
      "Positions are closed from {0} New York on, before the first signal at {1} could be filled: lower paper.eodFlatMinutes",
      clock(flat),
      clock(first),
    );
    return { level: "stop", title, text };
  }
  const sized = needsHistory(detector) ? first : (Math.max(first, endOf(VOLATILITY_BARS)) as Micros);
  const late = sized >= cutoff;
  const from =
    late || sized === first ? clock(first) : t("{0} (in later sessions of a run from {1})", clock(sized), clock(first));
  const hours = t(
    "Signals come from {0} until {1} New York, positions are closed from {2} on",
    from,
    clock(cutoff),
    clock(flat),
  );
  const window = late
    ? t(
        "{0}, but not in the first session of a run: its volatility needs {1} bars, which end after the cutoff; a smaller detector.barSeconds helps",
        hours,
        VOLATILITY_BARS,
      )
    : hours;
  if (cutoff <= lastFill) return warnIf(late, title, window);
  const idle = Math.ceil((cutoff - lastFill) / MICROS_PER_SECOND);
  const text = late
    ? t(
        "{0}; what comes in the last {1} cannot be filled; detector.entryCutoffMinutes has to be above paper.eodFlatMinutes",
        window,
        duration(idle),
      )
    : t(
        "{0}: what comes in the last {1} cannot be filled; detector.entryCutoffMinutes has to be above paper.eodFlatMinutes",
        window,
        duration(idle),
      );
  return { level: "warn", title, text };
}

/** Why no session can ever give a signal with such bars. */
function barMisfit(detector: Settings["detector"], day: TradingDay): string | undefined {
  const { barSeconds } = detector;
  const seconds = (day.close - day.open) / MICROS_PER_SECOND;
  const whole = Math.floor(seconds / barSeconds);
  const holds = t("a session holds {0} of {1} s", whole, barSeconds);
  if (whole < VOLATILITY_BARS) {
    const most = Math.floor(seconds / VOLATILITY_BARS);
    return t(
      "The volatility that a stop is made of needs {0} bars of a session, and {1}: every signal is refused; it takes a detector.barSeconds of at most {2}",
      VOLATILITY_BARS,
      holds,
      most,
    );
  }
  const needed = baselineBars(detector) + 1;
  if (needed <= whole) return undefined;
  return t(
    "The first bar that can be judged is the last of {0} bars, and {1}: no signal can come; fewer detector.baselineBars or shorter bars help",
    needed,
    holds,
  );
}

/** Bars of the same session that a bar is compared with. */
function baselineBars(detector: Settings["detector"]): number {
  return detector.baseline === "time_of_day" ? 0 : detector.baselineBars;
}

/** Whether no signal comes before some sessions have passed: then there is a volatility of an earlier one. */
function needsHistory({ baseline }: Settings["detector"]): boolean {
  return baseline === "time_of_day" || baseline === "rolling_and_tod";
}

export function calendarItem(calendar: Calendar, time: Micros): HealthItem {
  const today = Temporal.PlainDate.from(newYorkTime(time).slice(0, 10));
  const days = today.until(calendar.horizon, { largestUnit: "days" }).days;
  const title = t("Calendar");
  if (days < 0) {
    const { horizon } = calendar;
    const text =
      days === -1
        ? t(
            "The table of holidays and early closes ended on {0}, 1 day ago: every weekday counts as a normal one; a newer version knows more",
            horizon,
          )
        : t(
            "The table of holidays and early closes ended on {0}, {1} days ago: every weekday counts as a normal one; a newer version knows more",
            horizon,
            -days,
          );
    return { level: "warn", title, text };
  }
  const known =
    days === 1
      ? t("Holidays and early closes are known until {0}, 1 more day", calendar.horizon)
      : t("Holidays and early closes are known until {0}, {1} more days", calendar.horizon, days);
  const short = days < SHORT_DAYS;
  return warnIf(short, title, short ? t("{0}; after it a short day counts as a normal one", known) : known);
}

function clock(time: Micros): string {
  return newYorkTime(time).slice(11, 16);
}

function duration(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return [minutes > 0 ? t("{0} min", minutes) : "", rest > 0 ? t("{0} s", rest) : ""]
    .filter((part) => part !== "")
    .join(" ");
}
