import fc from "fast-check";
import { expect, it } from "vitest";
import { Ulids } from "../../src/store/ulid.js";
import { at } from "../support/outputs.js";
import { handClock } from "./support.js";

it("writes the time in ten digits and randomness in sixteen", () => {
  // The specification's own example of a time.
  const clock = handClock(1_469_918_176_385_000 as never);
  expect(new Ulids(clock, () => 0).next()).toBe("01ARYZ6S410000000000000000");
});

it("rises with every id, whatever the clock does", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -5_000_000, max: 5_000_000 })),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999999 })),
      (steps, numbers) => {
        const clock = handClock();
        const ids = new Ulids(clock, () => numbers.next().value as number);
        let last = "";
        for (const step of steps) {
          clock.now += step;
          const id = ids.next();
          expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
          expect(id > last).toBe(true);
          last = id;
        }
      },
    ),
  );
});

it("rises above ids of others, even where their last digits are used up", () => {
  const ids = new Ulids(handClock(at("2025-01-01T00:00:00Z")), () => 0.5);
  ids.startAfter("01JXAZZZZZZZZZZZZZZZZZZZZZ");
  expect(ids.next()).toBe("01JXB00000GGGGGGGGGGGGGGGG");
  ids.startAfter("no id at all");
  ids.startAfter("01JXA000000000000000000000");
  expect(ids.next()).toBe("01JXB00000GGGGGGGGGGGGGGGH");
});

it("makes other ids than a maker that goes on from the same one at the same moment", () => {
  const seen = "01JXAZZZZZZZZZZZZZZZZZZZZZ";
  const made = [0.25, 0.75].flatMap((number) => {
    const ids = new Ulids(handClock(at("2025-01-01T00:00:00Z")), () => number);
    ids.startAfter(seen);
    return [ids.next(), ids.next()];
  });
  expect(new Set(made).size).toBe(4);
  expect(made.every((id) => id > seen)).toBe(true);
});
