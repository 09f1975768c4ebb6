import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignedTable, markdownTable, queryJournal } from "../../../src/app/data/queryJournal.js";
import { loadSql } from "../../../src/store/projection.js";
import { QueryProblem, runQuery } from "../../../src/store/query/runQuery.js";
import { StoreError } from "../../../src/store/storeError.js";
import { openStore, temporaryFolder, wasm } from "../../store/support.js";
import { equity, imported, paperTrade } from "../../support/outputs.js";
import { builtQueryWorker } from "../../support/queryWorker.js";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Of the user's daily routine, word for word. */
const LAST_FIVE = "SELECT * FROM context_performance ORDER BY created_at DESC LIMIT 5;";
const LAST_WEEK = `
  SELECT 
    context_value,
    COUNT(*) as trades,
    ROUND(AVG(return_pct)*100, 2) as avg_return_pct,
    ROUND(SUM(win)*100.0/COUNT(*), 1) as win_rate
  FROM context_performance 
  WHERE created_at > date('now', '-7 days')
  GROUP BY context_value
  ORDER BY trades DESC;
`;

/** A data folder with six closed trades, two of them lost. */
async function traded(): Promise<string> {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  for (let number = 1; number <= 6; number++) {
    await store.keep(
      paperTrade(number, number > 4 ? { win: false, returnFraction: -0.002, context: "BUY|open|4-6x" } : {}),
    );
  }
  await store.keep([equity(), imported()]);
  await store.close();
  return folder;
}

const query = async (folder: string, text: string, more: object = {}, rows?: number) =>
  queryJournal(folder, text, { wasm, log, queryWorker: builtQueryWorker, ...more }, rows);

describe("A query", () => {
  it("of the user's daily routine runs word for word", async () => {
    const folder = await traded();
    const five = await query(folder, LAST_FIVE);
    expect(five.rows).toHaveLength(5);
    expect(five.columns.slice(0, 11)).toEqual([
      "id",
      "context_type",
      "context_value",
      "trade_timestamp",
      "entry_price",
      "exit_price",
      "return_pct",
      "win",
      "volume_ratio",
      "signal_strength",
      "created_at",
    ]);
    expect(await query(folder, LAST_WEEK)).toEqual({
      columns: ["context_value", "trades", "avg_return_pct", "win_rate"],
      rows: [
        ["BUY|mid|4-6x", 4, 0.25, 100],
        ["BUY|open|4-6x", 2, -0.2, 0],
      ],
      truncated: false,
    });
  });

  it("sees all tables at once, and what is recorded meanwhile", async () => {
    const folder = await traded();
    const joined = "SELECT COUNT(*) FROM paper_trades JOIN context_performance USING (recommendation_id)";
    expect((await query(folder, joined)).rows).toEqual([[6]]);
    expect((await query(folder, "SELECT count(*) FROM portfolio_equity, imported, meta")).rows).toEqual([[5]]);
    const store = await openStore(folder);
    await store.keep(paperTrade(7));
    expect((await query(folder, joined)).rows).toEqual([[7]]);
    await store.close();
  });

  it.each([
    ["DELETE FROM paper_trades", "DELETE is not possible here, only SELECT"],
    ["/* a */ -- b\n ; drop table imported", "DROP is not possible here"],
    ["PRAGMA query_only = OFF", "PRAGMA is not possible here"],
    ["ATTACH 'x' AS y", "ATTACH is not possible here"],
    ["WITH x AS (SELECT 1) DELETE FROM paper_trades", "attempt to write a readonly database"],
    ["WITH x AS (SELECT 1) INSERT INTO meta SELECT 1, 2", "attempt to write a readonly database"],
    ["SELECT 1; SELECT 2", "one query at a time"],
    ["SELECT 1; DROP TABLE meta", "one query at a time"],
    ["", "there is no query"],
    [" ; -- nothing", "there is no query"],
    ["SELECT x FROM context_performance", "no such column: x"],
    ["SELECT * FROM nowhere", "no such table: nowhere"],
    ["SELECT 'open", "unrecognized token"],
    ["SELECT load_extension('x')", "no such function: load_extension"],
    ["SELECT length(hex(zeroblob(900000000)))", ""],
  ])("%s fails in one line, and nothing changes", async (text, says) => {
    const folder = await traded();
    const state = () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile())
        .map((file) => readFileSync(join(file.parentPath, file.name)).toString("latin1"))
        .sort();
    const before = state();
    const failure = await query(folder, text).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreError);
    const { message } = failure as StoreError;
    expect(message).toMatch(/^The query failed: ./);
    expect(message).toContain(says);
    expect(message).not.toContain("\n");
    expect(state()).toEqual(before);
  });

  it("that never ends is ended", async () => {
    const endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
    await expect(query(await traded(), endless, { timeoutMs: 300 })).rejects.toThrow(
      "The query failed: it took longer than 0.3 s and was ended",
    );
  });

  it("gives a bounded number of rows, and says that there are more", async () => {
    const folder = await traded();
    const many = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c";
    expect(await query(folder, many)).toMatchObject({ truncated: true, rows: { length: 1000 } });
    expect(await query(folder, many, {}, 2)).toEqual({ columns: ["x"], rows: [[1], [2]], truncated: true });
    expect(await query(folder, `${many} LIMIT 2`, {}, 2)).toMatchObject({ truncated: false });
    await expect(query(folder, `SELECT '${"x".repeat(100_000)}'`)).rejects.toThrow("at most 100000 are taken");
    await expect(query(join(folder, "none"), "SELECT 1")).rejects.toThrow("there is nothing to query");
  });

  it("gives every value as it is", async () => {
    const { rows } = await query(await traded(), "SELECT 9007199254740993, 1.5, NULL, x'00ff', 'ä', -3, -9e999");
    expect(rows).toEqual([["9007199254740993", 1.5, null, "x'00ff'", "ä", -3, "-Infinity"]]);
  });

  it("of any text gives a result or one line", async () => {
    const sql = await loadSql(await wasm());
    const database = new sql.Database();
    database.run("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x')");
    const bytes = database.export();
    database.close();
    const word = fc.constantFrom(
      "SELECT",
      "FROM",
      "t",
      "a",
      "*",
      "(",
      ")",
      ",",
      "'",
      '"',
      ";",
      "--",
      "/*",
      "WITH",
      "\u0000",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 5 })), { maxLength: 12 }), (words) => {
        try {
          expect(runQuery(sql, bytes, words.join(" "), 5).rows.length).toBeLessThanOrEqual(5);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryProblem);
          expect((error as QueryProblem).message).not.toContain("\n");
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("A table", () => {
  const result = {
    columns: ["context", "n"],
    rows: [
      ["BUY|mid", 12],
      ["a\u001b[2J\n<b>`*", null],
      ["x".repeat(100), 3.25],
    ],
    truncated: false,
  };

  it("is aligned, numbers to the right, without what could move a terminal", () => {
    expect(alignedTable({ ...result, rows: result.rows.slice(0, 2) })).toEqual(
      ["context      n", "-------  ----", "BUY|mid    12", "a <b>`*  NULL", "(2 rows)"].map((line, index) =>
        index === 0 ? "context     n" : line,
      ),
    );
    expect(alignedTable(result).at(4)).toBe(`${"x".repeat(77)}...  3.25`);
    expect(alignedTable({ columns: ["a"], rows: [], truncated: false })).toEqual(["a", "-", "(0 rows)"]);
    expect(alignedTable({ columns: ["a"], rows: [[1]], truncated: true }).at(-1)).toBe(
      "(the first 1 rows; there are more)",
    );
  });

  it("in Markdown has the query, and nothing in it is taken for Markdown", () => {
    const text = markdownTable("SELECT 1 -- ```", { ...result, rows: result.rows.slice(0, 2) });
    expect(text.split("\n")).toEqual([
      "````sql",
      "SELECT 1 -- ```",
      "````",
      "",
      "| context | n |",
      "| --- | --: |",
      "| BUY\\|mid | 12 |",
      "| a &lt;b>\\`\\* | NULL |",
      "",
      "(2 rows)",
      "",
    ]);
  });
});
