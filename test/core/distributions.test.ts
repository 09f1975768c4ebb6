import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalCdf, normalQuantile } from "../../src/core/ledger/normal.js";
import { equivalentConfidence, expectancy } from "../../src/core/sizing/expectancy.js";
import { breakEven, kellyFraction, quarterKelly } from "../../src/core/sizing/kelly.js";
import { studentCdf, studentQuantile } from "../../src/core/sizing/studentT.js";
import { infiniteIn } from "../support/infiniteIn.js";

/** phi(z) (z + z^3/3 + z^5/(3*5) + ...) + 1/2: every term has the sign of z (Abramowitz & Stegun 26.2.11). */
function seriesCdf(z: number): number {
  let term = z;
  let sum = z;
  for (let odd = 3; Math.abs(term) > 1e-18 * Math.abs(sum); odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

const share = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });
const freedom = fc.double({ min: 0.5, max: 500, noNaN: true });

describe("normalCdf", () => {
  it("agrees with its power series to 1e-14", () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (z) => {
        expect(Math.abs(normalCdf(z) - seriesCdf(z))).toBeLessThan(1e-14);
      }),
    );
  });

  // From the continued fraction of Mills' ratio (Abramowitz & Stegun 26.2.14) with 80 digits.
  it.each([
    { z: -5, tail: 2.866515718791939e-7 },
    { z: -10, tail: 7.619853024160525e-24 },
    { z: -37, tail: 5.725571222524577e-300 },
  ])("keeps its relative accuracy in the tail at $z", ({ z, tail }) => {
    expect(Math.abs(normalCdf(z) / tail - 1)).toBeLessThan(1e-12);
  });

  it("ends at 0 and 1", () => {
    expect([normalCdf(-40), normalCdf(0), normalCdf(40)]).toEqual([0, 0.5, 1]);
  });
});

describe("normalQuantile", () => {
  it("is the inverse of the distribution to 1e-13", () => {
    fc.assert(
      fc.property(share, (p) => {
        expect(Math.abs(normalCdf(normalQuantile(p) ?? Number.NaN) / p - 1)).toBeLessThan(1e-13);
      }),
    );
  });

  it("reaches far into the lower tail", () => {
    for (const p of [1e-20, 1e-100, 1e-300]) {
      expect(Math.abs(normalCdf(normalQuantile(p) ?? Number.NaN) / p - 1)).toBeLessThan(1e-11);
    }
  });

  it("gives the well-known points", () => {
    expect(normalQuantile(0.95)).toBeCloseTo(1.6448536269514722, 14);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(normalQuantile(0.5)).toBe(0);
  });

  it.each([0, 1, -0.1, 1.1, Number.NaN])("does not exist at %s", (p) => {
    expect(normalQuantile(p)).toBeUndefined();
  });
});

describe("Student's t", () => {
  it.each([
    { dof: 1, cdf: (t: number) => 0.5 + Math.atan(t) / Math.PI },
    { dof: 2, cdf: (t: number) => 0.5 + t / (2 * Math.sqrt(2 + t * t)) },
  ])("has its closed form at $dof degrees of freedom", ({ dof, cdf }) => {
    for (const t of [-30, -2.5, -1, -0.1, 0, 0.01, 0.7, 1.5, 4, 100]) {
      expect(Math.abs(studentCdf(t, dof) - cdf(t))).toBeLessThan(1e-12);
    }
  });

  it("has a quantile that is the inverse of its distribution", () => {
    fc.assert(
      fc.property(share, freedom, (p, dof) => {
        const t = studentQuantile(p, dof);
        expect(Math.abs(studentCdf(t, dof) - p)).toBeLessThan(1e-9);
      }),
    );
  });

  it("is symmetric about 0", () => {
    const shares = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(shares, fc.double({ min: 1, max: 500, noNaN: true }), (p, dof) => {
        const t = studentQuantile(p, dof);
        expect(Math.abs(studentQuantile(1 - p, dof) + t)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(t)));
      }),
    );
  });

  it("tends to the normal distribution", () => {
    expect(studentCdf(1.3, 1e6)).toBeCloseTo(normalCdf(1.3), 6);
    expect(studentQuantile(0.5, 7)).toBe(0);
  });
});

describe("expectancy", () => {
  it("grows surer with every result", () => {
    const width = (n: number) => {
      const { interval } = expectancy(Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 2 : -1)));
      return interval[1] - interval[0];
    };
    expect(width(10)).toBeGreaterThan(width(40));
    expect(width(40)).toBeGreaterThan(width(160));
  });

  it("tends to the mean of the results, and its chance of being positive to certainty", () => {
    const many = expectancy(Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 2 : -1)));
    expect(many.mu).toBeCloseTo(0.5, 2);
    expect(many.positive).toBeGreaterThan(0.999);
  });

  it("takes a result of weight 0 as none, and whole weights as repetitions", () => {
    expect(expectancy([5, 1], [0, 1])).toEqual(expectancy([1]));
    const [repeated, weighted] = [expectancy([1, 1, -1]), expectancy([1, -1], [2, 1])];
    expect(weighted.mu).toBeCloseTo(repeated.mu, 12);
    expect(weighted.b).toBeCloseTo(repeated.b, 12);
    expect(weighted.dof).toBe(repeated.dof);
  });

  it("never lets an infinite number or none out", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true })), (results) => {
        const got = expectancy(results);
        expect(infiniteIn(got)).toEqual([]);
        expect(got.interval[0]).toBeLessThan(got.lower20);
        expect(got.lower20).toBeLessThan(got.interval[1]);
      }),
    );
  });

  it.each([
    { meanR: 0, p: 1 / 3 },
    { meanR: 0.5, p: 0.5 },
    { meanR: -2, p: 0 },
    { meanR: 3, p: 1 },
  ])("is the confidence $p at $meanR R", ({ meanR, p }) => {
    expect(equivalentConfidence(meanR)).toBeCloseTo(p, 12);
  });
});

describe("Kelly and break-even", () => {
  it("bet nothing at the break-even rate, and less than nothing below it", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), (payoff) => {
        const even = breakEven(payoff, 0) ?? Number.NaN;
        expect(kellyFraction(even, payoff)).toBeCloseTo(0, 10);
        expect(kellyFraction(even * 0.9, payoff)).toBeLessThan(0);
        expect(quarterKelly(even * 0.9, payoff)).toBe(0);
      }),
    );
  });

  it("need more wins the dearer a trade is: 35 % with $30 of costs on $775", () => {
    expect(breakEven(122 / 62, 30 / 775)).toBeCloseTo(0.35, 3);
  });

  it("are undefined without a payoff, where nothing is to be risked", () => {
    expect([kellyFraction(0.5, 0), breakEven(-1, 0)]).toEqual([undefined, undefined]);
    expect([quarterKelly(0.9, 0), quarterKelly(0.5, -1)]).toEqual([0, 0]);
  });
});
