import { say } from "../../../core/say.js";
import { cellsOf, columnsOf, requireCells, type Separator, separatorOf } from "../../text/cells.js";
import { toCount, toNanoPoints } from "../../text/numbers.js";
import { damaged, TextLines } from "../../text/textLines.js";
import { HEADER_BYTES, RTYPE, SCHEMA_BY_RTYPE } from "../dbn/codes.js";
import { encodeMetadata, encodeRecord } from "../dbn/encode.js";
import type { Mapping } from "../dbn/metadata.js";
import { RecordBytes } from "../dbn/recordBytes.js";
import { CsvColumns, type CsvField } from "./csvColumns.js";
import { CsvTimes } from "./csvTime.js";

const U32_MAX = 0xffff_ffff;
/** The longest symbol of DBN, with the zero that ends it. */
const SYMBOL_BYTES = 71;
const RAW_PRICE = /^-?\d{1,19}$/;

/** What is known of a CSV file from elsewhere. */
export interface CsvOptions {
  /** Whether prices are points with a decimal point, as `hasDecimalPoint` told after an earlier reading. */
  readonly decimalPrices: boolean;
  /** Which ids are which symbols, for files without a symbol column: the `symbology.json` of a batch download. */
  readonly mappings?: readonly Mapping[];
}

/**
 * Turns a Databento CSV file into the DBN records that it was made from, so that everything after is the same for both:
 * metadata first, a mapping record where the symbol column names an id anew, then one record per row. In any of the three
 * dialects: whole numbers, ISO times with decimal prices, and what Python's `to_csv` writes.
 *
 * An empty price is DBN's undefined price. Throws `FeedError`, with the line's number, for a row that is damaged.
 */
export class CsvRecords {
  readonly #options: CsvOptions;
  readonly #lines = new TextLines();
  readonly #times = new CsvTimes();
  readonly #symbols = new Map<number, string>();
  readonly #out = new RecordBytes();
  #columns: CsvColumns | undefined;
  #separator: Separator = ",";
  #width = 0;
  #begun = false;
  #hasDecimalPoint = false;
  /** Whether the line that is read ends with the file. */
  #isUnended = false;

  constructor(options: CsvOptions) {
    this.#options = options;
  }

  /** Whether a price so far had a decimal point. */
  get hasDecimalPoint(): boolean {
    return this.#hasDecimalPoint;
  }

  /** Takes the next bytes of the file; gives DBN bytes that are valid until the next call. */
  push(bytes: Uint8Array): Uint8Array {
    return this.#read(this.#lines.push(bytes));
  }

  /** The rest, when the file is over. */
  end(): Uint8Array {
    this.#isUnended = true;
    const bytes = this.#read(this.#lines.end());
    return this.#begun ? bytes : this.#metadata(undefined, 0n);
  }

  #read(lines: readonly string[]): Uint8Array {
    this.#out.clear();
    lines.forEach((line, index) => {
      if (line.trim() === "") return;
      const number = this.#lines.numberOf(index);
      if (this.#columns === undefined) this.#columns = this.#readHeader(line, number);
      else this.#readRow(line, number, this.#columns);
    });
    return this.#out.bytes();
  }

  #readHeader(line: string, number: number): CsvColumns {
    this.#separator = separatorOf(line);
    const names = cellsOf(line, this.#separator, number);
    this.#width = names.length;
    return new CsvColumns(columnsOf(names));
  }

  #readRow(line: string, number: number, columns: CsvColumns): void {
    const cells = cellsOf(line, this.#separator, number);
    requireCells(cells, this.#width, number);
    const cell = (column: number | undefined) => (column === undefined ? "" : (cells[column] ?? "").trim());
    const rtype = columns.impliedType ?? toCount(cell(columns.rtype), 255, "rtype", number);
    const id = toCount(cell(columns.instrument), U32_MAX, "instrument_id", number);
    const publisher =
      columns.publisher === undefined ? 0 : toCount(cell(columns.publisher), 0xffff, "publisher_id", number);
    const time = this.#times.read(cell(columns.time), "ts_event", number);
    if (!this.#begun) this.#out.append(this.#metadata(SCHEMA_BY_RTYPE.get(rtype) ?? String(rtype), time));
    if (columns.symbol !== undefined) this.#map(id, cell(columns.symbol), time, number);
    const layout = columns.layoutOf(rtype);
    const view = this.#out.add(layout?.size ?? HEADER_BYTES);
    view.setUint8(1, rtype);
    view.setUint16(2, publisher, true);
    view.setUint32(4, id, true);
    view.setBigUint64(8, time, true);
    for (const field of layout?.fields ?? []) this.#write(view, field, cell(field.column), number);
  }

  #write(view: DataView, { kind, offset, name }: CsvField, text: string, line: number): void {
    switch (kind) {
      case "time":
        view.setBigUint64(offset, this.#times.read(text, name, line), true);
        break;
      case "price":
        this.#writePrice(view, offset, text, line);
        break;
      case "u32":
        view.setUint32(offset, toCount(text, U32_MAX, name, line), true);
        break;
      case "u64":
        view.setBigUint64(offset, BigInt(toCount(text, Number.MAX_SAFE_INTEGER, name, line)), true);
        break;
      case "char":
        if (text.length > 1)
          throw damaged(line, say('has "{0}" as {1}; it must be one letter', text.slice(0, 30), name));
        view.setUint8(offset, text.charCodeAt(0) || 0);
        break;
      default:
        kind satisfies never;
    }
  }

  #writePrice(view: DataView, offset: number, text: string, line: number): void {
    this.#hasDecimalPoint ||= text.includes(".");
    const isRaw = !this.#options.decimalPrices && RAW_PRICE.test(text);
    const nanos = isRaw ? Number(text) : toNanoPoints(text, line);
    if (nanos === undefined || !Number.isSafeInteger(nanos)) {
      view.setBigInt64(offset, isRaw ? BigInt.asIntN(64, BigInt(text)) : 0x7fff_ffff_ffff_ffffn, true);
      return;
    }
    const high = Math.floor(nanos / 2 ** 32);
    view.setUint32(offset, nanos - high * 2 ** 32, true);
    view.setInt32(offset + 4, high, true);
  }

  #map(id: number, symbol: string, time: bigint, line: number): void {
    const before = this.#symbols.get(id);
    if (symbol === "" || before === symbol) return;
    if (this.#isUnended && before?.startsWith(symbol))
      throw damaged(line, say('ends within "{0}"; the file is cut off: download it again', before));
    if (symbol.length >= SYMBOL_BYTES) throw damaged(line, say("has a symbol of {0} characters", symbol.length));
    this.#symbols.set(id, symbol);
    this.#out.append(
      encodeRecord({
        rtype: RTYPE.symbolMapping,
        instrument_id: id,
        ts_event: time.toString(),
        stype_in_symbol: symbol,
        stype_out_symbol: symbol,
      }),
    );
  }

  #metadata(schema: string | undefined, start: bigint): Uint8Array {
    this.#begun = true;
    const { mappings = [] } = this.#options;
    return encodeMetadata({ schema, start, stypeIn: "raw_symbol", mappings });
  }
}
