/** Record types of DBN, the second byte of every record (`MARKET-DATA.md` a). */
export const RTYPE = {
  trade: 0x00,
  mbp1: 0x01,
  mbp10: 0x0a,
  ohlcvDeprecated: 0x11,
  status: 0x12,
  definition: 0x13,
  imbalance: 0x14,
  error: 0x15,
  symbolMapping: 0x16,
  system: 0x17,
  statistics: 0x18,
  ohlcv1s: 0x20,
  ohlcv1m: 0x21,
  ohlcv1h: 0x22,
  ohlcv1d: 0x23,
  ohlcvEod: 0x24,
  mbo: 0xa0,
  cmbp1: 0xb1,
  cbbo1s: 0xc0,
  cbbo1m: 0xc1,
  tcbbo: 0xc2,
  bbo1s: 0xc3,
  bbo1m: 0xc4,
} as const;

/** Schema names by their number in the metadata. */
export const SCHEMAS: readonly string[] = [
  "mbo",
  "mbp-1",
  "mbp-10",
  "tbbo",
  "trades",
  "ohlcv-1s",
  "ohlcv-1m",
  "ohlcv-1h",
  "ohlcv-1d",
  "definition",
  "statistics",
  "status",
  "imbalance",
  "ohlcv-eod",
  "cmbp-1",
  "cbbo-1s",
  "cbbo-1m",
  "tcbbo",
  "bbo-1s",
  "bbo-1m",
];

/** The schema that a record type is of; mbp-1 stands for tbbo too. */
export const SCHEMA_BY_RTYPE: ReadonlyMap<number, string> = new Map([
  [RTYPE.trade, "trades"],
  [RTYPE.mbp1, "mbp-1"],
  [RTYPE.mbp10, "mbp-10"],
  [RTYPE.status, "status"],
  [RTYPE.definition, "definition"],
  [RTYPE.imbalance, "imbalance"],
  [RTYPE.statistics, "statistics"],
  [RTYPE.ohlcv1s, "ohlcv-1s"],
  [RTYPE.ohlcv1m, "ohlcv-1m"],
  [RTYPE.ohlcv1h, "ohlcv-1h"],
  [RTYPE.ohlcv1d, "ohlcv-1d"],
  [RTYPE.ohlcvEod, "ohlcv-eod"],
  [RTYPE.mbo, "mbo"],
  [RTYPE.cmbp1, "cmbp-1"],
  [RTYPE.cbbo1s, "cbbo-1s"],
  [RTYPE.cbbo1m, "cbbo-1m"],
  [RTYPE.tcbbo, "tcbbo"],
  [RTYPE.bbo1s, "bbo-1s"],
  [RTYPE.bbo1m, "bbo-1m"],
]);

/** Names of the symbol types by their number. */
export const STYPES: readonly string[] = [
  "instrument_id",
  "raw_symbol",
  "smart",
  "continuous",
  "parent",
  "nasdaq_symbol",
  "cms_symbol",
  "isin",
  "us_code",
  "bbg_comp_id",
  "bbg_comp_ticker",
  "figi",
  "figi_ticker",
];

/** The newest DBN version that this program reads. */
export const NEWEST_VERSION = 3;

/** Bytes of the header that every record begins with. */
export const HEADER_BYTES = 16;

/** Bytes that `ts_out` adds to every record. */
export const TS_OUT_BYTES = 8;
