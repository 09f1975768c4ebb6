import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { AccountEvent, EngineOutput } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import type { Recommendation } from "../../src/core/sizing/recommendation.js";
import { restoredEvents } from "../../src/store/restore.js";
import { barAt } from "../support/barEvents.js";
import { micros, recommendation, SIGNAL_TIME, after as signalPlus, ticks } from "../support/outputs.js";
import { batchOf } from "../support/tape.js";

const LIVE = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;
const ENTRY = 24_043;
const MINUTE = 60_000_000;

function engineWith(...issued: readonly Partial<Recommendation>[]): Engine {
  const engine = new Engine(parseSettings({}), LIVE, NO_HOLIDAYS);
  engine.process({ type: "contract", instrument: 42, symbol: "ESM5", time: SIGNAL_TIME });
  for (const changes of issued) {
    for (const event of restoredEvents([recommendation({ account: "manual", ...changes })])) engine.process(event);
  }
  return engine;
}

function print(engine: Engine, seconds: number, price: number): readonly EngineOutput[] {
  return engine.process(
    batchOf([{ time: signalPlus(seconds), price: ticks(price), size: 1, side: 0, instrument: 42 }]),
  );
}

function fill(of: string, time = signalPlus(2)): AccountEvent {
  const event = { type: "account", account: "manual", kind: "fill", quantity: 1, time, at: time } as const;
  return { ...event, id: `f:${of}`, recommendation: of, price: ticks(ENTRY) };
}

const manual = (engine: Engine) => engine.view().accounts[0];
const types = (outputs: readonly EngineOutput[]) => outputs.map(({ type }) => type);

describe("Marked equity", () => {
  it("keeps its peak and its worst fall when a note alone is corrected, so that the emergency stop does not loosen", () => {
    const engine = engineWith({ id: "A" });
    print(engine, 1, ENTRY);
    engine.process(fill("A"));
    print(engine, 3, ENTRY + 100);
    print(engine, 4, ENTRY + 40);
    const before = manual(engine);
    expect(before?.maxDrawdown).toBeCloseTo(75_000 / 1_624_500, 12);
    engine.process({
      type: "account",
      account: "manual",
      kind: "amendment",
      id: "a",
      recommendation: "A",
      target: "f:A",
      correction: { notes: "seen late" },
      why: "typo",
      time: signalPlus(5),
      at: signalPlus(5),
    });
    expect(manual(engine)).toEqual(before);
    // From the peak of $16,245 to $15,370: 5.4 %.
    expect(types(print(engine, 6, ENTRY + 30))).toContain("halt");
  });

  it("is where the peak of the emergency stop begins anew with a reset: an open loss of before does not halt again", () => {
    const engine = engineWith({ id: "A" });
    print(engine, 1, ENTRY);
    engine.process(fill("A"));
    // $780 of $15,000: 5.2 %.
    expect(types(print(engine, 3, ENTRY - 62))).toContain("halt");
    const at = signalPlus(4);
    const reset = { type: "account", account: "manual", kind: "reset", id: "r", time: at, at } as const;
    engine.process({ ...reset, reason: "The stop order is at the broker" });
    expect(types(print(engine, 5, ENTRY - 62))).not.toContain("halt");
    // 56 ticks, $700, are 4.9 % of the $14,220 that were left; 57 are 5.01 %.
    expect(types(print(engine, 6, ENTRY - 62 - 56))).not.toContain("halt");
    expect(manual(engine)).toMatchObject({ halted: false });
    expect(types(print(engine, 7, ENTRY - 62 - 57))).toContain("halt");
    expect(manual(engine)?.maxDrawdown).toBeCloseTo(149_250 / 1_500_000, 12);
  });

  it("says how far it is from the peak of the emergency stop, and nothing of one that has nothing left to fall from", () => {
    const engine = engineWith({ id: "A" });
    print(engine, 1, ENTRY);
    engine.process(fill("A"));
    print(engine, 3, ENTRY - 62);
    expect(manual(engine)?.limitDrawdown).toBeCloseTo(78_000 / 1_500_000, 12);
    // 1,300 ticks are $16,250.
    print(engine, 4, ENTRY - 1_300);
    expect(manual(engine)?.limitDrawdown).toBeGreaterThan(1);
    const at = signalPlus(5);
    const reset = { type: "account", account: "manual", kind: "reset", id: "r", time: at, at } as const;
    engine.process({ ...reset, reason: "Money was paid in" });
    expect(manual(engine)?.equity).toBeLessThan(0);
    expect(manual(engine)).not.toHaveProperty("limitDrawdown");
  });

  it("takes what was met before a restart once, though some of it is told twice", () => {
    const first = engineWith({ id: "A" });
    print(first, 1, ENTRY);
    const rows = [...first.process(fill("A"))];
    // Down and then up: told once more, that would be a fall from the peak.
    for (let step = 0; step < 300; step += 1) rows.push(...print(first, 3 + step, ENTRY - 30 + step / 5));
    rows.push(...first.process({ type: "clock", time: signalPlus(400) }));
    const told = restoredEvents(rows);
    const marks = told.filter(({ kind }) => kind === "mark");
    expect(marks.length).toBeGreaterThan(20);
    const [once, twice] = [engineWith({ id: "A" }), engineWith({ id: "A" })];
    for (const event of told) once.process(event);
    for (const event of [...told, ...marks]) twice.process(event);
    // 30 ticks of $12.50 and two sides of $2.50.
    expect(manual(once)?.maxDrawdown).toBeCloseTo(38_000 / 1_500_000, 12);
    expect(twice.view().accounts).toEqual(once.view().accounts);
  });

  it("of one position does not move by the typed exit price of another", () => {
    const engine = engineWith({ id: "A" }, { id: "B" });
    engine.process(fill("A"));
    engine.process(fill("B"));
    const exit = {
      type: "account",
      account: "manual",
      kind: "exit",
      reason: "manual",
      time: signalPlus(10),
      at: signalPlus(10),
    } as const;
    const made = engine.process({ ...exit, id: "x", recommendation: "A", price: ticks(ENTRY - 40) });
    expect(types(made)).toEqual(["exit", "equity"]);
    // 40 ticks and two sides: $505.
    expect(manual(engine)).toMatchObject({ equity: 1_449_500, halted: false });
  });

  it.each(["BUY", "SHORT"] as const)("of the user's %s meets a bar's adverse extreme", (action) => {
    const side = action === "BUY" ? 1 : -1;
    const stop = ticks(ENTRY - side * 62);
    const engine = engineWith({ id: "A", action, stop, target: ticks(ENTRY + side * 122) });
    const start = SIGNAL_TIME - 15_000_000 + MINUTE;
    const flat = { instrument: 42, open: ticks(ENTRY), high: ticks(ENTRY), low: ticks(ENTRY), close: ticks(ENTRY) };
    engine.process(barAt(start, 60, flat));
    engine.process(fill("A", micros(start + MINUTE)));
    const made = engine.process(barAt(start + MINUTE, 60, { ...flat, [side > 0 ? "low" : "high"]: stop }));
    // 62 ticks of $12.50 and two sides of $2.50 from $15,000: 5.2 %.
    expect(types(made)).toContain("halt");
    expect(manual(engine)?.maxDrawdown).toBeCloseTo(780 / 15_000, 12);
  });

  it("of the user's long meets a bar's favourable extreme, which is a peak", () => {
    const engine = engineWith({ id: "A" });
    const start = SIGNAL_TIME - 15_000_000 + MINUTE;
    const flat = { instrument: 42, open: ticks(ENTRY), high: ticks(ENTRY), low: ticks(ENTRY), close: ticks(ENTRY) };
    engine.process(barAt(start, 60, flat));
    engine.process(fill("A", micros(start + MINUTE)));
    engine.process(barAt(start + MINUTE, 60, { ...flat, high: ticks(ENTRY + 40) }));
    // Up $495 and back to -$5.
    expect(manual(engine)?.drawdown).toBeCloseTo(500 / 15_495, 12);
  });
});
