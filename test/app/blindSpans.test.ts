import { describe, expect, it } from "vitest";
import { blindSpans } from "../../src/app/blindSpans.js";
import { loadCalendar } from "../../src/app/calendar.js";
import { NO_HOLIDAYS, TradingHours } from "../../src/core/session.js";
import { at, equity, gap } from "../support/outputs.js";

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

  it("are the parts of days that the feed lost for good, each once, without what lies outside of trading hours", () => {
    const lost = (from: string, to: string) => gap({ id: `${from} ${to}`, from: at(from), to: at(to) });
    const trading = new TradingHours("rth", NO_HOLIDAYS);
    const outputs = [
      lost("2025-07-07T15:00:00Z", "2025-07-07T15:02:30Z"),
      lost("2025-07-07T15:01:00Z", "2025-07-07T15:03:00Z"),
      // From the evening before to the morning of the day.
      lost("2025-07-07T22:00:00Z", "2025-07-08T13:40:00Z"),
      lost("2025-07-08T21:00:00Z", "2025-07-08T23:00:00Z"),
    ];
    expect(blindSpans(outputs, trading)).toEqual([
      { from: Date.parse("2025-07-07T15:00:00Z") / 1000, to: Date.parse("2025-07-07T15:03:00Z") / 1000, days: 0 },
      { from: Date.parse("2025-07-08T13:30:00Z") / 1000, to: Date.parse("2025-07-08T13:40:00Z") / 1000, days: 0 },
    ]);
  });

  it("are none where every day was seen, one or none, and not counted twice for two accounts", () => {
    const two = [end("2025-07-07"), { ...end("2025-07-07"), account: "paper" as const }, end("2025-07-08")];
    for (const outputs of [[], [end("2025-07-07")], two])
      expect(blindSpans(outputs, new TradingHours("rth", NO_HOLIDAYS))).toEqual([]);
  });
});
