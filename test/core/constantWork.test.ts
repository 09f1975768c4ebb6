import { Session } from "node:inspector/promises";
import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/core/engine.js";
import type { Micros, Ticks } from "../../src/core/units.js";

/*
 * The work that a trade costs, counted in executed blocks of the core (V8's precise coverage), so that the answer is the same
 * on every machine and at any load.
 */

// What is optimised is inlined, and then not counted.
for (const flag of ["--no-opt", "--no-maglev"]) setFlagsFromString(flag);
const inspector = new Session();
inspector.connect();
await inspector.post("Profiler.enable");
await inspector.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
// Only what is compiled from now on is counted block by block.
const { parseSettings } = await import("../../src/app/settings.js");
const { Engine: CountedEngine } = await import("../../src/core/engine.js");
const { NO_HOLIDAYS } = await import("../../src/core/session.js");
const { recommendation } = await import("../support/outputs.js");

const PAPER = { leading: "paper", paperTrades: true, haltEndsWithSession: true } as const;
const OPEN = Date.parse("2025-06-09T13:30:00Z") * 1000;
const MINUTE = 60_000_000;
const DAY = 24 * 60 * MINUTE;

interface Load {
  readonly settings?: object;
  /** Calendar days before the one that is measured, and minutes of it before. */
  readonly days?: number;
  readonly before: number;
  readonly perMinute?: number;
  /** Whether the user holds a position meanwhile. */
  readonly held?: boolean;
}

function minute(start: number, count: number) {
  const index = Array.from({ length: count }, (_, i) => i);
  return {
    type: "trades",
    count,
    time: Float64Array.from(index, (i) => start + Math.floor((i * MINUTE) / count)),
    price: Int32Array.from(index, (i) => 24_000 + ((i * 7919 + (start / MINUTE) * 31) % 17)),
    size: Uint32Array.from(index, (i) => 1 + (i % 3)),
    side: Int8Array.from(index, (i) => (i % 2 === 0 ? 1 : -1)),
    instrument: new Uint32Array(count).fill(42),
  } as const;
}

/** Plays what comes before, then counts the blocks that an hour of trades executes. Returns how many that is for a trade. */
async function workPerTrade({ settings = {}, days = 0, before, perMinute = 100, held = false }: Load): Promise<number> {
  const engine = new CountedEngine(parseSettings(settings), PAPER, NO_HOLIDAYS);
  engine.process({ type: "contract", instrument: 42, symbol: "ESM5", time: OPEN as Micros });
  for (let day = 0; day < days; day++) {
    for (let at = 0; at < 390; at++) engine.process(minute(OPEN + day * DAY + at * MINUTE, 5));
  }
  const open = OPEN + days * DAY;
  for (let at = 0; at < before; at++) engine.process(minute(open + at * MINUTE, perMinute));
  if (held) hold(engine, (open + before * MINUTE) as Micros);
  await executed();
  for (let at = before; at < before + 60; at++) engine.process(minute(open + at * MINUTE, perMinute));
  return (await executed()) / (60 * perMinute);
}

/** The blocks of the core that were executed since the last time that this was asked. */
async function executed(): Promise<number> {
  const { result } = await inspector.post("Profiler.takePreciseCoverage");
  const core = result.filter(({ url }) => url.includes("/src/core/"));
  const blocks = core.flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)));
  return blocks.reduce((sum, count) => sum + count, 0);
}

function hold(engine: Engine, time: Micros): void {
  const issued = recommendation({ id: "A", account: "manual" });
  const event = { type: "account", account: "manual", at: time, time } as const;
  engine.process({ ...event, kind: "recommendation", id: "A", recommendation: issued });
  const filled = { kind: "fill", id: "f", recommendation: "A", price: 24_008 as Ticks, quantity: 1 } as const;
  engine.process({ ...event, ...filled });
}

const baseline = (kind: string, bars: number) => ({ "detector.baseline": kind, "detector.baselineBars": bars });

describe("The work for a trade", () => {
  it("is counted: it is more than none, and the same each time", async () => {
    const [one, other] = [await workPerTrade({ before: 30 }), await workPerTrade({ before: 30 })];
    expect(one).toBeGreaterThan(5);
    expect(other).toBe(one);
  });

  it.each(["rolling_mean", "rolling_median", "ewma", "day_mean"])(
    "does not grow with the bars of the baseline: %s",
    async (kind) => {
      const few = await workPerTrade({ settings: baseline(kind, 20), before: 250 });
      const many = await workPerTrade({ settings: baseline(kind, 200), before: 250 });
      expect(many / few).toBeLessThan(1.5);
    },
  );

  it.each(["time_of_day", "rolling_and_tod"])("does not grow with the days before: %s", async (kind) => {
    const few = await workPerTrade({ settings: baseline(kind, 20), days: 8, before: 30 });
    const many = await workPerTrade({ settings: baseline(kind, 20), days: 31, before: 30 });
    expect(many / few).toBeLessThan(1.5);
  });

  it("does not grow with the trading day", async () => {
    const early = await workPerTrade({ before: 25 });
    const late = await workPerTrade({ before: 250 });
    expect(late / early).toBeLessThan(1.1);
  });

  it("does not grow with the trades of a bar", async () => {
    const few = await workPerTrade({ before: 30, perMinute: 50 });
    const many = await workPerTrade({ before: 30, perMinute: 500 });
    expect(many / few).toBeLessThan(1.1);
  });

  it("does not grow with the time that a position is held", async () => {
    const few = await workPerTrade({ before: 30, perMinute: 50, held: true });
    const many = await workPerTrade({ before: 30, perMinute: 500, held: true });
    const without = await workPerTrade({ before: 30, perMinute: 50 });
    expect(few).toBeGreaterThan(without);
    expect(many / few).toBeLessThan(1.1);
  });
});
