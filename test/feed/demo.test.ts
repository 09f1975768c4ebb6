import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../src/core/events.js";
import type { Micros } from "../../src/core/units.js";
import { type DemoOptions, demoFeed } from "../../src/feed/demo.js";
import { demoSession } from "../../src/feed/demoCalendar.js";
import { demoDay } from "../../src/feed/demoMarket.js";
import { DemoPace } from "../../src/feed/demoPace.js";
import { VirtualClock } from "../support/demoClock.js";

const never = new AbortController().signal;

/** What the feed said, each trade and each clock event as a line, batches taken apart. */
async function linesOf(options: DemoOptions): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const events of demoFeed(options).events(never)) for (const event of events) lines.push(...linesIn(event));
  return lines;
}

function linesIn(event: EngineEvent): readonly string[] {
  if (event.type === "clock") return [`clock ${event.time}`];
  if (event.type !== "trades") return [JSON.stringify(event)];
  return Array.from({ length: event.count }, (_, i) =>
    [event.time[i], event.price[i], event.size[i], event.side[i], event.instrument[i]].join(" "),
  );
}

const tradesOf = (lines: readonly string[]) => lines.filter((line) => /^\d/.test(line));
const clocksOf = (lines: readonly string[]) => lines.filter((line) => line.startsWith("clock "));

describe("demoFeed at full speed", () => {
  it("names its contract first and ends each session with the clock", async () => {
    const lines = await linesOf({ seed: 1, days: 2 });
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      type: "contract",
      instrument: 1,
      symbol: "MESZ5",
      time: demoSession(0).open,
    });
    expect(clocksOf(lines)).toEqual([0, 1].map((day) => `clock ${demoSession(day).close}`));
    expect(lines.at(-1)).toBe(`clock ${demoSession(1).close}`);
  });

  it("plays the days that it was told, with the symbol that it was told, dated to the first day of all", async () => {
    const lines = await linesOf({ seed: 9, firstDay: 7, days: 1, instrument: "ES" });
    expect(lines[0]).toContain(`"symbol":"ESZ5","time":${demoSession(0).open}`);
    const { trades } = demoDay(9, 7);
    expect(tradesOf(lines)).toEqual(linesIn(trades));
  });

  it("goes on where another run of the same seed has ended", async () => {
    const whole = await linesOf({ seed: 3, days: 3 });
    const parts = [await linesOf({ seed: 3, days: 1 }), await linesOf({ seed: 3, firstDay: 1, days: 2 })];
    expect(tradesOf(parts.flat())).toEqual(tradesOf(whole));
  });

  it("ends soon after it is stopped", async () => {
    const stop = new AbortController();
    let turns = 0;
    for await (const _ of demoFeed({ seed: 1 }).events(stop.signal)) if (++turns === 12) stop.abort();
    expect(turns).toBe(12);
  });
});

describe("demoFeed under a pace", () => {
  it("says the same trades at any speed and from any simulated time on", async () => {
    const expected = tradesOf(await linesOf({ seed: 4, days: 1 }));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 20, max: 100_000 }),
        fc.integer({ min: -100, max: 400 }),
        async (speed, minute) => {
          const pace = new DemoPace({ speed, clock: new VirtualClock() });
          const fastUntil = (demoSession(0).open + minute * 60e6 + 17) as Micros;
          expect(tradesOf(await linesOf({ seed: 4, days: 1, pace, fastUntil }))).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("never runs ahead of the clock that it gave, and is never silent for more than a second at real time", async () => {
    const clock = new VirtualClock();
    const { open } = demoSession(0);
    const stop = new AbortController();
    let last: number = open;
    for await (const events of demoFeed({ seed: 2, pace: new DemoPace({ speed: 1, clock }) }).events(stop.signal)) {
      for (const event of events) {
        if (event.type !== "trades" && event.type !== "clock") continue;
        const first = event.type === "clock" ? event.time : (event.time[0] ?? 0);
        const end = event.type === "clock" ? event.time : (event.time[event.count - 1] ?? 0);
        expect(last <= first).toBe(true);
        expect(first - last).toBeLessThan(1.06e6);
        expect(end - open).toBeLessThanOrEqual(clock.milliseconds * 1000);
        last = end;
      }
      if (last - open > 200e6) stop.abort();
    }
  });

  it("ends a turn at each minute's end, where a signal may be born, however fast it runs", async () => {
    const pace = new DemoPace({ speed: 50_000, clock: new VirtualClock() });
    const { open } = demoSession(0);
    let minutes = 0;
    for await (const events of demoFeed({ seed: 2, days: 1, pace }).events(never)) {
      const last = events.at(-1);
      if (last?.type !== "clock" || (last.time - open) % 60e6 !== 0) continue;
      minutes++;
      expect(last.time).toBe(open + minutes * 60e6);
      const [trades] = events;
      if (trades?.type === "trades") expect(trades.time[0]).toBeGreaterThanOrEqual(last.time - 60e6);
    }
    expect(minutes).toBe(390);
  });

  it("plays the past at full speed, tells the clock, and paces what follows", async () => {
    const clock = new VirtualClock();
    const fastUntil = (demoSession(1).open + 5 * 60e6) as Micros;
    const stop = new AbortController();
    let atEnd: number | undefined;
    const pace = new DemoPace({ speed: 1, clock });
    for await (const events of demoFeed({ seed: 2, pace, fastUntil }).events(stop.signal)) {
      for (const event of events) {
        if (event.type === "clock" && event.time === fastUntil) atEnd = clock.milliseconds;
        if (event.type === "clock" && event.time >= fastUntil + 60e6) stop.abort();
      }
    }
    expect(atEnd).toBe(0);
    expect(clock.milliseconds).toBeGreaterThanOrEqual(60_000);
    expect(clock.milliseconds).toBeLessThan(60_200);
  });

  it("begins the next session as soon as one has ended", async () => {
    const clock = new VirtualClock();
    const pace = new DemoPace({ speed: 3600, clock });
    await linesOf({ seed: 2, days: 2, pace });
    expect(clock.milliseconds).toBeGreaterThanOrEqual(2 * 6500);
    expect(clock.milliseconds).toBeLessThan(2 * 6500 + 200);
  });
});
