import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { AccountEvent, EngineEvent, EngineOutput, ExitRecorded } from "../../src/core/events.js";
import { limitsOf } from "../../src/core/guards/looserLimits.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { tradeRecords } from "../../src/core/tradeRecords.js";
import { restoredEvents } from "../../src/store/restore.js";
import { barAt } from "../support/barEvents.js";
import { recommendation, SIGNAL_TIME, after as signalPlus, ticks } from "../support/outputs.js";
import { batchOf } from "../support/tape.js";

/*
 * What the user's open positions were worth between his records: a correction and a restart must not forget it, because the
 * emergency stop hangs on its peak.
 */

const LIVE = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;
const IDS = ["A", "B", "C", "Z"] as const;
type Id = (typeof IDS)[number];
const ENTRY = 24_043;
const MINUTE = 60_000_000;
const DAY = 86_400;

const issued: readonly EngineOutput[] = IDS.map((id, i) =>
  recommendation({ id, account: "manual", action: i === 1 ? "SHORT" : "BUY" }),
);

function fresh(settings: object): Engine {
  const engine = new Engine(parseSettings(settings), LIVE, NO_HOLIDAYS);
  engine.process({ type: "contract", instrument: 42, symbol: "ESM5", time: SIGNAL_TIME });
  return engine;
}

function engineOf(settings: object = {}): Engine {
  const engine = fresh(settings);
  for (const event of restoredEvents(issued)) engine.process(event);
  return engine;
}

const run = (engine: Engine, ...events: readonly EngineEvent[]) =>
  events.flatMap((event) => [...engine.process(event)]);
const manual = (engine: Engine) => engine.view().accounts[0];
const print = (step: number, price: number): EngineEvent =>
  batchOf([{ time: signalPlus(step), price: ticks(price), size: 1, side: 0, instrument: 42 }]);
const bar = (step: number, [open, one, two, close]: readonly [number, number, number, number]): EngineEvent => {
  const prices = [open, one, two, close];
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const said = { open: ticks(open), high: ticks(high), low: ticks(low), close: ticks(close) };
  return barAt(SIGNAL_TIME - 15_000_000 + step * MINUTE, 60, { instrument: 42, ...said });
};

const base = { type: "account", account: "manual" } as const;
const fill = (of: Id, price: number, step: number, quantity = 1): AccountEvent => ({
  ...base,
  kind: "fill",
  id: `fill ${step}`,
  recommendation: of,
  price: ticks(price),
  quantity,
  time: signalPlus(step),
});
const exit = (of: Id, price: number, step: number, quantity?: number): AccountEvent => ({
  ...base,
  kind: "exit",
  id: `exit ${step}`,
  recommendation: of,
  price: ticks(price),
  ...(quantity === undefined ? {} : { quantity }),
  reason: "manual",
  time: signalPlus(100_000),
});
const amend = (of: Id, target: string, correction: object, step: number): AccountEvent => ({
  ...base,
  kind: "amendment",
  id: `amend ${step}`,
  recommendation: of,
  target,
  correction,
  why: "Misread",
  time: signalPlus(step),
});
const takeBack = (of: Id, step: number): AccountEvent => ({
  ...base,
  kind: "void",
  id: `void ${step}`,
  recommendation: of,
  why: "Wrong account",
  time: signalPlus(step),
});
const reset = (step: number): AccountEvent => ({
  ...base,
  kind: "reset",
  id: `reset ${step}`,
  reason: "Checked",
  time: signalPlus(step),
});
const tighter = (step: number, emergencyStopLossPct: number): AccountEvent => ({
  type: "account",
  kind: "limits",
  id: `limits ${step}`,
  time: signalPlus(step),
  limits: { ...limitsOf(parseSettings({}).risk), emergencyStopLossPct },
});

type Told = { readonly right: EngineEvent; readonly wrong?: EngineEvent };
const price = fc.integer({ min: ENTRY - 60, max: ENTRY + 60 });
const quantity = fc.integer({ min: 1, max: 3 });
const id = fc.constantFrom("A", "B", "C");

/** What happens at a step: as it was, and as it was first told. */
type Act = (step: number) => Told;
const market: fc.Arbitrary<Act> = price.map((at) => (step) => ({ right: print(step, at) }));
const barMarket: fc.Arbitrary<Act> = fc
  .tuple(price, price, price, price)
  .map((prices) => (step) => ({ right: bar(step, prices) }));
const records: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(id, price, quantity, price, quantity).map(
    ([of, at, many, wrongly, wrongMany]): Act =>
      (step) => ({ right: fill(of, at, step, many), wrong: fill(of, wrongly, step, wrongMany) }),
  ),
  fc.tuple(id, price, price).map(
    ([of, at, wrongly]): Act =>
      (step) => ({ right: exit(of, at, step), wrong: exit(of, wrongly, step) }),
  ),
  fc.constant<Act>((step) => ({ right: reset(step) })),
  fc.constantFrom(0.03, 0.02).map(
    (limit): Act =>
      (step) => ({ right: tighter(step, limit) }),
  ),
);
/** Of one trade that is filled in several fills and closed in parts. What was told wrong is a price: of how many contracts is said right. */
const parts: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(price, fc.integer({ min: 2, max: 5 }), price).map(
    ([at, many, wrongly]): Act =>
      (step) => ({ right: fill("A", at, step, many), wrong: fill("A", wrongly, step, many) }),
  ),
  fc.tuple(price, quantity, price).map(
    ([at, many, wrongly]): Act =>
      (step) => ({ right: exit("A", at, step, many), wrong: exit("A", wrongly, step, many) }),
  ),
);
const day = (prices: fc.Arbitrary<Act>, recorded = records) =>
  fc.array(fc.oneof({ weight: 3, arbitrary: prices }, { weight: 1, arbitrary: recorded }), { maxLength: 60 });

const isIllegal = (outputs: readonly EngineOutput[]) => outputs.some(({ type }) => type === "illegal");
/** The account, and its peaks as the row of one more trade tells them. */
function standing(engine: Engine) {
  const { halted, ...account } = manual(engine) ?? {};
  const made = run(engine, fill("Z", ENTRY, 9998), exit("Z", ENTRY + 1, 9999));
  const row = made.find((output) => output.type === "equity");
  if (row?.type !== "equity") throw new Error("The last trade has no row");
  const { peak, limitPeak, maxDrawdown, balance } = row;
  return { halted: halted === true, account, peak, limitPeak, maxDrawdown, balance };
}

/** A halt stays until the user ends it, also where its cause was corrected; all else is as it would have been. */
function expectAlike(corrected: ReturnType<typeof standing>, right: ReturnType<typeof standing>): void {
  expect({ ...corrected, halted: true }).toEqual({ ...right, halted: true });
  expect(corrected.halted || !right.halted).toBe(true);
}

/** Tells both engines their day; each record that was told wrong is corrected at once, or at the end. */
function corrected(acts: readonly Act[], late: boolean, settings: object) {
  const [erring, right] = [engineOf(settings), engineOf(settings)];
  const outputs: EngineOutput[] = [];
  const truths: AccountEvent[] = [];
  const told: ExitRecorded[] = [];
  const correct = (truth: AccountEvent, step: number) => {
    if (truth.kind !== "fill" && truth.kind !== "exit") return;
    const record = tradeRecords([...issued, ...outputs]).get(truth.recommendation);
    const exits = [...(record?.partialExits ?? []), ...(record?.exit === undefined ? [] : [record.exit])];
    const place = told.filter((each) => each.recommendation === truth.recommendation).indexOf(truth as ExitRecorded);
    const [target, correction] =
      truth.kind === "exit"
        ? [exits[place]?.id ?? "", { price: truth.price }]
        : [truth.id, { price: truth.price, quantity: truth.quantity }];
    outputs.push(...run(erring, amend(truth.recommendation as Id, target, correction, step)));
  };
  for (const [step, act] of acts.entries()) {
    const { right: truth, wrong } = act(step);
    if (isIllegal(run(right, truth))) continue;
    outputs.push(...run(erring, wrong ?? truth));
    if (wrong === undefined || truth.type !== "account") continue;
    if (truth.kind === "exit") told.push(truth);
    if (late) truths.push(truth);
    else correct(truth, 1000 + step);
  }
  for (const [i, truth] of truths.entries()) correct(truth, 5000 + i);
  return { erring, right };
}

describe("What was marked between two records", () => {
  it.each([
    ["prints", market, records],
    ["ready-made bars", barMarket, records],
    ["prints, and a trade in parts", market, parts],
    ["ready-made bars, and a trade in parts", barMarket, parts],
  ])("stays as it was when one of them is corrected, at once or at the end: %s", (_, prices, recorded) => {
    fc.assert(
      fc.property(day(prices, recorded), fc.boolean(), fc.boolean(), (acts, late, stops) => {
        const settings = stops ? { "paper.startBalance": 60_000 } : { "risk.emergencyStopLossPct": 1 };
        const { erring, right } = corrected(acts, late, settings);
        expectAlike(standing(erring), standing(right));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ["prints", market],
    ["ready-made bars", barMarket],
  ])("is what it would be without a record that was taken back: %s", (_, prices) => {
    fc.assert(
      fc.property(day(prices), id, (acts, of) => {
        const settings = { "risk.emergencyStopLossPct": 1 };
        const [erring, unerring] = [engineOf(settings), engineOf(settings)];
        for (const [step, act] of acts.entries()) {
          const event = act(step).right;
          run(erring, event);
          if (!("recommendation" in event && event.recommendation === of)) run(unerring, event);
        }
        run(erring, takeBack(of, 9000));
        expectAlike(standing(erring), standing(unerring));
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ["whole trades", records],
    ["a trade in parts", parts],
  ])("is known after a restart, whatever comes then: %s", (_, recorded) => {
    fc.assert(
      fc.property(day(market, recorded), day(market, recorded), fc.boolean(), (acts, later, stops) => {
        const settings = stops ? {} : { "risk.emergencyStopLossPct": 1 };
        const engine = engineOf(settings);
        const kept = [...issued];
        for (const [step, act] of acts.entries()) kept.push(...run(engine, act(step).right));
        const again = fresh(settings);
        const lasting = kept.filter(({ type }) => type !== "illegal");
        run(again, ...restoredEvents(JSON.parse(JSON.stringify(lasting))));
        const unmarked = (of: Engine) => ({ ...manual(of), equity: 0, drawdown: 0, limitDrawdown: 0 });
        expect(unmarked(again)).toEqual(unmarked(engine));
        // A restart knows what open positions are worth at their next print.
        run(again, print(999, ENTRY));
        run(engine, print(999, ENTRY));
        for (const [step, act] of later.entries()) {
          const { right, wrong } = act(1000 + step);
          expect(run(again, right).map(({ type }) => type)).toEqual(run(engine, right).map(({ type }) => type));
          if (wrong !== undefined && "id" in right && "recommendation" in right && right.kind === "fill") {
            const correction = amend(right.recommendation as Id, right.id, { quantity: 2 }, 1000 + step);
            expect(run(again, correction).length).toBe(run(engine, correction).length);
          }
        }
        expect(standing(again)).toEqual(standing(engine));
      }),
      { numRuns: 150 },
    );
  });

  it("is judged by the limits of when it was met, also after a restart", () => {
    // 25 $ a tick of 15,000 $: 24 ticks are 4 %, and the account is back at its entry when the trade is closed.
    const engine = engineOf({});
    const prints = [ENTRY, ENTRY - 27, ENTRY - 15, ENTRY - 24].map((at, i) => print(2 + i / 2, at));
    const events = [fill("A", ENTRY, 1, 2), ...prints, tighter(5, 0.03), exit("A", ENTRY, 7)];
    const outputs = run(engine, ...events);
    const again = fresh({});
    run(again, ...restoredEvents(JSON.parse(JSON.stringify([...issued, ...outputs]))));
    expect(manual(engine)?.halted).toBe(false);
    expect(manual(again)?.halted).toBe(false);
  });

  it.each([
    ["print", print(DAY + 1, ENTRY - 40)],
    ["correction", amend("A", "fill 1", { price: ticks(ENTRY - 1) }, DAY)],
  ])(
    "halts again at the first %s after a day's end that ended a halt: its peak is the closed balance then",
    (_, event) => {
      const engine = new Engine(parseSettings({}), { ...LIVE, haltEndsWithSession: true }, NO_HOLIDAYS);
      engine.process({ type: "contract", instrument: 42, symbol: "ESM5", time: SIGNAL_TIME });
      run(engine, ...restoredEvents(issued), fill("A", ENTRY, 1, 2), print(2, ENTRY - 40));
      expect(manual(engine)?.halted).toBe(true);
      run(engine, { type: "clock", time: signalPlus(DAY) });
      expect(manual(engine)?.halted).toBe(false);
      const halts = run(engine, event).filter(({ type }) => type === "halt");
      expect(halts).toMatchObject([{ peak: 1_500_000 }]);
    },
  );

  it("halts an account again that was reset in the red", () => {
    const engine = engineOf();
    run(engine, fill("A", ENTRY, 1, 2), print(2, ENTRY - 700));
    expect(manual(engine)?.halted).toBe(true);
    run(engine, reset(3));
    expect(manual(engine)?.halted).toBe(false);
    expect(run(engine, print(4, ENTRY - 701)).map(({ type }) => type)).toContain("halt");
  });

  it("tightens the emergency stop after a correction, as it did before", () => {
    const engine = engineOf();
    run(engine, fill("A", ENTRY, 1), print(2, ENTRY + 100), print(3, ENTRY + 40));
    run(engine, amend("A", "fill 1", { price: ticks(ENTRY + 1) }, 4));
    // From the peak of 99 ticks, $16,232.50, to 39: 4.6 %; eight ticks further it is 5.2 %.
    expect(manual(engine)?.maxDrawdown).toBeCloseTo(75_000 / 1_623_250, 12);
    expect(run(engine, print(5, ENTRY + 32)).map(({ type }) => type)).toContain("halt");
  });

  it("keeps no more of a day than the ticks of its range", () => {
    const engine = engineOf({ "risk.emergencyStopLossPct": 1 });
    run(engine, fill("A", ENTRY, 1));
    const marks: EngineOutput[] = [];
    for (let i = 0; i < 20_000; i++) marks.push(...run(engine, print(2 + i / 100, ENTRY + ((i * 7919) % 41) - 20)));
    expect(marks.length).toBeGreaterThan(0);
    expect(marks.length).toBeLessThanOrEqual(4 * 41);
  });

  it("is told under a name of its own at each print, also at a late one between two others", () => {
    const engine = engineOf();
    run(engine, fill("A", ENTRY, 1));
    const steps = [2, 3, 2, 3];
    const marks = run(engine, ...steps.map((step, i) => print(step, ENTRY + i))).flatMap((output) =>
      output.type === "mark" ? [output.id] : [],
    );
    expect(marks).toHaveLength(steps.length);
    expect(new Set(marks).size).toBe(steps.length);
  });
});
