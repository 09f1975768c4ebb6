import type { Database, SqlJsStatic } from "sql.js";
import type { Fs } from "./files.js";
import { isOwnDatabase } from "./projection.js";
import { fileFailure, StoreError } from "./storeError.js";

/** A row of another program's table: what its columns hold, or that one of them holds bytes. */
export type ForeignRow = Readonly<Record<string, string | number | null | Uint8Array>>;

const MAX_BYTES = 100_000_000;
const MAX_ROWS = 200_000;
const MAGIC = "SQLite format 3\0";

/**
 * Reads tables of another program's SQLite file, whose content is not to be trusted: a copy in memory is opened, and only plain
 * tables with the expected columns are read.
 *
 * @param tables columns by table; a table that is absent gives no rows, other tables and columns are not looked at
 * @throws StoreError in one line: too large, not SQLite, damaged, not closed, of this program, or of another form
 */
export async function readForeignDatabase<Name extends string>(
  sql: SqlJsStatic,
  fs: Fs,
  path: string,
  tables: Readonly<Record<Name, readonly string[]>>,
): Promise<Readonly<Record<Name, readonly ForeignRow[] | undefined>>> {
  const bytes = await checkedBytes(fs, path);
  let database: Database | undefined;
  try {
    database = new sql.Database(bytes);
    database.run("PRAGMA trusted_schema = OFF");
    if (valuesOf(database, "PRAGMA quick_check").join() !== "ok") throw refused(path, "it is damaged");
    const open = database;
    const read = (Object.entries(tables) as [Name, readonly string[]][]).map(([name, columns]) => [
      name,
      rowsOf(open, path, name, columns),
    ]);
    if (read.every(([, rows]) => rows === undefined)) {
      throw refused(path, `it has none of the tables ${Object.keys(tables).join(", ")}`);
    }
    return Object.fromEntries(read);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw refused(path, "SQLite cannot read it");
  } finally {
    database?.close();
  }
}

async function checkedBytes(fs: Fs, path: string): Promise<Uint8Array> {
  try {
    const status = await fs.stat(path);
    if (status === undefined || !status.isFile) throw refused(path, "it is no file");
    if (status.size > MAX_BYTES) throw refused(path, `it has ${status.size} bytes, at most ${MAX_BYTES} are read`);
    for (const side of ["-wal", "-journal"]) {
      if (((await fs.stat(`${path}${side}`))?.size ?? 0) > 0) {
        throw refused(path, `what was written last is still in "${path}${side}": close the program that uses it first`);
      }
    }
    const bytes = await fs.readFile(path);
    const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 100 || Buffer.from(bytes.subarray(0, 16)).toString("latin1") !== MAGIC) {
      throw refused(path, "it is no SQLite database");
    }
    if (isOwnDatabase(bytes)) throw refused(path, "it was made by this program; restore brings back its own backups");
    const pageSize = header.getUint16(16) === 1 ? 65_536 : header.getUint16(16);
    const isCounted = header.getUint32(24) === header.getUint32(92);
    if (bytes.length % pageSize !== 0 || (isCounted && header.getUint32(28) * pageSize !== bytes.length)) {
      throw refused(path, "it is cut off or damaged");
    }
    return bytes;
  } catch (error) {
    throw fileFailure(`Could not read "${path}"`, error);
  }
}

function rowsOf(
  database: Database,
  path: string,
  table: string,
  columns: readonly string[],
): readonly ForeignRow[] | undefined {
  const [kind] = valuesOf(database, `SELECT type, sql FROM sqlite_schema WHERE name = '${table}'`);
  if (kind === undefined) return undefined;
  if (kind[0] !== "table" || /^\s*CREATE\s+VIRTUAL/i.test(String(kind[1]))) throw refused(path, `${table} is no table`);
  // It names no generated columns, which would run another program's expressions.
  const known = valuesOf(database, `PRAGMA table_info(${table})`).map(([, name]) => name);
  const missing = columns.find((column) => !known.includes(column));
  if (missing !== undefined) throw refused(path, `its table ${table} has no column ${missing}`);
  const rows = valuesOf(database, `SELECT ${columns.join(", ")} FROM ${table} ORDER BY rowid LIMIT ${MAX_ROWS + 1}`);
  if (rows.length > MAX_ROWS) throw refused(path, `its table ${table} has more than ${MAX_ROWS} rows`);
  return rows.map((values) => Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null])));
}

function valuesOf(database: Database, query: string) {
  return database.exec(query)[0]?.values ?? [];
}

function refused(path: string, why: string): StoreError {
  return new StoreError(`"${path}" cannot be imported: ${why}`, { retriable: false });
}
