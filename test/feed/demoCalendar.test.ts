import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Micros } from "../../src/core/units.js";
import { demoDayAt, demoSession } from "../../src/feed/demoCalendar.js";

const hours = (day: number) => {
  const { open, close } = demoSession(day);
  return `${new Date(open / 1000).toISOString().slice(0, 16)} ${new Date(close / 1000).toISOString().slice(11, 16)}`;
};

describe("demoSession", () => {
  it.each([
    { name: "begins on Monday 2025-01-06 at 09:30 in New York", day: 0, text: "2025-01-06T14:30 21:00" },
    { name: "skips the weekend after Friday", day: 5, text: "2025-01-13T14:30 21:00" },
    { name: "is on winter time on the Friday before the clocks change", day: 44, text: "2025-03-07T14:30 21:00" },
    { name: "is an hour earlier in UTC on the Monday after it", day: 45, text: "2025-03-10T13:30 20:00" },
    { name: "returns to winter time in November", day: 215, text: "2025-11-03T14:30 21:00" },
    { name: "knows no holidays", day: 4 * 5 + 1, text: "2025-02-04T14:30 21:00" },
  ])("$name", ({ day, text }) => expect(hours(day)).toBe(text));
});

describe("demoDayAt", () => {
  it("finds the day of any time inside a session, and the next one from its close on", () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.nat(390 * 60 - 1), (day, second) => {
        const { open, close } = demoSession(day);
        expect(demoDayAt((open + second * 1e6) as Micros)).toBe(day);
        expect(demoDayAt(close)).toBe(day + 1);
        expect(demoDayAt((open - 3600e6) as Micros)).toBe(day);
      }),
    );
  });

  it("answers Monday on a weekend and the first day before the demo's beginning", () => {
    expect(demoDayAt((Date.UTC(2025, 0, 11, 17) * 1000) as Micros)).toBe(5);
    expect(demoDayAt((Date.UTC(2025, 0, 12, 17) * 1000) as Micros)).toBe(5);
    expect(demoDayAt((Date.UTC(2020, 0, 1) * 1000) as Micros)).toBe(0);
  });
});
