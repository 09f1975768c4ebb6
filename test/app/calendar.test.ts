import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkCalendar, loadCalendar } from "../../src/app/calendar.js";
import { dataFile, MARKET_DATA, NEEDS_DATA } from "../support/marketData.js";

describe("The calendar", () => {
  it("knows closed days and early closes, in Chicago's time", () => {
    const { days, horizon } = loadCalendar();
    expect(days["2024-12-25"]).toEqual({ day: "closed" });
    expect(days["2024-11-29"]).toEqual({ day: "early", closeCT: "12:15" });
    expect(days["2023-07-03"]).toEqual({ day: "early", closeCT: "12:15" });
    expect(days["2024-06-05"]).toBeUndefined();
    expect(horizon >= "2027-01-01").toBe(true);
  });

  it("names every holiday of every year up to its horizon, so that the horizon is no empty promise", () => {
    const { days, horizon } = loadCalendar();
    for (let year = 2015; year <= 2027; year++) {
      const holidays = [
        nth(year, 1, 1, 3),
        nth(year, 2, 1, 3),
        goodFriday(year),
        nth(year, 5, 1, -1),
        nth(year, 9, 1, 1),
        nth(year, 11, 4, 4),
      ];
      const missing = holidays.filter((date) => date <= horizon && days[date] === undefined);
      expect(missing).toEqual([]);
    }
  });

  it.each([
    [{ horizon: "soon", days: {} }, "horizon"],
    [{ horizon: "2027-01-01", days: { "1-1-2026": { day: "closed" } } }, "wrong date"],
    [{ horizon: "2027-01-01", days: { "2028-01-01": { day: "closed" } } }, "wrong date"],
    [{ horizon: "2027-01-01", days: { "2026-01-01": { day: "early", closeCT: "25:00" } } }, "wrong entry"],
    [{ horizon: "2027-01-01", days: { "2026-01-01": { day: "late" } } }, "wrong entry"],
  ])("refuses %j", (table, message) => {
    expect(() => checkCalendar(table)).toThrow(message);
  });

  it.skipIf(MARKET_DATA === undefined)(`says the same as the table it was made from${NEEDS_DATA}`, () => {
    const source: { days: Record<string, { day: string; closeCT: string | null }> } = JSON.parse(
      readFileSync(dataFile("calendar-es.json"), "utf8"),
    );
    const special = Object.entries(source.days).filter(([, { day }]) => day !== "noReopen");
    const expected = special.map(([date, { day, closeCT }]) => [date, day === "early" ? { day, closeCT } : { day }]);
    const { days } = loadCalendar();
    const added = Object.keys(days).filter((date) => source.days[date] === undefined);
    expect(days).toMatchObject(Object.fromEntries(expected));
    expect(added).toEqual(["2025-01-09", "2027-01-18", "2027-02-15", "2027-03-26", "2027-05-31"]);
  });
});

/** The n-th such weekday (1 Monday) of a month, counted from its end where n is -1; YYYY-MM-DD. */
function nth(year: number, month: number, weekday: number, n: number): string {
  const days = Array.from({ length: 31 }, (_, day) => new Date(Date.UTC(year, month - 1, day + 1)));
  const found = days.filter((date) => date.getUTCMonth() === month - 1 && date.getUTCDay() === weekday);
  return (
    found
      .at(n < 0 ? n : n - 1)
      ?.toISOString()
      .slice(0, 10) ?? ""
  );
}

/** Two days before Easter, by the Gregorian reckoning (Meeus, Astronomical Algorithms, chapter 8). */
function goodFriday(year: number): string {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const day = h + l - 7 * m + 114;
  return new Date(Date.UTC(year, Math.floor(day / 31) - 1, (day % 31) + 1 - 2)).toISOString().slice(0, 10);
}
