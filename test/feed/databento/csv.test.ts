import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCalendar } from "../../../src/app/calendar.js";
import { jsonLine, summaryLine } from "../../../src/app/lines.js";
import { parseSettings } from "../../../src/app/settings.js";
import { Engine } from "../../../src/core/engine.js";
import { RTYPE } from "../../../src/feed/databento/dbn/codes.js";
import { encodeRecord } from "../../../src/feed/databento/dbn/encode.js";
import { replayFeed } from "../../../src/feed/replay.js";
import { tickSizesOf } from "../../../src/feed/tickSizes.js";
import { CSV_DIALECTS, csvOf } from "../../support/csvText.js";
import {
  concatBytes,
  ESH4,
  eventLines,
  metadata,
  nanos,
  START,
  type TradeSketch,
  trade,
} from "../../support/dbnBytes.js";
import { dataFile, MARKET_DATA, NEEDS_DATA } from "../../support/marketData.js";
import { zstdFrame } from "../../support/zstdBytes.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "csv-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const tickSizes = tickSizesOf([]);

async function events(path: string): Promise<string[]> {
  const turns: string[][] = [];
  for await (const turn of replayFeed([path], { tickSizes }).events(new AbortController().signal)) {
    turns.push(eventLines([turn]));
  }
  return turns.flat();
}

/** The lines of a whole replay, as the terminal prints them; batches are packaging. */
async function outputs(path: string): Promise<string> {
  const settings = parseSettings({
    "contract.session": "globex",
    "detector.baselineBars": 2,
    "detector.volumeThreshold": 1.5,
    "detector.cooldownMinutes": 0,
    "order.volLookbackBars": 20,
  });
  const mode = { leading: "paper", paperTrades: true, haltEndsWithSession: true } as const;
  const engine = new Engine(settings, mode, loadCalendar());
  const lines: object[] = [];
  for await (const turn of replayFeed([path], { tickSizes }).events(new AbortController().signal)) {
    for (const event of turn) lines.push(...engine.process(event).map(jsonLine));
  }
  return JSON.stringify([...lines, { ...summaryLine(engine.summary()), batches: 0 }]);
}

const sketches = fc.array(
  fc.record({
    gap: fc.integer({ min: 0, max: 20_000_000 }),
    price: fc.integer({ min: 19_190, max: 19_210 }).map((ticks) => ticks / 4),
    size: fc.integer({ min: 0, max: 500 }),
    side: fc.constantFrom("A", "B", "N"),
    raw: fc.oneof(
      { weight: 500, arbitrary: fc.constant({}) },
      fc.constant({ price: "9223372036854775807" }),
      fc.constant({ price: "4800330000000" }),
      fc.constant({ price: "-5000000000" }),
      fc.constant({ size: 0xffff_ffff }),
      fc.constant({ action: "C" }),
    ),
  }),
  { minLength: 100, maxLength: 400, size: "max" },
);

describe("A Databento CSV file", () => {
  it("replays to the outputs of the DBN file that it was made from, byte for byte, in each dialect", async () => {
    let signals = 0;
    await fc.assert(
      fc.asyncProperty(sketches, async (drafts) => {
        let micros = 23 * 3600 * 1_000_000;
        const trades: TradeSketch[] = drafts.map(({ gap, raw, ...rest }) => {
          micros += gap;
          return { ...rest, seconds: micros / 1e6, raw };
        });
        const records = trades.map(trade);
        const expected = await outputs(file("model.dbn", concatBytes(metadata(), ...records)));
        signals += expected.split('"type":"signal"').length - 1;
        for (const dialect of CSV_DIALECTS) {
          expect(await outputs(file("made.csv", csvOf(records, dialect)))).toBe(expected);
        }
      }),
      { numRuns: 30 },
    );
    expect(signals).toBeGreaterThan(0);
  });

  const rows = [trade({ seconds: 1 }), trade({ seconds: 2, side: "A", price: 4800.5 })];
  const lines = [
    JSON.stringify({ type: "contract", instrument: ESH4, symbol: "ESH4", time: START + 1e6 }),
    `1 B 19201 x 1 @ ${ESH4}`,
    `2 A 19202 x 1 @ ${ESH4}`,
    JSON.stringify({ type: "clock", time: START + 2e6 }),
  ];
  const pretty = csvOf(rows, "pretty");

  it.each([
    { name: "with a byte order mark", text: `\uFEFF${pretty}` },
    { name: "with the line ends of Windows", text: pretty.replaceAll("\n", "\r\n") },
    { name: "without an end to its last line", text: pretty.trimEnd() },
    { name: "with quotes", text: pretty.replaceAll("ESH4", '"ESH4"') },
    { name: "parted by semicolons", text: pretty.replaceAll(",", ";") },
    { name: "with empty lines", text: `${pretty}\n\n` },
    { name: "compressed", text: zstdFrame(new Uint8Array(Buffer.from(pretty))) },
    { name: "with times of another zone", text: pretty.replace(/T00:(\S*?)Z/g, "T01:$1+01:00") },
    { name: "without a type of each record", text: without(pretty, "rtype") },
    { name: "without the time of receipt", text: without(pretty, "ts_recv") },
  ])("is read $name", async ({ text }) => {
    expect(await events(file("good.csv", text))).toEqual(lines);
  });

  it("reads prices as points where one of them has a decimal point, wherever that is", async () => {
    const text = pretty.replace("4800.250000000", "4800").replace("4800.500000000", "4800.5");
    expect((await events(file("points.csv", text)))[1]).toBe(`1 B 19200 x 1 @ ${ESH4}`);
  });

  it("counts the rows of a type that it does not know, and rejects what has no price", async () => {
    const text = csvOf([...rows, trade({ seconds: 3, raw: { price: "9223372036854775807" } })], "python");
    const found = await events(file("odd.csv", text.replace(",0,1,17077,T,A,", ",77,1,17077,T,A,")));
    expect(found).toContain("skipped unknown_record 1");
    expect(found.some((line) => line.includes('"bad_price"'))).toBe(true);
  });

  it("reads bars and the trades among orders", async () => {
    const bar = encodeRecord({
      rtype: RTYPE.ohlcv1m,
      instrument_id: ESH4,
      ts_event: nanos(60),
      open: "4800250000000",
      high: "4801000000000",
      low: "4800000000000",
      close: "4800500000000",
      volume: "77",
    });
    const [, found] = await events(file("bars.csv", csvOf([bar], "pretty")));
    expect(JSON.parse(found ?? "")).toMatchObject({ type: "bar", start: START + 60e6, high: 19_204, volume: 77 });
  });

  it.each([
    {
      name: "a row that is cut off",
      text: pretty.slice(0, -20),
      says: /line 3 has \d+ cells where the header has \d+/,
    },
    { name: "a time without a zone", text: pretty.replaceAll("Z", ""), says: /line 2 .* a time with a zone/ },
    { name: "a day that there is not", text: pretty.replaceAll("12-25", "02-31"), says: /line 2 .* as ts_event/ },
    { name: "a word as a price", text: pretty.replace("4800.250000000", "much"), says: /line 2 has "much" as a price/ },
    { name: "a size below zero", text: pretty.replace(",1,0,", ",-1,0,"), says: /line 2 has "-1" as size/ },
    { name: "a control character", text: pretty.replace("ESH4", "ES\u001b[31m"), says: /line 2 holds a character/ },
    { name: "another encoding", text: pretty.replace("ESH4", "\u00c9SH4"), says: /line 2 holds a character/ },
    { name: "UTF-16", text: new Uint8Array(Buffer.from(`\uFEFF${pretty}`, "utf16le")), says: /save it as UTF-8/ },
    { name: "a line without end", text: `${pretty}${"x".repeat(200_000)}`, says: /line 4 is longer than 64 kB/ },
    { name: "a quote without end", text: pretty.replace("ESH4", '"ESH4'), says: /line 2 has a quote/ },
    { name: "no column of the action", text: without(pretty, "action"), says: /no column "action"/ },
    { name: "no column of the time", text: without(pretty, "ts_event"), says: /no column "ts_event"/ },
    { name: "a column twice", text: pretty.replace("flags", "size"), says: /names the column "size" twice/ },
    { name: "a symbol without end", text: pretty.replaceAll("ESH4", "E".repeat(80)), says: /symbol of 80 characters/ },
  ])("is refused with $name, before anything of it is played", async ({ name, text, says }) => {
    const turns: unknown[] = [];
    const feed = replayFeed([file(`${name}.csv`, text)], { tickSizes });
    const outcome = (async () => {
      for await (const turn of feed.events(new AbortController().signal)) turns.push(turn);
    })();
    await expect(outcome).rejects.toThrow(says);
    await expect(outcome).rejects.toThrow(/^Could not read "[^\n]*$/);
    expect(turns).toEqual([]);
  });
});

describe.skipIf(MARKET_DATA === undefined)(`A real CSV file${NEEDS_DATA}`, () => {
  it("holds the trades of its DBN file", async () => {
    const [, ...csv] = await events(dataFile("derived", "esh4-glbx-mdp3-20231225.mbo.trades.csv"));
    const [, ...dbn] = await events(dataFile("derived", "esh4-20231225.trades.v3.dbn"));
    expect(dbn.length).toBe(2974);
    expect(csv).toEqual(dbn);
  });
});

/** The text without one of its columns. */
function without(text: string, name: string): string {
  const rows = text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  const at = rows[0]?.indexOf(name) ?? -1;
  return `${rows.map((cells) => cells.filter((_, index) => index !== at).join(",")).join("\n")}\n`;
}
