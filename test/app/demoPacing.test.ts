import { describe, expect, it } from "vitest";
import { paced } from "../../src/app/demoPacing.js";
import type { EngineOutput } from "../../src/core/events.js";
import type { Micros } from "../../src/core/units.js";
import { DemoPace } from "../../src/feed/demoPace.js";
import { VirtualClock } from "../support/demoClock.js";
import { after, decision, exit, fill, recommendation, voiding } from "../support/outputs.js";

/** Simulated seconds per real second after these outputs, five seconds after the signal. */
async function speedAfter(...outputs: readonly EngineOutput[]): Promise<number> {
  const clock = new VirtualClock();
  const pace = new DemoPace({ clock });
  const follow = paced(pace);
  for (const output of outputs) follow(output);
  const until = after(3600);
  pace.advance(after(5), until, false);
  await pace.rest(new AbortController().signal);
  const from = after(5) as Micros;
  return Math.round((pace.advance(from, until, false) - from) / 1e6 / (clock.milliseconds / 1000));
}

const signal = recommendation({ id: "new", account: "manual" });
const manual = { account: "manual" } as const;

describe("The demo's pace", () => {
  it.each([
    ["a signal waits", [signal]],
    ["an older one is answered meanwhile", [signal, decision({ recommendation: "old" })]],
    ["an older one is filled meanwhile", [signal, fill({ ...manual, recommendation: "old" })]],
    ["a position is closed meanwhile", [signal, exit({ ...manual, recommendation: "old" })]],
    ["the paper account trades it", [signal, fill({ recommendation: "new" }), exit({ recommendation: "new" })]],
  ])("is real time while %s", async (_case, outputs) => {
    expect(await speedAfter(...outputs)).toBe(1);
  });

  it("does not slow down for a signal that the engine takes by itself", async () => {
    const led = recommendation({ id: "new", account: "paper" });
    expect(await speedAfter(led)).toBe(900);
    expect(await speedAfter(led, fill({ recommendation: "new" }))).toBe(900);
  });

  it("can be followed once the signal is filled, and hurries once nothing waits and nothing is held", async () => {
    const filled = [signal, fill({ ...manual, recommendation: "new" })];
    expect(await speedAfter(...filled)).toBe(60);
    expect(await speedAfter(...filled, exit({ ...manual, recommendation: "new" }))).toBe(900);
    expect(await speedAfter(...filled, voiding({ recommendation: "new" }))).toBe(900);
    expect(await speedAfter(signal, decision({ recommendation: "new" }))).toBe(900);
  });
});
