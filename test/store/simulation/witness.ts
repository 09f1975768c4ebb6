import { join } from "node:path";
import { type EngineOutput, outputId } from "../../../src/core/events.js";
import { type JournalRecord, parseJournal } from "../../../src/store/record.js";
import { snapshotPath } from "../../../src/store/snapshot.js";
import type { Store } from "../../../src/store/store.js";
import { Broken, FOLDER, JOURNALS } from "./broken.js";
import type { Disk } from "./disk.js";
import { type Damaged, openFresh } from "./nextWindow.js";
import type { PlantedBug } from "./plantedBugs.js";
import type { Random } from "./random.js";

/** What somebody or time did to a file. */
export interface Spoiled {
  readonly what: string;
  /** Where it can be told from what a crash leaves. */
  readonly damaged: Damaged | undefined;
}

/** Remembers what was given to the stores and what they promised, and checks it against a disk. */
export class Witness {
  readonly #given = new Map<string, Set<string>>();
  /** Recorded, or shown as such. */
  readonly #promised = new Set<string>();
  /** What the window that recorded an output had seen before. */
  readonly #after = new Map<string, readonly string[]>();
  /** Their bytes rotted, or somebody removed them: one copy is not enough for them. */
  readonly #rotten = new Set<string>();
  /** Of those, the ones whose bytes rotted: no window notices that in a file that it has read. */
  #rottenBits = 0;
  readonly #bug: PlantedBug | undefined;
  /** Somebody or time has changed a file. */
  isSpoiled = false;
  acknowledged = 0;

  constructor(bug: PlantedBug | undefined) {
    this.#bug = bug;
  }

  give(output: EngineOutput): void {
    const id = outputId(output) ?? "";
    this.#given.set(id, (this.#given.get(id) ?? new Set()).add(JSON.stringify(output)));
  }

  /** An output that only one window makes comes after all that this window held; of one that another made as well nobody knows. */
  follows(output: EngineOutput, held: readonly EngineOutput[]): void {
    const id = outputId(output) ?? "";
    const isAnothers = this.#after.has(id);
    this.#after.set(id, isAnothers ? [] : held.map((other) => outputId(other) ?? ""));
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

  /** Outputs whose bytes rotted. */
  get rotten(): number {
    return this.#rottenBits;
  }

  /** Somebody deletes a journal, or cuts its end off, while windows use it. Returns what he did, if there is one. */
  tamper(disk: Disk, random: Random): Spoiled | undefined {
    const names = journalsOf(disk);
    if (names.length === 0) return undefined;
    const name = random.pick(names);
    const path = join(JOURNALS, name);
    const node = disk.file(path);
    const length = random.chance(0.5) ? 0 : random.below(node.cache.length + 1);
    const left = parseJournal(node.cache.subarray(0, length)).records;
    const kept = new Set(left.map(({ id }) => id));
    this.#exempt(parseJournal(node.cache).records.filter(({ id }) => !kept.has(id)));
    const isKnown = endOf(disk, name) > nextOf(left);
    this.isSpoiled = true;
    if (length === 0) disk.remove(path);
    else node.truncate(length);
    if (length > 0) node.sync();
    else disk.folder(JOURNALS).sync();
    return {
      what: length === 0 ? `${path} is deleted` : `${path} is cut at byte ${length}`,
      damaged: isKnown ? { name, bytes: length === 0 ? undefined : node.cache } : undefined,
    };
  }

  /** Returns how many outputs they hold. */
  #exempt(records: readonly JournalRecord[]): number {
    const ids = records.flatMap(({ data }) =>
      typeof data === "object" && data !== null ? (outputId(data as EngineOutput) ?? []) : [],
    );
    for (const id of ids) this.#rotten.add(id);
    return ids.length;
  }

  /** Changes one bit of a journal or of the snapshot that is on the disk. Returns which, if there is one. */
  rot(disk: Disk, random: Random): Spoiled | undefined {
    const names = journalsOf(disk);
    if (names.length === 0) return undefined;
    const isSnapshot = random.chance(0.3) && disk.stat(snapshotPath(FOLDER)) !== undefined;
    const name = random.pick(names);
    const path = isSnapshot ? snapshotPath(FOLDER) : join(JOURNALS, name);
    const node = disk.file(path);
    if (node.durable.length === 0 || node.dirty.size > 0) return undefined;
    const whole = node.durable;
    const bytes = Buffer.from(whole);
    const at = random.below(bytes.length);
    const before = parseJournal(bytes).records;
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
    const left = parseJournal(bytes).records;
    const after = new Set(left.map(({ id }) => id));
    const lost = before.filter(({ id }) => !after.has(id));
    this.#rottenBits += this.#exempt(lost);
    node.durable = bytes;
    node.cache = bytes;
    this.isSpoiled = true;
    // What verifies behind it, the noted end, or the line end where its length says, tells it from a torn end.
    const isKnown =
      lost.some(({ seq }) => seq < Math.max(nextOf(left), endOf(disk, name))) ||
      (lost.length > 0 && isInText(whole, at));
    return { what: `${path} rots at byte ${at}`, damaged: isKnown ? { name, bytes } : undefined };
  }

  /** What a program finds that starts on this disk: all that was promised, and nothing that was never given. */
  async checkDisk(disk: Disk): Promise<Store> {
    const plain = await openFresh(disk);
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
    this.#checkOrder(found);
    if (!this.isSpoiled) checkEnds(disk);
    this.#checkLatest(disk);
    return store;
  }

  /** Nothing comes before what its window had seen when it was made. */
  #checkOrder(found: readonly string[]): void {
    const places = new Map(found.map((id, place) => [id, place]));
    for (const [id, seen] of this.#after) {
      const place = places.get(id) ?? Number.POSITIVE_INFINITY;
      const late = seen.find((other) => (places.get(other) ?? -1) > place && !this.#rotten.has(other));
      if (late !== undefined) throw new Broken(`"${id}" comes before "${late}", which its window had seen`);
    }
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
      checkVersion(record);
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

/** A program that knows of no parts is not shown what speaks of them, and is shown all the rest. */
function checkVersion({ v, type, data }: JournalRecord): void {
  const isOfPart = type === "partialExit" || /"(parts|partialExits)":/.test(JSON.stringify(data));
  const isVoid = type === "void";
  const isOfOne = isVoid && typeof data === "object" && data !== null && "target" in data;
  if (v !== ((isVoid ? isOfOne : isOfPart) ? 2 : 1))
    throw new Broken(`A record of type ${type} bears the version ${v}`);
}

/** Each of them as it stands on the disk. */
export function journalsOf(disk: Disk): readonly string[] {
  if (disk.stat(JOURNALS) === undefined) return [];
  return [...disk.folder(JOURNALS).names.keys()].filter((name) => name.endsWith(".jl")).sort();
}

/** What is noted of the journals is true: the records, no seal among them, are there. */
function checkEnds(disk: Disk): void {
  for (const name of journalsOf(disk)) {
    const noted = endOf(disk, name);
    if (noted === 0) continue;
    const { records } = parseJournal(disk.file(join(JOURNALS, name)).cache);
    const count = records.filter(({ type }) => type !== "seal").length;
    if (noted > count) throw new Broken(`It is noted that "${name}" had more than its ${count} records`);
  }
}

/** The place of the record that would follow. */
function nextOf(records: readonly JournalRecord[]): number {
  return (records.at(-1)?.seq ?? -1) + 1;
}

/** Whether a byte is one of a record's JSON, neither of the length and checksum before it nor the line end. */
function isInText(journal: Buffer, at: number): boolean {
  const begin = at === 0 ? 0 : journal.lastIndexOf("\n", at - 1) + 1;
  return at - begin >= "00000000 00000000 ".length && journal.subarray(at, at + 1).toString() !== "\n";
}

/** How many records it is noted of a journal that it had; 0 where nothing is noted, or that all are elsewhere. */
function endOf(disk: Disk, name: string): number {
  const path = `${FOLDER}/journal_ends.jsonl`;
  const text = disk.stat(path) === undefined ? "" : disk.file(path).cache.toString();
  // A power cut may have torn a line.
  const lines = [...text.matchAll(/^\{"file":"([^"]+)","records":(\d+)\}$/gm)];
  const noted = lines.filter(([, file]) => file === name).map(([, , records]) => Number(records));
  return noted.includes(0) ? 0 : Math.max(0, ...noted);
}
