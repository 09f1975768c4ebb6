import { describe, expect, it } from "vitest";
import { ClockGuard } from "../../../../src/feed/databento/live/clockGuard.js";
import { FakeClock } from "../../../support/fakeClock.js";

/** Whether each of these steps of the two clocks, in milliseconds, is a jump. */
function jumps(...steps: readonly (readonly [wall: number, mono: number])[]): readonly boolean[] {
  const clock = new FakeClock(1e15);
  const guard = new ClockGuard(clock);
  return steps.map(([wall, mono]) => {
    clock.jump(wall, mono);
    return guard.jumped();
  });
}

describe("The guard of the clocks", () => {
  it("lets a second pass, a late one too, and a clock that is drawn near slowly", () => {
    expect(jumps([1000, 1000], [3000, 3000], [1900, 1000], [100, 1000])).toEqual([false, false, false, false]);
  });

  it("notices a computer that slept, whether or not its own clock slept too", () => {
    expect(jumps([8 * 3600e3, 0])).toEqual([true]);
    expect(jumps([8 * 3600e3, 8 * 3600e3])).toEqual([true]);
    expect(jumps([3001, 3001])).toEqual([true]);
  });

  it("notices a clock that was set, forth by more than a second or back at all", () => {
    expect(jumps([2001, 1000])).toEqual([true]);
    expect(jumps([-1, 500])).toEqual([true]);
  });

  it("measures from the last look on: after a jump all is well again", () => {
    expect(jumps([60_000, 1000], [1000, 1000])).toEqual([true, false]);
  });
});
