import fc from "fast-check";
import { expect, it } from "vitest";
import { MinuteRanges } from "../../src/core/minuteRanges.js";
import type { Micros } from "../../src/core/units.js";

const MINUTE = 60_000_000;
const START = 1_000_000 * MINUTE;
const micros = (value: number) => value as Micros;

it("knows where it traded from a minute on, and nothing of what nobody watched", () => {
  const ranges = new MinuteRanges();
  expect(ranges.since(micros(START))).toBeUndefined();
  ranges.add(START + 5, 100);
  ranges.add(START + MINUTE, 90);
  ranges.add(START + MINUTE + 1, 95);
  expect(ranges.since(micros(START + 4))).toBeUndefined();
  expect(ranges.since(micros(START + 5))).toEqual({ low: 90, high: 100 });
  expect(ranges.since(micros(START + MINUTE - 1))).toEqual({ low: 90, high: 100 });
  expect(ranges.since(micros(START + MINUTE))).toEqual({ low: 90, high: 95 });
  expect(ranges.since(micros(START + 2 * MINUTE))).toBeUndefined();
});

it("forgets what is older than a day, and says so", () => {
  const ranges = new MinuteRanges();
  for (let minute = 0; minute < 1500; minute++) ranges.add(START + minute * MINUTE, 1000 - minute);
  expect(ranges.since(micros(START))).toBeUndefined();
  expect(ranges.since(micros(START + 1499 * MINUTE))).toEqual({ low: -499, high: -499 });
});

it("is what the prints of these minutes say", () => {
  const prints = fc.array(fc.tuple(fc.nat(3 * MINUTE), fc.integer({ min: 1, max: 1000 })), {
    minLength: 1,
    maxLength: 50,
  });
  fc.assert(
    fc.property(prints, fc.nat(), (given, chosen) => {
      const ranges = new MinuteRanges();
      let time = START;
      const tape = given.map(([later, price]) => {
        time += later;
        ranges.add(time, price);
        return { time, price };
      });
      const from = tape[chosen % tape.length]?.time ?? START;
      const minute = Math.floor(from / MINUTE) * MINUTE;
      const seen = tape.filter((print) => print.time >= minute).map(({ price }) => price);
      expect(ranges.since(micros(from))).toEqual({ low: Math.min(...seen), high: Math.max(...seen) });
    }),
  );
});
