import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { SqlJsStatic } from "sql.js";
import { beforeAll, describe, expect, it } from "vitest";
import type { EngineOutput } from "../../src/core/events.js";
import { type Fs, nodeFs } from "../../src/store/files.js";
import { loadSql } from "../../src/store/projection.js";
import { parseJournal } from "../../src/store/record.js";
import { at, exit, fill, paperTrade, recommendation } from "../support/outputs.js";
import { faultyFs, handClock, listening, openStore, systemError, temporaryFolder, wasm } from "./support.js";

const NAMES = ["bayesian_stats.db", "paper_trades.db"];
let sql: SqlJsStatic;
beforeAll(async () => {
  sql = await loadSql(await wasm());
});

/** A folder as a killed process leaves it: its journal alone. */
async function killed(outputs: readonly EngineOutput[]): Promise<string> {
  const source = temporaryFolder();
  const store = await openStore(source);
  await store.keep(outputs);
  const folder = temporaryFolder();
  mkdirSync(join(folder, "journal"));
  for (const name of readdirSync(join(source, "journal")))
    copyFileSync(join(source, "journal", name), join(folder, "journal", name));
  await store.close();
  return folder;
}

const journalOf = (folder: string) =>
  readFileSync(join(folder, "journal", readdirSync(join(folder, "journal"))[0] ?? ""));
const trades = (folder: string) =>
  values(folder, "bayesian_stats.db", "SELECT recommendation_id FROM context_performance");
function values(folder: string, name: string, query: string): readonly unknown[] {
  const database = new sql.Database(readFileSync(join(folder, name)));
  try {
    return (database.exec(query)[0]?.values ?? []).flat();
  } finally {
    database.close();
  }
}

describe("The user's databases", () => {
  it("are there after a process was killed as soon as another opens the folder", async () => {
    const folder = await killed([recommendation(), fill(), exit()]);
    const store = await openStore(folder);
    expect(trades(folder)).toEqual([exit().recommendation]);
    expect(existsSync(join(folder, "recommendations_log.jsonl"))).toBe(true);
    await store.close();
  });

  it("get what a killed process recorded after they were written", async () => {
    const folder = await killed([recommendation(), fill(), exit()]);
    await (await openStore(folder)).close();
    const other = await killed(paperTrade(1));
    for (const name of readdirSync(join(other, "journal")))
      copyFileSync(join(other, "journal", name), join(folder, "journal", name));
    await (await openStore(folder)).close();
    expect(trades(folder)).toHaveLength(2);
  });

  it("get what comes later under an older id: a backup of the day before, restored", async () => {
    const backup = parseJournal(journalOf(await killed([recommendation(), fill(), exit()]))).records;
    const folder = temporaryFolder();
    const store = await openStore(folder, { clock: handClock(at("2199-01-01T00:00:00Z")) });
    await store.keep(paperTrade(1));
    await store.flush();
    expect(trades(folder)).toHaveLength(1);
    await store.adopt(backup.filter(({ type }) => type !== "header"));
    await store.close();
    expect(trades(folder)).toHaveLength(2);
    expect(values(folder, "paper_trades.db", "SELECT trade_id FROM paper_trades")).toHaveLength(2);
  });

  it("get a trade of a window whose clock is an hour behind (W7)", async () => {
    const folder = temporaryFolder();
    const ahead = await openStore(folder, { clock: handClock(at("2025-06-09T14:30:00Z")) });
    const behind = await openStore(folder, { clock: handClock(at("2025-06-09T13:30:00Z")) });
    await ahead.keep(paperTrade(1));
    await ahead.flush();
    await behind.keep(paperTrade(2));
    await ahead.flush();
    expect(trades(folder)).toHaveLength(2);
    await behind.close();
    await ahead.close();
    expect(trades(folder)).toHaveLength(2);
  });

  it("get a trade whose append took longer than that of a later one", async () => {
    const folder = temporaryFolder();
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const begun: string[] = [];
    const fs: Fs = {
      ...nodeFs,
      async open(path, mode) {
        if (path.endsWith(".jl")) {
          begun.push(path);
          await gate;
        }
        return nodeFs.open(path, mode);
      },
    };
    const clock = handClock();
    const slow = await openStore(folder, { fs, clock });
    const fast = await openStore(folder, { clock });
    const kept = slow.keep(paperTrade(1));
    await expect.poll(() => begun.length).toBeGreaterThan(0);
    clock.now += 1_000_000;
    await fast.keep(paperTrade(2));
    await fast.flush();
    expect(trades(folder)).toHaveLength(1);
    release();
    await kept;
    await slow.close();
    await fast.close();
    expect(trades(folder)).toHaveLength(2);
  });

  it.each([
    { what: "missing", spoil: (path: string) => unlinkSync(path) },
    { what: "empty", spoil: (path: string) => truncateSync(path, 0) },
    { what: "one byte long", spoil: (path: string) => truncateSync(path, 1) },
    { what: "one byte short", spoil: (path: string) => truncateSync(path, readFileSync(path).length - 1) },
    { what: "no database", spoil: (path: string) => writeFileSync(path, "no database at all".repeat(100)) },
    {
      what: "of an older version",
      spoil: (path: string) => {
        const bytes = readFileSync(path);
        bytes.writeUInt32BE(0, 60);
        writeFileSync(path, bytes);
      },
    },
    { what: "cut off", spoil: (path: string) => truncateSync(path, 5000) },
    {
      what: "changed in one value",
      spoil: (path: string) => {
        const bytes = readFileSync(path);
        bytes.write("x", bytes.lastIndexOf("ESM5-2025"));
        writeFileSync(path, bytes);
      },
    },
  ])("are made again when they are $what (D6, B1)", async ({ spoil }) => {
    const folder = await killed([recommendation(), fill(), exit()]);
    await (await openStore(folder)).close();
    const whole = NAMES.map((name) => readFileSync(join(folder, name)));
    for (const name of NAMES) {
      spoil(join(folder, name));
      await (await openStore(folder)).close();
      expect(NAMES.map((each) => readFileSync(join(folder, each)))).toEqual(whole);
    }
  });

  const inSql = (path: string, ...statements: string[]) => {
    const database = new sql.Database(readFileSync(path));
    for (const statement of statements) database.run(statement);
    writeFileSync(path, database.export());
    database.close();
  };
  it.each([
    { what: "with a table of the user's own", spoil: (path: string) => inSql(path, "CREATE TABLE mine (id)") },
    { what: "with a view of the user's own", spoil: (path: string) => inSql(path, "CREATE VIEW mine AS SELECT 1") },
    { what: "that lacks a table", spoil: (path: string) => inSql(path, "DROP TABLE meta") },
    {
      what: "with an index of the user's own",
      spoil: (path: string) => inSql(path, "CREATE INDEX mine ON meta (value)"),
    },
    { what: "that is a text", spoil: (path: string) => writeFileSync(path, "notes of the user's own") },
    { what: "that is one byte long", spoil: (path: string) => truncateSync(path, 1) },
    { what: "that is cut off", spoil: (path: string) => truncateSync(path, 5000) },
    {
      what: "that another program made and a disk damaged",
      spoil: (path: string) => {
        const foreign = new sql.Database();
        foreign.run("CREATE TABLE context_performance (id)");
        const bytes = Buffer.from(foreign.export());
        foreign.close();
        bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
        writeFileSync(path, bytes);
      },
    },
  ])("put aside what stands in their place, a file $what, and say so (B1)", async ({ spoil }) => {
    const folder = await killed([recommendation(), fill(), exit()]);
    await (await openStore(folder)).close();
    for (const name of NAMES) {
      const path = join(folder, name);
      spoil(path);
      const spoiled = readFileSync(path);
      const log = listening();
      const store = await openStore(folder, { log });
      await store.keep([fill({ id: `after ${name}` })]);
      await store.close();
      const aside = readdirSync(join(folder, "quarantine")).filter((file) => file.startsWith(name));
      expect(aside.map((file) => readFileSync(join(folder, "quarantine", file)))).toEqual([spoiled]);
      expect(log.lines).toEqual([
        `"${path}" is damaged, or was not written by this version alone: a copy was put at "${join(folder, "quarantine", aside[0] ?? "")}", and it is made anew from the journal`,
      ]);
    }
    expect(trades(folder)).toHaveLength(1);
  });

  it("leave what stands in their place as it is when no copy of it can be put aside (B1)", async () => {
    const folder = await killed([recommendation(), fill(), exit()]);
    writeFileSync(join(folder, "bayesian_stats.db"), "notes of the user's own");
    const log = listening();
    const fs = faultyFs((call, path) => {
      if (call === "mkdir" && path.endsWith("quarantine")) throw systemError("ENOSPC");
    });
    await (await openStore(folder, { fs, log })).close();
    expect(readFileSync(join(folder, "bayesian_stats.db"), "utf8")).toBe("notes of the user's own");
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toContain("Could not write the databases");
  });

  it("are made again in silence when they are as an earlier version left them", async () => {
    const folder = await killed([recommendation(), fill(), exit()]);
    await (await openStore(folder)).close();
    const whole = NAMES.map((name) => readFileSync(join(folder, name)));
    for (const name of NAMES) inSql(join(folder, name), "UPDATE meta SET key = 'lastRecord' WHERE key = 'records'");
    const log = listening();
    await (await openStore(folder, { log })).close();
    expect(NAMES.map((each) => readFileSync(join(folder, each)))).toEqual(whole);
    expect(log.lines).toEqual([]);
    expect(existsSync(join(folder, "quarantine"))).toBe(false);
  });

  it.each(["-wal", "-journal"])(
    "are made again when a hot %s file stands beside one, which is put aside",
    async (suffix) => {
      const folder = await killed([recommendation(), fill(), exit()]);
      await (await openStore(folder)).close();
      writeFileSync(join(folder, `bayesian_stats.db${suffix}`), "what another program was about to write");
      writeFileSync(join(folder, "bayesian_stats.db-shm"), "shared");
      const renamed: string[] = [];
      const log = listening();
      const fs = faultyFs((call, path) => void (call === "rename" && renamed.push(path)));
      await (await openStore(folder, { fs, log })).close();
      expect(renamed.some((path) => path.includes("bayesian_stats.db."))).toBe(true);
      expect(readdirSync(folder).filter((name) => name.startsWith("bayesian_stats.db"))).toEqual(["bayesian_stats.db"]);
      const aside = readdirSync(join(folder, "quarantine")).sort();
      expect(aside.map((name) => name.replace(/\.[0-9a-f]{8}$/, ""))).toEqual(
        [`bayesian_stats.db${suffix}`, "bayesian_stats.db-shm"].sort(),
      );
      expect(log.lines.filter((line) => line.includes("Another program was changing"))).toHaveLength(1);
      expect(log.lines).toHaveLength(1);
    },
  );

  it("are made again at the close when they went while the folder was open", async () => {
    const folder = await killed([recommendation(), fill(), exit()]);
    const store = await openStore(folder);
    for (const name of NAMES) unlinkSync(join(folder, name));
    await store.close();
    expect(trades(folder)).toHaveLength(1);
  });

  it("are left alone when they hold everything, and when the folder is only read", async () => {
    const folder = await killed([recommendation(), fill(), exit()]);
    await (await openStore(folder, { readOnly: true })).close();
    expect(readdirSync(folder)).toEqual(["journal"]);
    await (await openStore(folder)).close();
    const renamed: string[] = [];
    const fs = faultyFs((call, path) => void (call === "rename" && renamed.push(path)));
    await (await openStore(folder, { fs })).close();
    expect(renamed).toEqual([]);
  });

  it("say in created_at when a trade was recorded, not when the simulated market had it", async () => {
    const folder = temporaryFolder();
    const clock = handClock();
    clock.now = Date.parse("2026-03-04T05:06:07Z") * 1000;
    const store = await openStore(folder, { clock, kind: "demo" });
    await store.keep([recommendation(), fill(), exit()]);
    await store.close();
    expect(values(folder, "bayesian_stats.db", "SELECT created_at FROM context_performance")).toEqual([
      "2026-03-04 05:06:07",
    ]);
    expect(values(folder, "paper_trades.db", "SELECT created_at FROM paper_trades")).toEqual(["2026-03-04 05:06:07"]);
  });

  it("find this week's simulated trades by the user's own condition", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder, { kind: "demo" });
    await store.keep([recommendation(), fill(), exit()]);
    await store.close();
    const query = "SELECT count(*) FROM context_performance WHERE created_at > date('now', '-7 days')";
    expect(values(folder, "bayesian_stats.db", query)).toEqual([1]);
  });
});

it("What could not be written of the recommendations is made up for, also beside databases that are too large to be read again", async () => {
  const folder = temporaryFolder();
  const latest = join(folder, "latest_recommendation.json");
  let isFull = true;
  const fs = faultyFs((call, path) => {
    if (isFull && call === "rename" && path.includes("latest_recommendation")) throw systemError("ENOSPC");
  });
  const store = await openStore(folder, { fs });
  const exits = Array.from({ length: 5_000 }, (_, number) => exit({ id: `${number}`, recommendation: `${number}` }));
  await store.keep([recommendation(), ...exits]);
  await store.close();
  expect(existsSync(latest)).toBe(false);
  isFull = false;
  await (await openStore(folder)).close();
  expect(JSON.parse(readFileSync(latest, "utf8"))).toMatchObject({ id: recommendation().id });
});
