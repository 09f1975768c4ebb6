import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { jsonLine } from "../../../../src/app/lines.js";
import { parseSettings } from "../../../../src/app/settings.js";
import { Engine } from "../../../../src/core/engine.js";
import { NO_HOLIDAYS } from "../../../../src/core/session.js";
import { RTYPE } from "../../../../src/feed/databento/dbn/codes.js";
import { ContractBook } from "../../../../src/feed/databento/dbn/contractBook.js";
import { DbnDecoder } from "../../../../src/feed/databento/dbn/dbnDecoder.js";
import { encodeRecord } from "../../../../src/feed/databento/dbn/encode.js";
import { replayFeed } from "../../../../src/feed/replay.js";
import { tickSizesOf } from "../../../../src/feed/tickSizes.js";
import { csvOf } from "../../../support/csvText.js";
import { concatBytes, metadata, trade } from "../../../support/dbnBytes.js";

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

function engineOf(session: string): Engine {
  const settings = parseSettings({ "contract.session": session });
  return new Engine(settings, { leading: "manual", paperTrades: false, haltEndsWithSession: true }, NO_HOLIDAYS);
}

/** What an engine of this session leaves out, of a file of ES.v.0 whose contract changes at midnight UTC of `change`. */
function foreign(session: string, change: number, records: readonly Uint8Array[]): number {
  const engine = engineOf(session);
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

describe("a recording of ES.v.0 that is cut by UTC date", () => {
  const folder = mkdtempSync(join(tmpdir(), "roll-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const DATES = [20240617, 20240618, 20240619];
  const text = (date: number) => String(date).replace(/(....)(..)(..)/, "$1-$2-$3");
  const zero = (date: number) => at(`${text(date)}T00:00Z`);

  /** A trade each minute around the clock, of the old contract until the second midnight; a burst each afternoon and evening. */
  const records = Array.from({ length: 3 * 24 * 60 }, (_, minute) => {
    const isBurst = [18 * 60 + 40, 22 * 60 + 40].includes(minute % (24 * 60));
    return trade({
      seconds: zero(DATES[0] ?? 0) + minute * 60,
      id: minute < 24 * 60 ? OLD : NEW,
      price: 5000 + (minute % 7) / 4,
      size: isBurst ? 90 : 5,
      side: minute % 3 === 0 ? "A" : "B",
    });
  });
  const of = (date: number) => records.slice(DATES.indexOf(date) * 1440, (DATES.indexOf(date) + 1) * 1440);
  const idOf = (date: number) => String(date === DATES[0] ? OLD : NEW);
  const head = (start: number, intervals: readonly { start: number; end: number; symbol: string }[]) =>
    metadata({
      stypeIn: "continuous",
      start: BigInt(ZERO + zero(start)) * 1_000_000_000n,
      symbols: ["ES.v.0"],
      mappings: [{ requested: "ES.v.0", intervals }],
    });
  const write = (name: string, ...parts: readonly Uint8Array[]) => {
    const path = join(folder, name);
    writeFileSync(path, concatBytes(...parts));
    return path;
  };

  const whole = write(
    "whole.dbn",
    head(20240617, [
      { start: 20240617, end: 20240618, symbol: String(OLD) },
      { start: 20240618, end: 20240620, symbol: String(NEW) },
    ]),
    ...records,
  );
  const byDate = DATES.map((date) =>
    write(`${date}.dbn`, head(date, [{ start: date, end: date + 1, symbol: idOf(date) }]), ...of(date)),
  );

  async function played(session: string, paths: readonly string[]) {
    const engine = engineOf(session);
    const lines: string[] = [];
    const feed = replayFeed(paths, { tickSizes: tickSizesOf([]) });
    for await (const events of feed.events(new AbortController().signal)) {
      for (const event of events)
        for (const output of engine.process(event)) lines.push(JSON.stringify(jsonLine(output)));
    }
    const { batches: _, ...summary } = engine.summary();
    return { lines, summary };
  }

  it.each(["globex", "rth"])("brings in %s what it brings as one file", async (session) => {
    const one = await played(session, [whole]);
    expect(one.lines.filter((line) => line.includes("cluster") || line.includes("signal"))).not.toEqual([]);
    expect(await played(session, byDate)).toEqual(one);
    expect(await played(session, byDate.toReversed())).toEqual(one);
  });

  it("brings the same as CSV files beside their symbology", async () => {
    const batch = mkdtempSync(join(folder, "batch-"));
    const days = [
      { d0: "2024-06-17", d1: "2024-06-18", s: String(OLD) },
      { d0: "2024-06-18", d1: "2024-06-20", s: String(NEW) },
    ];
    writeFileSync(join(batch, "symbology.json"), JSON.stringify({ result: { "ES.v.0": days } }));
    for (const date of DATES) {
      const rows = csvOf(of(date), "raw").replace(/,(symbol|ESH4)$/gm, "");
      writeFileSync(join(batch, `glbx-mdp3-${date}.trades.csv`), rows);
    }
    expect(await played("globex", [batch])).toEqual(await played("globex", [whole]));
  });

  it("follows the next contract from the open before midnight on", async () => {
    // Two hours of each evening are of the old contract still: those of the first are left out, the roll is behind.
    expect((await played("globex", byDate)).summary.skipped).toEqual({ foreign: 120 });
  });
});
