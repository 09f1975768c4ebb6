import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { loadCalendar } from "../../src/app/calendar.js";
import { NO_HOLIDAYS, phaseAt, TradingHours } from "../../src/core/session.js";
import type { Hours } from "../../src/core/settings.js";
import type { Micros } from "../../src/core/units.js";

const at = (text: string) => (Temporal.Instant.from(text).epochMilliseconds * 1000) as Micros;
const iso = (time: number) => Temporal.Instant.fromEpochMilliseconds(time / 1000).toString();
const dayAfter = (hours: Hours, time: string, calendar = loadCalendar()) => {
  const day = new TradingHours(hours, calendar).dayEndingAfter(at(time));
  return day === undefined ? "none" : `${day.date} ${iso(day.open)} ${iso(day.close)}`;
};

describe("TradingHours, the trading day that ends next", () => {
  it.each<[string, Hours, string, string]>([
    ["summer time", "rth", "2025-06-09T00:00:00Z", "2025-06-09 2025-06-09T13:30:00Z 2025-06-09T20:00:00Z"],
    ["winter time", "rth", "2025-12-09T00:00:00Z", "2025-12-09 2025-12-09T14:30:00Z 2025-12-09T21:00:00Z"],
    [
      "the Monday after the clocks go forward",
      "rth",
      "2025-03-08T00:00:00Z",
      "2025-03-10 2025-03-10T13:30:00Z 2025-03-10T20:00:00Z",
    ],
    [
      "at its close the next one",
      "rth",
      "2025-06-06T20:00:00Z",
      "2025-06-09 2025-06-09T13:30:00Z 2025-06-09T20:00:00Z",
    ],
    [
      "a microsecond before its close still it",
      "rth",
      "2025-06-06T19:59:59.999Z",
      "2025-06-06 2025-06-06T13:30:00Z 2025-06-06T20:00:00Z",
    ],
    ["an early close", "rth", "2024-11-29T15:00:00Z", "2024-11-29 2024-11-29T14:30:00Z 2024-11-29T18:15:00Z"],
    ["a holiday has none", "rth", "2023-12-25T15:00:00Z", "2023-12-26 2023-12-26T14:30:00Z 2023-12-26T21:00:00Z"],
    [
      "Good Friday with a jobs report closes before the open: none",
      "rth",
      "2023-04-07T11:00:00Z",
      "2023-04-10 2023-04-10T13:30:00Z 2023-04-10T20:00:00Z",
    ],
    [
      "globex is named by the date on which it ends",
      "globex",
      "2025-06-08T22:00:00Z",
      "2025-06-09 2025-06-08T22:00:00Z 2025-06-09T21:00:00Z",
    ],
    [
      "a day of mourning closes at the regular open: none",
      "rth",
      "2025-01-09T11:00:00Z",
      "2025-01-10 2025-01-10T14:30:00Z 2025-01-10T21:00:00Z",
    ],
    [
      "globex on a day of mourning ends in the morning",
      "globex",
      "2025-01-09T00:00:00Z",
      "2025-01-09 2025-01-08T23:00:00Z 2025-01-09T14:30:00Z",
    ],
    [
      "globex over the spring change of clocks is an hour shorter by UTC",
      "globex",
      "2025-03-09T22:00:00Z",
      "2025-03-10 2025-03-09T22:00:00Z 2025-03-10T21:00:00Z",
    ],
    [
      "an early close on the last day of the table's horizon",
      "rth",
      "2027-06-18T12:00:00Z",
      "2027-06-18 2027-06-18T13:30:00Z 2027-06-18T17:00:00Z",
    ],
    [
      "globex on a holiday evening",
      "globex",
      "2023-12-25T23:00:00Z",
      "2023-12-26 2023-12-25T23:00:00Z 2023-12-26T22:00:00Z",
    ],
    [
      "globex over the change of clocks is an hour longer",
      "globex",
      "2025-11-02T23:00:00Z",
      "2025-11-03 2025-11-02T23:00:00Z 2025-11-03T22:00:00Z",
    ],
    [
      "continuous has a Saturday",
      "continuous",
      "2025-06-21T12:00:00Z",
      "2025-06-21 2025-06-21T00:00:00Z 2025-06-22T00:00:00Z",
    ],
  ])("%s", (_, hours, time, expected) => {
    expect(dayAfter(hours, time)).toBe(expected);
  });

  it("names hours that cross midnight by the date on which they open", () => {
    const night = { timeZone: "America/New_York", open: "20:00", close: "02:00", days: [5] };
    expect(dayAfter(night, "2025-06-07T01:00:00Z")).toBe("2025-06-06 2025-06-07T00:00:00Z 2025-06-07T06:00:00Z");
  });

  it("has no day where no weekday opens", () => {
    expect(dayAfter({ timeZone: "UTC", open: "09:00", close: "10:00", days: [] }, "2025-06-07T01:00:00Z")).toBe("none");
  });

  it("never overlaps, and each day ends after the time that was asked", () => {
    const hours = fc.constantFrom<Hours>("rth", "globex", "continuous");
    fc.assert(
      fc.property(
        hours,
        fc.integer({ min: at("2014-12-24T00:00:00Z") / 1e6, max: at("2027-06-01T00:00:00Z") / 1e6 }),
        (which, seconds) => {
          const trading = new TradingHours(which, loadCalendar());
          const day = trading.dayEndingAfter((seconds * 1e6) as Micros);
          const next = day && trading.dayEndingAfter(day.close);
          expect(day && day.close > seconds * 1e6 && day.open < day.close).toBe(true);
          expect(day && next && next.open >= day.close).toBe(true);
          expect(day && trading.dayBegunBy(day.open)).toEqual(day);
          expect(day && next && trading.dayBegunBy((next.open - 1) as Micros)).toEqual(day);
        },
      ),
    );
  });

  it("answers the same whatever it was asked before", () => {
    const hours = fc.constantFrom<Hours>("rth", "globex", "continuous", {
      timeZone: "America/New_York",
      open: "20:00",
      close: "02:00",
      days: [1, 3, 5],
    });
    // Around the change of clocks, a holiday and weekends, close enough that most questions mean a day that was just asked for.
    const seconds = fc.integer({ min: at("2025-02-27T00:00:00Z") / 1e6, max: at("2025-03-14T00:00:00Z") / 1e6 });
    fc.assert(
      fc.property(hours, fc.array(seconds, { minLength: 2, maxLength: 40 }), (which, asked) => {
        const trading = new TradingHours(which, loadCalendar());
        for (const time of asked.map((each) => (each * 1e6) as Micros)) {
          const afresh = new TradingHours(which, loadCalendar());
          expect(trading.dayEndingAfter(time)).toEqual(afresh.dayEndingAfter(time));
          expect(trading.dayBegunBy(time)).toEqual(afresh.dayBegunBy(time));
        }
      }),
    );
  });
});

describe("phaseAt", () => {
  const day = new TradingHours("rth", NO_HOLIDAYS).dayEndingAfter(at("2025-06-09T00:00:00Z"));
  it.each([
    ["2025-06-09T13:30:00Z", "open"],
    ["2025-06-09T14:29:59Z", "open"],
    ["2025-06-09T14:30:00Z", "mid"],
    ["2025-06-09T17:59:59Z", "mid"],
    ["2025-06-09T18:00:00Z", "close"],
  ])("%s is %s", (time, phase) => {
    expect(day && phaseAt(at(time), day)).toBe(phase);
  });

  it("calls the first hour of a short day open even where the last two hours have begun", () => {
    const short = { date: "2025-06-09", open: at("2025-06-09T13:30:00Z"), close: at("2025-06-09T15:00:00Z") };
    expect(phaseAt(at("2025-06-09T13:31:00Z"), short)).toBe("open");
  });
});
