import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Micros } from "../../src/core/units.js";
import type { Clock } from "../../src/feed/clock.js";
import { RTYPE } from "../../src/feed/databento/dbn/codes.js";
import { encodeRecord } from "../../src/feed/databento/dbn/encode.js";
import { FeedError } from "../../src/feed/feedError.js";
import { type ReplayOptions, replayFeed } from "../../src/feed/replay.js";
import { tickSizesOf } from "../../src/feed/tickSizes.js";
import { concatBytes, ESH4, eventLines, metadata, nanos, START, trade } from "../support/dbnBytes.js";
import { dataFile, MARKET_DATA, NEEDS_DATA } from "../support/marketData.js";
import { zstdFrame } from "../support/zstdBytes.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "replay-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file into the test's folder. */
function file(name: string, ...parts: readonly Uint8Array[]): string {
  const path = join(folder, name);
  writeFileSync(path, concatBytes(...parts));
  return path;
}

const OPTIONS: ReplayOptions = { tickSizes: tickSizesOf([]) };

async function replay(paths: readonly string[], options = OPTIONS): Promise<string[]> {
  const turns: string[][] = [];
  for await (const events of replayFeed(paths, options).events(new AbortController().signal)) {
    turns.push(eventLines([events]));
  }
  return turns.flat();
}

const CONTRACT = JSON.stringify({ type: "contract", instrument: ESH4, symbol: "ESH4", time: START });
const clock = (seconds: number) => JSON.stringify({ type: "clock", time: START + seconds * 1e6 });
const TRADES = [trade({ seconds: 1 }), trade({ seconds: 2, side: "A" })];
const LINES = [CONTRACT, `1 B 19201 x 1 @ ${ESH4}`, `2 A 19201 x 1 @ ${ESH4}`];

describe("A replay", () => {
  it("gives the contract, its trades, and the clock at the last record's time", async () => {
    expect(await replay([file("plain.dbn", metadata(), ...TRADES)])).toEqual([...LINES, clock(2)]);
  });

  it("knows a compressed file by its bytes, not by its name", async () => {
    const frames = [zstdFrame(metadata()), zstdFrame(concatBytes(...TRADES), { blockBytes: 30 })];
    expect(await replay([file("compressed.dbn", ...frames)])).toEqual([...LINES, clock(2)]);
    expect(await replay([file("plain.dbn.zst", metadata(), ...TRADES)])).toEqual([...LINES, clock(2)]);
  });

  it("plays several files in the order of their first records and tells a contract once", async () => {
    const later = file("a.dbn", metadata(), trade({ seconds: 10 }));
    const earlier = file("b.dbn", metadata(), ...TRADES);
    expect(await replay([later, earlier])).toEqual([...LINES, `10 B 19201 x 1 @ ${ESH4}`, clock(10)]);
  });

  it("reads definitions before all else, as of the recording's start", async () => {
    const definition = encodeRecord({
      rtype: RTYPE.definition,
      instrument_id: 3,
      ts_event: nanos(99),
      raw_symbol: "CLG4",
      min_price_increment: "10000000",
      unit_of_measure_qty: "1000000000000",
    });
    const definitions = file("definitions.dbn", metadata({ schema: "definition", mappings: [] }), definition);
    const trades = file("oil.dbn", metadata({ mappings: [] }), trade({ id: 3, price: 73.55, seconds: 1 }));
    expect(await replay([trades, definitions])).toEqual([
      JSON.stringify({
        type: "contract",
        instrument: 3,
        symbol: "CLG4",
        time: START + 1e6,
        tickSize: 0.01,
        pointValue: 1000,
      }),
      "1 B 7355 x 1 @ 3",
      clock(1),
    ]);
  });

  it("plays at a pace that a test's clock can follow", async () => {
    let elapsed = 0;
    const hurrying: Clock = {
      wall: () => START as Micros,
      mono: () => elapsed,
      after: (ms, run) => {
        elapsed += ms;
        queueMicrotask(run);
        return () => undefined;
      },
    };
    const path = file("paced.dbn", metadata(), ...TRADES);
    expect(await replay([path], { ...OPTIONS, speed: 2, clock: hurrying })).toEqual([...LINES, clock(2)]);
    expect(elapsed).toBe(500);
  });

  it("ends without an error and without a clock event when it is stopped", async () => {
    const path = file("long.dbn", metadata(), ...new Array<Uint8Array>(30_000).fill(trade()));
    const stop = new AbortController();
    const types: string[] = [];
    for await (const events of replayFeed([path], OPTIONS).events(stop.signal)) {
      types.push(...events.map((event) => event.type));
      stop.abort();
    }
    expect(types).toEqual(["contract", "trades"]);
  });

  it("lets the event loop turn after each of its own, as fast as it can", async () => {
    const trades = new Array<Uint8Array>(20_000).fill(trade());
    const path = file("turns.dbn.zst", zstdFrame(concatBytes(metadata(), ...trades), { blockBytes: 100_000 }));
    let turns = 0;
    let loopTurns = 0;
    for await (const _ of replayFeed([path], OPTIONS).events(new AbortController().signal)) {
      expect(loopTurns).toBe(turns);
      turns += 1;
      setImmediate(() => {
        loopTurns += 1;
      });
    }
    expect(turns).toBeGreaterThan(3);
  });

  it("gives an empty recording no clock event", async () => {
    expect(await replay([file("empty-day.dbn", metadata())])).toEqual([CONTRACT]);
  });

  it("fails when no instrument of the file is known", async () => {
    const path = file("unknown.dbn", metadata({ mappings: [] }), trade({ id: 4 }), trade({ id: 5 }));
    await expect(replay([path])).rejects.toThrow(
      'No tick size is known for "4", "5"; describe the instrument in the setting "instruments"',
    );
  });
});

describe("F18: A replay leaves out, and counts, what its own file shows to be misdated", () => {
  const YEAR = 365 * 86_400;
  const SKIPPED = "skipped bad_time 1";
  const many = Array.from({ length: 300 }, (_, index) => trade({ seconds: index }));
  const good = many.map((_, index) => `${index} B 19201 x 1 @ ${ESH4}`);

  it.each([
    { name: "a trade dated a year ahead", raw: { seconds: YEAR } },
    { name: "a trade of the year before", raw: { seconds: -YEAR } },
    { name: "one that is off its tick as well", raw: { seconds: YEAR, price: 4800.1 } },
  ])("$name, wherever it comes before the end", async ({ raw }) => {
    for (const place of [2, 150, 299]) {
      const bytes = [...many.slice(0, place), trade(raw), ...many.slice(place)];
      const lines = await replay([file(`misdated-${place}-${raw.seconds}.dbn`, metadata(), ...bytes)]);
      expect(lines).toEqual([CONTRACT, ...good, SKIPPED, clock(299)]);
    }
  });

  it("a trade from the file's own end on, though it comes last", async () => {
    const end = BigInt(nanos(86_400));
    const path = file("after.dbn", metadata({ end }), ...many, trade({ seconds: YEAR }));
    expect(await replay([path])).toEqual([CONTRACT, ...good, SKIPPED, clock(299)]);
  });

  it("and nothing where days follow each other, or trades come a while out of order", async () => {
    const days = [0, 1, 4].flatMap((day) => [5, 2, 3000].map((second) => day * 86_400 + second));
    const trades = days.map((seconds) => trade({ seconds }));
    const lines = await replay([file("days.dbn", metadata(), ...trades)]);
    expect(lines.filter((line) => line.includes("@"))).toHaveLength(9);
    expect(lines.join()).not.toContain("skipped");
  });
});

it("an id that becomes a spread fails no replay: what it was before is played", async () => {
  const spread = encodeRecord({
    rtype: RTYPE.symbolMapping,
    instrument_id: ESH4,
    ts_event: nanos(3),
    stype_in_symbol: "ESH4-ESM4",
    stype_out_symbol: "ESH4-ESM4",
  });
  const lines = await replay([file("spread.dbn", metadata(), ...TRADES, spread, trade({ seconds: 4 }))]);
  expect(lines.slice(0, LINES.length)).toEqual(LINES);
  expect(lines).toContain("skipped unknown_instrument 1");
});

describe("A CSV file whose last line has no end", () => {
  const text = (last: string) =>
    Buffer.from(
      ["ts_event,rtype,publisher_id,instrument_id,action,side,price,size,symbol", ...[1, 2, 3].map(row), last].join(
        "\n",
      ),
    );
  const row = (second: number) => `${nanos(second)},0,1,${ESH4},T,B,4800250000000,1,ESH4`;

  it("is refused where it is cut off within its symbol", async () => {
    const cut = file("cut.csv", text(row(4).slice(0, -3)));
    await expect(replay([cut])).rejects.toThrow('line 5 ends within "ESH4"; the file is cut off');
  });

  it("is whole where its symbol is", async () => {
    expect((await replay([file("whole.csv", text(row(4)))])).filter((line) => line.includes("@"))).toHaveLength(4);
  });
});

describe("F26: A replay refuses", () => {
  const good = concatBytes(metadata(), ...TRADES);

  async function refusal(path: string): Promise<string> {
    const error = await replay([path]).then(
      () => new Error("no error"),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(FeedError);
    const { message } = error as FeedError;
    expect(message).not.toMatch(/\n|\bat .*:\d+/);
    return message;
  }

  it.each([
    { name: "an empty file", bytes: new Uint8Array(0), says: "it is empty" },
    { name: "a text file", bytes: Buffer.from("time,price\n1,2\n"), says: "not in the DBN format" },
    { name: "a short text file", bytes: Buffer.from("hi"), says: "not in the DBN format" },
    { name: "a truncated file", bytes: good.slice(0, -5), says: `cut off within a record at byte ${good.length - 5}` },
    { name: "truncated metadata", bytes: good.slice(0, 50), says: "cut off within its metadata at byte 50" },
    { name: "a truncated compressed file", bytes: zstdFrame(good).slice(0, -1), says: "cut off at byte" },
    { name: "a compressed file with a flipped bit", bytes: zstdFrame(good, { checksum: "wrong" }), says: "hecksum" },
    { name: "a compressed text file", bytes: zstdFrame(Buffer.from("x".repeat(99))), says: "not in the DBN format" },
    { name: "a newer DBN", bytes: Buffer.concat([Buffer.from("DBN\x09"), good.slice(4)]), says: "version 9" },
    { name: "quotes alone", bytes: metadata({ schema: "bbo-1s" }), says: "it holds bbo-1s records" },
    { name: "definitions alone", bytes: metadata({ schema: "definition" }), says: "it holds definition records" },
    { name: "daily bars", bytes: metadata({ schema: "ohlcv-1d" }), says: "it holds ohlcv-1d records" },
  ])("$name", async ({ name, bytes, says }) => {
    const path = file(`${name}.dbn`, bytes);
    expect(await refusal(path)).toContain(`Could not read "${path}": `);
    expect(await refusal(path)).toContain(says);
  });

  it("a file that is not there, and a folder", async () => {
    expect(await refusal(join(folder, "nowhere.dbn"))).toBe(
      `Could not read "${join(folder, "nowhere.dbn")}": there is no such file; check the path`,
    );
    mkdirSync(join(folder, "folder.dbn"));
    expect(await refusal(join(folder, "folder.dbn"))).toContain("it is a folder");
  });

  it.skipIf(process.platform === "win32")("a pipe and a device, without waiting for them", async () => {
    const pipe = join(folder, "pipe.dbn");
    execFileSync("mkfifo", [pipe]);
    expect(await refusal(pipe)).toContain("it is a pipe or a device");
    expect(await refusal("/dev/zero")).toContain("it is a pipe or a device");
  });

  it.skipIf(process.platform === "win32")(
    "a file of 100 GB at the byte where it ceases to be one, at once",
    async () => {
      const path = file("huge.dbn", metadata(), trade());
      truncateSync(path, 100e9);
      const at = metadata().length + 48;
      expect(await refusal(path)).toContain(`the record at byte ${at} claims 0 bytes`);
    },
  );

  it("a file that changes while it is read", async () => {
    const path = file("changing.dbn", metadata(), ...new Array<Uint8Array>(10_000).fill(trade()));
    const events = replayFeed([path], OPTIONS).events(new AbortController().signal);
    const outcome = (async () => {
      for await (const _ of events) utimesSync(path, new Date(0), new Date(statSync(path).mtimeMs - 5000));
    })();
    await expect(outcome).rejects.toThrow("it changed while it was read");
  });

  it.skipIf(MARKET_DATA === undefined)(`a real DBZ file and a real fragment${NEEDS_DATA}`, async () => {
    expect(await refusal(dataFile("official", "dbn", "test_data.trades.dbz"))).toContain("old DBZ format");
    expect(await refusal(dataFile("official", "dbn", "test_data.definition.v1.dbn.frag"))).toContain("not in the DBN");
  });
});

describe.skipIf(MARKET_DATA === undefined)(`A replay of real files${NEEDS_DATA}`, () => {
  const LTC = {
    symbol: "LTCUSDT",
    tickSize: 0.01,
    pointValue: 1,
    sizeUnit: 0.001,
    session: "continuous",
    commission: 0,
    riskPerContract: 0,
    minStopTicks: 16,
  } as const;

  it("gives the 2,973 trades of an hour of ESH4, the same plain, compressed and among all orders", async () => {
    const plain = await replay([dataFile("derived", "esh4-20231225.trades.v3.dbn")]);
    expect(plain[0]).toBe(CONTRACT);
    expect(plain).toHaveLength(1 + 2973 + 1);
    expect(await replay([dataFile("derived", "esh4-20231225.trades.v3.dbn.zst")])).toEqual(plain);
    const orders = await replay([
      dataFile("nautilus", "tests", "test_data", "databento", "esh4-glbx-mdp3-20231225.mbo.dbn.zst"),
    ]);
    expect(orders.slice(1, -1)).toEqual(plain.slice(1, -1));
  });

  it("gives the 53,325 trades of twelve hours of LTCUSDT", async () => {
    const path = dataFile("derived", "ltcusdt-2025-06-21.trades.v3.dbn");
    const lines = await replay([path], { tickSizes: tickSizesOf([LTC]) });
    expect(lines).toHaveLength(1 + 53_325 + 1);
    await expect(replay([path])).rejects.toThrow('No tick size is known for "LTCUSDT"');
    const wrong = tickSizesOf([{ ...LTC, tickSize: 0.25 }]);
    await expect(replay([path], { tickSizes: wrong })).rejects.toThrow("the tick size 0.25 of LTCUSDT looks wrong");
  });

  it("gives real one-minute bars", async () => {
    const path = ["nautilus", "tests", "test_data", "databento", "historical_bars_catalog", "databento"];
    const bars = await replay([
      dataFile(...path, "futures_ohlcv-1m_2024-07-01T23-40_2024-07-02T00-10.dbn.zst"),
      dataFile(...path, "futures_definition.dbn.zst"),
    ]);
    expect(bars.filter((line) => line.includes('"bar"')).length).toBeGreaterThan(25);
  });
});
