import * as z from "zod/mini";
import { type EngineOutput, outputId } from "../core/events.js";
import type { Micros } from "../core/units.js";
import { contradiction } from "./contradiction.js";
import type { JournalEntry } from "./journal.js";
import { isOutputType, readOutput } from "./outputSchema.js";
import { type JournalRecord, RECORD_VERSION } from "./record.js";

/** What all journals of a folder hold together: each output once, in the order of their records' ids. */
export class Kept {
  /** Ids of the records that are among no outputs: an output has an identity of its own. */
  readonly #records = new Set<string>();
  readonly #outputs = new Map<string, KeptRecord>();
  readonly #meta = new Map<string, { readonly entry: JournalEntry; readonly value: unknown }>();
  /** Records that are not shown: they are to stay in the journal all the same. */
  readonly #others: JournalEntry[] = [];
  #contradictions: string[] = [];
  #sorted: readonly EngineOutput[] | undefined = [];
  /** The map has them in order, as it mostly does. */
  #inOrder = true;
  #last = "";
  #notUnderstood = 0;

  /** Adds a record. Returns the output it holds, if it is new or stands in the place of another. */
  add(record: Pick<JournalRecord, "v" | "id" | "t" | "type" | "data">): EngineOutput | undefined {
    if (record.type === "header" || record.type === "seal") return undefined;
    if (record.id > this.#last) this.#last = record.id;
    const output = record.v === RECORD_VERSION && isOutputType(record.type) ? readOutput(record.data) : undefined;
    const id = output && outputId(output);
    if (output === undefined || id === undefined) {
      this.#addOther(record);
      return undefined;
    }
    const before = this.#outputs.get(id);
    const entry = entryOf(record);
    const isNews = before === undefined || this.#contradicts(before, { entry, output });
    // Of several records of one output the first counts, in whatever order they are read.
    if (before !== undefined && before.entry.id <= record.id) return undefined;
    if (record.id < this.#last) this.#inOrder = false;
    this.#outputs.set(id, { entry, output });
    this.#sorted = undefined;
    return isNews ? output : undefined;
  }

  /** All records, in the order of their ids. */
  entries(): readonly JournalEntry[] {
    const kept = [...this.#outputs.values(), ...this.#meta.values()].map(({ entry }) => entry);
    return [...kept, ...this.#others].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Wall time at which an output was first recorded; undefined for one that is not kept. */
  recordedAt(output: EngineOutput): Micros | undefined {
    return this.#outputs.get(outputId(output) ?? "")?.entry.t;
  }

  /** One sentence for each two records that speak against each other and were not told before. */
  newContradictions(): readonly string[] {
    const found = this.#contradictions;
    this.#contradictions = [];
    return found;
  }

  /** Whether there is an output of that identity. */
  has(id: string): boolean {
    return this.#outputs.has(id);
  }

  /** Oldest first. The array is made anew after each change. */
  get outputs(): readonly EngineOutput[] {
    if (this.#sorted !== undefined) return this.#sorted;
    const all = [...this.#outputs.values()];
    if (!this.#inOrder) all.sort((a, b) => (a.entry.id < b.entry.id ? -1 : 1));
    this.#sorted = all.map(({ output }) => output);
    return this.#sorted;
  }

  /** The newest value of a small fact. */
  meta(key: string): unknown {
    return this.#meta.get(key)?.value;
  }

  /** The greatest record id; empty without a record. */
  get lastRecord(): string {
    return this.#last;
  }

  /** Records of a newer version: they stay in the journal and are not shown. */
  get notUnderstood(): number {
    return this.#notUnderstood;
  }

  /** Whether two answers to the same question differ; that is told once, and both stay in the journal. */
  #contradicts(before: KeptRecord, record: KeptRecord): boolean {
    const [first, second] = record.entry.id < before.entry.id ? [record, before] : [before, record];
    const sentence = contradiction(first.output, second.output);
    if (sentence === undefined) return false;
    if (this.#records.has(second.entry.id)) return true;
    this.#records.add(second.entry.id);
    this.#contradictions.push(sentence);
    this.#others.push(second.entry);
    return true;
  }

  /** What is no output: a small fact, or what a newer version wrote. A copy of it counts once. */
  #addOther(record: Pick<JournalRecord, "v" | "id" | "t" | "type" | "data">): void {
    if (this.#records.has(record.id)) return;
    this.#records.add(record.id);
    if (record.type === "meta" && record.v === RECORD_VERSION) {
      this.#addMeta(record);
      return;
    }
    this.#notUnderstood += 1;
    this.#others.push(entryOf(record));
  }

  #addMeta(record: Pick<JournalRecord, "id" | "t" | "type" | "data">): void {
    const entry = entryOf(record);
    const fact = metaSchema.safeParse(record.data);
    if (!fact.success) {
      this.#notUnderstood += 1;
      this.#others.push(entry);
      return;
    }
    const before = this.#meta.get(fact.data.key);
    if (before !== undefined && before.entry.id > record.id) return;
    this.#meta.set(fact.data.key, { entry, value: fact.data.value });
  }
}

interface KeptRecord {
  readonly entry: JournalEntry;
  readonly output: EngineOutput;
}

function entryOf({ id, t, type, data }: JournalEntry): JournalEntry {
  return { id, t, type, data };
}

const metaSchema = z.looseObject({ key: z.string(), value: z.unknown() });
