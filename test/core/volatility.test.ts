import { describe, expect, it } from "vitest";
import type { ClosedBar } from "../../src/core/detector/barBuilder.js";
import { VolumeProfile } from "../../src/core/detector/volumeProfile.js";
import { Volatility } from "../../src/core/sizing/volatility.js";
import type { Micros } from "../../src/core/units.js";
import { ticks } from "../support/outputs.js";

const STEP = Math.log(1001 / 1000);

/** Bars whose closes go up and down by one of a thousand ticks: each return is the same in size. */
function fed(count: number, { lookback = 60, seconds = 60, dirty = [] as readonly number[] } = {}): Volatility {
  const volatility = new Volatility(lookback, seconds);
  for (let i = 0; i < count; i++) volatility.add(bar(1000 + (i % 2), dirty.includes(i)));
  return volatility;
}

function bar(close: number | undefined, dirty = false): ClosedBar {
  const price = ticks(close ?? 0);
  const [start, end] = [0 as Micros, 60e6 as Micros];
  const volumes = { buys: new VolumeProfile(), sells: new VolumeProfile() };
  const sides = { buyVolume: undefined, sellVolume: undefined, profile: undefined, ...volumes };
  return {
    start,
    end,
    slot: 0,
    high: price,
    low: price,
    close: close === undefined ? undefined : price,
    volume: 1,
    ...sides,
    dirty,
  };
}

describe("Volatility", () => {
  it("needs twenty returns, which are twenty-one closes", () => {
    expect(fed(20).value()).toBeUndefined();
    expect(fed(21).value()).toBeCloseTo(STEP, 12);
  });

  it("is per minute, whatever the length of the bars", () => {
    expect(fed(21, { seconds: 240 }).value()).toBeCloseTo(STEP / 2, 12);
  });

  it("forgets what is older than its look-back", () => {
    const volatility = fed(21, { lookback: 20 });
    for (let i = 0; i < 19; i++) volatility.add(bar(1000));
    expect(volatility.value()).toBeCloseTo(STEP / Math.sqrt(20), 12);
    volatility.add(bar(1000));
    expect(volatility.value()).toBe(0);
  });

  it("leaves the returns into and out of a dirty bar out", () => {
    expect(fed(22, { dirty: [10] }).value()).toBeUndefined();
    expect(fed(23, { dirty: [10] }).value()).toBeCloseTo(STEP, 12);
  });

  it("takes no return from a bar without a close", () => {
    const volatility = fed(20);
    volatility.add(bar(undefined));
    expect(volatility.value()).toBeUndefined();
  });

  it("of a day that has too few returns yet is the last one of an earlier day that had them, however far back", () => {
    const volatility = fed(21);
    volatility.endDay();
    volatility.add(bar(2000));
    expect(volatility.value()).toBeCloseTo(STEP, 12);
    volatility.endDay();
    expect(volatility.value()).toBeCloseTo(STEP, 12);
  });
});
