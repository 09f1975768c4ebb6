import { Worker } from "node:worker_threads";
import type { EngineOutput } from "../../core/events.js";
import { say } from "../../core/say.js";
import type { Micros } from "../../core/units.js";
import type { Origin } from "../projection.js";
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

/** What the thread is given for the databases of a data folder; what they are made of is sent behind it. */
export interface BuildTask {
  readonly wasm: Uint8Array;
  readonly build: "two files" | "one file";
  readonly origin: Origin;
}

/** Outputs in their order, and when each was recorded. */
export interface OutputBatch {
  readonly outputs: readonly EngineOutput[];
  readonly times: readonly Micros[];
}

/** What the thread is given to see whether a file is as it was built. */
export interface VerifyTask {
  readonly wasm: Uint8Array;
  readonly file: Uint8Array;
}

export type Task = QueryTask | TablesTask | BuildTask | VerifyTask;

/** What came of it; a problem is the rest of a sentence in one line. */
export type Answer<Result> = { readonly result: Result } | { readonly problem: string };

/** What the thread's own memory may be for what others wrote, beside SQLite's, in megabytes. */
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

export interface WorkerOptions {
  /** Undefined: it may take as long as it takes. */
  readonly timeoutMs?: number;
  readonly stop?: AbortSignal | undefined;
  /** Sends it what belongs to the task; `done` fires when nothing more is needed. */
  readonly send?: (post: (message: unknown) => void, done: AbortSignal) => Promise<void>;
}

/** Has a task done in a thread that is ended when it takes too long or is to stop. */
export async function inWorker<Result>(
  program: string,
  task: Task,
  { timeoutMs, stop, send }: WorkerOptions,
): Promise<Answer<Result>> {
  if (stop?.aborted === true) return STOPPED;
  const worker = new Worker(program, { workerData: task, ...(timeoutMs !== undefined && { resourceLimits: MEMORY }) });
  const done = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Answer<Result>>((resolve, reject) => {
      if (timeoutMs !== undefined) {
        const late = say("it took longer than {0} s and was ended", timeoutMs / 1000);
        timer = setTimeout(() => resolve({ problem: late }), timeoutMs);
      }
      stop?.addEventListener("abort", () => resolve(STOPPED), { signal: done.signal });
      worker.on("message", resolve);
      worker.on("error", (error) => resolve({ problem: error.message.split("\n", 1)[0] ?? "" }));
      worker.on("exit", () => resolve({ problem: say("its thread ended without an answer") }));
      send?.((message) => worker.postMessage(message), done.signal).catch(reject);
    });
  } finally {
    clearTimeout(timer);
    done.abort();
    await worker.terminate();
  }
}

const STOPPED = { problem: say("it was stopped") };
