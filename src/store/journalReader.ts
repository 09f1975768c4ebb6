import { join } from "node:path";
import type { Fs } from "./files.js";
import type { JournalKind } from "./journal.js";
import { readEnds } from "./journalEnds.js";
import { type JournalFile, journalNames, lastAppend, quarantine, readJournalFile } from "./journalFiles.js";
import type { JournalRecord } from "./record.js";
import { StoreError } from "./storeError.js";

/** What the journals of a folder have that was not read before. */
export interface Scan {
  /** In the order of their ids. */
  readonly records: readonly JournalRecord[];
  /** Those of other windows of which it is not certain that they are on the disk. */
  readonly uncertain: readonly JournalRecord[];
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[];
  /** Files that were read before and are gone. */
  readonly lost: readonly string[];
}

/** Reads the journals of a data folder, again and again; each time only the files that have changed. */
export class JournalReader {
  readonly #fs: Fs;
  readonly #folder: string;
  readonly #quarantine: string | undefined;
  readonly #sizes = new Map<string, number>();
  readonly #certain = new Set<string>();
  readonly #reported = new Set<string>();
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
    const records: JournalRecord[] = [];
    const last: JournalRecord[] = [];
    const problems: string[] = [];
    const names = await journalNames(this.#fs, this.#folder);
    const lost = this.#lostFrom(names);
    for (const name of lost) this.#sizes.delete(name);
    const changed = await this.#changed(names.filter((name) => !owned(name)));
    const ends = changed.length === 0 ? new Map<string, number>() : await readEnds(this.#fs, this.#folder);
    for (const name of changed) {
      const file = await readJournalFile(this.#fs, this.#folder, name, ends.get(name));
      if (file === undefined) continue;
      this.#sizes.set(name, file.bytes.length);
      this.#checkKind(file);
      problems.push(...(await this.#problems(file)));
      const maybe = new Set(lastAppend(file.records));
      this.confirm(file.records.filter((record) => !maybe.has(record)).map(({ id }) => id));
      records.push(...file.records);
      last.push(...maybe);
    }
    const uncertain = last.filter(({ id, type }) => type !== "header" && type !== "seal" && !this.#certain.has(id));
    return { records: records.sort(byId), uncertain: once(uncertain.sort(byId)), problems, lost };
  }

  /** Whether a file is gone that was read before. */
  async hasLost(): Promise<boolean> {
    return this.#lostFrom(await journalNames(this.#fs, this.#folder)).length > 0;
  }

  #lostFrom(names: readonly string[]): readonly string[] {
    return [...this.#sizes.keys()].filter((name) => !names.includes(name));
  }

  async #changed(names: readonly string[]): Promise<readonly string[]> {
    const changed: string[] = [];
    for (const name of names) {
      const size = (await this.#fs.stat(join(this.#folder, name)))?.size;
      if (size !== undefined && size !== this.#sizes.get(name)) changed.push(name);
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

  async #problems(file: JournalFile): Promise<readonly string[]> {
    const fresh = file.damage.filter((what) => !this.#reported.has(`${file.name} ${what}`));
    if (fresh.length === 0) return [];
    for (const what of fresh) this.#reported.add(`${file.name} ${what}`);
    const copy =
      this.#quarantine === undefined
        ? ""
        : `. A copy was put at "${await quarantine(this.#fs, this.#quarantine, file.name, file.bytes, file.damagedUntil)}"`;
    return [`The journal "${file.name}" is damaged: ${fresh.join("; ")}. All that still verifies was read${copy}`];
  }
}

function byId(a: JournalRecord, b: JournalRecord): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Two windows may both hold a copy. */
function once(records: readonly JournalRecord[]): readonly JournalRecord[] {
  return records.filter(({ id }, index) => id !== records[index - 1]?.id);
}
