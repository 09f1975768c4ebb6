import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";

const first = (count: number, ...keys: number[]) => {
  const random = new Random(...keys);
  return Array.from({ length: count }, () => random.bits());
};

describe("Random", () => {
  it("gives the same numbers for the same keys", () => {
    expect(first(50, 7, 12, 3)).toEqual(first(50, 7, 12, 3));
  });

  it("gives other numbers when any key differs, in its low or its high half", () => {
    const starts = [[7, 12, 3], [8, 12, 3], [7, 13, 3], [7, 12, 4], [12, 7, 3], [7 + 2 ** 32, 12, 3], [7, 12], [0], []];
    expect(new Set(starts.map((keys) => first(4, ...keys).join())).size).toBe(starts.length);
  });

  it("sets every bit half of the time, also in the first number of neighbouring streams", () => {
    const perBit = (numbers: readonly number[]) =>
      Array.from({ length: 32 }, (_, bit) => numbers.filter((n) => ((n >>> bit) & 1) === 1).length);
    const n = 20_000;
    const neighbours = Array.from({ length: n }, (_, seed) => new Random(seed, 1).bits());
    for (const count of [...perBit(first(n, 1)), ...perBit(neighbours)]) {
      expect(Math.abs(count - n / 2)).toBeLessThan(5 * Math.sqrt(n / 4));
    }
  });

  it("spreads evenly over a range and stays inside it", () => {
    const random = new Random(99);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 50_000; i++) {
      const value = random.whole(-5, 5) + 5;
      counts[value] = (counts[value] ?? 0) + 1;
      const real = random.between(2, 3);
      if (real < 2 || 3 <= real) expect.fail(`${real}`);
    }
    expect(counts).toHaveLength(10);
    // Chi-square with 9 degrees of freedom exceeds 33.7 once in ten thousand.
    expect(counts.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0)).toBeLessThan(33.7);
  });
});
