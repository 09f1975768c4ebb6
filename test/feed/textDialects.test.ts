import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RTYPE } from "../../src/feed/databento/dbn/codes.js";
import { encodeRecord } from "../../src/feed/databento/dbn/encode.js";
import { replayFeed } from "../../src/feed/replay.js";
import { TextLines } from "../../src/feed/text/textLines.js";
import { tickSizesOf } from "../../src/feed/tickSizes.js";
import { CSV_DIALECTS, csvOf } from "../support/csvText.js";
import { ESH4, eventLines, nanos, trade } from "../support/dbnBytes.js";
import { zstdFrame } from "../support/zstdBytes.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dialects-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A line per trade, bar or other event: how trades are packed does not matter. */
async function play(name: string, content: string | Uint8Array): Promise<string[]> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const lines: string[] = [];
  for await (const turn of replayFeed([path], { tickSizes: tickSizesOf([]) }).events(new AbortController().signal)) {
    lines.push(...eventLines([turn]));
  }
  return lines;
}

const trades = [trade({ seconds: 1 }), trade({ seconds: 2, side: "A", price: 4800.5 })];
const prices = { open: "4800250000000", high: "4801000000000", low: "4800000000000", close: "4800500000000" };
const bars = [60, 120].map((seconds) =>
  encodeRecord({ rtype: RTYPE.ohlcv1m, instrument_id: ESH4, ts_event: nanos(seconds), ...prices, volume: "77" }),
);
const SIERRA = "Date, Time, Open, High, Low, Last, Volume, NumberOfTrades, BidVolume, AskVolume";

/** Each ends with one line's end. */
const DIALECTS = [
  ...CSV_DIALECTS.map((dialect) => ({
    dialect: `Databento's ${dialect} trades`,
    file: "es.csv",
    text: csvOf(trades, dialect),
  })),
  ...CSV_DIALECTS.map((dialect) => ({
    dialect: `Databento's ${dialect} bars`,
    file: "es.csv",
    text: csvOf(bars, dialect),
  })),
  {
    dialect: "Sierra Chart's bars",
    file: "ESM15.txt",
    text: `${SIERRA}
2015/06/10, 08:30:00, 2078.75, 2079.25, 2078.50, 2079.00, 129, 80, 60, 69
2015/06/10, 08:35:00, 2078.75, 2079.25, 2078.50, 2079.00, 129, 80, 60, 69
`,
  },
  {
    dialect: "Sierra Chart's ticks",
    file: "ESM15.txt",
    text: `${SIERRA}
2015/06/10, 08:30:00.250000, 0, 2078.75, 2078.50, 2078.75, 3, 1, 0, 3
2015/06/10, 08:30:01, 0, 2078.75, 2078.50, 2078.50, 2, 1, 2, 0
`,
  },
  {
    dialect: "Sierra Chart's time and sales",
    file: "ESM15.txt",
    text: `Date, Time, Price, Volume, Side
2015/06/10, 08:30:00.250, 2078.75, 3, Ask
2015/06/10, 08:30:01, 2078.50, 2, Bid
`,
  },
];

const windows = (text: string) => text.replaceAll("\n", "\r\n");
const MARK = "\uFEFF";

/** What editors, spreadsheets and transfers make of a text. */
const FORMS = [
  { form: "the line ends of Windows", change: windows },
  { form: "a byte order mark", change: (text: string) => MARK + text },
  { form: "both", change: (text: string) => MARK + windows(text) },
  { form: "line ends that were made Windows' twice", change: (text: string) => windows(windows(text)) },
  { form: "an empty last line", change: (text: string) => `${text}\n` },
  { form: "empty last lines of Windows", change: (text: string) => `${windows(text)}\r\n\r\n` },
  { form: "a last line of blanks", change: (text: string) => `${text}  \t\n` },
  { form: "no last line's end", change: (text: string) => text.trimEnd() },
  { form: "no last line's end, in Windows", change: (text: string) => windows(text.trimEnd()) },
  { form: "half of its last line's end", change: (text: string) => `${windows(text.trimEnd())}\r` },
  { form: "quotes around every cell, in Windows", change: (text: string) => MARK + windows(quoted(text)) },
] as const;

function quoted(text: string): string {
  const lines = text.trimEnd().split("\n");
  const line = (cells: string) => cells.split(/,\s*/).map((cell) => `"${cell}"`);
  return `${lines.map((cells) => line(cells).join(",")).join("\n")}\n`;
}

describe.each(DIALECTS)("A text of $dialect", ({ file, text }) => {
  it.each(FORMS)("is read the same with $form, plain and compressed", async ({ change }) => {
    const expected = await play(file, text);
    expect(expected.length).toBeGreaterThan(2);
    expect(await play(file, change(text))).toEqual(expected);
    expect(await play(file, zstdFrame(new Uint8Array(Buffer.from(change(text)))))).toEqual(expected);
  });

  it.each([
    { form: "lines that end with a carriage return alone", change: (plain: string) => plain.replaceAll("\n", "\r") },
    { form: "a carriage return within a line", change: (plain: string) => plain.replace("\n", "\n2\r") },
  ])("is refused with $form, with what to do", async ({ change }) => {
    await expect(play(file, change(text))).rejects.toThrow(
      /^Could not read "[^\n]*": line \d has a carriage return that ends no line; save it with the line ends of Windows or Unix$/,
    );
  });
});

it("reads the same lines however a text is cut", () => {
  const bytes = new Uint8Array(Buffer.from(`${MARK}a,b\r\n1,2\r\r\n\r\n3,4\r`));
  for (let size = 1; size <= bytes.length; size++) {
    const lines = new TextLines();
    const found: string[] = [];
    for (let at = 0; at < bytes.length; at += size) found.push(...lines.push(bytes.subarray(at, at + size)));
    expect([...found, ...lines.end()], `pieces of ${size}`).toEqual(["a,b", "1,2", "", "3,4"]);
  }
});
