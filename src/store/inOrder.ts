import { BLOCK_ROWS, byId, type KeptRecord } from "./packed.js";

/** Rows in the order of their ids. */
export interface SortedRun {
  /** Id of the first row, or one before it. */
  readonly first: string;
  /** Made when they are needed. */
  rows(): readonly KeptRecord[];
}

/** Cuts rows, in no order, into sorted runs. */
export function sortedRuns(rows: Iterable<KeptRecord>): readonly SortedRun[] {
  const sorted = [...rows].sort(byId);
  const runs: SortedRun[] = [];
  for (let start = 0; start < sorted.length; start += BLOCK_ROWS) {
    const run = sorted.slice(start, start + BLOCK_ROWS);
    runs.push({ first: run[0]?.id ?? "", rows: () => run });
  }
  return runs;
}

/** All rows of the runs in the order of their ids. No more runs are made at a time than lie across each other. */
export function* inOrder(runs: readonly SortedRun[]): Generator<KeptRecord> {
  let waiting: readonly KeptRecord[] = [];
  for (const { first, rows } of runs.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    const due = waiting.findIndex(({ id }) => id >= first);
    yield* due < 0 ? waiting : waiting.slice(0, due);
    const rest = due < 0 ? [] : waiting.slice(due);
    waiting = rest.length === 0 ? rows() : [...rest, ...rows()].sort(byId);
  }
  yield* waiting;
}
