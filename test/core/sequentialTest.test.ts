import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sequentialTest } from "../../src/core/ledger/sequentialTest.js";
import { infiniteIn } from "../support/infiniteIn.js";

const outcomes = (wins: number, losses: number) => [
  ...Array.from({ length: wins }, () => true),
  ...Array.from({ length: losses }, () => false),
];
const evidence = (wins: number, losses: number, rate: number) =>
  sequentialTest(outcomes(wins, losses), rate)?.evidence ?? Number.NaN;
const rate = fc.double({ min: 0.05, max: 0.95, noNaN: true });

/** The mixture by the midpoint rule: the mean over q in (rate, 1) of (q/rate)^w ((1 - q)/(1 - rate))^l. */
function integrated(wins: number, losses: number, null_: number): number {
  const steps = 20_000;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    const q = null_ + ((1 - null_) * (i + 0.5)) / steps;
    sum += (q / null_) ** wins * ((1 - q) / (1 - null_)) ** losses;
  }
  return sum / steps;
}

/** How many wins of 1, 2, ... 300 trades are an evidence of 20 against 0.5; it takes more of more trades. */
const REJECTING_WINS: number[] = [];
for (let trades = 1, wins = 1; trades <= 300; trades++) {
  while (wins <= trades && evidence(wins, trades - wins, 0.5) < 20) wins++;
  REJECTING_WINS.push(wins);
}

describe("sequentialTest", () => {
  it("begins with an evidence of 1", () => {
    expect(sequentialTest([], 0.5)).toEqual({
      evidence: 1,
      logEvidence: 0,
      highest: 1,
      rejected: false,
      rejectedAfter: undefined,
    });
  });

  it.each([
    [0, 0, 0.5],
    [3, 0, 0.5],
    [7, 2, 1 / 3],
    [20, 25, 0.4],
    [2, 9, 0.647],
  ])("is the mixture of likelihood ratios: %i wins, %i losses against %f", (wins, losses, against) => {
    const want = integrated(wins, losses, against);
    expect(Math.abs(evidence(wins, losses, against) / want - 1)).toBeLessThan(1e-6);
  });

  it("is a fair bet under the null: the mean of the next evidence is the present one", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), rate, (wins, losses, against) => {
        const now = evidence(wins, losses, against);
        const next =
          against * evidence(wins + 1, losses, against) + (1 - against) * evidence(wins, losses + 1, against);
        expect(Math.abs(next / now - 1)).toBeLessThan(1e-9);
      }),
    );
  });

  // Every path of 300 trades at once: the chance of each count of wins among the paths that never reached 20.
  it.each([0.5, 0.45, 1 / 3])(
    "rejects a null of at most 0.5 that is true with a chance of at most 5 %, ever: %f",
    (truth) => {
      let alive: number[] = [1];
      let rejected = 0;
      for (const [i, enough] of REJECTING_WINS.entries()) {
        const next = Array.from({ length: i + 2 }, () => 0);
        for (const [wins, chance] of alive.entries()) {
          next[wins + 1] = (next[wins + 1] ?? 0) + chance * truth;
          next[wins] = (next[wins] ?? 0) + chance * (1 - truth);
        }
        rejected += next.slice(enough).reduce((sum, chance) => sum + chance, 0);
        alive = next.slice(0, enough);
      }
      expect(rejected).toBeLessThanOrEqual(0.05);
      if (truth === 0.5) expect(rejected).toBeGreaterThan(0.01);
    },
  );

  it("rejects the coin after enough wins, and remembers when", () => {
    const streak = sequentialTest(outcomes(10, 0), 0.5);
    expect(streak?.rejected).toBe(true);
    expect(streak?.rejectedAfter).toBe(7);
    const relapse = sequentialTest([...outcomes(10, 0), ...outcomes(0, 30)], 0.5);
    expect(relapse?.evidence).toBeLessThan(1);
    expect([relapse?.rejected, relapse?.rejectedAfter, relapse?.highest]).toEqual([true, 7, streak?.highest]);
  });

  it("does not find 13 of 20 better than a coin", () => {
    const mixed = Array.from({ length: 20 }, (_, i) => i % 3 !== 2);
    expect(mixed.slice(1).filter((win) => win)).toHaveLength(13);
    expect(sequentialTest(mixed.slice(1), 0.5)?.rejected).toBe(false);
  });

  it("grows with a win and shrinks with a loss", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), rate, (wins, losses, against) => {
        const now = evidence(wins, losses, against);
        expect(evidence(wins + 1, losses, against)).toBeGreaterThan(now);
        expect(evidence(wins, losses + 1, against)).toBeLessThan(now);
      }),
    );
  });

  it("never lets an infinite number or none out, however long the streak", () => {
    for (const against of [0.01, 0.5, 0.99]) {
      expect(infiniteIn(sequentialTest(outcomes(1500, 0), against))).toEqual([]);
      expect(infiniteIn(sequentialTest(outcomes(0, 1500), against))).toEqual([]);
    }
  });

  it.each([0, 1, -1, Number.NaN])("does not exist against %f", (against) => {
    expect(sequentialTest([true], against)).toBeUndefined();
  });
});
