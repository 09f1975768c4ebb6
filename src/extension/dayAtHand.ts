import { loadCalendar } from "../app/calendar.js";
import { dayPhase, type Moment, type PhaseKey, phaseKey } from "../app/dayPhase.js";
import { demoSettings } from "../app/demoSettings.js";
import { endedWeek, isIn, type Week } from "../app/review/week.js";
import { parseSettings, type Settings } from "../app/settings.js";
import { newYorkTime } from "../app/times.js";
import { specFor } from "../core/instruments.js";
import { type Calendar, NO_HOLIDAYS } from "../core/session.js";
import type { Hours } from "../core/settings.js";
import type { Micros } from "../core/units.js";
import type { Workbench } from "./workbench.js";

/** Where in the trader's day the run at hand is, or before one the clock. */
export interface DayAtHand {
  readonly settings: Settings;
  readonly hours: Hours;
  readonly calendar: Calendar;
  /** The market's own time: simulated in a demo, recorded in a replay. */
  readonly time: Micros;
  readonly moment: Moment;
  /** The phase in the words of `when` clauses. */
  readonly phase: PhaseKey;
  /** The newest live week whose trading is over, where there is something of it; by the clock of this machine. */
  readonly weekToReview: Week | undefined;
}

/** @throws SettingsError */
export function dayAtHand(workbench: Pick<Workbench, "standing" | "host" | "outputs">): DayAtHand {
  const standing = workbench.standing();
  const demo = standing.market === "demo";
  const chosen = parseSettings(workbench.host().settings);
  const settings = demo ? demoSettings(chosen) : chosen;
  const simulated = standing.market === undefined || standing.market === "live" ? undefined : standing.view?.time;
  const time = simulated ?? ((Date.now() * 1000) as Micros);
  const calendar = demo ? NO_HOLIDAYS : loadCalendar();
  const { instrument, session } = settings.contract;
  const hours = session ?? specFor(instrument, settings.instruments)?.session ?? "rth";
  const moment = dayPhase(time, hours, calendar);
  return {
    settings,
    hours,
    calendar,
    time,
    moment,
    phase: phaseKey(moment, time),
    weekToReview: weekToReview(workbench),
  };
}

// A simulated week is over every few minutes, and a replayed one is as old as its file.
function weekToReview(workbench: Pick<Workbench, "standing" | "outputs">): Week | undefined {
  if (workbench.standing().market !== "live") return undefined;
  const week = endedWeek(newYorkTime((Date.now() * 1000) as Micros).slice(0, 10));
  const last = workbench
    .outputs()
    .findLast(
      (output) => (output.type === "recommendation" || output.type === "exit") && output.tradingDay <= week.sunday,
    );
  return last !== undefined && "tradingDay" in last && isIn(week, last.tradingDay ?? "") ? week : undefined;
}
