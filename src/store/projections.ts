import { join } from "node:path";
import type { SqlJsStatic } from "sql.js";
import type { EngineOutput } from "../core/events.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { replaceFile } from "./atomicFile.js";
import type { Clock } from "./clock.js";
import type { Fs } from "./files.js";
import {
  buildDatabases,
  buildForQueries,
  type Databases,
  isCurrent,
  isOwnDatabase,
  loadSql,
  mayReplace,
  type Origin,
} from "./projection.js";
import type { RecordedAt } from "./rows.js";
import { StoreError } from "./storeError.js";
import { UserFiles } from "./userFiles.js";

/** The user's own files in the data folder, made anew from what was kept. */
export class Projections {
  readonly #fs: Fs;
  readonly #wasm: () => Promise<ArrayBuffer | Uint8Array>;
  readonly #statistics: string;
  readonly #paper: string;
  readonly #userFiles: UserFiles;
  #sql: Promise<SqlJsStatic> | undefined;

  constructor(fs: Fs, clock: Clock, folder: string, wasm: () => Promise<ArrayBuffer | Uint8Array>) {
    this.#fs = fs;
    this.#wasm = wasm;
    this.#statistics = join(folder, "bayesian_stats.db");
    this.#paper = join(folder, "paper_trades.db");
    this.#userFiles = new UserFiles(fs, clock, folder);
  }

  /** Whether the folder has a database that this program made. */
  async madeBefore(): Promise<boolean> {
    const status = await this.#fs.stat(this.#statistics);
    return status?.isFile === true && isOwnDatabase(await this.#fs.readFile(this.#statistics));
  }

  /** Brings `latest_recommendation.json` and `recommendations_log.jsonl` up to date. */
  async writeRecommendations(outputs: readonly EngineOutput[]): Promise<void> {
    await this.#userFiles.update(
      outputs.filter((output): output is Recommendation => output.type === "recommendation"),
    );
  }

  /**
   * Writes both databases, if one is missing, damaged or not made of everything up to `origin.lastRecord`. Files with results
   * are never replaced by empty ones.
   *
   * @throws StoreError when one cannot be written, or another program's database stands in its place
   */
  async write(outputs: readonly EngineOutput[], origin: Origin, recordedAt: RecordedAt): Promise<void> {
    if (await this.#areCurrent(outputs.length === 0, origin.lastRecord)) return;
    const { statistics, paper } = await this.build(outputs, origin, recordedAt);
    await this.#replace(this.#statistics, statistics);
    await this.#replace(this.#paper, paper);
  }

  /** Both databases as bytes; no file is touched. */
  async build(outputs: readonly EngineOutput[], origin: Origin, recordedAt: RecordedAt): Promise<Databases> {
    return buildDatabases(await this.#loaded(), outputs, origin, recordedAt);
  }

  /** The tables of both in one, as bytes; no file is touched. */
  async buildForQueries(outputs: readonly EngineOutput[], origin: Origin, recordedAt: RecordedAt): Promise<Uint8Array> {
    return buildForQueries(await this.#loaded(), outputs, origin, recordedAt);
  }

  async #areCurrent(isEmpty: boolean, lastRecord: string): Promise<boolean> {
    for (const path of [this.#statistics, this.#paper]) {
      if ((await this.#fs.stat(path))?.isFile !== true) return false;
      if (!isEmpty && !isCurrent(await this.#loaded(), await this.#fs.readFile(path), lastRecord)) return false;
    }
    return true;
  }

  #loaded(): Promise<SqlJsStatic> {
    this.#sql ??= this.#wasm().then(loadSql);
    return this.#sql;
  }

  async #replace(path: string, bytes: Uint8Array): Promise<void> {
    // Looked at each time: the user may have put his own file there meanwhile.
    const isFile = (await this.#fs.stat(path))?.isFile === true;
    if (isFile && !mayReplace(await this.#fs.readFile(path))) {
      throw new StoreError(
        `"${path}" was made by another program or a newer version and is left as it is. Move it away to have it written here`,
        { retriable: false },
      );
    }
    await replaceFile(this.#fs, path, bytes);
  }
}
