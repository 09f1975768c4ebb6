import type { SqlJsStatic } from "sql.js";
import type { EngineOutput } from "../core/events.js";
import { say } from "../core/say.js";
import { Pieces } from "./pieces.js";
import {
  buildDatabases,
  buildForQueries,
  type Databases,
  isInTables,
  loadSql,
  type Origin,
  verifiedRecords,
} from "./projection.js";
import { type BuildTask, inWorker, type OutputBatch, type Task, type WorkerOptions } from "./query/queryInWorker.js";
import type { RecordedAt } from "./rows.js";
import { StoreError } from "./storeError.js";

/** What databases are made with. */
export interface DatabaseTools {
  /** The bytes of `sql-wasm.wasm`, asked for by the first database. */
  readonly wasm: () => Promise<ArrayBuffer | Uint8Array>;
  /** Path of the built `queryWorker.cjs`; undefined: all is done in this thread. */
  readonly queryWorker?: (() => Promise<string>) | undefined;
  /** From so many outputs on, and so large files, another thread does it. */
  readonly many?: { readonly outputs: number; readonly bytes: number };
}

/** Less is done within a few turns of the event loop, some 50 ms together: a thread takes longer to begin. */
const MANY = { outputs: 5_000, bytes: 1_000_000 };

/** So many are sent at once, within a millisecond. */
const BATCH = 250;

/**
 * Makes and verifies databases. SQLite gives nothing else its turn while it writes its pages out or looks through all of them, which
 * takes a second with 100,000 trades: where there are many, that is done in a thread of its own.
 */
export class DatabaseMaker {
  readonly #wasm: () => Promise<ArrayBuffer | Uint8Array>;
  readonly #queryWorker: (() => Promise<string>) | undefined;
  readonly #many: { readonly outputs: number; readonly bytes: number };
  #sql: Promise<SqlJsStatic> | undefined;

  constructor({ wasm, queryWorker, many = MANY }: DatabaseTools) {
    this.#wasm = wasm;
    this.#queryWorker = queryWorker;
    this.#many = many;
  }

  /** Both databases, as `buildDatabases` makes them. */
  async build(outputs: readonly EngineOutput[], origin: Origin, recordedAt: RecordedAt): Promise<Databases> {
    const files = await this.#built("two files", outputs, origin, recordedAt);
    if (files === undefined) return buildDatabases(await this.#loaded(), outputs, origin, recordedAt);
    const [statistics, paper] = files as readonly [Uint8Array, Uint8Array];
    return { statistics, paper };
  }

  /** The tables of both in one, as `buildForQueries` makes them. */
  async buildForQueries(outputs: readonly EngineOutput[], origin: Origin, recordedAt: RecordedAt): Promise<Uint8Array> {
    const files = await this.#built("one file", outputs, origin, recordedAt);
    return files?.[0] ?? buildForQueries(await this.#loaded(), outputs, origin, recordedAt);
  }

  /** As `verifiedRecords` says. */
  async verifiedRecords(file: Uint8Array): Promise<string | undefined> {
    if (this.#queryWorker === undefined || file.length < this.#many.bytes) {
      return verifiedRecords(await this.#loaded(), file);
    }
    return this.#inThread<string | undefined>({ wasm: await this.#bytes(), file });
  }

  /** In a thread; undefined where there are few. */
  async #built(
    build: BuildTask["build"],
    outputs: readonly EngineOutput[],
    origin: Origin,
    recordedAt: RecordedAt,
  ): Promise<readonly Uint8Array[] | undefined> {
    if (this.#queryWorker === undefined || outputs.length < this.#many.outputs) return undefined;
    const shown = outputs.filter(isInTables);
    if (shown.length < this.#many.outputs) return undefined;
    const task: BuildTask = { wasm: await this.#bytes(), build, origin };
    return this.#inThread(task, {
      async send(post, done) {
        const pieces = new Pieces(4);
        for (let first = 0; first < shown.length && !done.aborted; first += BATCH) {
          const batch = shown.slice(first, first + BATCH);
          post({ outputs: batch, times: batch.map(recordedAt) } satisfies OutputBatch);
          await pieces.next();
        }
        post(undefined);
      },
    });
  }

  async #inThread<Result>(task: Task, options: WorkerOptions = {}): Promise<Result> {
    const program = (await this.#queryWorker?.()) ?? "";
    const answer = await inWorker<Result>(program, task, options);
    if ("result" in answer) return answer.result;
    throw new StoreError(say("The thread that works on the databases failed: {0}. Try again", answer.problem), {
      retriable: true,
    });
  }

  async #bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.#wasm());
  }

  #loaded(): Promise<SqlJsStatic> {
    this.#sql ??= this.#wasm().then(loadSql);
    return this.#sql;
  }
}
