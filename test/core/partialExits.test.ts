import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { AccountEvent, EngineEvent, EngineOutput, ExitReason } from "../../src/core/events.js";
import { outcomeOf } from "../../src/core/learning.js";
import { Account, type RoundTrip } from "../../src/core/ledger/account.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { countingExits, moneySteps, openPartialExits, tradeRecords } from "../../src/core/tradeRecords.js";
import { restoredEvents } from "../../src/store/restore.js";
import { cents, ES, recommendation, SIGNAL_TIME, after as signalPlus, ticks } from "../support/outputs.js";
import { batchOf } from "../support/tape.js";

const ENTRY = 24_043;
const START = cents(1_500_000);

/** Instruments whose ticks are whole cents, half cents and thirds of a tenth of one, and whose commission is none of them. */
const INSTRUMENTS = [
  ES,
  { ...ES, tickSize: 0.015625, pointValue: 1000, commission: 1.235 },
  { ...ES, tickSize: 0.01, pointValue: 0.37, commission: 0.0333 },
];

interface Part {
  readonly price: number;
  readonly quantity: number;
}

/** Fills and closes a position, the last part by taking all that is left. */
function closedBy(parts: readonly Part[], fills: readonly Part[], of: Parameters<typeof recommendation>[0]) {
  const account = new Account("manual", START);
  account.beginDay(SIGNAL_TIME);
  const issued = recommendation(of);
  let trip: RoundTrip | undefined;
  for (const { price, quantity } of fills) account.fill(issued, { time: SIGNAL_TIME, price: ticks(price), quantity });
  const position = account.positions.get(issued.id);
  if (position === undefined) throw new Error("Nothing is open");
  for (const [place, { price, quantity }] of parts.entries()) {
    const facts = { id: `${place}`, time: signalPlus(60), price: ticks(price), reason: "manual" as const };
    if (place === parts.length - 1) trip = account.close(position, facts);
    else account.closePart(position, { ...facts, quantity });
  }
  if (trip === undefined) throw new Error("Nothing was closed");
  account.value();
  return { account, trip };
}

const price = fc.integer({ min: ENTRY - 200, max: ENTRY + 200 });
const part = fc.record({ price, quantity: fc.integer({ min: 1, max: 4 }) });
const parts = fc.array(part, { minLength: 1, maxLength: 5 });
const side = fc.record({
  action: fc.constantFrom("BUY" as const, "SHORT" as const),
  instrument: fc.constantFrom(...INSTRUMENTS),
});
const count = (of: readonly Part[]) => of.reduce((sum, { quantity }) => sum + quantity, 0);

/** Fills of as many contracts as the parts close, cut otherwise. */
function fillsOf(closed: readonly Part[], prices: readonly number[]): readonly Part[] {
  const total = count(closed);
  const first = Math.max(1, Math.floor(total / 3));
  const [one = ENTRY, other = ENTRY] = prices;
  return total === first
    ? [{ price: one, quantity: total }]
    : [
        { price: one, quantity: first },
        { price: other, quantity: total - first },
      ];
}

/** What a closed trade came to, but for the parts. */
const result = ({ account, trip }: ReturnType<typeof closedBy>) => {
  const { grossPnl, commission, netPnl, rMultiple, exitPrice, entryPrice, quantity, balanceAfter } = trip;
  const { balance, equity, peak, pnlToday, losingStreak, closedTrades, wins } = account;
  return {
    ...{ grossPnl, commission, netPnl, rMultiple, exitPrice, entryPrice, quantity, balanceAfter },
    ...{ balance, equity, pnlToday, losingStreak, closedTrades, wins, hasRisen: peak > START },
    learned: outcomeOf(trip, "manual", {}),
  };
};

describe("A position that is closed in parts", () => {
  it("comes to what one exit comes to, where all are at one price and time", () => {
    fc.assert(
      fc.property(parts, price, price, price, side, (cut, at, one, other, of) => {
        const split = cut.map(({ quantity }) => ({ price: at, quantity }));
        const fills = fillsOf(split, [one, other]);
        const whole = closedBy([{ price: at, quantity: count(split) }], fills, of);
        expect(result(closedBy(split, fills, of))).toEqual(result(whole));
      }),
    );
  });

  it("comes to the same in whatever order its parts are told", () => {
    fc.assert(
      fc.property(parts, fc.infiniteStream(fc.nat()), price, price, side, (cut, keys, one, other, of) => {
        const fills = fillsOf(cut, [one, other]);
        const shuffled = cut
          .map((each) => ({ each, key: keys.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const { hasRisen: _, ...told } = result(closedBy(cut, fills, of));
        expect(result(closedBy(shuffled, fills, of))).toMatchObject(told);
      }),
    );
  });

  it("is the sum of its parts to the cent, each of which moved the balance by what it made", () => {
    fc.assert(
      fc.property(parts, price, price, side, (cut, one, other, of) => {
        const { trip, account } = closedBy(cut, fillsOf(cut, [one, other]), of);
        const sum = (value: "quantity" | "grossPnl" | "commission" | "netPnl") =>
          trip.exits.reduce((total, exit) => total + exit[value], 0);
        expect(sum("quantity")).toBe(trip.quantity);
        expect(sum("grossPnl")).toBe(trip.grossPnl);
        expect(sum("commission")).toBe(trip.commission);
        expect(sum("netPnl")).toBe(trip.netPnl);
        let balance: number = START;
        for (const exit of trip.exits) {
          expect(exit.balanceBefore).toBe(balance);
          balance += exit.netPnl;
          expect(exit.balanceAfter).toBe(balance);
        }
        expect(account.balance).toBe(balance);
      }),
    );
  });

  it("is worth as much just after a part was closed as just before, at the price of that part", () => {
    fc.assert(
      fc.property(part, fc.integer({ min: 1, max: 4 }), price, price, side, (first, left, one, other, of) => {
        const account = new Account("manual", START);
        const issued = recommendation(of);
        for (const { price: at, quantity } of fillsOf([first, { price: 0, quantity: left }], [one, other]))
          account.fill(issued, { time: SIGNAL_TIME, price: ticks(at), quantity });
        const position = account.positions.get(issued.id);
        if (position === undefined) throw new Error("Nothing is open");
        account.mark(first.price, of.instrument);
        const before = account.equity;
        const { quantity } = first;
        account.closePart(position, {
          id: "1",
          time: SIGNAL_TIME,
          price: ticks(first.price),
          quantity,
          reason: "time",
        });
        account.value();
        // Booked money is rounded: half a cent for each fill, and for the commission.
        expect(Math.abs(account.equity - before)).toBeLessThanOrEqual(1.5 + 1e-6);
        expect(account.openContracts).toBe(left);
      }),
    );
  });

  it("closes first what was filled first", () => {
    const { trip } = closedBy(
      [
        { price: 24_050, quantity: 1 },
        { price: 24_050, quantity: 2 },
      ],
      [
        { price: 24_040, quantity: 1 },
        { price: 24_044, quantity: 2 },
      ],
      {},
    );
    // 10 ticks of $12.50; then 6 on each of the two others.
    expect(trip.exits.map(({ grossPnl }) => grossPnl)).toEqual([12_500, 15_000]);
    expect(trip.exits.map(({ filled, open }) => [filled, open])).toEqual([
      [3, 2],
      [3, 0],
    ]);
  });
});

const LIVE = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;
const base = { type: "account", account: "manual", recommendation: "A" } as const;
const fill = (quantity: number, at: number, step: number): AccountEvent => ({
  ...base,
  kind: "fill",
  id: `fill ${step}`,
  price: ticks(at),
  quantity,
  time: signalPlus(step),
});
const exit = (quantity: number | undefined, at: number, step: number, reason: ExitReason = "manual"): AccountEvent => ({
  ...base,
  kind: "exit",
  id: `exit ${step}`,
  price: ticks(at),
  ...(quantity === undefined ? {} : { quantity }),
  reason,
  time: signalPlus(step),
});
const amend = (target: string, correction: object, step: number): AccountEvent => ({
  ...base,
  kind: "amendment",
  id: `amend ${step}`,
  target,
  correction,
  why: "Misread",
  time: signalPlus(step),
});
const takeBack = (target: string | undefined, step: number): AccountEvent => ({
  ...base,
  kind: "void",
  id: `void ${step}`,
  ...(target === undefined ? {} : { target }),
  why: "Not closed",
  time: signalPlus(step),
});
const print = (step: number, at: number): EngineEvent =>
  batchOf([{ time: signalPlus(step), price: ticks(at), size: 1, side: 0, instrument: 42 }]);

const issued = [recommendation({ id: "A", account: "manual", quantity: 3 })];
function engineOf(settings: object = { "risk.emergencyStopLossPct": 1 }): Engine {
  const engine = new Engine(parseSettings(settings), LIVE, NO_HOLIDAYS);
  engine.process({ type: "contract", instrument: 42, symbol: "ESM5", time: SIGNAL_TIME });
  for (const event of restoredEvents(issued)) engine.process(event);
  return engine;
}
const run = (engine: Engine, ...events: readonly EngineEvent[]): EngineOutput[] =>
  events.flatMap((event) => [...engine.process(event)]);
const types = (outputs: readonly EngineOutput[]) => outputs.map(({ type }) => type);
const reasons = (outputs: readonly EngineOutput[]) =>
  outputs.flatMap((output) => (output.type === "illegal" ? [output.reason] : []));
const open = (engine: Engine) => engine.view().open[0];

/** One of three off at the target, two at the stop: 122 ticks won on one, 62 lost on two. */
const ONE_OFF = [fill(3, ENTRY, 1), exit(1, 24_165, 10, "target")];
const REST = exit(undefined, 23_981, 20, "stop");

describe("The exit of a part", () => {
  it("leaves the trade open with what remains, books its money at once, and teaches nothing yet", () => {
    const engine = engineOf();
    const made = run(engine, ...ONE_OFF);
    expect(types(made)).toEqual(["fill", "partialExit", "equity"]);
    // 122 ticks of $12.50 less $5.
    expect(made[1]).toMatchObject({
      id: "exit 10",
      quantity: 1,
      filled: 3,
      open: 2,
      price: 24_165,
      reason: "target",
      reasonChecked: "target",
      entryPrice: ENTRY,
      grossPnl: 152_500,
      commission: 500,
      netPnl: 152_000,
      balanceAfter: 1_652_000,
    });
    expect(made[2]).toMatchObject({ balance: 1_652_000, pnlToday: 152_000 });
    expect(open(engine)).toMatchObject({
      quantity: 2,
      entryPrice: ENTRY,
      closed: { quantity: 1, price: 24_165, netPnl: 152_000 },
    });
    expect(engine.view().accounts[0]).toMatchObject({ balance: 1_652_000, closedTrades: 0, wins: 0 });
    expect(engine.view().contexts).toEqual([]);
    run(engine, print(12, ENTRY + 2));
    // What remains: 2 ticks on two contracts, less $10.
    expect(open(engine)?.openPnl).toBe(5_000 - 1_000);
    expect(engine.view().accounts[0]?.equity).toBe(1_652_000 + 4_000);
  });

  it("and of the rest make one trade: its price is their mean, and it is learned once, from all of it", () => {
    const engine = engineOf();
    const outputs = [...issued, ...run(engine, ...ONE_OFF)];
    const made = run(engine, REST);
    expect(types(made)).toEqual(["exit", "equity"]);
    expect(made[0]).toMatchObject({
      id: "exit:manual:A",
      quantity: 3,
      price: (24_165 + 2 * 23_981) / 3,
      reason: "stop",
      reasonChecked: "stop",
      grossPnl: 152_500 - 155_000,
      commission: 1_500,
      netPnl: -4_000,
      win: false,
      balanceBefore: 1_500_000,
      balanceAfter: 1_496_000,
      learned: { trades: 1, wins: 0 },
      parts: [
        { id: "exit 10", quantity: 1, netPnl: 152_000, reason: "target" },
        { id: "exit:manual:A", quantity: 2, netPnl: -156_000, reason: "stop", balanceBefore: 1_652_000 },
      ],
    });
    expect((made[0] as { rMultiple: number }).rMultiple).toBeCloseTo((122 - 2 * 62) / 3 / 62, 12);
    expect(made[1]).toMatchObject({ pnlToday: -4_000, tradesToday: 1 });
    expect(engine.view()).toMatchObject({ open: [], contexts: [{ trades: 1, wins: 0, netPnl: -4_000 }] });
    outputs.push(...made);
    expect(tradeRecords(outputs).get("A")).toMatchObject({
      state: "CLOSED",
      partialExits: [{ id: "exit 10", quantity: 1 }],
      exit: { id: "exit:manual:A", price: 23_981 },
    });
    expect(openPartialExits(outputs)).toEqual([]);
  });

  it("that takes all that is open is the exit, whether it says how many or not", () => {
    for (const quantity of [2, undefined]) {
      const engine = engineOf();
      run(engine, ...ONE_OFF);
      const made = run(engine, exit(quantity, 23_981, 20, "stop"));
      expect(types(made)).toEqual(["exit", "equity"]);
      expect(made[0]).toMatchObject({ netPnl: -4_000 });
    }
  });

  it.each([
    ["more than is open", exit(3, ENTRY, 20), "3 contracts of A cannot be closed: 2 are open"],
    ["nothing", exit(0, ENTRY, 20), "A quantity is at least one whole contract, not 0"],
    ["half a contract", exit(0.5, ENTRY, 20), "A quantity is at least one whole contract, not 0.5"],
    ["a part before the fill", exit(1, ENTRY, 0), "The exit of A lies before its last fill"],
    ["a price of nothing", exit(1, 0, 20), "The price of A has to be a positive whole number of ticks"],
  ])("cannot be of %s", (_, event, sentence) => {
    const engine = engineOf();
    run(engine, ...ONE_OFF);
    const view = engine.view();
    expect(reasons(run(engine, event))).toEqual([sentence]);
    expect({ ...engine.view(), time: 0 }).toEqual({ ...view, time: 0 });
  });

  it("halts an account at once whose loss is too large, and counts in the day's result", () => {
    const engine = engineOf({ "risk.emergencyStopLossPct": 0.05 });
    // 61 ticks of $12.50 and $5 are 5.1 % of $15,000.
    const made = run(engine, fill(3, ENTRY, 1), exit(1, ENTRY - 61, 10));
    expect(types(made)).toEqual(["fill", "partialExit", "equity", "halt"]);
    expect(made[2]).toMatchObject({ pnlToday: -76_750 });
  });

  it("is counted as no loss in a row before the trade is closed", () => {
    const account = new Account("manual", START);
    account.beginDay(SIGNAL_TIME);
    const position = account.fill(recommendation(), { time: SIGNAL_TIME, price: ticks(ENTRY), quantity: 3 });
    const facts = { id: "1", time: signalPlus(1), reason: "manual" as const };
    account.closePart(position, { ...facts, price: ticks(ENTRY - 10), quantity: 1 });
    expect([account.losingStreak, account.pnlToday]).toEqual([0, -13_000]);
    account.close(position, { ...facts, price: ticks(ENTRY + 10) });
    expect([account.losingStreak, account.wins, account.pnlToday]).toEqual([0, 1, 11_000]);
  });

  it("leaves room for another fill, which belongs to what is open", () => {
    const engine = engineOf();
    run(engine, ...ONE_OFF, fill(2, ENTRY + 6, 12));
    expect(open(engine)).toMatchObject({
      quantity: 4,
      entryPrice: ENTRY + 12 / 5,
      closed: { quantity: 1, netPnl: 152_000 },
    });
    const [made] = run(engine, exit(undefined, ENTRY + 6, 20));
    // 122 on one, 6 on two, 0 on two.
    expect(made).toMatchObject({ type: "exit", quantity: 5, grossPnl: 152_500 + 15_000, commission: 2_500 });
  });

  it("holds each claim against the price of its own part, and that of the trade against the part that was closed last", () => {
    const engine = engineOf();
    const made = run(engine, fill(3, ENTRY, 1), exit(1, ENTRY + 20, 10, "target"), exit(undefined, 23_981, 20, "stop"));
    expect(made.flatMap((output) => ("reasonChecked" in output ? [output.reasonChecked] : []))).toEqual([
      "manual",
      "stop",
    ]);
    const late = engineOf();
    // Told in the other order: what was closed last is the stop all the same.
    const told = run(late, fill(3, ENTRY, 1), exit(2, 23_981, 20, "stop"), exit(undefined, 24_165, 10, "target"));
    expect(told.at(-2)).toMatchObject({ type: "exit", reason: "stop", time: signalPlus(20), netPnl: -4_000 });
  });

  it("leaves the worst and the best price of the trade as they were met until the last contract was closed", () => {
    const engine = engineOf();
    const path = [ENTRY, ENTRY - 8, ENTRY + 30, ENTRY - 20, ENTRY + 4].map((at, i) => print(2 * i, at));
    const [first, ...rest] = path;
    const made = run(engine, ...(first === undefined ? [] : [first]), fill(3, ENTRY, 1), ...rest.slice(0, 2));
    made.push(...run(engine, exit(1, ENTRY + 33, 5), ...rest.slice(2), exit(undefined, ENTRY + 4, 9)));
    expect(made.find(({ type }) => type === "exit")).toMatchObject({ maePoints: -5, mfePoints: 8.25 });
  });

  it("is the user's alone: the paper account closes as a whole", () => {
    const engine = new Engine(parseSettings({}), { ...LIVE, leading: "paper", paperTrades: true }, NO_HOLIDAYS);
    for (const event of restoredEvents([recommendation({ id: "A", quantity: 3 })])) engine.process(event);
    run(engine, { ...fill(3, ENTRY, 1), account: "paper" } as AccountEvent);
    const made = run(engine, { ...exit(1, ENTRY, 2), account: "paper" } as AccountEvent);
    expect(reasons(made)).toEqual(["The paper account closes A as a whole, not 1 of it"]);
  });
});

describe("A correction of a trade in parts", () => {
  it("of an open trade is followed by its parts as they were booked anew", () => {
    const engine = engineOf();
    const outputs = [...issued, ...run(engine, ...ONE_OFF)];
    const made = run(engine, amend("exit 10", { price: ticks(24_163), quantity: 2 }, 30));
    expect(types(made)).toEqual(["amendment", "partialExit", "equity"]);
    expect(made[1]).toMatchObject({ replaces: "exit 10", quantity: 2, open: 1, netPnl: 2 * 120 * 1250 - 1_000 });
    expect(open(engine)).toMatchObject({ quantity: 1, closed: { quantity: 2, netPnl: 299_000 } });
    outputs.push(...made);
    expect(openPartialExits(outputs)).toMatchObject([{ quantity: 2, netPnl: 299_000 }]);
    expect(tradeRecords(outputs).get("A")?.partialExits).toMatchObject([{ quantity: 2, price: 24_163 }]);
    run(engine, REST);
    expect(engine.summary()).toMatchObject({ closedTrades: 1, netPnl: 300_000 - 62 * 1250 - 1_500 });
  });

  it("of a closed one is followed by its exit, and the last part takes what the others leave", () => {
    const engine = engineOf();
    const outputs = [...issued, ...run(engine, ...ONE_OFF, REST)];
    const part = tradeRecords(outputs).get("A")?.partialExits?.[0]?.id ?? "";
    const made = run(engine, amend(part, { quantity: 2 }, 30));
    expect(types(made)).toEqual(["amendment", "exit", "equity"]);
    expect(made[1]).toMatchObject({
      replaces: "exit:manual:A",
      parts: [{ quantity: 2 }, { quantity: 1 }],
      quantity: 3,
    });
    outputs.push(...made);
    expect(countingExits(outputs)).toMatchObject([{ netPnl: 2 * 122 * 1250 - 62 * 1250 - 1_500 }]);
  });

  it.each([
    [
      "a fill smaller than what was closed already",
      amend("fill 1", { quantity: 1 }, 30),
      "A partial exit of A closed 1",
    ],
    [
      "a part that leaves nothing",
      amend("exit 10", { quantity: 3 }, 30),
      "A partial exit of A closed 3: of 3 open then",
    ],
    ["a part before its fill", amend("exit 10", { time: signalPlus(0) }, 30), "before its last fill"],
    ["a fill's reason", amend("fill 1", { reason: "stop" }, 30), "belongs to the exit"],
  ])("cannot make %s", (_, event, sentence) => {
    for (const rest of [[], [REST]]) {
      const engine = engineOf();
      run(engine, ...ONE_OFF, ...rest);
      const view = engine.view();
      expect(reasons(run(engine, event)).join()).toContain(sentence);
      expect({ ...engine.view(), time: 0 }).toEqual({ ...view, time: 0 });
    }
  });

  it("cannot say of the last exit how many it closed", () => {
    const engine = engineOf();
    run(engine, ...ONE_OFF, REST);
    expect(reasons(run(engine, amend("exit:manual:A", { quantity: 1 }, 30)))).toEqual([
      "The last exit of A closes all that is left: correct the quantity of a partial exit or of its fill",
    ]);
  });
});

describe("One exit that is taken back", () => {
  it("opens the trade again, be it the last one or another", () => {
    for (const [target, left] of [
      ["exit:manual:A", { quantity: 2, closed: { quantity: 1, netPnl: 152_000 } }],
      ["exit 10", { quantity: 1, closed: { quantity: 2, netPnl: -156_000 } }],
    ] as const) {
      const engine = engineOf();
      const outputs = [...issued, ...run(engine, ...ONE_OFF, REST)];
      const made = run(engine, takeBack(target, 30));
      expect(types(made)).toEqual(["void", "partialExit", "equity"]);
      outputs.push(...made);
      expect(open(engine)).toMatchObject(left);
      expect(countingExits(outputs)).toEqual([]);
      expect(openPartialExits(outputs)).toMatchObject([{ netPnl: left.closed.netPnl }]);
      expect(engine.view()).toMatchObject({ contexts: [], accounts: [{ closedTrades: 0 }] });
      // The new one has a name of its own.
      expect(run(engine, exit(undefined, ENTRY, 40))[0]).toMatchObject({ type: "exit", id: "exit:manual:A#2" });
    }
  });

  it("leaves each of the others counted once, also after the closed trade was corrected", () => {
    const engine = engineOf();
    const outputs = [...issued, ...run(engine, ...ONE_OFF, REST, amend("exit:manual:A", { price: ticks(23_982) }, 30))];
    outputs.push(...run(engine, takeBack(tradeRecords(outputs).get("A")?.exit?.id, 40)));
    expect(openPartialExits(outputs)).toMatchObject([{ quantity: 1, netPnl: 152_000 }]);
    expect(moneySteps(outputs)).toMatchObject([{ netPnl: 152_000 }]);
  });

  it("is as if it had never been told", () => {
    // So near that no loss takes all: a halt would stay.
    const near = fc.integer({ min: ENTRY - 20, max: ENTRY + 20 });
    const act = fc.record({ price: near, quantity: fc.integer({ min: 1, max: 3 }), isFill: fc.boolean() });
    const acts = fc.array(act, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(acts, fc.nat(), near, (list, pick, end) => {
        const engine = engineOf();
        const told: AccountEvent[] = [fill(6, ENTRY, 0)];
        const outputs = [...issued, ...run(engine, ...told)];
        for (const [i, { price: at, quantity, isFill }] of list.entries()) {
          const event = isFill ? fill(quantity, at, i + 1) : exit(quantity, at, i + 1);
          const made = run(engine, event);
          outputs.push(...made);
          if (reasons(made).length === 0) told.push(event);
        }
        const record = tradeRecords(outputs).get("A");
        const exits = [...(record?.partialExits ?? []), ...(record?.exit === undefined ? [] : [record.exit])];
        fc.pre(exits.length > 0);
        const place = pick % exits.length;
        outputs.push(...run(engine, takeBack(exits[place]?.id, 100)));
        const gone = told.filter(({ kind }) => kind === "exit")[place];
        const right = engineOf();
        run(right, ...told.filter((event) => event !== gone));
        const seen = (of: Engine) => {
          const { accounts, contexts, open: positions } = of.view();
          const held = positions.map(({ closed, ...rest }) => ({
            ...rest,
            quantity: closed?.quantity,
            net: closed?.netPnl,
          }));
          return { accounts, contexts, held };
        };
        expect(seen(engine)).toEqual(seen(right));
        run(engine, exit(undefined, end, 200));
        run(right, exit(undefined, end, 200));
        expect(seen(engine)).toEqual(seen(right));
      }),
    );
  });

  it("is refused where there is none of that name", () => {
    const engine = engineOf();
    run(engine, ...ONE_OFF);
    expect(reasons(run(engine, takeBack("exit 11", 30)))).toEqual(["A has no exit called exit 11"]);
    expect(reasons(run(engine, takeBack(undefined, 31), takeBack("exit 10", 32)))).toEqual([
      "A has no recorded exit that could be taken back",
    ]);
  });
});

describe("A trade that is closed in part when the program ends", () => {
  it("goes on as if it had not, and is the same trade when it is closed", () => {
    const engine = engineOf();
    const kept = [...issued, ...run(engine, ...ONE_OFF)];
    const again = new Engine(parseSettings({ "risk.emergencyStopLossPct": 1 }), LIVE, NO_HOLIDAYS);
    again.process({ type: "contract", instrument: 42, symbol: "ESM5", time: SIGNAL_TIME });
    const made = run(again, ...restoredEvents(JSON.parse(JSON.stringify(kept))));
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
    expect(plain(made.filter(({ type }) => type === "partialExit"))).toMatchObject([
      { id: "exit 10", netPnl: 152_000 },
    ]);
    expect(plain(open(again))).toEqual(plain(open(engine)));
    expect(plain(run(again, REST))).toEqual(plain(run(engine, REST)));
    expect(plain(again.view())).toEqual(plain(engine.view()));
  });
});

it("A fill or a decision that an exit in another window has ruled out is not in the record, as it is not in the books", () => {
  const engine = engineOf();
  const closed = [...issued, ...run(engine, ...ONE_OFF, REST)];
  const [late] = run(engineOf(), fill(2, ENTRY, 30));
  const missed = { ...base, kind: "decision", id: "missed", answer: "not_executed", reason: "Away" } as const;
  const [decided] = run(engineOf(), { ...missed, time: signalPlus(40) });
  const kept = [...closed, ...(late === undefined ? [] : [late]), ...(decided === undefined ? [] : [decided])];
  expect(types(kept).slice(-2)).toEqual(["fill", "decision"]);
  expect(tradeRecords(kept).get("A")).toEqual(tradeRecords(closed).get("A"));
});
