import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { EngineOutput } from "../../src/core/events.js";
import { systemClock } from "../../src/store/clock.js";
import { nodeFs } from "../../src/store/files.js";
import { Journal } from "../../src/store/journal.js";
import { Projections } from "../../src/store/projections.js";
import { JOURNAL_FORMAT } from "../../src/store/record.js";
import { Reserve } from "../../src/store/reserve.js";
import { Store } from "../../src/store/store.js";
import { Ulids } from "../../src/store/ulid.js";
import { after, exit, fill, recommendation, signal } from "../support/outputs.js";

// One measurement of the store in a process of its own: `fill`, `write`, `read`, `start`, `engine` or `databases`, then a data folder,
// how many records or trades, and the program of the thread in which the databases are made, if they are to be.
const [what, folder = "", count = "0", program] = process.argv.slice(2);
const wasm = async () => readFileSync(createRequire(import.meta.url).resolve("sql.js/dist/sql-wasm.wasm"));
const silent = { info() {}, warn() {}, error() {} };

if (what === "fill") await measureFills();
else if (what === "write") await writeJournals(Number(count));
else if (what === "databases") await measureDatabases(Number(count));
else if (what === "engine") await measureEngine();
else await measureStart(what === "read");

async function measureFills(): Promise<void> {
  const store = await open(false);
  const costs: number[] = [];
  for (let number = 0; number < 2_000; number += 1) {
    const begin = performance.now();
    await store.keep([fill({ id: `fill ${number}` })]);
    costs.push(performance.now() - begin);
  }
  costs.sort((a, b) => a - b);
  const at = (share: number) => (costs[Math.floor(share * costs.length)] ?? Number.NaN).toFixed(2);
  say(`one durable fill, of 2,000: median ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(0.9999)} ms`);
}

/** Journals as weeks of trading leave them, each of four weeks: what an engine keeps of twenty simulated days, again and again. */
async function writeJournals(records: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const ids = new Ulids(systemClock, Math.random);
  // The engine is not what is measured: only here is it loaded.
  const weeks = await (await import("./fourWeeks.js")).fourWeeks(wasm);
  const counts = new Map<string, number>();
  for (let written = 0; written < records; written += weeks.length) {
    const journal = newJournal(ids);
    const outputs = weeks.slice(0, records - written).map((output) => later(output, written / weeks.length));
    for (let first = 0; first < outputs.length; first += 100) {
      await journal.append(
        outputs
          .slice(first, first + 100)
          .map((data) => ({ id: ids.next(), t: systemClock.wall(), type: data.type, data })),
      );
    }
    await journal.close();
    for (const { type } of outputs) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const shares = [...counts].sort(([, a], [, b]) => b - a).map(([type, count]) => `${type} ${count}`);
  say(`${records} records written: ${shares.join(", ")}`);
}

function newJournal(ids: Ulids): Journal {
  return new Journal({
    fs: nodeFs,
    clock: systemClock,
    folder: join(folder, "journal"),
    session: ids.next(),
    header: () => ({ format: JOURNAL_FORMAT, version: 1, app: "0.1.0", kind: "live", host: "bench", pid: 1 }),
    reserve: new Reserve(nodeFs, folder),
    nextId: () => ids.next(),
    everything: () => [],
    left: () => undefined,
  });
}

/** The same, four weeks later for each round: moments are micros, and what tells one output from another one is text. */
function later<T>(value: T, round: number): T {
  if (typeof value === "number") return (value > 1e15 ? value + round * 28 * 86_400_000_000 : value) as T;
  if (Array.isArray(value)) return value.map((each) => later(each, round)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, field]) => {
    const isName = (key === "id" || key === "recommendation") && typeof field === "string";
    return [key, isName ? `${field}/${round}` : later(field, round)];
  });
  return Object.fromEntries(entries) as T;
}

function outputAt(number: number): EngineOutput {
  const id = `trade ${Math.floor(number / 10)}`;
  const time = after(60 * number);
  if (number % 10 === 7) return recommendation({ id, time });
  if (number % 10 === 8) return fill({ id: `fill ${id}`, recommendation: id, time, at: time });
  if (number % 10 === 9) return exit({ id: `exit ${id}`, recommendation: id, time, at: time });
  return signal({ time });
}

async function measureStart(readOnly: boolean): Promise<void> {
  const begin = performance.now();
  const store = await open(readOnly);
  const took = performance.now() - begin;
  const { heapUsed, rss } = process.memoryUsage();
  const peak = process.resourceUsage().maxRSS / 1024;
  const name = readOnly ? "read only" : "start with the databases";
  say(
    `${count} records, ${name}: ${took.toFixed(0)} ms, heap ${megabytes(heapUsed)} MB, resident ${megabytes(rss)} MB, at most ${peak.toFixed(0)} MB`,
  );
  await store.close();
}

/** A run over the folder, up to when its engine has been told all that is recorded, and the longest that nothing else had its turn. */
async function measureEngine(): Promise<void> {
  const { Run } = await import("../../src/app/run.js");
  const before = process.cpuUsage();
  const begin = performance.now();
  const mode = { leading: "paper", paperTrades: true, haltEndsWithSession: false } as const;
  const about = { settings: undefined, kind: undefined, folder, sinks: [], log: silent, wasm, readOnly: true };
  const run = await Run.open({ ...about, mode });
  const opened = performance.now() - begin;
  const told = await longestTurn(async () => void (await run.restore()));
  const { user, system } = process.cpuUsage(before);
  const peak = process.resourceUsage().maxRSS / 1024;
  say(
    `${count} records, told to an engine: opened in ${opened.toFixed(0)} ms, then ${told}; ${((user + system) / 1e6).toFixed(1)} s of processor time, at most ${peak.toFixed(0)} MB`,
  );
  await run.close();
}

/** How long nothing else has its turn while the user's files are made of closed trades, and made again with one more. */
async function measureDatabases(trades: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const outputs = Array.from({ length: trades }, (_, trade) =>
    [7, 8, 9].map((part) => outputAt(10 * trade + part)),
  ).flat();
  const queryWorker = program === undefined ? undefined : async () => program;
  const projections = new Projections({
    fs: nodeFs,
    clock: systemClock,
    folder,
    wasm,
    queryWorker,
    warn: () => undefined,
  });
  const place = program === undefined ? "in the one thread" : "in a thread of their own";
  for (const records of ["made", "made again"]) {
    const lines = await longestTurn(() => projections.writeRecommendations(outputs));
    const databases = await longestTurn(async () => {
      await projections.write(outputs, { kind: "live", appVersion: "0.1.0", records }, () => systemClock.wall());
      await projections.note(records, true);
    });
    say(`${trades} trades, databases ${records} ${place}: ${databases}; recommendations: ${lines}`);
  }
}

/** What a task takes, and the most that it takes between two turns of the event loop. */
async function longestTurn(task: () => Promise<void>): Promise<string> {
  const begin = performance.now();
  let longest = 0;
  let before = threadTime();
  const look = () => {
    longest = Math.max(longest, threadTime() - before);
    before = threadTime();
  };
  const timer = setInterval(look, 1);
  await task();
  look();
  clearInterval(timer);
  return `${(performance.now() - begin).toFixed(0)} ms, longest turn ${longest.toFixed(0)} ms`;
}

/** Milliseconds that this thread has run: on a machine with much to do, what it waited for a core is none of its own. */
function threadTime(): number {
  try {
    return Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ", 1)[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

function open(readOnly: boolean): Promise<Store> {
  return Store.open({ folder, kind: "live", appVersion: "0.1.0", wasm, log: silent, readOnly });
}

function megabytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(0);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
