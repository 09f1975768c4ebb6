import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importEarlier, planImport } from "../../../src/app/earlier/importEarlier.js";
import { importedStatistics, importedWords } from "../../../src/app/earlier/importedStatistics.js";
import { importWords } from "../../../src/app/earlier/importWords.js";
import { parseSettings } from "../../../src/app/settings.js";
import { VERSION } from "../../../src/app/version.js";
import { Engine } from "../../../src/core/engine.js";
import type { Imported } from "../../../src/core/events.js";
import { NO_HOLIDAYS } from "../../../src/core/session.js";
import { restoredEvents } from "../../../src/store/restore.js";
import { StoreError } from "../../../src/store/storeError.js";
import { faultyFs, handClock, listening, openStore, systemError, temporaryFolder, wasm } from "../../store/support.js";
import { advised, automatic, databaseOf, earlierFolder, typed } from "../../support/earlierData.js";
import { at, paperTrade } from "../../support/outputs.js";
import { builtQueryWorker } from "../../support/queryWorker.js";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = handClock(at("2026-01-02T15:00:00Z"));
const tools = { wasm, log, clock, queryWorker: builtQueryWorker };
const zone = "America/New_York";

type Fixture = Parameters<typeof earlierFolder>[1];

async function planned(fixture: Fixture = {}) {
  const root = temporaryFolder();
  const from = await earlierFolder(join(root, "earlier"), fixture);
  return planImport(join(root, "data"), { from, zone }, tools);
}

const of = (rows: readonly Imported[], source: Imported["source"]) => rows.filter((row) => row.source === source);

describe("The earlier system's rows", () => {
  it("are taken with what is known of them, and each with its known defects", async () => {
    const { rows, tables, refused } = await planned();
    expect(refused).toEqual([]);
    expect(tables.map(({ source, read, taken }) => [source, read, taken])).toEqual([
      ["recommendations_log", 1, 1],
      ["paper_trades", 1, 1],
      ["portfolio_equity", 1, 1],
      ["context_performance", 1, 1],
    ]);
    expect(of(rows, "context_performance")[0]).toMatchObject({
      time: at("2025-06-09T18:32:15Z"),
      contract: "ESM5",
      direction: "BUY",
      quantity: 2,
      win: true,
      simulated: false,
      remarks: ["MONTHS_MIXED", "CONTEXT_LOST"],
    });
    expect(of(rows, "portfolio_equity")[0]).toMatchObject({ balance: 1_597_625, simulated: true });
  });

  it("ES JUN25 is ESM5, and ESM6 in June 2025 was ESM5", async () => {
    const { rows } = await planned({ trades: [automatic(), automatic({ trade_id: "T2", contract: "ES JUN25" })] });
    const [first, second] = of(rows, "paper_trades");
    expect(first).toMatchObject({ contract: "ESM5", row: { contract: "ESM6" } });
    expect(first?.remarks).toContain("CONTRACT_YEAR");
    expect(second).toMatchObject({ contract: "ESM5" });
    expect(second?.remarks).not.toContain("CONTRACT_YEAR");
  });

  it.each([
    { contract: "ESU5", is: "ESU5" },
    { contract: "ESH6", is: undefined },
    { contract: "ES.c.0", is: undefined },
    { contract: "CLN5", is: undefined },
    { contract: "es jun25", is: "ESM5" },
    { contract: null, is: undefined },
  ])("a contract $contract on June 10th, 2025 is $is", async ({ contract, is }) => {
    const { rows } = await planned({ trades: [automatic({ contract })] });
    const [trade] = of(rows, "paper_trades");
    expect(trade?.contract).toBe(is);
    expect(trade?.remarks.includes("CONTRACT_UNKNOWN")).toBe(is === undefined);
  });

  it("a SHORT that won and was stored as a loss is a win again", async () => {
    const short = { entry_price: 6010.5, exit_price: 5995.25, return_pct: -15.25 / 6010.5, win: 0 };
    const { rows, defects } = await planned({ statistics: [typed(short)], log: [advised({ action: "SHORT" })] });
    const [trade] = of(rows, "context_performance");
    expect(trade).toMatchObject({ direction: "SHORT", win: true, row: { win: 0 } });
    expect(trade?.returnFraction).toBeCloseTo(15.25 / 6010.5, 12);
    expect(defects.get("SHORT_SIGN")).toBe(1);
  });

  it("a trade without a recommendation is neither win nor loss", async () => {
    const { rows, defects } = await planned({ log: [] });
    expect(of(rows, "context_performance")[0]).toMatchObject({
      direction: undefined,
      win: undefined,
      returnFraction: undefined,
    });
    expect(defects.get("DIRECTION_UNKNOWN")).toBe(1);
  });

  it("a trade of the automaton counts once, though it stands in two tables", async () => {
    const same = typed({
      trade_timestamp: "2025-06-10T10:00:00",
      entry_price: 6000,
      exit_price: 5990,
      context_value: 0,
    });
    const { rows } = await planned({ statistics: [same, typed()] });
    expect(of(rows, "context_performance").map(({ simulated }) => simulated)).toEqual([true, false]);
    expect(importedStatistics(rows)).toMatchObject([
      { whose: "typed", trades: 1, judged: 1, wins: 1 },
      { whose: "simulated", trades: 1, wins: 1, netPnl: 97_625 },
    ]);
    expect(importedWords(importedStatistics(rows))[0]).toMatch(/^Imported from the earlier system: history/);
  });

  it("a profit that is not that of its prices is corrected, and an open trade has none", async () => {
    const { rows, defects } = await planned({
      trades: [automatic({ pnl: -976.25 }), automatic({ trade_id: "T2", exit_price: null, pnl: null, status: "OPEN" })],
    });
    expect(of(rows, "paper_trades")[0]).toMatchObject({ netPnl: 97_625, win: true });
    expect(of(rows, "paper_trades")[1]).toMatchObject({ netPnl: undefined, win: undefined });
    expect(defects.get("PNL_DIFFERS")).toBe(1);
    expect(defects.get("STILL_OPEN")).toBe(1);
  });

  it("are read by the zone that is named, where they have no offset", async () => {
    const root = temporaryFolder();
    const from = await earlierFolder(join(root, "earlier"), {
      log: [
        advised(),
        advised({ timestamp: "2025-06-09T14:32:15.250+02:00" }),
        advised({ timestamp: "2025-06-09 14:32:15Z" }),
        // As other databases and programs write the same.
        advised({ timestamp: "2025-06-09 14:32:15+09" }),
        advised({ timestamp: "2025-06-09T14:32:15-0330" }),
        advised({ timestamp: "2025-06-09T14:32:15+09:00[Asia/Tokyo]" }),
        advised({ timestamp: "2025-06-09T14:32-11" }),
        advised({ timestamp: "2025-06-09t14:32:15z" }),
      ],
    });
    const { rows } = await planImport(join(root, "data"), { from, zone: "Europe/Berlin" }, tools);
    expect(of(rows, "recommendations_log").map(({ time }) => time)).toEqual([
      at("2025-06-09T12:32:15Z"),
      at("2025-06-09T12:32:15.250Z"),
      at("2025-06-09T14:32:15Z"),
      at("2025-06-09T05:32:15Z"),
      at("2025-06-09T18:02:15Z"),
      at("2025-06-09T05:32:15Z"),
      at("2025-06-10T01:32:00Z"),
      at("2025-06-09T14:32:15Z"),
    ]);
  });
});

describe("An import", () => {
  it("writes nothing before it is asked to, and a second time changes nothing", async () => {
    const root = temporaryFolder();
    const [data, from] = [join(root, "data"), await earlierFolder(join(root, "earlier"))];
    const plan = await planImport(data, { from, zone }, tools);
    expect(existsSync(data)).toBe(false);
    expect((await importEarlier(data, { from, zone }, tools)).rows).toEqual(plan.rows);
    const before = readdirSync(data, { recursive: true }).sort();
    const again = await importEarlier(data, { from, zone }, tools);
    expect(again.rows).toEqual([]);
    expect(again.tables.map(({ known, taken }) => [known, taken])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
    expect(readdirSync(data, { recursive: true }).sort()).toEqual(before);
    expect(importWords(again).at(-1)).toBe("All of it is here already, or refused: there is nothing to import");
    const kept = (await openStore(data, { readOnly: true })).outputs;
    expect(kept).toEqual(plan.rows);
  });

  it("knows what only the snapshot of a folder still has", async () => {
    const root = temporaryFolder();
    const [data, from] = [join(root, "data"), await earlierFolder(join(root, "earlier"))];
    const { rows } = await importEarlier(data, { from, zone }, tools);
    await (await openStore(data, { snapshotAfter: 1, appVersion: VERSION })).close();
    rmSync(join(data, "journal"), { recursive: true });
    const plan = await planImport(data, { from, zone }, tools);
    expect([rows.length, plan.rows.length]).toEqual([4, 0]);
    expect(plan.tables.map(({ known, taken }) => [known, taken])).toEqual(Array(4).fill([1, 0]));
    expect((await importEarlier(data, { from, zone }, tools)).rows).toEqual([]);
    expect((await openStore(data, { readOnly: true })).outputs).toEqual(rows);
  });

  it("keeps the rows and warns when a database cannot be written after them", async () => {
    const root = temporaryFolder();
    const from = await earlierFolder(join(root, "earlier"), {});
    const fs = faultyFs((call, path) => {
      if (call === "rename" && path.includes(".db")) throw systemError("ENOSPC");
    });
    const heard = listening();
    const { rows } = await importEarlier(join(root, "data"), { from, zone }, { ...tools, log: heard, fs });
    expect(heard.lines.filter((line) => line.includes('.db": the disk is full'))).toHaveLength(1);
    expect((await openStore(join(root, "data"), { readOnly: true })).outputs).toHaveLength(rows.length);
  });

  it("takes what has come since, and nothing twice", async () => {
    const root = temporaryFolder();
    const data = join(root, "data");
    const from = await earlierFolder(join(root, "earlier"));
    await importEarlier(data, { from, zone }, tools);
    await earlierFolder(from, { statistics: [typed(), typed(), typed({ exit_price: 6000 })] });
    const more = await importEarlier(data, { from, zone }, tools);
    expect(more.tables.at(-1)).toMatchObject({ read: 3, taken: 1, known: 1, repeated: 1, refused: 0 });
  });

  it("teaches nothing and is in no balance", async () => {
    const root = temporaryFolder();
    const [data, from] = [join(root, "data"), await earlierFolder(join(root, "earlier"))];
    const store = await openStore(data);
    await store.keep(paperTrade(1));
    await store.close();
    await importEarlier(data, { from, zone }, tools);
    const engine = (outputs: Parameters<typeof restoredEvents>[0]) => {
      const made = new Engine(
        parseSettings({}),
        { leading: "manual", paperTrades: true, haltEndsWithSession: false },
        NO_HOLIDAYS,
      );
      for (const event of restoredEvents(outputs)) made.process(event);
      return made.view();
    };
    const { outputs } = await openStore(data, { readOnly: true });
    expect(outputs.filter(({ type }) => type === "imported")).toHaveLength(4);
    expect(engine(outputs)).toEqual(engine(paperTrade(1)));
  });

  it("goes into live results alone", async () => {
    const root = temporaryFolder();
    const from = await earlierFolder(join(root, "earlier"));
    const demo = await openStore(join(root, "demo"), { kind: "demo" });
    await demo.keep(paperTrade(1));
    await demo.close();
    await expect(importEarlier(join(root, "demo"), { from, zone }, tools)).rejects.toThrow("holds demo results");
  });
});

describe("A row that cannot be believed is refused, with its number and why; the others are taken:", () => {
  it.each([
    [{ entry_price: "NaN" }, "entry_price is no number"],
    [{ entry_price: null }, "entry_price is missing"],
    [{ entry_price: 0 }, "entry_price is 0"],
    [{ exit_price: -1 }, "exit_price is -1"],
    [{ exit_price: 1e300 }, "exit_price is 1e+300"],
    [{ exit_price: Number.POSITIVE_INFINITY }, "exit_price is no number"],
    [{ return_pct: 7 }, "return_pct is 7"],
    [{ win: 2 }, "win is 2"],
    [{ volume_ratio: 2 ** 60 }, "volume_ratio is 1152921504606847000"],
    [{ context_value: new Uint8Array(3) }, "context_value is no text"],
    [{ context_type: "x".repeat(1001) }, "context_type has 1001 characters"],
    [{ trade_timestamp: "yesterday" }, "trade_timestamp is no date and time"],
    [{ trade_timestamp: "2025-02-30T10:00:00" }, "trade_timestamp is no date and time"],
    [{ trade_timestamp: "2025-06-09T14:32:15[Asia/Tokyo]" }, "trade_timestamp is no date and time"],
    [{ trade_timestamp: "2025-06-09 14:32:15 +0900" }, "trade_timestamp is no date and time"],
    [{ trade_timestamp: "1999-12-31T10:00:00" }, "trade_timestamp lies before the year 2000"],
    [{ trade_timestamp: "2026-06-09T14:32:15" }, "trade_timestamp lies in the future"],
    [{ trade_timestamp: null }, "trade_timestamp is missing"],
    [{ trade_timestamp: 1749493935 }, "trade_timestamp is no date and time"],
  ])("%o", async (changes, reason) => {
    const { refused, tables } = await planned({ statistics: [typed(), typed(changes as never)] });
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ source: "context_performance", row: 2 });
    expect(refused[0]?.reason).toContain(reason);
    expect(tables.at(-1)).toMatchObject({ taken: 1, refused: 1 });
  });

  it.each([
    ['{"timestamp":"2025-06-09T14:32:15","action":"BUY","price":NaN}', "it is no JSON"],
    ['{"timestamp":"2025-06-09T14:32:15","action":"BUY","price":1e999}', "price is no number"],
    ['{"timestamp":"2025-06-09T14:32:15","action":"BUY","price":9007199254740993}', "price is 9007199254740992"],
    ['{"timestamp":"2025-06-09T14:32:15","action":"BUY","price":1,"price":2}', "it names price twice"],
    ['{"__proto__":{"price":1},"timestamp":"2025-06-09T14:32:15"}', "it names a prototype"],
    ['{"timestamp":"2025-06-09T14:32:15","action":"HOLD","price":1}', "action is neither BUY nor SHORT"],
    ['{"timestamp":"2025-06-09T14:32:15","action":"BUY","price":1,"quantity":-2}', "quantity is -2"],
    ['{"timestamp":"2025-06-09T14:32:15","action":"BUY","price":1,"contract":{"a":1}}', "contract is no text"],
    [
      '{"timestamp":"2025-06-09T14:32:15","action":"BUY","price":1,"contract":"\\ud800"}',
      "contract has half a character",
    ],
    ["[]", "it is no object"],
    ["null", "it is no object"],
    ["", "it is no JSON"],
    ["[".repeat(20_000), "it is no JSON"],
    [`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`, "timestamp is missing"],
    [`{"timestamp":"${"x".repeat(70_000)}"}`, "the line has 70016 characters"],
    ['{"id":"ESM5-20250609T183215Z-BUY"}', "it was written by this program"],
  ])("%s", async (line, reason) => {
    const { refused, tables } = await planned({ log: [line, advised()] });
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ source: "recommendations_log", row: 1 });
    expect(refused[0]?.reason).toContain(reason);
    expect(tables[0]).toMatchObject({ read: 2, taken: 1, refused: 1 });
    expect(({} as { price?: unknown }).price).toBeUndefined();
  });

  it("and the report shows twenty of them, without what could move a terminal", async () => {
    const bad = Array.from({ length: 25 }, (_, row) => `{"timestamp":"x","\u001b[2J${row}":1,"\u001b[2J${row}":1}`);
    const words = importWords(await planned({ log: bad }));
    expect(words.filter((line) => line.startsWith("  refused:"))).toHaveLength(20);
    expect(words).toContain("  and 5 more refused; --json names them all");
    expect(words.join("")).not.toContain("\u001b");
  });
});

describe("A file that cannot be trusted is refused in one line, and nothing is touched:", () => {
  const own = async (folder: string) => {
    const store = await openStore(folder);
    await store.keep(paperTrade(1));
    await store.close();
    return readFileSync(join(folder, "bayesian_stats.db"));
  };
  const sabotage: readonly { name: string; act: (path: string) => void | Promise<void>; says: string }[] = [
    { name: "an empty one", act: (path) => writeFileSync(path, ""), says: "it is no SQLite database" },
    { name: "one byte", act: (path) => writeFileSync(path, "S"), says: "it is no SQLite database" },
    { name: "another format", act: (path) => writeFileSync(path, "x".repeat(4096)), says: "it is no SQLite database" },
    { name: "one that is cut off", act: (path) => truncateSync(path, 4096), says: "it is cut off or damaged" },
    { name: "one that is not closed", act: (path) => writeFileSync(`${path}-wal`, "x"), says: "is still in" },
    { name: "one with a rollback journal", act: (path) => writeFileSync(`${path}-journal`, "x"), says: "is still in" },
    { name: "one of 3 GB", act: (path) => truncateSync(path, 3_000_000_000), says: "it has 3000000000 bytes" },
    {
      name: "zeroed pages",
      act: (path) => {
        const bytes = readFileSync(path);
        bytes.fill(0, 4096, 8192);
        writeFileSync(path, bytes);
      },
      says: "cannot be imported: ",
    },
    {
      name: "another table",
      act: async (path) => writeFileSync(path, await databaseOf({}, "CREATE TABLE other (x)")),
      says: "it has none of the tables context_performance",
    },
    {
      name: "other columns",
      act: async (path) => writeFileSync(path, await databaseOf({}, "CREATE TABLE context_performance (id, win)")),
      says: "its table context_performance has no column context_type",
    },
    {
      name: "a view that never ends",
      act: async (path) =>
        writeFileSync(
          path,
          await databaseOf(
            {},
            "CREATE VIEW context_performance AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
          ),
        ),
      says: "context_performance is no table",
    },
  ];
  it.each(sabotage)("$name", async ({ act, says }) => {
    const root = temporaryFolder();
    const from = await earlierFolder(join(root, "earlier"));
    await act(join(from, "bayesian_stats.db"));
    await refusal(root, from, says);
  });

  it("this program's own", async () => {
    const root = temporaryFolder();
    const from = await earlierFolder(join(root, "earlier"));
    writeFileSync(join(from, "bayesian_stats.db"), await own(join(root, "own")));
    await refusal(root, from, "it was made by this program");
  });

  it("a log that is no text, a folder without any of them, and another file", async () => {
    const root = temporaryFolder();
    const from = await earlierFolder(join(root, "earlier"));
    writeFileSync(join(from, "recommendations_log.jsonl"), Buffer.from([0xff, 0xfe, 0x41, 0x00]));
    await refusal(root, from, "it is no text in UTF-8");
    mkdirSync(join(root, "none"));
    await refusal(root, join(root, "none"), "has none of the earlier system's files");
    writeFileSync(join(root, "none", "x.db"), "");
    await refusal(root, join(root, "none", "x.db"), "is none of the files that can be imported");
  });

  it("any change of any byte gives rows, refused rows or one line, never another failure", async () => {
    const root = temporaryFolder();
    const from = await earlierFolder(join(root, "earlier"));
    const path = join(from, "bayesian_stats.db");
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (where, change) => {
        const bytes = Buffer.from(whole);
        const index = where % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ change;
        writeFileSync(path, bytes);
        const made = await planImport(join(root, "data"), { from, zone }, tools).catch((error: unknown) => error);
        if (made instanceof Error) expect(made).toBeInstanceOf(StoreError);
      }),
      // Each has a thread of its own.
      { numRuns: 30 },
    );
  });

  it("whose reading takes too long is ended, in its own thread", async () => {
    const root = temporaryFolder();
    const from = await earlierFolder(join(root, "earlier"));
    const made = importEarlier(join(root, "data"), { from, zone }, { ...tools, timeoutMs: 1 });
    await expect(made).rejects.toThrow("cannot be imported: it took longer than 0.001 s and was ended");
    expect(existsSync(join(root, "data"))).toBe(false);
  });

  it.each([1, 2, 3, 4])("is stopped at its step %i, and nothing has changed", async (step) => {
    const root = temporaryFolder();
    const from = await earlierFolder(join(root, "earlier"));
    const stopping = new AbortController();
    const told: string[] = [];
    const progress = (text: string) => {
      told.push(text);
      if (told.length === step) stopping.abort();
    };
    const made = importEarlier(join(root, "data"), { from, zone }, { ...tools, progress, stop: stopping.signal });
    await expect(made).rejects.toThrow(/was stopped/);
    expect(told).toHaveLength(step);
    expect(existsSync(join(root, "data"))).toBe(false);
  });
});

async function refusal(root: string, from: string, says: string): Promise<void> {
  const failure = await importEarlier(join(root, "data"), { from, zone }, tools).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StoreError);
  const { message } = failure as StoreError;
  expect(message).toContain(says);
  expect(message).not.toContain("\n");
  expect(existsSync(join(root, "data"))).toBe(false);
}
