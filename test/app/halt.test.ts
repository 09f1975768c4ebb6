import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exitEvent, fillEvent } from "../../src/app/answers.js";
import { killEvent, resetEvent } from "../../src/app/resets.js";
import type { Run } from "../../src/app/run.js";
import type { EngineEvent } from "../../src/core/events.js";
import { feedOf, LIVE, LiveDay, liveRun, never, PAPER_AUTO, refusalsOf, typesOf } from "./liveDay.js";

const MONDAY = new LiveDay("2025-06-09");
const TUESDAY = new LiveDay("2025-06-10");
const WEDNESDAY = new LiveDay("2025-06-11");
const ID = "ESM5-20250609T135700Z-BUY";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "halt-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const halted = (run: Run) => run.engine.view().accounts.map(({ name, halted: is }) => `${name} ${is}`);
const filled = (run: Run) => () =>
  run.dispatch(
    fillEvent(run.engine.view(), { recommendation: ID, price: "6000.00" }, MONDAY.at(1640), run.outputs).event,
  );
const closed = (run: Run) => () => {
  const answer = { recommendation: ID, price: "5985.00", reason: "stop" };
  return run.dispatch(exitEvent(run.engine.view(), answer, MONDAY.at(1800), run.outputs).event);
};

/** A Monday on which a fill falls to 5 % below the peak, and the program ends right after that. */
async function haltedOnMonday(): Promise<readonly EngineEvent[]> {
  const market = MONDAY.signal(0, 26);
  const fall = MONDAY.trades([1700, 23940]);
  const run = await liveRun(folder, LIVE);
  await run.run(feedOf(...market, filled(run), fall), never);
  expect(typesOf(run.outputs)).toEqual(["signal", "recommendation", "fill", "halt"]);
  expect(halted(run)).toEqual(["manual true"]);
  await run.close();
  return [...market, fall];
}

describe("The emergency stop on the disk", () => {
  it("outlives the program in the middle of the day, the day and the night", async () => {
    const market = await haltedOnMonday();
    const again = await liveRun(folder, LIVE);
    await again.run(feedOf(...market, closed(again), MONDAY.clock(7 * 3600)), never);
    expect(typesOf(again.outputs).filter((type) => type === "halt")).toHaveLength(1);
    expect(halted(again)).toEqual(["manual true"]);
    await again.close();
    const next = await liveRun(folder, LIVE);
    await next.run(feedOf(...TUESDAY.signal(0, 26), TUESDAY.clock(7 * 3600)), never);
    expect(refusalsOf(next.outputs)).toEqual(["HALTED"]);
    expect(halted(next)).toEqual(["manual true"]);
    await next.close();
  });

  it("ends by the user's reset with a reason, which outlives the program too", async () => {
    await haltedOnMonday();
    const desk = await liveRun(folder, LIVE);
    await desk.restore();
    await closed(desk)();
    const said = { account: "manual", reason: " The stop worked as planned " } as const;
    const reset = resetEvent(desk.engine.view(), said, TUESDAY.at(-3600), desk.outputs);
    expect(await desk.dispatch(reset)).toEqual([
      expect.objectContaining({ type: "haltEnded", account: "manual", reason: "The stop worked as planned" }),
    ]);
    expect(await desk.dispatch(reset)).toEqual([]);
    await desk.close();
    const next = await liveRun(folder, LIVE);
    await next.run(feedOf(...TUESDAY.signal(0, 26)), never);
    expect(halted(next)).toEqual(["manual false"]);
    expect(typesOf(next.outputs).at(-1)).toBe("recommendation");
    expect(next.engine.view().accounts[0]).toMatchObject({ balance: 1_424_500 });
    await next.close();
  });

  it("is not reset without a reason, and not where there is no halt", async () => {
    await haltedOnMonday();
    const desk = await liveRun(folder, LIVE);
    await desk.restore();
    const reset = (account: "manual" | "paper", reason: string) =>
      resetEvent(desk.engine.view(), { account, reason }, MONDAY.at(2000), desk.outputs);
    expect(() => reset("manual", " \u0007 ")).toThrow("Say in a few words why");
    expect(() => reset("manual", "x".repeat(501))).toThrow("500 are allowed");
    expect(() => reset("paper", "Just so")).toThrow("The paper account is not halted");
    await desk.close();
  });
});

describe("The kill switch", () => {
  const kill = killEvent("The news", MONDAY.at(1650));

  it("works without a feed, over every session's end and every start, until each account is reset", async () => {
    const desk = await liveRun(folder, PAPER_AUTO);
    expect(typesOf(await desk.dispatch(kill))).toEqual(["kill"]);
    await desk.close();
    const monday = await liveRun(folder, PAPER_AUTO);
    await monday.run(feedOf(...MONDAY.signal(0, 26), MONDAY.clock(7 * 3600)), never);
    expect(refusalsOf(monday.outputs)).toEqual(["HALTED"]);
    await monday.close();
    const tuesday = await liveRun(folder, { ...PAPER_AUTO, haltEndsWithSession: true });
    await tuesday.run(feedOf(...TUESDAY.signal(0, 26), TUESDAY.clock(7 * 3600)), never);
    expect(refusalsOf(tuesday.outputs)).toEqual(["HALTED", "HALTED"]);
    const said = { account: "paper", reason: "It has calmed down" } as const;
    await tuesday.dispatch(resetEvent(tuesday.engine.view(), said, TUESDAY.at(8 * 3600), tuesday.outputs));
    await tuesday.close();
    const wednesday = await liveRun(folder, PAPER_AUTO);
    await wednesday.run(feedOf(...WEDNESDAY.signal(0, 26)), never);
    expect(halted(wednesday)).toEqual(["paper false"]);
    expect(typesOf(wednesday.outputs).at(-1)).toBe("recommendation");
    await wednesday.close();
    const manual = await liveRun(folder, LIVE);
    await manual.restore();
    expect(halted(manual)[0]).toBe("manual true");
    await manual.close();
  });

  it("cancels a working paper entry at once", async () => {
    const run = await liveRun(folder, PAPER_AUTO);
    await run.run(
      feedOf(...MONDAY.signal(0, 26), () => run.dispatch(kill)),
      never,
    );
    expect(typesOf(run.outputs)).toEqual(["signal", "recommendation", "kill", "cancel"]);
    expect(run.engine.summary().workingEntries).toBe(0);
    await run.close();
  });

  it("leaves an open paper position at the next print, also when the program ends in between", async () => {
    const market = [...MONDAY.signal(0, 26), MONDAY.trades([1645, 23998])];
    const run = await liveRun(folder, PAPER_AUTO);
    await run.run(
      feedOf(...market, () => run.dispatch(kill)),
      never,
    );
    expect(typesOf(run.outputs)).toEqual(["signal", "recommendation", "fill", "kill"]);
    await run.close();
    const again = await liveRun(folder, PAPER_AUTO);
    await again.run(feedOf(...market, MONDAY.trades([1700, 24005])), never);
    expect(again.outputs.find(({ type }) => type === "exit")).toMatchObject({ reason: "emergency", price: 24004 });
    await again.close();
  });

  it("wants a reason", () => {
    expect(() => killEvent("", MONDAY.at(0))).toThrow("Say in a few words why everything is stopped");
  });
});

it("An emergency stop of the paper account flattens it, also when the program ends before the next print", async () => {
  const market = [...MONDAY.signal(0, 26), MONDAY.trades([1645, 23998])];
  const tight = { "risk.emergencyStopLossPct": 0.01 };
  const run = await liveRun(folder, PAPER_AUTO, tight);
  await run.run(feedOf(...market, MONDAY.trades([1700, 23986])), never);
  expect(typesOf(run.outputs)).toEqual(["signal", "recommendation", "fill", "halt"]);
  await run.close();
  // Without the day's trades: only the journal knows.
  const again = await liveRun(folder, PAPER_AUTO, tight);
  const contract = MONDAY.signal(0, 1)[0] as EngineEvent;
  await again.run(feedOf(contract, MONDAY.trades([1710, 23990])), never);
  expect(again.outputs.find(({ type }) => type === "exit")).toMatchObject({ reason: "emergency", price: 23989 });
  await again.close();
});
