import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  backtestOverfitting,
  deflatedSharpe,
  luckySharpe,
  minimumTrackRecord,
  probabilisticSharpe,
} from "../../src/core/ledger/overfitting.js";
import { Random } from "../../src/core/random.js";
import { infiniteIn } from "../support/infiniteIn.js";

const normal = (sharpe: number, returns: number) => ({ sharpe, returns, skewness: 0, kurtosis: 3 });

/** Rows of noise in [-1, 1); a drift is added to the first column. */
function noise(seed: number, rows: number, columns: number, drift = 0): readonly (readonly number[])[] {
  const random = new Random(seed);
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, (_, i) => random.between(-1, 1) + (i === 0 ? drift : 0)),
  );
}

describe("probabilisticSharpe", () => {
  it("is one half at its benchmark, and surer with a longer record", () => {
    expect(probabilisticSharpe(normal(0.1, 100), 0.1)).toBe(0.5);
    expect(probabilisticSharpe(normal(0.1, 400), 0)).toBeGreaterThan(probabilisticSharpe(normal(0.1, 100), 0) ?? 1);
  });

  it("reaches 95 % exactly at the minimum track record", () => {
    const shapes = fc.record({
      sharpe: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      skewness: fc.double({ min: -2, max: 1, noNaN: true }),
      kurtosis: fc.double({ min: 3, max: 12, noNaN: true }),
    });
    fc.assert(
      fc.property(shapes, (of) => {
        const returns = minimumTrackRecord({ ...of, returns: 2 }, 0, 0.95) ?? Number.NaN;
        expect(probabilisticSharpe({ ...of, returns: Math.max(2, returns) }, 0)).toBeCloseTo(
          returns < 2 ? (probabilisticSharpe({ ...of, returns: 2 }, 0) ?? 0) : 0.95,
          9,
        );
      }),
    );
  });

  it("is undefined where its formula has no root, and with a single return", () => {
    expect(probabilisticSharpe({ sharpe: 2, returns: 50, skewness: 5, kurtosis: 1 }, 0)).toBeUndefined();
    expect(probabilisticSharpe(normal(0.1, 1), 0)).toBeUndefined();
    expect(minimumTrackRecord(normal(-0.1, 50), 0, 0.95)).toBeUndefined();
    expect(minimumTrackRecord(normal(0.1, 50), 0, 1)).toBeUndefined();
  });
});

describe("deflatedSharpe", () => {
  it("expects more of the best of many, and nothing of a single trial", () => {
    expect(luckySharpe(1, 0.01)).toBe(0);
    expect(luckySharpe(10, 0.01) ?? 0).toBeGreaterThan(luckySharpe(2, 0.01) ?? 1);
    expect(luckySharpe(1000, 0.01) ?? 0).toBeGreaterThan(luckySharpe(10, 0.01) ?? 1);
    expect(luckySharpe(0, 0.01)).toBeUndefined();
    expect(deflatedSharpe(normal(0.1, 250), 1, 0.01)).toBe(probabilisticSharpe(normal(0.1, 250), 0));
  });

  it("comes near the mean of the best of 100 standard normal trials, 2.5076", () => {
    expect(luckySharpe(100, 1)).toBeCloseTo(2.5076, 1);
  });
});

describe("backtestOverfitting", () => {
  it("is 0 where one strategy is truly better, in all 12,870 halves of 16 slices", () => {
    const got = backtestOverfitting(noise(1, 160, 5, 2));
    expect(got?.logits).toHaveLength(12_870);
    expect(got?.probability).toBe(0);
  });

  it("is about one half on noise, over 40 markets", () => {
    const found = Array.from({ length: 40 }, (_, seed) => backtestOverfitting(noise(seed, 64, 9), 8)?.probability ?? 9);
    const mean = found.reduce((sum, probability) => sum + probability, 0) / found.length;
    expect(mean).toBeGreaterThan(0.35);
    expect(mean).toBeLessThan(0.75);
  });

  it("leaves the first rows out when the slices do not divide them", () => {
    const rows = noise(3, 24, 4);
    expect(backtestOverfitting([[9, -9, 9, -9], ...rows], 4)).toEqual(backtestOverfitting(rows, 4));
  });

  it("does not depend on the unit, and survives strategies that never trade", () => {
    const rows = noise(4, 32, 4).map((row) => [...row.slice(0, 3), 0]);
    const got = backtestOverfitting(rows, 4);
    expect(infiniteIn(got)).toEqual([]);
    expect(
      backtestOverfitting(
        rows.map((row) => row.map((value) => value * 64)),
        4,
      ),
    ).toEqual(got);
    expect(
      infiniteIn(
        backtestOverfitting(
          rows.map(() => [0, 0, 0]),
          4,
        ),
      ),
    ).toEqual([]);
  });

  it.each([
    ["one strategy", noise(5, 32, 1), 4],
    ["an odd number of slices", noise(5, 32, 3), 5],
    ["a single row in a slice", noise(5, 7, 3), 4],
    ["no rows", [], 4],
  ])("is undefined with %s", (_, rows, slices) => {
    expect(backtestOverfitting(rows, slices)).toBeUndefined();
  });
});
