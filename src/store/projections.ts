import { join } from "node:path";
import type { SqlJsStatic } from "sql.js";
import type { EngineOutput } from "../core/events.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { replaceFile } from "./atomicFile.js";
import type { Fs } from "./files.js";
import { buildDatabases, isOwnDatabase, loadSql, mayReplace, type Origin } from "./projection.js";
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
  #written: readonly EngineOutput[] | undefined;

  constructor(fs: Fs, folder: string, wasm: () => Promise<ArrayBuffer | Uint8Array>) {
    this.#fs = fs;
    this.#wasm = wasm;
    this.#statistics = join(folder, "bayesian_stats.db");
    this.#paper = join(folder, "paper_trades.db");
    this.#userFiles = new UserFiles(fs, folder);
  }

  /** Whether the folder has a database that this program made. */
  async madeBefore(): Promise<boolean> {
    const status = await this.#fs.stat(this.#statistics);
    return status !== undefined && isOwnDatabase(await this.#fs.readFile(this.#statistics));
  }

  /** Brings `latest_recommendation.json` and `recommendations_log.jsonl` up to date. */
  async writeRecommendations(outputs: readonly EngineOutput[]): Promise<void> {
    await this.#userFiles.update(
      outputs.filter((output): output is Recommendation => output.type === "recommendation"),
    );
  }

  /**
   * Writes both databases, if one is missing or `outputs` has changed. Files with results are never replaced by empty ones.
   *
   * @throws StoreError when one cannot be written, or another program's database stands in its place
   */
  async write(outputs: readonly EngineOutput[], origin: Origin): Promise<void> {
    const sizes = [await this.#fs.stat(this.#statistics), await this.#fs.stat(this.#paper)];
    const complete = sizes.every((status) => status !== undefined);
    if (complete && (outputs === this.#written || outputs.length === 0)) return;
    this.#sql ??= this.#wasm().then(loadSql);
    const { statistics, paper } = buildDatabases(await this.#sql, outputs, origin);
    await this.#replace(this.#statistics, statistics);
    await this.#replace(this.#paper, paper);
    this.#written = outputs;
  }

  async #replace(path: string, bytes: Uint8Array): Promise<void> {
    // Looked at each time: the user may have put his own file there meanwhile.
    const exists = (await this.#fs.stat(path)) !== undefined;
    if (exists && !mayReplace(await this.#fs.readFile(path))) {
      throw new StoreError(
        `"${path}" was made by another program or a newer version and is left as it is. Move it away to have it written here`,
        { retriable: false },
      );
    }
    await replaceFile(this.#fs, path, bytes);
  }
}
