import { describe, expect, it } from "vitest";
import { monthsOf, weeksOf } from "../../webview/calendar.js";

const day = (date: string) => ({ date, trades: 1, wins: 1, netPnl: 5, r: 1 });

describe("The calendar", () => {
  it("has every month from the first trade to the last, also those without one", () => {
    expect(monthsOf([day("2024-11-29"), day("2025-02-03")])).toEqual(["2024-11", "2024-12", "2025-01", "2025-02"]);
    expect(monthsOf([])).toEqual([]);
  });

  it("has the weekdays of a month in weeks from Monday on, a leap day too", () => {
    const weeks = weeksOf("2024-02", [day("2024-02-29")]);
    expect(weeks.map((week) => week.map(({ date }) => date?.slice(8) ?? ""))).toEqual([
      ["", "", "", "01", "02"],
      ["05", "06", "07", "08", "09"],
      ["12", "13", "14", "15", "16"],
      ["19", "20", "21", "22", "23"],
      ["26", "27", "28", "29", ""],
    ]);
    expect(weeks.flat().filter(({ day: own }) => own !== undefined)).toHaveLength(1);
  });

  it("has the weekend where something was closed on it, and begins at the first weekday without", () => {
    expect(weeksOf("2025-06", [day("2025-06-08")])[0]).toHaveLength(7);
    // The first of June 2025 is a Sunday.
    expect(weeksOf("2025-06", [])[0]?.map(({ date }) => date?.slice(8))).toEqual(["02", "03", "04", "05", "06"]);
  });
});
