import { deflateRawSync, inflateRawSync } from "node:zlib";
import { type EngineOutput, outputId } from "../core/events.js";
import type { Instrument } from "../core/instrument.js";
import type { Micros } from "../core/units.js";
import type { SortedRun } from "./inOrder.js";
import { KeyTable } from "./keyTable.js";

/** An output, and the record that holds it. */
export interface KeptRecord {
  /** Of the record. */
  readonly id: string;
  readonly t: Micros;
  readonly output: EngineOutput;
}

/** The order of their ids, which is that of their time. */
export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Rows of a block; few enough to unpack for one of them, enough to be small. */
export const BLOCK_ROWS = 250;

/** Works of `packRows`: what is soon packed anew shall be quick, what stays for years small. */
const QUICKLY = 1;
const SMALL = 6;

/** Packs records into bytes, some tenth of their JSON. */
export function packRows(rows: readonly KeptRecord[], level = QUICKLY): Uint8Array {
  const instruments: Instrument[] = [];
  const numbers = new Map<Instrument, number>();
  const packed = rows.map(({ id, t, output }) => {
    if (!("instrument" in output)) return [id, t, output];
    const number = numbers.get(output.instrument) ?? instruments.push(output.instrument) - 1;
    numbers.set(output.instrument, number);
    // Its place among the fields stays.
    return [id, t, { ...output, instrument: 0 }, number];
  });
  return deflateRawSync(JSON.stringify([instruments, packed]), { level });
}

/** What `packRows` packed, to the last field. */
export function unpackRows(bytes: Uint8Array, share: InstrumentPool = new InstrumentPool()): readonly KeptRecord[] {
  const [instruments, rows] = JSON.parse(inflateRawSync(bytes).toString("utf8")) as PackedBlock;
  const shared = instruments.map((instrument) => share.of(instrument));
  return rows.map(([id, t, data, instrument]) => {
    if (instrument !== undefined) data.instrument = shared[instrument];
    return { id, t, output: data as EngineOutput };
  });
}

/** The instruments of its outputs, and rows of record id, time, output and the number of its instrument. */
type PackedBlock = readonly [
  readonly Instrument[],
  readonly (readonly [string, Micros, { instrument?: unknown }, number?])[],
];

/** One object for all instruments that are the same: most of the outputs of years speak of a few. */
export class InstrumentPool {
  readonly #bySymbol = new Map<string, Instrument[]>();

  /** The first that was given of those with the same fields in the same order. */
  of(instrument: Instrument): Instrument {
    const known = this.#bySymbol.get(instrument.symbol);
    // Most are one of these already, and to compare all fields would be a fifth of a start.
    const same = known?.find((other) => other === instrument || isSame(instrument, other));
    if (same !== undefined) return same;
    if (known === undefined) this.#bySymbol.set(instrument.symbol, [instrument]);
    else known.push(instrument);
    return instrument;
  }
}

function isSame(a: Instrument, b: Instrument): boolean {
  const [fields, others] = [Object.entries(a), Object.entries(b)];
  return (
    fields.length === others.length &&
    fields.every(([name, value], index) => others[index]?.[0] === name && others[index]?.[1] === value)
  );
}

const NEVER = 0 as Micros;

/** First and last, both within. */
export type Span = readonly [Micros, Micros];

/** The moment of the market that an output is about: of the bars around a signal that of the signal. */
export function subjectTime(output: EngineOutput): Micros {
  if (output.type === "footprint") return output.signal;
  return "time" in output ? output.time : NEVER;
}

/** Outputs that are seldom asked for, in blocks of compressed bytes: any of them can be had again, by its identity or all. */
export class Packed {
  readonly #blocks: Uint8Array[];
  /** Of each block, the first and the last moment of the market that its outputs are about. */
  readonly #spans: Span[];
  /** Of each block, the id of its first record. */
  readonly #firsts: string[];
  readonly #rows: KeyTable;
  /** Rows that another record has taken the place of. */
  readonly #dropped = new Set<number>();
  /** The block that was unpacked last: who asks for one row mostly asks for the next one, too. */
  #unpacked: { readonly index: number; readonly rows: readonly KeptRecord[] } | undefined;

  /** @param saved what `save` gave */
  constructor(saved?: PackedBytes) {
    this.#blocks = [...(saved?.blocks ?? [])];
    this.#spans = [...(saved?.spans ?? [])];
    this.#firsts = [...(saved?.firsts ?? [])];
    this.#rows = new KeyTable(saved?.rows);
    for (const row of saved?.dropped ?? []) this.#dropped.add(row);
  }

  /** @param rows `BLOCK_ROWS` of them, in the order of their ids, none of whose outputs it has */
  add(rows: readonly KeptRecord[]): void {
    const first = this.#blocks.length * BLOCK_ROWS;
    this.#blocks.push(packRows(rows, SMALL));
    const times = rows.map(({ output }) => subjectTime(output)).sort((a, b) => a - b);
    this.#spans.push([times[0] ?? NEVER, times.at(-1) ?? NEVER]);
    this.#firsts.push(rows[0]?.id ?? "");
    for (const [index, { output }] of rows.entries()) this.#rows.set(outputId(output) ?? "", first + index);
  }

  has(id: string): boolean {
    return this.#rowOf(id) !== undefined;
  }

  get(id: string): KeptRecord | undefined {
    const row = this.#rowOf(id);
    if (row === undefined) return undefined;
    const index = Math.floor(row / BLOCK_ROWS);
    if (this.#unpacked?.index !== index) this.#unpacked = { index, rows: this.#rowsOf(index) };
    return this.#unpacked.rows[row % BLOCK_ROWS];
  }

  /** Forgets an output, for another record has it. */
  drop(id: string): void {
    const row = this.#rowOf(id);
    if (row !== undefined) this.#dropped.add(row);
  }

  /** All of them, block by block. */
  *all(): Iterable<KeptRecord> {
    for (const index of this.#blocks.keys()) yield* this.#present(index);
  }

  /** All of them as they are now, block by block, to be unpacked later. */
  runs(): readonly SortedRun[] {
    const dropped = new Set(this.#dropped);
    return this.#firsts.map((first, index) => ({ first, rows: () => [...this.#present(index, dropped)] }));
  }

  /** Those about a moment of the market. */
  *about(time: Micros): Iterable<KeptRecord> {
    for (const [index, [first, last]] of this.#spans.entries()) {
      if (time < first || time > last) continue;
      for (const row of this.#present(index)) if (subjectTime(row.output) === time) yield row;
    }
  }

  /** What it holds now; the blocks themselves never change. */
  save(): PackedBytes {
    return {
      blocks: [...this.#blocks],
      spans: [...this.#spans],
      firsts: [...this.#firsts],
      rows: this.#rows.save(),
      dropped: [...this.#dropped],
    };
  }

  *#present(index: number, dropped: ReadonlySet<number> = this.#dropped): Iterable<KeptRecord> {
    for (const [row, kept] of this.#rowsOf(index).entries()) {
      if (!dropped.has(index * BLOCK_ROWS + row)) yield kept;
    }
  }

  #rowsOf(index: number): readonly KeptRecord[] {
    const block = this.#blocks[index];
    return block === undefined ? [] : unpackRows(block);
  }

  #rowOf(id: string): number | undefined {
    if (this.#blocks.length === 0) return undefined;
    const row = this.#rows.get(id);
    return row === undefined || this.#dropped.has(row) ? undefined : row;
  }
}

/** `Packed` as bytes. */
export interface PackedBytes {
  readonly blocks: readonly Uint8Array[];
  readonly spans: readonly Span[];
  readonly firsts: readonly string[];
  readonly rows: Uint8Array;
  readonly dropped: readonly number[];
}
