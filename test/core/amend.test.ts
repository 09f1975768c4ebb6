import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type {
  AccountEvent,
  AmendmentRecorded,
  Correction,
  EngineEvent,
  EngineOutput,
  EngineView,
  ExitRecorded,
  FillRecorded,
  RecordedExit,
  TradeRecord,
} from "../../src/core/events.js";
import { limitsOf } from "../../src/core/guards/looserLimits.js";
import { learnedAbout } from "../../src/core/learning.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import type { RunMode } from "../../src/core/settings.js";
import { LearningRows } from "../../src/core/sizing/posterior.js";
import { countingExits, openPartialExits, tradeRecords } from "../../src/core/tradeRecords.js";
import type { Micros } from "../../src/core/units.js";
import { restoredEvents } from "../../src/store/restore.js";
import { after, recommendation, ticks } from "../support/outputs.js";

const LIVE: RunMode = { leading: "manual", paperTrades: false, haltEndsWithSession: false };
/** An account that nothing halts. */
const NO_STOP = { "risk.emergencyStopLossPct": 1 };
const IDS = ["A", "B", "C"] as const;
const CONTEXTS = ["BUY|open|4-6x", "BUY|mid|4-6x", "BUY|mid|4-6x"];

/** An engine to which three recommendations were issued; nobody trades on a market. */
function engineOf(settings: object = NO_STOP): { engine: Engine; issued: readonly EngineOutput[] } {
  const engine = new Engine(parseSettings(settings), LIVE, NO_HOLIDAYS);
  const issued = IDS.map((id, index) => recommendation({ id, account: "manual", context: CONTEXTS[index] ?? "" }));
  for (const event of restoredEvents(issued)) engine.process(event);
  return { engine, issued };
}

type Id = (typeof IDS)[number];
const base = { type: "account", account: "manual" } as const;

/** The `step`-th thing that happened; all is told in the evening, at one moment. */
const at = (step: number) => ({ at: after(2000), time: after(100 + step) });
const fill = (id: Id, price: number, step: number, quantity = 1): FillRecorded => ({
  ...base,
  kind: "fill",
  id: `fill ${step}`,
  recommendation: id,
  price: ticks(price),
  quantity,
  ...at(step),
});
const exit = (id: Id, price: number, step: number, quantity?: number): ExitRecorded => ({
  ...base,
  kind: "exit",
  id: `exit ${step}`,
  recommendation: id,
  price: ticks(price),
  ...(quantity === undefined ? {} : { quantity }),
  reason: "manual",
  ...at(step),
});
const skip = (id: Id, step: number): AccountEvent => ({
  ...base,
  kind: "decision",
  id: `skip ${step}`,
  recommendation: id,
  answer: "not_executed",
  reason: "Away",
  ...at(step),
});
const amend = (id: Id, target: string, correction: Correction, step: number): AmendmentRecorded => ({
  ...base,
  kind: "amendment",
  id: `amend ${step}`,
  recommendation: id,
  target,
  correction,
  why: "Misread",
  ...at(step),
});
const takeBack = (id: Id, step: number, target?: string): AccountEvent => ({
  ...base,
  kind: "void",
  id: `void ${step}`,
  recommendation: id,
  ...(target === undefined ? {} : { target }),
  why: "Wrong account",
  ...at(step),
});
const clock = (hours: number): EngineEvent => ({ type: "clock", time: after(hours * 3600) });
const reset = (step: number): AccountEvent => ({
  ...base,
  kind: "reset",
  id: `reset ${step}`,
  reason: "Checked",
  ...at(step),
});

const run = (engine: Engine, ...events: readonly EngineEvent[]): EngineOutput[] =>
  events.flatMap((event) => [...engine.process(event)]);
const types = (outputs: readonly EngineOutput[]) => outputs.map(({ type }) => type);
const isIllegal = (outputs: readonly EngineOutput[]) => outputs.some(({ type }) => type === "illegal");
/** What an engine shows, but for its clock: that moves with what is told, be it refused. */
const untimed = ({ time: _, ...view }: EngineView) => view;

const id = fc.constantFrom(...IDS);
const price = fc.integer({ min: 23_950, max: 24_050 });
const quantity = fc.integer({ min: 1, max: 3 });
const correction: fc.Arbitrary<Correction> = fc.record(
  {
    price: price.map(ticks),
    quantity,
    reason: fc.constantFrom("target" as const, "stop" as const),
    override: fc.boolean(),
    notes: fc.constantFrom("", "as the broker says"),
    time: fc.integer({ min: 90, max: 160 }).map(after),
  },
  { requiredKeys: [] },
);

/** What a person may do, without its place in the order. */
type Act = (step: number, outputs: readonly EngineOutput[]) => AccountEvent;
const answer: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(id, price, quantity).map(
    ([of, at, many]): Act =>
      (step) =>
        fill(of, at, step, many),
  ),
  fc.tuple(id, price, fc.option(quantity, { nil: undefined })).map(
    ([of, at, many]): Act =>
      (step) =>
        exit(of, at, step, many),
  ),
  id.map(
    (of): Act =>
      (step) =>
        skip(of, step),
  ),
);
const correcting: fc.Arbitrary<Act> = fc.tuple(id, fc.nat(), correction).map(([of, pick, said]): Act => {
  return (step, outputs) => {
    const record = tradeRecords(outputs).get(of);
    const targets = [...(record?.fills ?? []), ...exitsOf(record)];
    return amend(of, targets[pick % Math.max(1, targets.length)]?.id ?? "nothing", said, step);
  };
});
const reopening: fc.Arbitrary<Act> = fc.tuple(id, fc.nat()).map(([of, pick]): Act => {
  return (step, outputs) => {
    const exits = exitsOf(tradeRecords(outputs).get(of));
    return takeBack(of, step, exits[pick % Math.max(1, exits.length)]?.id ?? "nothing");
  };
});
const anything = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: answer },
    { weight: 3, arbitrary: correcting },
    {
      weight: 1,
      arbitrary: id.map(
        (of): Act =>
          (step) =>
            takeBack(of, step),
      ),
    },
    { weight: 1, arbitrary: reopening },
    { weight: 1, arbitrary: fc.constant<Act>((step) => reset(step)) },
  ),
  { maxLength: 40 },
);

/** All exits of a trade, in the order in which they were recorded. */
function exitsOf(record: TradeRecord | undefined): readonly RecordedExit[] {
  return [...(record?.partialExits ?? []), ...(record?.exit === undefined ? [] : [record.exit])];
}

/** Does one thing after another; each sees what came before it. */
function lived(
  engine: Engine,
  issued: readonly EngineOutput[],
  acts: readonly Act[],
  each = (_: EngineOutput[]) => {},
) {
  const outputs = [...issued];
  for (const [step, act] of acts.entries()) {
    const made = run(engine, act(step, outputs));
    outputs.push(...made);
    each(outputs);
  }
  return outputs;
}

it("Whether an exit by hand went against the plan is kept by a restart, and can be corrected", () => {
  const { engine, issued } = engineOf();
  const outputs = [...issued, ...run(engine, fill("A", 24_043, 1), { ...exit("A", 24_060, 2), override: true })];
  const closed = outputs.findLast((output) => output.type === "exit");
  expect(closed).toMatchObject({ reasonChecked: "manual", override: true });
  outputs.push(...run(engine, amend("A", closed?.id ?? "", { override: false }, 3)));
  expect(countingExits(outputs)).toMatchObject([{ override: false }]);
  expect(tradeRecords(outputs).get("A")?.exit?.override).toBe(false);
  const afresh = engineOf().engine;
  const told = restoredEvents(outputs).flatMap((event) => [...afresh.process(event)]);
  expect(told.filter(({ type }) => type === "exit").map((output) => output.type === "exit" && output.override)).toEqual(
    [true, false],
  );
  expect(isIllegal(run(afresh, amend("A", "fill 1", { override: true }, 4)))).toBe(true);
});

describe("A corrected record", () => {
  it("teaches like one that was right from the start: each exit says what all that count until then say", () => {
    const settings = { ...NO_STOP, "bayes.halfLifeDays": 0 };
    const { bayes } = parseSettings(settings);
    fc.assert(
      fc.property(anything, (list) => {
        const { engine, issued } = engineOf(settings);
        let seen = issued.length;
        lived(engine, issued, list, (outputs) => {
          const exit = outputs.slice(seen).findLast((output) => output.type === "exit");
          seen = outputs.length;
          if (exit?.type !== "exit") return;
          const rows = countingExits(outputs).map((each) => ({ ...each, exitTime: each.time }));
          const learning = new LearningRows("manual", "account", rows);
          expect(exit.learned).toEqual(learnedAbout(exit.context, learning, exit.time, bayes));
        });
      }),
    );
  });

  it("gives the engine that was told right from the start", () => {
    const acts = fc.array(
      fc.oneof(
        answer,
        answer,
        correcting,
        fc.constant<Act>((step) => reset(step)),
      ),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(acts, fc.boolean(), (list, stops) => {
        const settings = stops ? {} : NO_STOP;
        const { engine, issued } = engineOf(settings);
        let told: AccountEvent[] = [];
        const outputs = [...issued];
        for (const [step, act] of list.entries()) {
          const event = act(step, outputs);
          const made = run(engine, event);
          outputs.push(...made);
          if (isIllegal(made)) continue;
          // What closed a trade closed all that was left, be it said or not.
          const isLast = event.kind === "exit" && made.some(({ type }) => type === "exit");
          if (event.kind === "amendment") told = righted(told, event, made);
          else told.push(isLast ? ({ ...event, quantity: undefined } as never) : event);
        }
        const right = engineOf(settings).engine;
        expect(isIllegal(run(right, ...told))).toBe(false);
        const [view, expected] = [untimed(engine.view()), untimed(right.view())];
        // A halt stays until the user ends it, also where its cause was corrected.
        const halted = view.accounts.map((account) => account.halted);
        expect(expected.accounts.every((account, i) => !account.halted || halted[i])).toBe(true);
        const alike = (of: typeof view) => ({ ...of, accounts: of.accounts.map((row) => ({ ...row, halted: false })) });
        expect(alike(view)).toEqual(alike(expected));
      }),
      { numRuns: 300 },
    );
  });

  it("is followed by the exit that stands for the old one, and by the balance", () => {
    const { engine } = engineOf();
    run(engine, fill("A", 24_000, 0), exit("A", 24_010, 1), fill("B", 24_000, 2), exit("B", 24_020, 3));
    const made = run(engine, amend("A", "fill 0", { price: ticks(24_002), quantity: 2 }, 4));
    expect(types(made)).toEqual(["amendment", "exit", "equity"]);
    // 8 ticks of $12.50 on 2 contracts, less $10; before: 10 on 1, less $5. B gained 20 ticks, less $5.
    expect(made[0]).toMatchObject({
      before: { state: "CLOSED", netPnl: 12_000, balance: 1_536_500, fills: [{ price: 24_000, quantity: 1 }] },
      after: { state: "CLOSED", netPnl: 19_000, balance: 1_543_500, fills: [{ price: 24_002, quantity: 2 }] },
    });
    expect(made[1]).toMatchObject({
      id: "exit:amend 4",
      replaces: "exit:manual:A",
      entryPrice: 24_002,
      netPnl: 19_000,
      balanceBefore: 1_500_000,
      balanceAfter: 1_519_000,
      learned: { trades: 1, wins: 1 },
    });
    expect(made[2]).toMatchObject({ id: "equity:manual:amend 4", balance: 1_543_500 });
    expect(engine.summary()).toMatchObject({ closedTrades: 2, wins: 2, netPnl: 43_500, balance: 1_543_500 });
  });

  it("moves the balances of the trades that were closed later, as does taking one back", () => {
    const { engine } = engineOf();
    const balances = (outputs: readonly EngineOutput[]) =>
      countingExits(outputs).map((exit) => [exit.recommendation, exit.balanceBefore, exit.balanceAfter]);
    const told = run(engine, fill("A", 24_000, 0), exit("A", 24_010, 1), fill("B", 24_000, 2), exit("B", 24_020, 3));
    told.push(...run(engine, amend("A", "fill 0", { quantity: 2 }, 4)));
    expect(balances(told)).toEqual([
      ["A", 1_500_000, 1_524_000],
      ["B", 1_524_000, 1_548_500],
    ]);
    told.push(...run(engine, takeBack("A", 5)));
    expect(balances(told)).toEqual([["B", 1_500_000, 1_524_500]]);
  });

  it("can turn a win into a loss, and the belief with it", () => {
    const { engine } = engineOf();
    run(engine, fill("A", 24_000, 0), exit("A", 24_010, 1));
    expect(engine.view().contexts[0]).toMatchObject({ trades: 1, wins: 1 });
    run(engine, amend("A", "exit:manual:A", { price: ticks(23_990), reason: "stop" }, 2));
    const [context] = engine.view().contexts;
    expect(context).toMatchObject({ trades: 1, wins: 0, netPnl: -13_000 });
    expect(context?.confidence).toBeCloseTo(1 / 3, 3);
  });

  it("halts an account whose balances fell too far, and leaves one halted whose loss was an error", () => {
    const { engine } = engineOf({});
    run(engine, fill("A", 24_000, 0), exit("A", 23_950, 1));
    expect(types(run(engine, amend("A", "exit:manual:A", { price: ticks(23_930) }, 2)))).toContain("halt");
    expect(types(run(engine, amend("A", "exit:amend 2", { price: ticks(24_010) }, 3)))).not.toContain("haltEnded");
    expect(engine.view().accounts[0]).toMatchObject({ halted: true, balance: 1_512_000 });
    run(engine, reset(4));
    expect(engine.view().accounts[0]).toMatchObject({ halted: false });
  });

  it("is judged by the limits of when each trade was closed, not by tighter ones of today", () => {
    const { engine } = engineOf({});
    // 2.5 % lost, then more than that won, then a limit of 2 %.
    run(engine, fill("A", 24_000, 0), exit("A", 23_970, 1), fill("B", 24_000, 2), exit("B", 24_050, 3));
    const limits = { ...limitsOf(parseSettings({}).risk), emergencyStopLossPct: 0.02 };
    run(engine, { type: "account", kind: "limits", id: "limits", time: at(4).time, limits });
    expect(types(run(engine, amend("B", "exit:manual:B", { notes: "as the broker says" }, 5)))).not.toContain("halt");
    expect(engine.view().accounts[0]).toMatchObject({ halted: false });
    // What is closed from now on is judged by the 2 %.
    const later = run(engine, fill("C", 24_000, 6), exit("C", 23_970, 7));
    expect(types(later)).toContain("halt");
  });

  it("leaves an account stopped that the user stopped: no session's end lets it trade again", () => {
    const mode: RunMode = { ...LIVE, haltEndsWithSession: true };
    const engine = new Engine(parseSettings(NO_STOP), mode, NO_HOLIDAYS);
    for (const event of restoredEvents([recommendation({ id: "A", account: "manual" })])) engine.process(event);
    // A reset of before is folded too, and must not end what came after it.
    run(engine, clock(0), reset(0), fill("A", 24_000, 1), exit("A", 24_010, 1));
    run(engine, { type: "account", kind: "kill", id: "kill", time: at(2).time, reason: "Enough" });
    run(engine, amend("A", "exit:manual:A", { price: ticks(24_011) }, 3), takeBack("A", 4));
    expect(types(run(engine, clock(3)))).toEqual(["shadow", "equity"]);
    expect(engine.view().accounts[0]).toMatchObject({ halted: true });
  });

  it.each<[string, readonly AccountEvent[], string]>([
    ["a time that is none", [fill("A", 1, 0), amend("A", "fill 0", { time: Number.NaN as Micros }, 1)], "is no moment"],
    ["what nobody recorded", [amend("A", "fill 0", { price: ticks(1) }, 1)], "no recorded fill"],
    ["what was not executed", [skip("A", 0), amend("A", "skip 0", {}, 1)], "take that back"],
    ["another record", [fill("A", 1, 0), amend("A", "exit 9", { price: ticks(2) }, 1)], "called exit 9"],
    ["nothing", [fill("A", 24_000, 0), amend("A", "fill 0", { price: ticks(24_000) }, 1)], "changes nothing"],
    ["half a contract", [fill("A", 1, 0), amend("A", "fill 0", { quantity: 0.5 }, 1)], "whole contract"],
    ["a price of nothing", [fill("A", 1, 0), amend("A", "fill 0", { price: ticks(0) }, 1)], "positive whole number"],
    ["a fill's reason", [fill("A", 1, 0), amend("A", "fill 0", { reason: "stop" }, 1)], "belongs to the exit"],
    [
      "an exit's quantity (R12: it closes what is open, no more)",
      [fill("A", 1, 0), exit("A", 2, 1), amend("A", "exit:manual:A", { quantity: 2 }, 2)],
      "closes the whole position",
    ],
    [
      "a fill after its exit",
      [fill("A", 1, 0), exit("A", 2, 1), amend("A", "fill 0", { time: after(500) }, 2)],
      "before its last fill",
    ],
    [
      "a later fill after its exit",
      [fill("A", 1, 0), fill("A", 1, 1), exit("A", 2, 2), amend("A", "fill 1", { time: at(9).time }, 3)],
      "before its last fill",
    ],
    ["the paper account's", [{ ...amend("A", "fill 0", {}, 1), account: "paper" }], "only your own records"],
    ["what was never issued", [{ ...amend("A", "fill 0", {}, 1), recommendation: "X" }], "No recommendation"],
    ["and takes back nothing of what has no record", [takeBack("A", 0)], "no record that could be taken back"],
  ])("is refused for %s, with a sentence, and nothing changes", (_, events, sentence) => {
    const { engine } = engineOf();
    expect(isIllegal(run(engine, ...events.slice(0, -1)))).toBe(false);
    const view = untimed(engine.view());
    const made = run(engine, ...events.slice(-1));
    expect(types(made)).toEqual(["illegal"]);
    expect(JSON.stringify(made)).toContain(sentence);
    expect(untimed(engine.view())).toEqual(view);
  });
});

describe("A record that was taken back", () => {
  it("and made anew gives the engine of one who never erred", () => {
    const wrong = fc.array(fc.tuple(price, quantity), { minLength: 1, maxLength: 3 });
    const others = fc.array(answer, { maxLength: 8 });
    fc.assert(
      fc.property(wrong, fc.option(price), others, others, price, fc.option(price), (...drawn) => {
        const [fills, closing, before, between, at, end] = drawn;
        const of = (acts: readonly Act[], from: number) =>
          acts.map((act, i) => act(from + i, [])).filter((e) => "recommendation" in e && e.recommendation !== "A");
        const erred: AccountEvent[] = [
          ...fills.map(([at, many], i) => fill("A", at, 20 + i, many)),
          ...(closing === null ? [] : [exit("A", closing, 25)]),
        ];
        const right = [fill("A", at, 40), ...(end === null ? [] : [exit("A", end, 41)])];
        const { engine } = engineOf();
        run(engine, ...of(before, 0), ...erred, ...of(between, 30), takeBack("A", 39), ...right);
        const unerring = engineOf().engine;
        run(unerring, ...of(before, 0), ...of(between, 30), ...right);
        expect(untimed(engine.view())).toEqual(untimed(unerring.view()));
      }),
    );
  });

  it("waits for its answer again, whatever the answer was", () => {
    for (const record of [[skip("A", 0)], [fill("A", 1, 0)], [fill("A", 1, 0), exit("A", 2, 1)]]) {
      const { engine } = engineOf();
      const view = untimed(engine.view());
      run(engine, ...record);
      expect(untimed(engine.view())).not.toEqual(view);
      expect(types(run(engine, takeBack("A", 5)))).toEqual(["void", "equity"]);
      expect(untimed(engine.view())).toEqual(view);
    }
  });

  it("gets another name, so that the new record is not taken for the old one", () => {
    const { engine } = engineOf();
    const first = run(engine, fill("A", 24_000, 0), exit("A", 24_010, 1), takeBack("A", 2));
    const again = run(engine, fill("A", 24_000, 3), exit("A", 24_010, 4));
    expect(again.map((output) => "id" in output && output.id)).toEqual([
      "fill 3",
      "exit:manual:A#2",
      "equity:manual:A#2",
    ]);
    expect(countingExits([...first, ...again]).map((output) => output.id)).toEqual(["exit:manual:A#2"]);
    expect(engine.summary()).toMatchObject({ closedTrades: 1, netPnl: 12_000 });
  });
});

describe("Whatever a person records, in whatever order", () => {
  it("money, counts and learning agree, and what cannot be changes nothing", () => {
    fc.assert(
      fc.property(anything, fc.boolean(), (acts, stops) => {
        const { engine, issued } = engineOf(stops ? {} : NO_STOP);
        let before = untimed(engine.view());
        let seen = issued.length;
        lived(engine, issued, acts, (outputs) => {
          const view = untimed(engine.view());
          if (isIllegal(outputs.slice(seen))) expect(view).toEqual(before);
          expectAgreement(view, engine, outputs);
          [before, seen] = [view, outputs.length];
        });
      }),
      { numRuns: 200 },
    );
  });

  it("an event that comes again changes nothing", () => {
    fc.assert(
      fc.property(anything, fc.nat(), (acts, pick) => {
        const { engine, issued } = engineOf();
        const told: AccountEvent[] = [];
        const outputs = [...issued];
        for (const [step, act] of acts.entries()) {
          const event = act(step, outputs);
          const made = run(engine, event);
          outputs.push(...made);
          if (!isIllegal(made)) told.push(event);
        }
        const view = engine.view();
        const again = told[pick % Math.max(1, told.length)];
        if (again !== undefined) expect(run(engine, again)).toEqual([]);
        expect(engine.view()).toEqual(view);
      }),
    );
  });

  it("a restart from what was kept is the engine that went on", () => {
    fc.assert(
      fc.property(anything, anything, fc.boolean(), (acts, later, stops) => {
        const settings = stops ? {} : NO_STOP;
        const { engine, issued } = engineOf(settings);
        const kept = lived(engine, issued, acts).filter(({ type }) => type !== "illegal");
        const again = new Engine(parseSettings(settings), LIVE, NO_HOLIDAYS);
        const made = run(again, ...restoredEvents(JSON.parse(JSON.stringify(kept))));
        const known = new Set(kept.map((output) => "id" in output && output.id));
        expect(made.filter((output) => !("id" in output) || !known.has(output.id))).toEqual([]);
        expect(settled(again.view())).toEqual(settled(engine.view()));
        // Both go on alike.
        for (const [step, act] of later.entries()) {
          const event = act(100 + step, kept);
          expect(types(run(again, event))).toEqual(types(run(engine, event)));
        }
        expect(settled(again.view())).toEqual(settled(engine.view()));
      }),
      { numRuns: 200 },
    );
  });
});

/** What was said is said as it should have been; exits are known by their outputs' ids, in order. */
function righted(told: readonly AccountEvent[], by: AmendmentRecorded, made: readonly EngineOutput[]): AccountEvent[] {
  const amendment = made.find((output) => output.type === "amendment");
  const place = exitsOf(amendment?.before).findIndex(({ id }) => id === by.target);
  const exits = told.filter((each) => each.kind === "exit" && each.recommendation === by.recommendation);
  return told.map((each) => {
    const isTarget = place < 0 ? each.id === by.target : each === exits[place];
    return isTarget ? ({ ...each, ...by.correction } as AccountEvent) : each;
  });
}

/** Without what only a mark tells: a restart knows open positions at their next print. */
function settled(view: EngineView) {
  const isFlat = view.open.length === 0;
  return {
    ...untimed(view),
    // JSON knows no fields without a value.
    pending: view.pending.map((each) => each.id),
    accounts: view.accounts.map((account) => (isFlat ? account : { ...account, equity: 0, drawdown: 0 })),
    open: view.open.map(({ recommendation: of, ...position }) => ({ ...position, of: of.id })),
  };
}

function expectAgreement(view: ReturnType<typeof untimed>, engine: Engine, outputs: readonly EngineOutput[]): void {
  const [account] = view.accounts;
  const records = tradeRecords(outputs);
  const exits = countingExits(outputs);
  const closed = sum(exits.map(({ netPnl }) => netPnl));
  const parts = openPartialExits(outputs);
  const net = closed + sum(parts.map(({ netPnl }) => netPnl));
  expect((account?.balance ?? 0) - (account?.startBalance ?? 0)).toBe(net);
  expect(account).toMatchObject({ netPnl: net, closedTrades: exits.length });
  for (const exit of exits) {
    expect(exit.balanceAfter - exit.balanceBefore).toBe(exit.netPnl);
    if (exit.parts === undefined) continue;
    for (const sort of ["quantity", "grossPnl", "commission", "netPnl"] as const)
      expect(sum(exit.parts.map((part) => part[sort]))).toBe(exit[sort]);
  }
  const last = [...exits, ...parts].map(({ balanceAfter }) => balanceAfter);
  if (last.length > 0) expect(last).toContain(account?.balance);
  for (const { recommendation: of, closed: soFar, quantity: left } of view.open) {
    const own = parts.filter(({ recommendation }) => recommendation === of.id);
    expect([soFar?.quantity ?? 0, soFar?.netPnl ?? 0]).toEqual([
      sum(own.map(({ quantity }) => quantity)),
      sum(own.map(({ netPnl }) => netPnl)),
    ]);
    const record = records.get(of.id);
    expect(own.map(({ id }) => id)).toEqual((record?.partialExits ?? []).map(({ id }) => id));
    expect(left + (soFar?.quantity ?? 0)).toBe(sum((record?.fills ?? []).map(({ quantity }) => quantity)));
  }
  expect(engine.summary()).toMatchObject({ netPnl: closed, closedTrades: exits.length, wins: account?.wins });
  expect(sum(view.contexts.map(({ trades }) => trades))).toBe(exits.length);
  expect(sum(view.contexts.map(({ wins }) => wins))).toBe(account?.wins);
  expect(sum(view.contexts.map(({ netPnl }) => netPnl))).toBe(closed);
  const row = outputs.findLast(({ type }) => type === "equity");
  if (row?.type === "equity") expect(row.balance).toBe(account?.balance);
  const standing = (state: string) => IDS.filter((each) => (records.get(each)?.state ?? "ISSUED") === state);
  expect(view.pending.map((each) => each.id)).toEqual(standing("ISSUED"));
  expect(view.open.map(({ recommendation: of }) => of.id).sort()).toEqual(standing("OPEN"));
  expect(exits.map((each) => each.recommendation).sort()).toEqual(standing("CLOSED"));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
