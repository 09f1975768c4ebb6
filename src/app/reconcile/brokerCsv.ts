import { parse } from "csv-parse/sync";
import { say } from "../../core/say.js";
import type { Micros } from "../../core/units.js";
import { momentOf } from "../earlier/values.js";
import { plainText } from "../plainText.js";
import { type BrokerColumns, brokerColumns, unknownColumns } from "./brokerColumns.js";

/** An execution as the broker tells it. */
export interface BrokerFill {
  /** In the file, from 1. */
  readonly line: number;
  readonly time: Micros;
  /** As written. */
  readonly symbol: string;
  readonly side: "BUY" | "SELL";
  readonly quantity: number;
  /** In points; a broker's average may lie between two ticks. */
  readonly price: number;
}

/** What a broker's file holds. */
export interface BrokerFile {
  readonly fills: readonly BrokerFill[];
  /** One sentence for each line that could not be read. */
  readonly problems: readonly string[];
  /** Lines of orders that were not filled. */
  readonly unfilled: number;
  /** Whether every time says its own offset, so that no time zone has to be known. */
  readonly isZoned: boolean;
}

const MOST_BYTES = 20_000_000;
/** Brokers write a few lines of their own above the header. */
const HEADER_WITHIN = 30;

/**
 * Reads a broker's list of executions. Its columns are known by their usual names, in any order.
 *
 * @param zone IANA name of the zone of times that say none
 * @throws Error in one sentence where the file as a whole cannot be read
 */
export function readBrokerCsv(text: string, zone: string): BrokerFile {
  if (text.length > MOST_BYTES) throw new Error(say("The file has more than {0} MB", MOST_BYTES / 1e6));
  const lines = cellsOf(text);
  const header = lines.slice(0, HEADER_WITHIN).findIndex(({ cells }) => brokerColumns(cells) !== undefined);
  const columns = brokerColumns(lines[header]?.cells ?? []);
  if (columns === undefined) throw new Error(unknownColumns(lines.slice(0, HEADER_WITHIN).map(({ cells }) => cells)));
  const rows = lines.slice(header + 1);
  const isDayFirst = rows.some(({ cells }) => /^(1[3-9]|2\d|3[01])[/.]/.test(cells[columns.time]?.trim() ?? ""));
  const read = rows.map((row) => readRow(row, columns, { zone, isDayFirst }));
  return {
    fills: read.flatMap((row) => ("fill" in row ? [row.fill] : [])),
    problems: read.flatMap((row) => ("problem" in row ? [row.problem] : [])),
    unfilled: read.filter((row) => "unfilled" in row).length,
    isZoned: read.every((row) => !("fill" in row) || row.isZoned),
  };
}

interface Line {
  readonly cells: readonly string[];
  readonly number: number;
}

function cellsOf(text: string): readonly Line[] {
  const start = text.slice(0, 5000);
  const count = (separator: string) => start.split(separator).length;
  const delimiter = [",", ";", "\t"].reduce((best, each) => (count(each) > count(best) ? each : best));
  try {
    const numbers: number[] = [];
    const records = parse(text, {
      delimiter,
      bom: true,
      trim: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      on_record: (record: string[], { lines }) => {
        numbers.push(lines);
        return record;
      },
    });
    return records.map((cells, index) => ({ cells: cells.map(plainText), number: numbers[index] ?? 0 }));
  } catch (error) {
    throw new Error(say("The file is no CSV: {0}", plainText(error instanceof Error ? error.message : String(error))));
  }
}

interface Clock {
  readonly zone: string;
  /** Whether `13/06/2025` stands somewhere: else the month comes first. */
  readonly isDayFirst: boolean;
}

type Read =
  | { readonly fill: BrokerFill; readonly isZoned: boolean }
  | { readonly problem: string }
  | { readonly unfilled: true };

function readRow({ cells, number: line }: Line, columns: BrokerColumns, clock: Clock): Read {
  const cell = (column: number | undefined) => (column === undefined ? "" : (cells[column] ?? "").trim());
  const wrong = (what: string, text: string): Read => ({
    problem: say('Line {0} was not read: "{1}" is no {2}', line, text.slice(0, 30), what),
  });
  const status = cell(columns.status).toLowerCase();
  if (status !== "" && !/^(?!un|not ).*(fill|exec|complete|closed)/.test(status)) return { unfilled: true };
  const symbol = cell(columns.symbol);
  // What has neither is a total or an end of the list, not an execution.
  if (symbol === "" || cell(columns.quantity) === "") return { unfilled: true };
  const written = [cell(columns.date), cell(columns.time)].filter((text) => text !== "").join(" ");
  const moment = timeOf(written, clock);
  if (moment === undefined) return wrong(say("date and time"), written);
  const quantity = numberOf(cell(columns.quantity));
  if (quantity === undefined || !Number.isInteger(quantity)) return wrong(say("quantity"), cell(columns.quantity));
  if (quantity === 0) return { unfilled: true };
  const price = numberOf(cell(columns.price));
  if (price === undefined || price <= 0) return wrong(say("price"), cell(columns.price));
  const side = columns.side === undefined ? (quantity < 0 ? "SELL" : "BUY") : sideOf(cell(columns.side));
  if (side === undefined) return wrong(say("side"), cell(columns.side));
  const fill = { line, time: moment.time, symbol, side, quantity: Math.abs(quantity), price };
  return { fill, isZoned: moment.isZoned };
}

function sideOf(text: string): "BUY" | "SELL" | undefined {
  const word = text.toUpperCase();
  if (/^(B|BUY|BOT|BOUGHT|LONG|BTO|BTC|BUY TO (OPEN|CLOSE|COVER)|COVER)$/.test(word)) return "BUY";
  return /^(S|SELL|SLD|SOLD|SHORT|STO|STC|SS|SELL SHORT|SELL TO (OPEN|CLOSE))$/.test(word) ? "SELL" : undefined;
}

function numberOf(text: string): number | undefined {
  const plain = text.replace(/[$\s']/g, "");
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain)) return Number(plain.replaceAll(",", ""));
  if (/^[+-]?\d+,\d+$/.test(plain)) return Number(plain.replace(",", "."));
  return /^[+-]?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

/** `2025-06-09T14:32:15Z`, `06/09/2025, 2:32:15 PM`, `20250609;143215` and the like. */
function timeOf(text: string, { zone, isDayFirst }: Clock) {
  const found =
    /^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})[T ,;]+(.+)$/.exec(text) ??
    reordered(/^(\d{1,2})[/.](\d{1,2})[/.](\d{4})[T ,;]+(.+)$/.exec(text), isDayFirst);
  if (found === null) return undefined;
  const [, year = "", month = "", day = "", rest = ""] = found;
  const clock = /^(\d{1,2}):?(\d{2}):?(\d{2})?(\.\d+)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(rest);
  if (clock === null) return undefined;
  const [, hours = "", minutes = "", seconds = "00", fraction = "", half = "", offset = ""] = clock;
  if (half !== "" && (Number(hours) < 1 || Number(hours) > 12)) return undefined;
  const hour = half === "" ? Number(hours) : (Number(hours) % 12) + (/^p/i.test(half) ? 12 : 0);
  const two = (value: string | number) => String(value).padStart(2, "0");
  const iso = `${year}-${two(month)}-${two(day)}T${two(hour)}:${minutes}:${seconds}${fraction.slice(0, 7)}${offset}`;
  const time = momentOf(iso, zone);
  return time === undefined ? undefined : { time, isZoned: offset !== "" };
}

function reordered(found: RegExpExecArray | null, isDayFirst: boolean): readonly string[] | null {
  if (found === null) return null;
  const [all, first = "", second = "", year = "", rest = ""] = found;
  return isDayFirst ? [all, year, second, first, rest] : [all, year, first, second, rest];
}
