import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../../src/app/settings.js";
import { Engine } from "../../../../src/core/engine.js";
import { NO_HOLIDAYS } from "../../../../src/core/session.js";
import { RTYPE } from "../../../../src/feed/databento/dbn/codes.js";
import { ContractBook } from "../../../../src/feed/databento/dbn/contractBook.js";
import { DbnDecoder } from "../../../../src/feed/databento/dbn/dbnDecoder.js";
import { encodeRecord } from "../../../../src/feed/databento/dbn/encode.js";
import { tickSizesOf } from "../../../../src/feed/tickSizes.js";
import { metadata, trade } from "../../../support/dbnBytes.js";

const ZERO = Date.UTC(2023, 11, 25) / 1000;
const HOUR = 3600;
/** Seconds after the start of the tests' day. */
const at = (text: string) => Date.parse(text) / 1000 - ZERO;
const [OLD, NEW] = [1, 2];

const mappings = (change: number) => [
  {
    requested: "ES.v.0",
    intervals: [
      { start: 20240101, end: change, symbol: String(OLD) },
      { start: change, end: 20241231, symbol: String(NEW) },
    ],
  },
];

const hours = (id: number, from: string, count: number) =>
  Array.from({ length: count }, (_, hour) => ({ seconds: at(from) + hour * HOUR, id, size: 1 }));

/** What an engine of this session leaves out, of a file of ES.v.0 whose contract changes at midnight UTC of `change`. */
function foreign(session: string, change: number, records: readonly Uint8Array[]): number {
  const settings = parseSettings({ "contract.session": session });
  const engine = new Engine(
    settings,
    { leading: "manual", paperTrades: false, haltEndsWithSession: true },
    NO_HOLIDAYS,
  );
  const decoder = new DbnDecoder(new ContractBook(tickSizesOf([])));
  const file = metadata({ stypeIn: "continuous", symbols: ["ES.v.0"], mappings: mappings(change) });
  for (const bytes of [file, ...records]) for (const event of decoder.push(bytes)) engine.process(event);
  return engine.summary().skipped.foreign ?? 0;
}

describe("a file of ES.v.0 whose contract changes at midnight UTC", () => {
  it.each([
    ["in winter", 20240305, "2024-03-04", "23:00", 1],
    ["in summer", 20240618, "2024-06-17", "22:00", 2],
  ])(
    "is followed from the open before on, around the clock, %s: the day is not lost",
    (_, change, date, open, count) => {
      const before = hours(OLD, `${date}T14:00Z`, 7);
      const evening = hours(OLD, `${date}T${open}Z`, count);
      const after = hours(NEW, new Date((at(`${date}T00:00Z`) + ZERO + 24 * HOUR) * 1000).toISOString(), 20);
      const trades = [...before, ...evening, ...after].map((sketch) => trade(sketch));
      expect(foreign("globex", change, trades)).toBe(evening.length);
    },
  );

  it("is followed from the next open on in regular hours, nothing lost", () => {
    const before = hours(OLD, "2024-03-11T14:00Z", 6);
    const after = hours(NEW, "2024-03-12T14:00Z", 6);
    expect(
      foreign(
        "rth",
        20240312,
        [...before, ...after].map((sketch) => trade(sketch)),
      ),
    ).toBe(0);
  });

  it("is followed the same where it holds bars", () => {
    const bar = (id: number, from: string, minute: number) =>
      encodeRecord({
        rtype: RTYPE.ohlcv1m,
        instrument_id: id,
        ts_event: (BigInt(Date.parse(from)) * 1_000_000n + BigInt(minute) * 60_000_000_000n).toString(),
        ...{ open: "5000000000000", high: "5000000000000", low: "5000000000000", close: "5000000000000", volume: "9" },
      });
    const minutes = (id: number, from: string, count: number) =>
      Array.from({ length: count }, (_, minute) => bar(id, from, minute));
    const records = [
      ...minutes(OLD, "2024-06-16T22:00:00Z", 60),
      ...minutes(OLD, "2024-06-17T20:00:00Z", 60),
      ...minutes(OLD, "2024-06-17T22:00:00Z", 120),
      ...minutes(NEW, "2024-06-18T00:00:00Z", 600),
    ];
    expect(foreign("globex", 20240618, records)).toBe(120);
  });
});
