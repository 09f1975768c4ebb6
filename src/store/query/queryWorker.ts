import { parentPort, workerData } from "node:worker_threads";
import { loadSql } from "../projection.js";
import type { QueryTask } from "./queryInWorker.js";
import { QueryProblem, runQuery } from "./runQuery.js";

/*
 * A thread of its own for one query: SQLite cannot be interrupted from the thread it runs in, but a thread can be ended.
 */

const { wasm, database, query, maxRows } = workerData as QueryTask;

loadSql(wasm)
  .then((sql) => parentPort?.postMessage({ result: runQuery(sql, database, query, maxRows) }))
  .catch((error: unknown) => {
    if (!(error instanceof QueryProblem)) throw error;
    parentPort?.postMessage({ problem: error.message });
  });
