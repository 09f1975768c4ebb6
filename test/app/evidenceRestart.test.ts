import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { signalEvidence } from "../../src/app/evidence.js";
import { Run } from "../../src/app/run.js";
import { parseSettings } from "../../src/app/settings.js";
import type { EngineEvent } from "../../src/core/events.js";
import type { SignalEvidence } from "../../src/core/protocol.js";
import { MICROS_PER_MINUTE } from "../../src/core/units.js";
import type { Feed } from "../../src/feed/feed.js";
import { eventsOf, randomTape, TAPE_HOURS, type TapeTrade } from "../support/tape.js";
import { linesLog, MANUAL, wasm } from "./memoryRun.js";

/*
 * What is shown of a signal comes from the data folder: no feed runs, and the run that saw it was stopped and began anew within
 * the day without seeing it again.
 */

let folder = "";
afterEach(() => rm(folder, { recursive: true, force: true }));

const { trades, end } = randomTape(7, 1);
const first = trades[0]?.time ?? 0;

function open(readOnly: boolean): Promise<Run> {
  const settings = parseSettings({
    "contract.session": TAPE_HOURS,
    "detector.cooldownMinutes": 0,
  });
  return Run.open({ settings, mode: MANUAL, kind: "replay", folder, sinks: [], log: linesLog(), wasm, readOnly });
}

async function play(events: readonly EngineEvent[]): Promise<void> {
  const run = await open(false);
  const feed: Feed = {
    async *events() {
      yield events;
    },
  };
  await run.run(feed, new AbortController().signal);
  await run.close();
}

async function kept(): Promise<Run> {
  const run = await open(true);
  await run.restore();
  await run.close();
  return run;
}

const before = (time: number) => trades.filter((trade: TapeTrade) => trade.time < time);
const since = (time: number) => trades.filter((trade: TapeTrade) => trade.time >= time);

async function evidences(parts: readonly (readonly EngineEvent[])[]): Promise<ReadonlyMap<string, SignalEvidence>> {
  folder = await mkdtemp(join(tmpdir(), "evidence-"));
  for (const part of parts) await play(part);
  const run = await kept();
  await rm(folder, { recursive: true, force: true });
  const ids = run.outputs.flatMap((output) => (output.type === "recommendation" ? [output.id] : []));
  return new Map(ids.flatMap((id) => [[id, signalEvidence(run, id)] as const]).filter(isKnown));
}

function isKnown(entry: readonly [string, SignalEvidence | undefined]): entry is readonly [string, SignalEvidence] {
  return entry[1] !== undefined;
}

it("A run that was stopped within the day and goes on without a replay leaves the evidence of one that was not", async () => {
  const whole = await evidences([eventsOf(trades, end)]);
  const stop = first - (first % MICROS_PER_MINUTE) + 75 * MICROS_PER_MINUTE;
  const parts = await evidences([eventsOf(before(stop), stop), eventsOf(since(stop), end)]);
  const early = [...whole].filter(([, { time }]) => time * 1e6 < stop - 3 * MICROS_PER_MINUTE);
  expect(early.length).toBeGreaterThan(0);
  for (const [id, evidence] of early) {
    const after = parts.get(id);
    expect(evidence.footprint.length).toBeGreaterThan(4);
    expect(after?.footprint).toEqual(evidence.footprint);
    expect(after?.path).toEqual(evidence.path);
    expect({ ...after, path: [], results: [] }).toEqual({ ...evidence, path: [], results: [] });
  }
});

it("One that was stopped within a quarter of an hour lacks no more than the bars since", async () => {
  const whole = await evidences([eventsOf(trades, end)]);
  const stop = first - (first % MICROS_PER_MINUTE) + 80 * MICROS_PER_MINUTE + 30_000_000;
  const parts = await evidences([eventsOf(before(stop), stop), eventsOf(since(stop), end)]);
  const early = [...whole].filter(([, { time }]) => time * 1e6 < stop - 10 * MICROS_PER_MINUTE);
  expect(early.length).toBeGreaterThan(0);
  for (const [id, { path }] of early) {
    const times = new Set(parts.get(id)?.path.map(({ time }) => time));
    const missed = path.filter(({ time }) => !times.has(time)).map(({ time }) => time * 1e6);
    expect(missed.length).toBeLessThanOrEqual(6);
    for (const time of missed) expect(Math.abs(time - stop)).toBeLessThan(6 * MICROS_PER_MINUTE);
  }
});

it("A day that is seen again after a restart adds nothing", async () => {
  const whole = await evidences([eventsOf(trades, end)]);
  const stop = first + 75 * MICROS_PER_MINUTE;
  expect(await evidences([eventsOf(before(stop), stop), eventsOf(trades, end)])).toEqual(whole);
});
