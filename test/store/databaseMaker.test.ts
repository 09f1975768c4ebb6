import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { EngineOutput } from "../../src/core/events.js";
import { DatabaseMaker } from "../../src/store/databaseMaker.js";
import { exit, micros, oneOfEach, paperTrade } from "../support/outputs.js";
import { builtQueryWorker } from "../support/queryWorker.js";
import { openStore, temporaryFolder, wasm } from "./support.js";

const ORIGIN = { kind: "live", appVersion: "0.1.0", records: "1 0123456789abcdef01234567" };
const recordedAt = (output: EngineOutput) => ("at" in output ? output.at : micros(0));
const ALL = { outputs: 0, bytes: 0 };
const inThread = (queryWorker = builtQueryWorker) => new DatabaseMaker({ wasm, queryWorker, many: ALL });
const here = new DatabaseMaker({ wasm });

/** More than are sent at once. */
const OUTPUTS = [...oneOfEach(), ...Array.from({ length: 200 }, (_, number) => paperTrade(number)).flat()];

it("makes the same databases in a thread of its own as here, byte for byte", async () => {
  const expected = await here.build(OUTPUTS, ORIGIN, recordedAt);
  expect(await inThread().build(OUTPUTS, ORIGIN, recordedAt)).toEqual(expected);
  const one = await here.buildForQueries(OUTPUTS, ORIGIN, recordedAt);
  expect(Buffer.from(await inThread().buildForQueries(OUTPUTS, ORIGIN, recordedAt)).equals(one)).toBe(true);
});

it("tells in a thread of its own, too, of which records a file was made, and whether anybody changed it", async () => {
  const { statistics } = await here.build(OUTPUTS, ORIGIN, recordedAt);
  expect(await inThread().verifiedRecords(statistics)).toBe(ORIGIN.records);
  const changed = Buffer.from(statistics);
  changed.write("x", changed.lastIndexOf("ESM5-trade"));
  expect(await inThread().verifiedRecords(changed)).toBeUndefined();
  // The file is the caller's still.
  expect(await here.verifiedRecords(statistics)).toBe(ORIGIN.records);
});

it("begins no thread for a few trades", async () => {
  const never = () => Promise.reject(new Error("asked for the program"));
  const maker = new DatabaseMaker({ wasm, queryWorker: never });
  const { statistics } = await maker.build(OUTPUTS, ORIGIN, recordedAt);
  expect(await maker.verifiedRecords(statistics)).toBe(ORIGIN.records);
  const observed = Array.from({ length: 6_000 }, () => oneOfEach()[2] as EngineOutput);
  await maker.build(observed, ORIGIN, recordedAt);
});

it("says in one line that the thread failed", async () => {
  const impossible = inThread().build([exit({ account: "nobody" as never })], ORIGIN, recordedAt);
  await expect(impossible).rejects.toThrow(
    /^The thread that works on the databases failed: CHECK constraint failed.*$/,
  );
  const program = join(temporaryFolder(), "missing.cjs");
  const missing = inThread(async () => program).build(OUTPUTS, ORIGIN, recordedAt);
  await expect(missing).rejects.toThrow(/^The thread that works on the databases failed: Cannot find module.*$/);
  const silent = join(temporaryFolder(), "silent.cjs");
  writeFileSync(silent, "");
  await expect(inThread(async () => silent).build(OUTPUTS, ORIGIN, recordedAt)).rejects.toThrow(
    "failed: its thread ended without an answer",
  );
});

it("has the databases of many trades written when the store is closed, and looks through none that nobody touched", async () => {
  const folder = temporaryFolder();
  let threads = 0;
  const queryWorker = () => {
    threads += 1;
    return builtQueryWorker();
  };
  const store = await openStore(folder, { queryWorker });
  await store.keep(Array.from({ length: 4_500 }, (_, number) => paperTrade(number)).flat());
  await store.close();
  const paper = join(folder, "paper_trades.db");
  expect(await here.verifiedRecords(readFileSync(paper))).toMatch(/^13500 /);
  expect(threads).toBe(1);
  const again = await openStore(folder, { queryWorker });
  await again.keep(paperTrade(9_000));
  await again.close();
  expect(again.warnings).toEqual([]);
  expect(threads).toBe(2);
  const touched = readFileSync(paper);
  touched.write("x", touched.lastIndexOf("ESM5-trade"));
  writeFileSync(paper, touched);
  const last = await openStore(folder, { queryWorker });
  await last.close();
  expect(last.warnings).toEqual([expect.stringContaining(`"${paper}" is damaged`)]);
  expect(await here.verifiedRecords(readFileSync(paper))).toMatch(/^13503 /);
});
