import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assign, type Taken } from "../../../src/app/reconcile/assign.js";
import type { BrokerFill } from "../../../src/app/reconcile/brokerCsv.js";
import { fixesOf } from "../../../src/app/reconcile/fixes.js";
import { daysToReconcile, type Reconciliation, reconcileDay } from "../../../src/app/reconcile/reconcile.js";
import { mismatchWords, sidesWords } from "../../../src/app/reconcile/words.js";
import type { EngineOutput } from "../../../src/core/events.js";
import {
  at,
  decision,
  exit,
  fill,
  micros,
  RECOMMENDATION_ID,
  recommendation,
  shadow,
  ticks,
} from "../../support/outputs.js";

const DAY = "2025-06-09";
const issued = recommendation({ account: "manual" });
const filled = fill({ account: "manual", id: "fill" });
/** At 6041.25, the target. */
const closed = exit({ account: "manual", id: "exit", price: ticks(24_165) });
const bracket = shadow({
  recommendation: RECOMMENDATION_ID,
  entryTime: at("2025-06-09T18:33:00Z"),
  entryPrice: ticks(24_043),
  price: ticks(24_165),
  reason: "target",
});

const execution = (
  side: "BUY" | "SELL",
  quantity: number,
  price: number,
  changes: Partial<BrokerFill> = {},
): BrokerFill => ({
  line: 2,
  time: at("2025-06-09T18:33:00Z"),
  symbol: "ESM25",
  side,
  quantity,
  price,
  ...changes,
});
const bought = execution("BUY", 2, 6010.5);
const sold = execution("SELL", 2, 6041.25);

/** Each mismatch in words, and what can be done about it. */
function told(outputs: readonly EngineOutput[], fills?: readonly BrokerFill[]): readonly string[] {
  return words(reconcileDay(outputs, DAY, fills));
}

function words({ trades }: Reconciliation): readonly string[] {
  return trades.flatMap((trade) =>
    trade.mismatches.map((mismatch) => {
      const fixes = fixesOf(trade, mismatch).map((fix) =>
        "line" in fix && fix.line ? `${fix.kind} ${fix.line}` : fix.kind,
      );
      return `${mismatchWords(trade, mismatch)}: ${fixes.join(", ")}`;
    }),
  );
}

describe("A trading day, three ways", () => {
  it.each<{ name: string; outputs: readonly EngineOutput[]; fills?: readonly BrokerFill[]; says: readonly string[] }>([
    { name: "all agree, without the broker", outputs: [issued, filled, bracket, closed], says: [] },
    { name: "all agree, with the broker", outputs: [issued, filled, bracket, closed], fills: [bought, sold], says: [] },
    {
      name: "the broker filled in parts, at a mean that is the recorded price",
      outputs: [issued, filled, bracket, closed],
      fills: [execution("BUY", 1, 6010.25), execution("BUY", 1, 6010.75), sold],
      says: [],
    },
    { name: "no answer", outputs: [issued], says: ["No answer is recorded: recordFill, notExecuted"] },
    {
      name: "no answer, and the broker filled it",
      outputs: [issued],
      fills: [bought],
      says: ["No answer is recorded, and the broker has BUY 2 @ 6010.50 14:33: recordFill 2@6010.50, notExecuted"],
    },
    {
      name: "no exit: the end of the bracket is offered",
      outputs: [issued, filled, bracket],
      says: ["No exit is recorded: recordExit 6041.25 target, correct, void, note"],
    },
    {
      name: "no exit: the broker's price is offered before the bracket's",
      outputs: [issued, filled, bracket],
      fills: [bought, execution("SELL", 2, 6030)],
      says: ["No exit is recorded, and the broker has SELL 2 @ 6030.00 14:33: recordExit 6030.00, correct, void, note"],
    },
    {
      name: "two exits at two prices are recorded one after the other",
      outputs: [issued, filled, bracket],
      fills: [bought, execution("SELL", 1, 6030), execution("SELL", 1, 6030.25)],
      says: [
        "No exit is recorded, and the broker has SELL 1 @ 6030.25 14:33, SELL 1 @ 6030.00 14:33: recordExit 1@6030.25, correct, void, note",
      ],
    },
    {
      name: "recorded as not executed, and filled",
      outputs: [issued, decision()],
      fills: [bought],
      says: ["Recorded as not executed, but the broker has BUY 2 @ 6010.50 14:33: void"],
    },
    { name: "not executed, and not filled", outputs: [issued, decision()], fills: [], says: [] },
    {
      name: "another end of the bracket",
      outputs: [issued, filled, { ...bracket, reason: "stop", price: ticks(23_981) }, closed],
      says: ["Closed at the target, but the paper rules ended with stop: correct, void, note"],
    },
    {
      name: "by hand it may end elsewhere",
      outputs: [
        issued,
        filled,
        bracket,
        { ...closed, price: ticks(24_100), reason: "manual", reasonChecked: "manual" },
      ],
      says: [],
    },
    {
      name: "another price",
      outputs: [issued, filled, bracket, closed],
      fills: [execution("BUY", 2, 6010.75), execution("SELL", 2, 6041.3)],
      says: [
        "Filled at 6010.50, the broker says 6010.75: price, correct, void, note",
        "Closed at 6041.25, the broker says 6041.30: correct, void, note",
      ],
    },
    {
      name: "fewer contracts",
      outputs: [issued, filled, bracket, closed],
      fills: [execution("BUY", 1, 6010.5), execution("SELL", 1, 6041.25)],
      says: [
        "The broker filled 1 of the 2 recorded: correct, void, note",
        "The broker closed 1 of the 2 recorded: correct, void, note",
      ],
    },
    {
      name: "nothing at the broker",
      outputs: [issued, filled, bracket, closed],
      fills: [execution("BUY", 2, 5800), execution("SELL", 2, 6041.25, { symbol: "NQM5" })],
      says: [
        "The broker has no fill like 2 @ 6010.50: void, correct, note",
        "The broker has no exit like 2 @ 6041.25: void, correct, note",
      ],
    },
  ])("$name", ({ outputs, fills, says }) => {
    expect(told(outputs, fills)).toEqual(says);
  });

  it("names what is only at the broker, and counts what is of other days and contracts", () => {
    const later = micros(bought.time + 86_400_000_000);
    const found = reconcileDay(
      [issued, filled, bracket, closed],
      DAY,
      [bought, sold, execution("SELL", 1, 6020), { ...bought, time: later }, { ...bought, symbol: "NQM5" }],
      (time) => (time < later ? DAY : "2025-06-10"),
    );
    expect(found.onlyAtBroker).toEqual([{ fill: execution("SELL", 1, 6020), quantity: 1 }]);
    expect(found.elsewhere).toBe(2);
    expect(words(found)).toEqual([]);
  });

  it("keeps an earlier day's trade in the list while it is open, and leaves the paper account out", () => {
    const yesterday = { ...issued, tradingDay: "2025-06-06" };
    expect(reconcileDay([yesterday, filled], DAY).trades).toHaveLength(1);
    expect(reconcileDay([yesterday], DAY).trades).toHaveLength(0);
    expect(reconcileDay([recommendation(), fill(), exit()], DAY).trades).toHaveLength(0);
    expect(daysToReconcile([yesterday, issued, recommendation({ tradingDay: "2025-06-10" })])).toEqual([
      DAY,
      "2025-06-06",
    ]);
  });

  it("asks the broker's file of a day for no fill or exit of the days before", () => {
    const before = at("2025-06-06T19:00:00Z");
    const dayOf = (time: number) => (time <= before ? "2025-06-06" : DAY);
    const trade = [
      { ...issued, tradingDay: "2025-06-06" },
      { ...filled, time: before },
    ];
    const words = (outputs: readonly EngineOutput[], fills: readonly BrokerFill[]) => {
      const { trades, onlyAtBroker } = reconcileDay(outputs, DAY, fills, dayOf);
      const left = onlyAtBroker.map(({ fill: { side, quantity } }) => `left: ${side} ${quantity}`);
      return [...trades.flatMap((each) => each.mismatches.map((one) => mismatchWords(each, one))), ...left];
    };
    expect(words([...trade, closed], [sold])).toEqual([]);
    // An order of the day before was filled then, whenever it was recorded, so an equal fill of today is another one.
    expect(words([trade[0] as EngineOutput, filled, closed], [bought, sold])).toEqual(["left: BUY 2"]);
    expect(words([...trade, closed], [])).toEqual(["The broker has no exit like 2 @ 6041.25"]);
    expect(words(trade, [])).toEqual(["No exit is recorded"]);
  });

  it("says of an exit that was recorded on a later day that it may be of that", () => {
    const later = { ...closed, time: at("2025-06-10T14:00:00Z") };
    const dayOf = (time: number) => (time < later.time ? DAY : "2025-06-10");
    const [trade] = reconcileDay([issued, filled, bracket, later], DAY, [bought], dayOf).trades;
    expect(trade?.mismatches.map((mismatch) => mismatchWords(trade, mismatch))).toEqual([
      "The broker has no exit like 2 @ 6041.25 on this day, and it was recorded on 2025-06-10",
    ]);
    expect(words(reconcileDay([issued, filled, bracket, later], DAY, [bought, sold], dayOf))).toEqual([]);
  });

  it("says the three sides of a trade in one line", () => {
    const [trade] = reconcileDay([issued, filled, bracket, closed], DAY, [bought, sold]).trades;
    expect(trade && sidesWords(trade)).toBe(
      "Recorded: 2 @ 6010.50 -> 6041.25 (target), paper rules: 6041.25 (target), broker: BUY 2 @ 6010.50 14:33, SELL 2 @ 6041.25 14:33",
    );
  });
});

const anExecution = fc
  .record({
    side: fc.constantFrom("BUY" as const, "SELL" as const),
    quantity: fc.integer({ min: 1, max: 4 }),
    price: fc.integer({ min: 0, max: 20 }),
    time: fc.nat(5),
  })
  .map(({ side, quantity, price, time }) => execution(side, quantity, 6010 + price / 4, { time: micros(time) }));
const aLeg = fc
  .record({
    side: fc.constantFrom("BUY" as const, "SELL" as const),
    quantity: fc.integer({ min: 1, max: 4 }),
    price: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ side, quantity, price }) => ({ side, quantity, price: 6010 + price / 4, reach: 2, fits: () => true }));
const whole = (fills: readonly BrokerFill[]): readonly Taken[] =>
  fills.map((each) => ({ fill: each, quantity: each.quantity }));
const contracts = (taken: readonly Taken[]) => taken.reduce((sum, { quantity }) => sum + quantity, 0);
/** Contracts by price, for each leg. */
const byPrice = (taken: readonly (readonly Taken[])[]) =>
  taken.map((of) =>
    of
      .flatMap(({ fill: { price, time }, quantity }) => Array.from({ length: quantity }, () => `${price} ${time}`))
      .sort(),
  );

describe("Executions that are given to what is recorded", () => {
  it("lose and gain no contract, and no leg gets more than it has or another side", () => {
    fc.assert(
      fc.property(fc.array(aLeg, { maxLength: 6 }), fc.array(anExecution, { maxLength: 8 }), (legs, fills) => {
        const { taken, left } = assign(legs, whole(fills));
        expect(contracts(taken.flat()) + contracts(left)).toBe(contracts(whole(fills)));
        taken.forEach((of, index) => {
          expect(contracts(of)).toBeLessThanOrEqual(legs[index]?.quantity ?? 0);
          expect(of.every(({ fill: { side } }) => side === legs[index]?.side)).toBe(true);
        });
      }),
    );
  });

  it("do not depend on their order in the file, nor on the parts in which an order was filled", () => {
    fc.assert(
      fc.property(fc.array(aLeg, { maxLength: 5 }), fc.array(anExecution, { maxLength: 6 }), (legs, fills) => {
        const one = assign(legs, whole(fills));
        const turned = assign(legs, whole(fills.toReversed()));
        const parts = fills.flatMap((each) => Array.from({ length: each.quantity }, () => ({ ...each, quantity: 1 })));
        expect(byPrice(turned.taken)).toEqual(byPrice(one.taken));
        expect(byPrice(assign(legs, whole(parts)).taken)).toEqual(byPrice(one.taken));
      }),
    );
  });

  it("agree wholly where the broker says what is recorded, in any order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })), { maxLength: 6 }),
        (prices) => {
          const outputs = prices.flatMap(([entry, out], index): EngineOutput[] => {
            const of = { recommendation: `R${index}`, account: "manual" } as const;
            return [
              recommendation({ id: of.recommendation, account: "manual" }),
              fill({ ...of, id: `f${index}`, price: ticks(24_000 + entry) }),
              exit({ ...of, id: `x${index}`, price: ticks(24_000 + out), reason: "manual", reasonChecked: "manual" }),
            ];
          });
          const fills = prices.flatMap(([entry, out]) => [
            execution("SELL", 2, 6000 + out / 4),
            execution("BUY", 2, 6000 + entry / 4),
          ]);
          const found = reconcileDay(outputs, DAY, fills);
          expect([words(found), found.onlyAtBroker]).toEqual([[], []]);
        },
      ),
    );
  });
});
