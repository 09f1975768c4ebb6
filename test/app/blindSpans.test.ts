import { describe, expect, it } from "vitest";
import { blindSpans } from "../../src/app/blindSpans.js";
import { loadCalendar } from "../../src/app/calendar.js";
import { NO_HOLIDAYS, TradingHours } from "../../src/core/session.js";
import { at, equity } from "../support/outputs.js";

const end = (date: string) => equity({ id: `end ${date}`, tradingDay: date, time: at(`${date}T20:00:00Z`) });
const seconds = (date: string) => Date.parse(`${date}T20:00:00Z`) / 1000;

describe("The days of which nothing was seen", () => {
  it("are those between two that were, without weekends and holidays", () => {
    const seen = ["2025-04-16", "2025-04-17", "2025-04-21", "2025-04-24"].map(end);
    // The eighteenth is Good Friday.
    expect(blindSpans(seen, new TradingHours("rth", loadCalendar()))).toEqual([
      { from: seconds("2025-04-21"), to: seconds("2025-04-24"), days: 2 },
    ]);
    expect(blindSpans(seen, new TradingHours("rth", NO_HOLIDAYS)).map(({ days }) => days)).toEqual([1, 2]);
  });

  it("are none where every day was seen, one or none, and not counted twice for two accounts", () => {
    const two = [end("2025-07-07"), { ...end("2025-07-07"), account: "paper" as const }, end("2025-07-08")];
    for (const outputs of [[], [end("2025-07-07")], two])
      expect(blindSpans(outputs, new TradingHours("rth", NO_HOLIDAYS))).toEqual([]);
  });
});
