import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SqlJsStatic } from "sql.js";
import { beforeAll, describe, expect, it } from "vitest";
import type { EngineOutput } from "../../src/core/events.js";
import { buildDatabases, loadSql, mayReplace } from "../../src/store/projection.js";
import { APPLICATION_ID } from "../../src/store/schema.js";
import {
  amendment,
  at,
  cents,
  equity,
  exit,
  fill,
  micros,
  oneOfEach,
  paperTrade,
  partialExit,
  recommendation,
  ticks,
  voiding,
} from "../support/outputs.js";
import { openStore, temporaryFolder, wasm } from "./support.js";

/** The user's own queries, word for word. */
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

const ORIGIN = { kind: "live", appVersion: "0.1.0", records: "1 0123456789abcdef01234567" };
const hasSqlite = spawnSync("sqlite3", ["--version"]).status === 0;
let sql: SqlJsStatic;

beforeAll(async () => {
  sql = await loadSql(await wasm());
});

/** Rows of a query as objects. */
function query(file: Uint8Array, text: string): Record<string, unknown>[] {
  const database = new sql.Database(file);
  try {
    const [result] = database.exec(text);
    if (result === undefined) return [];
    return result.values.map((row) => Object.fromEntries(result.columns.map((column, index) => [column, row[index]])));
  } finally {
    database.close();
  }
}

/** As if each was recorded at its own time. */
const recordedAt = (output: EngineOutput) => ("at" in output ? output.at : micros(0));
const build = (outputs: readonly EngineOutput[]) => buildDatabases(sql, outputs, ORIGIN, recordedAt);
const manual = { account: "manual", id: "exit:manual" } as const;

describe("bayesian_stats.db", () => {
  it("has one row per closed trade of either account", async () => {
    const rows = query((await build([exit(), exit(manual), fill()])).statistics, LAST_FIVE);
    expect(rows.map(({ id, source }) => [id, source])).toEqual([
      [1, "paper"],
      [2, "manual"],
    ]);
  });

  it("speaks in points, fractions, dollars and the user's names", async () => {
    const [row] = query((await build([exit()])).statistics, "SELECT * FROM context_performance");
    expect(row).toEqual({
      id: 1,
      context_type: "dir_phase_vol_v1",
      context_value: "BUY|mid|4-6x",
      trade_timestamp: "2025-06-09T14:32:35",
      entry_price: 6010.5,
      exit_price: 6025.75,
      return_pct: 15.25 / 6010.5,
      win: 1,
      volume_ratio: 4.8,
      signal_strength: 0.72,
      created_at: "2025-06-09 18:42:15",
      recommendation_id: "ESM5-20250609T183215Z-BUY",
      source: "paper",
      direction: "BUY",
      quantity: 2,
      net_pnl: 1515,
      r_multiple: 1,
      p_at_issue: 0.625,
    });
  });

  it("has a corrected trade once, as it was corrected and in its place, and a voided one not at all", async () => {
    const other = exit({ account: "manual", id: "exit:other", recommendation: "other" });
    const corrected = exit({ ...manual, id: "exit:corrected", replaces: manual.id, netPnl: cents(-500), win: false });
    const rows = async (outputs: readonly EngineOutput[]) =>
      query(
        (await build(outputs)).statistics,
        "SELECT recommendation_id, source, win, net_pnl FROM context_performance",
      );
    const outputs = [exit(), exit(manual), other, amendment(), corrected];
    expect(await rows(outputs)).toEqual([
      expect.objectContaining({ source: "paper", net_pnl: 1515 }),
      { recommendation_id: exit().recommendation, source: "manual", win: 0, net_pnl: -5 },
      expect.objectContaining({ recommendation_id: "other", net_pnl: 1515 }),
    ]);
    expect(
      (await rows([...outputs, voiding()])).map(({ source, recommendation_id }) => [source, recommendation_id]),
    ).toEqual([
      ["paper", exit().recommendation],
      ["manual", "other"],
    ]);
    const again = exit({ ...manual, id: "exit:manual#2", netPnl: cents(100) });
    expect((await rows([...outputs, voiding(), again])).map(({ net_pnl }) => net_pnl)).toEqual([1515, 1515, 1]);
  });

  it("has a trade that was closed in parts once, at the mean of its prices, and nothing of one that is open in part", async () => {
    const parts = [partialExit(), { ...partialExit(), id: manual.id, quantity: 2, price: ticks(23_981) }];
    const closed = exit({ ...manual, quantity: 3, price: (24_165 + 2 * 23_981) / 3, parts });
    const rows = async (outputs: readonly EngineOutput[]) =>
      query((await build(outputs)).statistics, "SELECT exit_price, quantity FROM context_performance");
    expect(await rows([partialExit()])).toEqual([]);
    expect(await rows([partialExit(), closed])).toEqual([{ exit_price: expect.closeTo(6010.583333, 6), quantity: 3 }]);
    expect(await rows([partialExit(), closed, voiding({ target: manual.id })])).toEqual([]);
  });

  it("tells V6's bins from the contexts of today", async () => {
    const [row] = query(
      (await build([exit({ context: "3" })])).statistics,
      "SELECT context_type, context_value FROM context_performance",
    );
    expect(row).toEqual({ context_type: "modal_bin", context_value: "3" });
  });

  it("answers the user's query of the last seven days", async () => {
    const now = Math.floor(Date.now() / 1000) * 1_000_000;
    const recent = (hours: number, changes: Parameters<typeof exit>[0]) =>
      exit({ recommendation: `recent ${hours}`, at: (now - hours * 3.6e9) as never, ...changes });
    const { statistics } = await build([
      recent(1, { win: true, returnFraction: 0.01 }),
      recent(2, { win: false, returnFraction: -0.005 }),
      recent(3, { win: true, returnFraction: 0.005 }),
      recent(4, { context: "SHORT|open|6x+", win: false, returnFraction: -0.002 }),
      recent(24 * 9, { win: true, returnFraction: 9 }),
    ]);
    expect(query(statistics, LAST_WEEK)).toEqual([
      { context_value: "BUY|mid|4-6x", trades: 3, avg_return_pct: 0.33, win_rate: 66.7 },
      { context_value: "SHORT|open|6x+", trades: 1, avg_return_pct: -0.2, win_rate: 0 },
    ]);
  });
});

describe("paper_trades.db", () => {
  it("has the paper account's trades in V6's columns, from signal to exit", async () => {
    const outputs = [recommendation(), fill(), exit(), fill({ ...manual, id: "manual fill" }), exit(manual)];
    expect(query((await build(outputs)).paper, "SELECT * FROM paper_trades")).toEqual([
      {
        trade_id: "ESM5-20250609T183215Z-BUY",
        timestamp: "2025-06-09T14:32:15",
        signal_time: "2025-06-09T14:32:15",
        execution_time: "2025-06-09T14:32:35",
        contract: "ES JUN25",
        action: "BUY",
        quantity: 2,
        signal_price: 6010.75,
        execution_price: 6010.5,
        slippage: -0.25,
        spread: null,
        exit_price: 6025.75,
        exit_time: "2025-06-09T14:42:15",
        pnl: 1515,
        gross_pnl: 1525,
        commission_cost: 10,
        slippage_cost: -25,
        total_transaction_costs: -15,
        status: "CLOSED",
        volume_ratio: 4.8,
        signal_strength: 0.72,
        bayesian_multiplier: 1.75,
        confidence: 0.625,
        portfolio_balance_before: 15_000,
        portfolio_balance_after: 16_515,
        portfolio_pct_change: 10.1,
        exit_reason: "target",
        created_at: "2025-06-09 18:32:35",
        r_multiple: 1,
        mae_points: -2.5,
        mfe_points: 15.25,
        recommendation_id: "ESM5-20250609T183215Z-BUY",
      },
    ]);
  });

  it("shows an open position, and what a SHORT paid more as slippage against it", async () => {
    const short = { direction: "SHORT", price: ticks(24041) } as const;
    const [row] = query(
      (await build([recommendation({ action: "SHORT" }), fill(short)])).paper,
      "SELECT * FROM paper_trades",
    );
    expect(row).toMatchObject({
      status: "OPEN",
      action: "SHORT",
      slippage: 0.5,
      slippage_cost: 50,
      pnl: null,
      exit_time: null,
    });
  });

  it("joins several fills of one recommendation at their mean price", async () => {
    const fills = [fill({ quantity: 1 }), fill({ id: "second", quantity: 2, price: ticks(24045) })];
    const [row] = query((await build([recommendation(), ...fills])).paper, "SELECT * FROM paper_trades");
    expect(row).toMatchObject({ quantity: 3, execution_price: 6011, slippage: 0.25, slippage_cost: 37.5 });
  });

  it("has the paper account's value at each session's end, also without a trade", async () => {
    const next = {
      id: "equity:2",
      tradingDay: "2025-06-10",
      time: at("2025-06-10T20:00:00Z"),
      pnlToday: cents(0),
      tradesToday: 0,
    };
    const outputs = [
      equity({ id: "after exit", tradingDay: undefined }),
      equity(),
      equity(next),
      equity({ account: "manual", balance: cents(1) }),
    ];
    expect(query((await build(outputs)).paper, "SELECT * FROM portfolio_equity ORDER BY timestamp")).toEqual([
      {
        timestamp: "2025-06-09T16:00:00",
        balance: 16_515,
        pnl_today: 1515,
        trades_today: 1,
        max_balance: 16_724.06,
        drawdown_pct: 1.25,
      },
      expect.objectContaining({ timestamp: "2025-06-10T16:00:00", pnl_today: 0, trades_today: 0 }),
    ]);
  });
});

describe("both files", () => {
  it("are the same bytes whenever they are built from the same outputs", async () => {
    const folder = temporaryFolder();
    const outputs = [...oneOfEach(), ...paperTrade(1), ...paperTrade(2, { win: false, netPnl: cents(-3000) })];
    const store = await openStore(folder);
    for (const output of outputs) await store.keep([output]);
    await store.flush();
    const read = () => ["bayesian_stats.db", "paper_trades.db"].map((name) => readFileSync(join(folder, name)));
    const first = read();
    await store.close();
    for (const name of ["bayesian_stats.db", "paper_trades.db"]) unlinkSync(join(folder, name));
    const again = await openStore(folder);
    await again.flush();
    await again.close();
    expect(read().map((bytes, index) => bytes.equals(first[index] ?? Buffer.alloc(0)))).toEqual([true, true]);
  });

  it("say what they are and what they were made from", async () => {
    for (const file of Object.values(await build(oneOfEach()))) {
      expect(query(file, "PRAGMA application_id")).toEqual([{ application_id: APPLICATION_ID }]);
      expect(query(file, "PRAGMA user_version")).toEqual([{ user_version: 2 }]);
      expect(query(file, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
      const meta = Object.fromEntries(query(file, "SELECT * FROM meta").map(({ key, value }) => [key, value]));
      expect(meta).toEqual({
        ...ORIGIN,
        rows: expect.stringMatching(/^\d+$/),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    }
    const sum = async (outputs: readonly EngineOutput[]) =>
      query((await build(outputs)).statistics, "SELECT value FROM meta WHERE key = 'sha256'")[0]?.value;
    expect(await sum([exit()])).toBe(await sum([exit()]));
    expect(await sum([exit()])).not.toBe(await sum([exit({ netPnl: cents(151_501) })]));
  });

  it("have their tables before there is a result", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await store.flush();
    await store.close();
    expect(query(readFileSync(join(folder, "bayesian_stats.db")), LAST_WEEK)).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(["bayesian_stats.db", "paper_trades.db", "reserve.bin"]);
  });

  it("are closed in sql.js after each build, also after one that failed", async () => {
    let open = 0;
    class Counted extends sql.Database {
      constructor() {
        super();
        open += 1;
      }
      override close() {
        open -= 1;
        super.close();
      }
    }
    const counted = { ...sql, Database: Counted };
    await buildDatabases(counted, oneOfEach(), ORIGIN, recordedAt);
    const impossible = buildDatabases(counted, [exit({ account: "nobody" as never })], ORIGIN, recordedAt);
    await expect(impossible).rejects.toThrow("CHECK constraint failed");
    expect(open).toBe(0);
  });

  it.runIf(hasSqlite)(
    `answer the user's commands in the sqlite3 program${hasSqlite ? "" : " [skipped: it is not installed]"}`,
    async () => {
      const folder = temporaryFolder();
      const store = await openStore(folder);
      await store.keep([recommendation(), fill(), exit({ at: (Date.now() * 1000) as never }), equity()]);
      await store.close();
      const run = (file: string, text: string) =>
        execFileSync("sqlite3", [join(folder, file), text], { encoding: "utf8" }).trim();
      expect(run("bayesian_stats.db", LAST_FIVE)).toContain(
        "|dir_phase_vol_v1|BUY|mid|4-6x|2025-06-09T14:32:35|6010.5|6025.75|",
      );
      expect(run("bayesian_stats.db", LAST_WEEK)).toBe("BUY|mid|4-6x|1|0.25|100.0");
      expect(run("paper_trades.db", "SELECT portfolio_balance_before, portfolio_balance_after FROM paper_trades")).toBe(
        "15000.0|16515.0",
      );
    },
  );
});

describe("a database that stands in the way", () => {
  it("is left alone when another program or a newer version made it", async () => {
    const folder = temporaryFolder();
    const foreign = new sql.Database();
    foreign.run("CREATE TABLE context_performance (id)");
    const bytes = foreign.export();
    foreign.close();
    writeFileSync(join(folder, "bayesian_stats.db"), bytes);
    const store = await openStore(folder);
    await store.keep([exit()]);
    await expect(store.flush()).rejects.toThrow("was made by another program or a newer version and is left as it is");
    expect(readFileSync(join(folder, "bayesian_stats.db"))).toEqual(Buffer.from(bytes));
    await store.close();
  });

  it("is replaced when it is ours, or no database at all", async () => {
    const own = Buffer.from((await build([exit()])).statistics);
    const newer = Buffer.from(own);
    newer.writeUInt32BE(3, 60);
    expect([own, newer, own.subarray(0, 50), Buffer.alloc(0)].map(mayReplace)).toEqual([true, false, true, true]);
  });
});

it("The databases of many trades are made in pieces: a window answers meanwhile, and the bytes are the same", async () => {
  const trades = Array.from({ length: 3_000 }, (_, at) => [
    fill({ id: `fill ${at}`, recommendation: `trade ${at}` }),
    exit({ id: `exit ${at}`, recommendation: `trade ${at}` }),
  ]).flat();
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  const [one, other] = [await build(trades), await build(trades)];
  clearInterval(timer);
  expect(turns).toBeGreaterThan(1);
  expect(Buffer.from(one.paper).equals(Buffer.from(other.paper))).toBe(true);
  expect(query(one.paper, "SELECT count(*) AS trades FROM paper_trades")).toEqual([{ trades: 3_000 }]);
});
