import { join } from "node:path";
import { say } from "../../core/say.js";
import { nodeFs } from "../../store/files.js";
import { journalNames } from "../../store/journalFiles.js";
import { queryInWorker } from "../../store/query/queryInWorker.js";
import type { QueryResult, QueryValue } from "../../store/query/runQuery.js";
import { Store } from "../../store/store.js";
import { StoreError } from "../../store/storeError.js";
import { plainText } from "../plainText.js";
import { VERSION } from "../version.js";
import type { DataTools } from "./exportJournal.js";

/** Rows that a query gives at most, unless another number is asked for. */
export const MAX_QUERY_ROWS = 1000;

/** What a query may take. */
const TIMEOUT_MS = 10_000;
const MAX_QUERY = 100_000;

/** What a query is run with. */
export interface QueryTools extends DataTools {
  /** Path of the built `queryWorker.cjs`. */
  readonly queryWorker: () => Promise<string>;
  /** Undefined: 10 s. */
  readonly timeoutMs?: number;
}

/**
 * Runs one SELECT over the tables of a data folder, as they follow from its journal now. The folder is only read.
 *
 * @throws StoreError in one line
 */
export async function queryJournal(
  folder: string,
  query: string,
  tools: QueryTools,
  maxRows: number = MAX_QUERY_ROWS,
): Promise<QueryResult> {
  if (query.length > MAX_QUERY) {
    throw new StoreError(say("The query has {0} characters, at most {1} are taken", query.length, MAX_QUERY), {
      retriable: false,
    });
  }
  if ((await journalNames(tools.fs ?? nodeFs, join(folder, "journal"))).length === 0) {
    throw new StoreError(say('"{0}" has no journal: there is nothing to query', folder), { retriable: false });
  }
  const store = await Store.open({ folder, kind: undefined, appVersion: VERSION, ...tools, readOnly: true });
  const database = await store.databaseForQueries();
  const task = { wasm: await tools.wasm(), database, query, maxRows };
  return queryInWorker(await tools.queryWorker(), task, tools.timeoutMs ?? TIMEOUT_MS);
}

const MAX_WIDTH = 80;

/** A result as aligned text: numbers to the right, a line under the names, and what was left out. */
export function alignedTable({ columns, rows, truncated }: QueryResult): readonly string[] {
  const cells = rows.map((row) => row.map(cellText));
  const names = columns.map(cellText);
  const widths = names.map((name, column) =>
    cells.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), name.length),
  );
  const isNumber = columns.map((_, column) => rows.every((row) => typeof row[column] !== "string"));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        isNumber[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [line(names), line(widths.map((width) => "-".repeat(width))), ...cells.map(line), countWords(rows, truncated)];
}

/** A result as a document in Markdown, with the query above its table. */
export function markdownTable(query: string, { columns, rows, truncated }: QueryResult): string {
  const line = (row: readonly string[]) => `| ${row.map(escaped).join(" | ")} |`;
  const fence = "`".repeat(Math.max(3, ...[...query.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return [
    `${fence}sql`,
    ...query.trim().split("\n"),
    fence,
    "",
    line(columns),
    `|${columns.map((_, column) => (rows.every((row) => typeof row[column] !== "string") ? " --: " : " --- ")).join("|")}|`,
    ...rows.map((row) => line(row.map(cellText))),
    "",
    countWords(rows, truncated),
    "",
  ].join("\n");
}

function countWords(rows: readonly unknown[], truncated: boolean): string {
  if (truncated) return say("(the first {0} rows; there are more)", rows.length);
  return rows.length === 1 ? "(1 row)" : say("({0} rows)", rows.length);
}

function cellText(value: QueryValue): string {
  if (value === null) return "NULL";
  const text = plainText(String(value));
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH - 3)}...` : text;
}

/** Nothing of a value may be taken for Markdown or HTML. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]|#~]/g, "\\$&").replaceAll("<", "&lt;");
}
