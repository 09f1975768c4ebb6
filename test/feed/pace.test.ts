import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../src/core/events.js";
import type { Micros } from "../../src/core/units.js";
import type { Clock } from "../../src/feed/clock.js";
import { Pace } from "../../src/feed/pace.js";
import { START, tradeLines } from "../support/dbnBytes.js";

/** A clock that moves only when someone sleeps, by so many times as long as he asked for. */
function clockOfSleepers(oversleeps = 1): Clock & { elapsed: number } {
  const clock = {
    elapsed: 0,
    wall: () => 0 as Micros,
    mono: () => clock.elapsed,
    after: (ms: number, run: () => void) => {
      clock.elapsed += ms * oversleeps;
      queueMicrotask(run);
      return () => undefined;
    },
  };
  return clock;
}

function batch(...seconds: readonly number[]): EngineEvent {
  return {
    type: "trades",
    count: seconds.length,
    time: Float64Array.from(seconds, (second) => START + second * 1e6),
    price: new Int32Array(seconds.length).fill(100),
    size: new Uint32Array(seconds.length).fill(1),
    side: new Int8Array(seconds.length).fill(1),
    instrument: new Uint32Array(seconds.length).fill(7),
  };
}

/** What came out, each line with the milliseconds at which it did. */
async function play(
  speed: number,
  events: readonly EngineEvent[],
  { stop = new AbortController(), clock = clockOfSleepers() } = {},
): Promise<string[]> {
  const pace = new Pace(speed, clock);
  const lines: string[] = [];
  for await (const turn of pace.play(events, stop.signal)) {
    for (const event of turn) {
      const what = event.type === "trades" ? tradeLines(event) : [`${event.type} ${(timeOf(event) - START) / 1e6}`];
      lines.push(...what.map((line) => `${Math.round(clock.elapsed)} ms: ${line}`));
    }
    if (lines.length >= 100) stop.abort();
  }
  return lines;
}

function timeOf(event: EngineEvent): number {
  return "time" in event && typeof event.time === "number" ? event.time : Number.NaN;
}

describe("A paced replay", () => {
  it("hands out trades when they are due, so many times faster", async () => {
    expect(await play(10, [batch(0, 1, 5), batch(6)])).toEqual([
      "0 ms: 0 B 100 x 1 @ 7",
      "100 ms: 1 B 100 x 1 @ 7",
      "500 ms: 5 B 100 x 1 @ 7",
      "600 ms: 6 B 100 x 1 @ 7",
    ]);
  });

  it("hands out trades together that follow each other within the shortest wait", async () => {
    expect(await play(1, [batch(0, 0.001, 0.015, 0.05)])).toEqual([
      "0 ms: 0 B 100 x 1 @ 7",
      "20 ms: 0.001 B 100 x 1 @ 7",
      "20 ms: 0.015 B 100 x 1 @ 7",
      "50 ms: 0.05 B 100 x 1 @ 7",
    ]);
  });

  it("lets the clock go on while nothing trades, never past the next trade", async () => {
    expect(await play(1, [batch(0, 2.5)])).toEqual([
      "0 ms: 0 B 100 x 1 @ 7",
      "1000 ms: clock 1",
      "2000 ms: clock 2",
      "2500 ms: 2.5 B 100 x 1 @ 7",
    ]);
  });

  it("catches up without a clock event when the machine was asleep", async () => {
    expect(await play(1, [batch(0, 2.5, 60, 90)], { clock: clockOfSleepers(60) })).toEqual([
      "0 ms: 0 B 100 x 1 @ 7",
      "60000 ms: 2.5 B 100 x 1 @ 7",
      "60000 ms: 60 B 100 x 1 @ 7",
      "120000 ms: 90 B 100 x 1 @ 7",
    ]);
  });

  it("does not wait for contracts, which bear the date of their mapping", async () => {
    const contract: EngineEvent = { type: "contract", instrument: 7, symbol: "ESH4", time: 0 as Micros };
    expect((await play(1, [contract, batch(0)])).map((line) => line.slice(0, 8))).toEqual(["0 ms: co", "0 ms: 0 "]);
  });

  it("ends in the middle of a batch when it is stopped", async () => {
    const stop = new AbortController();
    const lines = await play(1, [batch(...Array.from({ length: 500 }, (_, index) => index))], { stop });
    expect(lines).toHaveLength(100);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("has no speed of %s", (speed) => {
    expect(() => new Pace(speed, clockOfSleepers())).toThrow();
  });
});
