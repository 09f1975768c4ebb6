import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exitEvent, fillEvent } from "../../src/app/answers.js";
import type { EngineEvent, EngineOutput } from "../../src/core/events.js";
import { formatPrice } from "../../src/core/instrument.js";
import type { RunMode } from "../../src/core/settings.js";
import type { Micros } from "../../src/core/units.js";
import { demoFeed } from "../../src/feed/demo.js";
import type { Feed } from "../../src/feed/feed.js";
import { folderRun, MANUAL, memoryRun } from "./memoryRun.js";

const PAPER: RunMode = { leading: "paper", paperTrades: true, haltEndsWithSession: true };
const never = new AbortController().signal;
const SECOND = 1_000_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The market up to a moment, and the clock there. */
function until(moment: Micros, feed: Feed): Feed {
  return {
    async *events(stop) {
      for await (const events of feed.events(stop))
        yield events.flatMap((event) => part(event, (time) => time <= moment));
      yield [{ type: "clock", time: moment }];
    },
  };
}

/** The market after a moment. */
function from(moment: Micros, feed: Feed): Feed {
  return {
    async *events(stop) {
      for await (const events of feed.events(stop))
        yield events.flatMap((event) => part(event, (time) => time > moment));
    },
  };
}

function part(event: EngineEvent, wanted: (time: number) => boolean): readonly EngineEvent[] {
  if (event.type === "clock") return wanted(event.time) ? [event] : [];
  if (event.type !== "trades") return [event];
  const first = event.time.subarray(0, event.count).findIndex(wanted);
  const last = event.time.subarray(0, event.count).findLastIndex(wanted);
  if (first < 0) return [];
  const cut = <T extends { subarray(start: number, end: number): T }>(column: T) => column.subarray(first, last + 1);
  const { time, price, size, side, instrument } = event;
  const columns = { time: cut(time), price: cut(price), size: cut(size), side: cut(side), instrument: cut(instrument) };
  return [{ type: "trades", count: last + 1 - first, ...columns }];
}

const words = (outputs: readonly EngineOutput[]) => outputs.map((output) => JSON.stringify(output));

describe("A run", () => {
  it("shows each output once it is kept, and keeps it in order", async () => {
    const seen: EngineOutput[] = [];
    const run = await memoryRun("demo", PAPER, [(output) => seen.push(output)]);
    await run.run(demoFeed({ seed: 1, days: 6 }), never);
    expect(seen.length).toBeGreaterThan(20);
    expect(run.outputs).toEqual(seen.filter(({ type }) => type !== "footprint" && type !== "mark"));
    for (const output of seen) if (output.type === "footprint") expect(run.footprints(output.signal)).toContain(output);
  });

  it("makes the same outputs twice", async () => {
    const runs = await Promise.all([memoryRun("demo", PAPER), memoryRun("demo", PAPER)]);
    for (const run of runs) await run.run(demoFeed({ seed: 5, days: 10 }), never);
    const [first, second] = runs;
    expect(words(first?.outputs ?? [])).toEqual(words(second?.outputs ?? []));
  });

  it("adds nothing when the same market comes again over the same folder", async () => {
    const first = await folderRun("demo", folder, PAPER);
    await first.run(demoFeed({ seed: 1, days: 8 }), never);
    const balance = first.engine.summary().balance;
    const kept = words(first.outputs);
    await first.close();
    const shown: EngineOutput[] = [];
    const again = await folderRun("demo", folder, PAPER, [(output) => shown.push(output)]);
    expect(words(again.outputs)).toEqual(kept);
    await again.run(demoFeed({ seed: 1, days: 8 }), never);
    expect(shown).toEqual([]);
    expect(again.engine.summary().balance).toBe(balance);
    await again.close();
  });

  it("knows all that was recorded when its feed is stopped at once or while it catches up", async () => {
    const first = await folderRun("demo", folder, PAPER);
    await first.run(demoFeed({ seed: 1, days: 8 }), never);
    const { accounts, open } = first.engine.view();
    await first.close();
    for (const turns of [0, 3]) {
      const stop = new AbortController();
      const stopped: Feed = {
        async *events(signal) {
          let turn = 0;
          for await (const events of demoFeed({ seed: 1, days: 8 }).events(signal)) {
            if (turn++ >= turns) stop.abort();
            yield events;
          }
        },
      };
      const again = await folderRun("demo", folder, PAPER);
      await again.run(stopped, stop.signal);
      expect(again.engine.view().open).toEqual(open);
      expect(again.engine.view().accounts[0]).toMatchObject({ balance: accounts[0]?.balance });
      await again.close();
    }
  });

  it("ends as if it had never stopped when it is cut in the middle of a session and goes on", async () => {
    const whole = await memoryRun("demo", PAPER);
    await whole.run(demoFeed({ seed: 2, days: 6 }), never);
    const fills = whole.outputs.filter((output) => output.type === "fill");
    const cut = ((fills[1]?.time ?? 0) + 30 * SECOND) as Micros;
    const before = await folderRun("demo", folder, PAPER);
    await before.run(until(cut, demoFeed({ seed: 2, days: 6 })), never);
    await before.close();
    const after = await folderRun("demo", folder, PAPER);
    await after.run(demoFeed({ seed: 2, days: 6 }), never);
    const parts = (outputs: readonly EngineOutput[]) => words(outputs.filter((output) => output.type !== "connection"));
    expect(parts(after.outputs)).toEqual(parts(whole.outputs));
    await after.close();
  });

  it("puts a recorded fill back between the trades where it acted", async () => {
    const alone = await memoryRun("demo");
    await alone.run(demoFeed({ seed: 1, days: 4 }), never);
    const recommendation = alone.outputs.find((output) => output.type === "recommendation");
    if (recommendation === undefined) throw new Error("This market has no signal");
    const moment = (recommendation.time + 12 * SECOND) as Micros;
    const answer = {
      recommendation: recommendation.id,
      price: formatPrice(recommendation.price, recommendation.instrument),
    };

    // One engine that never stops, and the user's fill in the middle of its market.
    const whole = await memoryRun("demo");
    const rest = demoFeed({ seed: 1, days: 4 });
    await whole.run(
      {
        async *events(stop) {
          yield* until(moment, rest).events(stop);
          await whole.dispatch(fillEvent(whole.engine.view(), answer, moment, whole.outputs).event);
          yield* from(moment, rest).events(stop);
        },
      },
      never,
    );

    // The same, but the program ends after the fill, and a second one sees the whole market again.
    const before = await folderRun("demo", folder);
    await before.run(until(moment, demoFeed({ seed: 1, days: 4 })), never);
    await before.dispatch(fillEvent(before.engine.view(), answer, moment, before.outputs).event);
    await before.close();
    const again = await folderRun("demo", folder);
    await again.run(demoFeed({ seed: 1, days: 4 }), never);

    expect(words(again.outputs)).toEqual(words(whole.outputs));
    expect(words(again.outputs)).not.toEqual(words(alone.outputs));
    expect(again.engine.view().open).toEqual(whole.engine.view().open);
    await again.close();
  });

  it("records without a feed: all that was kept is known, and the exit teaches", async () => {
    const run = await folderRun("demo", folder);
    await run.run(demoFeed({ seed: 1, days: 4 }), never);
    const [pending] = run.engine.view().pending;
    if (pending === undefined) throw new Error("This market has no signal");
    await run.close();

    const desk = await folderRun("demo", folder);
    await desk.restore();
    const now = desk.engine.view().time;
    const price = formatPrice(pending.price, pending.instrument);
    await desk.dispatch(fillEvent(desk.engine.view(), { recommendation: pending.id, price }, now, desk.outputs).event);
    const target = formatPrice(pending.target, pending.instrument);
    const said = { recommendation: pending.id, price: target, reason: "target" };
    const outputs = await desk.dispatch(exitEvent(desk.engine.view(), said, now, desk.outputs).event);
    expect(outputs.find((output) => output.type === "exit")).toMatchObject({
      win: true,
      learned: { trades: 1, wins: 1 },
    });
    await desk.close();
  });

  it("counts later answers by the settings of the folder's last feed", async () => {
    const { Run } = await import("../../src/app/run.js");
    const { parseSettings } = await import("../../src/app/settings.js");
    const { linesLog, wasm } = await import("./memoryRun.js");
    const options = { mode: MANUAL, folder, sinks: [], log: linesLog(), wasm };
    const settings = parseSettings({ "paper.startBalance": 60_000 });
    const run = await Run.open({ ...options, settings, kind: "demo" });
    await run.run(demoFeed({ seed: 1, days: 1 }), never);
    await run.close();
    const desk = await Run.open({ ...options, settings: undefined, kind: undefined, readOnly: true });
    expect(desk.kind).toBe("demo");
    expect(desk.settings.paper.startBalance).toBe(60_000);
    await desk.close();
  });

  it("refuses a folder of another kind", async () => {
    const run = await folderRun("demo", folder);
    await run.run(demoFeed({ seed: 1, days: 2 }), never);
    await run.close();
    await expect(folderRun("replay", folder)).rejects.toThrow(/demo/);
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const run = await memoryRun("demo", PAPER, [() => stop.abort()]);
    await run.run(demoFeed({ seed: 1 }), stop.signal);
    expect(run.engine.view().tradesSeen).toBeGreaterThan(0);
  });
});
