import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCaughtUp, checkClock, checkFresh, type Delay, withDelay } from "../../../src/core/guards/freshness.js";
import type { Micros } from "../../../src/core/units.js";

const SECOND = 1_000_000;
const micros = (value: number) => value as Micros;

describe("R1: data are fresh", () => {
  const HEARD = micros(1000 * SECOND);
  it.each([
    { name: "at the moment of the last print", now: HEARD, verdict: "ok" },
    { name: "at exactly the limit", now: HEARD + 5 * SECOND, verdict: "ok" },
    { name: "a microsecond after it", now: HEARD + 5 * SECOND + 1, verdict: "deny" },
    { name: "when the clock was set back", now: HEARD - 1, verdict: "deny" },
    { name: "when the time is no number", now: Number.NaN, verdict: "deny" },
  ])("$name: $verdict", ({ now, verdict }) => {
    const state = { lastHeard: HEARD, inSession: true, limitSeconds: 5 };
    expect(checkFresh(state, { now: micros(now) }).verdict).toBe(verdict);
  });

  it("is denied before anything was heard, and never asked outside the session", () => {
    const nothing = { lastHeard: undefined, limitSeconds: 5 };
    expect(checkFresh({ ...nothing, inSession: true }, { now: HEARD })).toMatchObject({
      verdict: "deny",
      code: "STALE",
    });
    expect(checkFresh({ ...nothing, inSession: false }, { now: HEARD }).verdict).toBe("ok");
  });
});

describe("R2: the feed has caught up", () => {
  it.each([
    [undefined, "ok"],
    ["caughtUp", "ok"],
    ["up", "deny"],
    ["down", "deny"],
  ] as const)("%s: %s", (connection, verdict) => {
    expect(checkCaughtUp({ connection }).verdict).toBe(verdict);
  });
});

describe("R3: the clocks agree", () => {
  it.each([
    { delay: 0, verdict: "ok" },
    { delay: SECOND, verdict: "ok" },
    { delay: SECOND + 1, verdict: "warn" },
    { delay: 2 * SECOND, verdict: "warn" },
    { delay: 2 * SECOND + 1, verdict: "deny" },
    { delay: -SECOND, verdict: "ok" },
    { delay: -SECOND - 1, verdict: "warn" },
    { delay: -2 * SECOND - 1, verdict: "deny" },
    { delay: Number.NaN, verdict: "deny" },
  ])("a smallest delay of $delay micros: $verdict", ({ delay, verdict }) => {
    expect(checkClock([{ time: micros(0), delay }]).verdict).toBe(verdict);
  });

  it("is asked of the smallest delay of the last 60 s, whatever came between", () => {
    const samples = fc.array(fc.tuple(fc.nat(30 * SECOND), fc.integer({ min: -3 * SECOND, max: 9 * SECOND })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(samples, (given) => {
        let time = 0;
        const all: Delay[] = given.map(([later, delay]) => {
          time += later;
          return { time: micros(time), delay };
        });
        const kept = all.reduce<readonly Delay[]>(withDelay, []);
        const recent = all.filter((each) => each.time > time - 60 * SECOND);
        expect(kept[0]?.delay).toBe(Math.min(...recent.map(({ delay }) => delay)));
      }),
    );
  });
});
