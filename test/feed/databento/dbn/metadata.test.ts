import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeMetadata } from "../../../../src/feed/databento/dbn/encode.js";
import { DbnFramer } from "../../../../src/feed/databento/dbn/framer.js";
import { describeMetadata, parseMetadata, parsePrelude } from "../../../../src/feed/databento/dbn/metadata.js";
import { FeedError } from "../../../../src/feed/feedError.js";
import { metadata } from "../../../support/dbnBytes.js";

function parse(bytes: Uint8Array) {
  const { version, length } = parsePrelude(bytes);
  expect(length).toBe(bytes.length - 8);
  return parseMetadata(version, bytes.subarray(8));
}

/** The metadata of ESH4 with `value` written as u32 at `offset`. */
function patched(offset: number, value: number): Uint8Array {
  const bytes = metadata();
  new DataView(bytes.buffer).setUint32(offset, value, true);
  return bytes;
}

const symbol = fc.stringMatching(/^[A-Z0-9.]{1,21}$/);
const anyMetadata = fc.record({
  version: fc.constantFrom(1, 2, 3),
  dataset: fc.constantFrom("GLBX.MDP3", "XNAS.ITCH"),
  schema: fc.constantFrom(undefined, "trades", "bbo-1m"),
  start: fc.bigInt(0n, 2n ** 63n),
  end: fc.option(fc.bigInt(0n, 2n ** 63n), { nil: undefined }),
  limit: fc.option(fc.bigInt(1n, 1000n), { nil: undefined }),
  stypeIn: fc.constantFrom(undefined, "raw_symbol", "continuous"),
  stypeOut: fc.constant("instrument_id"),
  tsOut: fc.boolean(),
  symbols: fc.array(symbol, { maxLength: 3 }),
  partial: fc.array(symbol, { maxLength: 3 }),
  notFound: fc.array(symbol, { maxLength: 3 }),
  mappings: fc.array(
    fc.record({
      requested: symbol,
      intervals: fc.array(fc.record({ start: fc.nat(), end: fc.nat(), symbol }), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
});

describe("DBN metadata", () => {
  it("is read back as it was written, in every version", () => {
    fc.assert(
      fc.property(anyMetadata, (fields) => {
        const { symbolLength, ...read } = parse(encodeMetadata(fields));
        expect(read).toEqual(fields);
        expect(symbolLength).toBe(fields.version === 1 ? 22 : 71);
      }),
    );
  });

  it("is padded to whole words in version 3", () => {
    expect(encodeMetadata({ version: 3, symbols: ["ESH4"] }).length % 8).toBe(0);
    expect(encodeMetadata({ version: 2, symbols: ["ESH4"] }).length % 8).toBe(7);
  });

  it("is described in DBN's own words, 64-bit integers as text", () => {
    expect(describeMetadata(parse(metadata()))).toEqual({
      type: "metadata",
      version: 3,
      dataset: "GLBX.MDP3",
      schema: "trades",
      start: "1703462400000000000",
      end: "18446744073709551615",
      limit: "0",
      stype_in: "raw_symbol",
      stype_out: "instrument_id",
      ts_out: false,
      symbol_cstr_len: 71,
      symbols: ["ESH4"],
      partial: [],
      not_found: [],
      mappings: [{ raw_symbol: "ESH4", intervals: [{ start_date: 20231225, end_date: 20231226, symbol: "17077" }] }],
    });
  });

  it.each([
    { name: "another format", bytes: patched(0, 0x12345678), says: "not in the DBN format" },
    { name: "the old DBZ format", bytes: patched(0, 0x015a4244), says: "old DBZ format" },
    { name: "version 0", bytes: patched(0, 0x004e4244), says: "version 0 is not known" },
    { name: "version 4", bytes: patched(0, 0x044e4244), says: "version 4 is not known" },
    { name: "a length of 4 GB", bytes: patched(4, 0xffff_ffff), says: "claims 4294967295 bytes" },
    { name: "a length below the fixed part", bytes: patched(4, 99), says: "claims 99 bytes" },
    { name: "a length just over the cap", bytes: patched(4, 8 * 1024 * 1024 + 1), says: "claims 8388609 bytes" },
    { name: "a schema definition", bytes: patched(108, 1), says: "schema definition" },
    { name: "a billion symbols", bytes: patched(112, 1e9), says: "1000000000 entries" },
  ])("refuses $name", ({ bytes, says }) => {
    expect(() => parse(bytes)).toThrow(FeedError);
    expect(() => parse(bytes)).toThrow(says);
  });

  it("refuses symbols without a length", () => {
    const bytes = metadata();
    new DataView(bytes.buffer).setUint16(8 + 45, 0, true);
    expect(() => parse(bytes)).toThrow("symbols have no length");
  });

  it("gives metadata or a FeedError for any bytes after the prelude", () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3), fc.uint8Array({ minLength: 104, maxLength: 400 }), (version, noise) => {
        noise.fill(0, 100, 104);
        try {
          parseMetadata(version, noise);
        } catch (error) {
          expect(error).toBeInstanceOf(FeedError);
        }
      }),
    );
  });
});

describe("What ends before its metadata", () => {
  it.each([
    ["hello\n", "it is not in the DBN format"],
    ["D", "it is cut off within its metadata at byte 1"],
    ["DBN\u0003", "it is cut off within its metadata at byte 4"],
    ["DX", "it is not in the DBN format"],
  ])("%j: %s", (text, says) => {
    const framer = new DbnFramer({ readMetadata: () => undefined, readRecords: (block) => block.bytes.length });
    framer.push(Buffer.from(text));
    expect(() => framer.end()).toThrow(says);
  });
});
