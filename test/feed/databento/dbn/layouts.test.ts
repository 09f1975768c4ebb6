import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RTYPE } from "../../../../src/feed/databento/dbn/codes.js";
import { LAYOUTS, layoutOf } from "../../../../src/feed/databento/dbn/layouts.js";

interface Published {
  readonly size: number;
  readonly fields: readonly { field: string; type: string; offset: number; size: number }[];
}

const published: Readonly<Record<string, Published>> = JSON.parse(
  readFileSync(new URL("../../../data/dbn-record-layouts.json", import.meta.url), "utf8"),
);

const RECORDS: readonly [name: string, rtype: number][] = [
  ["MboMsg", RTYPE.mbo],
  ["TradeMsg", RTYPE.trade],
  ["Mbp1Msg", RTYPE.mbp1],
  ["Mbp10Msg", RTYPE.mbp10],
  ["BboMsg", RTYPE.bbo1s],
  ["BboMsg", RTYPE.bbo1m],
  ["Cmbp1Msg", RTYPE.cmbp1],
  ["Cmbp1Msg", RTYPE.tcbbo],
  ["CbboMsg", RTYPE.cbbo1s],
  ["CbboMsg", RTYPE.cbbo1m],
  ["OhlcvMsg", RTYPE.ohlcv1m],
  ["StatusMsg", RTYPE.status],
  ["InstrumentDefMsg", RTYPE.definition],
  ["InstrumentDefMsgV1", RTYPE.definition],
  ["InstrumentDefMsgV2", RTYPE.definition],
  ["ImbalanceMsg", RTYPE.imbalance],
  ["StatMsg", RTYPE.statistics],
  ["StatMsgV1", RTYPE.statistics],
  ["ErrorMsg", RTYPE.error],
  ["ErrorMsgV1", RTYPE.error],
  ["SymbolMappingMsg", RTYPE.symbolMapping],
  ["SymbolMappingMsgV1", RTYPE.symbolMapping],
  ["SystemMsg", RTYPE.system],
  ["SystemMsgV1", RTYPE.system],
];

const NUMERIC = /^[ui](8|16|32|64)$/;

describe("The table of record layouts", () => {
  it.each(RECORDS)("has every field of the published %s (type %i) where it lies", (name, rtype) => {
    const record = published[name];
    if (record === undefined) throw new Error(`No ${name}`);
    const layout = layoutOf(rtype, record.size);
    expect(layout?.size).toBe(record.size);
    const meaningful = record.fields.filter(({ field }) => field !== "hd" && !/^_(reserved|dummy)/.test(field));
    expect(layout?.fields.map(({ name: field, offset, size }) => ({ field, offset, size }))).toEqual(
      meaningful.map(({ field, offset, size }) => ({ field, offset, size })),
    );
    for (const { field, type } of meaningful) {
      const ours = layout?.fields.find((candidate) => candidate.name === field)?.type;
      if (NUMERIC.test(type)) expect(`${field} ${ours}`).toBe(`${field} ${type}`);
    }
  });

  it("reads a longer record as the newest that fits, and none that is too short", () => {
    expect(layoutOf(RTYPE.definition, 600)?.size).toBe(520);
    expect(layoutOf(RTYPE.definition, 440)?.size).toBe(400);
    expect(layoutOf(RTYPE.trade, 44)).toBeUndefined();
    expect(layoutOf(0x99, 48)).toBeUndefined();
  });

  it("knows every type that DBN has", () => {
    expect([...LAYOUTS.keys()].sort()).toEqual(Object.values(RTYPE).sort());
  });
});
