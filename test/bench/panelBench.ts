import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { blindSpans } from "../../src/app/blindSpans.js";
import { loadCalendar } from "../../src/app/calendar.js";
import { performanceReport } from "../../src/app/performance.js";
import { Run } from "../../src/app/run.js";
import { parseSettings } from "../../src/app/settings.js";
import type { EngineOutput } from "../../src/core/events.js";
import { Random } from "../../src/core/random.js";
import { TradingHours } from "../../src/core/session.js";
import { winRateInterval } from "../../src/core/sizing/posterior.js";
import { MICROS_PER_DAY } from "../../src/core/units.js";
import { dashboardChange, dashboardState } from "../../src/extension/dashboardState.js";
import { PresentExits } from "../../src/extension/presentExits.js";
import { AT_REST } from "../../src/extension/standing.js";
import { tradeRows } from "../../src/extension/tradeRows.js";
import { systemClock } from "../../src/store/clock.js";
import { nodeFs } from "../../src/store/files.js";
import { Journal } from "../../src/store/journal.js";
import { JOURNAL_FORMAT } from "../../src/store/record.js";
import { Reserve } from "../../src/store/reserve.js";
import { Ulids } from "../../src/store/ulid.js";
import { at, cents, equity, exit, fill, micros, recommendation, shadow, ticks } from "../support/outputs.js";

// What the panel costs the host, over a journal of 5,000 closed trades and 10,000 equity points. `write` or `host`, then a folder.
const [what, folder = ""] = process.argv.slice(2);

const TRADES = 5_000;
const START = 1_500_000;
/** The demo, which brings the updates, goes on after the last trade; its first day is 2025-01-06. */
const BEFORE_THE_DEMO = at("2025-01-05T18:00:00Z");
const CONTEXTS = [
  "BUY|mid|4-6x",
  "BUY|open|6x+",
  "SHORT|mid|4-6x",
  "SHORT|close|6x+",
  "BUY|close|4-6x",
  "SHORT|open|4-6x",
];

if (what === "write") await writeJournal();
else await measureHost();

/** A trade a day, each of one contract, so that the balance stays between $13,000 and $20,000. */
async function writeJournal(): Promise<void> {
  const ids = new Ulids(systemClock, Math.random);
  const journal = new Journal({
    fs: nodeFs,
    clock: systemClock,
    folder: join(folder, "journal"),
    session: ids.next(),
    header: () => ({ format: JOURNAL_FORMAT, version: 1, app: "0.1.0", kind: "demo", host: "bench", pid: 1 }),
    reserve: new Reserve(nodeFs, folder),
    nextId: () => ids.next(),
    everything: () => [],
    left: () => undefined,
  });
  const random = new Random(1);
  let balance = START;
  let peak = START;
  for (let number = 0; number < TRADES; number++) {
    const chance = random.whole(0, 100) < 42;
    const win = balance < 1_300_000 || (balance < 2_000_000 && chance);
    const outputs = tradeOf(number, win, balance, peak);
    balance += win ? 76_250 - 500 : -38_750 - 500;
    peak = Math.max(peak, balance);
    await journal.append(outputs.map((data) => ({ id: ids.next(), t: systemClock.wall(), type: data.type, data })));
  }
  await journal.close();
}

function tradeOf(number: number, win: boolean, before: number, peak: number): readonly EngineOutput[] {
  const time = micros(BEFORE_THE_DEMO - (TRADES - number) * MICROS_PER_DAY);
  const later = (seconds: number) => micros(time + seconds * 1_000_000);
  const day = new Date(time / 1000).toISOString().slice(0, 10);
  const id = `ESM5-bench-${number}-BUY`;
  const context = CONTEXTS[number % CONTEXTS.length] ?? "";
  const netPnl = win ? 75_750 : -39_250;
  const after = before + netPnl;
  const own = { recommendation: id, account: "manual" } as const;
  const row = equity({ account: "manual", balance: cents(after), peak, limitPeak: peak, drawdown: 1 - after / peak });
  return [
    recommendation({
      id,
      account: "manual",
      time,
      tradingDay: day,
      quantity: 1,
      context,
      confidence: 0.35 + (number % 30) / 100,
      lateAfter: later(30),
      expires: later(3_600),
      flatTime: later(7_200),
    }),
    fill({ ...own, id: `fill:${id}`, time: later(20), at: later(20), quantity: 1 }),
    exit({
      ...own,
      id: `exit:${id}`,
      tradingDay: day,
      time: later(600),
      at: later(600),
      entryTime: later(20),
      quantity: 1,
      price: ticks(win ? 24_103 : 24_011),
      reason: number % 9 === 0 ? "manual" : win ? "target" : "stop",
      reasonChecked: number % 9 === 0 ? "manual" : win ? "target" : "stop",
      grossPnl: cents(netPnl + 500),
      commission: cents(500),
      netPnl: cents(netPnl),
      points: win ? 15.25 : -7.75,
      rMultiple: win ? 1 : -0.51,
      win,
      balanceBefore: cents(before),
      balanceAfter: cents(after),
      context,
    }),
    { ...row, id: `equity:exit:${id}`, time: later(600), at: later(600), tradingDay: undefined },
    shadow({ id: `shadow:${id}`, recommendation: id, entryTime: later(20), time: later(900) }),
    { ...row, id: `equity:manual:${day}`, time: later(4_500), at: later(4_500), tradingDay: day },
  ];
}

async function measureHost(): Promise<void> {
  const settings = parseSettings({});
  const wasm = async () => readFileSync(createRequire(import.meta.url).resolve("sql.js/dist/sql-wasm.wasm"));
  const silent = { info() {}, warn() {}, error() {} };
  const mode = { leading: "manual", paperTrades: true, haltEndsWithSession: true } as const;
  const begin = performance.now();
  const run = await Run.open({ settings, mode, kind: "demo", folder, sinks: [], log: silent, wasm, readOnly: true });
  await run.restore();
  say(`open and restore: ${(performance.now() - begin).toFixed(0)} ms`);
  const view = run.engine.view();
  const { outputs } = run;
  const now = BEFORE_THE_DEMO;
  const exits = new PresentExits();
  const source = {
    standing: { ...AT_REST, view },
    outputs,
    exits: exits.of(outputs),
    timeZone: "America/New_York",
    winRateInterval,
  };
  say(
    `${outputs.length} records, ${view.accounts.map(({ name, closedTrades }) => `${name} ${closedTrades}`).join(", ")}`,
  );
  const blind = () => blindSpans(outputs, new TradingHours("rth", loadCalendar()));
  measure("the engine's view", () => run.engine.view());
  measure("the rows of the trades table", () => tradeRows(exits.of(outputs)));
  measure("the snapshot", () => dashboardState(source));
  measure("an append", () => dashboardChange(source, []));
  measure("the blind spans", blind);
  const spans = blind();
  measure("the report", () =>
    performanceReport(view, outputs, { kind: "all" }, now, { haltingDrawdown: 0.15, blind: spans }),
  );
  await run.close();
}

/** The first call by the clock, and the median of the next nine by the clock and in time of the processor. */
function measure(name: string, task: () => unknown): void {
  const costs = Array.from({ length: 10 }, () => {
    const begin = performance.now();
    const worked = process.cpuUsage();
    task();
    const { user, system } = process.cpuUsage(worked);
    return { clock: performance.now() - begin, processor: (user + system) / 1000 };
  });
  const [first, ...others] = costs;
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[4]?.toFixed(1);
  const clock = median(others.map((cost) => cost.clock));
  const processor = median(others.map((cost) => cost.processor));
  say(`${name}: first ${first?.clock.toFixed(1)} ms, then ${clock} ms, of it ${processor} ms of the processor`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
