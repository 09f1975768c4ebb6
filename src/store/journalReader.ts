import { join } from "node:path";
import { say } from "../core/say.js";
import type { FileStatus, Fs } from "./files.js";
import type { JournalKind } from "./journal.js";
import { NotesReader, noteEnd, noteSettled } from "./journalEnds.js";
import {
  damageOf,
  type JournalFile,
  journalNames,
  journalStatus,
  kindOf,
  quarantine,
  quarantinePath,
  readJournalFile,
} from "./journalFiles.js";
import type { JournalRecord } from "./record.js";
import { fileFailure, StoreError } from "./storeError.js";

/** What a look at the journals of a folder brought beside the records that it handed out. */
export interface Scan {
  /** Those of other windows of which it is not certain that they are on the disk, in the order of their ids. */
  readonly uncertain: readonly JournalRecord[];
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[];
  /** Files that were read before and are gone, or lack what was read in them. */
  readonly lost: readonly string[];
  /** Files that were read before and are damaged. */
  readonly damaged: readonly string[];
  /** How many records the files that were read for the first time have for certain, where less was noted. */
  readonly unnoted: ReadonlyMap<string, number>;
  /** Says that all of it was taken in: until then the next scan brings it again. */
  readonly accept: () => void;
}

export interface ReaderOptions {
  /** Of the journals. */
  readonly folder: string;
  /** Where damaged files are copied to; undefined: nowhere. */
  readonly quarantine: string | undefined;
  readonly kind: JournalKind | undefined;
  /** Whether a record is known: then it is on the disk for certain. */
  readonly knows: (id: string) => boolean;
}

/** Reads the journals of a data folder, again and again; each time only the files that have changed. */
export class JournalReader {
  readonly #fs: Fs;
  readonly #folder: string;
  readonly #quarantine: string | undefined;
  readonly #knows: (id: string) => boolean;
  readonly #notes: NotesReader;
  #read = new Map<string, ReadFile>();
  readonly #reported = new Set<string>();
  /** Files that were not read by this process. */
  readonly #unverified = new Set<string>();
  #isScanned = false;
  /** The last of the sealed files that were looked at in their turn. */
  #lookedUpTo = "";
  #kind: JournalKind | undefined;

  constructor(fs: Fs, { folder, quarantine, kind, knows }: ReaderOptions) {
    this.#fs = fs;
    this.#folder = folder;
    this.#quarantine = quarantine;
    this.#kind = kind;
    this.#knows = knows;
    this.#notes = new NotesReader(fs, folder);
  }

  /** Whose results they are; undefined as long as there are none and nobody said. */
  get kind(): JournalKind | undefined {
    return this.#kind;
  }

  /** What was read of which files. */
  get files(): ReadonlyMap<string, ReadFile> {
    return this.#read;
  }

  /**
   * Goes on from what was read earlier, by `files`: those files are read again only if they have changed since. What was read of
   * those that are gone or cut is known all the same: the next scan names them.
   *
   * @returns whether they are, or were, in this folder; else nothing is taken for read
   * @throws StoreError when they hold results of another kind
   */
  async resume(kind: JournalKind, files: ReadonlyMap<string, ReadFile>): Promise<boolean> {
    const { ends } = await this.#notes.read();
    const names = new Set(await journalNames(this.#fs, this.#folder));
    if (files.size > 0 && ![...files.keys()].some((name) => names.has(name) || ends.has(name))) return false;
    this.#checkKind(kind);
    for (const [name, file] of files) {
      // All that it had is in other files.
      if (!names.has(name) && ends.get(name) === 0) continue;
      this.#unverified.add(name);
      // A damaged one is told of by each process.
      this.#read.set(name, file.isDamaged ? { ...file, mark: "" } : file);
    }
    return true;
  }

  /** Takes a file for read that this process has written: a scan that finds less in it names it as lost. */
  know(name: string, file: ReadFile): void {
    this.#read = new Map(this.#read).set(name, file);
  }

  /** Has the next scan read one more of the files that `resume` took for read: a disk may have changed what nobody wrote. */
  verifyOne(): void {
    for (const name of this.#unverified) {
      this.#unverified.delete(name);
      const file = this.#read.get(name);
      if (file === undefined || file.size > MAX_VERIFIED_BYTES) continue;
      this.#read = new Map(this.#read).set(name, { ...file, mark: "" });
      return;
    }
  }

  /**
   * Reads what has changed.
   *
   * @param owned tells the files that this process writes: it knows what is in them
   * @param take gets each record that is on the disk for certain, and those that say nothing
   * @throws StoreError when a file cannot be read or holds results of another kind; what was handed out by then is true
   */
  async scan(owned: (name: string) => boolean, take: (record: JournalRecord) => void): Promise<Scan> {
    const last: (readonly JournalRecord[])[] = [];
    const problems: string[] = [];
    // Before the names: what is noted by now was there.
    const { ends } = await this.#notes.read();
    const names = await journalNames(this.#fs, this.#folder);
    const there = new Set(names);
    const lost = [...this.#lostFrom(there, ends)];
    const read = new Map([...this.#read].filter(([name]) => there.has(name)));
    const reported: string[] = [];
    const damaged: string[] = [];
    const unnoted = new Map<string, number>();
    const { due, upTo } = this.#due(names.filter((name) => !owned(name)));
    const { changed, absent } = await this.#changed(due);
    for (const name of absent.length === 0 ? [] : await journalNames(this.#fs, this.#folder)) {
      const what = `${name} leads nowhere`;
      if (!absent.includes(name) || this.#reported.has(what)) continue;
      problems.push(
        say('The journal "{0}" is a link that leads nowhere. Put back what it led to, or remove the link', name),
      );
      reported.push(what);
    }
    for (const name of await this.#missing(ends)) {
      problems.push(missing(name, ends.get(name) ?? 0));
      reported.push(`${name} ${GONE}`);
    }
    for (const [name, mark] of changed) {
      const { file, ...found } = await this.#readFile(name, ends.get(name), read.get(name), take);
      if (file === undefined) continue;
      if (!found.hasAll) lost.push(name);
      const noted = ends.get(name);
      if (!this.#read.has(name) && noted !== 0 && found.certain > (noted ?? 0)) unnoted.set(name, found.certain);
      const isDamaged = file.damage.length > 0;
      if (isDamaged && this.#read.has(name)) damaged.push(name);
      const known = isDamaged || file.doubtful !== undefined ? 0 : found.known;
      const isFinal = file.sealed && !isDamaged;
      // What a snapshot has of the last append is written nowhere else: it is missed as well when it is cut off.
      const wasKnown = (this.#read.get(name)?.records ?? 0) >= found.all.records;
      const isKnown = (wasKnown || !this.#isScanned) && found.lastAppend.every(({ id }) => this.#knows(id));
      const settled = isKnown ? found.all : found.settled;
      // A header alone is what a full disk leaves of a first append, which is taken back.
      const certain = settled.records > HEADER ? settled : { records: 0 };
      read.set(name, { size: file.bytes.length, mark, ...certain, known, isDamaged, isFinal });
      const fresh = phrasesOf(file).filter((what) => !this.#reported.has(`${name} ${what}`));
      if (fresh.length > 0) problems.push(...(isDamaged ? await this.#report(file, fresh) : await this.#doubt(file)));
      reported.push(...fresh.map((what) => `${name} ${what}`));
      last.push(found.lastAppend);
    }
    const uncertain = last.flat().filter((record) => {
      if (this.#knows(record.id)) take(record);
      return !this.#knows(record.id);
    });
    if (!this.#isScanned) problems.push(...lost.map((name) => this.#rescued(name, there.has(name), ends.get(name))));
    for (const name of lost) reported.push(`${name} ${GONE}`);
    const accept = () => {
      this.#isScanned = true;
      this.#lookedUpTo = upTo;
      this.#read = read;
      for (const what of reported) this.#reported.add(what);
    };
    return { uncertain: once(uncertain.sort(byId)), problems, lost, damaged, unnoted, accept };
  }

  /** Reads a file and hands out what is certain: the records of its last append may be in the system's memory alone. */
  async #readFile(
    name: string,
    end: number | undefined,
    before: ReadFile | undefined,
    take: (record: JournalRecord) => void,
  ) {
    let records = 0;
    let lastId: string | undefined;
    let hasAll = before === undefined || before.records === 0;
    let lastAppend: JournalRecord[] = [];
    let m: number | undefined;
    let settled: { records: number; last?: string | undefined } = { records: 0 };
    /** Those that are on the disk, also where damage is among them. */
    let certain = 0;
    let next = 0;
    let known = 0;
    const file = await readJournalFile(this.#fs, this.#folder, name, end, (record) => {
      const kind = kindOf(record, join(this.#folder, ".."));
      if (kind !== undefined) this.#checkKind(kind);
      // Of all earlier ones it is certain, because each append waits for the one before it.
      if (record.m !== m) {
        for (const earlier of lastAppend) take(earlier);
        lastAppend = [];
        settled = { records, last: lastId };
        certain = next;
        m = record.m;
      }
      records += 1;
      next = record.seq + 1;
      if (record.type !== "seal") known = next;
      lastId = record.id;
      if (records === before?.records) hasAll = lastId === before.last;
      if (record.type === "header" || record.type === "seal") take(record);
      else lastAppend.push(record);
    });
    return { file, settled, all: { records, last: lastId }, certain, known, hasAll, lastAppend };
  }

  /** Files that were read before and are gone or lack what was read in them. */
  async lost(): Promise<readonly string[]> {
    const { ends } = await this.#notes.read();
    const gone = this.#lostFrom(new Set(await journalNames(this.#fs, this.#folder)), ends);
    const cut: string[] = [];
    for (const [name, before] of this.#read) {
      if (((await journalStatus(this.#fs, this.#folder, name))?.size ?? 0) >= before.size) continue;
      const { hasAll } = await this.#readFile(name, undefined, before, () => undefined);
      if (!hasAll) cut.push(name);
    }
    return [...new Set([...gone, ...cut])];
  }

  /**
   * Notes with which of some files nothing is missing, now that all that was read of them is in other journals. Of one that had more
   * than was read, or that was damaged before, that is not so.
   */
  async settle(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const { ends } = await this.#notes.read();
    for (const name of names) {
      const { known = 0, size } = this.#read.get(name) ?? { size: 0 };
      const end = ends.get(name) ?? 0;
      if (known < Math.max(end, 1)) continue;
      const file = await readJournalFile(this.#fs, this.#folder, name, end, () => undefined);
      const path = join(this.#folder, name);
      if (file === undefined) await noteEnd(this.#fs, path, 0);
      else if (file.damage.length > 0 && file.damagedUntil <= size)
        await noteSettled(this.#fs, path, damageOf(file.bytes, file.damagedUntil));
    }
  }

  /** Says that what a journal lacks is not lost: before the first scan only a snapshot can have read it. */
  #rescued(name: string, isThere: boolean, end = 0): string {
    if (isThere) return say('What the journal "{0}" lacks was taken from the snapshot', name);
    const { records = 0, known = records } = this.#read.get(name) ?? {};
    return say(
      'The journal "{0}" is gone. Records in it: at least {1}; taken from the snapshot: {2}. If it was moved, put it back',
      name,
      Math.max(end, known),
      known,
    );
  }

  /** Noted files that are gone and were never read, those told of before left out: what was read is known still. */
  async #missing(ends: ReadonlyMap<string, number>): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const [name, records] of ends) {
      if (records === 0 || this.#read.has(name) || this.#reported.has(`${name} ${GONE}`)) continue;
      if ((await journalStatus(this.#fs, this.#folder, name)) === undefined) missing.push(name);
    }
    return missing;
  }

  /**
   * One with nothing certain in it is removed by its own window when the disk was too full for its first append, which is noted
   * once it is on the disk.
   */
  #lostFrom(there: ReadonlySet<string>, ends: ReadonlyMap<string, number>): readonly string[] {
    const hadRecords = (name: string, { records, isDamaged, isFinal }: ReadFile) =>
      records > 0 || isDamaged || isFinal === true || (ends.get(name) ?? 0) > 0;
    return [...this.#read].filter(([name, file]) => !there.has(name) && hadRecords(name, file)).map(([name]) => name);
  }

  /**
   * The files that a look goes to: those to which somebody may add, and of the sealed ones, of which years leave thousands, some in
   * turn. To go to each of them every second would take a good part of a processor.
   */
  #due(names: readonly string[]): { readonly due: readonly string[]; readonly upTo: string } {
    const sealed = names.filter((name) => this.#isFinal(name));
    const count = Math.max(SEALED_A_LOOK, Math.ceil(sealed.length / LOOKS_A_ROUND));
    if (!this.#isScanned || sealed.length <= count) return { due: names, upTo: "" };
    const next = sealed.findIndex((name) => name > this.#lookedUpTo);
    const turn = [...sealed.slice(Math.max(next, 0)), ...sealed].slice(0, count);
    const due = [...names.filter((name) => !this.#isFinal(name)), ...turn].sort();
    return { due, upTo: turn.at(-1) ?? "" };
  }

  /** Whether a file was closed in order, whole, and nothing asks for reading it again. */
  #isFinal(name: string): boolean {
    const { isFinal = false, mark = "" } = this.#read.get(name) ?? {};
    return isFinal && mark !== "";
  }

  /** Files that are not as they were when they were read, with their marks, and those that are not there. */
  async #changed(names: readonly string[]) {
    const changed = new Map<string, string>();
    const absent: string[] = [];
    for (const name of names) {
      const status = await journalStatus(this.#fs, this.#folder, name);
      if (status === undefined) {
        absent.push(name);
        continue;
      }
      const { size, mark } = this.#read.get(name) ?? {};
      if (status.size !== size || markOf(status) !== mark) changed.set(name, markOf(status));
    }
    return { changed, absent };
  }

  #checkKind(kind: JournalKind): void {
    this.#kind ??= kind;
    if (this.#kind === kind) return;
    throw new StoreError(
      say('"{0}" holds {1} results, not {2} ones; choose another folder', join(this.#folder, ".."), kind, this.#kind),
      { retriable: false },
    );
  }

  /** Tells of damage, as long as something may be missing with it. */
  async #report(file: JournalFile, damage: readonly string[]): Promise<readonly string[]> {
    const { name, bytes, damagedUntil } = file;
    if ((await this.#notes.read()).settled.get(name)?.has(damageOf(bytes, damagedUntil)) === true) return [];
    return [
      say(
        'The journal "{0}" is damaged: {1}. All that still verifies was read; what is missing may be in a backup: restore it. {2}',
        name,
        damage.join("; "),
        await this.#copied(file),
      ),
    ];
  }

  /** Tells of what may be damage, until there is a copy of it: a power cut leaves the same, and a file that is as it is for ever. */
  async #doubt(file: JournalFile): Promise<readonly string[]> {
    const { name, bytes, doubtful = "", damagedUntil } = file;
    const copy = this.#quarantine && quarantinePath(this.#quarantine, name, bytes, damagedUntil);
    if (copy !== undefined && (await this.#fs.stat(copy).catch(() => undefined)) !== undefined) return [];
    return [
      say(
        'The journal "{0}" was not written to its end: {1}. If the power failed or a window was killed while something was being recorded, nothing that was confirmed is missing; if not, a backup may have it: restore it. {2}',
        name,
        doubtful,
        await this.#copied(file),
      ),
    ];
  }

  /** Says where a copy of a damaged file is. The journal itself stays as it is, so a disk that takes no copy stops nothing. */
  async #copied({ name, bytes, damagedUntil }: JournalFile): Promise<string> {
    if (this.#quarantine === undefined) return say("Copy it to have it as it is now");
    try {
      return say('A copy was put at "{0}"', await quarantine(this.#fs, this.#quarantine, name, bytes, damagedUntil));
    } catch (error) {
      return fileFailure(say("No copy could be put aside"), error).message;
    }
  }
}

/** What was read of a file. */
export interface ReadFile {
  /** Bytes. */
  readonly size: number;
  /** By `markOf`; empty for one that is to be read again. */
  readonly mark: string;
  /** Those before the last append, which its window may take back: whoever read it has written it into his own journal. */
  readonly records: number;
  /** The id of the last of them. */
  readonly last?: string | undefined;
  /** All that it had, its seal not counted: they are in it or in another journal. 0 where some of them did not verify. */
  readonly known?: number | undefined;
  readonly isDamaged: boolean;
  /** Undamaged, and with the seal behind which nothing is written. */
  readonly isFinal?: boolean | undefined;
}

/** Tells a file from another one, and from itself with other bytes of the same number. */
export function markOf({ identity, changed }: FileStatus): string {
  return `${identity} ${changed}`;
}

/** Larger files would hold up what a window does; an export reads them all. */
const MAX_VERIFIED_BYTES = 5_000_000;

/** So many sealed files each look goes to at the least, and to all of them in so many looks: a window with a market looks each second. */
const SEALED_A_LOOK = 32;
const LOOKS_A_ROUND = 60;

/** The first record of a journal says whose it is. */
const HEADER = 1;

const GONE = "is missing";

function missing(name: string, records: number): string {
  return records === 1
    ? say(
        'The journal "{0}" is missing, at least 1 record. All that is left was read. If it was moved, put it back; a backup has it, too',
        name,
      )
    : say(
        'The journal "{0}" is missing, at least {1} records. All that is left was read. If it was moved, put it back; a backup has it, too',
        name,
        records,
      );
}

function phrasesOf({ damage, doubtful }: JournalFile): readonly string[] {
  return doubtful === undefined ? damage : [...damage, doubtful];
}

function byId(a: JournalRecord, b: JournalRecord): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Two windows may both hold a copy. */
function once(records: readonly JournalRecord[]): readonly JournalRecord[] {
  return records.filter(({ id }, index) => id !== records[index - 1]?.id);
}
