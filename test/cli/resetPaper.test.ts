import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSql } from "../../src/store/projection.js";
import { wasm } from "../store/support.js";
import { inProcess } from "./inProcess.js";

let root: string;
let data: string;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "reset-paper-"));
  data = join(root, "data");
  await inProcess("demo", "--seed", "3", "--days", "12", "--paper", "--data", data);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Table = Readonly<Record<string, unknown>>;
async function statistics() {
  const [line] = (await inProcess("statistics", "--data", data, "--json")).lines;
  const accounts = line?.accounts as readonly Table[];
  return { paper: accounts.find(({ account }) => account === "paper"), contexts: line?.contexts };
}

async function rows(file: string, query: string): Promise<unknown> {
  const sql = await loadSql(await wasm());
  const database = new sql.Database(readFileSync(join(data, file)));
  const [result] = database.exec(query);
  database.close();
  return result?.values ?? [];
}

describe("reset-paper", () => {
  it("says first what it would end and leave, and changes nothing", async () => {
    const before = readdirSync(data, { recursive: true }).sort();
    const said = await inProcess("reset-paper", "--data", data);
    expect(said.code).toBe(0);
    expect(said.out).toMatch(/^The paper portfolio begins anew at \$15,000\.00\n/);
    expect(said.out).toMatch(/It ends: the balance of \$[\d,.]+, \d+ closed trades in its statistics/);
    expect(said.out).toMatch(/It stays: what was learned \(\d+ results in \d+ contexts?\), your own account/);
    expect(said.err).toBe("Nothing was changed: --apply does it\n");
    expect(readdirSync(data, { recursive: true }).sort()).toEqual(before);
  });

  it("begins a new portfolio in every window, statistic and file; what was learned stays, the backup has the old one", async () => {
    const old = await statistics();
    const learned = await rows("bayesian_stats.db", "SELECT * FROM context_performance");
    const done = await inProcess("reset-paper", "--data", data, "--apply", "--reason", "A new month", "--json");
    expect(done.lines[0]).toMatchObject({ type: "paperReset", reason: "A new month", startBalance: 15_000 });
    const now = await statistics();
    expect(now.paper).toMatchObject({ balance: 15_000, trades: 0, netPnl: 0, maxDrawdown: 0, days: 0 });
    expect(old.paper?.trades).not.toBe(0);
    expect(now.contexts).toEqual(old.contexts);
    expect(await rows("bayesian_stats.db", "SELECT * FROM context_performance")).toEqual(learned);
    expect(await rows("paper_trades.db", "SELECT * FROM paper_trades")).toEqual([]);
    expect(await rows("paper_trades.db", "SELECT * FROM portfolio_equity")).toEqual([]);
    const there = join(root, "there");
    const restored = await inProcess("restore", "--data", there, "--from", String(done.lines[0]?.backup), "--apply");
    expect(restored.code).toBe(0);
    data = there;
    expect(await statistics()).toEqual(old);
  });

  it("makes the review tell of the new portfolio alone", async () => {
    await inProcess("reset-paper", "--data", data, "--apply", "--reason", "x");
    const review = await inProcess("review", "--data", data);
    expect(review.out).toContain("$15,000.00");
    expect(review.code).toBe(0);
  });

  it.each([
    { args: ["--apply"], code: 2, says: '"--reason" is missing' },
    { args: ["--apply", "--reason", " "], code: 1, says: "Say in a few words why" },
    { args: ["--apply", "--reason", "x".repeat(501)], code: 1, says: "The reason has 501 characters" },
  ])("with $args.length arguments has exit code $code, and leaves no backup", async ({ args, code, says }) => {
    const said = await inProcess("reset-paper", "--data", data, ...args);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(says);
    expect(readdirSync(data)).not.toContain("backups");
  });
});
