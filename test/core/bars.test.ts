import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent, EngineOutput } from "../../src/core/events.js";
import type { Bar } from "../../src/core/market.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import type { Ticks } from "../../src/core/units.js";
import { barAt, barsOf, contractAt } from "../support/barEvents.js";
import { batchOf, eventsOf, randomTape, readTape, TAPE_HOURS } from "../support/tape.js";

const OPEN = Date.UTC(2025, 5, 9, 9) * 1000;
const MINUTE = 60_000_000;
const MODE = { leading: "manual", paperTrades: false, haltEndsWithSession: true } as const;
const engineOf = (settings: object = {}) =>
  new Engine(parseSettings({ "contract.session": TAPE_HOURS, ...settings }), MODE, NO_HOLIDAYS);
const told = (engine: Engine, ...events: readonly EngineEvent[]): EngineOutput[] =>
  events.flatMap((event) => [...engine.process(event)]);
const found = (outputs: readonly EngineOutput[]) =>
  outputs.flatMap((output) => (output.type === "signal" || output.type === "cluster" ? [output] : []));

const ticks = (value: number) => value as Ticks;
const minute = (n: number, changes: Partial<Bar> = {}) => barAt(OPEN + n * MINUTE, 60, changes);
const quiet = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => minute(from + i));
/** Four times the volume of a quiet bar, closed at its low: a BUY by the close. */
const spike = (n: number) => minute(n, { open: ticks(1008), high: ticks(1008), close: ticks(1000), volume: 400 });

describe("ready-made bars", () => {
  it.each(["bar_close", "intrabar"])("give a signal when they are complete, under the trigger %s", (trigger) => {
    const engine = engineOf({ "detector.trigger": trigger });
    const [cluster] = found(told(engine, contractAt(OPEN), ...quiet(0, 20), spike(20)));
    expect(cluster).toMatchObject({ type: "signal", direction: "BUY", basis: "close", partial: false, volume: 400 });
    expect(cluster?.time).toBe(OPEN + 21 * MINUTE);
  });

  it.each<[string, Partial<Bar>]>([
    ["a high that is infinite", { high: Number.POSITIVE_INFINITY as Ticks }],
    ["a low that is no number", { low: Number.NaN as Ticks }],
    ["a price between two ticks", { close: ticks(1000.5) }],
    ["a low above its close", { low: ticks(1001), close: ticks(1000) }],
    ["a volume that is no number", { volume: Number.NaN }],
    ["an infinite volume", { volume: Number.POSITIVE_INFINITY }],
    ["less than no volume", { volume: -1 }],
    ["more bought than traded at all", { buyVolume: Number.POSITIVE_INFINITY, sellVolume: 0 }],
  ])("with %s are left out and counted, and dirty their minute", (_, wrong) => {
    const engine = engineOf();
    const outputs = told(engine, contractAt(OPEN), ...quiet(0, 20), minute(20, wrong), spike(21));
    expect(engine.summary().skipped).toEqual({ bad_price: 1 });
    expect(found(outputs)).toMatchObject([{ type: "signal", baseline: 100 }]);
  });

  it("without volume are no print: they count with the close before them, whatever prices they tell", () => {
    const at = ticks(1050);
    const silent = minute(25, { open: at, high: at, low: at, close: at, volume: 0 });
    const [explicit, missing] = [[silent], []].map((between) => {
      const engine = engineOf();
      const outputs = told(engine, contractAt(OPEN), ...quiet(0, 25), ...between);
      const { lastPrice } = engine.view();
      return { outputs: [...outputs, ...told(engine, ...quiet(26, 30), spike(30))], lastPrice };
    });
    expect(explicit?.outputs.map(({ type }) => type)).toEqual(["signal", "recommendation", "footprint"]);
    expect(explicit).toEqual(missing);
    expect(explicit?.lastPrice).toBe(1002);
  });

  it("of another length than the first are left out and counted", () => {
    const engine = engineOf();
    const five = barAt(OPEN + 20 * MINUTE, 300, { volume: 4000 });
    const outputs = told(engine, contractAt(OPEN), ...quiet(0, 20), five, spike(20));
    expect(engine.summary().skipped).toEqual({ bad_length: 1 });
    expect(found(outputs)).toMatchObject([{ type: "signal", ratio: 4 }]);
  });

  it("keep their own length where a clock began the day", () => {
    const engine = engineOf();
    const bars = Array.from({ length: 3 }, (_, i) => barAt(OPEN + i * 300e6, 300));
    told(engine, contractAt(OPEN), { type: "clock", time: (bars[0] as Bar).start }, ...bars);
    expect(engine.summary()).toMatchObject({ bars: 3, inSession: 3, skipped: {} });
  });

  it("whose times are none are left out and counted", () => {
    const engine = engineOf();
    told(engine, contractAt(OPEN), barAt(Number.NaN, 60), barAt(OPEN, 0), minute(0));
    expect(engine.summary()).toMatchObject({ inSession: 1, skipped: { bad_time: 2 } });
  });
});

describe("where trades and ready-made bars of one instrument cover the same minutes", () => {
  const quietTrades = (from: number, to: number) =>
    readTape("N 1000x50 1002x50 | ".repeat(to - from), OPEN + from * MINUTE).trades;
  const spikeTrades = readTape("A 1008x100 B 1000x300", OPEN + 20 * MINUTE).trades;

  it("the trades count, and the bars are left out and counted", () => {
    const engine = engineOf();
    const events: EngineEvent[] = [];
    for (let n = 0; n < 20; n++) events.push(batchOf(quietTrades(n, n + 1)), minute(n, { volume: 9999 }));
    const outputs = told(
      engine,
      contractAt(OPEN),
      ...events,
      batchOf(spikeTrades),
      minute(20, { volume: 9999 }),
      minute(21),
    );
    expect(engine.summary().skipped).toEqual({ covered: 21 });
    expect(found(outputs)).toMatchObject([{ type: "signal", volume: 400, baseline: 100, basis: "poc" }]);
  });

  it("bars of before lead into the trades that follow them", () => {
    const engine = engineOf();
    const outputs = told(engine, contractAt(OPEN), ...quiet(0, 20), batchOf(spikeTrades), {
      type: "clock",
      time: spike(21).start,
    });
    expect(engine.summary().skipped).toEqual({});
    expect(found(outputs)).toMatchObject([{ type: "signal", volume: 400, baseline: 100, basis: "poc" }]);
  });

  it("no minute is counted twice, in whatever order they come", () => {
    const engine = engineOf();
    const outputs = told(engine, contractAt(OPEN), ...quiet(0, 20), minute(20), batchOf(spikeTrades));
    expect(found(outputs)).toEqual([]);
    expect(engine.summary().skipped).toEqual({ late: 2 });
  });
});

describe("trades, and the one-minute bars made of them", () => {
  const LOOSE = {
    "detector.directionRule": "delta",
    "detector.volumeThreshold": 2.5,
    "detector.baselineBars": 5,
    "detector.minSignalStrength": 0.2,
    "detector.cooldownMinutes": 2,
    "detector.rankWindowHours": 0.25,
  };
  // What needs volume at price is left out.
  const clustersOf = (events: readonly EngineEvent[]) =>
    found(told(engineOf(LOOSE), ...events)).map(
      ({ pointOfControl: _, modalPosition: __, basis: ___, directions, ...rest }) => ({
        ...rest,
        delta: directions.delta,
      }),
    );

  it("give the same clusters, but for what needs volume at price", () => {
    let seen = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const { trades, end } = randomTape(seed, 2);
        const byTrades = clustersOf(eventsOf(trades, end));
        const bars = [contractAt(OPEN), ...barsOf(trades, 60), { type: "clock", time: end } as const];
        expect(clustersOf(bars)).toEqual(byTrades);
        seen += byTrades.length;
      }),
      { numRuns: 20 },
    );
    expect(seen).toBeGreaterThan(100);
  });
});
