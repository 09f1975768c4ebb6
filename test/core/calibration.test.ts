import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calibration, type Forecast } from "../../src/core/ledger/calibration.js";
import { Random } from "../../src/core/random.js";
import { infiniteIn } from "../support/infiniteIn.js";

const forecasts = (confidence: number, ...outcomes: readonly (0 | 1)[]): Forecast[] =>
  outcomes.map((outcome) => ({ confidence, win: outcome === 1 }));

/** Forecasts from 0.05 to 0.95; wins come as often as they say, times `honesty`. */
function season(count: number, honesty: number): Forecast[] {
  const random = new Random(11);
  return Array.from({ length: count }, () => {
    const confidence = random.between(0.05, 0.95);
    return { confidence, win: random.unit() < confidence * honesty };
  });
}

describe("calibration", () => {
  it("is undefined without a forecast", () => {
    expect(calibration([])).toBeUndefined();
  });

  it("clips the logarithm of a certainty that was wrong, and keeps it finite", () => {
    expect(calibration(forecasts(1, 0))?.logLoss).toBeCloseTo(-Math.log(1e-6), 9);
    expect(calibration(forecasts(0, 0))?.logLoss).toBeCloseTo(1e-6, 9);
  });

  it("has no z where every forecast is a coin toss, and no skill against a base rate that is never wrong", () => {
    const got = calibration(forecasts(0.5, 1, 1));
    expect([got?.spiegelhalterZ, got?.spiegelhalterP, got?.skillAgainstBaseRate]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("puts a forecast on a border into the bin above it, and 1 into the last", () => {
    const got = calibration([...forecasts(0.2, 1), ...forecasts(0.6, 1), ...forecasts(1, 1), ...forecasts(0.19, 1)]);
    expect(got?.table.map(({ bin, low, forecasts: n }) => [bin, low, n])).toEqual([
      [0, 0, 1],
      [1, 0.2, 1],
      [3, 0.6, 1],
      [4, 0.8, 1],
    ]);
  });

  it("scores the running base rate by what was known before each outcome: 1/2, then 2/3, then 3/4", () => {
    const got = calibration(forecasts(0.6, 1, 1, 0));
    expect(got?.brierOfRunningRate).toBeCloseTo((1 / 4 + 1 / 9 + 9 / 16) / 3, 12);
  });

  it("splits the Brier score exactly where the forecasts of a bin are equal (Murphy)", () => {
    const bins = fc.array(fc.tuple(fc.constantFrom(0.1, 0.3, 0.5, 0.7, 0.9), fc.boolean()), { minLength: 1 });
    fc.assert(
      fc.property(bins, (pairs) => {
        const got = calibration(pairs.map(([confidence, win]) => ({ confidence, win })));
        if (got === undefined) throw new Error("Nothing was scored");
        expect(got.reliability - got.resolution + got.uncertainty).toBeCloseTo(got.brier, 12);
      }),
    );
  });

  it("withholds the verdict under 30 forecasts", () => {
    expect(calibration(season(29, 1))?.verdict).toBeUndefined();
    expect(calibration(season(30, 1))?.verdict).toBeDefined();
  });

  it("finds true forecasts plausible and boasts miscalibrated", () => {
    expect(calibration(season(500, 1))?.verdict).toBe("plausible");
    expect(calibration(season(500, 0.7))?.verdict).toBe("miscalibrated");
    expect(calibration(season(500, 0.7))?.inTheLarge).toBeLessThan(-0.1);
  });

  it("never lets an infinite number or none out", () => {
    const forecast = fc.record({
      confidence: fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true })),
      win: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(forecast), (given) => {
        expect(infiniteIn(calibration(given))).toEqual([]);
      }),
    );
  });
});
