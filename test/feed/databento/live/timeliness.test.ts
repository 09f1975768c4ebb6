import { expect, it } from "vitest";
import type { Micros } from "../../../../src/core/units.js";
import { Timeliness } from "../../../../src/feed/databento/live/timeliness.js";

const SECOND = 1_000_000;
const at = (seconds: number) => (seconds * SECOND) as Micros;

it("tells by how much the clocks differ, from the quickest record of the last minute, and forgets it with the connection", () => {
  const timeliness = new Timeliness({ limitSeconds: 6, isChecked: true });
  expect(timeliness.delay).toBeUndefined();
  timeliness.heard(at(100), at(103));
  timeliness.heard(at(101), at(101.5));
  timeliness.heard(at(102), at(104));
  expect(timeliness.delay).toBe(0.5 * SECOND);
  timeliness.heard(at(161), at(162));
  expect(timeliness.delay).toBe(SECOND);
  timeliness.heard(at(170), at(168));
  expect(timeliness.delay).toBe(-2 * SECOND);
  timeliness.reset();
  expect(timeliness.delay).toBeUndefined();
});

it("compares nothing where the sender is this computer", () => {
  const timeliness = new Timeliness({ limitSeconds: 6, isChecked: false });
  timeliness.heard(at(100), at(900));
  expect(timeliness.delay).toBeUndefined();
});
