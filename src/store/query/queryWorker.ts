import { parentPort, workerData } from "node:worker_threads";
import { loadSql } from "../projection.js";
import { foreignTables } from "./foreignTables.js";
import type { QueryTask, TablesTask } from "./queryInWorker.js";
import { QueryProblem, runQuery } from "./runQuery.js";

/*
 * A thread of its own for one query, or for another program's tables: SQLite cannot be interrupted from the thread it runs in, but a thread can be ended.
 */

const task = workerData as QueryTask | TablesTask;

loadSql(task.wasm)
  .then((sql) => {
    const { database } = task;
    const result =
      "tables" in task ? foreignTables(sql, database, task.tables) : runQuery(sql, database, task.query, task.maxRows);
    parentPort?.postMessage({ result });
  })
  .catch((error: unknown) => {
    if (!(error instanceof QueryProblem)) throw error;
    parentPort?.postMessage({ problem: error.message });
  });
