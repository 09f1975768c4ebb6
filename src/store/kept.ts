import * as z from "zod/mini";
import { type EngineOutput, outputId } from "../core/events.js";
import type { Micros } from "../core/units.js";
import { contradiction, contradicts } from "./contradiction.js";
import type { JournalEntry } from "./journal.js";
import { isOutputType, readOutput } from "./outputSchema.js";
import { type JournalRecord, RECORD_VERSION } from "./record.js";

/** What all journals of a folder hold together: each output once, in the order of their records' ids. */
export class Kept {
  readonly #records = new Set<string>();
  readonly #outputs = new Map<string, KeptRecord>();
  readonly #meta = new Map<string, { readonly entry: JournalEntry; readonly value: unknown }>();
  /** Records that are not shown: they are to stay in the journal all the same. */
  readonly #others: JournalEntry[] = [];
  /** Answers that another one rules out, by its identity, and of which of them nobody was told yet. */
  readonly #ruledOut = new Map<string, readonly KeptRecord[]>();
  readonly #untold = new Set<string>();
  #sorted: readonly EngineOutput[] | undefined = [];
  /** The map has them in order, as it mostly does. */
  #inOrder = true;
  #last = "";
  #notUnderstood = 0;

  /** Adds a record. Returns the output it holds, if it is new or stands in the place of another. */
  add(record: Pick<JournalRecord, "v" | "id" | "t" | "type" | "data">): EngineOutput | undefined {
    if (record.type === "header" || record.type === "seal") return undefined;
    const isCopy = this.#records.has(record.id);
    this.#records.add(record.id);
    if (record.id > this.#last) this.#last = record.id;
    const output = record.v === RECORD_VERSION && isOutputType(record.type) ? readOutput(record.data) : undefined;
    const id = output && outputId(output);
    if (output === undefined || id === undefined) {
      // A copy of an output is told by the output's own identity.
      if (!isCopy) this.#addOther(record);
      return undefined;
    }
    const before = this.#outputs.get(id);
    const entry = entryOf(record);
    const isNews = before === undefined || this.#contradicts(before, { entry, output }, id);
    // Of several records of one output the first counts, in whatever order they are read.
    if (before !== undefined && before.entry.id <= record.id) return undefined;
    if (record.id < this.#last) this.#inOrder = false;
    this.#outputs.set(id, { entry, output });
    this.#sorted = undefined;
    return isNews ? output : undefined;
  }

  /** Whether a record of that id was added. */
  knows(record: string): boolean {
    return this.#records.has(record);
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

  /** One sentence for each question that was answered differently, where that was not told before. */
  newContradictions(): readonly string[] {
    const sentences = [...this.#untold].flatMap((id) => {
      const counts = this.#outputs.get(id);
      const others = (this.#ruledOut.get(id) ?? []).toSorted((a, b) => (a.entry.id < b.entry.id ? -1 : 1));
      return counts === undefined
        ? []
        : [
            contradiction(
              counts.output,
              others.map(({ output }) => output),
            ),
          ];
    });
    this.#untold.clear();
    return sentences;
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

  /** Whether two answers to the same question differ; the one that does not count stays in the journal all the same. */
  #contradicts(before: KeptRecord, record: KeptRecord, id: string): boolean {
    if (!contradicts(before.output, record.output)) return false;
    const second = record.entry.id < before.entry.id ? before : record;
    const known = this.#ruledOut.get(id) ?? [];
    if (known.some(({ entry }) => entry.id === second.entry.id)) return true;
    this.#ruledOut.set(id, [...known, second]);
    this.#untold.add(id);
    this.#others.push(second.entry);
    return true;
  }

  /** What is no output: a small fact, or what a newer version wrote. */
  #addOther(record: Pick<JournalRecord, "v" | "id" | "t" | "type" | "data">): void {
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
