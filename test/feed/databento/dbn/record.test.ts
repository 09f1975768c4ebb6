import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RTYPE } from "../../../../src/feed/databento/dbn/codes.js";
import { encodeRecord } from "../../../../src/feed/databento/dbn/encode.js";
import type { Block } from "../../../../src/feed/databento/dbn/framer.js";
import { type Field, LAYOUTS, LEVEL, VENUE_LEVEL } from "../../../../src/feed/databento/dbn/layouts.js";
import { readRecord } from "../../../../src/feed/databento/dbn/record.js";
import { FeedError } from "../../../../src/feed/feedError.js";
import { trade } from "../../../support/dbnBytes.js";

function block(bytes: Uint8Array): Block {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), base: 100 };
}

const ALL = [...LAYOUTS].flatMap(([rtype, layouts]) => layouts.map((layout) => ({ rtype, layout })));

describe("A record as a plain object", () => {
  it("has DBN's names, 64-bit integers as text and the price in 1e-9", () => {
    expect(readRecord(block(trade({ seconds: 1.5, price: 4800.25, size: 3, side: "A" })), 0, false)).toEqual({
      type: "trade",
      rtype: 0,
      publisher_id: 1,
      instrument_id: 17077,
      ts_event: "1703462401500000000",
      price: "4800250000000",
      size: 3,
      action: "T",
      side: "A",
      flags: 0,
      depth: 0,
      ts_recv: "1703462401500000000",
      ts_in_delta: 0,
      sequence: 0,
    });
  });

  it("has the gateway's send time where the metadata announces one", () => {
    const bytes = encodeRecord({ rtype: RTYPE.system, msg: "Heartbeat", code: 0, ts_out: "18446744073709551615" });
    expect(bytes.length).toBe(328);
    expect(readRecord(block(bytes), 0, true)).toMatchObject({
      type: "system",
      msg: "Heartbeat",
      code: 0,
      ts_out: "18446744073709551615",
    });
  });

  it("is read back as it was written, for every type and version", () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(...ALL)
          .chain(({ rtype, layout }) => anyRecord(layout.fields).map((record) => ({ rtype, layout, record }))),
        ({ rtype, layout, record }) => {
          const bytes = encodeRecord({ rtype, ...record }, layout.size);
          expect(readRecord(block(bytes), 0, false)).toMatchObject({ type: layout.name, rtype, ...record });
        },
      ),
    );
  });

  it("says what it can of a type that is not known", () => {
    const bytes = trade();
    bytes[1] = 0x99;
    expect(readRecord(block(bytes), 0, false)).toMatchObject({ type: "unknown", rtype: 0x99, length: 48 });
  });

  it("is refused when it is too short for its type", () => {
    const bytes = trade();
    bytes[0] = 11;
    expect(() => readRecord(block(bytes), 0, false)).toThrow(FeedError);
    expect(() => readRecord(block(bytes), 0, false)).toThrow(
      "the record at byte 100 has 44 bytes, too few for its type 0x00",
    );
  });

  it.each([0, 1, 2, 3])("is refused when it claims %i words, less than a header", (words) => {
    const bytes = trade();
    bytes[0] = words;
    expect(() => readRecord(block(bytes), 0, false)).toThrow(`claims ${words * 4} bytes, less than its header`);
  });
});

/** Any values for the fields of a record, as `readRecord` gives them. */
function anyRecord(fields: readonly Field[]): fc.Arbitrary<Record<string, never>> {
  return fc.record(Object.fromEntries(fields.map((field) => [field.name, anyValue(field)]))) as never;
}

function anyValue(field: Field): fc.Arbitrary<unknown> {
  switch (field.type) {
    case "char":
    case "text":
      return fc.stringMatching(new RegExp(`^[ -~]{0,${field.size}}$`));
    case "u64":
      return fc.bigInt(0n, 2n ** 64n - 1n).map(String);
    case "i64":
      return fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String);
    case "levels":
      return fc.array(anyRecord(LEVEL.fields), { minLength: field.size / 32, maxLength: field.size / 32 });
    case "venues":
      return fc.array(anyRecord(VENUE_LEVEL.fields), { minLength: field.size / 32, maxLength: field.size / 32 });
    default: {
      const span = 2 ** (field.size * 8);
      return field.type.startsWith("u")
        ? fc.integer({ min: 0, max: span - 1 })
        : fc.integer({ min: -span / 2, max: span / 2 - 1 });
    }
  }
}
