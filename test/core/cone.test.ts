import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cone } from "../../src/core/ledger/cone.js";

const LIMIT = 0.05;

/** +2 % or -1 %, `wins` of `trades`. */
const record = (wins: number, trades: number) => Array.from({ length: trades }, (_, i) => (i < wins ? 0.02 : -0.01));

describe("The cone of simulated futures", () => {
  it("is not drawn under 30 trades", () => {
    expect(cone(record(10, 29), 0, LIMIT)).toBeUndefined();
    expect(cone(record(10, 30), 0, LIMIT)).toBeDefined();
  });

  it("is a line where every trade was the same", () => {
    const of = cone(Array(40).fill(0.01), 0, LIMIT);
    expect(of?.steps.map(({ trades }) => trades)).toEqual(Array.from({ length: 26 }, (_, i) => 20 * i));
    for (const { trades, low, median, high } of of?.steps ?? []) {
      for (const each of [low, median, high]) expect(each).toBeCloseTo(1.01 ** trades, 6);
    }
    expect([of?.halted, of?.losing]).toEqual([0, 0]);
    expect(cone(Array(40).fill(-0.01), 0, LIMIT)).toMatchObject({ halted: 1, losing: 1 });
  });

  it("spreads as the central limit says: by the trades drawn, and once more by how little they tell", () => {
    // Log returns of fair coins: after n trades of a sample of m, the variance is about s^2 (n + n^2 / m).
    const spreads = Array.from({ length: 12 }, (_, i) => {
      const trades = 400 + 2 * i;
      const returns = Array.from({ length: trades }, (_, trade) => Math.exp(trade % 2 === 0 ? 0.01 : -0.01) - 1);
      const last = cone(returns, 0, LIMIT)?.steps.at(-1);
      const deviation = 0.01 * Math.sqrt(500 + 500 ** 2 / trades);
      const spread = (balance = 0, z: number) => Math.log(balance) / (z * deviation);
      return {
        median: Math.log(last?.median ?? 0),
        low: spread(last?.low, -1.645),
        high: spread(last?.high, 1.645),
        upperQuartile: spread(last?.upperQuartile, 0.6745),
      };
    });
    const meanOf = (name: keyof (typeof spreads)[number]) =>
      spreads.reduce((sum, spread) => sum + spread[name], 0) / spreads.length;
    expect(meanOf("median")).toBeCloseTo(0, 1);
    for (const name of ["low", "high", "upperQuartile"] as const) expect(meanOf(name)).toBeCloseTo(1, 1);
  });

  it("knows the chance of a halt where it can be worked out", () => {
    // Every loss halts at once, so only futures without a single loss escape: none of 500 trades at 1 in 2.
    expect(cone([...Array(20).fill(0.1), ...Array(20).fill(-0.06)], 0, LIMIT)?.halted).toBe(1);
    // A fall of 1 % never reaches 5 % where a gain of 10 % follows at least every fourth time; from 4.5 % it does at once.
    const gains = Array(60).fill(0.001);
    expect(cone(gains, 0.045, LIMIT)?.halted).toBe(0);
    expect(cone(gains, LIMIT, LIMIT)?.halted).toBe(1);
    // One loss in 60 is in the drawn sample with chance 1 - (59/60)^60, and then almost surely among 500 trades of it.
    const one = cone([...Array(59).fill(0.0001), -0.06], 0, LIMIT)?.halted ?? 0;
    const inSample = (k: number) => binomial(60, k) * (1 / 60) ** k * (59 / 60) ** (60 - k);
    const expected = Array.from({ length: 20 }, (_, k) => inSample(k) * (1 - (1 - k / 60) ** 500)).reduce(
      (a, b) => a + b,
    );
    expect(Math.abs(one - expected)).toBeLessThan(0.05);
  });

  it("is the same for the same trades, keeps its percentiles in order and is finite", () => {
    const results = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(results, fc.double({ min: 0, max: 0.5, noNaN: true }), (returns, drawdown) => {
        const of = cone(returns, drawdown, LIMIT);
        expect(cone([...returns], drawdown, LIMIT)).toEqual(of);
        for (const step of of?.steps ?? []) {
          const { low, lowerQuartile, median, upperQuartile, high } = step;
          const row = [low, lowerQuartile, median, upperQuartile, high];
          expect(row.toSorted((a, b) => a - b)).toEqual(row);
          expect(row.every((each) => Number.isFinite(each) && each >= 0)).toBe(true);
        }
        expect(of?.halted).toBeGreaterThanOrEqual(drawdown >= LIMIT ? 1 : 0);
      }),
      { numRuns: 5 },
    );
  });
});

function binomial(n: number, k: number): number {
  return k === 0 ? 1 : (binomial(n, k - 1) * (n - k + 1)) / k;
}
