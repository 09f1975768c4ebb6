import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent, EngineOutput } from "../../src/core/events.js";
import type { Bar } from "../../src/core/market.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { MICROS_PER_DAY, type Micros, type Ticks } from "../../src/core/units.js";
import { restoredEvents } from "../../src/store/restore.js";
import { barAt } from "../support/barEvents.js";
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

const FRIDAY = Date.UTC(2025, 5, 20, 9) * 1000;
const NEXT_DAY = 3 * MICROS_PER_DAY;
const DAY_ONLY = { "contract.session": TAPE_HOURS, "paper.startBalance": 30_000 };
const exits = (outputs: readonly EngineOutput[]) => outputs.filter(({ type }) => type === "exit");

/** A morning whose BUY is filled at 1008 and last met 1009. */
function filled(date: number): readonly EngineEvent[] {
  const buy = `${"N 1000x50 1002x50 | ".repeat(20)}A 1000x300 B 1008x100 | N 1008x1 | `;
  const { trades, end } = readTape(`${buy}N 1006x1 1009x1 |`, date);
  return eventsOf(trades, end);
}

/** Trades of the next contract on a day, one a minute. */
const followers = (date: number, minutes = 118) =>
  batchOf(
    Array.from({ length: minutes }, (_, i) => {
      return { time: date + i * 60e6, price: 1100 + (i % 2), size: 50, side: 0 as const, instrument: 8 };
    }),
  );
const next = (time: number, leads: boolean) =>
  ({ type: "contract", instrument: 8, symbol: "ESU5", time: time as Micros, leads }) as const;

describe("A paper position that meets no further print", () => {
  it.each([
    ["by the feed's word", true],
    ["by volume", false],
  ])(
    "is closed at the last one as its contract ends, and the next contract is followed from the open on: %s",
    (_, leads) => {
      const engine = engineOf(DAY_ONLY);
      const outputs = told(engine, ...filled(FRIDAY));
      expect(engine.summary().openPositions).toBe(1);
      const more = told(engine, next(FRIDAY + NEXT_DAY - 60e6, leads), followers(FRIDAY + NEXT_DAY - 30e6, 1));
      const all = [...outputs, ...more];
      expect(exits(all)).toMatchObject([{ reason: "eod", price: 1008, time: FRIDAY + HOURS_2, account: "paper" }]);
      expect(all.filter(({ type }) => type === "shadow")).toMatchObject([{ reason: "eod", price: 1008 }]);
      const row = all.find((output) => output.type === "equity" && output.tradingDay === "2025-06-20");
      expect(row).toMatchObject({ pnlToday: 750, balance: 3_000_750 });
      told(engine, followers(FRIDAY + NEXT_DAY));
      expect(engine.view().instrument?.symbol).toBe("ESU5");
      expect(engine.summary().skipped).toEqual(leads ? {} : { foreign: 1 });
    },
  );

  it("is closed before the next contract's first ready-made bar, which is followed at once", () => {
    const engine = engineOf(DAY_ONLY);
    told(engine, next(FRIDAY, false), {
      type: "contract",
      instrument: TAPE_INSTRUMENT,
      symbol: "ESM5",
      time: FRIDAY as Micros,
    });
    const day = (date: number, changes: object) =>
      Array.from({ length: 40 }, (_, i) => {
        const spike = { open: 1008, high: 1010, low: 1000, close: 1000, volume: 900 };
        const prices = i > 30 ? { open: 1000, high: 1001, low: 998, close: 1000 } : {};
        return barAt(date + i * 60e6, 60, { ...(i === 30 ? spike : prices), ...changes } as Partial<Bar>);
      });
    told(engine, ...day(FRIDAY, {}));
    expect(engine.summary().openPositions).toBe(1);
    expect(exits(told(engine, ...day(FRIDAY + NEXT_DAY, { instrument: 8 })))).toMatchObject([
      { reason: "eod", time: FRIDAY + HOURS_2 },
    ]);
    expect(engine.summary().skipped).toEqual({});
  });

  it("waits for one while its contract trades, and is closed at the last one when another is followed instead", () => {
    const engine = engineOf(DAY_ONLY);
    const outputs = told(engine, ...filled(JUNE_9), next(JUNE_9 + 1.9 * 3600e6, false));
    const tomorrow = JUNE_9 + MICROS_PER_DAY;
    outputs.push(...told(engine, followers(tomorrow)));
    expect(exits(outputs)).toEqual([]);
    const later = told(engine, followers(tomorrow + MICROS_PER_DAY));
    expect(exits(later)).toMatchObject([{ reason: "eod", price: 1008, time: tomorrow + HOURS_2 }]);
    expect(engine.view().instrument?.symbol).toBe("ESU5");
    expect(engine.summary().skipped).toEqual({ foreign: 118 });
  });

  it("is closed at the last one when its contract's number is given to another, which is followed from the next open on", () => {
    const engine = engineOf(DAY_ONLY);
    told(engine, ...filled(JUNE_9));
    const tomorrow = JUNE_9 + MICROS_PER_DAY;
    const renamed = { ...next(tomorrow - 60e6, false), instrument: TAPE_INSTRUMENT };
    const prints = [0, 1].map((i) => ({ time: tomorrow + i * 60e6, price: 1100, size: 50, side: 0 as const }));
    const outputs = told(engine, renamed, batchOf(prints.map((print) => ({ ...print, instrument: TAPE_INSTRUMENT }))));
    expect(exits(outputs)).toMatchObject([{ reason: "eod", price: 1008, time: tomorrow }]);
    expect(engine.view()).toMatchObject({ instrument: { symbol: "ESU5" }, lastPrice: 1100, open: [] });
    expect(engine.summary().skipped).toEqual({});
  });

  it("is closed at its entry where a restart after its contract's end knows no print of it", () => {
    const outputs = told(engineOf(DAY_ONLY), ...filled(FRIDAY));
    const again = engineOf(DAY_ONLY);
    told(again, next(FRIDAY + NEXT_DAY, true), ...restoredEvents(outputs));
    expect(again.summary().openPositions).toBe(1);
    expect(exits(told(again, followers(FRIDAY + NEXT_DAY, 1)))).toMatchObject([{ reason: "eod", price: 1006 }]);
    expect(again.summary().openPositions).toBe(0);
  });
});

describe("The user's position", () => {
  const LIVE = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;

  it("holds a roll up while its contract trades, no longer, and keeps its own contract", () => {
    for (const [date, followed] of [
      [JUNE_9, "ESM5"],
      [FRIDAY, "ESU5"],
    ] as const) {
      const engine = new Engine(parseSettings(DAY_ONLY), LIVE, NO_HOLIDAYS);
      const made = told(engine, ...filled(date)).find(({ type }) => type === "recommendation");
      if (made?.type !== "recommendation") return expect.fail("no recommendation");
      const said = { type: "account", account: "manual", recommendation: made.id, price: made.price } as const;
      told(engine, { ...said, kind: "fill", id: "f", time: made.time, quantity: 1 });
      told(engine, next(date + NEXT_DAY - 60e6, true), followers(date + NEXT_DAY));
      expect(engine.view().instrument?.symbol).toBe(followed);
      expect(engine.view().open).toMatchObject([
        { account: "manual", recommendation: { instrument: { symbol: "ESM5" } } },
      ]);
      // A print of the followed contract says nothing of what another is worth.
      expect(engine.view().open[0]?.openPnl).toBe(date === JUNE_9 ? 750 : undefined);
    }
  });
});
