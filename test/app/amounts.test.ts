import fc from "fast-check";
import { expect, it } from "vitest";
import { fixed, percent } from "../../src/app/amounts.js";
import { signedR } from "../../src/extension/standing.js";

it.each([
  [-0.004, "0.00", "+0.00 R"],
  [-0, "0.00", "+0.00 R"],
  [-0.006, "-0.01", "−0.01 R"],
  [0.004, "0.00", "+0.00 R"],
  [-12.5, "-12.50", "−12.50 R"],
])("%d is %s, and of a result %s: what rounds to zero has no minus", (value, plain, result) => {
  expect([fixed(value, 2), signedR(value)]).toEqual([plain, result]);
});

it("is the same number however it is written, and no percentage is a zero with a sign", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.nat(6), (value, decimals) => {
      expect(Number(fixed(value, decimals))).toBe(Number(value.toFixed(decimals)) + 0);
      expect(percent(value, decimals)).not.toMatch(/^-[0.]+ %$/);
    }),
  );
});
