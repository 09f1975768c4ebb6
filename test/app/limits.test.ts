import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Run } from "../../src/app/run.js";
import type { EngineEvent } from "../../src/core/events.js";
import { feedOf, LiveDay, liveRun, never, PAPER_AUTO, refusalsOf } from "./liveDay.js";
import { folderRun } from "./memoryRun.js";

const MONDAY = new LiveDay("2025-06-09");
const TUESDAY = new LiveDay("2025-06-10");
const NOON = 9000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "limits-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const trades = (maxDailyTrades: number) => ({ "risk.maxDailyTrades": maxDailyTrades });
const open = (settings: object, day: LiveDay, second: number) => liveRun(folder, PAPER_AUTO, settings, day.at(second));
const changes = (run: Run) =>
  run.outputs.flatMap((output) => (output.type === "limits" ? [[output.limits.maxDailyTrades, output.from]] : []));

/** A signal that is filled and leaves at its target. */
const trade = (day: LiveDay, from: number, minute: number): readonly EngineEvent[] => {
  const end = (minute + 1) * 60;
  return [...day.signal(from, minute), day.trades([end + 25, 23998], [end + 40, 24060]), day.clock(end + 60)];
};

async function played(run: Run, ...events: readonly EngineEvent[]): Promise<readonly string[]> {
  await run.run(feedOf(...events), never);
  const refusals = refusalsOf(run.outputs);
  await run.close();
  return refusals;
}

describe("The limits of a live folder", () => {
  const morning = trade(MONDAY, 0, 26);
  const second = trade(MONDAY, 28, 60);
  const third = trade(MONDAY, 62, 100);
  const close = MONDAY.clock(7 * 3600);

  it("are not spoken of while nobody changes them", async () => {
    await played(await open(trades(2), MONDAY, 0), ...morning);
    const again = await open(trades(2), MONDAY, NOON);
    expect(changes(again)).toEqual([]);
    expect(await played(again, ...morning, ...second)).toEqual([]);
  });

  it("tighten at once in the middle of a day", async () => {
    await played(await open(trades(5), MONDAY, 0), ...morning);
    const run = await open(trades(1), MONDAY, 1800);
    expect(await played(run, ...morning, ...second)).toEqual(["DAILY_LIMIT"]);
    expect(changes(run)).toEqual([[1, "2025-06-10"]]);
  });

  it("loosen on the next trading day, over every start in between", async () => {
    await played(await open(trades(1), MONDAY, 0), ...morning);
    const run = await open(trades(5), MONDAY, 1800);
    expect(await played(run, ...morning, ...second)).toEqual(["DAILY_LIMIT"]);
    expect(changes(run)).toEqual([[5, "2025-06-10"]]);
    const later = await open(trades(5), MONDAY, 3800);
    expect(await played(later, ...morning, ...second, ...third, close)).toEqual(["DAILY_LIMIT", "DAILY_LIMIT"]);
    expect(changes(later)).toHaveLength(1);
    const tuesday = await open(trades(5), TUESDAY, -3600);
    expect(await played(tuesday, ...trade(TUESDAY, 0, 26), ...trade(TUESDAY, 28, 60))).toHaveLength(2);
  });

  it("hold the tightest of several wishes of one day", async () => {
    await played(await open(trades(5), MONDAY, 0), ...morning);
    await played(await open(trades(1), MONDAY, 1800), ...morning);
    const run = await open(trades(9), MONDAY, 1900);
    expect(await played(run, ...morning, ...second, close)).toEqual(["DAILY_LIMIT"]);
    expect(changes(run)).toEqual([
      [1, "2025-06-10"],
      [9, "2025-06-10"],
    ]);
    const tuesday = await open(trades(9), TUESDAY, -3600);
    expect(await played(tuesday, ...trade(TUESDAY, 0, 26), ...trade(TUESDAY, 28, 60))).toHaveLength(1);
  });

  it("tighten one and loosen another in one change", async () => {
    const before = { ...trades(1), "paper.startBalance": 60_000 };
    await played(await open(before, MONDAY, 0), ...morning);
    const wanted = { ...trades(5), "paper.startBalance": 60_000, "risk.emergencyStopLossPct": 0.001 };
    const run = await open(wanted, MONDAY, 1800);
    expect(await played(run, ...morning, ...second)).toEqual(["DAILY_LIMIT"]);
    const tuesday = await open(wanted, TUESDAY, -3600);
    const fall = [...TUESDAY.signal(0, 26), TUESDAY.trades([1645, 23998], [1650, 23993])];
    await tuesday.run(feedOf(...fall), never);
    expect(tuesday.outputs.filter(({ type }) => type === "halt")).toHaveLength(1);
    await tuesday.close();
  });

  it("hold from the next trading day on when they loosen after the close", async () => {
    await played(await open(trades(1), MONDAY, 0), ...morning, close);
    const run = await open(trades(5), MONDAY, 10 * 3600);
    expect(await played(run, ...trade(TUESDAY, 0, 26), ...trade(TUESDAY, 28, 60))).toEqual([]);
    expect(changes(run)).toEqual([[5, "2025-06-10"]]);
  });

  it("are the assumed risk of a contract, too: more holds at once, less from the next trading day on", async () => {
    const assumed = (usd: number) => ({ "risk.riskPerContractUsd": usd, "paper.startBalance": 40_000 });
    const risked = (run: Run) =>
      run.outputs.flatMap((output) => (output.type === "recommendation" ? [output.riskPerContract / 100] : []));
    const last = async (run: Run, ...events: readonly EngineEvent[]) => {
      await played(run, ...events);
      return risked(run).at(-1);
    };
    expect(await last(await open(assumed(2000), MONDAY, 0), ...morning)).toBe(2000);
    expect(await last(await open(assumed(1000), MONDAY, 1800), ...morning, ...second)).toBe(2000);
    const tuesday = trade(TUESDAY, 0, 26);
    expect(await last(await open(assumed(1000), TUESDAY, -3600), ...tuesday)).toBe(1000);
    expect(await last(await open(assumed(1500), TUESDAY, 1800), ...tuesday, ...trade(TUESDAY, 28, 60))).toBe(1500);
  });

  it("are recorded without a feed, too", async () => {
    await played(await open(trades(1), MONDAY, 0), ...morning);
    const desk = await open(trades(5), MONDAY, 3800);
    await desk.restore();
    expect(changes(desk)).toEqual([[5, "2025-06-10"]]);
    await desk.close();
  });
});

it("A demo takes other limits at once", async () => {
  const { demoFeed } = await import("../../src/feed/demo.js");
  const run = await folderRun("demo", folder);
  await run.run(demoFeed({ seed: 1, days: 1 }), never);
  await run.close();
  const { Run } = await import("../../src/app/run.js");
  const { parseSettings } = await import("../../src/app/settings.js");
  const { linesLog, MANUAL, wasm } = await import("./memoryRun.js");
  const options = { mode: MANUAL, kind: "demo", folder, sinks: [], log: linesLog(), wasm } as const;
  const again = await Run.open({ ...options, settings: parseSettings(trades(77)) });
  await again.restore();
  expect(changes(again)).toEqual([]);
  expect(again.engine.settings.risk.maxDailyTrades).toBe(77);
  await again.close();
});

it("A live folder keeps the start balance that its peaks were measured with, whatever the setting says later", async () => {
  const start = (dollars: number) => ({ "paper.startBalance": dollars });
  await played(await open(start(20_000), MONDAY, 0), ...trade(MONDAY, 0, 26), MONDAY.clock(NOON));
  const again = await open(start(15_000), MONDAY, NOON);
  const refusals = await played(again, MONDAY.clock(NOON + 10));
  expect(again.engine.view().accounts.map(({ startBalance }) => startBalance)).toContain(2_000_000);
  expect(again.outputs.some(({ type }) => type === "halt")).toBe(false);
  expect(refusals).not.toContain("HALTED");
  const third = await open(start(15_000), TUESDAY, 0);
  expect(third.settings.paper.startBalance).toBe(20_000);
  await third.close();
});
