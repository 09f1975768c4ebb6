import { basename, dirname, join } from "node:path";
import type { SqlJsStatic } from "sql.js";
import type { EngineOutput } from "../core/events.js";
import { say } from "../core/say.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { replaceFile } from "./atomicFile.js";
import type { Clock } from "./clock.js";
import { type Fs, makeFolder } from "./files.js";
import { quarantine } from "./journalFiles.js";
import { markOf } from "./journalReader.js";
import {
  buildDatabases,
  buildForQueries,
  type Databases,
  isCurrent,
  isOwnDatabase,
  isUntouched,
  loadSql,
  mayReplace,
  type Origin,
} from "./projection.js";
import type { RecordedAt } from "./rows.js";
import { SCHEMA_VERSION } from "./schema.js";
import { snapshotPath } from "./snapshot.js";
import { StoreError } from "./storeError.js";
import { UserFiles } from "./userFiles.js";

/** What SQLite keeps beside a database while another program writes it; the database is read as these say. */
const SIDE_FILES = ["-wal", "-journal", "-shm"];

/** Smaller databases are looked at again in a moment. */
const NOTE_FROM_BYTES = 1_000_000;

/** The user's own files in the data folder, made anew from what was kept. */
export class Projections {
  readonly #fs: Fs;
  readonly #wasm: () => Promise<ArrayBuffer | Uint8Array>;
  readonly #statistics: string;
  readonly #paper: string;
  readonly #warn: (sentence: string) => void;
  readonly #userFiles: UserFiles;
  readonly #note: string;
  readonly #files: readonly string[];
  #sql: Promise<SqlJsStatic> | undefined;

  /** @param options.warn told, in one sentence, of a file that had to be moved */
  constructor(options: {
    readonly fs: Fs;
    readonly clock: Clock;
    readonly folder: string;
    readonly wasm: () => Promise<ArrayBuffer | Uint8Array>;
    readonly warn: (sentence: string) => void;
  }) {
    const { fs, clock, folder, wasm, warn } = options;
    this.#fs = fs;
    this.#wasm = wasm;
    this.#warn = warn;
    this.#statistics = join(folder, "bayesian_stats.db");
    this.#paper = join(folder, "paper_trades.db");
    this.#userFiles = new UserFiles(fs, clock, folder);
    this.#note = join(dirname(snapshotPath(folder)), "files.json");
    this.#files = [this.#statistics, this.#paper, this.#userFiles.log, this.#userFiles.latest];
  }

  /**
   * Whether it was noted that all files are what was made of the set `records`, and nobody has touched them since.
   * To read them all would take longer than a start over years of trades.
   */
  async areNoted(records: string): Promise<boolean> {
    try {
      const noted = Buffer.from(await this.#fs.readFile(this.#note)).toString();
      return noted === (await this.#noteOf(records)) && !(await this.#isAnyBeingChanged());
    } catch {
      // Nothing is noted, or nothing that says so.
      return false;
    }
  }

  /** Notes that all files are made of the set `records`, where reading them again would take its time. */
  async note(records: string): Promise<void> {
    if (((await this.#fs.stat(this.#statistics))?.size ?? 0) < NOTE_FROM_BYTES) return;
    await makeFolder(this.#fs, dirname(this.#note));
    await replaceFile(this.#fs, this.#note, Buffer.from(await this.#noteOf(records)));
  }

  async #noteOf(records: string): Promise<string> {
    const marks: string[] = [];
    for (const path of this.#files) {
      const status = await this.#fs.stat(path);
      marks.push(status === undefined ? "" : `${status.size} ${markOf(status)}`);
    }
    return JSON.stringify({ schema: SCHEMA_VERSION, records, marks });
  }

  async #isAnyBeingChanged(): Promise<boolean> {
    return (await this.#isBeingChanged(this.#statistics)) || this.#isBeingChanged(this.#paper);
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
   * Writes both databases, if one is missing, damaged or not made of the set `origin.records`. Files with results
   * are never replaced by empty ones.
   *
   * @throws StoreError when one cannot be written, or another program's database stands in its place
   */
  async write(outputs: readonly EngineOutput[], origin: Origin, recordedAt: RecordedAt): Promise<void> {
    if (await this.#areCurrent(outputs.length === 0, origin.records)) return;
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

  async #areCurrent(isEmpty: boolean, records: string): Promise<boolean> {
    for (const path of [this.#statistics, this.#paper]) {
      if ((await this.#fs.stat(path))?.isFile !== true || (await this.#isBeingChanged(path))) return false;
      if (!isEmpty && !(await isCurrent(await this.#loaded(), await this.#fs.readFile(path), records))) return false;
    }
    return true;
  }

  /** Whether SQLite would read another database than the file's bytes are. */
  async #isBeingChanged(path: string): Promise<boolean> {
    for (const suffix of ["-wal", "-journal"]) {
      if (((await this.#fs.stat(path + suffix))?.size ?? 0) > 0) return true;
    }
    return false;
  }

  #loaded(): Promise<SqlJsStatic> {
    this.#sql ??= this.#wasm().then(loadSql);
    return this.#sql;
  }

  async #replace(path: string, bytes: Uint8Array): Promise<void> {
    // Looked at each time: the user may have put his own file there meanwhile.
    const before = (await this.#fs.stat(path))?.isFile === true ? await this.#fs.readFile(path) : new Uint8Array();
    if (!mayReplace(before)) {
      throw new StoreError(
        say(
          '"{0}" was made by another program or a newer version and is left as it is. Move it away to have it written here',
          path,
        ),
        { retriable: false },
      );
    }
    if (before.length > 0 && !(await isUntouched(await this.#loaded(), before))) await this.#putAside(path, before);
    await this.#putSideFilesAside(path);
    await replaceFile(this.#fs, path, bytes);
  }

  /** Nothing that the user or another program may have written is gone with the file. */
  async #putAside(path: string, bytes: Uint8Array): Promise<void> {
    const folder = join(dirname(path), "quarantine");
    const copy = await quarantine(this.#fs, folder, basename(path), bytes, bytes.length);
    this.#warn(
      `"${path}" is damaged, or was not written by this version alone: a copy was put at "${copy}", and it is made anew from the journal`,
    );
  }

  /** What another program was about to change in the database of before, SQLite would do to the new one. */
  async #putSideFilesAside(path: string): Promise<void> {
    const folder = join(dirname(path), "quarantine");
    const moved: string[] = [];
    for (const side of SIDE_FILES.map((suffix) => path + suffix)) {
      if ((await this.#fs.stat(side))?.isFile !== true) continue;
      const bytes = await this.#fs.readFile(side);
      await quarantine(this.#fs, folder, basename(side), bytes, bytes.length);
      await this.#fs.remove(side);
      moved.push(`"${basename(side)}"`);
    }
    if (moved.length === 0) return;
    // Gone for certain before the new database is there.
    await this.#fs.syncFolder(dirname(path));
    this.#warn(
      `Another program was changing "${path}", which is made from the journal: ${moved.join(", ")} beside it was put into "${folder}"`,
    );
  }
}
