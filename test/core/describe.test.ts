import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import type { ClosedBar } from "../../src/core/detector/barBuilder.js";
import { describeCluster } from "../../src/core/detector/describe.js";
import { RecentVolumes } from "../../src/core/detector/recentVolumes.js";
import { VolumeProfile } from "../../src/core/detector/volumeProfile.js";
import type { Micros } from "../../src/core/units.js";
import { ES, ticks } from "../support/outputs.js";

/** A bar of 400 contracts from 1000 to 1008 ticks that closes at 1004, five times its baseline. */
function described(buyVolume: number, settings: object = {}, close = 1004) {
  const bar: ClosedBar = {
    start: 0 as Micros,
    end: 60e6 as Micros,
    slot: 0,
    high: ticks(1008),
    low: ticks(1000),
    close: ticks(close),
    volume: 400,
    buyVolume,
    sellVolume: 400 - buyVolume,
    profile: undefined,
    buys: new VolumeProfile(),
    sells: new VolumeProfile(),
    dirty: false,
  };
  const { detector } = parseSettings(settings);
  return describeCluster(bar, { sum: 80, count: 1 }, ES, detector, { partial: false, robustZ: undefined });
}

const DELTA = { "detector.directionRule": "delta" };

describe("A cluster by its aggressors", () => {
  it.each([
    [240, "BUY"],
    [239, undefined],
    [161, undefined],
    [160, "SHORT"],
  ])("is one-sided from exactly a fifth on: %i bought of 400 is %s", (bought, answer) => {
    expect(described(bought).directions.delta).toBe(answer);
    expect(described(bought, DELTA).direction).toBe(answer);
  });

  it.each([
    // Position 0 at the threshold, 1 at twice of it; the ratio of 5 gives 0.3 x 5/10.
    [240, 0.15],
    [260, 0.5],
    [280, 0.85],
    [400, 0.85],
    [140, 0.5],
    [200, 0],
  ])("is as strong as it is one-sided: %i bought of 400 gives %f", (bought, strength) => {
    expect(described(bought, DELTA).strength).toBeCloseTo(strength, 12);
  });

  it("stores the answers of all four rules, whichever is on", () => {
    const sold = { modal: "BUY", delta: "SHORT", absorption: "BUY", modal_and_delta: undefined };
    const neutral = { modal: "BUY", delta: undefined, absorption: undefined, modal_and_delta: "BUY" };
    const bought = { modal: "BUY", delta: "BUY", absorption: undefined, modal_and_delta: "BUY" };
    for (const rule of ["modal", "delta", "absorption", "modal_and_delta"]) {
      const settings = { "detector.directionRule": rule, "detector.allowShorts": false };
      expect(described(100, settings, 1000).directions).toEqual(sold);
      expect(described(200, settings, 1000).directions).toEqual(neutral);
      expect(described(300, settings, 1000).directions).toEqual(bought);
    }
  });
});

describe("The robust z of a volume", () => {
  it("is its logarithm's distance from the median, in 1.4826 median distances", () => {
    const recent = new RecentVolumes(3);
    for (const volume of [9999, 100, 200, 400]) recent.add(volume);
    // ln 100, ln 200, ln 400: the median is ln 200, the median distance ln 2; 1600 is 3 ln 2 above.
    expect(recent.robustZ(1600)).toBeCloseTo(3 / 1.4826, 12);
    recent.endDay();
    expect(recent.robustZ(1600)).toBeUndefined();
  });

  it("does not exist beside bars that are all alike, or fewer than three", () => {
    const recent = new RecentVolumes(20);
    recent.add(100);
    recent.add(200);
    expect(recent.robustZ(400)).toBeUndefined();
    const alike = new RecentVolumes(20);
    for (let i = 0; i < 5; i++) alike.add(100);
    expect(alike.robustZ(400)).toBeUndefined();
  });
});
