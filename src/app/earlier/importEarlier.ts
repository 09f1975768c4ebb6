import { join } from "node:path";
import { setImmediate as yielded } from "node:timers/promises";
import type { Imported, ImportSource } from "../../core/events.js";
import { say } from "../../core/say.js";
import { systemClock } from "../../store/clock.js";
import { nodeFs } from "../../store/files.js";
import { journalNames } from "../../store/journalFiles.js";
import { snapshotPath } from "../../store/snapshot.js";
import { Store } from "../../store/store.js";
import { StoreError } from "../../store/storeError.js";
import { VERSION } from "../version.js";
import type { EarlierDefect } from "./earlierDefects.js";
import { type ImportTools, readEarlier } from "./earlierFiles.js";
import { importedRow, KnownTrades } from "./earlierRows.js";
import { RowProblem } from "./values.js";

/** What became of one file or table. */
export interface ImportedTable {
  readonly source: ImportSource;
  readonly file: string;
  readonly read: number;
  /** New, here already, twice in the file, and refused: together `read`. */
  readonly taken: number;
  readonly known: number;
  readonly repeated: number;
  readonly refused: number;
}

/** A row that was refused. */
export interface RefusedRow {
  readonly source: ImportSource;
  /** From 1, in the order of the file. */
  readonly row: number;
  readonly reason: string;
}

/** What an import would do, or did. */
export interface ImportReport {
  readonly tables: readonly ImportedTable[];
  readonly refused: readonly RefusedRow[];
  /** How many of the rows taken have each known defect. */
  readonly defects: ReadonlyMap<EarlierDefect, number>;
  /** What is new. */
  readonly rows: readonly Imported[];
}

/** Where the earlier system's data lies, and in which zone its clock ran. */
export interface EarlierData {
  readonly from: string;
  /** IANA zone of times without an offset. */
  readonly zone: string;
}

/**
 * Says what importing the earlier system's data into a data folder would do; nothing is written.
 *
 * @throws StoreError in one line, when a file cannot be read as a whole
 */
export async function planImport(folder: string, data: EarlierData, tools: ImportTools): Promise<ImportReport> {
  return report(data, tools, await knownRows(folder, tools));
}

/**
 * Imports it: every new row becomes a record of the journal, marked as imported, in one durable write. A second time changes
 * nothing.
 *
 * @throws StoreError; nothing has changed then
 */
export async function importEarlier(folder: string, data: EarlierData, tools: ImportTools): Promise<ImportReport> {
  const planned = await planImport(folder, data, tools);
  if (planned.rows.length === 0) return planned;
  await pause(tools, say("Writing {0} rows", planned.rows.length));
  const store = await Store.open({ folder, kind: "live", appVersion: VERSION, ...tools });
  try {
    // The databases are written at the close, which warns of one that cannot be: the rows are kept all the same.
    await store.keep(planned.rows);
    return planned;
  } finally {
    await store.close();
  }
}

async function knownRows(folder: string, tools: ImportTools): Promise<readonly Imported[]> {
  const { fs = nodeFs } = tools;
  // Journals that are gone live on in the snapshot, of which the store gives them back.
  const isEmpty = (await journalNames(fs, join(folder, "journal"))).length === 0;
  if (isEmpty && (await fs.stat(snapshotPath(folder))) === undefined) return [];
  const store = await Store.open({ folder, kind: undefined, appVersion: VERSION, ...tools, readOnly: true });
  if (store.kind === "live") return store.outputs.filter((output) => output.type === "imported");
  throw new StoreError(
    say(
      '"{0}" holds {1} results: what was traded is imported into a folder of live ones. Name another',
      folder,
      store.kind,
    ),
    { retriable: false },
  );
}

/** Recommendations and paper trades come first: they tell what a statistics row left out. */
const ORDER: readonly ImportSource[] = [
  "recommendations_log",
  "paper_trades",
  "portfolio_equity",
  "context_performance",
];

async function report(
  { from, zone }: EarlierData,
  tools: ImportTools,
  before: readonly Imported[],
): Promise<ImportReport> {
  const now = (tools.clock ?? systemClock).wall();
  const tables: ImportedTable[] = [];
  const refused: RefusedRow[] = [];
  const rows: Imported[] = [];
  const known = new KnownTrades();
  for (const row of before) known.add(row);
  const here = new Set(before.map(({ id }) => id));
  const read = await readEarlier(from, tools);
  for (const { source, file, rows: raw } of read.toSorted(
    (a, b) => ORDER.indexOf(a.source) - ORDER.indexOf(b.source),
  )) {
    const seen = new Set<string>();
    const count = { taken: 0, known: 0, repeated: 0, refused: 0 };
    for (const [index, row] of raw.entries()) {
      if (index % ROWS_AT_ONCE === 0)
        await pause(tools, say("{0}: {1}, {2} of {3} rows", file, source, index, raw.length));
      const made = row instanceof RowProblem ? row : rowOrProblem(() => importedRow(source, row, { zone, now, known }));
      if (made instanceof RowProblem) {
        count.refused++;
        refused.push({ source, row: index + 1, reason: made.message });
      } else if (seen.has(made.id)) count.repeated++;
      else if (here.has(made.id)) count.known++;
      else {
        count.taken++;
        rows.push(made);
        known.add(made);
      }
      if (!(made instanceof RowProblem)) seen.add(made.id);
    }
    tables.push({ source, file, read: raw.length, ...count });
  }
  return { tables, refused, defects: countDefects(rows), rows };
}

/** Others get their turn meanwhile. */
const ROWS_AT_ONCE = 500;

/** @throws StoreError when it is to stop */
async function pause({ progress, stop }: ImportTools, text: string): Promise<void> {
  progress?.(text);
  await yielded();
  if (stop?.aborted === true) {
    throw new StoreError(say("The import was stopped. Nothing was changed; start it again when you like"), {
      retriable: true,
    });
  }
}

function rowOrProblem(make: () => Imported): Imported | RowProblem {
  try {
    return make();
  } catch (error) {
    if (error instanceof RowProblem) return error;
    throw error;
  }
}

function countDefects(rows: readonly Imported[]): ReadonlyMap<EarlierDefect, number> {
  const counts = new Map<EarlierDefect, number>();
  for (const { remarks } of rows) {
    for (const remark of remarks as readonly EarlierDefect[]) counts.set(remark, (counts.get(remark) ?? 0) + 1);
  }
  return counts;
}
