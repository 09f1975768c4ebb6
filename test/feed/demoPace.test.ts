import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Micros } from "../../src/core/units.js";
import { DemoPace } from "../../src/feed/demoPace.js";
import { VirtualClock } from "../support/demoClock.js";

const never = new AbortController().signal;
const at = (seconds: number) => (seconds * 1e6) as Micros;

/** Milliseconds of real time from simulated second `from` to `until`. */
async function travel(pace: DemoPace, clock: VirtualClock, from: number, until: number, nearSurge = false) {
  const start = clock.milliseconds;
  for (let now = at(from); now < at(until); ) {
    const reached = pace.advance(now, at(until), nearSurge);
    if (reached === now) await pace.rest(never);
    now = reached;
  }
  return clock.milliseconds - start;
}

function adaptive() {
  const clock = new VirtualClock();
  return { clock, pace: new DemoPace({ clock }) };
}

/** Real milliseconds, as exact as the turns of 50 ms allow. */
const about = (milliseconds: number) => ({ low: milliseconds - 51, high: milliseconds + 51 });

describe("DemoPace", () => {
  it.each([1, 10, 1000])("keeps a fixed speed of %d, near a surge or not", async (speed) => {
    const clock = new VirtualClock();
    const pace = new DemoPace({ speed, clock });
    const { low, high } = about(20_000);
    for (const nearSurge of [true, false]) {
      const taken = await travel(pace, clock, 0, 20 * speed, nearSurge);
      expect(low <= taken && taken <= high, `${taken} ms`).toBe(true);
    }
  });

  it("hurries through an hour without a surge in four seconds and takes ten for four minutes around one", async () => {
    const { clock, pace } = adaptive();
    expect(await travel(pace, clock, 0, 3600)).toBeLessThanOrEqual(about(4000).high);
    const spell = await travel(pace, clock, 3600, 3840, true);
    expect(about(10_000).low <= spell && spell <= about(10_000).high, `${spell} ms`).toBe(true);
  });

  it("runs in real time while a signal waits, until it is answered", async () => {
    const { clock, pace } = adaptive();
    pace.awaitAnswer("a", at(30));
    expect(await travel(pace, clock, 0, 12)).toBeGreaterThanOrEqual(about(12_000).low);
    pace.answered("a");
    expect(await travel(pace, clock, 12, 72)).toBeLessThanOrEqual(150);
  });

  it("keeps to real time whatever else is answered, held or closed while a signal waits", async () => {
    const { clock, pace } = adaptive();
    pace.awaitAnswer("a", at(30));
    pace.answered("another");
    pace.hold("another");
    expect(await travel(pace, clock, 0, 10)).toBeGreaterThanOrEqual(about(10_000).low);
    pace.letGo("another");
    expect(await travel(pace, clock, 10, 30)).toBeGreaterThanOrEqual(about(20_000).low);
  });

  it("runs in real time until the signal's time is over, to the microsecond, then goes on by itself", async () => {
    const { clock, pace } = adaptive();
    pace.awaitAnswer("a", at(30));
    const taken = await travel(pace, clock, 0, 3600);
    expect(taken).toBeGreaterThanOrEqual(about(30_000).low);
    expect(taken).toBeLessThanOrEqual(about(30_000 + 4000).high);
  });

  it("is slow enough to follow while the user holds a position", async () => {
    const { clock, pace } = adaptive();
    pace.hold("a");
    expect(await travel(pace, clock, 0, 600)).toBeGreaterThanOrEqual(about(10_000).low);
    pace.letGo("a");
    expect(await travel(pace, clock, 600, 1200)).toBeLessThanOrEqual(about(667).high);
  });

  it("halves the time to the next surge after each one without a signal, sixteenfold at most", async () => {
    const { clock, pace } = adaptive();
    const taken: number[] = [];
    for (let spell = 0; spell < 7; spell++) {
      taken.push(await travel(pace, clock, 0, 240, true));
      pace.surgePassed();
    }
    [10_000, 5000, 2500, 1250, 625, 625, 625].forEach((milliseconds, i) => {
      expect(Math.abs((taken[i] ?? 0) - milliseconds), `spell ${i}: ${taken[i]} ms`).toBeLessThanOrEqual(51);
    });
  });

  it("takes its time again after a signal", async () => {
    const { clock, pace } = adaptive();
    pace.surgePassed();
    pace.surgePassed();
    pace.awaitAnswer("a", at(0));
    pace.surgePassed();
    expect(await travel(pace, clock, 0, 240, true)).toBeGreaterThanOrEqual(about(10_000).low);
  });

  it("does not make up for a machine that slept", () => {
    const { clock, pace } = adaptive();
    pace.awaitAnswer("a", at(60));
    pace.advance(at(0), at(60), false);
    clock.milliseconds += 3_600_000;
    return pace.rest(never).then(() => expect(pace.advance(at(0), at(60), false)).toBeLessThan(at(1)));
  });

  it("rests at least every 50 ms of work, however far behind it is", async () => {
    const clock = new VirtualClock();
    const pace = new DemoPace({ speed: 1e6, clock });
    await pace.rest(never);
    pace.advance(at(0), at(1), false);
    clock.milliseconds += 49;
    expect(pace.advance(at(0), at(1), false)).toBe(at(1));
    clock.milliseconds += 49;
    expect(pace.advance(at(1), at(2), false)).toBe(at(1));
    await pace.rest(never);
    expect(pace.advance(at(1), at(2), false)).toBe(at(2));
  });

  it("never goes back, never beyond the limit and stays whole", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(400), { maxLength: 50 }),
        fc.double({ min: 0.01, max: 5000, noNaN: true }),
        async (steps, speed) => {
          const clock = new VirtualClock();
          const pace = new DemoPace({ speed, clock });
          let now = at(0);
          for (const step of steps) {
            await pace.rest(never);
            clock.milliseconds += step % 50;
            const reached = pace.advance(now, at(60), false);
            expect(Number.isSafeInteger(reached) && now <= reached && reached <= at(60)).toBe(true);
            now = reached;
          }
          expect(now > at(0)).toBe(steps.length > 1);
        },
      ),
    );
  });
});
