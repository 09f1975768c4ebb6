import { createHash } from "node:crypto";
import type { Database, SqlJsStatic, Statement } from "sql.js";
import type { EngineOutput } from "../core/events.js";
import { Pieces } from "./pieces.js";
import { contextRows, equityRows, importedRows, paperRows, type RecordedAt, type Row } from "./rows.js";
import { ALL_SCHEMA, APPLICATION_ID, PAPER_SCHEMA, SCHEMA_VERSION, STATISTICS_SCHEMA } from "./schema.js";

/** The user's SQLite files as bytes. */
export interface Databases {
  /** `bayesian_stats.db` */
  readonly statistics: Uint8Array;
  /** `paper_trades.db` */
  readonly paper: Uint8Array;
}

/** Says in each file's table `meta` what it was made from. */
export interface Origin {
  readonly kind: string;
  readonly appVersion: string;
  /** The set of journal records that it covers, by `Kept.identity`: one with an old id may come late. */
  readonly records: string;
}

/** Loads sql.js with the bytes of its `sql-wasm.wasm`; on first need, because it takes longer than an activation may. */
export async function loadSql(wasm: ArrayBuffer | Uint8Array): Promise<SqlJsStatic> {
  const { default: initialize } = await import("sql.js");
  // sql.js takes any bytes here; its types name the buffer alone.
  return initialize({ wasmBinary: wasm as ArrayBuffer });
}

/**
 * Builds both files from outputs: the same outputs give the same bytes. Costs some 100 µs per closed trade, in pieces between which
 * everything else has its turn.
 */
export async function buildDatabases(
  sql: SqlJsStatic,
  outputs: readonly EngineOutput[],
  origin: Origin,
  recordedAt: RecordedAt,
): Promise<Databases> {
  const { statistics, paper } = tablesOf(outputs, recordedAt);
  return {
    statistics: await build(sql, STATISTICS_SCHEMA, statistics, origin),
    paper: await build(sql, PAPER_SCHEMA, paper, origin),
  };
}

/** Builds one database with the tables of both files. */
export function buildForQueries(
  sql: SqlJsStatic,
  outputs: readonly EngineOutput[],
  origin: Origin,
  recordedAt: RecordedAt,
): Promise<Uint8Array> {
  const { statistics, paper } = tablesOf(outputs, recordedAt);
  return build(sql, ALL_SCHEMA, { ...statistics, ...paper }, origin);
}

/** Whether it has a part in any table. */
export function isInTables({ type }: EngineOutput): boolean {
  return IN_TABLES.has(type);
}

const IN_TABLES: ReadonlySet<EngineOutput["type"]> = new Set([
  "recommendation",
  "fill",
  "exit",
  "amendment",
  "void",
  "equity",
  "imported",
  "paperReset",
]);

function tablesOf(outputs: readonly EngineOutput[], recordedAt: RecordedAt) {
  const statistics = {
    context_performance: contextRows(outputs, recordedAt),
    imported: importedRows(outputs, recordedAt),
  };
  const paper = { paper_trades: paperRows(outputs, recordedAt), portfolio_equity: equityRows(outputs) };
  return { statistics, paper };
}

/**
 * Whether an existing file may be replaced, once a copy of it is safe: it is this program's, of this version or an older one,
 * or no SQLite file at all. Another program's database is not ours to replace, nor is what a newer version wrote.
 */
export function mayReplace(file: Uint8Array): boolean {
  return !isSqlite(file) || (isOwnDatabase(file) && bigEndian(file, 60) <= SCHEMA_VERSION);
}

/**
 * Of which set of records a file was built, whole and unchanged. SQLite's own check comes last: it misses most changed bits
 * (`RELIABILITY.md` 1.1), but only it looks at the indexes.
 *
 * @returns empty where the file does not say; undefined for one that is damaged, that somebody wrote into, or that this program
 *   did not make
 */
export async function verifiedRecords(sql: SqlJsStatic, file: Uint8Array): Promise<string | undefined> {
  if (!isOwnDatabase(file) || !isWhole(file)) return undefined;
  return reading(sql, file, async (database) => {
    const meta = new Map(valuesOf(database, "SELECT key, value FROM meta").map(([key, value]) => [key, value]));
    const isAsBuilt =
      meta.get("sha256") === (await checksum(database)) &&
      (!isOfThisVersion(file) || hasOwnSchema(database)) &&
      valuesOf(database, "PRAGMA integrity_check").join() === "ok";
    return isAsBuilt ? String(meta.get("records") ?? "") : undefined;
  });
}

/** Whether the tables of a file are those of this version. */
export function isOfThisVersion(file: Uint8Array): boolean {
  return isOwnDatabase(file) && bigEndian(file, 60) === SCHEMA_VERSION;
}

/** Undefined for what cannot be read: that is not what was built. */
async function reading<T>(
  sql: SqlJsStatic,
  file: Uint8Array,
  read: (database: Database) => Promise<T>,
): Promise<T | undefined> {
  let database: Database | undefined;
  try {
    database = new sql.Database(file);
    return await read(database);
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

/** Whether a file is a database that this program made, of any version. */
export function isOwnDatabase(file: Uint8Array): boolean {
  return isSqlite(file) && bigEndian(file, 68) === APPLICATION_ID;
}

/** @see https://www.sqlite.org/fileformat.html#the_database_header */
function isSqlite(file: Uint8Array): boolean {
  return file.length >= 100 && Buffer.from(file.subarray(0, 16)).toString("latin1") === "SQLite format 3\0";
}

/** SQLite opens a file that lacks its last byte. */
function isWhole(file: Uint8Array): boolean {
  const size = bigEndian(file, 16) >>> 16;
  // 65536 does not fit into its two bytes and is written as 1.
  return file.length === (size === 1 ? 65_536 : size) * bigEndian(file, 28);
}

function bigEndian(file: Uint8Array, offset: number): number {
  return new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(offset);
}

type Tables = Readonly<Record<string, Iterable<Row>>>;

async function build(sql: SqlJsStatic, schema: string, tables: Tables, origin: Origin): Promise<Uint8Array> {
  const database = new sql.Database();
  try {
    database.run(schema);
    database.run("BEGIN");
    let rows = 0;
    for (const [table, values] of Object.entries(tables)) rows += await insert(database, table, values);
    const meta = { ...origin, rows: String(rows), sha256: await checksum(database) };
    await insert(
      database,
      "meta",
      Object.entries(meta).map(([key, value]) => ({ key, value })),
    );
    database.run("COMMIT");
    return database.export();
  } finally {
    // An open one keeps a descriptor of sql.js's own file system for good.
    database.close();
  }
}

/** Returns how many rows there were. */
async function insert(database: Database, table: string, rows: Iterable<Row>): Promise<number> {
  let count = 0;
  let columns: readonly string[] = [];
  let statement: Statement | undefined;
  const pieces = new Pieces();
  try {
    for (const row of rows) {
      if (statement === undefined) {
        columns = Object.keys(row);
        const places = columns.map(() => "?").join(", ");
        statement = database.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`);
      }
      statement.run(columns.map((column) => row[column] ?? null));
      count += 1;
      await pieces.next();
    }
  } finally {
    statement?.free();
  }
  return count;
}

/** Whether it has no table, index, view or trigger of the user's own: SQLite keeps the words in which each was made. */
function hasOwnSchema(database: Database): boolean {
  const made = valuesOf(database, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL");
  return made.every(([words]) => ALL_SCHEMA.includes(String(words)));
}

/** SHA-256 over the rows of all tables but `meta`, as JSON: for each table its name and the rows, in an array. */
async function checksum(database: Database): Promise<string> {
  const tables = valuesOf(
    database,
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta' ORDER BY name",
  );
  const sum = createHash("sha256");
  const pieces = new Pieces();
  let before = "[";
  for (const [name] of tables) {
    sum.update(`${before}[${JSON.stringify(name)},[`);
    const statement = database.prepare(`SELECT * FROM "${name}" ORDER BY rowid`);
    try {
      for (let comma = ""; statement.step(); comma = ",") {
        sum.update(comma + JSON.stringify(statement.get()));
        await pieces.next();
      }
    } finally {
      statement.free();
    }
    sum.update("]]");
    before = ",";
  }
  return sum.update("]").digest("hex");
}

function valuesOf(database: Database, query: string): readonly (readonly unknown[])[] {
  return database.exec(query)[0]?.values ?? [];
}
