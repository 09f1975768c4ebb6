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
    expect(loadCalendar().days).toEqual(Object.fromEntries(expected));
  });
});
