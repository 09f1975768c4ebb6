import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { realisedBreakEven } from "../../src/core/contextRecord.js";
import type { Cents } from "../../src/core/units.js";

const results = (...netPnl: readonly number[]) => netPnl.map((net) => ({ win: net > 0, netPnl: net as Cents }));

describe("The break-even rate of realised payoffs", () => {
  it.each([
    {
      name: "a third when wins pay twice what losses cost",
      wins: [200, 200, 200, 200, 200],
      losses: [-100],
      rate: 1 / 3,
    },
    { name: "one half when they pay the same", wins: [100, 100, 100, 100, 100], losses: [-100], rate: 0.5 },
    { name: "of means, not of medians", wins: [100, 100, 100, 100, 1100], losses: [-100], rate: 0.25 },
    { name: "0 when a loss costs nothing", wins: [100, 100, 100, 100, 100], losses: [0], rate: 0 },
  ])("is $name", ({ wins, losses, rate }) => {
    const five = losses.flatMap((loss) => Array<number>(5).fill(loss));
    expect(realisedBreakEven(results(...wins, ...five))).toBeCloseTo(rate, 12);
  });

  it.each([
    { name: "four wins", rows: results(200, 200, 200, 200, -1, -1, -1, -1, -1) },
    { name: "four losses", rows: results(200, 200, 200, 200, 200, -1, -1, -1, 0) },
    { name: "no trade", rows: [] },
  ])("is unknown after $name", ({ rows }) => {
    expect(realisedBreakEven(rows)).toBeUndefined();
  });

  it("is the win rate itself where the results sum up to nothing", () => {
    const gain = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(fc.array(gain, { minLength: 5, maxLength: 30 }), fc.integer({ min: 5, max: 30 }), (wins, losses) => {
        const sum = wins.reduce((total, win) => total + win, 0);
        const rows = results(...wins, ...Array<number>(losses).fill(-sum / losses));
        expect(realisedBreakEven(rows)).toBeCloseTo(wins.length / rows.length, 9);
      }),
    );
  });
});
