import { parentPort, workerData } from "node:worker_threads";
import type { SqlJsStatic } from "sql.js";
import { type EngineOutput, outputId } from "../../core/events.js";
import type { Micros } from "../../core/units.js";
import { buildDatabases, buildForQueries, loadSql, verifiedRecords } from "../projection.js";
import { foreignTables } from "./foreignTables.js";
import type { BuildTask, OutputBatch, Task } from "./queryInWorker.js";
import { QueryProblem, runQuery } from "./runQuery.js";

/*
 * A thread of its own for one task of SQLite, which cannot be interrupted from the thread it runs in, nor lets anything else have
 * its turn there: a query, another program's tables, or the databases of many trades.
 */

const task = workerData as Task;

/** What is sent while SQLite is loaded waits for it. */
const sent = "build" in task ? received() : undefined;

loadSql(task.wasm)
  .then(resultOf)
  .then(([result, moved]) => parentPort?.postMessage({ result }, moved))
  .catch((error: unknown) => {
    if (!(error instanceof QueryProblem)) throw error;
    parentPort?.postMessage({ problem: error.message });
  });

/** What came of it, and the memory that goes to the other thread without a copy. */
async function resultOf(sql: SqlJsStatic): Promise<readonly [result: unknown, moved?: readonly ArrayBuffer[]]> {
  if ("tables" in task) return [foreignTables(sql, task.database, task.tables)];
  if ("query" in task) return [runQuery(sql, task.database, task.query, task.maxRows)];
  if ("file" in task) return [await verifiedRecords(sql, task.file)];
  const files = await built(sql, task);
  return [files, files.map(({ buffer }) => buffer as ArrayBuffer)];
}

async function built(sql: SqlJsStatic, { build, origin }: BuildTask): Promise<readonly Uint8Array[]> {
  const outputs: EngineOutput[] = [];
  const times = new Map<string | undefined, Micros>();
  for (const batch of (await sent) ?? []) {
    for (const [index, output] of batch.outputs.entries()) {
      outputs.push(output);
      times.set(outputId(output), batch.times[index] as Micros);
    }
  }
  const recordedAt = (output: EngineOutput) => times.get(outputId(output)) as Micros;
  if (build === "one file") return [await buildForQueries(sql, outputs, origin, recordedAt)];
  const { statistics, paper } = await buildDatabases(sql, outputs, origin, recordedAt);
  return [statistics, paper];
}

/** Resolves with all that is sent up to a message without anything in it. */
function received(): Promise<readonly OutputBatch[]> {
  return new Promise((resolve) => {
    const batches: OutputBatch[] = [];
    parentPort?.on("message", (batch: OutputBatch | undefined) => {
      if (batch === undefined) resolve(batches);
      else batches.push(batch);
    });
  });
}
