import { randomInt } from "node:crypto";
import { dirname, join } from "node:path";
import type { Footprint } from "../core/detector/footprint.js";
import { type EngineOutput, outputId } from "../core/events.js";
import { say } from "../core/say.js";
import type { Micros } from "../core/units.js";
import { removeLeftovers } from "./atomicFile.js";
import { refuseBackup } from "./backupFolder.js";
import { type Clock, systemClock } from "./clock.js";
import { Coalesced } from "./coalesced.js";
import { type Fs, makeFolder, nodeFs } from "./files.js";
import { type HaltFile, haltFile } from "./haltFile.js";
import type { JournalEntry, JournalKind } from "./journal.js";
import { JournalFolder } from "./journalFolder.js";
import { readOutput } from "./outputSchema.js";
import type { Databases, Origin } from "./projection.js";
import { Projections } from "./projections.js";
import type { JournalRecord } from "./record.js";
import { Reserve } from "./reserve.js";
import { snapshotPath } from "./snapshot.js";
import { fileFailure } from "./storeError.js";
import { synchronizedBy } from "./syncedFolder.js";

/** How whole a data folder is. */
export interface Integrity {
  /** When every journal was last looked at: its checksums hold, unless the store warns. */
  readonly verifiedAt: Micros;
  /** When the user's databases last had all that was recorded; undefined before that. */
  readonly databasesAt: Micros | undefined;
  /** Copies of damaged files that lie in the quarantine. */
  readonly quarantined: number;
  /** Bytes that this user may still write on the folder's disk; undefined where the system does not say. */
  readonly room: number | undefined;
}

export interface StoreOptions {
  /** The data folder; made if there is none, unless `readOnly`. */
  readonly folder: string;
  /** Whose results: a folder of another kind is refused. Undefined: the folder's own, in an empty one `live`. */
  readonly kind: JournalKind | undefined;
  readonly appVersion: string;
  readonly fs?: Fs;
  readonly clock?: Clock;
  /** Numbers in [0, 1), for ids. */
  readonly random?: () => number;
  /** The bytes of sql.js's `sql-wasm.wasm`, asked for by the first `flush` or `close` that has something to write. */
  readonly wasm: () => Promise<ArrayBuffer | Uint8Array>;
  /** Path of the built `queryWorker.cjs`, in which databases of many trades are made; undefined: they are made in this thread. */
  readonly queryWorker?: (() => Promise<string>) | undefined;
  readonly log: { info(message: string): void; warn(message: string): void; error(message: string): void };
  /** Nothing in the folder is touched. */
  readonly readOnly?: boolean;
  /** After so many new records a snapshot is written; 5,000 where nobody says. */
  readonly snapshotAfter?: number;
}

/**
 * Keeps the engine's outputs: in a journal of its own, beside those of other windows. What all of them hold together is
 * what was recorded; the user's files are made from it and never read back.
 */
export class Store {
  readonly #options: StoreOptions;
  readonly #journals: JournalFolder;
  readonly #reserve: Reserve;
  readonly #projections: Projections;
  readonly #recommendations: Coalesced;
  /** Their files were written by the last attempt. */
  #hasRecommendations = false;
  readonly #warnings: string[] = [];
  #closed = false;
  #verifiedAt = 0 as Micros;
  #databasesAt: Micros | undefined;
  /** What the last call failed with: whoever made it tells of it. */
  #thrown: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #projecting: Promise<unknown> = Promise.resolve();

  private constructor(options: StoreOptions) {
    const { fs = nodeFs, clock = systemClock, random = secureRandom, readOnly = false, ...given } = options;
    const { snapshotAfter = SNAPSHOT_AFTER } = options;
    this.#options = options;
    this.#reserve = new Reserve(fs, options.folder);
    const warn = (sentence: string) => this.#warn(sentence);
    const machine = { fs, clock, random, reserve: this.#reserve };
    this.#journals = new JournalFolder({ ...given, ...machine, readOnly, warn, snapshotAfter });
    const { folder, wasm, queryWorker } = options;
    this.#projections = new Projections({ fs, clock, folder, wasm, queryWorker, warn });
    this.#recommendations = new Coalesced(async () => {
      this.#hasRecommendations = false;
      await this.#tolerate(async () => {
        await this.#projections.writeRecommendations(this.outputs);
        this.#hasRecommendations = true;
      });
    });
  }

  /**
   * Reads what the folder holds. Unless `readOnly`, it first makes sure that all of it survives a power cut.
   *
   * @throws StoreError when the folder cannot be made, read or written, or holds results of another kind
   */
  static async open(options: StoreOptions): Promise<Store> {
    const { folder, fs = nodeFs, readOnly = false } = options;
    try {
      if (!readOnly) await refuseBackup(fs, folder);
      if (!readOnly) await makeFolder(fs, folder);
      else if ((await fs.stat(folder)) === undefined) throw Object.assign(new Error("missing"), { code: "ENOENT" });
    } catch (error) {
      throw fileFailure(say('Could not open the data folder "{0}"', folder), error);
    }
    const store = new Store(options);
    try {
      await store.#start();
    } catch (error) {
      await store.#journals.abandon();
      throw error;
    }
    return store;
  }

  get kind(): JournalKind {
    return this.#journals.kind;
  }

  /**
   * All that was kept but footprints and marks, oldest first, each once; of the signals, clusters and refusals the newest 21,000.
   * The array is made anew when something is added.
   */
  get outputs(): readonly EngineOutput[] {
    return this.#journals.kept.outputs;
  }

  /** `outputs` with all observations. Where there are many, most are unpacked anew by each call. */
  allOutputs(): readonly EngineOutput[] {
    return this.#journals.kept.allOutputs();
  }

  /** All that was kept but footprints, oldest first, each once, as it is now; to be gone through once. */
  everything(): Iterable<EngineOutput> {
    return this.#journals.kept.everything();
  }

  /** What an engine is told when it begins, oldest first: `outputs` and the marks; to be gone through once. */
  forRestart(): Iterable<EngineOutput> {
    return this.#journals.kept.forRestart();
  }

  /** The bars around the signals of a moment, oldest first. Unpacks them where they are old. */
  footprints(signal: Micros): readonly Footprint[] {
    return this.#journals.kept.footprints(signal);
  }

  /** What is wrong with the folder, one sentence each, for the user. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** How whole the folder is. */
  async integrity(): Promise<Integrity> {
    const { folder, fs = nodeFs } = this.#options;
    const quarantined = (await fs.readdir(join(folder, "quarantine"))).length;
    const room = await fs.room(folder);
    return { verifiedAt: this.#verifiedAt, databasesAt: this.#databasesAt, quarantined, room };
  }

  /**
   * Keeps what must last, in one write that is on the disk when it resolves.
   *
   * @returns the outputs to show: those it has kept before, by `outputId`, are left out
   * @throws StoreError when they could not be kept; the same outputs may be given again
   */
  keep(outputs: readonly EngineOutput[]): Promise<readonly EngineOutput[]> {
    return this.#inTurn(async () => {
      const fresh = this.#fresh(outputs);
      const lasting = fresh.filter((output) => outputId(output) !== undefined);
      if (lasting.length === 0) return fresh;
      await this.#journals.append(lasting.map((output) => ({ type: output.type, data: output })));
      // Beside the caller: a signal is not held back for the sake of files that can be made again.
      if (lasting.some(({ type }) => type === "recommendation")) this.#recommendations.request();
      return fresh;
    });
  }

  /** The newest value of a small fact, such as the demo's seed; undefined if it was never set. */
  meta(key: string): unknown {
    return this.#journals.kept.meta(key);
  }

  /** Keeps a small fact in the journal; `value` is plain JSON. */
  setMeta(key: string, value: unknown): Promise<void> {
    return this.#inTurn(() => this.#journals.append([{ type: "meta", data: { key, value } }]));
  }

  /**
   * Looks what other windows have recorded since.
   *
   * @returns their outputs that no call has returned yet, oldest first
   */
  refresh(): Promise<readonly EngineOutput[]> {
    return this.#inTurn(async () => {
      await this.#look();
      return this.#journals.takeNews();
    });
  }

  /** Whether a record of that id is in one of the journals. */
  knows(record: string): boolean {
    return this.#journals.kept.knows(record);
  }

  /** The records that another store does not know, in the order of their ids. */
  beyond(other: Store): readonly JournalEntry[] {
    const { kept } = this.#journals;
    // Where there are many, most are unpacked for the list.
    if (kept.identity === other.#journals.kept.identity) return [];
    return kept.entries().filter(({ id }) => !other.knows(id));
  }

  /**
   * Takes in the records of a backup that it does not know, under their own ids, in one write.
   *
   * @returns how many were new
   * @throws StoreError when they could not be kept: none of them is then
   */
  adopt(records: readonly JournalRecord[]): Promise<number> {
    return this.#inTurn(() => this.#journals.adopt(records));
  }

  /** The user's databases with all that was kept, as bytes; no file is touched. Takes some 100 µs per closed trade. */
  databases(): Promise<Databases> {
    return this.#inTurn(() =>
      this.#projections.build(this.outputs, this.#origin(), (output) => this.#recordedAt(output)),
    );
  }

  /** The tables of both in one database, as bytes, for queries. */
  databaseForQueries(): Promise<Uint8Array> {
    return this.#inTurn(() =>
      this.#projections.buildForQueries(this.outputs, this.#origin(), (output) => this.#recordedAt(output)),
    );
  }

  /** The file by which another program stops everything, if it is there. */
  haltFile(): Promise<HaltFile | undefined> {
    return haltFile(this.#options.fs ?? nodeFs, this.#options.folder);
  }

  /**
   * Writes the user's files now, unless they hold all that was recorded. Takes tens of milliseconds, and seconds where there are
   * very many trades, for which nothing else waits: call it when idle.
   *
   * @throws StoreError when one cannot be written; nothing recorded is lost by that
   */
  async flush(): Promise<void> {
    const isReadOnly = this.#options.readOnly === true;
    await this.#inTurn(async () => {
      if (isReadOnly) return;
      this.#journals.verifyOne();
      await this.#look();
      this.#save();
    });
    if (!isReadOnly) await this.#told(this.#project());
  }

  /**
   * Brings the user's files up to date and seals the journal. Closing twice is harmless; what fails here is logged, nothing
   * is lost by it.
   */
  async close(): Promise<void> {
    if (!this.#closed) {
      void this.#inTurn(() => this.#end());
      this.#closed = true;
    }
    await this.#turn;
  }

  async #start(): Promise<void> {
    await this.#journals.resume();
    await this.#look();
    this.#save();
    await this.#tolerate(() => this.#missJournals());
    if (this.#options.readOnly === true) return;
    const program = synchronizedBy(this.#options.folder);
    if (program !== undefined) {
      this.#warn(
        `${program} seems to synchronize "${this.#options.folder}": nothing is lost by that, but another computer's records may come late. A folder on this computer alone is better`,
      );
    }
    for (const folder of [this.#options.folder, dirname(snapshotPath(this.#options.folder))]) {
      await this.#tolerate(() => removeLeftovers(this.#options.fs ?? nodeFs, folder));
    }
    await this.#reserve.take().catch((error: unknown) => {
      const what = `Could not put room aside for a full disk in "${this.#options.folder}"`;
      this.#warn(fileFailure(what, error).message);
    });
    // A window that was killed has left them behind.
    await this.#tolerate(() => this.#catchUp());
  }

  async #missJournals(): Promise<void> {
    if (this.outputs.length > 0 || !(await this.#projections.madeBefore())) return;
    this.#warn(
      `No journal was found in "${this.#options.folder}", though its databases were made from one. If its folder "journal" was moved, put it back before you go on`,
    );
  }

  async #end(): Promise<void> {
    await this.#recommendations.idle();
    if (this.#options.readOnly === true) return;
    // The files shall have what the other windows recorded last, and this look may write: before the seal.
    await this.#tolerate(() => this.#look());
    await this.#tolerate(() => this.#journals.close());
    await this.#tolerate(() => this.#catchUp());
    await this.#projecting;
    await this.#journals.saved;
  }

  /** Makes up for what the user's files lack; a folder without results gets none. */
  async #catchUp(): Promise<void> {
    if (this.outputs.length > 0) await this.#project();
  }

  async #look(): Promise<void> {
    for (const problem of await this.#journals.look()) this.#warn(problem);
    this.#verifiedAt = this.#now();
  }

  #save(): void {
    this.#journals.save((error) => {
      const { message } = fileFailure(`Could not write a snapshot in "${this.#options.folder}"`, error);
      this.#options.log.info(`${message}. The next start takes longer, nothing else`);
    });
  }

  /** Those not kept before, each once. */
  #fresh(outputs: readonly EngineOutput[]): readonly EngineOutput[] {
    const seen = new Set<string>();
    return outputs.filter((output) => {
      const id = outputId(output);
      if (id === undefined) return true;
      if (this.#journals.kept.has(id) || seen.has(id)) return false;
      if (readOutput(output) === undefined) throw new Error(`An output cannot be kept: ${JSON.stringify(output)}`);
      seen.add(id);
      return true;
    });
  }

  /**
   * One at a time. A fill that is recorded meanwhile does not wait for it.
   *
   * @throws StoreError
   */
  #project(): Promise<void> {
    const done = this.#projecting.then(() => this.#writeFiles());
    this.#projecting = done.catch(() => undefined);
    return done;
  }

  async #writeFiles(): Promise<void> {
    if (await this.#projections.areNoted(this.#journals.kept.identity)) {
      this.#databasesAt = this.#now();
      return;
    }
    this.#recommendations.request();
    await this.#recommendations.idle();
    const origin = this.#origin();
    try {
      await this.#projections.write(this.outputs, origin, (output) => this.#recordedAt(output));
    } catch (error) {
      throw fileFailure(say('Could not write the databases in "{0}"', this.#options.folder), error);
    }
    this.#databasesAt = this.#now();
    // The note speaks of all files: one that is being written is not as it will be.
    await this.#recommendations.idle();
    // Only beside them: what could not be noted is looked at again.
    await this.#projections.note(origin.records, this.#hasRecommendations).catch(() => undefined);
  }

  #now(): Micros {
    return (this.#options.clock ?? systemClock).wall();
  }

  #origin(): Origin {
    const { appVersion } = this.#options;
    return { kind: this.kind, appVersion, records: this.#journals.kept.identity };
  }

  #recordedAt(output: EngineOutput): Micros {
    const time = this.#journals.kept.recordedAt(output);
    if (time === undefined) throw new Error(`An output was never recorded: ${JSON.stringify(output)}`);
    return time;
  }

  /** Goes on when what can be made up for later fails: the journal has everything. */
  async #tolerate(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      const { message } = fileFailure(
        say('Could not read or write the data files in "{0}"', this.#options.folder),
        error,
      );
      if (message !== this.#thrown) this.#warn(message);
    }
  }

  #warn(message: string): void {
    if (this.#warnings.includes(message)) return;
    this.#warnings.push(message);
    this.#options.log.warn(message);
  }

  /** One task at a time, in the order of the calls. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error("The store is closed"));
    const turn = this.#told(this.#turn.then(task));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Remembers what a call fails with. */
  async #told<T>(call: Promise<T>): Promise<T> {
    try {
      const result = await call;
      this.#thrown = undefined;
      return result;
    } catch (error) {
      this.#thrown = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }
}

/** A start reads so many in a moment. */
const SNAPSHOT_AFTER = 5_000;

function secureRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
