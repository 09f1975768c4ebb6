import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { whiskerGeometry } from "../../webview/whisker.js";

describe("whiskerGeometry, on the axis from 10 to 80 %", () => {
  it.each([
    { name: "spans the axis", interval: [0.1, 0.8], mean: 0.45, low: 0, high: 100, dot: 50, clipped: "" },
    { name: "lies inside", interval: [0.24, 0.66], mean: 0.38, low: 20, high: 80, dot: 40, clipped: "" },
    { name: "is cut off below", interval: [0.05, 0.45], mean: 0.1, low: 0, high: 50, dot: 0, clipped: "low" },
    { name: "is cut off above", interval: [0.45, 0.95], mean: 0.8, low: 50, high: 100, dot: 100, clipped: "high" },
    {
      name: "has no dot beyond the axis",
      interval: [0.01, 0.08],
      mean: 0.04,
      low: 0,
      high: 0,
      dot: undefined,
      clipped: "low",
    },
    {
      name: "has no dot without a mean",
      interval: [0.24, 0.66],
      mean: undefined,
      low: 20,
      high: 80,
      dot: undefined,
      clipped: "",
    },
  ] as const)("$name", ({ interval, mean, low, high, dot, clipped }) => {
    expect(whiskerGeometry(interval, mean, 0.345)).toEqual({
      low,
      high,
      mean: dot,
      even: 57.1,
      breakEven: 35,
      clippedLow: clipped === "low",
      clippedHigh: clipped === "high",
    });
  });

  it.each([0.099, 0.801, Number.NaN])("has no mark of a break-even of %d, beyond the axis", (breakEven) => {
    expect(whiskerGeometry([0.4, 0.5], 0.45, breakEven)).toMatchObject({ even: 57.1, breakEven: undefined });
  });

  it("is absent where a number is missing", () => {
    expect(whiskerGeometry([Number.NaN, 0.5], 0.5, 0.35)).toBeUndefined();
    expect(whiskerGeometry([0.4, 0.5], Number.NaN, 0.35)).toBeUndefined();
  });

  it("keeps the order of its numbers and stays on the axis", () => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fraction, fraction, fraction, (a, b, c) => {
        const [low, mean, high] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
        const geometry = whiskerGeometry([low, high], mean, 0.35);
        if (geometry === undefined) throw new Error("No geometry");
        const dot = geometry.mean ?? (mean < 0.1 ? geometry.low : geometry.high);
        expect(0 <= geometry.low && geometry.low <= dot && dot <= geometry.high && geometry.high <= 100).toBe(true);
      }),
    );
  });
});
