import type { Database, SqlJsStatic, Statement } from "sql.js";
import { say } from "../../core/say.js";

/** A value of a result: whole numbers that a number cannot hold, and infinite ones that JSON cannot, are text; bytes are `x'...'`. */
export type QueryValue = string | number | null;

/** What a query gave. */
export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly QueryValue[])[];
  /** There were more rows. */
  readonly truncated: boolean;
}

/** A query that cannot be run; its message is the rest of a sentence. */
export class QueryProblem extends Error {}

/** What SQLite may take for a query, in bytes. */
export const HEAP = 256_000_000;
const MAX_CELL = 10_000;

/**
 * Runs one SELECT on a copy of a database. Nothing can be written: the copy is read-only and is thrown away.
 *
 * @throws QueryProblem in one line
 */
export function runQuery(sql: SqlJsStatic, bytes: Uint8Array, query: string, maxRows: number): QueryResult {
  const database = new sql.Database(bytes);
  try {
    database.run(`PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA hard_heap_limit = ${HEAP}`);
    return resultOf(onlySelect(database, query), maxRows);
  } catch (error) {
    if (error instanceof QueryProblem) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new QueryProblem(said.split("\n", 1)[0]);
  } finally {
    database.close();
  }
}

function onlySelect(database: Database, query: string): Statement {
  const first = firstWord(query);
  if (first === "") throw new QueryProblem(say("there is no query"));
  if (!["SELECT", "WITH", "VALUES"].includes(first)) {
    throw new QueryProblem(
      say("{0} is not possible here, only SELECT: nothing can be changed by a query", first.slice(0, 20)),
    );
  }
  const statements = database.iterateStatements(query);
  const { value: statement, done } = statements.next();
  if (done === true || statement === undefined) throw new QueryProblem(say("there is no query"));
  if (firstWord(statements.getRemainingSQL()) !== "") throw new QueryProblem(say("one query at a time"));
  return statement;
}

/** In capitals, behind spaces, semicolons and comments; empty without one. */
function firstWord(query: string): string {
  const rest = query.replace(/^(?:[\s;]+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))+/, "");
  return (/^\w+/.exec(rest)?.[0] ?? rest.slice(0, 1)).toUpperCase();
}

/** sql.js takes this option, its types do not name it. */
interface Exact {
  get(params: null, options: { readonly useBigInt: true }): readonly unknown[];
}

function resultOf(statement: Statement, maxRows: number): QueryResult {
  const columns = statement.getColumnNames();
  const rows: QueryValue[][] = [];
  while (statement.step()) {
    if (rows.length === maxRows) return { columns, rows, truncated: true };
    rows.push((statement as unknown as Exact).get(null, { useBigInt: true }).map(plainValue));
  }
  return { columns, rows, truncated: false };
}

function plainValue(value: unknown): QueryValue {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return `x'${Buffer.from(value.subarray(0, MAX_CELL / 2)).toString("hex")}'`;
  if (typeof value === "string") return value.length > MAX_CELL ? `${value.slice(0, MAX_CELL)}...` : value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  return null;
}
