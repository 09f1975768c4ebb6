import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { AccountEvent, EngineEvent, EngineOutput, Exit, ExitReason } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { Trail } from "../../src/core/trail.js";
import { restoredEvents } from "../../src/store/restore.js";
import { barAt } from "../support/barEvents.js";
import { recommendation, SIGNAL_TIME, after as signalPlus, ticks } from "../support/outputs.js";
import { batchOf } from "../support/tape.js";

const LIVE = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;
const SECOND = 1_000_000;
const ENTRY = 24_043;
const base = { type: "account", account: "manual", recommendation: "A" } as const;

const print = (second: number, price: number): EngineEvent =>
  batchOf([{ time: signalPlus(second), price: ticks(price), size: 1, side: 0, instrument: 42 }]);
const fill = (second: number, quantity = 1, price = ENTRY): AccountEvent => ({
  ...base,
  kind: "fill",
  id: `fill ${second}`,
  price: ticks(price),
  quantity,
  time: signalPlus(second),
});
const exit = (price: number, second: number, reason: ExitReason = "manual"): AccountEvent => ({
  ...base,
  kind: "exit",
  id: `exit ${second}`,
  price: ticks(price),
  reason,
  time: signalPlus(second),
});
const amend = (target: string, correction: object): AccountEvent => ({
  ...base,
  kind: "amendment",
  id: "amend",
  target,
  correction,
  why: "Misread",
  time: signalPlus(900),
});
const connection = (state: "down" | "up", second: number): EngineEvent => ({
  type: "connection",
  time: signalPlus(second),
  state,
});
const gap = (from: number, to: number, instrument?: number): EngineEvent => ({
  type: "connection",
  time: signalPlus(to),
  state: "gap",
  from: signalPlus(from),
  to: signalPlus(to),
  ...(instrument === undefined ? {} : { instrument }),
});

function engineOf(action: "BUY" | "SHORT" = "BUY", kept: readonly EngineOutput[] = []): Engine {
  const engine = new Engine(parseSettings({ "risk.emergencyStopLossPct": 1 }), LIVE, NO_HOLIDAYS);
  engine.process({ type: "contract", instrument: 42, symbol: "ESM5", time: SIGNAL_TIME });
  const issued = recommendation({ id: "A", account: "manual", action });
  for (const event of restoredEvents([issued, ...kept])) engine.process(event);
  return engine;
}

const run = (engine: Engine, ...events: readonly EngineEvent[]) =>
  events.flatMap((event) => [...engine.process(event)]);
const exits = (outputs: readonly EngineOutput[]) => outputs.filter((output): output is Exit => output.type === "exit");
/** In ticks, which are a quarter of a point. */
function excursions(...events: readonly EngineEvent[]) {
  const [closed] = exits(run(engineOf(), ...events));
  if (closed === undefined) throw new Error("Nothing was closed");
  return inTicks(closed);
}
const inTicks = ({ maePoints, mfePoints }: Exit) =>
  maePoints === undefined || mfePoints === undefined ? undefined : [maePoints * 4, mfePoints * 4];

const WATCHED = [print(0, ENTRY), fill(1), print(2, ENTRY - 9), print(3, ENTRY + 5), print(8, ENTRY)] as const;

describe("How far prices went during a trade of the user's", () => {
  it("is told with its exit, of both sides", () => {
    expect(excursions(...WATCHED, exit(ENTRY + 2, 8))).toEqual([-9, 5]);
    const [short] = exits(run(engineOf("SHORT"), ...WATCHED, exit(ENTRY + 2, 8)));
    expect(short && inTicks(short)).toEqual([-5, 9]);
  });

  it("counts what was printed between entry and exit, and the exit, and nothing else", () => {
    const around = [print(0, ENTRY - 90), fill(1), print(2, ENTRY - 1), print(4, ENTRY), print(6, ENTRY + 90)];
    expect(excursions(...around, exit(ENTRY + 3, 5))).toEqual([-1, 3]);
  });

  it("is measured from the mean entry of several fills", () => {
    expect(
      excursions(print(0, ENTRY), fill(1), fill(2, 1, ENTRY + 2), print(4, ENTRY - 4), print(6, ENTRY), exit(ENTRY, 6)),
    ).toEqual([-5, 0]);
  });

  it("ends where the market came to the target or the stop, however late that is recorded", () => {
    const late = [print(0, ENTRY), fill(1), print(2, ENTRY - 3)];
    const target = [...late, print(4, ENTRY + 124), print(9, ENTRY - 80), print(30, ENTRY + 200), print(60, ENTRY)];
    expect(excursions(...target, exit(ENTRY + 122, 60, "target"))).toEqual([-3, 122]);
    const stop = [...late, print(4, ENTRY - 70), print(9, ENTRY - 90), print(30, ENTRY + 90), print(60, ENTRY)];
    expect(excursions(...stop, exit(ENTRY - 63, 60, "stop"))).toEqual([-63, 0]);
    // A "target" far from the target was an exit by hand: nothing ended where the market first came there.
    const claimed = [...late, print(4, ENTRY + 70), print(9, ENTRY - 80), print(60, ENTRY)];
    expect(excursions(...claimed, exit(ENTRY + 60, 60, "target"))).toEqual([-80, 70]);
  });

  it("is unknown where a part of it was not seen", () => {
    expect(excursions(fill(1), print(2, ENTRY - 9), print(8, ENTRY), exit(ENTRY + 2, 8))).toBeUndefined();
    expect(excursions(...WATCHED, gap(4, 6), exit(ENTRY + 2, 8))).toBeUndefined();
    expect(excursions(...WATCHED, gap(4, 6, 42), exit(ENTRY + 2, 8))).toBeUndefined();
    expect(excursions(...WATCHED, connection("down", 8), exit(ENTRY + 2, 8))).toBeUndefined();
    expect(excursions(...WATCHED, connection("down", 8), connection("up", 9), exit(ENTRY, 9))).toBeUndefined();
    expect(excursions(...WATCHED, exit(ENTRY + 2, 100))).toBeUndefined();
  });

  it("is known where nothing is missing of it: a gap before, after or of another contract, and a quiet market", () => {
    const late = [gap(4, 6), fill(7), print(8, ENTRY - 2), print(20, ENTRY), exit(ENTRY, 20)];
    expect(excursions(print(0, ENTRY), print(3, ENTRY), ...late)).toEqual([-2, 0]);
    expect(excursions(...WATCHED, gap(4, 6, 43), exit(ENTRY + 2, 8))).toEqual([-9, 5]);
    expect(excursions(...WATCHED, print(11, ENTRY), gap(9, 10), exit(ENTRY + 2, 8))).toEqual([-9, 5]);
    expect(excursions(...WATCHED, exit(ENTRY + 2, 12))).toEqual([-9, 5]);
    expect(excursions(...WATCHED, { type: "clock", time: signalPlus(300) }, exit(ENTRY + 2, 300))).toEqual([-9, 5]);
  });

  it("is unknown of a trade that was held over a time in which no trading day was open", () => {
    const nextDay = 86_400;
    expect(excursions(...WATCHED, print(nextDay, ENTRY), exit(ENTRY, nextDay))).toBeUndefined();
  });

  it("stays with a correction of anything but prices, quantities and times", () => {
    const engine = engineOf();
    const closed = exits(run(engine, ...WATCHED, exit(ENTRY + 2, 8)))[0];
    const [noted] = exits(run(engine, amend(closed?.id ?? "", { notes: "in a hurry", override: true })));
    expect(noted && inTicks(noted)).toEqual([-9, 5]);
    const other = { ...amend("fill 1", { price: ticks(ENTRY + 1) }), id: "amend 2" };
    const [repriced] = exits(run(engine, other));
    expect(repriced).toMatchObject({ maePoints: undefined, mfePoints: undefined });
  });

  it("is the same after a restart, also of an older record that does not say it, and of one that is corrected then", () => {
    const outputs = run(engineOf(), ...WATCHED, exit(ENTRY + 2, 8));
    const again = engineOf("BUY", JSON.parse(JSON.stringify(outputs)));
    const [corrected] = exits(run(again, amend(exits(outputs)[0]?.id ?? "", { notes: "late" })));
    expect(corrected && inTicks(corrected)).toEqual([-9, 5]);
    // The market of the day is told anew; the record comes in its place among it.
    const older = outputs.map((output) => (output.type === "exit" ? { ...output, maePoints: undefined } : output));
    const told = restoredEvents(older).filter(({ type }) => type === "account");
    const [first, ...others] = told;
    const replayed = run(engineOf(), print(0, ENTRY), ...(first ? [first] : []), ...WATCHED.slice(2), ...others);
    expect(exits(replayed)).toMatchObject([{ maePoints: undefined, mfePoints: undefined }]);
  });

  it("is known of ready-made bars that lie wholly within", () => {
    const minute = 60;
    const bar = (start: number, low: number, high: number): EngineEvent => {
      const said = { open: ticks(ENTRY), high: ticks(high), low: ticks(low), close: ticks(ENTRY) };
      return barAt(SIGNAL_TIME + start * SECOND, minute, { instrument: 42, ...said });
    };
    const bars = [
      bar(0, ENTRY - 50, ENTRY + 50),
      fill(30),
      bar(60, ENTRY - 7, ENTRY + 4),
      bar(120, ENTRY - 90, ENTRY + 90),
    ];
    expect(excursions(...bars, exit(ENTRY, 170))).toEqual([-7, 4]);
  });
});

it("The engine's view is the same object until something happens, and knows what has", () => {
  const engine = engineOf();
  const before = engine.view();
  expect(engine.view()).toBe(before);
  run(engine, ...WATCHED);
  expect(engine.view().open).toHaveLength(1);
  run(engine, exit(ENTRY + 2, 8));
  expect([engine.view().open, engine.view().contexts.map(({ trades }) => trades)]).toEqual([[], [1]]);
  run(engine, { ...base, kind: "void", id: "void", why: "Wrong account", time: signalPlus(9) });
  expect(engine.view().contexts).toEqual([]);
  expect(before.open).toEqual([]);
});

describe("A trail", () => {
  const trip = (from: number, to: number, side: "BUY" | "SHORT", exitPrice: number) => ({
    recommendation: recommendation({ action: side }),
    quantity: 1,
    entryTime: signalPlus(from),
    entryPrice: ENTRY,
    exits: [{ price: ticks(exitPrice) }],
    last: { time: signalPlus(to), price: ticks(exitPrice), reason: "manual" as const },
    exitTime: signalPlus(to),
    exitPrice,
    ...{ grossPnl: 0, commission: 0, netPnl: 0, rMultiple: 0, balanceBefore: 0, balanceAfter: 0 },
  });

  it("tells what the prints of whole seconds between entry and exit say", () => {
    const prints = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: -50, max: 50 })), { minLength: 1, maxLength: 60 });
    const side = fc.constantFrom("BUY" as const, "SHORT" as const);
    fc.assert(
      fc.property(prints, fc.nat(60), fc.nat(60), side, fc.integer({ min: -20, max: 20 }), (given, a, b, of, left) => {
        const trail = new Trail();
        let second = 0;
        const tape = given.map(([later, moved]) => {
          second += later;
          trail.add(signalPlus(second) + (moved + 50) * 1000, ENTRY + moved);
          return { second, moved };
        });
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const within = tape.filter((each) => each.second >= from && each.second < to);
        const sign = of === "BUY" ? 1 : -1;
        const gains = [0, sign * left, ...within.map(({ moved }) => sign * moved)];
        const isSeen = signalPlus(from) >= signalPlus(tape[0]?.second ?? 0) + ((tape[0]?.moved ?? 0) + 50) * 1000;
        const expected = { mae: Math.min(...gains) + 0, mfe: Math.max(...gains) + 0 };
        const found = trail.excursions(trip(from, to, of, ENTRY + left) as never, signalPlus(to));
        expect(found).toEqual(isSeen ? expected : undefined);
      }),
    );
  });

  it("tells of an open trade what it would tell of one that is closed now at the last price", () => {
    const prints = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(prints, fc.nat(58), fc.constantFrom("BUY" as const, "SHORT" as const), (given, after, of) => {
        const trail = new Trail();
        for (const [second, moved] of given.entries()) trail.add(signalPlus(second), ENTRY + moved);
        const from = Math.min(after, given.length - 1);
        const closed = trip(from, given.length, of, ENTRY + (given.at(-1) ?? 0));
        const found = trail.soFar(closed as never);
        expect(found).toEqual(trail.excursions(closed as never, signalPlus(given.length)));
      }),
    );
  });

  it("says nothing of an open trade that was not seen from its entry on, or has a hole", () => {
    const trail = new Trail();
    const position = trip(0, 9, "BUY", ENTRY) as never;
    expect(trail.soFar(position)).toBeUndefined();
    for (let second = 1; second < 5; second++) trail.add(signalPlus(second), ENTRY + second);
    expect(trail.soFar(position)).toBeUndefined();
    expect(trail.soFar(trip(2, 9, "BUY", ENTRY) as never)).toEqual({ mae: 0, mfe: 4 });
    trail.addGap(signalPlus(3), signalPlus(4));
    expect(trail.soFar(trip(2, 9, "BUY", ENTRY) as never)).toBeUndefined();
    expect(trail.soFar(trip(4, 9, "BUY", ENTRY) as never)).toEqual({ mae: 0, mfe: 4 });
  });

  it("forgets what is long past, and knows that", () => {
    const trail = new Trail(10);
    for (let second = 0; second < 1_000; second++) trail.add(signalPlus(second), ENTRY + (second % 7));
    expect(trail.excursions(trip(970, 990, "BUY", ENTRY) as never, signalPlus(999))).toBeUndefined();
    expect(trail.excursions(trip(992, 998, "BUY", ENTRY) as never, signalPlus(999))).toEqual({ mae: 0, mfe: 6 });
  });
});
