import { say } from "../../core/say.js";
import type { Micros } from "../../core/units.js";
import { FeedError } from "../feedError.js";
import { cellsOf, columnsOf, requireCells, type Separator, separatorOf } from "../text/cells.js";
import { toCount, toNanoPoints } from "../text/numbers.js";
import { damaged, TextLines } from "../text/textLines.js";
import { ChicagoTimes } from "./chicagoTimes.js";

/** One row of a Sierra Chart export; prices in 1e-9 points, undefined where the cell is empty. */
export interface SierraRow {
  readonly line: number;
  readonly time: Micros;
  /** Undefined in a time-and-sales row. */
  readonly prices: { readonly open: Price; readonly high: Price; readonly low: Price } | undefined;
  readonly close: Price;
  readonly volume: number;
  /** Sell-aggressor and buy-aggressor volume; undefined where the file does not tell. */
  readonly bidVolume: number | undefined;
  readonly askVolume: number | undefined;
  /** Where the two are more than the volume. */
  readonly misfit: SideMisfit | undefined;
}

/**
 * How bid and ask volume contradict the volume, which counts: it is the total that was traded. More than it cannot have met bid and
 * ask, so those are left out. Less is no contradiction: what is missing had no side, as trades of Databento with side N have none.
 */
export type SideMisfit = "sides_above_volume";

type Price = number | undefined;

/** Names of columns, as versions and windows of Sierra Chart write them, in lower case without blanks. */
const NAMES = {
  date: ["date"],
  time: ["time"],
  dateTime: ["datetime", "date/time"],
  open: ["open"],
  high: ["high"],
  low: ["low"],
  close: ["last", "close", "price"],
  volume: ["volume", "size", "quantity"],
  bidVolume: ["bidvolume", "bidvol"],
  askVolume: ["askvolume", "askvol"],
  side: ["side"],
} as const;

type Columns = { readonly [Name in keyof typeof NAMES]: number | undefined };

const SIDES: ReadonlyMap<string, "bid" | "ask" | undefined> = new Map([
  ["", undefined],
  ["bid", "bid"],
  ["sell", "bid"],
  ["ask", "ask"],
  ["buy", "ask"],
]);

/**
 * Reads the rows of a Sierra Chart text export, bars or time and sales, by the names in its header. Throws `FeedError`, with
 * the line's number, for a row that is damaged.
 */
export class SierraRows {
  readonly #lines = new TextLines();
  readonly #times = new ChicagoTimes();
  #columns: Columns | undefined;
  #separator: Separator = ",";
  #width = 0;

  push(bytes: Uint8Array): readonly SierraRow[] {
    return this.#read(this.#lines.push(bytes));
  }

  /** The rest, when the file is over. */
  end(): readonly SierraRow[] {
    const rows = this.#read(this.#lines.end());
    this.#times.end();
    return rows;
  }

  #read(lines: readonly string[]): readonly SierraRow[] {
    const rows: SierraRow[] = [];
    lines.forEach((line, index) => {
      if (line.trim() === "") return;
      const number = this.#lines.numberOf(index);
      if (this.#columns === undefined) this.#readHeader(line, number);
      else rows.push(this.#readRow(line, number, this.#columns));
    });
    return rows;
  }

  #readHeader(line: string, number: number): void {
    this.#separator = separatorOf(line);
    const names = cellsOf(line, this.#separator, number);
    this.#width = names.length;
    this.#columns = findColumns(columnsOf(names));
  }

  #readRow(text: string, line: number, columns: Columns): SierraRow {
    const cells = cellsOf(text, this.#separator, line);
    requireCells(cells, this.#width, line);
    const cell = (column: number | undefined) => (column === undefined ? "" : (cells[column] ?? "").trim());
    const price = (column: number | undefined) => toNanoPoints(cell(column), line);
    const volume = toCount(cell(columns.volume), Number.MAX_SAFE_INTEGER, "volume", line);
    const hasPrices = columns.open !== undefined;
    return {
      line,
      time: this.#timeOf(cell, columns, line),
      prices: hasPrices ? { open: price(columns.open), high: price(columns.high), low: price(columns.low) } : undefined,
      close: price(columns.close),
      volume,
      ...volumesOf(cell, columns, volume, line),
    };
  }

  #timeOf(cell: (column: number | undefined) => string, columns: Columns, line: number): Micros {
    if (columns.dateTime === undefined) return this.#times.read(cell(columns.date), cell(columns.time), line);
    const [date = "", time = ""] = cell(columns.dateTime).split(/\s+/);
    return this.#times.read(date, time, line);
  }
}

function volumesOf(
  cell: (column: number | undefined) => string,
  columns: Columns,
  volume: number,
  line: number,
): Pick<SierraRow, "bidVolume" | "askVolume" | "misfit"> {
  if (columns.side !== undefined) {
    const word = cell(columns.side).toLowerCase();
    if (!SIDES.has(word))
      throw damaged(line, say('has "{0}" as side; it must be bid, ask, buy or sell', word.slice(0, 30)));
    const side = SIDES.get(word);
    return { bidVolume: side === "bid" ? volume : 0, askVolume: side === "ask" ? volume : 0, misfit: undefined };
  }
  if (columns.bidVolume === undefined || columns.askVolume === undefined) return NO_SIDES;
  const bidVolume = toCount(cell(columns.bidVolume), Number.MAX_SAFE_INTEGER, say("bid volume"), line);
  const askVolume = toCount(cell(columns.askVolume), Number.MAX_SAFE_INTEGER, say("ask volume"), line);
  if (bidVolume + askVolume > volume) return { ...NO_SIDES, misfit: "sides_above_volume" };
  return { bidVolume, askVolume, misfit: undefined };
}

const NO_SIDES = { bidVolume: undefined, askVolume: undefined, misfit: undefined } as const;

function findColumns(names: ReadonlyMap<string, number>): Columns {
  const found = Object.fromEntries(
    Object.entries(NAMES).map(([name, words]) => [
      name,
      words.map((word) => names.get(word)).find((at) => at !== undefined),
    ]),
  ) as Columns;
  const has = (...columns: readonly (keyof Columns)[]) => columns.every((column) => found[column] !== undefined);
  const isTimed = has("date", "time") || has("dateTime");
  const isWhole = has("open", "high", "low") || !(has("open") || has("high") || has("low"));
  if (isTimed && isWhole && has("close", "volume")) return found;
  throw new FeedError(
    say(
      "its first line does not name the columns of Sierra Chart: Date, Time, Open, High, Low, Last, Volume; export it with its header",
    ),
    { retriable: false },
  );
}
