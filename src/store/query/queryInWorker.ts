import { Worker } from "node:worker_threads";
import { say } from "../../core/say.js";
import { StoreError } from "../storeError.js";
import type { QueryResult } from "./runQuery.js";

/** What the thread is given for a query. */
export interface QueryTask {
  readonly wasm: Uint8Array;
  /** Bytes of the database; a copy goes to the thread. */
  readonly database: Uint8Array;
  readonly query: string;
  readonly maxRows: number;
}

/** What the thread is given for another program's tables: their columns. */
export interface TablesTask {
  readonly wasm: Uint8Array;
  readonly database: Uint8Array;
  readonly tables: Readonly<Record<string, readonly string[]>>;
}

/** What came of it; a problem is the rest of a sentence in one line. */
export type Answer<Result> = { readonly result: Result } | { readonly problem: string };

/** What the thread's own memory may be, beside SQLite's, in megabytes. */
const MEMORY = { maxOldGenerationSizeMb: 1024 };

/**
 * Runs a query in a thread that is ended when it takes too long.
 *
 * @param program path of the built `queryWorker.cjs`
 * @throws StoreError in one line: the query is wrong, writes, or took too long
 */
export async function queryInWorker(program: string, task: QueryTask, timeoutMs: number): Promise<QueryResult> {
  const answer = await inWorker<QueryResult>(program, task, { timeoutMs });
  if ("result" in answer) return answer.result;
  throw new StoreError(say("The query failed: {0}", answer.problem), { retriable: false });
}

/** Has a task done in a thread that is ended when it takes too long or is to stop. */
export async function inWorker<Result>(
  program: string,
  task: QueryTask | TablesTask,
  { timeoutMs, stop }: { readonly timeoutMs: number; readonly stop?: AbortSignal | undefined },
): Promise<Answer<Result>> {
  if (stop?.aborted === true) return STOPPED;
  const worker = new Worker(program, { workerData: task, resourceLimits: MEMORY });
  const done = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Answer<Result>>((resolve) => {
      timer = setTimeout(
        () => resolve({ problem: say("it took longer than {0} s and was ended", timeoutMs / 1000) }),
        timeoutMs,
      );
      stop?.addEventListener("abort", () => resolve(STOPPED), { signal: done.signal });
      worker.on("message", resolve);
      worker.on("error", (error) => resolve({ problem: error.message.split("\n", 1)[0] ?? "" }));
      worker.on("exit", () => resolve({ problem: say("its thread ended without an answer") }));
    });
  } finally {
    clearTimeout(timer);
    done.abort();
    await worker.terminate();
  }
}

const STOPPED = { problem: say("it was stopped") };
