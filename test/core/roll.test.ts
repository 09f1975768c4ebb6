import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent, EngineOutput } from "../../src/core/events.js";
import { labelOf, symbolOf } from "../../src/core/instruments.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import type { RunMode } from "../../src/core/settings.js";
import type { Micros } from "../../src/core/units.js";

const LIVE: RunMode = { leading: "manual", paperTrades: false, haltEndsWithSession: false };
/** Monday 2025-06-09, 09:30 in New York. */
const OPEN = Date.UTC(2025, 5, 9, 13, 30) * 1000;
const MINUTE = 60_000_000;
const DAY = 1440 * MINUTE;
const at = (day: number, minute: number) => (OPEN + day * DAY + minute * MINUTE) as Micros;

const contract = (instrument: number, symbol: string, time: Micros): EngineEvent => ({
  type: "contract",
  instrument,
  symbol,
  time,
});

/** Trades of a contract, one a minute from minute `from` to `to` of a day; each of `size` at its price in ticks. */
function minutes(instrument: number, day: number, from: number, to: number, size = 100, price = 24_000): EngineEvent {
  const count = to - from;
  return {
    type: "trades",
    count,
    time: Float64Array.from({ length: count }, (_, minute) => at(day, from + minute)),
    price: Int32Array.from({ length: count }, (_, minute) => price + (minute % 3)),
    size: new Uint32Array(count).fill(size),
    side: new Int8Array(count),
    instrument: new Uint32Array(count).fill(instrument),
  };
}

const engineOf = (settings: object = {}) => new Engine(parseSettings(settings), LIVE, NO_HOLIDAYS);
const run = (engine: Engine, ...events: readonly EngineEvent[]): EngineOutput[] =>
  events.flatMap((event) => [...engine.process(event)]);
const foreign = (engine: Engine) => engine.summary().skipped.foreign ?? 0;

describe("the roll", () => {
  it("follows ES.v.0 to the contract that it stands for from the next open on, and loses no day of it", () => {
    const engine = engineOf();
    run(engine, contract(1, "ES.v.0", at(0, -60)), minutes(1, 0, 0, 390));
    run(engine, contract(2, "ES.v.0", at(1, -810)), minutes(2, 1, 0, 390));
    expect(foreign(engine)).toBe(0);
  });

  it("F16: changes within no trading day, whatever is mapped then", () => {
    const engine = engineOf();
    run(engine, contract(1, "ES.v.0", at(0, -60)), minutes(1, 0, 0, 100));
    run(engine, contract(2, "ES.v.0", at(0, 100)), minutes(2, 0, 100, 390));
    expect(foreign(engine)).toBe(290);
    run(engine, minutes(2, 1, 0, 10));
    expect(foreign(engine)).toBe(290);
  });

  it("changes at the open to the contract that trades, where the followed one has gone silent", () => {
    const engine = engineOf();
    run(engine, contract(1, "ESM5", at(0, -60)), minutes(1, 0, 0, 390));
    run(engine, contract(2, "ESU5", at(1, -120)), minutes(2, 1, -60, 0));
    run(engine, minutes(2, 1, 0, 390));
    expect(foreign(engine)).toBe(60);
  });

  it("stays with the one of the higher volume of the last day, though another trades overnight", () => {
    const engine = engineOf();
    run(engine, contract(1, "ESM5", at(0, -60)), contract(2, "ESU5", at(0, -60)), minutes(1, 0, 0, 390));
    run(engine, minutes(1, 1, -60, -50, 1), minutes(2, 1, -50, -40, 1000), minutes(1, 1, 0, 100));
    expect(foreign(engine)).toBe(10);
  });

  it("never mixes contracts in a baseline: after the roll it has to fill anew", () => {
    const engine = engineOf();
    run(engine, contract(1, "ES.v.0", at(0, -60)), minutes(1, 0, 0, 390, 10));
    const outputs = run(
      engine,
      contract(2, "ES.v.0", at(1, -810)),
      minutes(2, 1, 0, 19, 100),
      minutes(2, 1, 19, 21, 100),
    );
    expect(outputs.filter(({ type }) => type === "signal" || type === "cluster")).toEqual([]);
  });

  it("keeps the pinned contract, whatever trades more", () => {
    const engine = engineOf({ "contract.pin": "ESM5" });
    run(engine, contract(1, "ESM5", at(0, -60)), contract(2, "ESU5", at(0, -60)), minutes(1, 0, 0, 10, 1));
    run(engine, minutes(2, 0, 10, 390, 1000), minutes(1, 1, 0, 10, 1));
    expect(foreign(engine)).toBe(380);
  });

  it("never rolls with an open position, but at the end of the first day that is flat", () => {
    const settings = { "detector.longMax": 0.49, "risk.maxPositionSize": 1 };
    const engine = engineOf(settings);
    const outputs = run(
      engine,
      contract(1, "ESM5", at(0, -60)),
      contract(2, "ESU5", at(0, -60)),
      minutes(1, 0, 0, 30, 100),
      minutes(1, 0, 30, 31, 500, 23_990),
      { type: "trades", ...spikeAt(1, at(0, 31)) },
      { type: "clock", time: at(0, 32) },
    );
    const recommendation = outputs.find((output) => output.type === "recommendation");
    if (recommendation?.type !== "recommendation") return expect.fail("no recommendation");
    const base = { type: "account", account: "manual", recommendation: recommendation.id } as const;
    run(engine, {
      ...base,
      kind: "fill",
      id: "f",
      time: at(0, 32),
      price: recommendation.price,
      quantity: 1,
    } as EngineEvent);
    run(engine, minutes(2, 0, 33, 389, 5000), { type: "clock", time: at(0, 400) });
    const before = foreign(engine);
    run(engine, minutes(1, 1, 0, 5));
    expect(foreign(engine)).toBe(before);
    run(engine, {
      ...base,
      kind: "exit",
      id: "x",
      time: at(1, 6),
      price: recommendation.price,
      reason: "manual",
    } as EngineEvent);
    run(engine, minutes(2, 1, 7, 389, 5000), { type: "clock", time: at(1, 400) });
    const flat = foreign(engine);
    run(engine, minutes(2, 2, 0, 5));
    expect(foreign(engine)).toBe(flat);
  });
});

describe("F17: an instrument_id that is given another contract", () => {
  const judged = (outputs: readonly EngineOutput[]) =>
    outputs.flatMap((output) => (output.type === "signal" || output.type === "cluster" ? [output] : []));
  const spike = (instrument: number, day: number, minute: number): EngineEvent => ({
    type: "trades",
    ...spikeAt(instrument, at(day, minute)),
  });

  it("between two days is a new contract with a baseline of its own, and the last bar is still the old one's", () => {
    const engine = engineOf();
    run(engine, contract(1, "ESM5", at(0, -60)), minutes(1, 0, 0, 389, 10), spike(1, 0, 389));
    const last = run(engine, contract(1, "ESU5", at(1, -60)), minutes(1, 1, 0, 19, 10));
    expect(judged(last)).toMatchObject([{ instrument: { symbol: "ESM5" } }]);
    expect(engine.view().instrument?.symbol).toBe("ESU5");
    expect(judged(run(engine, spike(1, 1, 19), { type: "clock", time: at(1, 20) }))).toEqual([]);
    expect(foreign(engine)).toBe(0);
  });

  it("within a day is a new contract at once: nothing of the old one's forming bar is judged", () => {
    const engine = engineOf();
    run(engine, contract(1, "ESM5", at(0, -60)), minutes(1, 0, 0, 100, 10), spike(1, 0, 100));
    const outputs = run(engine, contract(1, "ESU5", at(0, 100) as Micros), minutes(1, 0, 101, 300, 10));
    const own = run(engine, spike(1, 0, 300), { type: "clock", time: at(0, 301) });
    expect(judged(outputs)).toMatchObject([{ instrument: { symbol: "ESM5" }, time: at(0, 101) }]);
    expect(judged(own)).toMatchObject([{ instrument: { symbol: "ESU5" } }]);
  });

  it.each(["NQM5", "ESM5-ESU5"])(
    "is foreign as %s, which is not of the instrument, until it is the old one again",
    (other) => {
      const engine = engineOf();
      run(engine, contract(1, "ESM5", at(0, -60)), minutes(1, 0, 0, 100, 10));
      run(engine, contract(1, other, at(0, 100)), minutes(1, 0, 100, 130, 10), minutes(1, 1, 0, 20));
      expect(foreign(engine)).toBe(50);
      run(engine, contract(1, "ESM5", at(1, 20)), minutes(1, 1, 20, 30));
      expect(foreign(engine)).toBe(50);
    },
  );

  it("leaves an open position to the contract that it is of: the other's prices neither value nor end it", () => {
    const engine = engineOf({ "detector.longMax": 0.49, "risk.maxPositionSize": 1 });
    const outputs = run(engine, contract(1, "ESM5", at(0, -60)), minutes(1, 0, 0, 31, 10), spike(1, 0, 31), {
      type: "clock",
      time: at(0, 32),
    });
    const recommendation = outputs.find((output) => output.type === "recommendation");
    if (recommendation?.type !== "recommendation") return expect.fail("no recommendation");
    const { id, price } = recommendation;
    const base = { type: "account", account: "manual", recommendation: id } as const;
    run(engine, { ...base, kind: "fill", id: "f", time: at(0, 32), price, quantity: 1 } as EngineEvent);
    const before = run(engine, minutes(1, 0, 32, 33)).length;
    const met = run(engine, contract(1, "ESU5", at(0, 33)), minutes(1, 0, 33, 60, 10, 20_000));
    expect(before).toBeGreaterThan(0);
    expect(met.filter(({ type }) => !["cluster", "shadow", "footprint"].includes(type))).toEqual([]);
    expect(engine.summary()).toMatchObject({ openPositions: 1, skipped: { foreign: 27 } });
    run(engine, { ...base, kind: "exit", id: "x", time: at(0, 61), price, reason: "manual" } as EngineEvent);
    run(engine, minutes(1, 0, 61, 70, 10, 20_000));
    expect(engine.view()).toMatchObject({ instrument: { symbol: "ESU5" }, lastPrice: 20_002 });
  });

  it("is still the same where a continuous symbol is told its own name", () => {
    const engine = engineOf();
    run(engine, contract(1, "ES.v.0", at(0, -60)), minutes(1, 0, 0, 100, 10));
    const outputs = run(engine, contract(1, "ESM5", at(0, 100)), spike(1, 0, 100), { type: "clock", time: at(0, 101) });
    expect(judged(outputs)).toHaveLength(1);
  });

  it("is a new contract's with ready-made bars as well, from the next day on", () => {
    const engine = engineOf();
    const day = (of: number) => Array.from({ length: 390 }, (_, minute) => bar(1, of, minute, 10));
    run(engine, contract(1, "ESM5", at(0, -60)), ...day(0), contract(1, "ESU5", at(1, -60)));
    expect(judged(run(engine, bar(1, 1, 0, 9000), bar(1, 1, 1, 10)))).toEqual([]);
    expect(engine.view().instrument?.symbol).toBe("ESU5");
    expect(foreign(engine)).toBe(0);
  });
});

/** A bar of a minute; its volume tells contracts apart. */
function bar(instrument: number, day: number, minute: number, volume: number): EngineEvent {
  const prices = { open: 24_000, high: 24_002, low: 24_000, close: 24_001 } as Record<string, number>;
  return {
    type: "bar",
    instrument,
    start: at(day, minute),
    end: at(day, minute + 1),
    ...prices,
    volume,
    buyVolume: undefined,
    sellVolume: undefined,
    profile: undefined,
    dirty: false,
  } as EngineEvent;
}

describe("the bars of two contracts in one file", () => {
  const M5 = contract(1, "ESM5", at(0, -60));
  const U5 = contract(2, "ESU5", at(0, -60));
  const both = (day: number, from: number, to: number, [m5, u5]: readonly [number, number]) =>
    Array.from({ length: to - from }, (_, index) => [
      bar(2, day, from + index, u5),
      bar(1, day, from + index, m5),
    ]).flat();

  it("are one contract's day: the nearest first, whichever comes first in the file", () => {
    const engine = engineOf();
    const outputs = run(engine, M5, U5, ...both(0, 0, 30, [100, 10]), bar(1, 0, 30, 900), bar(2, 0, 30, 10));
    expect(foreign(engine)).toBe(31);
    const found = outputs.filter((output) => output.type === "signal" || output.type === "cluster");
    expect(found).toMatchObject([{ volume: 900, instrument: { symbol: "ESM5" } }]);
  });

  it("change with the volume of the day that ended, not before", () => {
    const engine = engineOf();
    run(engine, M5, U5, ...both(0, 0, 390, [100, 1000]), ...both(1, 0, 30, [100, 1000]));
    const outputs = run(engine, bar(2, 1, 30, 9000), bar(1, 1, 30, 1));
    const found = outputs.filter((output) => output.type === "signal" || output.type === "cluster");
    expect(found).toMatchObject([{ volume: 9000, instrument: { symbol: "ESU5" } }]);
    expect(foreign(engine)).toBe(390 + 31);
  });

  it("do not wait for a nearest one that has none", () => {
    const engine = engineOf();
    run(engine, M5, U5, ...Array.from({ length: 30 }, (_, minute) => bar(2, 0, minute, 10)));
    expect(foreign(engine)).toBe(1);
  });

  it("come one contract after the other where files do, with the next day", () => {
    const engine = engineOf();
    const day = (instrument: number, of: number) =>
      Array.from({ length: 390 }, (_, minute) => bar(instrument, of, minute, 10));
    run(engine, M5, ...day(1, 0), U5, ...day(2, 1));
    expect(foreign(engine)).toBe(0);
  });

  it("never change under an open position", () => {
    const engine = engineOf({ "detector.longMax": 0.51, "order.defaultOrderType": "MARKET" });
    const quiet = Array.from({ length: 70 }, (_, minute) => bar(1, 0, minute, 100));
    const outputs = run(engine, M5, ...quiet, { ...bar(1, 0, 70, 900), close: 24_000 } as EngineEvent);
    const recommendation = outputs.find((output) => output.type === "recommendation");
    if (recommendation?.type !== "recommendation") return expect.fail("no recommendation");
    run(engine, {
      type: "account",
      kind: "fill",
      id: "f",
      account: "manual",
      recommendation: recommendation.id,
      time: at(0, 71),
      price: recommendation.price,
      quantity: 1,
    } as EngineEvent);
    const rest = Array.from({ length: 319 }, (_, minute) => bar(1, 0, 71 + minute, 100));
    run(engine, ...rest, U5, bar(2, 1, 0, 10), bar(1, 1, 0, 10), bar(2, 1, 1, 10));
    expect(foreign(engine)).toBe(2);
  });
});

/** A minute of 500 contracts at its low. */
function spikeAt(instrument: number, time: number) {
  return {
    count: 3,
    time: Float64Array.of(time + 1e6, time + 2e6, time + 3e6),
    price: Int32Array.of(24_010, 24_000, 24_000),
    size: Uint32Array.of(50, 800, 50),
    side: new Int8Array(3),
    instrument: new Uint32Array(3).fill(instrument),
  };
}

it("a raw symbol becomes a label and comes back, in every decade", () => {
  const months = fc.constantFrom(..."FGHJKMNQUVXZ");
  const time = fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2049, 0, 1) });
  fc.assert(
    fc.property(fc.constantFrom("ES", "MES", "NQ", "MNQ"), months, fc.nat(9), time, (root, month, digit, millis) => {
      const label = labelOf(`${root}${month}${digit}`, (millis * 1000) as Micros);
      expect(symbolOf(label)).toBe(`${root}${month}${digit}`);
      expect(Number(label.slice(-2)) % 10).toBe(digit);
      const year = 2000 + Number(label.slice(-2));
      const from = new Date(millis).getUTCFullYear();
      expect(year >= from && year <= from + 10).toBe(true);
    }),
  );
});
