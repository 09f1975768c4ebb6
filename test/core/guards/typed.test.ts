import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkLearning } from "../../../src/core/guards/learning.js";
import { checkBooked, checkPaid } from "../../../src/core/guards/paperBooks.js";
import { recommendationId } from "../../../src/core/guards/signalOnce.js";
import {
  checkContract,
  checkExitTime,
  checkQuantity,
  checkTime,
  checkTwice,
} from "../../../src/core/guards/typedFill.js";
import {
  checkExpected,
  checkMarket,
  checkTick,
  checkTicks,
  checkVouched,
  isJump,
} from "../../../src/core/guards/typedPrice.js";
import type { GuardCode, Verdict } from "../../../src/core/guards/verdict.js";
import type { Cents } from "../../../src/core/units.js";
import { at, ES, micros, ticks } from "../../support/outputs.js";

const said = (verdict: Verdict<GuardCode, GuardCode>) =>
  verdict.verdict === "ok" ? "ok" : `${verdict.verdict} ${verdict.code}`;
const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;

describe("R4: the id by which a recommendation is kept once", () => {
  it("is decided by its cause alone, to the second", () => {
    const id = recommendationId("ESM5", at("2025-06-09T18:32:15Z"), "BUY");
    expect(id).toBe("ESM5-20250609T183215Z-BUY");
    const others = [
      recommendationId("ESU5", at("2025-06-09T18:32:15Z"), "BUY"),
      recommendationId("ESM5", at("2025-06-09T18:32:16Z"), "BUY"),
      recommendationId("ESM5", at("2025-06-09T18:32:15Z"), "SHORT"),
    ];
    expect(new Set([id, ...others]).size).toBe(4);
  });
});

describe("R10: the grid", () => {
  it.each([
    [6010.5, "ok"],
    [6010.51, "deny OFF_TICK"],
    [6010.49, "deny OFF_TICK"],
  ])("%d: %s", (price, verdict) => {
    expect(said(checkTick(ES, { price, said: "It" }))).toBe(verdict);
  });

  it("names the nearest two prices", () => {
    expect(checkTick(ES, { price: 6010.6, said: "6010.6" })).toMatchObject({
      sentence: "6010.6 is not on a tick of 0.25: the nearest prices are 6010.50 and 6010.75",
    });
  });

  it.each([
    [1, "ok"],
    [0, "deny BAD_PRICE"],
    [-1, "deny BAD_PRICE"],
    [1.5, "deny BAD_PRICE"],
    [Number.NaN, "deny BAD_PRICE"],
    [Number.POSITIVE_INFINITY, "deny BAD_PRICE"],
  ])("a booked price of %d ticks: %s", (price, verdict) => {
    expect(said(checkTicks({ price, of: "X" }))).toBe(verdict);
  });
});

describe("R11: the market", () => {
  const market = { low: ticks(20_000), high: ticks(20_100) };
  it.each([
    [19_998, "ok"],
    [19_997, "warn FAR_FROM_MARKET"],
    [20_102, "ok"],
    [20_103, "warn FAR_FROM_MARKET"],
    [19_900, "warn FAR_FROM_MARKET"],
    [19_899, "deny CONFIRM_PRICE"],
    [20_200, "warn FAR_FROM_MARKET"],
    [20_201, "deny CONFIRM_PRICE"],
    [Number.NaN, "deny CONFIRM_PRICE"],
  ])("of 20,000 to 20,100 ticks and a price of %d: %s", (price, verdict) => {
    expect(said(checkMarket(market, ES, { price: ticks(price), confirmed: false, since: "signal" }))).toBe(verdict);
  });

  it("takes a far price that was typed again", () => {
    expect(said(checkMarket(market, ES, { price: ticks(25_000), confirmed: true, since: "entry" }))).toBe(
      "warn FAR_FROM_MARKET",
    );
  });

  it.each([
    [19_900, "ok"],
    [19_899, "warn UNVERIFIED"],
    [20_200, "ok"],
    [20_201, "warn UNVERIFIED"],
  ])("unknown, and a bracket of 20,000 to 20,100 ticks, a price of %d: %s", (price, verdict) => {
    expect(said(checkVouched(market, ES, { price: ticks(price) }))).toBe(verdict);
  });

  it.each([
    [19_900, "ok"],
    [19_899, "deny CONFIRM_PRICE"],
    [20_050, "ok"],
    [20_200, "ok"],
    [20_201, "deny CONFIRM_PRICE"],
    [Number.NaN, "deny CONFIRM_PRICE"],
  ])("unknown, and a price expected from 20,000 to 20,100 ticks, %d: %s", (price, verdict) => {
    expect(said(checkExpected(market, ES, { price: ticks(price) }))).toBe(verdict);
  });

  it("takes no print for the market that is more than 7 % away", () => {
    expect([93_000, 92_999, 106_999, 107_001].map((price) => isJump(price, 100_000))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});

describe("R12: quantities", () => {
  it.each([
    [1, "ok"],
    [0, "deny BAD_QUANTITY"],
    [-1, "deny BAD_QUANTITY"],
    [1.5, "deny BAD_QUANTITY"],
    [Number.NaN, "deny BAD_QUANTITY"],
  ])("%d: %s", (quantity, verdict) => {
    expect(said(checkQuantity({ quantity }))).toBe(verdict);
  });
});

describe("R13: times", () => {
  const issued = at("2025-06-09T18:32:15Z");
  const dayEnds = at("2025-06-09T20:00:00Z");
  it.each([
    { name: "2 s before the signal", now: issued, time: issued - 2 * SECOND, verdict: "ok" },
    { name: "more", now: issued, time: issued - 2 * SECOND - 1, verdict: "deny BEFORE_SIGNAL" },
    { name: "2 s ahead of the clock", now: issued, time: issued + 2 * SECOND, verdict: "ok" },
    { name: "more", now: issued, time: issued + 2 * SECOND + 1, verdict: "deny IN_THE_FUTURE" },
    { name: "at the day's end", now: dayEnds, time: dayEnds, verdict: "ok" },
    { name: "just behind the day's end", now: dayEnds + 1, time: dayEnds + 1, verdict: "warn OTHER_DAY" },
    { name: "24 hours back", now: issued + DAY, time: issued, verdict: "ok" },
    { name: "more", now: issued + DAY + 1, time: issued, verdict: "warn LONG_AGO" },
    { name: "no number", now: issued, time: Number.NaN, verdict: "deny IN_THE_FUTURE" },
  ])("$name: $verdict", ({ now, time, verdict }) => {
    expect(said(checkTime({ now: micros(now), issued, dayEnds }, { time: micros(time) }))).toBe(verdict);
  });

  it.each([
    [issued - 1, "deny BEFORE_ENTRY"],
    [issued, "ok"],
    [issued + 1, "ok"],
  ])("an exit at %d: %s", (time, verdict) => {
    // Fills may be told in any order: the latest counts.
    const fills = [{ time: issued }, { time: micros(issued - 5) }];
    expect(said(checkExitTime({ fills }, { time: micros(time), of: "X" }))).toBe(verdict);
  });
});

describe("R14: the same fill twice", () => {
  const known = { direction: "BUY", quantity: 2, price: ticks(24_042), time: micros(10 * SECOND), order: "7" } as const;
  it.each([
    { change: { time: micros(15 * SECOND), order: undefined }, verdict: "warn DOUBLE_ENTRY" },
    { change: { time: micros(15 * SECOND + 1), order: undefined }, verdict: "ok" },
    { change: { time: micros(5 * SECOND), order: undefined }, verdict: "warn DOUBLE_ENTRY" },
    { change: { quantity: 1, order: undefined }, verdict: "ok" },
    { change: { price: ticks(24_043), order: undefined }, verdict: "ok" },
    { change: { direction: "SHORT", order: undefined }, verdict: "ok" },
    { change: { quantity: 1 }, verdict: "warn DOUBLE_ENTRY" },
  ] as const)("with $change: $verdict", ({ change, verdict }) => {
    expect(said(checkTwice([known], { ...known, ...change }))).toBe(verdict);
  });

  it("does not take two unknown orders for one", () => {
    const other = { ...known, order: undefined };
    expect(said(checkTwice([other], { ...other, price: ticks(1) }))).toBe("ok");
  });
});

it.each([
  [undefined, "ok"],
  ["ESM5", "ok"],
  ["ESU5", "warn OTHER_CONTRACT"],
])("R15: ESM5 while %s is traded: %s", (symbol, verdict) => {
  const current = symbol === undefined ? undefined : { symbol, label: symbol };
  expect(said(checkContract({ current }, { symbol: "ESM5", label: "ES JUN25" }))).toBe(verdict);
});

describe("R16: what teaches", () => {
  const outcome = { recommendation: "X", rMultiple: 2, netPnl: 100 as Cents, exitTime: micros(1) };
  it.each([
    [{}, "ok"],
    [{ rMultiple: 0, netPnl: 0 as Cents }, "ok"],
    [{ rMultiple: Number.NaN }, "deny NOT_FINITE"],
    [{ rMultiple: Number.NEGATIVE_INFINITY }, "deny NOT_FINITE"],
    [{ netPnl: Number.NaN as Cents }, "deny NOT_FINITE"],
    [{ exitTime: micros(Number.POSITIVE_INFINITY) }, "deny NOT_FINITE"],
    [{ unverified: false }, "ok"],
    [{ unverified: true }, "deny UNVERIFIED"],
  ])("a result with %j: %s", (change, verdict) => {
    expect(said(checkLearning({ ...outcome, ...change }))).toBe(verdict);
  });
});

describe("R17: the books", () => {
  const trip = { grossPnl: 1000, commission: 500, netPnl: 500, balanceBefore: 100, balanceAfter: 600 };
  it.each([
    [{}, "ok"],
    [{ balanceAfter: 601 }, "deny BAD_BOOKING"],
    [{ balanceAfter: 599 }, "deny BAD_BOOKING"],
    [{ netPnl: 501, balanceAfter: 601 }, "deny BAD_BOOKING"],
    [{ grossPnl: 1000.5, netPnl: 500.5, balanceAfter: 600.5 }, "deny BAD_BOOKING"],
    [{ grossPnl: Number.NaN, netPnl: Number.NaN, balanceAfter: Number.NaN }, "deny BAD_BOOKING"],
  ])("with %j: %s", (change, verdict) => {
    expect(said(checkBooked({ ...trip, ...change }))).toBe(verdict);
  });

  it.each([
    [true, 100, "ok"],
    [true, 99, "deny BETTER_THAN_TRADED"],
    [true, 101, "ok"],
    [false, 100, "ok"],
    [false, 101, "deny BETTER_THAN_TRADED"],
    [false, 99, "ok"],
    [true, Number.NaN, "deny BETTER_THAN_TRADED"],
  ])("buys %s at %d where 100 was traded: %s", (buys, price, verdict) => {
    expect(said(checkPaid(100, { price, buys }))).toBe(verdict);
  });
});

it("guards are pure: the same frozen input gives the same verdict", () => {
  const number = fc.double();
  fc.assert(
    fc.property(number, number, number, fc.boolean(), (a, b, c, flag) => {
      const market = Object.freeze({ low: ticks(Math.min(a, b)), high: ticks(Math.max(a, b)) });
      const since = flag ? "signal" : "entry";
      const action = Object.freeze({ price: ticks(c), confirmed: flag, quantity: c, time: micros(c), since } as const);
      const verdicts = () => [
        checkMarket(market, ES, action),
        checkVouched(market, ES, action),
        checkExpected(market, ES, action),
        checkQuantity(action),
        checkTime(Object.freeze({ now: micros(a), issued: micros(b), dayEnds: micros(b) }), action),
        checkPaid(a, Object.freeze({ price: b, buys: flag })),
      ];
      expect(verdicts()).toEqual(verdicts());
    }),
  );
});
