import { describe, expect, it } from "vitest";
import { RecordedEvents } from "../../src/app/mergeAccountEvents.js";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import { type EngineEvent, type EngineOutput, outputId } from "../../src/core/events.js";
import { limitsOf } from "../../src/core/guards/looserLimits.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import type { Recommendation } from "../../src/core/sizing/recommendation.js";
import type { Micros } from "../../src/core/units.js";
import { restoredEvents } from "../../src/store/restore.js";
import { recommendation, SIGNAL_TIME, after as signalPlus, ticks } from "../support/outputs.js";
import { batchOf, randomTape, TAPE_HOURS, TAPE_INSTRUMENT } from "../support/tape.js";

/*
 * A program that begins anew and is told only what was kept goes on as one that never ended.
 */

const PAPER = { leading: "paper", paperTrades: true, haltEndsWithSession: false } as const;
const LIVE = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;
type Mode = typeof PAPER | typeof LIVE;
/** The limit of the recommendation; its stop is 62 ticks below, its target 122 above. */
const LIMIT = 24_043;
const HOUR = 3600;
const NEXT_DAY = 19 * HOUR;

function fresh(mode: Mode): Engine {
  const engine = new Engine(parseSettings({}), mode, NO_HOLIDAYS);
  engine.process({ type: "contract", instrument: 42, symbol: "ESM5", time: SIGNAL_TIME });
  return engine;
}

const run = (engine: Engine, events: readonly EngineEvent[]) => events.flatMap((event) => [...engine.process(event)]);
const print = (seconds: number, price: number): EngineEvent =>
  batchOf([{ time: signalPlus(seconds), price, size: 1, side: 0, instrument: 42 }]);
const clock = (seconds: number): EngineEvent => ({ type: "clock", time: signalPlus(seconds) });

/** What comes `later` without and with a restart after what came `before`. */
function apart(
  issued: Partial<Recommendation>,
  before: readonly EngineEvent[],
  later: readonly EngineEvent[],
  mode: Mode,
) {
  const rows: EngineOutput[] = [recommendation({ account: mode.leading, ...issued })];
  const plain = fresh(mode);
  rows.push(...run(plain, restoredEvents(rows)), ...run(plain, before));
  const again = fresh(mode);
  run(again, restoredEvents(JSON.parse(JSON.stringify(rows)) as EngineOutput[]));
  const told = { plain: run(plain, later), again: run(again, later) };
  return { ...told, rows, view: { plain: plain.view().accounts, again: again.view().accounts } };
}

const typesOf = (outputs: readonly EngineOutput[]) =>
  outputs.map(({ type }) => type).filter((type) => type !== "mark" && type !== "footprint");

describe("A paper entry that is good till it is cancelled, after a night with a restart", () => {
  const stopLimit = { orderType: "STOP_LIMIT", trigger: ticks(LIMIT + 1), price: ticks(LIMIT + 2) } as const;
  it.each([
    ["a limit that the market opens through is filled at its limit", {}, LIMIT + 4, LIMIT - 20, "fill"],
    ["a limit is filled, and not stale, where the market opens beyond the stop", {}, LIMIT + 4, LIMIT - 70, "fill"],
    ["a stop limit that was armed stays armed", stopLimit, LIMIT + 6, LIMIT - 3, "fill"],
    ["a stop limit that was not armed stays so", stopLimit, LIMIT, LIMIT - 3, undefined],
  ])("%s", (_, issued, met, open, first) => {
    const later = [print(NEXT_DAY, open), print(NEXT_DAY + 1, open)];
    const { plain, again, view } = apart(
      { ...issued, validity: "GTC" },
      [print(25, met), clock(3 * HOUR)],
      later,
      PAPER,
    );
    expect(again).toEqual(plain);
    expect(view.again).toEqual(view.plain);
    expect(plain[0]?.type).toBe(first);
  });
});

describe("The paper account's open position, after a restart", () => {
  const wide = { stop: ticks(LIMIT - 62), target: ticks(LIMIT + 300) };
  it("is judged by the peak that was marked before", () => {
    const before = [print(21, LIMIT - 2), print(22, LIMIT + 60), print(23, LIMIT + 50)];
    const { plain, again, rows } = apart(wide, before, [print(30, LIMIT + 50), print(31, LIMIT + 20)], PAPER);
    expect(typesOf(plain)).toEqual(["halt"]);
    expect(again).toEqual(plain);
    expect(rows.filter(({ type }) => type === "mark").length).toBeLessThanOrEqual(before.length);
  });

  it("keeps its extremes of before, and a peak that began anew", () => {
    const reset = {
      type: "account",
      kind: "reset",
      id: "r",
      account: "paper",
      time: signalPlus(24),
      reason: "Seen",
    } as const;
    const before = [print(21, LIMIT - 2), print(22, LIMIT + 12), print(23, LIMIT - 9), reset, print(25, LIMIT)];
    const later = [print(30, LIMIT + 1), print(31, LIMIT - 62)];
    const { plain, again, view } = apart(wide, before, later, PAPER);
    expect(again).toEqual(plain);
    expect(view.again).toEqual(view.plain);
    expect(plain.find(({ type }) => type === "exit")).toMatchObject({ mfePoints: 3.25 });
  });

  it("is closed at its last print of before, where its contract ends without another", () => {
    const thursday = 10 * 24 * HOUR;
    const before = [print(21, LIMIT - 2), print(22, LIMIT + 12), print(23, LIMIT - 9), print(24, LIMIT + 3)];
    const later = [clock(thursday + NEXT_DAY - HOUR), clock(thursday + NEXT_DAY + 10 * HOUR)];
    const { plain, again } = apart(wide, [...before, clock(thursday + 3 * HOUR)], later, PAPER);
    expect(plain.find(({ type }) => type === "exit")).toMatchObject({ reason: "eod", price: LIMIT + 2 });
    expect(again).toEqual(plain);
  });

  it("is judged by the limits of when its prints were met", () => {
    const limits = { ...limitsOf(parseSettings({}).risk), emergencyStopLossPct: 0.02 };
    const tighter = { type: "account", kind: "limits", id: "l", time: signalPlus(25), limits } as const;
    const down = [print(21, LIMIT - 2), print(22, LIMIT - 20), print(23, LIMIT - 10), print(24, LIMIT - 18)];
    const { plain, again, view } = apart(wide, [...down, tighter, clock(3 * HOUR)], [clock(4 * HOUR)], PAPER);
    expect(view.plain[0]?.halted).toBe(false);
    expect(view.again).toEqual(view.plain);
    expect(again).toEqual(plain);
  });

  it("keeps no more of a day than the ticks of its range", () => {
    const prices = Array.from({ length: 2000 }, (_, i) => LIMIT - 5 + ((i * 7) % 11));
    const { rows } = apart(wide, [print(21, LIMIT - 2), ...prices.map((price, i) => print(22 + i, price))], [], PAPER);
    expect(rows.filter(({ type }) => type === "mark").length).toBeLessThan(30);
  });
});

describe("A shadow, after a restart", () => {
  const days = { validity: "GTC" } as const;
  it("that waits for its entry goes on", () => {
    const later = [print(NEXT_DAY, LIMIT - 1), print(NEXT_DAY + 1, LIMIT + 124)];
    const { plain, again } = apart(days, [print(25, LIMIT + 4), clock(3 * HOUR)], later, LIVE);
    expect(typesOf(plain)).toEqual(["shadow"]);
    expect(again).toEqual(plain);
  });

  it("that is open goes on, with the extremes of before", () => {
    const before = [print(25, LIMIT + 4), print(26, LIMIT - 1), print(27, LIMIT - 9), print(28, LIMIT + 20)];
    const { plain, again } = apart({}, before, [print(40, LIMIT), print(41, LIMIT + 124)], LIVE);
    expect(plain.find(({ type }) => type === "shadow")).toMatchObject({ reason: "target", maePoints: -2.25 });
    expect(again).toEqual(plain);
  });

  it("that came to its end is over", () => {
    const before = [print(25, LIMIT - 1), print(26, LIMIT + 124)];
    const { again, rows } = apart({}, before, [print(40, LIMIT - 5), print(41, LIMIT - 90)], LIVE);
    expect(typesOf(rows)).toEqual(["recommendation", "shadow"]);
    expect(typesOf(again)).toEqual([]);
  });
});

describe("What was issued", () => {
  const often = { "contract.session": TAPE_HOURS, "detector.cooldownMinutes": 5, "detector.minSignalStrength": 0.3 };
  const engineOf = (settings: object) => new Engine(parseSettings({ ...often, ...settings }), LIVE, NO_HOLIDAYS);
  const SEEDS = [1, 2, 3, 4, 5, 6];
  const begin = (time: Micros): EngineEvent => ({
    type: "contract",
    instrument: TAPE_INSTRUMENT,
    symbol: "ESM5",
    time,
  });

  it.each([
    ["immediate", {}],
    ["retest", { "detector.entryMode": "retest" }],
    ["intrabar", { "detector.trigger": "intrabar" }],
  ])("is not refused as stale when the past is told again (%s)", (_, settings) => {
    let issued = 0;
    for (const seed of SEEDS) {
      const { trades } = randomTape(seed, 1);
      const start = trades[0]?.time as Micros;
      const rows = run(engineOf(settings), [begin(start), batchOf(trades)]);
      issued += rows.filter(({ type }) => type === "recommendation").length;
      const recorded = new RecordedEvents(
        restoredEvents(rows),
        rows.flatMap((row) => (row.type === "recommendation" ? [row.id] : [])),
      );
      const up: EngineEvent = { type: "connection", state: "up", time: start };
      const past = [begin(start), up, batchOf(trades)].flatMap((event) => [...recorded.around(event)]);
      const again = run(engineOf(settings), [...past, ...recorded.rest()]);
      const refused = again.filter(({ type }) => type === "refusal").map(outputId);
      expect(new Set(rows.map(outputId)), `seed ${seed}`).toEqual(new Set([...rows.map(outputId), ...refused]));
    }
    expect(issued).toBeGreaterThan(0);
  });

  it("cools down over a restart on a later day, and the volatility of the day before goes on", () => {
    const settings = { "detector.cooldownMinutes": 1350, "detector.baselineBars": 5 };
    const seen = { COOLDOWN: 0, recommendation: 0 };
    for (const seed of SEEDS) {
      const { trades } = randomTape(seed, 2);
      const start = trades[0]?.time as Micros;
      const second = trades.findIndex(({ time }) => time > start + 12 * HOUR * 1_000_000);
      const next = trades[second]?.time as Micros;
      for (const changes of [settings, { ...settings, "detector.cooldownMinutes": 5 }]) {
        const plain = engineOf(changes);
        const close: EngineEvent = { type: "clock", time: (next - 10 * HOUR * 1_000_000) as Micros };
        const rows = run(plain, [begin(start), batchOf(trades.slice(0, second)), close]);
        const again = engineOf(changes);
        run(again, [begin(next), ...restoredEvents(JSON.parse(JSON.stringify(rows)) as EngineOutput[])]);
        const later = [batchOf(trades.slice(second))];
        const told = run(plain, later);
        const fromSignals = (outputs: readonly EngineOutput[]) =>
          outputs.filter(({ type }) => ["signal", "cluster", "recommendation", "refusal"].includes(type));
        expect(fromSignals(run(again, later)), `seed ${seed}`).toEqual(fromSignals(told));
        for (const row of told) {
          if (row.type === "cluster" && row.reason === "COOLDOWN") seen.COOLDOWN++;
          if (row.type === "recommendation") seen.recommendation++;
        }
      }
    }
    expect(Math.min(seen.COOLDOWN, seen.recommendation)).toBeGreaterThan(0);
  });
});
