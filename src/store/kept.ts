import * as z from "zod/mini";
import { type EngineOutput, outputId } from "../core/events.js";
import { isOutputType, readOutput } from "./outputSchema.js";
import { type JournalRecord, RECORD_VERSION } from "./record.js";

/** What all journals of a folder hold together: each output once, in the order of their records' ids. */
export class Kept {
  readonly #records = new Set<string>();
  readonly #outputs = new Map<string, { readonly record: string; readonly output: EngineOutput }>();
  readonly #meta = new Map<string, { readonly record: string; readonly value: unknown }>();
  #sorted: readonly EngineOutput[] | undefined = [];
  /** The map has them in order, as it mostly does. */
  #inOrder = true;
  #last = "";
  #notUnderstood = 0;

  /** Adds a record. Returns the output it holds, if it is new. */
  add(record: Pick<JournalRecord, "v" | "id" | "type" | "data">): EngineOutput | undefined {
    if (record.type === "header" || record.type === "seal" || this.#records.has(record.id)) return undefined;
    this.#records.add(record.id);
    if (record.id > this.#last) this.#last = record.id;
    if (record.type === "meta" && record.v === RECORD_VERSION) {
      this.#addMeta(record);
      return undefined;
    }
    const output = record.v === RECORD_VERSION && isOutputType(record.type) ? readOutput(record.data) : undefined;
    const id = output && outputId(output);
    if (output === undefined || id === undefined) {
      this.#notUnderstood += 1;
      return undefined;
    }
    if (this.#outputs.has(id)) return undefined;
    if (record.id < this.#last) this.#inOrder = false;
    this.#outputs.set(id, { record: record.id, output });
    this.#sorted = undefined;
    return output;
  }

  /** Whether there is an output of that identity. */
  has(id: string): boolean {
    return this.#outputs.has(id);
  }

  /** Oldest first. The array is made anew after each change. */
  get outputs(): readonly EngineOutput[] {
    if (this.#sorted !== undefined) return this.#sorted;
    const all = [...this.#outputs.values()];
    if (!this.#inOrder) all.sort((a, b) => (a.record < b.record ? -1 : 1));
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

  #addMeta(record: Pick<JournalRecord, "id" | "data">): void {
    const fact = metaSchema.safeParse(record.data);
    if (!fact.success) {
      this.#notUnderstood += 1;
      return;
    }
    const before = this.#meta.get(fact.data.key);
    if (before !== undefined && before.record > record.id) return;
    this.#meta.set(fact.data.key, { record: record.id, value: fact.data.value });
  }
}

const metaSchema = z.looseObject({ key: z.string(), value: z.unknown() });
