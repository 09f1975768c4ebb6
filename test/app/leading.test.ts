import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fillEvent } from "../../src/app/answers.js";
import { whileLeading } from "../../src/app/leading.js";
import { Run } from "../../src/app/run.js";
import { parseSettings } from "../../src/app/settings.js";
import type { EngineOutput } from "../../src/core/events.js";
import type { Micros } from "../../src/core/units.js";
import type { Feed } from "../../src/feed/feed.js";
import { systemClock } from "../../src/store/clock.js";
import { nodeFs } from "../../src/store/files.js";
import { claimLead } from "../../src/store/lead/lead.js";
import { readLease, writeLease } from "../../src/store/lead/lease.js";
import { feedOf, LIVE, LiveDay, never, typesOf } from "./liveDay.js";
import { linesLog, wasm } from "./memoryRun.js";

const DAY = new LiveDay("2025-06-09");
const ID = "ESM5-20250609T135700Z-BUY";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "leading-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A window over the folder; `shown` is all that its user sees. Its clock never strikes: only news make it look. */
async function window(lines: string[] = []) {
  const shown: EngineOutput[] = [];
  const settings = parseSettings({ "detector.cooldownMinutes": 0, "detector.rankWindowHours": 0 });
  const pause = (_: number, stop: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (stop.aborted) resolve();
      stop.addEventListener("abort", () => resolve());
    });
  const sinks = [(output: EngineOutput) => void shown.push(output)];
  const options = { mode: LIVE, kind: "live", folder, sinks, log: linesLog(lines), wasm, pause } as const;
  const run = await Run.open({ ...options, settings, now: () => DAY.at(1640) });
  return { run, shown };
}

async function followed(run: Run) {
  const leader = await run.leader();
  if (leader === undefined) throw new Error("No window leads");
  return leader;
}

describe("A window that follows", () => {
  it("shows a signal as soon as the leading one has kept it, how its feed does, and records its fill", async () => {
    const [a, b] = [await window(), await window()];
    const heard: string[] = [];
    let end: Promise<unknown> = Promise.resolve();
    const follows = async () => {
      a.run.tell("Live, last trade 1 s ago");
      end = b.run.follow(await followed(b.run), never, (status) => heard.push(status));
    };
    const sees = () => expect.poll(() => typesOf(b.shown)).toEqual(["signal", "recommendation"]);
    const records = async () => {
      const { event } = fillEvent(
        b.run.engine.view(),
        { recommendation: ID, price: "6000" },
        DAY.at(1640),
        b.run.outputs,
      );
      expect(typesOf(await b.run.dispatch(event))).toEqual(["fill"]);
    };
    const played = a.run.run(feedOf(follows, ...DAY.signal(0, 26), sees, records), never);
    expect(await played).toBe("ended");
    expect(await end).toBe("ended");
    expect(heard).toContain("Live, last trade 1 s ago");
    expect(b.run.engine.view().open).toMatchObject([{ recommendation: { id: ID } }]);
    await b.run.close();
    await a.run.close();
  });

  it("is refused a feed of its own, is given it when its user asks, and the other one ends", async () => {
    const lines: string[] = [];
    const [a, b] = [await window(lines), await window()];
    const refused = () =>
      expect(b.run.run(feedOf(), never)).rejects.toThrow(
        /^The feed of ".*" runs in another window already \(process \d+, since .*\)\. Stop it there/,
      );
    const asks = async () => {
      const leader = await followed(b.run);
      leader.askForLead();
      expect(await b.run.follow(leader, never, () => undefined)).toBe("ended");
    };
    const asked: { done?: Promise<void> } = {};
    const handsOver = async () => {
      asked.done = asks();
      await expect.poll(() => lines.filter((line) => line.includes("another window goes on with it"))).toHaveLength(1);
    };
    const played = a.run.run(feedOf(refused, handsOver, ...DAY.signal(0, 26)), never);
    expect(await played).toBe("handedOver");
    await asked.done;
    expect(a.shown).toEqual([]);
    expect(await b.run.run(feedOf(...DAY.signal(0, 26)), never)).toBe("ended");
    expect(typesOf(b.shown)).toEqual(["signal", "recommendation"]);
    await b.run.close();
    await a.run.close();
  });

  it("hangs up when it is stopped, and the leading one goes on", async () => {
    const [a, b] = [await window(), await window()];
    const follows = async () => {
      const stop = new AbortController();
      const end = b.run.follow(await followed(b.run), stop.signal, () => undefined);
      stop.abort();
      await end;
    };
    expect(await a.run.run(feedOf(follows, ...DAY.signal(0, 26)), never)).toBe("ended");
    expect(typesOf(a.shown)).toEqual(["signal", "recommendation"]);
    await b.run.close();
    await a.run.close();
  });
});

it("A window that slept while another one took the lead shows nothing more (W4)", async () => {
  const lead = await claimLead({ folder });
  if (lead.role !== "leader") throw new Error("Nobody else is there");
  let now = 0;
  const clock = { pause: systemClock.pause, monotonic: () => now, wall: () => 0 as Micros };
  const lines: string[] = [];
  const sleeps = async () => {
    await lead.end();
    const next = await claimLead({ folder });
    expect(next.role).toBe("leader");
    now += 30_000_000;
    if (next.role === "leader") await next.end();
  };
  const guarded = whileLeading(feedOf(DAY.clock(1), sleeps, DAY.clock(2), DAY.clock(3)), lead, clock, linesLog(lines));
  const passed = [];
  for await (const events of guarded.events(never)) passed.push(...events);
  expect(passed).toEqual([DAY.clock(1)]);
  expect(guarded.isOver).toBe(true);
  expect(lines).toEqual([expect.stringContaining("another window has taken it over")]);
});

it("A window that lost the lead ends its feed within a look also in a quiet market (W4)", async () => {
  const lines: string[] = [];
  // Between two looks no time passes.
  const pause = () => setImmediate();
  const settings = parseSettings({});
  const run = await Run.open({
    mode: LIVE,
    kind: "live",
    folder,
    sinks: [],
    log: linesLog(lines),
    wasm,
    pause,
    settings,
  });
  const quiet: Feed = {
    async *events(stop) {
      yield [DAY.clock(1)];
      const lease = await readLease(nodeFs, folder);
      if (lease === undefined) throw new Error("Nobody leads");
      await writeLease(nodeFs, folder, { ...lease, epoch: lease.epoch + 1, window: "other" });
      if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve));
    },
  };
  expect(await run.run(quiet, never)).toBe("handedOver");
  expect(lines).toContainEqual(expect.stringContaining("another window has taken it over"));
  await run.close();
});
