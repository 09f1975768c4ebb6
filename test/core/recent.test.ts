import fc from "fast-check";
import { expect, it } from "vitest";
import { Recent } from "../../src/core/recent.js";

it("remembers what was set last, of few keys and of many, and never more than twice as many as it must", () => {
  const sets = fc.array(fc.tuple(fc.nat(30), fc.nat()), { maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), sets, (entries, given) => {
      const recent = new Recent<number, number>(entries);
      const known = new Map<number, number>();
      for (const [key, value] of given) {
        recent.set(key, value);
        known.delete(key);
        known.set(key, value);
        for (const [last, expected] of [...known].slice(-entries)) expect(recent.get(last)).toBe(expected);
        const remembered = [...known].filter(([each]) => recent.get(each) !== undefined);
        expect(remembered.length).toBeLessThanOrEqual(2 * entries);
        for (const [each, expected] of remembered) expect(recent.get(each)).toBe(expected);
      }
    }),
  );
});
