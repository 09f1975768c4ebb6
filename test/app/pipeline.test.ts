import { describe, expect, it } from "vitest";
import { Pipeline } from "../../src/app/pipeline.js";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineOutput } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { restoredEvents } from "../../src/store/restore.js";
import { ES, fill, recommendation, SIGNAL_TIME } from "../support/outputs.js";
import { batchOf, TAPE_INSTRUMENT } from "../support/tape.js";

describe("An engine that contradicts itself", () => {
  /** A paper position whose commission is no number: impossible in a journal, whose schema knows numbers only. */
  function broken() {
    const mode = { leading: "paper", paperTrades: true, haltEndsWithSession: true } as const;
    const kept: EngineOutput[] = [];
    const shown: EngineOutput[] = [];
    const keeper = {
      keep: async (outputs: readonly EngineOutput[]) => {
        kept.push(...outputs);
        return outputs;
      },
    };
    const engine = new Engine(parseSettings({}), mode, NO_HOLIDAYS);
    const pipeline = new Pipeline(engine, keeper, [(output) => shown.push(output)]);
    const instrument = { ...ES, commission: Number.NaN };
    const position = restoredEvents([recommendation({ instrument }), fill({ instrument })]);
    const contract = { type: "contract", instrument: TAPE_INSTRUMENT, symbol: "ESM5", time: SIGNAL_TIME } as const;
    const trade = (second: number) => ({
      time: SIGNAL_TIME + second * 1e6,
      price: 24_000,
      size: 1,
      side: 0 as const,
      instrument: TAPE_INSTRUMENT,
    });
    // The first print cannot be marked, which halts; the second closes, which cannot be booked.
    return { pipeline, kept, shown, first: [contract, ...position], trades: batchOf([trade(30), trade(31)]) };
  }

  it("stops with a sentence, and keeps and shows what it had decided before", async () => {
    const { pipeline, kept, shown, first, trades } = broken();
    for (const event of first) await pipeline.dispatch(event);
    const before = kept.length;
    await expect(pipeline.dispatch(trades)).rejects.toThrow(
      /^The engine contradicts itself and has stopped: .+ is not .+\. All that was recorded is kept: start it again$/,
    );
    expect(kept.slice(before)).toMatchObject([{ type: "halt" }]);
    expect(shown).toEqual(kept);
  });

  it("takes nothing more until it is started anew", async () => {
    const { pipeline, kept, first, trades } = broken();
    for (const event of first) await pipeline.dispatch(event);
    await pipeline.dispatch(trades).catch(() => undefined);
    const before = kept.length;
    await expect(pipeline.dispatch({ type: "clock", time: SIGNAL_TIME })).rejects.toThrow("has stopped");
    expect(kept).toHaveLength(before);
  });
});

describe("What could not be kept", () => {
  it("is kept by the next try, once, and shown then", async () => {
    const mode = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;
    const [kept, shown]: [EngineOutput[], EngineOutput[]] = [[], []];
    let isFull = false;
    const keeper = {
      keep: async (outputs: readonly EngineOutput[]) => {
        if (isFull) throw new Error("disk full");
        kept.push(...outputs);
        return outputs;
      },
    };
    const engine = new Engine(parseSettings({}), mode, NO_HOLIDAYS);
    const pipeline = new Pipeline(engine, keeper, [(output) => shown.push(output)]);
    for (const event of restoredEvents([recommendation({ id: "A", account: "manual" })]))
      await pipeline.dispatch(event);
    const before = kept.length;
    isFull = true;
    const filled = restoredEvents([fill({ recommendation: "A", account: "manual" })]);
    for (const event of filled) await expect(pipeline.dispatch(event)).rejects.toThrow("disk full");
    await expect(pipeline.settle()).rejects.toThrow("disk full");
    isFull = false;
    expect((await pipeline.settle()).map(({ type }) => type)).toEqual(["fill"]);
    expect(await pipeline.settle()).toEqual([]);
    expect(kept.slice(before).map(({ type }) => type)).toEqual(["fill"]);
    expect(shown).toEqual(kept);
  });

  it("is none while the disk works on it", async () => {
    const mode = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;
    const seen: number[] = [];
    const keeper = {
      keep: async (outputs: readonly EngineOutput[]) => {
        seen.push(pipeline.unsaved);
        return outputs;
      },
    };
    const pipeline: Pipeline = new Pipeline(new Engine(parseSettings({}), mode, NO_HOLIDAYS), keeper, []);
    const told = [recommendation({ id: "A", account: "manual" }), fill({ recommendation: "A", account: "manual" })];
    for (const event of told.flatMap((output) => restoredEvents([output]))) await pipeline.dispatch(event);
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen)).toEqual(new Set([0]));
  });
});
