import { say } from "../../../core/say.js";
import { FeedError } from "../../feedError.js";
import { RTYPE } from "../dbn/codes.js";
import { LAYOUTS } from "../dbn/layouts.js";

/** How a cell becomes a field: a time, a price, a count of so many bytes, or a letter. */
export type CellKind = "time" | "price" | "u32" | "u64" | "char";

/** A column that is read, and where its value lies in a DBN record. */
export interface CsvField {
  readonly name: string;
  readonly kind: CellKind;
  readonly column: number;
  readonly offset: number;
}

/** How the rows of one record type become DBN records. */
export interface RowLayout {
  /** Bytes of the record. */
  readonly size: number;
  readonly fields: readonly CsvField[];
}

/** The fields that anything here needs; what else a record has stays zero. */
const NEEDED: ReadonlyMap<string, CellKind> = new Map([
  ["ts_recv", "time"],
  ["price", "price"],
  ["size", "u32"],
  ["action", "char"],
  ["side", "char"],
  ["open", "price"],
  ["high", "price"],
  ["low", "price"],
  ["close", "price"],
  ["volume", "u64"],
]);

const HEADER_BYTES = 16;

/** The columns of a Databento CSV file. */
export class CsvColumns {
  readonly #columns: ReadonlyMap<string, number>;
  readonly #layouts = new Map<number, RowLayout>();
  readonly time: number;
  readonly instrument: number;
  /** Undefined where there is no such column. */
  readonly rtype: number | undefined;
  readonly publisher: number | undefined;
  readonly symbol: number | undefined;
  /** Of files that do not tell the type of each record. */
  readonly impliedType: number | undefined;

  /** Throws `FeedError` when a column is missing that every record needs. */
  constructor(columns: ReadonlyMap<string, number>) {
    this.#columns = columns;
    this.time = this.#require("ts_event");
    this.instrument = this.#require("instrument_id");
    this.rtype = columns.get("rtype");
    this.publisher = columns.get("publisher_id");
    this.symbol = columns.get("symbol");
    this.impliedType = this.rtype === undefined ? this.#impliedType() : undefined;
  }

  /** How a row of this type is read; undefined for a type that is not known. Throws when a column is missing. */
  layoutOf(rtype: number): RowLayout | undefined {
    const known = this.#layouts.get(rtype);
    const layout = LAYOUTS.get(rtype)?.at(-1);
    if (known !== undefined || layout === undefined) return known;
    const fields: CsvField[] = [];
    for (const { name, offset } of layout.fields) {
      const kind = NEEDED.get(name);
      if (kind === undefined || (name === "ts_recv" && !this.#columns.has(name))) continue;
      fields.push({ name, kind, column: this.#require(name), offset });
    }
    const made = { size: Math.max(layout.size, HEADER_BYTES), fields };
    this.#layouts.set(rtype, made);
    return made;
  }

  // The oldest exports have no rtype; the length of a bar is told by nothing else.
  #impliedType(): number {
    const has = (name: string) => this.#columns.has(name);
    if (has("order_id")) return RTYPE.mbo;
    if (has("bid_px_00")) return has("bid_px_01") ? RTYPE.mbp10 : RTYPE.mbp1;
    if (has("action") && has("side")) return RTYPE.trade;
    throw missing("rtype");
  }

  #require(name: string): number {
    const column = this.#columns.get(name);
    if (column === undefined) throw missing(name);
    return column;
  }
}

function missing(name: string): FeedError {
  return new FeedError(say('it has no column "{0}", which a CSV file of Databento has; download it again', name), {
    retriable: false,
  });
}
