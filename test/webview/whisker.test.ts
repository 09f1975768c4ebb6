import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { whiskerGeometry } from "../../webview/whisker.js";

describe("whiskerGeometry, on the axis from 30 to 80 %", () => {
  it.each([
    { name: "spans the axis", interval: [0.3, 0.8], mean: 0.55, low: 0, high: 100, dot: 50, clipped: "" },
    { name: "lies inside", interval: [0.4, 0.6], mean: 0.5, low: 20, high: 60, dot: 40, clipped: "" },
    { name: "is cut off below", interval: [0.1, 0.5], mean: 0.3, low: 0, high: 40, dot: 0, clipped: "low" },
    { name: "is cut off above", interval: [0.5, 0.95], mean: 0.8, low: 40, high: 100, dot: 100, clipped: "high" },
    {
      name: "has no dot beyond the axis",
      interval: [0.1, 0.25],
      mean: 0.2,
      low: 0,
      high: 0,
      dot: undefined,
      clipped: "low",
    },
    {
      name: "has no dot without a mean",
      interval: [0.4, 0.6],
      mean: undefined,
      low: 20,
      high: 60,
      dot: undefined,
      clipped: "",
    },
  ] as const)("$name", ({ interval, mean, low, high, dot, clipped }) => {
    expect(whiskerGeometry(interval, mean)).toEqual({
      low,
      high,
      mean: dot,
      even: 40,
      clippedLow: clipped === "low",
      clippedHigh: clipped === "high",
    });
  });

  it("is absent where a number is missing", () => {
    expect(whiskerGeometry([Number.NaN, 0.5], 0.5)).toBeUndefined();
    expect(whiskerGeometry([0.4, 0.5], Number.NaN)).toBeUndefined();
  });

  it("keeps the order of its numbers and stays on the axis", () => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fraction, fraction, fraction, (a, b, c) => {
        const [low, mean, high] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
        const geometry = whiskerGeometry([low, high], mean);
        if (geometry === undefined) throw new Error("No geometry");
        const dot = geometry.mean ?? geometry.low;
        expect(0 <= geometry.low && geometry.low <= dot && dot <= geometry.high && geometry.high <= 100).toBe(true);
      }),
    );
  });
});
