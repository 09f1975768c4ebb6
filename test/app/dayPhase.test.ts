import { describe, expect, it } from "vitest";
import { loadCalendar } from "../../src/app/calendar.js";
import { dayPhase, phaseKey } from "../../src/app/dayPhase.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { at } from "../support/outputs.js";

describe("The phase of the day", () => {
  it.each([
    // New York is at UTC-4 in June and at UTC-5 in January.
    ["2025-06-09T05:29:59Z", "closed", "2025-06-09"],
    ["2025-06-09T05:30:00Z", "pre-market", "2025-06-09"],
    ["2025-06-09T13:29:59Z", "pre-market", "2025-06-09"],
    ["2025-06-09T13:30:00Z", "session", "2025-06-09"],
    ["2025-06-09T19:59:59Z", "session", "2025-06-09"],
    ["2025-06-09T20:00:00Z", "end of day", "2025-06-10"],
    ["2025-06-09T23:59:59Z", "end of day", "2025-06-10"],
    ["2025-06-10T00:00:00Z", "closed", "2025-06-10"],
    ["2025-06-14T15:00:00Z", "closed", "2025-06-16"],
    ["2025-01-13T14:30:00Z", "session", "2025-01-13"],
    ["2025-01-13T14:29:59Z", "pre-market", "2025-01-13"],
  ])("at %s in regular hours is %s", (time, phase, day) => {
    const moment = dayPhase(at(time), "rth", NO_HOLIDAYS);
    expect(moment).toMatchObject({ phase, day: { date: day } });
  });

  it.each([
    ["2025-06-09T05:30:00Z", "preMarket"],
    ["2025-06-09T13:30:00Z", "session"],
    ["2025-06-09T20:00:00Z", "endOfDay"],
    ["2025-06-10T00:00:00Z", "closed"],
    ["2025-06-14T03:59:59Z", "closed"],
    ["2025-06-14T04:00:00Z", "weekend"],
    ["2025-06-16T03:59:59Z", "weekend"],
    ["2025-06-16T04:00:00Z", "closed"],
  ])("at %s is %s in a when clause", (time, key) => {
    expect(phaseKey(dayPhase(at(time), "rth", NO_HOLIDAYS), at(time))).toBe(key);
  });

  it("knows holidays and early closes", () => {
    const calendar = loadCalendar();
    expect(dayPhase(at("2025-12-25T16:00:00Z"), "rth", calendar).phase).toBe("closed");
    // The day after Thanksgiving ends at 13:15 New York.
    expect(dayPhase(at("2025-11-28T18:30:00Z"), "rth", calendar).phase).toBe("end of day");
    expect(dayPhase(at("2025-11-28T18:00:00Z"), "rth", calendar).phase).toBe("session");
  });

  it("goes from one day into the next where the market never closes", () => {
    expect(dayPhase(at("2025-06-14T23:59:59Z"), "continuous", NO_HOLIDAYS).phase).toBe("session");
    expect(dayPhase(at("2025-06-15T00:00:00Z"), "continuous", NO_HOLIDAYS)).toMatchObject({ phase: "session" });
  });
});
