import { basename, join } from "node:path";
import { say } from "../core/say.js";
import type { Micros } from "../core/units.js";
import type { Clock } from "./clock.js";
import { appendAll, type FileStatus, type Fs, makeFolder, type OpenFile } from "./files.js";
import { noteEnd } from "./journalEnds.js";
import { markOf, type ReadFile } from "./journalReader.js";
import { encodeRecord, type JOURNAL_FORMAT, NO_RECORD_BEFORE, parseJournal, versionOf } from "./record.js";
import type { Reserve } from "./reserve.js";
import { fileFailure, isDiskFull } from "./storeError.js";

/** Whose results a data folder holds: they are never mixed. */
export type JournalKind = "live" | "replay" | "demo";

const SEAL = "seal";

/** What the first record of a journal file says. */
export interface JournalHeader {
  readonly format: typeof JOURNAL_FORMAT;
  readonly version: number;
  readonly app: string;
  readonly kind: JournalKind;
  readonly host: string;
  readonly pid: number;
  /** Place among the files of its session; there is a second one after a disk error. */
  readonly segment: number;
}

/** What is to be written: a new record, or one of another journal. */
export interface JournalEntry {
  /** Version of its form; this program's where nobody says. */
  readonly v?: number;
  readonly id: string;
  readonly t: Micros;
  readonly type: string;
  readonly data: unknown;
}

export interface JournalOptions {
  readonly fs: Fs;
  readonly clock: Clock;
  readonly folder: string;
  /** ULID that names its files. */
  readonly session: string;
  /** Asked for when a file is made. */
  readonly header: () => Omit<JournalHeader, "segment">;
  readonly reserve: Reserve;
  /** Makes the ids of header and seal. */
  readonly nextId: () => string;
  /** All that is known of the folder, asked for when this journal's file was deleted, replaced or changed under it. */
  readonly everything: () => readonly JournalEntry[];
  /** Told of a file that gets nothing more, and what of it is on the disk. */
  readonly left: (name: string, file: ReadFile) => void;
}

interface Segment {
  readonly path: string;
  readonly file: OpenFile;
  /** Undefined where the file system does not tell one file from another. */
  readonly identity: string | undefined;
  /** Bytes that are on the disk. */
  length: number;
  seq: number;
  prev: string;
  /** Id of the last record. */
  last: string;
  /** By `markOf`, as it was left; empty before. */
  mark: string;
}

/**
 * The append-only, checksummed record of one window or run: its own file, no other writer, for life. The file is made by
 * the first append.
 *
 * @see `RELIABILITY.md` 1.4
 */
export class Journal {
  readonly #options: JournalOptions;
  #segment: Segment | undefined;
  #segments = 0;
  /** Its file was deleted, replaced or changed, as far as can be told, and what was in it is not written again yet. */
  #isLost = false;
  /** Where its files were that it did not find any more as they were. */
  readonly #displaced = new Set<string>();
  #lastAppend = 0;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /**
   * Writes entries in one piece; they are on the disk when it resolves. One call at a time. On a full disk it takes the
   * reserve's room and tries once more; when the disk does not confirm, it tries once more in a new file, because the
   * system forgets what it could not write and would confirm a second time without cause. When its file was deleted,
   * replaced or changed by another program, it begins a new one with everything that is known, for the others may be gone as
   * well.
   *
   * @throws StoreError when they could not be kept; the same entries may be given again
   */
  async append(entries: readonly JournalEntry[]): Promise<void> {
    let released = false;
    let renewed = false;
    let all = this.#isLost ? withEverything(this.#options.everything(), entries) : entries;
    for (;;) {
      try {
        await this.#write(all);
        this.#isLost = false;
        await this.#noteReplaced();
        return;
      } catch (error) {
        if (error instanceof Displaced && !this.#isLost) {
          this.#isLost = true;
          all = withEverything(this.#options.everything(), entries);
          continue;
        }
        if (isDiskFull(error) && !released) {
          released = true;
          if (await this.#options.reserve.release().catch(() => false)) continue;
        }
        if (error instanceof NotConfirmed && !renewed) {
          renewed = true;
          continue;
        }
        const cause = error instanceof NotConfirmed || error instanceof Displaced ? error.cause : error;
        throw fileFailure(say('NOT SAVED: could not write the journal in "{0}"', this.#options.folder), cause);
      }
    }
  }

  /**
   * Ends the file with a seal, which says that nothing is missing. Does nothing without a file; the journal ends with it.
   *
   * @throws StoreError when it could not be sealed; its file is let go all the same
   */
  async close(): Promise<void> {
    if (this.#segment === undefined && !this.#isLost) return;
    const { clock, nextId } = this.#options;
    try {
      await this.append([{ id: nextId(), t: clock.wall(), type: SEAL, data: undefined }]);
    } catch (error) {
      if (this.#segment !== undefined) await this.#finish(this.#segment, this.#segment.seq);
      throw error;
    }
    const sealed = this.#segment;
    if (sealed !== undefined) await this.#finish(sealed, sealed.seq - 1);
  }

  /** Lets go of the file as it is, without a seal; the next append makes a new one. */
  async abandon(): Promise<void> {
    const file = this.#segment?.file;
    this.#segment = undefined;
    // Closing may repeat an error that is being handled already.
    await file?.close().catch(() => undefined);
  }

  /** Whether what was in its file is not written again yet. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** What is in its file, by the file's name; empty without one. */
  get file(): ReadonlyMap<string, ReadFile> {
    return this.#segment === undefined ? new Map() : new Map([[basename(this.#segment.path), asRead(this.#segment)]]);
  }

  /**
   * Looks whether its file is as it left it, and writes everything that is known into a new one if it is not.
   *
   * @throws StoreError when that fails
   */
  async guard(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined || (await this.#isInPlace(segment).catch(() => true))) return;
    await this.append([]);
  }

  /** Whether it has a file. */
  get isOpen(): boolean {
    return this.#segment !== undefined;
  }

  /**
   * Whether it writes the file of that name and knows what is in it. One that it left after an error may hold what the disk did
   * not confirm: nobody knows without looking.
   */
  owns(name: string): boolean {
    return this.#segment !== undefined && basename(this.#segment.path) === name;
  }

  async #write(entries: readonly JournalEntry[]): Promise<void> {
    this.#segment ??= await this.#create();
    const segment = this.#segment;
    const created = segment.length === 0;
    // Bytes written into a file that was cut would stand behind a hole, which nothing tells from a file that is as it was.
    if (!created) await this.#checkPlace(segment);
    if (entries.length === 0) return;
    const { bytes, seq, prev } = this.#encode(segment, created ? [this.#header(), ...entries] : entries);
    try {
      await appendAll(segment.file, bytes);
    } catch (error) {
      await this.#takeBack(segment);
      throw error;
    }
    try {
      await segment.file.sync();
      if (created) await this.#options.fs.syncFolder(this.#options.folder);
    } catch (error) {
      const isInPlace = await this.#hasPlace(segment, segment.length + bytes.length).then(
        (found) => found !== undefined,
        () => true,
      );
      if (!isInPlace) return this.#leave(segment);
      await this.#finish(segment, segment.seq);
      throw new NotConfirmed(error);
    }
    segment.length += bytes.length;
    segment.seq = seq;
    segment.prev = prev;
    segment.last = entries.at(-1)?.id ?? segment.last;
    // It was changed by this.
    segment.mark = "";
    if (created) await this.#note(segment.path, entries.at(-1)?.type === SEAL ? seq - 1 : seq);
    await this.#checkPlace(segment);
  }

  /** Bytes in a file that nobody can find, or that was changed, are not kept, nor are those of which that cannot be told. */
  async #checkPlace(segment: Segment): Promise<void> {
    try {
      if (await this.#isInPlace(segment)) return;
    } catch (error) {
      this.#isLost = true;
      this.#displaced.add(segment.path);
      await this.abandon();
      throw error;
    }
    await this.#leave(segment);
  }

  /** @throws Displaced */
  async #leave({ path }: Segment): Promise<never> {
    this.#displaced.add(path);
    await this.abandon();
    throw new Displaced();
  }

  /** Nothing is missing with its own files that are gone or cut: all that is known was written again. */
  async #noteReplaced(): Promise<void> {
    for (const path of this.#displaced) await this.#note(path, 0);
    this.#displaced.clear();
  }

  /** Nothing recorded is lost without it. */
  async #note(path: string, records: number): Promise<void> {
    await noteEnd(this.#options.fs, path, records).catch(() => undefined);
  }

  async #create(): Promise<Segment> {
    const { fs, folder, session } = this.#options;
    await makeFolder(fs, folder);
    const path = join(folder, `${session}-${String(this.#segments).padStart(3, "0")}.jl`);
    this.#segments += 1;
    const file = await fs.open(path, "createNew");
    try {
      const own = await file.identity();
      const identity = own === (await fs.stat(path))?.identity ? own : undefined;
      return { path, file, identity, length: 0, seq: 0, prev: NO_RECORD_BEFORE, last: "", mark: "" };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Whether the segment's path still leads to its file, and in that is what was written to it. */
  async #isInPlace(segment: Segment): Promise<boolean> {
    const found = await this.#hasPlace(segment, segment.length);
    if (found === undefined) return false;
    // Another program may have changed its name, its rights or bytes in its middle: to see which, it is read.
    if (segment.mark !== "" && segment.mark !== markOf(found) && !(await this.#isAsWritten(segment))) return false;
    segment.mark = markOf(found);
    return true;
  }

  /** The segment's file, if its path still leads to it and it has that length. */
  async #hasPlace({ path, identity }: Segment, length: number): Promise<FileStatus | undefined> {
    const found = await this.#options.fs.stat(path);
    return found?.size === length && (identity === undefined || found.identity === identity) ? found : undefined;
  }

  async #isAsWritten({ path, seq, last }: Segment): Promise<boolean> {
    const { records, damage } = parseJournal(await this.#options.fs.readFile(path));
    return damage.length === 0 && records.length === seq && records.at(-1)?.id === last;
  }

  #header(): JournalEntry {
    const { header, clock, nextId } = this.#options;
    const data: JournalHeader = { ...header(), segment: this.#segments - 1 };
    return { id: nextId(), t: clock.wall(), type: "header", data };
  }

  #encode(segment: Segment, entries: readonly JournalEntry[]): { bytes: Uint8Array; seq: number; prev: string } {
    const { clock, session } = this.#options;
    this.#lastAppend = Math.max(clock.monotonic(), this.#lastAppend + 1);
    let { seq, prev } = segment;
    const lines: Uint8Array[] = [];
    for (const { v, id, t, type, data: given } of entries) {
      // Counted here: what is sealed may be another file than the one that was to be.
      const data = type === SEAL ? { records: seq } : given;
      const record = {
        v: v ?? versionOf({ type, data }),
        id,
        sess: session,
        seq,
        prev,
        t,
        m: this.#lastAppend,
        type,
        data,
      };
      const { line, hash } = encodeRecord(record);
      lines.push(line);
      seq += 1;
      prev = hash;
    }
    return { bytes: Buffer.concat(lines), seq, prev };
  }

  /**
   * Removes what was written of an append that failed, and with the first one its file, which would be left there for ever; where
   * that fails too, the file is left for a new one.
   */
  async #takeBack(segment: Segment): Promise<void> {
    try {
      await segment.file.truncate(segment.length);
      if (segment.length > 0 || (await this.#hasPlace(segment, 0)) === undefined) return;
      await this.#options.fs.remove(segment.path);
      await this.abandon();
      this.#segments -= 1;
    } catch {
      await this.#finish(segment, segment.seq);
    }
  }

  /** Lets go of a file that gets nothing more, and notes how many records of it are on the disk. */
  async #finish(segment: Segment, records: number): Promise<void> {
    await this.abandon();
    if (records === 0) return;
    this.#options.left(basename(segment.path), asRead(segment));
    await this.#note(segment.path, records);
  }
}

/** What is on the disk of it for certain. */
function asRead({ length, seq, last }: Segment): ReadFile {
  return { size: length, mark: "", records: seq, last, known: seq, isDamaged: false };
}

/** All that is known, each entry once. */
export function withEverything(
  everything: readonly JournalEntry[],
  entries: readonly JournalEntry[],
): readonly JournalEntry[] {
  const known = new Set(everything.map(({ id }) => id));
  return [...everything, ...entries.filter(({ id }) => !known.has(id))];
}

/** The file is no longer where it was made, or no longer as it was written. */
class Displaced extends Error {
  constructor() {
    super("displaced", { cause: new Error("its file is deleted, replaced or changed again and again") });
  }
}

/** The disk did not confirm that the bytes are on it. */
class NotConfirmed extends Error {
  constructor(cause: unknown) {
    super("not confirmed", { cause });
  }
}
