import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SqlJsStatic } from "sql.js";
import { PAPER_TABLES, STATISTICS_TABLES } from "../../src/app/earlier/tables.js";
import { loadSql } from "../../src/store/projection.js";
import { wasm } from "../store/support.js";

type Values = Readonly<Record<string, string | number | null | Uint8Array>>;

/** The earlier system's schemas, as its own code makes them (`ENGINE.md` 0.1). */
const SCHEMAS = {
  context_performance: `CREATE TABLE context_performance (id INTEGER PRIMARY KEY AUTOINCREMENT, context_type TEXT,
    context_value INTEGER, trade_timestamp TEXT, entry_price REAL, exit_price REAL, return_pct REAL, win INTEGER,
    volume_ratio REAL, signal_strength REAL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
    CREATE INDEX idx_context ON context_performance (context_type, context_value)`,
  paper_trades: `CREATE TABLE paper_trades (${PAPER_TABLES.paper_trades.join(", ").replace("trade_id", "trade_id TEXT PRIMARY KEY")})`,
  portfolio_equity: `CREATE TABLE portfolio_equity (${PAPER_TABLES.portfolio_equity.join(", ").replace("timestamp", "timestamp TEXT PRIMARY KEY")})`,
};

let sql: SqlJsStatic | undefined;

/** Bytes of an SQLite file with these tables, made by any statements before the rows. */
export async function databaseOf(
  tables: Readonly<Partial<Record<keyof typeof SCHEMAS, readonly Values[]>>>,
  more = "",
): Promise<Uint8Array> {
  sql ??= await loadSql(await wasm());
  const database = new sql.Database();
  try {
    for (const [table, rows] of Object.entries(tables)) {
      database.run(SCHEMAS[table as keyof typeof SCHEMAS]);
      for (const row of rows) {
        const columns = Object.keys(row);
        const places = columns.map(() => "?").join(", ");
        database.run(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`, Object.values(row));
      }
    }
    if (more !== "") database.run(more);
    return database.export();
  } finally {
    database.close();
  }
}

/** A trade that the user typed: bought at 6010.50, sold at 6025.75. */
export const typed = (changes: Values = {}): Values => ({
  context_type: "modal_bin",
  context_value: 5,
  trade_timestamp: "2025-06-09T14:32:15",
  entry_price: 6010.5,
  exit_price: 6025.75,
  return_pct: 15.25 / 6010.5,
  win: 1,
  volume_ratio: 75,
  signal_strength: 0.6,
  created_at: "2025-06-09 19:10:00",
  ...changes,
});

/** A trade of the paper automaton: 2 sold short at 6000, bought back at 5990, $23.75 of costs. */
export const automatic = (changes: Values = {}): Values => ({
  ...Object.fromEntries(PAPER_TABLES.paper_trades.map((column) => [column, null])),
  trade_id: "T1",
  timestamp: "2025-06-10T10:00:00",
  signal_time: "2025-06-10T10:00:00",
  execution_time: "2025-06-10T10:00:20",
  contract: "ESM6",
  action: "SHORT",
  quantity: 2,
  signal_price: 6000.25,
  execution_price: 6000,
  exit_price: 5990,
  exit_time: "2025-06-10T10:40:00",
  pnl: 976.25,
  gross_pnl: 1000,
  total_transaction_costs: 23.75,
  status: "CLOSED",
  ...changes,
});

/** A line of its log: BUY 2 ES JUN25, for the typed trade. */
export const advised = (changes: Readonly<Record<string, unknown>> = {}) => ({
  timestamp: "2025-06-09T14:32:15",
  contract: "ES JUN25",
  action: "BUY",
  quantity: 2,
  order_type: "LIMIT",
  validity: "DAY",
  price: 6010.75,
  stop_loss: 5995.25,
  profit_target: 6041.25,
  confidence: 0.62,
  bayesian_multiplier: 1,
  signal_strength: 0.6,
  volume_ratio: 75,
  ...changes,
});

/** The earlier system's folder with a bit of everything. */
export async function earlierFolder(
  folder: string,
  {
    statistics = [typed()],
    trades = [automatic()],
    equity = [{ timestamp: "2025-06-10T16:00:00", balance: 15_976.25, pnl_today: 976.25, trades_today: 1 }],
    log = [advised()],
  }: {
    statistics?: readonly Values[];
    trades?: readonly Values[];
    equity?: readonly Values[];
    log?: readonly (object | string)[];
  } = {},
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "bayesian_stats.db"), await databaseOf({ context_performance: statistics }));
  writeFileSync(join(folder, "paper_trades.db"), await databaseOf({ paper_trades: trades, portfolio_equity: equity }));
  const lines = log.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(join(folder, "recommendations_log.jsonl"), lines.map((line) => `${line}\n`).join(""));
  return folder;
}

/** All that its own table needs. */
export const STATISTICS_COLUMNS = STATISTICS_TABLES.context_performance;
