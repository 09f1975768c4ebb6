import { describe, expect, it } from "vitest";
import { tickSizesOf, toNanos } from "../../src/feed/tickSizes.js";

const LTC = {
  symbol: "LTCUSDT",
  tickSize: 0.01,
  pointValue: 1,
  sizeUnit: 0.001,
  session: "continuous",
  commission: 0,
  riskPerContract: 0,
  minStopTicks: 16,
} as const;

describe("Tick sizes", () => {
  it.each([
    ["ESH4", 250_000_000],
    ["MNQZ25", 250_000_000],
    ["ES", 250_000_000],
    ["ES.v.0", 250_000_000],
    ["ES.c.1", 250_000_000],
    ["LTCUSDT", 10_000_000],
    ["ESM5-ESU5", undefined],
    ["ES.FUT", undefined],
    ["CLG4", undefined],
    ["17077", undefined],
  ])("of %s in 1e-9: %s", (symbol, nanos) => {
    expect(tickSizesOf([LTC])(symbol)).toBe(nanos);
  });

  it("are the user's where he describes a built-in instrument himself", () => {
    expect(tickSizesOf([{ ...LTC, symbol: "ES", tickSize: 0.05 }])("ESH4")).toBe(50_000_000);
  });

  it("are whole numbers of 1e-9 or not known", () => {
    expect([0.25, 0.01, 1 / 32, 1e-9, 1000, 1e-10, 0, -0.25, Number.NaN].map(toNanos)).toEqual([
      250_000_000,
      10_000_000,
      31_250_000,
      1,
      1e12,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
