import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../../../src/core/events.js";
import { RTYPE } from "../../../../src/feed/databento/dbn/codes.js";
import { ContractBook } from "../../../../src/feed/databento/dbn/contractBook.js";
import { DbnDecoder } from "../../../../src/feed/databento/dbn/dbnDecoder.js";
import { encodeRecord } from "../../../../src/feed/databento/dbn/encode.js";
import { FeedError } from "../../../../src/feed/feedError.js";
import { tickSizesOf } from "../../../../src/feed/tickSizes.js";
import { concatBytes, cutBytes, ESH4, eventLines, metadata, nanos, START, trade } from "../../../support/dbnBytes.js";

const MAX_I64 = "9223372036854775807";
const MAX_U64 = "18446744073709551615";

function decoder(): DbnDecoder {
  return new DbnDecoder(new ContractBook(tickSizesOf([])));
}

/** The lines of a stream that arrives in the given chunks. */
function decode(...chunks: readonly Uint8Array[]): string[] {
  const dbn = decoder();
  const lines = eventLines(
    (function* () {
      for (const chunk of chunks) yield dbn.push(chunk);
    })(),
  );
  dbn.end();
  return lines;
}

/** The lines after that of the contract. */
function market(...records: readonly Uint8Array[]): string[] {
  return decode(metadata(), ...records).slice(1);
}

function record(rtype: number, fields: Record<string, string | number>, size?: number): Uint8Array {
  return encodeRecord({ rtype, instrument_id: ESH4, ts_event: nanos(0), ...fields }, size);
}

/** The line of a rejected bar. */
function bar(line: string): string {
  return JSON.stringify({ ...JSON.parse(line), isBar: true });
}

function rejected(reason: string, size: number, seconds = 0): string {
  const time = START + seconds * 1e6;
  return JSON.stringify({ type: "rejected", instrument: ESH4, time, reason, size });
}

const ES_CONTRACT = JSON.stringify({ type: "contract", instrument: ESH4, symbol: "ESH4", time: START });

describe("DbnDecoder, with trades", () => {
  it("gives the contract first, then trades as micros, ticks and aggressors", () => {
    const trades = [
      trade({ seconds: 0.000001, price: 4800.25, size: 2, side: "B" }),
      trade({ seconds: 1, price: 4800, size: 1, side: "A" }),
      trade({ seconds: 1, price: 4800.5, size: 9, side: "N" }),
    ];
    expect(decode(metadata(), ...trades)).toEqual([
      ES_CONTRACT,
      `0.000001 B 19201 x 2 @ ${ESH4}`,
      `1 A 19200 x 1 @ ${ESH4}`,
      `1 N 19202 x 9 @ ${ESH4}`,
    ]);
  });

  it("rounds nanoseconds down to whole microseconds", () => {
    const trades = [1999n, 2000n].map((rest) => trade({ raw: { ts_event: String(BigInt(nanos(0)) + rest) } }));
    expect(market(...trades)).toEqual([`0.000001 B 19201 x 1 @ ${ESH4}`, `0.000002 B 19201 x 1 @ ${ESH4}`]);
  });

  it("gives the same events however the bytes are cut", () => {
    const bytes = concatBytes(
      metadata(),
      trade({ seconds: 1 }),
      trade({ seconds: 2, price: 4800.3 }),
      record(RTYPE.status, {}),
      trade({ seconds: 3, size: 0 }),
      trade({ seconds: 4, id: 5 }),
      record(RTYPE.system, { msg: "Heartbeat", code: 0, ts_event: nanos(5) }),
      trade({ seconds: 6, action: "C" }),
      trade({ seconds: 2.5 }),
      trade({ seconds: 7 }),
    );
    const whole = decode(bytes);
    expect(whole).toHaveLength(10);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), (places) => {
        expect(decode(...cutBytes(bytes, places))).toEqual(whole);
      }),
    );
    expect(decode(...cutBytes(bytes, [...bytes.keys()]))).toEqual(whole);
  });

  it.each<{ name: string; raw: Record<string, string | number>; reason: string; size?: number }>([
    { name: "an undefined price", raw: { price: MAX_I64 }, reason: "bad_price" },
    { name: "a price of 0", raw: { price: 0 }, reason: "bad_price" },
    { name: "a negative price", raw: { price: "-4800250000000" }, reason: "bad_price" },
    { name: "a price one above the exact ones", raw: { price: (2n ** 53n).toString() }, reason: "bad_price" },
    { name: "a price between two ticks", raw: { price: "4800300000000" }, reason: "off_tick" },
    { name: "a price 1e-9 off its tick", raw: { price: "4800250000001" }, reason: "off_tick" },
    { name: "a size of 0", raw: { size: 0 }, reason: "bad_size", size: 0 },
    { name: "an undefined size", raw: { size: 0xffff_ffff }, reason: "bad_size", size: 0xffff_ffff },
    { name: "an undefined time", raw: { ts_event: MAX_U64 }, reason: "late" },
  ])("rejects $name in its place between the others", ({ raw, reason, size = 1 }) => {
    const time = "ts_event" in raw ? 1 : 2;
    expect(market(trade({ seconds: 1 }), trade({ seconds: 2, raw }), trade({ seconds: 3 }))).toEqual([
      `1 B 19201 x 1 @ ${ESH4}`,
      rejected(reason, size, time),
      `3 B 19201 x 1 @ ${ESH4}`,
    ]);
  });

  it("turns any price into exactly the ticks that bigints give, or rejects it", () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(1n, 36_000_000n), (wild, ticks) => {
        for (const price of [wild, ticks * 250_000_000n, ticks * 250_000_000n + 1n]) {
          const isTicks = price > 0n && price < 2n ** 53n && price % 250_000_000n === 0n;
          const lines = market(trade({ raw: { price: String(price) } }));
          expect(lines[0]?.startsWith("{")).toBe(!isTicks);
          if (isTicks) expect(lines).toEqual([`0 B ${price / 250_000_000n} x 1 @ ${ESH4}`]);
        }
      }),
    );
  });

  it("turns any time from 1990 to 2255 into exactly the micros that bigints give", () => {
    fc.assert(
      fc.property(fc.bigInt(631_152_000_000_000_000n, 2n ** 53n * 1000n - 1n), (time) => {
        const dbn = decoder();
        const events = dbn.push(concatBytes(metadata({ mappings: [] }), trade({ raw: { ts_event: String(time) } })));
        expect(events.at(0)).toMatchObject({ type: "contract", time: Number(time / 1000n) });
      }),
    );
  });

  it("keeps every batch in order of time, and trades in order of arrival", () => {
    const dbn = decoder();
    const seconds = [1, 3, 2, 2, 1, 4];
    const events = dbn.push(concatBytes(metadata(), ...seconds.map((second) => trade({ seconds: second }))));
    const batches = events.filter((event) => event.type === "trades");
    const times = batches.map((batch) => Array.from(batch.time, (time) => (time - START) / 1e6));
    for (const batch of times) expect(batch).toEqual(batch.toSorted((a, b) => a - b));
    expect(times.flat()).toEqual(seconds);
  });

  it("takes the trades among quotes and orders, and counts no fill twice", () => {
    const book = { price: "4800250000000", size: 4, side: "A" };
    const records = [
      ...[RTYPE.mbp1, RTYPE.mbp10, RTYPE.mbo, RTYPE.cmbp1, RTYPE.tcbbo].flatMap((rtype) => [
        record(rtype, { ...book, action: "T" }),
        record(rtype, { ...book, action: "A" }),
      ]),
      record(RTYPE.mbo, { ...book, action: "F" }),
      record(RTYPE.bbo1s, book),
    ];
    expect(market(...records)).toEqual(new Array(5).fill(`0 A 19201 x 4 @ ${ESH4}`));
  });

  it("F19: tells where Databento's data may be incomplete, once a second, and counts the trade", () => {
    const flagged = (seconds: number, flags: number) => trade({ seconds, raw: { flags } });
    const many = Array.from({ length: 200 }, (_, index) => trade({ seconds: index / 1000 }));
    const lines = decode(metadata(), ...many, flagged(1, 128 + 4), flagged(1.5, 4), trade({ seconds: 3 }));
    const from = START + 1e6;
    const gap = lines.findIndex((line) => line.includes('"gap"'));
    expect(JSON.parse(lines[gap] ?? "")).toMatchObject({ time: from, from, to: from + 1, instrument: ESH4 });
    expect(lines[gap + 1]).toMatch(/^1 B/);
    expect(lines.filter((line) => line.includes('"gap"'))).toHaveLength(1);
    expect(lines.filter((line) => / x /.test(line))).toHaveLength(203);
  });

  it("F19: times a trade by when it happened, whatever its time of receipt is worth", () => {
    const odd = { flags: 128 + 8, ts_recv: "18446744073709551615" };
    expect(decode(metadata(), trade({ seconds: 2, raw: odd })).filter((line) => / x /.test(line))).toEqual([
      `2 B 19201 x 1 @ ${ESH4}`,
    ]);
  });

  it("reads records that carry the gateway's send time", () => {
    const withSendTime = (bytes: Uint8Array) => {
      const longer = concatBytes(bytes, new Uint8Array(8).fill(7));
      longer[0] = longer.length / 4;
      return longer;
    };
    const bytes = [trade({ seconds: 1 }), record(RTYPE.system, { msg: "x", code: 1 }), trade({ seconds: 2 })];
    expect(decode(metadata({ tsOut: true }), ...bytes.map(withSendTime))).toEqual([
      ES_CONTRACT,
      `1 B 19201 x 1 @ ${ESH4}`,
      `2 B 19201 x 1 @ ${ESH4}`,
    ]);
  });

  it("reads the known part of a longer record, and skips a type that is not known", () => {
    const longer = concatBytes(trade(), new Uint8Array(16));
    longer[0] = 16;
    const unknown = trade();
    unknown[1] = 0x77;
    expect(market(longer, unknown, unknown)).toEqual([`0 B 19201 x 1 @ ${ESH4}`, "skipped unknown_record 2"]);
  });

  it("counts the trades of an instrument without a tick size", () => {
    expect(market(trade({ id: 9 }), trade({ id: 9 }), trade())).toEqual([
      JSON.stringify({ type: "contract", instrument: 9, symbol: "9", time: START }),
      `0 B 19201 x 1 @ ${ESH4}`,
      "skipped unknown_instrument 2",
    ]);
  });

  it("fails when half of an instrument's first hundred trades are off its ticks", () => {
    const off = trade({ price: 4800.3 });
    const good = new Array<Uint8Array>(50).fill(trade());
    expect(() => market(...good, ...new Array<Uint8Array>(49).fill(off), trade(), off)).not.toThrow();
    expect(() => market(...good, ...new Array<Uint8Array>(50).fill(off))).toThrow(
      "the tick size 0.25 of ESH4 looks wrong: 50 of its first 100 trades are not on it",
    );
  });
});

/** What a trade must become, worked out with bigints one by one. */
function expectedLine(sketch: {
  seconds: number;
  price: bigint;
  size: number;
  side: string;
  action: string;
  id: number;
}) {
  const { seconds, price, size, side, action, id } = sketch;
  if (action !== "T") return "skipped";
  const reject = (reason: string) =>
    JSON.stringify({ type: "rejected", instrument: id, time: START + seconds * 1e6, reason, size });
  if (price <= 0n || price >= 2n ** 53n) return reject("bad_price");
  if (size === 0 || size === 0xffff_ffff) return reject("bad_size");
  if (price % 250_000_000n !== 0n) return reject("off_tick");
  return `${seconds} ${side} ${price / 250_000_000n} x ${size} @ ${id}`;
}

const TICK = 250_000_000n;
const anyTrade = fc.record({
  seconds: fc.integer({ min: 0, max: 5 }),
  price: fc.oneof(
    { weight: 8, arbitrary: fc.bigInt(1n, 36_000_000n).map((ticks) => ticks * TICK) },
    fc.constantFrom(0n, -TICK, TICK + 1n, 2n ** 53n, 2n ** 63n - 1n, 40_000_000n * TICK, 2n ** 34n * TICK),
  ),
  size: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 1000 }) }, fc.constantFrom(0, 0xffff_ffff)),
  side: fc.constantFrom("A", "B", "N"),
  action: fc.oneof({ weight: 8, arbitrary: fc.constant("T") }, fc.constantFrom("F", "C", "N")),
  id: fc.oneof({ weight: 8, arbitrary: fc.constant(ESH4) }, fc.constant(7)),
  extra: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.constant(16)),
});

describe("DbnDecoder, once a contract's tick size is trusted", () => {
  const mappings = [ESH4, 7].map((id) => ({
    requested: id === 7 ? "ESM4" : "ESH4",
    intervals: [{ start: 20231225, end: 20231226, symbol: String(id) }],
  }));
  const trusted = [ESH4, 7].flatMap((id) => new Array<Uint8Array>(101).fill(trade({ id })));

  it("makes of every trade what it must become, on the quick path as on the careful one", () => {
    fc.assert(
      fc.property(fc.array(anyTrade, { maxLength: 60 }), fc.array(fc.nat(), { maxLength: 5 }), (sketches, places) => {
        const records = sketches.map((sketch) => {
          const { price, extra, ...rest } = sketch;
          const bytes = concatBytes(trade({ ...rest, raw: { price: String(price) } }), new Uint8Array(extra));
          bytes[0] = bytes.length / 4;
          return bytes;
        });
        const bytes = concatBytes(metadata({ mappings }), ...trusted, ...records);
        const lines = decode(...cutBytes(bytes, places)).slice(2 + trusted.length);
        const expected = sketches.map(expectedLine);
        const skipped = expected.filter((line) => line === "skipped").length;
        const used = expected.filter((line) => line !== "skipped");
        expect(lines).toEqual(skipped === 0 ? used : [...used, `skipped not_a_trade ${skipped}`]);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps every batch in order of time", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 50 }), (seconds) => {
        const records = seconds.map((second) => trade({ seconds: second }));
        for (const event of decoder().push(concatBytes(metadata({ mappings }), ...trusted, ...records))) {
          if (event.type !== "trades") continue;
          const times = Array.from(event.time);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it("still tells a contract when its mapping begins to hold", () => {
    const day = 86_400;
    const next = { requested: "ESM4", intervals: [{ start: 20231226, end: 20231227, symbol: String(ESH4) }] };
    const records = [day - 2, day - 1, day, day + 1].map((seconds) => trade({ seconds }));
    const bytes = [metadata({ mappings: [...mappings, next] }), ...trusted, ...records];
    expect(decode(concatBytes(...bytes)).slice(2 + trusted.length)).toEqual([
      `${day - 2} B 19201 x 1 @ ${ESH4}`,
      `${day - 1} B 19201 x 1 @ ${ESH4}`,
      JSON.stringify({ type: "contract", instrument: ESH4, symbol: "ESM4", time: START + day * 1e6 }),
      `${day} B 19201 x 1 @ ${ESH4}`,
      `${day + 1} B 19201 x 1 @ ${ESH4}`,
    ]);
  });
});

describe("DbnDecoder, with other records", () => {
  const prices = { open: "4800250000000", high: "4801000000000", low: "4800000000000", close: "4800500000000" };

  it.each([
    ["ohlcv-1s", RTYPE.ohlcv1s, 1],
    ["ohlcv-1m", RTYPE.ohlcv1m, 60],
    ["ohlcv-1h", RTYPE.ohlcv1h, 3600],
  ])("gives %s records as bars that end an interval later", (_, rtype, seconds) => {
    expect(market(record(rtype, { ...prices, volume: "353" })).map((line) => JSON.parse(line))).toEqual([
      {
        type: "bar",
        instrument: ESH4,
        start: START,
        end: START + seconds * 1e6,
        open: 19201,
        high: 19204,
        low: 19200,
        close: 19202,
        volume: 353,
        dirty: false,
      },
    ]);
  });

  it("rejects a bar with a price off its ticks or undefined, and counts daily ones", () => {
    expect(
      market(
        record(RTYPE.ohlcv1m, { ...prices, high: "4801100000000", volume: "7" }),
        record(RTYPE.ohlcv1m, { ...prices, close: MAX_I64, volume: "8" }),
        record(RTYPE.ohlcv1d, { ...prices, volume: "9" }),
      ),
    ).toEqual([bar(rejected("off_tick", 7)), bar(rejected("bad_price", 8)), "skipped daily_bar 1"]);
  });

  it("learns contracts from mapping records, and tells a repeated one once", () => {
    const mapping = (out: string, size?: number) =>
      record(RTYPE.symbolMapping, { stype_in_symbol: "ES.v.0", stype_out_symbol: out, instrument_id: 8 }, size);
    const price = trade({ id: 8 });
    expect(
      decode(
        metadata({ mappings: [], schema: undefined }),
        mapping("ESH4"),
        mapping("ESH4"),
        price,
        mapping("ESM4", 80),
      ),
    ).toEqual([
      JSON.stringify({ type: "contract", instrument: 8, symbol: "ESH4", time: START, leads: true }),
      "0 B 19201 x 1 @ 8",
      JSON.stringify({ type: "contract", instrument: 8, symbol: "ESM4", time: START, leads: true }),
    ]);
  });

  it.each([360, 400, 520])("learns tick size and point value from a definition of %i bytes", (size) => {
    const definition = record(
      RTYPE.definition,
      { raw_symbol: "CLG4", min_price_increment: "10000000", unit_of_measure_qty: "1000000000000", instrument_id: 3 },
      size,
    );
    expect(market(definition, trade({ id: 3, price: 73.55 }))).toEqual([
      JSON.stringify({
        type: "contract",
        instrument: 3,
        symbol: "CLG4",
        time: START,
        tickSize: 0.01,
        pointValue: 1000,
      }),
      "0 B 7355 x 1 @ 3",
    ]);
  });

  it("makes clock events of heartbeats and keeps what else the gateway says", () => {
    const dbn = decoder();
    const events = dbn.push(
      concatBytes(
        metadata(),
        record(RTYPE.system, { msg: "Heartbeat", code: 0, ts_event: nanos(3) }),
        record(RTYPE.system, { msg: "Heartbeat", ts_event: nanos(4) }, 80),
        record(RTYPE.error, { err: "No data for ESH9", code: 4 }),
        record(RTYPE.system, { msg: "Subscription request 1 succeeded", code: 1 }),
      ),
    );
    expect(events.slice(1)).toEqual([
      { type: "clock", time: START + 3e6 },
      { type: "clock", time: START + 4e6 },
    ]);
    expect(dbn.messages).toEqual([
      { kind: "error", text: "No data for ESH9", code: 4, isLast: false },
      { kind: "system", text: "Subscription request 1 succeeded", code: 1, isLast: true },
    ]);
  });

  it("knows the time of its last record, trade or not", () => {
    const dbn = decoder();
    dbn.push(concatBytes(metadata(), trade({ seconds: 5 }), record(RTYPE.status, { ts_event: nanos(9) })));
    expect(dbn.lastTime).toBe(START + 9e6);
  });
});

describe("DbnDecoder, with mappings of the metadata", () => {
  const interval = (start: number, id: string | number) => ({ start, end: start + 1, symbol: String(id) });

  it("tells a contract when its mapping begins to hold, also for an id that is used again", () => {
    const mappings = [
      { requested: "ESH4", intervals: [interval(20231225, 1)] },
      { requested: "ESM4", intervals: [interval(20231226, 1), interval(20231226, 2)] },
    ];
    const day = 86_400;
    expect(decode(metadata({ mappings }), trade({ id: 1, seconds: day - 1 }), trade({ id: 1, seconds: day }))).toEqual([
      JSON.stringify({ type: "contract", instrument: 1, symbol: "ESH4", time: START }),
      `${day - 1} B 19201 x 1 @ 1`,
      JSON.stringify({ type: "contract", instrument: 1, symbol: "ESM4", time: START + day * 1e6 }),
      JSON.stringify({ type: "contract", instrument: 2, symbol: "ESM4", time: START + day * 1e6 }),
      `${day} B 19201 x 1 @ 1`,
    ]);
  });

  it("tells a contract early when it trades before the date of its mapping", () => {
    const mappings = [{ requested: "ESH4", intervals: [interval(20231226, 1)] }];
    expect(decode(metadata({ mappings }), trade({ id: 1, seconds: 5 }))).toEqual([
      JSON.stringify({ type: "contract", instrument: 1, symbol: "ESH4", time: START + 5e6 }),
      "5 B 19201 x 1 @ 1",
    ]);
  });

  it("keeps a continuous symbol, whose product tells the tick size, until a definition names the contract", () => {
    const mappings = [{ requested: "ES.v.0", intervals: [interval(20231225, 1)] }];
    const bytes = [
      metadata({ mappings, stypeIn: "continuous" }),
      trade({ id: 1 }),
      record(RTYPE.definition, { instrument_id: 1, raw_symbol: "ESH4", min_price_increment: "250000000" }),
      trade({ id: 1 }),
    ];
    expect(decode(...bytes)).toEqual([
      JSON.stringify({ type: "contract", instrument: 1, symbol: "ES.v.0", time: START }),
      "0 B 19201 x 1 @ 1",
      JSON.stringify({ type: "contract", instrument: 1, symbol: "ESH4", time: START, tickSize: 0.25 }),
      "0 B 19201 x 1 @ 1",
    ]);
  });

  it("reads mappings from ids to raw symbols, and takes no parent for a contract", () => {
    const byId = { requested: "1", intervals: [{ start: 20231225, end: 20231226, symbol: "ESH4" }] };
    expect(decode(metadata({ mappings: [byId], stypeIn: "instrument_id", stypeOut: "raw_symbol" }))).toEqual([
      JSON.stringify({ type: "contract", instrument: 1, symbol: "ESH4", time: START }),
    ]);
    const parent = { requested: "ES.FUT", intervals: [interval(20231225, 1)] };
    expect(decode(metadata({ mappings: [parent], stypeIn: "parent" }), trade({ id: 1 }))).toEqual([
      JSON.stringify({ type: "contract", instrument: 1, symbol: "1", time: START }),
      "skipped unknown_instrument 1",
    ]);
  });
});

describe("DbnDecoder, with damaged bytes", () => {
  const whole = concatBytes(
    metadata(),
    ...Array.from({ length: 20 }, (_, index) => trade({ seconds: index })),
    record(RTYPE.definition, { raw_symbol: "ESH4", min_price_increment: "250000000" }),
    record(RTYPE.ohlcv1m, { open: 1, high: 1, low: 1, close: 1, volume: 1 }),
    record(RTYPE.system, { msg: "Heartbeat", code: 0 }),
  );

  it("says where the stream was cut off", () => {
    expect(() => decode(whole.slice(0, -1))).toThrow(`cut off within a record at byte ${whole.length - 1}`);
    expect(() => decode(whole.slice(0, 20))).toThrow("cut off within its metadata at byte 20");
  });

  it("refuses records too short for a header or for their type", () => {
    const start = metadata().length;
    const short = whole.slice();
    short[start] = 3;
    expect(() => decode(short)).toThrow(`the record at byte ${start} claims 12 bytes`);
    short[start] = 10;
    expect(() => decode(short)).toThrow(`the record at byte ${start} has 40 bytes, too few for its type 0x00`);
  });

  it("ends with events or a FeedError, never otherwise, whatever bytes are changed", () => {
    const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.array(fc.nat()), (changes, places) => {
        const bytes = whole.slice();
        for (const { at, to } of changes) bytes[at] = to;
        try {
          const trades = decode(...cutBytes(bytes, places)).filter((line) => line.includes(" x "));
          expect(trades.length).toBeLessThanOrEqual(bytes.length / 48);
        } catch (error) {
          expect(error).toBeInstanceOf(FeedError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("ends with events or a FeedError for any bytes at all after good metadata", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (noise) => {
        try {
          decode(metadata(), noise);
        } catch (error) {
          expect(error).toBeInstanceOf(FeedError);
        }
      }),
    );
  });

  it("reuses its columns: a batch is valid until the next push", () => {
    const dbn = decoder();
    dbn.push(metadata());
    const first = batchOf(dbn.push(concatBytes(trade(), trade())));
    const second = batchOf(dbn.push(concatBytes(trade(), trade())));
    expect(second.time.buffer).toBe(first.time.buffer);
  });
});

function batchOf(events: readonly EngineEvent[]) {
  const batch = events.find((event) => event.type === "trades");
  if (batch === undefined) throw new Error("No batch");
  return batch;
}
