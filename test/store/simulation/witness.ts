import { join } from "node:path";
import { type EngineOutput, outputId } from "../../../src/core/events.js";
import type { Fs } from "../../../src/store/files.js";
import { lastAppend } from "../../../src/store/journalFiles.js";
import { type JournalRecord, parseJournal } from "../../../src/store/record.js";
import { snapshotPath } from "../../../src/store/snapshot.js";
import { Store } from "../../../src/store/store.js";
import { Computer, NO_FAULTS } from "./computer.js";
import type { Disk } from "./disk.js";
import type { PlantedBug } from "./plantedBugs.js";
import { Random } from "./random.js";

/** The promise was broken. */
export class Broken extends Error {}

export const FOLDER = "/home/data";
export const JOURNALS = `${FOLDER}/journal`;

/** Remembers what was given to the stores and what they promised, and checks it against a disk. */
export class Witness {
  readonly #given = new Map<string, Set<string>>();
  /** Recorded, or shown as such. */
  readonly #promised = new Set<string>();
  /** Their bytes rotted, or somebody removed them: one copy is not enough for them. */
  readonly #rotten = new Set<string>();
  readonly #bug: PlantedBug | undefined;
  acknowledged = 0;

  constructor(bug: PlantedBug | undefined) {
    this.#bug = bug;
  }

  give(output: EngineOutput): void {
    const id = outputId(output) ?? "";
    this.#given.set(id, (this.#given.get(id) ?? new Set()).add(JSON.stringify(output)));
  }

  acknowledge(outputs: readonly EngineOutput[]): void {
    this.acknowledged += outputs.length;
    this.shown(outputs);
  }

  /** A window has shown them as recorded. */
  shown(outputs: readonly EngineOutput[]): void {
    for (const output of outputs) {
      const id = outputId(output) ?? "";
      if (this.#given.get(id)?.has(JSON.stringify(output)) !== true)
        throw new Broken(`"${id}" was never given like that`);
      this.#promised.add(id);
    }
  }

  /** What whoever looks from now on must see. */
  promised(): readonly string[] {
    return [...this.#promised];
  }

  sees(outputs: readonly EngineOutput[], expected: readonly string[]): void {
    const found = new Set(outputs.map(outputId));
    const missing = expected.filter((id) => !found.has(id) && !this.#rotten.has(id));
    if (missing.length > 0) throw new Broken(`Not seen: ${missing.join(", ")}`);
  }

  get rotten(): number {
    return this.#rotten.size;
  }

  /** Somebody deletes a journal, or cuts its end off, while windows use it. Returns what he did, if there is one. */
  tamper(disk: Disk, random: Random): string | undefined {
    const names = journalsOf(disk);
    if (names.length === 0) return undefined;
    const path = join(JOURNALS, random.pick(names));
    const node = disk.file(path);
    const length = random.chance(0.5) ? 0 : random.below(node.cache.length + 1);
    const kept = new Set(parseJournal(node.cache.subarray(0, length)).records.map(({ id }) => id));
    this.#exempt(parseJournal(node.cache).records.filter(({ id }) => !kept.has(id)));
    if (length === 0) disk.remove(path);
    else node.truncate(length);
    if (length > 0) node.sync();
    else disk.folder(JOURNALS).sync();
    return length === 0 ? `${path} is deleted` : `${path} is cut at byte ${length}`;
  }

  #exempt(records: readonly JournalRecord[]): void {
    for (const { data } of records) {
      const id = typeof data === "object" && data !== null ? outputId(data as EngineOutput) : undefined;
      if (id !== undefined) this.#rotten.add(id);
    }
  }

  /** Changes one bit of a journal or of the snapshot that is on the disk. Returns which, if there is one. */
  rot(disk: Disk, random: Random): string | undefined {
    const names = journalsOf(disk);
    if (names.length === 0) return undefined;
    const isSnapshot = random.chance(0.3) && disk.stat(snapshotPath(FOLDER)) !== undefined;
    const path = isSnapshot ? snapshotPath(FOLDER) : join(JOURNALS, random.pick(names));
    const node = disk.file(path);
    if (node.durable.length === 0 || node.dirty.size > 0) return undefined;
    const bytes = Buffer.from(node.durable);
    const at = random.below(bytes.length);
    const before = parseJournal(bytes).records;
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
    const after = new Set(parseJournal(bytes).records.map(({ id }) => id));
    this.#exempt(before.filter(({ id }) => !after.has(id)));
    node.durable = bytes;
    node.cache = bytes;
    return `${path} rots at byte ${at}`;
  }

  /** What a program finds that starts on this disk: all that was promised, and nothing that was never given. */
  async checkDisk(disk: Disk): Promise<Store> {
    const plain = await readOnly(disk);
    const store = this.#bug?.store?.(plain) ?? plain;
    const found = store.outputs.map((output) => outputId(output) ?? "");
    if (new Set(found).size !== found.length) throw new Broken("Something is there twice");
    for (const output of store.outputs) {
      const id = outputId(output) ?? "";
      if (this.#given.get(id)?.has(JSON.stringify(output)) !== true)
        throw new Broken(`"${id}" was never given like that`);
    }
    const kept = new Set(found);
    const lost = [...this.#promised].filter((id) => !kept.has(id) && !this.#rotten.has(id));
    if (lost.length > 0) throw new Broken(`Lost: ${lost.join(", ")}`);
    this.#checkLatest(disk);
    return store;
  }

  #checkLatest(disk: Disk): void {
    const path = `${FOLDER}/latest_recommendation.json`;
    if (disk.stat(path) === undefined) return;
    const text = disk.file(path).cache.toString();
    try {
      JSON.parse(text);
    } catch {
      throw new Broken(`latest_recommendation.json is in pieces: ${JSON.stringify(text.slice(0, 80))}`);
    }
  }
}

/** The records of all journals together, each output once, as its first record says and in the order of the ids. */
export function checkUnion(outputs: readonly EngineOutput[], disk: Disk): void {
  const first = new Map<string, JournalRecord>();
  for (const name of journalsOf(disk)) {
    for (const record of parseJournal(disk.file(join(JOURNALS, name)).cache).records) {
      if (record.type === "header" || record.type === "seal") continue;
      const id = outputId(record.data as EngineOutput) ?? "";
      const other = first.get(id);
      if (other === undefined || record.id < other.id) first.set(id, record);
    }
  }
  const union = [...first.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ data }) => JSON.stringify(data));
  if (union.join() !== outputs.map((output) => JSON.stringify(output)).join()) {
    throw new Broken("What is read is not the union of the journals, in the order of their ids");
  }
}

/** Each of them as it stands on the disk. */
export function journalsOf(disk: Disk): readonly string[] {
  if (disk.stat(JOURNALS) === undefined) return [];
  return [...disk.folder(JOURNALS).names.keys()].filter((name) => name.endsWith(".jl")).sort();
}

/** Opens what is on a disk, undisturbed and from the journals alone: no snapshot may hide what they lack. */
async function readOnly(disk: Disk): Promise<Store> {
  const computer = new Computer(disk, new Random(1));
  const process = computer.start();
  computer.rates = NO_FAULTS;
  const log = { info: oneLine, warn: oneLine, error: oneLine };
  if (disk.stat(FOLDER) === undefined) disk.mkdir(FOLDER);
  const fs: Fs = computer.instantFs(process);
  const wasm = () => Promise.reject(new Error("not needed"));
  return Store.open({ folder: FOLDER, kind: "live", appVersion: "another", fs, wasm, log, readOnly: true });
}

export function oneLine(message: string): void {
  if (/[\r\n]/.test(message) || message.length === 0) throw new Broken(`No single line: ${JSON.stringify(message)}`);
}

/** What the journals on a disk hold that a clean machine would call damaged. */
export function damageOf(disk: Disk): readonly string[] {
  return journalsOf(disk).flatMap((name) => {
    const { records, damage } = parseJournal(disk.file(join(JOURNALS, name)).cache);
    const last = new Set(lastAppend(records));
    return last.size === records.length ? [] : damage.map((what) => `${name}: ${what}`);
  });
}
