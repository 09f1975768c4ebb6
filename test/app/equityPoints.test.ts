import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equityPoints } from "../../src/app/equityPoints.js";
import { downsample, MAX_POINTS } from "../../src/core/downsample.js";
import { amendment, cents, equity, exit, after as secondsAfter, voiding } from "../support/outputs.js";

const curve = fc
  .array(
    fc.record({ balance: fc.integer({ min: -1e6, max: 1e6 }), drawdown: fc.double({ min: 0, max: 1, noNaN: true }) }),
    {
      minLength: 1,
      maxLength: 400,
    },
  )
  .map((points) => points.map((point, time) => ({ time, ...point })));

describe("An equity curve", () => {
  it("has a point for each exit and session end of its own account, in dollars and seconds", () => {
    const outputs = [
      equity({ account: "manual", time: secondsAfter(0), balance: cents(1_500_000), drawdown: 0 }),
      equity({ account: "paper", time: secondsAfter(1), balance: cents(1) }),
      equity({ account: "manual", time: secondsAfter(60), balance: cents(1_584_750), drawdown: 0.0234 }),
    ];
    const start = Math.floor(secondsAfter(0) / 1e6);
    expect(equityPoints(outputs, "manual")).toEqual([
      { time: start, balance: 15_000, drawdown: 0 },
      { time: start + 60, balance: 15_847.5, drawdown: 0.0234 },
    ]);
  });

  it("keeps the last of several points in one second", () => {
    const outputs = [1, 2].map((balance) =>
      equity({ account: "paper", time: secondsAfter(5), balance: cents(balance * 100) }),
    );
    expect(equityPoints(outputs, "paper").map((point) => point.balance)).toEqual([2]);
  });

  it("is that of the exits that count, from the first balance on, once one was corrected or taken back", () => {
    const closed = (id: string, time: number, net: number, before: number, replaces?: string) =>
      exit({
        account: "manual",
        id,
        recommendation: id.slice(0, 1),
        time: secondsAfter(time),
        netPnl: cents(net),
        balanceBefore: cents(before),
        balanceAfter: cents(before + net),
        ...(replaces === undefined ? {} : { replaces }),
      });
    const row = equity({ account: "manual", balance: cents(99) });
    const outputs = [closed("A", 60, 100_000, 1_500_000), closed("B", 120, 50_000, 1_600_000), row];
    const start = Math.floor(secondsAfter(0) / 1e6);
    const corrected = [...outputs, amendment({ recommendation: "A" }), closed("A2", 60, -300_000, 1_500_000, "A"), row];
    expect(equityPoints(corrected, "manual")).toEqual([
      { time: start + 60, balance: 12_000, drawdown: 0.2 },
      { time: start + 120, balance: 12_500, drawdown: expect.closeTo(1 / 6, 12) },
    ]);
    expect(equityPoints([...corrected, voiding({ recommendation: "A" }), row], "manual")).toEqual([
      { time: start + 120, balance: 15_500, drawdown: 0 },
    ]);
    expect(equityPoints([...corrected, equity({ balance: cents(1) })], "paper")).toHaveLength(1);
  });

  it("stays in the order of time when a correction moves an exit", () => {
    const outputs = [
      exit({ account: "manual", id: "B", recommendation: "B", time: secondsAfter(120) }),
      amendment(),
      exit({ account: "manual", id: "A", recommendation: "A", time: secondsAfter(60) }),
    ];
    const times = equityPoints(outputs, "manual").map((point) => point.time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("stays within the limit and keeps its first, last, highest, lowest and deepest point", () => {
    fc.assert(
      fc.property(curve, fc.integer({ min: 5, max: 60 }), (points, limit) => {
        const kept = downsample(points, limit);
        expect(kept.length).toBeLessThanOrEqual(Math.max(limit, Math.min(points.length, limit)));
        expect(kept[0]).toBe(points[0]);
        expect(kept.at(-1)).toBe(points.at(-1));
        for (const field of ["balance", "drawdown"] as const) {
          const most = (of: typeof points) => Math.max(...of.map((point) => point[field]));
          expect(most([...kept])).toBe(most(points));
        }
        expect(Math.min(...kept.map((point) => point.balance))).toBe(Math.min(...points.map((point) => point.balance)));
        expect(kept.every((point, index) => index === 0 || (kept[index - 1]?.time ?? 0) < point.time)).toBe(true);
      }),
    );
  });

  it("is left alone when it is short", () => {
    const points = Array.from({ length: MAX_POINTS }, (_, time) => ({ time, balance: time, drawdown: 0 }));
    expect(downsample(points)).toBe(points);
  });
});
