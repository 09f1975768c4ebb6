import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent, EngineOutput } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { MICROS_PER_DAY, type Micros, type Ticks } from "../../src/core/units.js";
import { restoredEvents } from "../../src/store/restore.js";
import { batchOf, eventsOf, readTape, TAPE_HOURS, TAPE_INSTRUMENT, type TapeTrade } from "../support/tape.js";

const PAPER = { leading: "paper", paperTrades: true, haltEndsWithSession: true } as const;
const GTC = { "contract.session": TAPE_HOURS, "order.defaultValidity": "GTC", "order.limitOffsetTicks": 40 };
const engineOf = (settings: object = GTC) => new Engine(parseSettings(settings), PAPER, NO_HOLIDAYS);
const told = (engine: Engine, ...events: readonly EngineEvent[]): EngineOutput[] =>
  events.flatMap((event) => [...engine.process(event)]);
const ended = (outputs: readonly EngineOutput[]) =>
  outputs.flatMap((output) => (output.type === "cancel" || output.type === "shadow" ? [output] : []));

/** Quiet minutes and a BUY signal on the morning of a day, whose limit is never reached. */
function morning(date: number): readonly EngineEvent[] {
  const { trades, end } = readTape(`${"N 1000x50 1002x50 | ".repeat(20)}A 1000x300 B 1008x100 | N 1008x1 |`, date);
  return eventsOf(trades, end);
}

const JUNE_9 = Date.UTC(2025, 5, 9, 9) * 1000;
const trade = (time: number, changes: Partial<TapeTrade> = {}) =>
  batchOf([{ time, price: 1008, size: 1, side: 0, instrument: TAPE_INSTRUMENT, ...changes }]);
const HOURS_2 = 7200e6;

describe("An entry that is good till cancelled", () => {
  it("outlives its day", () => {
    const engine = engineOf();
    const outputs = told(engine, ...morning(JUNE_9), trade(JUNE_9 + MICROS_PER_DAY));
    expect(ended(outputs)).toEqual([]);
    expect(engine.summary().workingEntries).toBe(1);
  });

  it("ends, as does its shadow, when another contract becomes that of the day, and does not hold the roll up", () => {
    const engine = engineOf();
    const next = { type: "contract", instrument: 8, symbol: "ESU5", time: JUNE_9 as Micros } as const;
    const more = trade(JUNE_9 + HOURS_2 - 1e6, { instrument: 8, size: 1_000_000 });
    const outputs = told(engine, next, ...morning(JUNE_9), more, trade(JUNE_9 + MICROS_PER_DAY, { instrument: 8 }));
    expect(ended(outputs)).toMatchObject([
      { type: "cancel", reason: "EXPIRED", time: JUNE_9 + HOURS_2 },
      { type: "shadow", reason: "EXPIRED", time: JUNE_9 + HOURS_2 },
    ]);
    expect(engine.summary().workingEntries).toBe(0);
    expect(engine.view().instrument?.symbol).toBe("ESU5");
  });

  it("ends on the third Friday of the contract's month, also when nothing follows", () => {
    const friday = Date.UTC(2025, 5, 20, 9) * 1000;
    const engine = engineOf();
    expect(ended(told(engine, ...morning(friday - MICROS_PER_DAY), trade(friday)))).toEqual([]);
    const outputs = told(engine, { type: "clock", time: (friday + HOURS_2) as Micros });
    expect(ended(outputs)).toMatchObject([{ reason: "EXPIRED", time: friday + HOURS_2 }, { type: "shadow" }]);
  });

  it("that filled on a later day is held to the end of that day, also after a restart", () => {
    const first = engineOf();
    const tomorrow = JUNE_9 + MICROS_PER_DAY;
    const outputs = told(first, ...morning(JUNE_9), trade(tomorrow + 60e6), trade(tomorrow + 61e6, { price: 967 }));
    expect(outputs.at(-1)).toMatchObject({ type: "fill", price: 968 as Ticks });
    const again = engineOf();
    told(again, ...eventsOf([], undefined), ...restoredEvents(outputs));
    expect(told(again, trade(tomorrow + 120e6, { price: 970 }))).toEqual([]);
    expect(again.summary().openPositions).toBe(1);
    const flat = told(again, trade(tomorrow + HOURS_2 - 60e6, { price: 970 }));
    expect(flat.find(({ type }) => type === "exit")).toMatchObject({ reason: "eod" });
  });
});
