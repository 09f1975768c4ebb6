import { isDeepStrictEqual } from "node:util";
import * as z from "zod/mini";
import type { Footprint } from "../core/detector/footprint.js";
import { type EngineOutput, outputId } from "../core/events.js";
import type { Instrument } from "../core/instrument.js";
import { say } from "../core/say.js";
import type { Micros } from "../core/units.js";
import { contradiction, contradicts } from "./contradiction.js";
import { inOrder, type SortedRun, sortedRuns } from "./inOrder.js";
import type { JournalEntry } from "./journal.js";
import { KeyTable } from "./keyTable.js";
import { isOutputType, readOutput } from "./outputSchema.js";
import { byId, InstrumentPool, type KeptRecord, type PackedBytes } from "./packed.js";
import { Pieces } from "./pieces.js";
import { RECORD_VERSION, versionOf } from "./record.js";
import { Shelf } from "./shelf.js";
import { type RecordContent as Content, UPCASTERS, upcast } from "./upcast.js";

/**
 * So many of the newest observations of the market, of which there are far more than trades, are at hand; the older ones are
 * packed. A week, beyond which neither the cool-down of a signal nor the review of a week reaches back, has 10,080 minutes with at
 * most a cluster and a refusal each.
 */
const OBSERVATIONS_AT_HAND = 21_000;

/** The bars around signals are a fifth of all records and more, and are looked at one signal at a time: a few weeks of them. */
const FOOTPRINTS_AT_HAND = 1_000;

/** What open positions met is up to two thirds of all records, told to an engine at its start and never shown: a few days of it. */
const MARKS_AT_HAND = 1_000;

const AT_HAND = { observations: OBSERVATIONS_AT_HAND, footprints: FOOTPRINTS_AT_HAND, marks: MARKS_AT_HAND };

/** An output that counts now, and what counted in its place before. */
export interface News {
  readonly output: EngineOutput;
  readonly before: EngineOutput | undefined;
}

/** What all journals of a folder hold together: each output once, in the order of their records' ids. */
export class Kept {
  readonly #records: KeyTable;
  readonly #outputs = new Map<string, KeptRecord>();
  /** Signals, clusters and refusals. */
  readonly #observations: Shelf;
  readonly #footprints: Shelf;
  readonly #marks: Shelf;
  readonly #upcasters: typeof UPCASTERS;
  readonly #instruments = new InstrumentPool();
  readonly #contexts = new Map<string, string>();
  readonly #meta = new Map<string, { readonly entry: JournalEntry; readonly value: unknown }>();
  /** Records that are not shown: they are to stay in the journal all the same. */
  readonly #others: (JournalEntry & { readonly v: number })[] = [];
  /** Answers that another one rules out, by its identity, and of which of them nobody was told yet. */
  readonly #ruledOut = new Map<string, readonly KeptRecord[]>();
  readonly #untold = new Set<string>();
  /** Ids that two records have which say different things, and whether somebody was told of each. */
  readonly #doubles = new Map<string, boolean>();
  /** Undefined where it is to be made anew; what is newer than all of it is apart until somebody asks. */
  #sorted: readonly EngineOutput[] | undefined = [];
  #newest: EngineOutput[] = [];
  #last = "";
  #notUnderstood = 0;

  /**
   * @param tables of `save`; what else that gave `from` takes up
   * @param atHand how many observations, footprints and marks are not packed
   * @param upcasters read the records of older versions
   */
  constructor(tables?: KeptTables, atHand = AT_HAND, upcasters = UPCASTERS) {
    this.#upcasters = upcasters;
    this.#records = new KeyTable(tables?.records);
    this.#observations = new Shelf(atHand.observations, tables?.observations);
    this.#footprints = new Shelf(atHand.footprints, tables?.footprints);
    this.#marks = new Shelf(atHand.marks, tables?.marks);
    this.#last = tables?.last ?? "";
  }

  /** Takes up what `save` gave, in pieces: of years it is seconds' work. */
  static async from(saved: KeptState, atHand = AT_HAND): Promise<Kept> {
    const kept = new Kept(saved, atHand);
    kept.#sorted = undefined;
    const pieces = new Pieces();
    for (const { id, t, output } of saved.rows(kept.#instruments)) {
      kept.share(output);
      // A row of its own: where those that were unpacked stay, V8 comes to think that all do, and each that is unpacked later is
      // kept until it looks through all of the memory.
      kept.#placeOf(output).set(outputId(output) ?? "", { id, t, output });
      await pieces.next();
    }
    for (const record of saved.others) kept.#add(record, false);
    return kept;
  }

  /** All that it holds, as it is now: what is added later changes nothing in it. */
  save(): KeptState {
    const shelves = [this.#observations, this.#footprints, this.#marks];
    const rows = [...this.#outputs.values(), ...shelves.flatMap((shelf) => [...shelf.atHand()])];
    const facts = [...this.#meta.values()].map(({ entry }) => ({ ...entry, v: RECORD_VERSION }));
    return {
      records: this.#records.save(),
      observations: this.#observations.save(),
      footprints: this.#footprints.save(),
      marks: this.#marks.save(),
      last: this.#last,
      rows: () => rows,
      others: [...facts, ...this.#others],
    };
  }

  /** Adds a record. Returns the output it holds, if it is new or stands in the place of another, and that other one. */
  add(record: Content): News | undefined {
    if (record.type === "header" || record.type === "seal") return undefined;
    return this.#add(record, !this.#records.set(record.id));
  }

  #add(record: Content, isCopy: boolean): News | undefined {
    const isNewest = record.id > this.#last;
    if (isNewest) this.#last = record.id;
    const present = upcast(record, this.#upcasters);
    const output = present !== undefined && isOutputType(present.type) ? readOutput(present.data) : undefined;
    const id = output && outputId(output);
    if (output === undefined || id === undefined) {
      // A copy of an output is told by the output's own identity.
      if (!isCopy) this.#addOther(record, present);
      return undefined;
    }
    const { id: recordId, t } = record;
    const kept = { id: recordId, t, output };
    const before = this.#placeOf(output).get(id);
    if (isCopy && !isKept(before, recordId, output)) this.#doubles.set(recordId, this.#doubles.get(recordId) ?? false);
    const isNews = before === undefined || this.#contradicts(before, kept, id);
    // Of several records of one output the first counts, in whatever order they are read.
    if (before !== undefined && before.id <= recordId) return undefined;
    const arePacked = this.#placeOf(output).set(id, kept) === true;
    if (output.type === "footprint" || output.type === "mark")
      return isNews ? { output, before: before?.output } : undefined;
    if (isNewest && before === undefined && !arePacked) this.#newest.push(output);
    else this.#sorted = undefined;
    return isNews ? { output, before: before?.output } : undefined;
  }

  /**
   * One instrument, and one text of an id or a context, for all outputs that speak of the same: of years of trades that is a fifth.
   * For outputs that nobody else holds.
   */
  share(output: unknown): void {
    if (!isObject(output)) return;
    const { instrument, recommendation, context, learned } = output;
    if (isObject(instrument)) output.instrument = this.#instruments.of(instrument as unknown as Instrument);
    if (typeof recommendation === "string") output.recommendation = this.#idOf(recommendation);
    if (typeof context === "string") output.context = this.#contextOf(context);
    if (isObject(learned) && typeof learned.context === "string") learned.context = this.#contextOf(learned.context);
  }

  #idOf(recommendation: string): string {
    const known = this.#outputs.get(recommendation)?.output;
    return known?.type === "recommendation" ? known.id : recommendation;
  }

  #contextOf(context: string): string {
    const known = this.#contexts.get(context);
    if (known === undefined) this.#contexts.set(context, context);
    return known ?? context;
  }

  /** Whether a record of that id was added. */
  knows(record: string): boolean {
    return this.#records.has(record);
  }

  /** How many records were added. */
  get size(): number {
    return this.#records.size;
  }

  /** Tells the set of its records from any other one, whatever the order in which they came. */
  get identity(): string {
    return this.#records.identity;
  }

  /** All records, in the order of their ids. */
  entries(): readonly JournalEntry[] {
    const kept = [...this.#everyRow()].map(entryOf);
    const others = [...this.#meta.values()].map(({ entry }) => entry);
    return [...kept, ...others, ...this.#others].sort(byId);
  }

  /** Wall time at which an output was first recorded; undefined for one that is not kept. */
  recordedAt(output: EngineOutput): Micros | undefined {
    return this.#placeOf(output).get(outputId(output) ?? "")?.t;
  }

  /** One sentence for each question that was answered differently, where that was not told before. */
  newContradictions(): readonly string[] {
    const sentences = [...this.#untold].flatMap((id) => {
      const counts = this.#outputs.get(id);
      const others = (this.#ruledOut.get(id) ?? []).toSorted(byId);
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

  /** One sentence when there are records with the id of another one that say something else, which was not told before. */
  newDoubles(): readonly string[] {
    const untold = [...this.#doubles].flatMap(([id, isTold]) => (isTold ? [] : [id]));
    for (const id of untold) this.#doubles.set(id, true);
    const [first] = untold;
    if (first === undefined) return [];
    return [
      say(
        "Records with the id of another one that say something else: {0}, the first with {1}. All of them are kept; a journal was edited by hand or damaged",
        untold.length,
        first,
      ),
    ];
  }

  /** Whether there is an output of that identity. */
  has(id: string): boolean {
    return [this.#outputs, this.#observations, this.#footprints, this.#marks].some((place) => place.has(id));
  }

  /**
   * Oldest first; observations of the market that are packed are left out, and all footprints and marks. The array is made anew
   * after each change.
   */
  get outputs(): readonly EngineOutput[] {
    if (this.#sorted === undefined) this.#sorted = sorted([...this.#outputs.values(), ...this.#observations.atHand()]);
    // To sort years of them behind each fill would hold the fill up.
    else if (this.#newest.length > 0) this.#sorted = [...this.#sorted, ...this.#newest];
    this.#newest = [];
    return this.#sorted;
  }

  /** Oldest first, all that there are but footprints and marks. */
  allOutputs(): readonly EngineOutput[] {
    return sorted([...this.#outputs.values(), ...this.#observations.all()]);
  }

  /**
   * Oldest first, all that there are now but footprints; to be gone through once. What is packed is unpacked little by little.
   */
  everything(): Iterable<EngineOutput> {
    return outputsInOrder([...sortedRuns(this.#outputs.values()), ...this.#observations.runs(), ...this.#marks.runs()]);
  }

  /** What an engine is told when it begins, as `everything` gives it: the outputs and all marks. */
  forRestart(): Iterable<EngineOutput> {
    const rows = [...this.#outputs.values(), ...this.#observations.atHand()];
    return outputsInOrder([...sortedRuns(rows), ...this.#marks.runs()]);
  }

  /** The bars around the signals of a moment, oldest first. */
  footprints(signal: Micros): readonly Footprint[] {
    return sorted([...this.#footprints.about(signal)]).filter((output) => output.type === "footprint");
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

  #placeOf(output: EngineOutput): Pick<Map<string, KeptRecord>, "get" | "set"> | Shelf {
    if (output.type === "footprint") return this.#footprints;
    if (output.type === "mark") return this.#marks;
    return OBSERVED.has(output.type) ? this.#observations : this.#outputs;
  }

  *#everyRow(): Iterable<KeptRecord> {
    yield* this.#observations.all();
    yield* this.#footprints.all();
    yield* this.#marks.all();
    yield* this.#outputs.values();
  }

  /** Whether two answers to the same question differ; the one that does not count stays in the journal all the same. */
  #contradicts(before: KeptRecord, record: KeptRecord, id: string): boolean {
    if (!contradicts(before.output, record.output)) return false;
    const second = record.id < before.id ? before : record;
    const known = this.#ruledOut.get(id) ?? [];
    if (known.some((other) => other.id === second.id)) return true;
    this.#ruledOut.set(id, [...known, second]);
    this.#untold.add(id);
    const entry = entryOf(second);
    this.#others.push({ ...entry, v: versionOf(entry) });
    return true;
  }

  /** What is no output: a small fact, or what a newer version wrote. */
  #addOther(given: Content, record: Content | undefined): void {
    const fact = record?.type === "meta" ? metaSchema.safeParse(record.data) : undefined;
    if (record === undefined || fact?.success !== true) {
      this.#addUnknown(given);
      return;
    }
    const before = this.#meta.get(fact.data.key);
    if (before !== undefined && before.entry.id > record.id) return;
    const { id, t, type, data } = record;
    this.#meta.set(fact.data.key, { entry: { id, t, type, data }, value: fact.data.value });
  }

  #addUnknown({ v, id, t, type, data }: Content): void {
    this.#notUnderstood += 1;
    this.#others.push({ v, id, t, type, data });
  }
}

/** What `Kept` knows in tables. */
interface KeptTables {
  /** The ids of all records. */
  readonly records: Uint8Array;
  readonly observations: PackedBytes;
  readonly footprints: PackedBytes;
  readonly marks: PackedBytes;
  readonly last: string;
}

/** What `Kept` holds. */
export interface KeptState extends KeptTables {
  /** Small facts, answers that do not count, and what is not understood. */
  readonly others: readonly Content[];
  /** All outputs that are not packed. */
  rows(share?: InstrumentPool): Iterable<KeptRecord>;
}

/** What was seen of the market and touches no account. */
const OBSERVED: ReadonlySet<EngineOutput["type"]> = new Set(["signal", "cluster", "refusal"]);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Whether an output is the one that a known record holds, as far as that can be told: another record of it may count. */
function isKept(before: KeptRecord | undefined, record: string, output: EngineOutput): boolean {
  if (before === undefined || before.id !== record) return before !== undefined;
  // One that was just written may still have fields without a value.
  return isDeepStrictEqual(before.output, output) || JSON.stringify(before.output) === JSON.stringify(output);
}

function entryOf({ id, t, output }: KeptRecord): JournalEntry {
  return { id, t, type: output.type, data: output };
}

function* outputsInOrder(runs: readonly SortedRun[]): Generator<EngineOutput> {
  for (const { output } of inOrder(runs)) yield output;
}

function sorted(rows: KeptRecord[]): readonly EngineOutput[] {
  return rows.sort(byId).map(({ output }) => output);
}

const metaSchema = z.looseObject({ key: z.string(), value: z.unknown() });
