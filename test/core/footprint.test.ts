import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import type { Footprint } from "../../src/core/detector/footprint.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent, EngineOutput } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import type { Micros } from "../../src/core/units.js";

const OPEN = Date.parse("2025-06-09T13:30:00Z") * 1000;
const SECOND = 1_000_000;
const LIVE = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;

type Print = readonly [second: number, price: number, size: number, side?: 1 | -1 | 0];

function trades(prints: readonly Print[]): EngineEvent {
  return {
    type: "trades",
    count: prints.length,
    time: Float64Array.from(prints, ([second]) => OPEN + second * SECOND),
    price: Int32Array.from(prints, ([, price]) => price),
    size: Uint32Array.from(prints, ([, , size]) => size),
    side: Int8Array.from(prints, ([, , , side = 0]) => side),
    instrument: new Uint32Array(prints.length).fill(1),
  };
}

const quiet = (minute: number): readonly Print[] => [
  [minute * 60 + 5, 24000 + 4 * (minute % 2), 50, 1],
  [minute * 60 + 30, 24002, 50, -1],
];

/** 500 contracts at the low of their minute: a BUY of 5.0x. */
const spike = (minute: number): readonly Print[] => [
  [minute * 60 + 5, 24010, 50, 1],
  [minute * 60 + 20, 24000, 300, -1],
  [minute * 60 + 40, 24000, 100, 1],
  [minute * 60 + 50, 24000, 50, 0],
];

function play(prints: readonly Print[], end: number, settings: object = {}): readonly EngineOutput[] {
  const engine = new Engine(parseSettings(settings), LIVE, NO_HOLIDAYS);
  const clock = { type: "clock", time: (OPEN + end * SECOND) as Micros } as const;
  const contract = { type: "contract", instrument: 1, symbol: "ESM5", time: OPEN as Micros } as const;
  return [contract, trades(prints), clock].flatMap((event) => engine.process(event));
}

const footprints = (outputs: readonly EngineOutput[]) =>
  outputs.filter((output): output is Footprint => output.type === "footprint");

const day = (minutes: number) => {
  const all = Array.from({ length: minutes }, (_, minute) => (minute === 26 ? spike(minute) : quiet(minute)));
  return all.flat();
};

describe("What is kept of the bars around a signal", () => {
  it("has the signal's bar with its volume at price, by the side that was hit, and three bars before", () => {
    const [before] = footprints(play(day(27), 27 * 60));
    expect(before).toMatchObject({ part: "before", signal: OPEN + 27 * 60 * SECOND });
    expect(before?.bars).toHaveLength(4);
    expect(before?.bars.at(-1)).toMatchObject({
      volume: 500,
      levels: [
        [24000, 450, 300, 100],
        [24010, 50, 0, 50],
      ],
    });
    expect(before?.bars[0]?.levels).toEqual([
      [24002, 50, 50, 0],
      [24004, 50, 0, 50],
    ]);
  });

  it("stands behind the call of its signal, which waits for nothing", () => {
    const types = play(day(27), 27 * 60).map(({ type }) => type);
    expect(types).toEqual(["signal", "recommendation", "footprint"]);
  });

  it("has three bars after it as they close, and the path of the day, a quarter of an hour at a time", () => {
    const outputs = footprints(play(day(40), 7 * 3600));
    const of = (part: Footprint["part"]) => outputs.filter((output) => output.part === part);
    expect(of("before").map(({ bars }) => bars.length)).toEqual([4]);
    expect(of("after").map(({ bars }) => bars.map(({ levels }) => levels.length))).toEqual([[2], [2], [2]]);
    const path = of("path").flatMap(({ bars }) => bars);
    expect(of("path").map(({ bars }) => bars.length)).toEqual([3, ...new Array(24).fill(15)]);
    expect(path.map(({ start }) => start)).toEqual(
      Array.from({ length: 363 }, (_, minute) => OPEN + (27 + minute) * 60 * SECOND),
    );
    expect(path.every(({ levels }) => levels.length === 0)).toBe(true);
    expect(path[0]).toMatchObject({ low: 24002, high: 24004 });
  });

  it("is told again alike by a run that sees the day again", () => {
    const ids = (outputs: readonly EngineOutput[]) => footprints(outputs).map(({ id }) => id);
    expect(ids(play(day(40), 7 * 3600))).toEqual(ids(play(day(40), 7 * 3600)));
    expect(new Set(ids(play(day(40), 7 * 3600))).size).toBe(1 + 3 + 25);
  });

  it("holds what an intrabar signal saw, and its whole bar behind it", () => {
    const outputs = footprints(play(day(40), 7 * 3600, { "detector.trigger": "intrabar" }));
    const seen = outputs[0]?.bars.at(-1);
    const whole = outputs[1]?.bars[0];
    expect(seen?.start).toBe(whole?.start);
    expect([seen?.volume ?? 0, whole?.volume]).toEqual([450, 500]);
  });

  it("adds up to the bar's volume at every price, whatever traded", () => {
    const print = fc.tuple(
      fc.nat(59),
      fc.integer({ min: 23_990, max: 24_010 }),
      fc.integer({ min: 1, max: 90 }),
      fc.constantFrom(1 as const, -1 as const, 0 as const),
    );
    fc.assert(
      fc.property(fc.array(print, { minLength: 1, maxLength: 40 }), (prints) => {
        const last: Print[] = prints.map(
          ([second, price, size, side]) => [27 * 60 + second, price, size, side] as const,
        );
        const outputs = footprints(play([...day(27), ...last.toSorted((a, b) => a[0] - b[0])], 31 * 60));
        const bar = outputs.find(({ part }) => part === "after")?.bars[0];
        const volume = prints.reduce((sum, [, , size]) => sum + size, 0);
        expect(bar?.volume).toBe(volume);
        expect(bar?.levels.reduce((sum, [, traded]) => sum + traded, 0)).toBe(volume);
        for (const [, traded, bid, ask] of bar?.levels ?? []) expect(bid + ask).toBeLessThanOrEqual(traded);
        expect(bar?.levels.map(([price]) => price)).toEqual(
          [...new Set(prints.map(([, price]) => price))].sort((a, b) => a - b),
        );
      }),
      { numRuns: 40 },
    );
  });
});
