import { Worker } from "node:worker_threads";
import { StoreError } from "../storeError.js";
import type { QueryResult } from "./runQuery.js";

/** What the thread is given. */
export interface QueryTask {
  readonly wasm: Uint8Array;
  /** Bytes of the database; a copy goes to the thread. */
  readonly database: Uint8Array;
  readonly query: string;
  readonly maxRows: number;
}

type Answer = { readonly result: QueryResult } | { readonly problem: string };

/**
 * Runs a query in a thread that is ended when it takes too long.
 *
 * @param program path of the built `queryWorker.cjs`
 * @throws StoreError in one line: the query is wrong, writes, or took too long
 */
export async function queryInWorker(program: string, task: QueryTask, timeoutMs: number): Promise<QueryResult> {
  const worker = new Worker(program, { workerData: task });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      timer = setTimeout(
        () => resolve({ problem: `it took longer than ${timeoutMs / 1000} s and was ended` }),
        timeoutMs,
      );
      worker.on("message", resolve);
      worker.on("error", reject);
      worker.on("exit", () => resolve({ problem: "its thread ended without an answer" }));
    });
    if ("result" in answer) return answer.result;
    throw new StoreError(`The query failed: ${answer.problem}`, { retriable: false });
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const said = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    throw new StoreError(`The query failed: ${said}`, { retriable: false, cause: error });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
