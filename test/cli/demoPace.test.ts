import { describe, expect, it } from "vitest";
import { VirtualClock } from "../support/demoClock.js";
import { inTerminal } from "./inProcess.js";

/** Runs the demo until `moments` have been seen; when each of them came, in seconds of real time. */
async function play(moments: readonly string[], ...args: readonly string[]): Promise<readonly number[]> {
  const demoClock = new VirtualClock();
  const stopping = new AbortController();
  const seen: number[] = [];
  const out = (line: string) => {
    if (!line.includes(`"type":"${moments[seen.length]}"`)) return;
    seen.push(demoClock.milliseconds / 1000);
    if (seen.length === moments.length) stopping.abort();
  };
  const { code } = await inTerminal({ demoClock, out, stop: () => stopping.signal }, "demo", "--json", ...args);
  expect(code).toBe(0);
  return seen;
}

describe("The terminal's demo without a number of days", () => {
  it.each([1, 2, 3, 4, 5])("brings the first signal of seed %i within a minute", async (seed) => {
    const [first] = await play(["recommendation"], "--seed", String(seed));
    expect(first).toBeLessThan(60);
  });

  it("waits for nobody where the engine takes its own signals: the 20 s to their entry pass faster", async () => {
    const [signal = 0, fill = 0] = await play(["recommendation", "fill"], "--paper");
    expect(fill).toBeGreaterThan(signal);
    expect(fill - signal).toBeLessThan(19);
  });

  it("keeps the speed that is asked for", async () => {
    const [slow = 0] = await play(["recommendation"], "--speed", "10");
    const [fast = 0] = await play(["recommendation"], "--speed", "100");
    expect(slow).toBeGreaterThan(60);
    expect(slow / fast).toBeCloseTo(10, 0);
    const [days = 0] = await play(["recommendation"], "--speed", "100", "--days", "20");
    expect(days).toBe(fast);
  });
});
