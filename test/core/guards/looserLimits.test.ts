import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  effectiveRisk,
  type LimitsInForce,
  onTradingDay,
  type RiskLimits,
  sameLimits,
  withLimits,
} from "../../../src/core/guards/looserLimits.js";

const BASE: RiskLimits = {
  maxRiskPerTrade: 0.02,
  maxPositionSize: 3,
  maxDailyTrades: 10,
  maxConsecutiveLosses: 3,
  maxDailyLossPct: 0,
  emergencyStopLossPct: 0.05,
  hardRiskCap: 0.1,
  riskPerContractUsd: 1000,
  enforceRiskBudget: false,
};
const [MON, TUE, WED] = ["2025-06-09", "2025-06-10", "2025-06-11"] as const;
const START: LimitsInForce = { current: BASE, next: undefined };

describe("R18: the tighter of each limit", () => {
  it.each([
    ["maxRiskPerTrade", 0.02, 0.01, 0.01],
    ["maxRiskPerTrade", 0.01, 0.02, 0.01],
    ["maxPositionSize", 3, 2, 2],
    ["maxPositionSize", 3, 4, 3],
    ["maxDailyTrades", 10, 9, 9],
    ["maxDailyTrades", 10, 11, 10],
    ["maxConsecutiveLosses", 3, 2, 2],
    ["maxConsecutiveLosses", 3, 4, 3],
    ["maxDailyLossPct", 0, 0.02, 0.02],
    ["maxDailyLossPct", 0.02, 0, 0.02],
    ["maxDailyLossPct", 0.02, 0.03, 0.02],
    ["maxDailyLossPct", 0, 0, 0],
    ["emergencyStopLossPct", 0.05, 0.04, 0.04],
    ["emergencyStopLossPct", 0.05, 0.06, 0.05],
    ["hardRiskCap", 0.1, 0.05, 0.05],
    ["hardRiskCap", 0.05, 0.1, 0.05],
    ["riskPerContractUsd", 1000, 900, 1000],
    ["riskPerContractUsd", 1000, 1100, 1100],
    ["riskPerContractUsd", 1000, 0, 1000],
    ["riskPerContractUsd", 0, 1000, 1000],
    ["enforceRiskBudget", false, true, true],
    ["enforceRiskBudget", true, false, true],
    ["enforceRiskBudget", false, false, false],
  ] as const)("%s %s, wanted %s: %s", (name, previous, wanted, effective) => {
    const result = effectiveRisk({ ...BASE, [name]: previous }, { ...BASE, [name]: wanted });
    expect(result).toEqual({ ...BASE, [name]: effective });
  });
});

describe("R18: limits in force", () => {
  const trades = (limits: LimitsInForce) => limits.current.maxDailyTrades;
  const want = (limits: LimitsInForce, maxDailyTrades: number, from: string) =>
    withLimits(limits, { ...BASE, maxDailyTrades }, from);

  it("tighten at once and loosen on the next trading day", () => {
    expect(trades(want(START, 5, TUE))).toBe(5);
    const looser = want(START, 20, TUE);
    expect([looser, onTradingDay(looser, MON), onTradingDay(looser, TUE)].map(trades)).toEqual([10, 10, 20]);
  });

  it("do both with one change", () => {
    const change = withLimits(START, { ...BASE, maxDailyTrades: 20, maxPositionSize: 1 }, TUE);
    expect(change.current).toEqual({ ...BASE, maxPositionSize: 1 });
    expect(onTradingDay(change, TUE).current).toEqual({ ...BASE, maxDailyTrades: 20, maxPositionSize: 1 });
  });

  it("hold the tightest of a day whatever is wanted later in it, and the last one on the next", () => {
    const day = [20, 5, 7, 30].reduce((limits, wanted) => want(limits, wanted, TUE), START);
    expect(trades(day)).toBe(5);
    expect(trades(onTradingDay(day, TUE))).toBe(30);
    expect(trades(onTradingDay(day, WED))).toBe(30);
  });

  it("begin on a trading day that nobody saw begin", () => {
    const looser = want(START, 20, TUE);
    expect(trades(want(looser, 15, WED))).toBe(15);
    expect(trades(want(looser, 25, WED))).toBe(20);
  });

  it("never loosen within a day, by any changes", () => {
    const some = fc.record({
      maxDailyTrades: fc.integer({ min: 1, max: 30 }),
      maxDailyLossPct: fc.constantFrom(0, 0.01, 0.1),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 10 }), (changes) => {
        let limits = START;
        for (const change of changes) {
          const after = withLimits(limits, { ...BASE, ...change }, TUE);
          expect(effectiveRisk(limits.current, after.current)).toEqual(after.current);
          limits = after;
        }
        const last = changes.at(-1);
        if (last !== undefined) expect(sameLimits(onTradingDay(limits, TUE).current, { ...BASE, ...last })).toBe(true);
      }),
    );
  });
});
