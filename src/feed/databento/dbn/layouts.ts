import { HEADER_BYTES, RTYPE } from "./codes.js";
import { DEFINITION_V1, DEFINITION_V2, DEFINITION_V3 } from "./definitionLayouts.js";

type IntegerType = "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "u64" | "i64";

/** `char` is one ASCII byte, `text` a NUL-padded string; `levels` and `venues` are lists of price levels. */
export type FieldType = IntegerType | "char" | "text" | "levels" | "venues";

/** One field of a record. Bytes that mean nothing are no fields. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Bytes from the start of the record. */
  readonly offset: number;
  /** Bytes of the whole field. */
  readonly size: number;
}

/** Where the fields of one kind of record lie, after the header. */
export interface Layout {
  readonly name: string;
  /** Bytes with header, without `ts_out`. */
  readonly size: number;
  readonly fields: readonly Field[];
}

const WIDTHS: Readonly<Record<string, number>> = {
  u8: 1,
  i8: 1,
  char: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  u64: 8,
  i64: 8,
  text: 1,
  skip: 1,
  levels: 32,
  venues: 32,
};

/** Reads "name:type" words; `textN` is N characters, `levelsN` N levels, `skipN` N bytes that mean nothing. */
function fieldsOf(words: string, start: number): { fields: readonly Field[]; end: number } {
  const fields: Field[] = [];
  let offset = start;
  for (const word of words.trim().split(/\s+/)) {
    const match = /^(?:(\w+):)?([ui]\d+|char|text|levels|venues|skip)(\d*)$/.exec(word);
    const type = match?.[2] ?? "";
    const width = WIDTHS[type];
    if (match === null || width === undefined) throw new Error(`Unknown field "${word}"`);
    const size = width * (match[3] === "" ? 1 : Number(match[3]));
    if (type !== "skip") fields.push({ name: match[1] ?? "", type: type as FieldType, offset, size });
    offset += size;
  }
  return { fields, end: offset };
}

function layout(name: string, words: string): Layout {
  const { fields, end } = fieldsOf(words, HEADER_BYTES);
  return { name, size: end, fields };
}

/** The fields of one level of a book, from the level's start. */
export const LEVEL = fieldsOf("bid_px:i64 ask_px:i64 bid_sz:u32 ask_sz:u32 bid_ct:u32 ask_ct:u32", 0);

/** The fields of one consolidated level, which names the venue (`_pb`, a publisher id) instead of counting orders. */
export const VENUE_LEVEL = fieldsOf("bid_px:i64 ask_px:i64 bid_sz:u32 ask_sz:u32 bid_pb:u16 skip2 ask_pb:u16 skip2", 0);

const TRADE = "price:i64 size:u32 action:char side:char flags:u8 depth:u8 ts_recv:u64 ts_in_delta:i32 sequence:u32";
const OHLCV = [layout("ohlcv", "open:i64 high:i64 low:i64 close:i64 volume:u64")];
const BBO = [
  layout("bbo", "price:i64 size:u32 skip1 side:char flags:u8 skip1 ts_recv:u64 skip4 sequence:u32 levels:levels1"),
];
const CMBP1 = [
  layout(
    "cmbp1",
    "price:i64 size:u32 action:char side:char flags:u8 skip1 ts_recv:u64 ts_in_delta:i32 skip4 levels:venues1",
  ),
];
const CBBO = [layout("cbbo", "price:i64 size:u32 skip1 side:char flags:u8 skip1 ts_recv:u64 skip8 levels:venues1")];

/**
 * Every record of DBN 1 to 3: by rtype, then by size, smallest first. The size tells the version, so that a stream
 * that mixes versions, and a fragment without metadata, is read all the same.
 *
 * @see databento/dbn rust/dbn/src/{record,compat,v1,v2,v3}.rs
 */
export const LAYOUTS: ReadonlyMap<number, readonly Layout[]> = new Map([
  [RTYPE.trade, [layout("trade", TRADE)]],
  [RTYPE.mbp1, [layout("mbp1", `${TRADE} levels:levels1`)]],
  [RTYPE.mbp10, [layout("mbp10", `${TRADE} levels:levels10`)]],
  [RTYPE.ohlcvDeprecated, OHLCV],
  [RTYPE.ohlcv1s, OHLCV],
  [RTYPE.ohlcv1m, OHLCV],
  [RTYPE.ohlcv1h, OHLCV],
  [RTYPE.ohlcv1d, OHLCV],
  [RTYPE.ohlcvEod, OHLCV],
  [
    RTYPE.status,
    [
      layout(
        "status",
        `ts_recv:u64 action:u16 reason:u16 trading_event:u16 is_trading:char is_quoting:char
         is_short_sell_restricted:char skip7`,
      ),
    ],
  ],
  [
    RTYPE.definition,
    [layout("definition", DEFINITION_V1), layout("definition", DEFINITION_V2), layout("definition", DEFINITION_V3)],
  ],
  [
    RTYPE.imbalance,
    [
      layout(
        "imbalance",
        `ts_recv:u64 ref_price:i64 auction_time:u64 cont_book_clr_price:i64 auct_interest_clr_price:i64
         ssr_filling_price:i64 ind_match_price:i64 upper_collar:i64 lower_collar:i64 paired_qty:u32
         total_imbalance_qty:u32 market_imbalance_qty:u32 unpaired_qty:u32 auction_type:char side:char
         auction_status:u8 freeze_status:u8 num_extensions:u8 unpaired_side:char significant_imbalance:char skip1`,
      ),
    ],
  ],
  [RTYPE.error, [layout("error", "err:text64"), layout("error", "err:text302 code:u8 is_last:u8")]],
  [
    RTYPE.symbolMapping,
    [
      layout("symbol_mapping", "stype_in_symbol:text22 stype_out_symbol:text22 skip4 start_ts:u64 end_ts:u64"),
      layout(
        "symbol_mapping",
        "stype_in:u8 stype_in_symbol:text71 stype_out:u8 stype_out_symbol:text71 start_ts:u64 end_ts:u64",
      ),
    ],
  ],
  [RTYPE.system, [layout("system", "msg:text64"), layout("system", "msg:text303 code:u8")]],
  [
    RTYPE.statistics,
    [
      layout(
        "statistics",
        `ts_recv:u64 ts_ref:u64 price:i64 quantity:i32 sequence:u32 ts_in_delta:i32 stat_type:u16 channel_id:u16
         update_action:u8 stat_flags:u8 skip6`,
      ),
      layout(
        "statistics",
        `ts_recv:u64 ts_ref:u64 price:i64 quantity:i64 sequence:u32 ts_in_delta:i32 stat_type:u16 channel_id:u16
         update_action:u8 stat_flags:u8 skip18`,
      ),
    ],
  ],
  [
    RTYPE.mbo,
    [
      layout(
        "mbo",
        `order_id:u64 price:i64 size:u32 flags:u8 channel_id:u8 action:char side:char ts_recv:u64
         ts_in_delta:i32 sequence:u32`,
      ),
    ],
  ],
  [RTYPE.cmbp1, CMBP1],
  [RTYPE.tcbbo, CMBP1],
  [RTYPE.cbbo1s, CBBO],
  [RTYPE.cbbo1m, CBBO],
  [RTYPE.bbo1s, BBO],
  [RTYPE.bbo1m, BBO],
]);

/**
 * The layout of a record: the largest that fits, because a longer record is a newer version of which the known prefix
 * is read.
 *
 * @param size bytes without `ts_out`
 * @returns undefined for a type that is not known, and for a record too short for its type
 */
export function layoutOf(rtype: number, size: number): Layout | undefined {
  return LAYOUTS.get(rtype)?.findLast((candidate) => candidate.size <= size);
}

/** The offset of a field in a layout that has it. */
export function offsetOf(layout: Layout, field: string): number {
  const found = layout.fields.find((candidate) => candidate.name === field);
  if (found === undefined) throw new Error(`No field "${field}" in ${layout.name}`);
  return found.offset;
}
