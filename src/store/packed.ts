import { deflateRawSync, inflateRawSync } from "node:zlib";
import { type EngineOutput, outputId } from "../core/events.js";
import type { Instrument } from "../core/instrument.js";
import type { Micros } from "../core/units.js";
import { KeyTable } from "./keyTable.js";

/** An output, and the record that holds it. */
export interface KeptRecord {
  /** Of the record. */
  readonly id: string;
  readonly t: Micros;
  readonly output: EngineOutput;
}

/** Rows of a block; few enough to unpack for one of them, enough to be small. */
export const BLOCK_ROWS = 1000;

/** Packs records into bytes, some tenth of their JSON. */
export function packRows(rows: readonly KeptRecord[]): Uint8Array {
  const instruments: Instrument[] = [];
  const numbers = new Map<Instrument, number>();
  const packed = rows.map(({ id, t, output }) => {
    if (!("instrument" in output)) return [id, t, output];
    const number = numbers.get(output.instrument) ?? instruments.push(output.instrument) - 1;
    numbers.set(output.instrument, number);
    // Its place among the fields stays.
    return [id, t, { ...output, instrument: 0 }, number];
  });
  return deflateRawSync(JSON.stringify([instruments, packed]), { level: 1 });
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

/** Outputs that are seldom asked for, in blocks of compressed bytes: any of them can be had again, by its identity or all. */
export class Packed {
  readonly #blocks: Uint8Array[];
  readonly #rows: KeyTable;
  /** Rows that another record has taken the place of. */
  readonly #dropped = new Set<number>();

  /** @param saved what `save` gave */
  constructor(saved?: PackedBytes) {
    this.#blocks = [...(saved?.blocks ?? [])];
    this.#rows = new KeyTable(saved?.rows);
    for (const row of saved?.dropped ?? []) this.#dropped.add(row);
  }

  /** @param rows `BLOCK_ROWS` of them, none of whose outputs it has */
  add(rows: readonly KeptRecord[]): void {
    const first = this.#blocks.length * BLOCK_ROWS;
    this.#blocks.push(packRows(rows));
    for (const [index, { output }] of rows.entries()) this.#rows.set(outputId(output) ?? "", first + index);
  }

  has(id: string): boolean {
    return this.#rowOf(id) !== undefined;
  }

  get(id: string): KeptRecord | undefined {
    const row = this.#rowOf(id);
    const block = row === undefined ? undefined : this.#blocks[Math.floor(row / BLOCK_ROWS)];
    return row === undefined || block === undefined ? undefined : unpackRows(block)[row % BLOCK_ROWS];
  }

  /** Forgets an output, for another record has it. */
  drop(id: string): void {
    const row = this.#rowOf(id);
    if (row !== undefined) this.#dropped.add(row);
  }

  /** All of them, block by block. */
  *all(): Iterable<KeptRecord> {
    for (const [index, block] of this.#blocks.entries()) {
      for (const [row, kept] of unpackRows(block).entries()) {
        if (!this.#dropped.has(index * BLOCK_ROWS + row)) yield kept;
      }
    }
  }

  /** What it holds now; the blocks themselves never change. */
  save(): PackedBytes {
    return { blocks: [...this.#blocks], rows: this.#rows.save(), dropped: [...this.#dropped] };
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
  readonly rows: Uint8Array;
  readonly dropped: readonly number[];
}
