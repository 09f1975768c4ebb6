import type { Database, SqlJsStatic } from "sql.js";
import { say } from "../../core/say.js";
import { HEAP, QueryProblem } from "./runQuery.js";

/** A row of another program's table: what its columns hold, or that one of them holds bytes. */
export type ForeignRow = Readonly<Record<string, string | number | null | Uint8Array>>;

/** Rows by table; undefined for a table that is absent. */
export type ForeignTables = Readonly<Record<string, readonly ForeignRow[] | undefined>>;

const MAX_ROWS = 200_000;

/**
 * Reads tables of another program's database, whose content is not to be trusted: only plain tables with the expected columns.
 * Its schema holds expressions, and to look at it runs them: call it in a thread that can be ended.
 *
 * @param tables columns by table; other tables and columns are not looked at
 * @throws QueryProblem: damaged, none of the tables, or of another form
 */
export function foreignTables(
  sql: SqlJsStatic,
  bytes: Uint8Array,
  tables: Readonly<Record<string, readonly string[]>>,
): ForeignTables {
  let database: Database | undefined;
  try {
    database = new sql.Database(bytes);
    const safe = ["query_only = ON", "trusted_schema = OFF", "ignore_check_constraints = ON"];
    for (const pragma of [...safe, `hard_heap_limit = ${HEAP}`]) database.run(`PRAGMA ${pragma}`);
    if (valuesOf(database, "PRAGMA quick_check").join() !== "ok") throw new QueryProblem(say("it is damaged"));
    const open = database;
    const read = Object.entries(tables).map(([name, columns]) => [name, rowsOf(open, name, columns)] as const);
    if (read.every(([, rows]) => rows === undefined)) {
      throw new QueryProblem(say("it has none of the tables {0}", Object.keys(tables).join(", ")));
    }
    return Object.fromEntries(read);
  } catch (error) {
    if (error instanceof QueryProblem) throw error;
    throw new QueryProblem(say("SQLite cannot read it"), { cause: error });
  } finally {
    database?.close();
  }
}

function rowsOf(database: Database, table: string, columns: readonly string[]): readonly ForeignRow[] | undefined {
  const [kind] = valuesOf(database, `SELECT type, sql FROM sqlite_schema WHERE name = '${table}'`);
  if (kind === undefined) return undefined;
  if (kind[0] !== "table" || /^\s*CREATE\s+VIRTUAL/i.test(String(kind[1])))
    throw new QueryProblem(say("{0} is no table", table));
  // It names no generated columns, which would run another program's expressions.
  const known = valuesOf(database, `PRAGMA table_info(${table})`).map(([, name]) => name);
  const missing = columns.find((column) => !known.includes(column));
  if (missing !== undefined) throw new QueryProblem(say("its table {0} has no column {1}", table, missing));
  const rows = valuesOf(database, `SELECT ${columns.join(", ")} FROM ${table} ORDER BY rowid LIMIT ${MAX_ROWS + 1}`);
  if (rows.length > MAX_ROWS) throw new QueryProblem(say("its table {0} has more than {1} rows", table, MAX_ROWS));
  return rows.map((values) => Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null])));
}

function valuesOf(database: Database, query: string) {
  return database.exec(query)[0]?.values ?? [];
}
