import { hostname } from "node:os";
import { basename, join } from "node:path";
import { type EngineOutput, outputId } from "../core/events.js";
import { say } from "../core/say.js";
import type { Clock } from "./clock.js";
import { contradicts } from "./contradiction.js";
import type { Fs } from "./files.js";
import { Journal, type JournalEntry, type JournalKind, withEverything } from "./journal.js";
import { noteEnd } from "./journalEnds.js";
import { quarantine } from "./journalFiles.js";
import { JournalReader } from "./journalReader.js";
import { Kept, type News } from "./kept.js";
import { isCopy, JOURNAL_FORMAT, JOURNAL_VERSION, type JournalRecord, RECORD_VERSION } from "./record.js";
import type { Reserve } from "./reserve.js";
import { readSnapshot, snapshotPath, writeSnapshot } from "./snapshot.js";
import { StoreError } from "./storeError.js";
import { Ulids } from "./ulid.js";

export interface JournalFolderOptions {
  /** The data folder. */
  readonly folder: string;
  readonly kind: JournalKind | undefined;
  readonly appVersion: string;
  readonly fs: Fs;
  readonly clock: Clock;
  readonly random: () => number;
  readonly readOnly: boolean;
  readonly reserve: Reserve;
  /** Told, in one sentence, that something was put right which somebody should know of. */
  readonly warn: (sentence: string) => void;
  /** After so many new records, or a tenth more of them, a start shall not have to read them all. */
  readonly snapshotAfter: number;
}

/** All journals of a data folder as one: its own is written, those of other windows and runs are read. */
export class JournalFolder {
  #kept = new Kept();
  readonly #app: string;
  readonly #readOnly: boolean;
  readonly #clock: Clock;
  readonly #ids: Ulids;
  readonly #reader: JournalReader;
  readonly #own: Journal;
  readonly #folder: string;
  readonly #fs: Fs;
  readonly #journals: string;
  readonly #warn: (sentence: string) => void;
  readonly #snapshotAfter: number;
  #notUnderstood = 0;
  /** The snapshot, if there is one, was not read and is going to be replaced. */
  #isPassedOver = false;
  /** Records that the snapshot has. */
  #saved = 0;
  #saving: Promise<void> = Promise.resolve();
  /** What other windows recorded, by its identity, until somebody asks; nothing is news before the first look. */
  #news: Map<string, News & { readonly id: string }> | undefined;

  constructor(options: JournalFolderOptions) {
    const { folder, kind, appVersion, fs, clock, random, readOnly, reserve, warn } = options;
    this.#app = appVersion;
    this.#snapshotAfter = options.snapshotAfter;
    this.#readOnly = readOnly;
    this.#folder = folder;
    this.#warn = warn;
    this.#clock = clock;
    this.#ids = new Ulids(clock, random);
    const journals = join(folder, "journal");
    this.#fs = fs;
    this.#journals = journals;
    this.#reader = new JournalReader(fs, {
      folder: journals,
      quarantine: readOnly ? undefined : join(folder, "quarantine"),
      kind,
      knows: (id) => this.#kept.knows(id),
    });
    const program = {
      format: JOURNAL_FORMAT,
      version: JOURNAL_VERSION,
      app: appVersion,
      host: hostname(),
      pid: process.pid,
    } as const;
    this.#own = new Journal({
      fs,
      clock,
      reserve,
      folder: journals,
      session: this.#ids.next(),
      nextId: () => this.#ids.next(),
      header: () => ({ ...program, kind: this.kind }),
      everything: () => this.#everythingAgain(),
      left: (name, file) => this.#reader.know(name, file),
    });
  }

  /** Whose results they are; `live` as long as there are none and nobody said. */
  get kind(): JournalKind {
    return this.#reader.kind ?? "live";
  }

  /** All that the journals hold. */
  get kept(): Kept {
    return this.#kept;
  }

  /**
   * Takes up what the snapshot has, if there is one that fits: the first look then reads only what it lacks.
   *
   * @throws StoreError when it holds results of another kind
   */
  async resume(): Promise<void> {
    const snapshot = await readSnapshot(this.#fs, this.#folder, this.#app);
    if (snapshot === undefined || !(await this.#reader.resume(snapshot.kind, snapshot.files))) {
      this.#isPassedOver = true;
      return;
    }
    this.#kept = await Kept.from(snapshot.kept);
    this.#saved = this.#kept.size;
    this.#ids.startAfter(this.#kept.lastRecord);
  }

  /**
   * Begins to write a snapshot if there is much that the last one lacks, and does not wait for it. Call it behind a look.
   *
   * @param failed told why it could not be written: nothing is lost by that
   */
  save(failed: (error: unknown) => void): void {
    const { size } = this.#kept;
    if (this.#readOnly || this.#own.isLost || size - this.#saved < Math.max(this.#snapshotAfter, this.#saved / 10))
      return;
    this.#saved = size;
    const files = new Map([...this.#reader.files, ...this.#own.file]);
    const snapshot = { kind: this.kind, files, kept: this.#kept.save() };
    this.#saving = this.#saving.then(() => writeSnapshot(this.#fs, this.#folder, this.#app, snapshot)).catch(failed);
  }

  /** Has the next look read a journal again that the snapshot stood for. */
  verifyOne(): void {
    this.#reader.verifyOne();
  }

  /** Resolves when no snapshot is being written. */
  get saved(): Promise<void> {
    return this.#saving;
  }

  /**
   * Reads what other journals have that was not read before. What may be in the system's memory alone is written into the
   * own journal first, unless the folder is only read: nobody may see what a power cut could still undo.
   *
   * @returns what is wrong, one sentence each, for the user
   * @throws StoreError when that fails, a file cannot be read, or it holds results of another kind
   */
  async look(): Promise<readonly string[]> {
    if (!this.#readOnly) await this.#own.guard();
    const { uncertain, problems, lost, damaged, unnoted, accept } = await this.#reader.scan(
      (name) => this.#own.owns(name),
      (record) => this.#take(record),
    );
    for (const { id } of uncertain) this.#ids.startAfter(id);
    if (!this.#readOnly) {
      const unsafe = uncertain.map(({ v, id, t, type, data }) => ({ v, id, t, type, data }));
      const copies = lost.length === 0 ? unsafe : withEverything(this.#everythingAgain(), unsafe);
      if (copies.length > 0) await this.#write(copies);
      await this.#settle([...lost, ...damaged]);
      // By the old one, all of it would be written again at the next start.
      if (lost.length > 0) this.#saved = Number.NEGATIVE_INFINITY;
      for (const [name, records] of unnoted) await this.#note(name, records);
    }
    for (const record of uncertain) this.#take(record);
    const kept = this.#isPassedOver && problems.length > 0 ? await this.#keepSnapshot() : [];
    this.#isPassedOver = false;
    accept();
    this.#news ??= new Map();
    return [...problems, ...kept, ...this.#newer(), ...this.#kept.newContradictions(), ...this.#kept.newDoubles()];
  }

  /** Copies the snapshot before it is replaced: of what a journal lacks it may be all that is left. */
  async #keepSnapshot(): Promise<readonly string[]> {
    if (this.#readOnly) return [];
    const path = snapshotPath(this.#folder);
    try {
      if ((await this.#fs.stat(path)) === undefined) return [];
      const bytes = await this.#fs.readFile(path);
      const copy = await quarantine(this.#fs, join(this.#folder, "quarantine"), basename(path), bytes, bytes.length);
      return [say('The snapshot could not be used; the version that wrote it may have what is missing: "{0}"', copy)];
    } catch {
      // The journals are told of all the same.
      return [];
    }
  }

  /** What other windows have recorded that no call has returned yet, oldest first. */
  takeNews(): readonly EngineOutput[] {
    if (this.#news === undefined || this.#news.size === 0) return [];
    const news = [...this.#news.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#news.clear();
    return news.map(({ output }) => output);
  }

  #take(record: JournalRecord): void {
    this.#ids.startAfter(record.id);
    this.#kept.share(record.data);
    const made = this.#kept.add(record);
    if (made === undefined || this.#news === undefined) return;
    const { output } = made;
    const id = outputId(output) ?? "";
    const known = this.#news.get(id);
    const before = known === undefined ? made.before : known.before;
    // Records are read in any order: one may count for a moment between two that say the same.
    if (before !== undefined && !contradicts(before, output)) this.#news.delete(id);
    else this.#news.set(id, { id: record.id, output, before });
  }

  /**
   * Writes new records in one piece; they are on the disk when it resolves.
   *
   * @throws StoreError when they could not be kept
   */
  async append(contents: readonly { readonly type: string; readonly data: unknown }[]): Promise<void> {
    const t = this.#clock.wall();
    const entries = contents.map(({ type, data }) => ({ id: this.#ids.next(), t, type, data }));
    await this.#write(entries);
    for (const entry of entries) this.#kept.add({ ...entry, v: RECORD_VERSION });
  }

  /**
   * Writes those records that are not known yet, under their own ids, in one piece.
   *
   * @returns how many there were
   * @throws StoreError when they could not be kept
   */
  async adopt(records: readonly JournalRecord[]): Promise<number> {
    const unknown = new Map<string, readonly JournalRecord[]>();
    for (const record of records) {
      const same = unknown.get(record.id) ?? [];
      // Two that say different things both stay, whatever their id.
      if (this.#kept.knows(record.id) || same.some((other) => isCopy(other, record))) continue;
      unknown.set(record.id, [...same, record]);
    }
    const entries = [...unknown.values()]
      .flat()
      .map(({ v, id, t, type, data }) => ({ v, id, t, type, data }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    if (entries.length === 0) return 0;
    await this.#write(entries);
    for (const entry of entries) {
      this.#ids.startAfter(entry.id);
      this.#kept.add(entry);
    }
    return entries.length;
  }

  /** Seals the own journal, if there is one. */
  close(): Promise<void> {
    return this.#own.close();
  }

  /** Lets go of the own journal without a seal. */
  abandon(): Promise<void> {
    return this.#own.abandon();
  }

  async #write(entries: readonly JournalEntry[]): Promise<void> {
    if (this.#readOnly) throw new StoreError(say("The data folder was opened for reading only"), { retriable: false });
    const lost = this.#own.isOpen ? [] : await this.#reader.lost();
    await this.#own.append(lost.length > 0 ? withEverything(this.#everythingAgain(), entries) : entries);
    await this.#settle(lost);
  }

  /** Nothing recorded is lost without it. */
  async #settle(names: readonly string[]): Promise<void> {
    await this.#reader.settle(names).catch(() => undefined);
  }

  /** Nothing recorded is lost without it. */
  async #note(name: string, records: number): Promise<void> {
    await noteEnd(this.#fs, join(this.#journals, name), records).catch(() => undefined);
  }

  /** All that is known, for a journal was deleted, moved, replaced or changed: what a start finds so, the reader tells of. */
  #everythingAgain(): readonly JournalEntry[] {
    if (this.#news !== undefined)
      this.#warn(
        `A journal in "${this.#folder}" was deleted, replaced or changed while it was in use: all that is known was written again`,
      );
    return this.#kept.entries();
  }

  /** Tells of records that this version does not know, when there are more than before. */
  #newer(): readonly string[] {
    const { notUnderstood } = this.#kept;
    if (notUnderstood === this.#notUnderstood) return [];
    this.#notUnderstood = notUnderstood;
    return [`${notUnderstood} records are of a newer version: they are kept and not shown. Update to see them`];
  }
}
