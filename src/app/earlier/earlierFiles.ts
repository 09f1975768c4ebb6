import { basename, join } from "node:path";
import type { ImportSource } from "../../core/events.js";
import { say } from "../../core/say.js";
import { type Fs, nodeFs } from "../../store/files.js";
import { readForeignDatabase } from "../../store/foreignDatabase.js";
import { fileFailure, StoreError } from "../../store/storeError.js";
import type { QueryTools } from "../data/queryJournal.js";
import { repeatedKeys } from "../jsonKeys.js";
import { PAPER_TABLES, RECOMMENDATION_FIELDS, STATISTICS_TABLES } from "./tables.js";
import { type RawRow, RowProblem } from "./values.js";

/** What an import works with. */
export interface ImportTools extends QueryTools {
  /** Told, in a few words, how far it has come. */
  readonly progress?: (text: string) => void;
  /** Ends it; nothing has changed then. */
  readonly stop?: AbortSignal;
}

/** A file or a table of the earlier system as it was read. */
export interface EarlierTable {
  readonly source: ImportSource;
  readonly file: string;
  /** A row, or what is wrong with it, in the order of the file. */
  readonly rows: readonly (RawRow | RowProblem)[];
}

const DATABASES = { "bayesian_stats.db": STATISTICS_TABLES, "paper_trades.db": PAPER_TABLES } as const;
const LOG = "recommendations_log.jsonl";

const MAX_LOG_BYTES = 50_000_000;
const MAX_LINE = 65_536;

/**
 * Reads the earlier system's files.
 *
 * @param from its folder, that folder's parent, or one of the files
 * @throws StoreError in one line, when there is none or one cannot be read
 */
export async function readEarlier(from: string, tools: ImportTools): Promise<readonly EarlierTable[]> {
  const { fs = nodeFs, queryWorker, timeoutMs, stop } = tools;
  const paths = await earlierPaths(fs, from);
  const tables: EarlierTable[] = [];
  for (const path of paths) {
    const name = basename(path);
    if (name === LOG) tables.push({ source: "recommendations_log", file: path, rows: await logRows(fs, path) });
    if (!isDatabase(name)) continue;
    tools.progress?.(say("Reading {0}", name));
    const reading = { queryWorker: await queryWorker(), wasm: await tools.wasm(), timeoutMs, stop };
    const read = await readForeignDatabase(reading, fs, path, DATABASES[name]);
    for (const [source, rows] of Object.entries(read) as [ImportSource, readonly RawRow[] | undefined][]) {
      if (rows !== undefined) tables.push({ source, file: path, rows });
    }
  }
  return tables;
}

async function earlierPaths(fs: Fs, from: string): Promise<readonly string[]> {
  const names = [LOG, ...Object.keys(DATABASES)];
  try {
    const status = await fs.stat(from);
    if (status?.isFile === true) {
      if (names.includes(basename(from))) return [from];
      throw new StoreError(say('"{0}" is none of the files that can be imported: {1}', from, names.join(", ")), {
        retriable: false,
      });
    }
    for (const folder of [from, join(from, "data")]) {
      const found = names.map((name) => join(folder, name));
      const there = await Promise.all(found.map((path) => fs.stat(path)));
      const paths = found.filter((_, index) => there[index] !== undefined);
      if (paths.length > 0) return paths;
    }
  } catch (error) {
    throw fileFailure(say('Could not read "{0}"', from), error);
  }
  throw new StoreError(say('"{0}" has none of the earlier system\'s files: {1}', from, names.join(", ")), {
    retriable: false,
  });
}

async function logRows(fs: Fs, path: string): Promise<readonly (RawRow | RowProblem)[]> {
  const status = await fs.stat(path);
  if (status === undefined || !status.isFile || status.size > MAX_LOG_BYTES) {
    throw new StoreError(
      say('"{0}" cannot be imported: it is no file, or has more than {1} bytes', path, MAX_LOG_BYTES),
      {
        retriable: false,
      },
    );
  }
  const bytes = await fs.readFile(path).catch((error: unknown) => {
    throw fileFailure(say('Could not read "{0}"', path), error);
  });
  const lines = textOf(bytes, path).split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines.map(lineRow);
}

function textOf(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new StoreError(say('"{0}" cannot be imported: it is no text in UTF-8', path), { retriable: false });
  }
}

function lineRow(line: string): RawRow | RowProblem {
  if (line.length > MAX_LINE) return new RowProblem(say("the line has {0} characters", line.length));
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return new RowProblem(say("it is no JSON"));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return new RowProblem(say("it is no object"));
  const [twice] = repeatedKeys(line);
  if (twice !== undefined) return new RowProblem(say("it names {0} twice", twice.slice(0, 40)));
  if (Object.hasOwn(value, "__proto__")) return new RowProblem(say("it names a prototype"));
  const of = value as Readonly<Record<string, unknown>>;
  // This program's own log has an id in each line.
  if (Object.hasOwn(of, "id")) return new RowProblem(say("it was written by this program"));
  return Object.fromEntries(RECOMMENDATION_FIELDS.map((field) => [field, Object.hasOwn(of, field) ? of[field] : null]));
}

function isDatabase(name: string): name is keyof typeof DATABASES {
  return Object.hasOwn(DATABASES, name);
}
