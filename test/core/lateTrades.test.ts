import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import type { Micros } from "../../src/core/units.js";
import { batchOf, eventsOf, readTape, TAPE_HOURS, TAPE_INSTRUMENT } from "../support/tape.js";

const OPEN = Date.UTC(2025, 5, 9, 9) * 1000;
const MODE = { leading: "manual", paperTrades: false, haltEndsWithSession: true } as const;
const engineOf = (settings: object = {}) =>
  new Engine(parseSettings({ "contract.session": TAPE_HOURS, ...settings }), MODE, NO_HOLIDAYS);

const at = (second: number) => (OPEN + second * 1e6) as Micros;
const trade = (second: number, price = 1000, size = 50) =>
  batchOf([{ time: at(second), price, size, side: 0, instrument: TAPE_INSTRUMENT }]);
const told = (engine: Engine, ...events: readonly EngineEvent[]) => events.flatMap((event) => engine.process(event));
const [CONTRACT] = eventsOf([], undefined);

/** Twenty quiet minutes and one of four times their volume, most of it at its low. */
const QUIET_AND_BUY = `${"N 1000x50 1002x50 | ".repeat(20)}A 1000x300 B 1008x100`;

describe("a trade", () => {
  it("of the part of a day that holds no whole bar is not late: it still moves the price and meets positions", () => {
    const engine = engineOf({ "detector.barSeconds": 3000 });
    told(engine, CONTRACT as EngineEvent, trade(1), trade(6000, 1001), trade(7199, 1002));
    expect(engine.summary().skipped).toEqual({});
    expect(engine.view().lastPrice).toBe(1002);
  });

  it("of a bar that has closed is late, also after the day has ended", () => {
    const engine = engineOf();
    told(engine, CONTRACT as EngineEvent, trade(7199, 1002), { type: "clock", time: at(7201) }, trade(7199, 1009));
    expect(engine.summary().skipped).toEqual({ late: 1 });
    expect(engine.view().lastPrice).toBe(1002);
  });

  it("whose time is no number is late", () => {
    const engine = engineOf();
    told(engine, CONTRACT as EngineEvent, trade(1), trade(Number.NaN, 1009));
    expect(engine.summary().skipped).toEqual({ late: 1 });
  });
});

describe("a trade that could not be decoded", () => {
  const rejected = (second: number, size: number) =>
    ({ type: "rejected", instrument: TAPE_INSTRUMENT, time: at(second), reason: "off_tick", size }) as const;
  const clusters = (...events: readonly EngineEvent[]) => {
    const engine = engineOf();
    const { trades } = readTape(QUIET_AND_BUY, OPEN);
    const outputs = told(engine, ...eventsOf(trades, undefined), ...events, { type: "clock", time: at(21 * 60) });
    return outputs.map(({ type }) => type).filter((type) => type === "signal");
  };

  it("dirties the bar in which it carried size", () => {
    expect(clusters()).toEqual(["signal"]);
    expect(clusters(rejected(20 * 60 + 30, 5))).toEqual([]);
  });

  it("dirties its own bar where the clock has not come to it, and only then", () => {
    expect(clusters(rejected(20 * 60 - 1, 5))).toEqual(["signal"]);
    const engine = engineOf();
    const { trades } = readTape(QUIET_AND_BUY, OPEN);
    const [contract, ...rest] = eventsOf(trades, undefined);
    const outputs = told(engine, contract as EngineEvent, rejected(20 * 60 + 30, 5), ...rest, {
      type: "clock",
      time: at(21 * 60),
    });
    expect(outputs.filter(({ type }) => type === "signal")).toEqual([]);
  });

  it("counts as a bar where it was one, and as a trade else", () => {
    const engine = engineOf();
    told(engine, CONTRACT as EngineEvent, { ...rejected(1, 5), isBar: true }, { ...rejected(2, 5) });
    expect(engine.summary()).toMatchObject({ bars: 1, trades: 1, skipped: { off_tick: 2 } });
  });

  it("F18: moves no clock, whatever its time is: the trades after it count, and no day begins or ends by it", () => {
    const engine = engineOf();
    told(engine, CONTRACT as EngineEvent, trade(1));
    expect(told(engine, rejected(365 * 86_400, 5), rejected(86_400 * -19_000, 5))).toEqual([]);
    told(engine, trade(2), trade(61));
    expect(engine.summary().skipped).toEqual({ off_tick: 2 });
    expect(engine.view().time).toBe(at(61));
    const first = engineOf();
    expect(told(first, CONTRACT as EngineEvent, { ...rejected(0, 5), time: 0 as Micros }, trade(1))).toEqual([]);
  });

  it("dirties nothing when it is late, or carried no size", () => {
    expect(clusters(rejected(20 * 60 - 1, 5))).toEqual(["signal"]);
    expect(clusters(rejected(20 * 60 + 30, 0))).toEqual(["signal"]);
  });
});

describe("while the feed is down or catches up", () => {
  const connection = (second: number, state: "down" | "up" | "caughtUp") =>
    ({ type: "connection", time: at(second), state }) as const;
  const clock = (second: number) => ({ type: "clock", time: at(second) }) as const;
  const { trades } = readTape(QUIET_AND_BUY, OPEN);

  it("no timer moves the time, so that the trades that fill the gap are not late", () => {
    const engine = engineOf();
    const [before, after] = [trades.slice(0, 30), trades.slice(30)];
    const outputs = told(
      engine,
      ...eventsOf(before, undefined),
      connection(15 * 60, "down"),
      clock(60 * 60),
      connection(61 * 60, "up"),
      clock(61 * 60 + 1),
      batchOf(after),
      clock(61 * 60 + 2),
      connection(61 * 60 + 3, "caughtUp"),
      clock(61 * 60 + 4),
    );
    expect(engine.summary().skipped).toEqual({});
    const types = outputs.map(({ type }) => type).filter((type) => type !== "footprint");
    expect(types).toEqual(["connection", "connection", "signal", "refusal", "connection"]);
    expect(outputs.find(({ type }) => type === "refusal")).toMatchObject({ reason: "STALE" });
    expect(engine.view().time).toBe(at(61 * 60 + 4));
  });
});

describe("An input that begins in the middle of a day", () => {
  const MINUTE_5 = OPEN + 5.5 * 60e6;
  const signals = (minutes: number, from: number) => {
    const tape = `${"N 1000x50 1002x50 | ".repeat(minutes)}A 1000x300 B 1008x100 |`;
    const { trades, end } = readTape(tape, from);
    return told(engineOf(), ...eventsOf(trades, end + 60e6)).filter(({ type }) => type === "signal").length;
  };

  it("does not know all of its first minute, which is no part of the baseline", () => {
    expect(signals(20, MINUTE_5)).toBe(0);
    expect(signals(21, MINUTE_5)).toBe(1);
  });

  it("knows the first minute of the day from its first trade on", () => {
    expect(signals(19, OPEN + 30e6)).toBe(0);
    expect(signals(20, OPEN + 30e6)).toBe(1);
  });
});
