import { join } from "node:path";
import type { Fs } from "./files.js";
import type { JournalKind } from "./journal.js";
import { readEnds } from "./journalEnds.js";
import {
  type JournalFile,
  journalNames,
  journalSize,
  lastAppend,
  quarantine,
  readJournalFile,
} from "./journalFiles.js";
import type { JournalRecord } from "./record.js";
import { fileFailure, StoreError } from "./storeError.js";

/** What the journals of a folder have that was not read before. */
export interface Scan {
  /** In the order of their ids. */
  readonly records: readonly JournalRecord[];
  /** Those of other windows of which it is not certain that they are on the disk. */
  readonly uncertain: readonly JournalRecord[];
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[];
  /** Files that were read before and are gone, or lack what was read in them. */
  readonly lost: readonly string[];
  /** Says that all of it was taken in: until then the next scan brings it again. */
  readonly accept: () => void;
}

/** Reads the journals of a data folder, again and again; each time only the files that have changed. */
export class JournalReader {
  readonly #fs: Fs;
  readonly #folder: string;
  readonly #quarantine: string | undefined;
  #read: ReadonlyMap<string, ReadFile> = new Map();
  readonly #certain = new Set<string>();
  readonly #reported = new Set<string>();
  #isScanned = false;
  #kind: JournalKind | undefined;

  /** @param options.quarantine where damaged files are copied to; undefined: nowhere */
  constructor(fs: Fs, options: { folder: string; quarantine: string | undefined; kind: JournalKind | undefined }) {
    this.#fs = fs;
    this.#folder = options.folder;
    this.#quarantine = options.quarantine;
    this.#kind = options.kind;
  }

  /** Whose results they are; undefined as long as there are none and nobody said. */
  get kind(): JournalKind | undefined {
    return this.#kind;
  }

  /** Takes note of records that are on the disk for certain. */
  confirm(ids: readonly string[]): void {
    for (const id of ids) this.#certain.add(id);
  }

  /**
   * Reads what has changed.
   *
   * @param owned tells the files that this process writes: it knows what is in them
   * @throws StoreError when a file cannot be read or holds results of another kind
   */
  async scan(owned: (name: string) => boolean): Promise<Scan> {
    // Lists of lists: a journal of years has more records than a call may have arguments.
    const records: (readonly JournalRecord[])[] = [];
    const last: (readonly JournalRecord[])[] = [];
    const problems: string[] = [];
    const names = await journalNames(this.#fs, this.#folder);
    const lost = [...this.#lostFrom(names)];
    const read = new Map([...this.#read].filter(([name]) => !lost.includes(name)));
    const reported: string[] = [];
    const changed = await this.#changed(names.filter((name) => !owned(name)));
    const isSame = this.#isScanned && changed.length === 0 && lost.length === 0;
    const ends = isSame ? new Map<string, number>() : await readEnds(this.#fs, this.#folder);
    for (const name of await this.#missing(ends)) {
      problems.push(missing(name, ends.get(name) ?? 0));
      reported.push(`${name} ${GONE}`);
    }
    for (const name of changed) {
      const file = await readJournalFile(this.#fs, this.#folder, name, ends.get(name));
      if (file === undefined) continue;
      this.#checkKind(file);
      if (!hasAll(file, read.get(name))) lost.push(name);
      read.set(name, { size: file.bytes.length, records: file.records.length, last: file.records.at(-1)?.id });
      const fresh = file.damage.filter((what) => !this.#reported.has(`${name} ${what}`));
      if (fresh.length > 0) problems.push(await this.#report(file, fresh));
      reported.push(...fresh.map((what) => `${name} ${what}`));
      const maybe = new Set(lastAppend(file.records));
      this.confirm(file.records.filter((record) => !maybe.has(record)).map(({ id }) => id));
      records.push(file.records);
      last.push([...maybe]);
    }
    const uncertain = last
      .flat()
      .filter(({ id, type }) => type !== "header" && type !== "seal" && !this.#certain.has(id));
    const accept = () => {
      this.#isScanned = true;
      this.#read = read;
      for (const what of reported) this.#reported.add(what);
    };
    return { records: records.flat().sort(byId), uncertain: once(uncertain.sort(byId)), problems, lost, accept };
  }

  /** Files that were read before and are gone or have become shorter. */
  async lost(): Promise<readonly string[]> {
    const gone = this.#lostFrom(await journalNames(this.#fs, this.#folder));
    const shorter: string[] = [];
    for (const [name, { size }] of this.#read) {
      if (((await journalSize(this.#fs, this.#folder, name)) ?? 0) < size) shorter.push(name);
    }
    return [...new Set([...gone, ...shorter])];
  }

  /** Finished files that are gone and were never read, those told of before left out: what was read is known still. */
  async #missing(ends: ReadonlyMap<string, number>): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const [name, records] of ends) {
      if (records === 0 || this.#read.has(name) || this.#reported.has(`${name} ${GONE}`)) continue;
      if ((await journalSize(this.#fs, this.#folder, name)) === undefined) missing.push(name);
    }
    return missing;
  }

  #lostFrom(names: readonly string[]): readonly string[] {
    return [...this.#read.keys()].filter((name) => !names.includes(name));
  }

  async #changed(names: readonly string[]): Promise<readonly string[]> {
    const changed: string[] = [];
    for (const name of names) {
      const size = await journalSize(this.#fs, this.#folder, name);
      if (size !== undefined && size !== this.#read.get(name)?.size) changed.push(name);
    }
    return changed;
  }

  #checkKind(file: JournalFile): void {
    if (file.kind === undefined) return;
    this.#kind ??= file.kind;
    if (this.#kind === file.kind) return;
    throw new StoreError(
      `"${join(this.#folder, "..")}" holds ${file.kind} results, not ${this.#kind} ones; choose another folder`,
      { retriable: false },
    );
  }

  async #report(file: JournalFile, damage: readonly string[]): Promise<string> {
    const copy = await this.#copied(file);
    return `The journal "${file.name}" is damaged: ${damage.join("; ")}. All that still verifies was read. ${copy}`;
  }

  /** Says where a copy of a damaged file is. The journal itself stays as it is, so a disk that takes no copy stops nothing. */
  async #copied({ name, bytes, damagedUntil }: JournalFile): Promise<string> {
    if (this.#quarantine === undefined) return "Copy it to have it as it is now";
    try {
      return `A copy was put at "${await quarantine(this.#fs, this.#quarantine, name, bytes, damagedUntil)}"`;
    } catch (error) {
      return fileFailure("No copy could be put aside", error).message;
    }
  }
}

/** What was read of a file. */
interface ReadFile {
  /** Bytes. */
  readonly size: number;
  readonly records: number;
  /** The id of the last of them. */
  readonly last: string | undefined;
}

/** Whether a file still has what was read in it before; a torn end that its window took back was never read. */
function hasAll({ records }: JournalFile, before: ReadFile | undefined): boolean {
  return before === undefined || before.records === 0 || records[before.records - 1]?.id === before.last;
}

const GONE = "is missing";

function missing(name: string, records: number): string {
  const what = records === 1 ? "1 record" : `${records} records`;
  return `The journal "${name}" ${GONE}, ${what}. All that is left was read. If it was moved, put it back; a backup has it, too`;
}

function byId(a: JournalRecord, b: JournalRecord): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Two windows may both hold a copy. */
function once(records: readonly JournalRecord[]): readonly JournalRecord[] {
  return records.filter(({ id }, index) => id !== records[index - 1]?.id);
}
