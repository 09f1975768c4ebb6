import { readRecord } from "../../src/feed/databento/dbn/record.js";

/** The ways in which Databento's CSV writes prices and times. */
export const CSV_DIALECTS = ["raw", "pretty", "python"] as const;
export type CsvDialect = (typeof CSV_DIALECTS)[number];

const TRADE_COLUMNS =
  "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,ts_in_delta,sequence,symbol";
const BAR_COLUMNS = "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol";
const PRICES = new Set(["price", "open", "high", "low", "close"]);
const UNDEFINED_PRICE = "9223372036854775807";

/** DBN records of ESH4 as the text of a CSV file, written with bigints alone. */
export function csvOf(records: readonly Uint8Array[], dialect: CsvDialect): string {
  const rows = records.map((bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { ...readRecord({ bytes, view, base: 0 }, 0, false), symbol: "ESH4" } as Record<string, unknown>;
  });
  const columns = (rows[0]?.open === undefined ? TRADE_COLUMNS : BAR_COLUMNS).split(",");
  const cell = (name: string, value: unknown) => {
    const text = String(value ?? 0);
    if (name.startsWith("ts_") && name !== "ts_in_delta") return timeText(BigInt(text), dialect);
    return PRICES.has(name) ? priceText(text, dialect) : text;
  };
  return [columns.join(","), ...rows.map((row) => columns.map((name) => cell(name, row[name])).join(",")), ""].join(
    "\n",
  );
}

function priceText(text: string, dialect: CsvDialect): string {
  if (dialect === "raw") return text;
  if (text === UNDEFINED_PRICE) return "";
  const nanos = BigInt(text);
  const size = nanos < 0n ? -nanos : nanos;
  const points = `${nanos < 0n ? "-" : ""}${size / 1_000_000_000n}.${String(size % 1_000_000_000n).padStart(9, "0")}`;
  return dialect === "pretty" ? points : points.replace(/(\.\d+?)0+$/, "$1");
}

function timeText(nanos: bigint, dialect: CsvDialect): string {
  if (dialect === "raw") return nanos.toString();
  const second = new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = String(nanos % 1_000_000_000n).padStart(9, "0");
  return dialect === "pretty" ? `${second}.${fraction}Z` : `${second.replace("T", " ")}.${fraction}+00:00`;
}
