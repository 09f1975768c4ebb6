import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { EngineOutput } from "../core/events.js";
import { say } from "../core/say.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { replaceFile } from "./atomicFile.js";
import type { Clock } from "./clock.js";
import { DatabaseMaker, type DatabaseTools } from "./databaseMaker.js";
import { type Fs, makeFolder } from "./files.js";
import { quarantine } from "./journalFiles.js";
import { markOf } from "./journalReader.js";
import { type Databases, isOfThisVersion, isOwnDatabase, mayReplace, type Origin } from "./projection.js";
import type { RecordedAt } from "./rows.js";
import { SCHEMA_VERSION } from "./schema.js";
import { snapshotPath } from "./snapshot.js";
import { StoreError } from "./storeError.js";
import { UserFiles } from "./userFiles.js";

/** What SQLite keeps beside a database while another program writes it; the database is read as these say. */
const SIDE_FILES = ["-wal", "-journal", "-shm"];

/** Smaller databases are looked at again in a moment. */
const NOTE_FROM_BYTES = 1_000_000;

/** Of which set of records the files were made, and how each was when it was. */
interface Note {
  readonly schema: number;
  readonly records: string;
  /** In the order of the files, those of the recommendations last or left out; empty for one that was not there. */
  readonly marks: readonly string[];
}

/** The user's own files in the data folder, made anew from what was kept. */
export class Projections {
  readonly #fs: Fs;
  readonly #maker: DatabaseMaker;
  readonly #statistics: string;
  readonly #paper: string;
  readonly #warn: (sentence: string) => void;
  readonly #userFiles: UserFiles;
  readonly #note: string;
  readonly #files: readonly string[];

  /** @param options.warn told, in one sentence, of a file that had to be moved */
  constructor(
    options: DatabaseTools & {
      readonly fs: Fs;
      readonly clock: Clock;
      readonly folder: string;
      readonly warn: (sentence: string) => void;
    },
  ) {
    const { fs, clock, folder, warn } = options;
    this.#fs = fs;
    this.#maker = new DatabaseMaker(options);
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
    const noted = await this.#noted();
    return (
      noted !== undefined && isDeepStrictEqual(noted, await this.#noteOf(records)) && !(await this.#isAnyBeingChanged())
    );
  }

  /** Undefined where nothing is noted, or nothing that can be read. */
  async #noted(): Promise<Note | undefined> {
    try {
      return JSON.parse(Buffer.from(await this.#fs.readFile(this.#note)).toString()) as Note;
    } catch {
      return undefined;
    }
  }

  /**
   * Notes that the databases are made of the set `records`, where reading them again would take its time.
   *
   * @param hasRecommendations whether the files of the recommendations are, too: else they are looked at again
   */
  async note(records: string, hasRecommendations: boolean): Promise<void> {
    if (((await this.#fs.stat(this.#statistics))?.size ?? 0) < NOTE_FROM_BYTES) return;
    await makeFolder(this.#fs, dirname(this.#note));
    const { marks, ...note } = await this.#noteOf(records);
    const noted: Note = { ...note, marks: hasRecommendations ? marks : marks.slice(0, 2) };
    await replaceFile(this.#fs, this.#note, Buffer.from(JSON.stringify(noted)));
  }

  async #noteOf(records: string): Promise<Note> {
    const marks: string[] = [];
    for (const path of this.#files) marks.push(await this.#markOf(path));
    return { schema: SCHEMA_VERSION, records, marks };
  }

  async #markOf(path: string): Promise<string> {
    const status = await this.#fs.stat(path);
    return status === undefined ? "" : `${status.size} ${markOf(status)}`;
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
  build(outputs: readonly EngineOutput[], origin: Origin, recordedAt: RecordedAt): Promise<Databases> {
    return this.#maker.build(outputs, origin, recordedAt);
  }

  /** The tables of both in one, as bytes; no file is touched. */
  buildForQueries(outputs: readonly EngineOutput[], origin: Origin, recordedAt: RecordedAt): Promise<Uint8Array> {
    return this.#maker.buildForQueries(outputs, origin, recordedAt);
  }

  async #areCurrent(isEmpty: boolean, records: string): Promise<boolean> {
    for (const path of [this.#statistics, this.#paper]) {
      if ((await this.#fs.stat(path))?.isFile !== true || (await this.#isBeingChanged(path))) return false;
      if (!isEmpty && (await this.#recordsIn(path, await this.#fs.readFile(path))) !== records) return false;
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

  /** Of which set of records a file was built, by this version, whole and unchanged. */
  async #recordsIn(path: string, file: Uint8Array): Promise<string | undefined> {
    const noted = await this.#noted();
    const mark = noted?.schema === SCHEMA_VERSION && noted.marks[this.#files.indexOf(path)];
    // To verify it takes as long as to make it.
    if (mark === (await this.#markOf(path))) return noted?.records;
    return isOfThisVersion(file) ? this.#maker.verifiedRecords(file) : undefined;
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
    // Somebody may have written into it.
    if (before.length > 0 && (await this.#recordsIn(path, before)) === undefined) await this.#putAside(path, before);
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
