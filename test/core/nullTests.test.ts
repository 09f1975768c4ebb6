import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedLongestRun, nullTest, tradesNeeded } from "../../src/core/ledger/nullTests.js";
import { sequentialTest } from "../../src/core/ledger/sequentialTest.js";
import { meanInterval, median, totalOf, ulcerIndex } from "../../src/core/ledger/totals.js";

describe("The trades that are still needed", () => {
  it("are as many as it takes when wins go on as they were, by the test itself", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(1 / 3, 0.35, 0.5),
        (won, lost, rate) => {
          const needed = tradesNeeded(won, won + lost, rate);
          if (won / (won + lost) <= rate) expect(needed).toBeUndefined();
          if (needed === undefined || needed > 3_000) return;
          // Whole repetitions of what was seen keep the frequency exactly, in one step more than is needed and in one less.
          const evidenceAfter = (rounds: number) => {
            const wins = Array.from(
              { length: rounds },
              () => [...Array(won).fill(true), ...Array(lost).fill(false)] as boolean[],
            ).flat();
            return sequentialTest(wins, rate)?.logEvidence ?? 0;
          };
          const rounds = 1 + needed / (won + lost);
          expect(evidenceAfter(Math.ceil(rounds))).toBeGreaterThanOrEqual(Math.log(20) - 1e-9);
          if (Math.ceil(rounds) - 1 >= 1 && Math.ceil(rounds) - 1 < rounds - 1e-9 && needed > 1)
            expect(evidenceAfter(Math.ceil(rounds) - 1)).toBeLessThan(Math.log(20));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are none that could be named where wins are no more frequent than the null says, or there is no trade", () => {
    expect([tradesNeeded(0, 0, 0.5), tradesNeeded(5, 10, 0.5), tradesNeeded(3, 10, 0.35)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(tradesNeeded(500_001, 1_000_000, 0.5)).toBeUndefined();
  });

  it("are not asked once the null is rejected", () => {
    const test = nullTest(Array<boolean>(40).fill(true), 0.5);
    expect(test).toMatchObject({ rejected: true, needed: undefined });
    expect(test?.rejectedAfter).toBeLessThan(12);
    expect(nullTest([true], 1)).toBeUndefined();
  });
});

describe("What chance brings", () => {
  it("is a run of seven heads in 200 throws of a fair coin (Schilling 1990)", () => {
    expect(expectedLongestRun(200, 0.5)).toBeCloseTo(6.98, 2);
    expect([expectedLongestRun(0, 0.5), expectedLongestRun(9, 0), expectedLongestRun(9, 1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("A mean and its interval", () => {
  it("are those of Student's ten patients: 0.75 hours, 95 % from -0.53 to 2.03", () => {
    const slept = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
    const [low, high] = meanInterval(slept, 0.95) ?? [];
    expect(low).toBeCloseTo(-0.5297804, 6);
    expect(high).toBeCloseTo(2.0297804, 6);
    const total = totalOf(slept);
    expect(total.total).toBeCloseTo(7.5, 12);
    expect((total.interval?.[0] ?? 0) + (total.interval?.[1] ?? 0)).toBeCloseTo(15, 9);
  });

  it("have none where nothing varies or is known", () => {
    expect([totalOf([]).interval, totalOf([3]).interval, totalOf([3, 3]).interval]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([median([]), median([3, 1]), median([5, 1, 3])]).toEqual([undefined, 2, 3]);
    expect([ulcerIndex([]), ulcerIndex([0, 0.3, 0.4])]).toEqual([undefined, expect.closeTo(Math.sqrt(0.25 / 3), 12)]);
  });
});
