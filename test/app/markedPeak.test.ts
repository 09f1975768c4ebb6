import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { amendEvent } from "../../src/app/amendments.js";
import { exitEvent, fillEvent } from "../../src/app/answers.js";
import type { Run } from "../../src/app/run.js";
import { feedOf, LIVE, LiveDay, liveRun, never, typesOf } from "./liveDay.js";

const MONDAY = new LiveDay("2025-06-09");
const TUESDAY = new LiveDay("2025-06-10");
const ID = "ESM5-20250609T135700Z-BUY";
/** The prints that a BUY at 6000.00 meets: up by $1,150, down by $600, and between. */
const MARKET = [...MONDAY.signal(0, 26)];
const MET = MONDAY.trades([1700, 24050], [1710, 24092], [1710, 24092], [1720, 24060], [1720, 24080], [1730, 24068]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "peak-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const filled = (run: Run) => () =>
  run.dispatch(
    fillEvent(run.engine.view(), { recommendation: ID, price: "6000.00" }, MONDAY.at(1640), run.outputs).event,
  );
const manual = (run: Run) => run.engine.view().accounts.find(({ name }) => name === "manual");
/** What holds until the next print says what the position is worth. */
const UNMARKED = { equity: undefined, drawdown: undefined, limitDrawdown: undefined };
const marked = (run: Run) => ({ ...manual(run), ...UNMARKED });

/** A Monday on which a fill is recorded and marked, and the program ends right after. */
async function begun(settings: object = {}): Promise<ReturnType<typeof manual>> {
  const run = await liveRun(folder, LIVE, settings);
  await run.run(feedOf(...MARKET, filled(run), MET), never);
  const view = manual(run);
  expect(view?.maxDrawdown).toBeCloseTo(40_000 / 1_614_500, 12);
  await run.close();
  return view;
}

describe("What an open position was worth at best", () => {
  it("outlives the program, where the feed does not tell the day again", async () => {
    const before = await begun();
    const run = await liveRun(folder, LIVE);
    await run.restore();
    expect(marked(run)).toEqual({ ...before, ...UNMARKED });
    // From $16,145 at best down to $15,320: 5.1 %, though no more than 2.5 % from where the program ended.
    await run.run(feedOf(MARKET[0] as never, TUESDAY.trades([60, 24026])), never);
    expect(typesOf(run.outputs).at(-1)).toBe("halt");
    await run.close();
  });

  it("outlives it, where the feed tells the day again, and nothing is told twice", async () => {
    const before = await begun();
    const run = await liveRun(folder, LIVE);
    const kept = run.outputs.length;
    await run.run(feedOf(...MARKET, MET), never);
    expect(manual(run)).toEqual(before);
    expect(run.outputs.length).toBe(kept);
    await run.close();
  });

  it("is part of a correction after the program began anew", async () => {
    await begun();
    const run = await liveRun(folder, LIVE);
    await run.restore();
    const said = { recommendation: ID, why: "Misread", price: "6000.25", of: "fill" } as const;
    const made = await run.dispatch(amendEvent(run.engine.view(), said, MONDAY.at(1800), run.outputs).event);
    expect(typesOf(made)).toEqual(["amendment", "equity"]);
    expect(manual(run)?.maxDrawdown).toBeCloseTo(40_000 / 1_613_250, 12);
    await run.close();
  });

  it("is judged by the limits of its day after the program began anew, not by those of before", async () => {
    const tight = { "risk.emergencyStopLossPct": 0.01, "paper.startBalance": 60_000 };
    const loose = { ...tight, "risk.emergencyStopLossPct": 0.05 };
    await (await liveRun(folder, LIVE, tight, MONDAY.at(-7200))).close();
    const first = await liveRun(folder, LIVE, tight, MONDAY.at(-7000));
    await first.run(feedOf(MONDAY.clock(-6900)), never);
    await first.close();
    const second = await liveRun(folder, LIVE, loose, MONDAY.at(-3600));
    const exit = () => {
      const answer = { recommendation: ID, price: "6014.00", reason: "manual" };
      return second.dispatch(exitEvent(second.engine.view(), answer, MONDAY.at(1800), second.outputs).event);
    };
    const fall = MONDAY.trades([1705, 23930]);
    await second.run(feedOf(...MARKET, filled(second), fall, exit), never);
    expect(typesOf(second.outputs)).not.toContain("halt");
    await second.close();
    const third = await liveRun(folder, LIVE, loose, TUESDAY.at(-3600));
    await third.restore();
    expect(manual(third)).toMatchObject({ halted: false });
    expect(typesOf(third.outputs)).not.toContain("halt");
    await third.close();
  });
});
