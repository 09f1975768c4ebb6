import { createHash } from "node:crypto";
import type { Database, SqlJsStatic } from "sql.js";
import type { EngineOutput } from "../core/events.js";
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

/** Builds both files from outputs: the same outputs give the same bytes. Costs some 50 µs per closed trade, in one piece. */
export function buildDatabases(
  sql: SqlJsStatic,
  outputs: readonly EngineOutput[],
  origin: Origin,
  recordedAt: RecordedAt,
): Databases {
  const { statistics, paper } = tablesOf(outputs, recordedAt);
  return {
    statistics: build(sql, STATISTICS_SCHEMA, statistics, origin),
    paper: build(sql, PAPER_SCHEMA, paper, origin),
  };
}

/** Builds one database with the tables of both files. */
export function buildForQueries(
  sql: SqlJsStatic,
  outputs: readonly EngineOutput[],
  origin: Origin,
  recordedAt: RecordedAt,
): Uint8Array {
  const { statistics, paper } = tablesOf(outputs, recordedAt);
  return build(sql, ALL_SCHEMA, { ...statistics, ...paper }, origin);
}

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

/** Whether a file is what was built from that set of records, whole and unchanged. */
export function isCurrent(sql: SqlJsStatic, file: Uint8Array, records: string): boolean {
  return metaOf(sql, file)?.get("records") === records;
}

/** Whether a file is as this version built it, be it from other records: nobody wrote anything into it. */
export function isUntouched(sql: SqlJsStatic, file: Uint8Array): boolean {
  return metaOf(sql, file) !== undefined;
}

/**
 * What a file says of itself; undefined for one that is not as this version built it. SQLite's own check comes last: it misses
 * most changed bits (`RELIABILITY.md` 1.1), but only it looks at the indexes.
 */
function metaOf(sql: SqlJsStatic, file: Uint8Array): ReadonlyMap<unknown, unknown> | undefined {
  if (!isOwnDatabase(file) || bigEndian(file, 60) !== SCHEMA_VERSION || !isWhole(file)) return undefined;
  let database: Database | undefined;
  try {
    database = new sql.Database(file);
    const meta = new Map(valuesOf(database, "SELECT key, value FROM meta").map(([key, value]) => [key, value]));
    const isAsBuilt =
      meta.get("sha256") === checksum(database) &&
      hasOwnSchema(database) &&
      valuesOf(database, "PRAGMA integrity_check").join() === "ok";
    return isAsBuilt ? meta : undefined;
  } catch {
    // What cannot be read is not what was built.
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

type Tables = Readonly<Record<string, readonly Row[]>>;

function build(sql: SqlJsStatic, schema: string, tables: Tables, origin: Origin): Uint8Array {
  const database = new sql.Database();
  try {
    database.run(schema);
    database.run("BEGIN");
    for (const [table, rows] of Object.entries(tables)) insert(database, table, rows);
    insert(database, "meta", describe(database, tables, origin));
    database.run("COMMIT");
    return database.export();
  } finally {
    // An open one keeps a descriptor of sql.js's own file system for good.
    database.close();
  }
}

function insert(database: Database, table: string, rows: readonly Row[]): void {
  const first = rows[0];
  if (first === undefined) return;
  const columns = Object.keys(first);
  const places = columns.map(() => "?").join(", ");
  const statement = database.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`);
  try {
    for (const row of rows) statement.run(columns.map((column) => row[column] ?? null));
  } finally {
    statement.free();
  }
}

function describe(database: Database, tables: Tables, origin: Origin): readonly Row[] {
  const sha256 = checksum(database);
  const count = Object.values(tables).reduce((sum, rows) => sum + rows.length, 0);
  return Object.entries({ ...origin, rows: String(count), sha256 }).map(([key, value]) => ({ key, value }));
}

/** Whether it has no table, index, view or trigger of the user's own: SQLite keeps the words in which each was made. */
function hasOwnSchema(database: Database): boolean {
  const made = valuesOf(database, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL");
  return made.every(([words]) => ALL_SCHEMA.includes(String(words)));
}

/** SHA-256 over the rows of all tables but `meta`, as JSON. */
function checksum(database: Database): string {
  const tables = valuesOf(
    database,
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta' ORDER BY name",
  );
  const rows = tables.map(([name]) => [name, valuesOf(database, `SELECT * FROM "${name}" ORDER BY rowid`)]);
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex");
}

function valuesOf(database: Database, query: string): readonly (readonly unknown[])[] {
  return database.exec(query)[0]?.values ?? [];
}
