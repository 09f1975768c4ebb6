import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Backoff } from "../../../../src/feed/databento/live/backoff.js";

/** The waits of so many tries that all fail at once. */
function waits(count: number, random: () => number): readonly number[] {
  const backoff = new Backoff(random);
  return Array.from({ length: count }, () => backoff.next("usual", 0));
}

describe("The wait before the next try", () => {
  it("is a random share of a bound that doubles from a second to a minute", () => {
    expect(waits(9, () => 0.999_999)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(waits(5, () => 0.5)).toEqual([1000, 1000, 2000, 4000, 8000]);
  });

  it("is a second at least and a minute at most, whatever is drawn and however many failed", () => {
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(draw, { minLength: 1, maxLength: 2000 }), (draws) => {
        let at = 0;
        for (const ms of waits(draws.length, () => draws[at++] ?? 0)) {
          expect(ms).toBeGreaterThanOrEqual(1000);
          expect(ms).toBeLessThanOrEqual(60_000);
        }
      }),
    );
  });

  it("begins small again after a connection that was live for a minute, and not sooner", () => {
    const backoff = new Backoff(() => 0.999_999);
    for (let tries = 0; tries < 4; tries++) backoff.next("usual", 0);
    expect(backoff.next("usual", 59_999)).toBe(16_000);
    expect(backoff.next("usual", 60_000)).toBe(1000);
    expect(backoff.next("usual", 0)).toBe(2000);
  });

  it("is half a minute at least where too many are connected, and a second where nothing failed", () => {
    const backoff = new Backoff(() => 0);
    expect([backoff.next("limit", 0), backoff.next("short", 0), backoff.next("usual", 0)]).toEqual([
      30_000, 1000, 1000,
    ]);
    // A new session that was asked for is no failed try.
    const growing = new Backoff(() => 0.999_999);
    for (let renewals = 0; renewals < 5; renewals++) growing.next("short", 0);
    expect(growing.next("usual", 0)).toBe(1000);
  });
});
