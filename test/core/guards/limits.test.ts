import { describe, expect, it } from "vitest";
import {
  checkDailyLoss,
  checkDailyTrades,
  checkDrawdown,
  checkHalted,
  checkPosition,
  checkRecommended,
  checkStreak,
  roomFor,
} from "../../../src/core/guards/limits.js";
import type { GuardCode, Verdict } from "../../../src/core/guards/verdict.js";

const said = (verdict: Verdict<GuardCode, GuardCode>) =>
  verdict.verdict === "ok" ? "ok" : `${verdict.verdict} ${verdict.code}`;

describe("R5: trades of the day", () => {
  it.each([
    [9, "ok"],
    [10, "deny DAILY_LIMIT"],
    [11, "deny DAILY_LIMIT"],
    [Number.NaN, "deny DAILY_LIMIT"],
  ])("%d of 10: %s", (fillsToday, verdict) => {
    expect(said(checkDailyTrades({ fillsToday }, { maxDailyTrades: 10 }))).toBe(verdict);
  });
});

describe("R6: the position", () => {
  it.each([
    [2, 1, "ok"],
    [2, 2, "deny MAX_POSITION"],
    [0, 3, "ok"],
    [0, 4, "deny MAX_POSITION"],
    [4, 1, "deny MAX_POSITION"],
    [0, Number.NaN, "deny MAX_POSITION"],
  ])("%d open and %d more of 3: %s", (open, quantity, verdict) => {
    expect(said(checkPosition({ open }, { quantity }, { maxPositionSize: 3 }))).toBe(verdict);
  });

  it.each([
    [1, "ok"],
    [2, "ok"],
    [3, "warn MORE_THAN_RECOMMENDED"],
  ])("a recorded fill of %d where 2 were recommended: %s", (quantity, verdict) => {
    expect(said(checkRecommended({ recommended: 2 }, { quantity }))).toBe(verdict);
  });

  it("has the room that the limit leaves, which sizing takes", () => {
    expect([0, 2, 3, 4].map((open) => roomFor(open, { maxPositionSize: 3 }))).toEqual([3, 1, 0, -1]);
  });
});

describe("R7: the emergency stop", () => {
  it.each([
    { equity: 950_000.01, limit: 0.05, verdict: "ok" },
    { equity: 950_000, limit: 0.05, verdict: "deny EMERGENCY_STOP" },
    { equity: 949_999, limit: 0.05, verdict: "deny EMERGENCY_STOP" },
    { equity: 1_100_000, limit: 0.05, verdict: "ok" },
    { equity: 1, limit: 0, verdict: "ok" },
    { equity: Number.NaN, limit: 0.05, verdict: "deny EMERGENCY_STOP" },
    { equity: 1_000_000, limit: Number.NaN, verdict: "deny EMERGENCY_STOP" },
  ])("$equity cents under a peak of 1,000,000 with a limit of $limit: $verdict", ({ equity, limit, verdict }) => {
    const state = { limitPeak: 1_000_000, equity };
    expect(said(checkDrawdown(state, { emergencyStopLossPct: limit }))).toBe(verdict);
  });

  it.each([
    [0, 0],
    [-100_000, -100_000],
    [-100_000, -300_000],
    [-100_000, 50_000],
    [Number.NaN, 1],
  ])("a peak of %d cents with an equity of %d: deny EMERGENCY_STOP", (limitPeak, equity) => {
    expect(said(checkDrawdown({ limitPeak, equity }, { emergencyStopLossPct: 0.05 }))).toBe("deny EMERGENCY_STOP");
    expect(said(checkDrawdown({ limitPeak, equity }, { emergencyStopLossPct: 0 }))).toBe("ok");
  });

  it("and the kill switch (R9) hold a halted account back", () => {
    expect(said(checkHalted({ halted: true }))).toBe("deny HALTED");
    expect(said(checkHalted({ halted: false }))).toBe("ok");
  });
});

describe("R8: losses of the day", () => {
  it.each([
    [2, "ok"],
    [3, "deny LOSS_PAUSE"],
    [4, "deny LOSS_PAUSE"],
  ])("%d in a row: %s", (losingStreak, verdict) => {
    expect(said(checkStreak({ losingStreak }, { maxConsecutiveLosses: 3 }))).toBe(verdict);
  });

  it.each([
    { pnlToday: -1999, limit: 0.02, verdict: "ok" },
    { pnlToday: -2000, limit: 0.02, verdict: "deny LOSS_PAUSE" },
    { pnlToday: -2001, limit: 0.02, verdict: "deny LOSS_PAUSE" },
    { pnlToday: 5000, limit: 0.02, verdict: "ok" },
    { pnlToday: -99_000, limit: 0, verdict: "ok" },
    { pnlToday: Number.NaN, limit: 0.02, verdict: "deny LOSS_PAUSE" },
  ])("$pnlToday cents of a day that began with 100,000, limit $limit: $verdict", ({ pnlToday, limit, verdict }) => {
    const state = { pnlToday, balance: 100_000 + pnlToday };
    expect(said(checkDailyLoss(state, { maxDailyLossPct: limit }))).toBe(verdict);
  });

  it.each([
    [0, 0],
    [0, -5000],
    [-5000, -5000],
    [-100_000, -200_000],
    [5000, 5000],
  ])("%d cents of a day that left %d, and so began with nothing: deny LOSS_PAUSE", (pnlToday, balance) => {
    expect(said(checkDailyLoss({ pnlToday, balance }, { maxDailyLossPct: 0.02 }))).toBe("deny LOSS_PAUSE");
    expect(said(checkDailyLoss({ pnlToday, balance }, { maxDailyLossPct: 0 }))).toBe("ok");
  });
});
