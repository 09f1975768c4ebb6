import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RTYPE } from "../../src/feed/databento/dbn/codes.js";
import { encodeRecord } from "../../src/feed/databento/dbn/encode.js";
import { isReadableName, READABLE_EXTENSIONS } from "../../src/feed/readableFiles.js";
import { openReplay, replayFeed } from "../../src/feed/replay.js";
import { tickSizesOf } from "../../src/feed/tickSizes.js";
import { csvOf } from "../support/csvText.js";
import { concatBytes, ESH4, eventLines, metadata, nanos, trade } from "../support/dbnBytes.js";
import { zstdFrame } from "../support/zstdBytes.js";

let root = "";
let folder = "";
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "recordings-"));
});
beforeEach(() => {
  folder = join(root, `folder-${count++}`);
  mkdirSync(folder);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function file(name: string, ...parts: readonly (Uint8Array | string)[]): string {
  const path = join(folder, name);
  writeFileSync(path, concatBytes(...parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part))));
  return path;
}

/** The lines of a replay, those of contracts and the clock left out. */
async function replay(...paths: readonly string[]): Promise<string[]> {
  const turns: string[][] = [];
  const feed = replayFeed(paths, { tickSizes: tickSizesOf([]) });
  for await (const events of feed.events(new AbortController().signal)) turns.push(eventLines([events]));
  return turns.flat().filter((line) => !/"(contract|clock)"/.test(line));
}

const OTHER = [{ requested: "ESM4", intervals: [{ start: 20231225, end: 20231226, symbol: "9" }] }];
const trades = (...seconds: readonly number[]) => seconds.map((second) => trade({ seconds: second }));
const line = (second: number) => `${second} B 19201 x 1 @ ${ESH4}`;

function bar(seconds: number, id = ESH4): Uint8Array {
  const price = "4800250000000";
  const prices = { open: price, high: price, low: price, close: price };
  return encodeRecord({ rtype: RTYPE.ohlcv1m, instrument_id: id, ts_event: nanos(seconds), ...prices, volume: "5" });
}

describe("Several files", () => {
  it("play in order of time, whatever their kinds and the order of their names", async () => {
    const dbn = file("z.dbn", metadata(), ...trades(1, 2));
    const csv = file("a.csv", csvOf(trades(3, 4), "python"));
    const zst = file("m.csv.zst", zstdFrame(new Uint8Array(Buffer.from(csvOf(trades(5), "raw")))));
    expect(await replay(csv, zst, dbn)).toEqual([1, 2, 3, 4, 5].map(line));
  });

  it("play though one of them is a recording that was broken off within a record, which is left out and told", async () => {
    const mixed = metadata({ schema: undefined });
    const [third, fourth] = trades(3, 4) as [Uint8Array, Uint8Array];
    const torn = file("a.dbn", mixed, third, fourth.subarray(0, 20));
    const whole = file("b.dbn", mixed, ...trades(5));
    expect(await replay(folder)).toEqual([line(3), line(5)]);
    const opened = await openReplay([torn, whole], { tickSizes: tickSizesOf([]) }, new AbortController().signal);
    expect(opened.notes).toEqual([
      `"${torn}" was broken off while it was recorded: its last 20 bytes are a part of a record and are left out`,
    ]);
    const download = file("c.dbn", metadata(), third, fourth.subarray(0, 20));
    await expect(replay(download)).rejects.toThrow("it is cut off within a record");
  });

  it("may divide a second by the time of receipt, as downloads of a day do", async () => {
    const late = trade({ seconds: 9.9, raw: { ts_recv: nanos(10.2) } });
    const one = file("one.dbn", metadata(), trade({ seconds: 9.95, raw: { ts_recv: nanos(9.99) } }));
    expect(await replay(one, file("two.dbn", metadata(), late))).toEqual([line(9.95), line(9.9)]);
  });

  it("of two instruments at the same time play trade by trade, however they are read", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.boolean()), { minLength: 2, maxLength: 40 }),
        async (sketches) => {
          const ordered = sketches.map(([second, isOther]) => ({ second, id: isOther ? 9 : ESH4 }));
          ordered.sort((a, b) => a.second - b.second || b.id - a.id);
          const of = (id: number) =>
            ordered.filter((sketch) => sketch.id === id).map(({ second }) => trade({ id, seconds: second }));
          const one = file("one.dbn", metadata(), ...of(ESH4));
          const two = file("two.dbn", metadata({ mappings: OTHER }), ...of(9));
          const expected = ordered.map(({ second, id }) => `${second} B 19201 x 1 @ ${id}`);
          expect((await replay(one, two)).sort()).toEqual([...expected].sort());
          const seconds = (await replay(two, one)).map((text) => Number.parseFloat(text));
          expect(seconds).toEqual(ordered.map(({ second }) => second));
        },
      ),
      { numRuns: 50 },
    );
  });

  it("wait for bars that come between them", async () => {
    const one = file("one.dbn", metadata(), ...trades(1, 300));
    const two = file("two.dbn", metadata({ schema: "ohlcv-1m", mappings: OTHER }), bar(60, 9));
    const three = file("three.dbn", metadata({ mappings: [] }), trade({ seconds: 100, id: 11 }));
    const lines = await replay(three, two, one);
    expect(lines.map((text) => /^[{\d]+/.exec(text)?.[0])).toEqual(["1", "300", "{", undefined]);
  });

  const sierra = (time: string) =>
    `Date, Time, Open, High, Low, Last, Volume\n2023/12/24, ${time}, 4800.25, 4800.25, 4800.25, 4800.25, 5\n2023/12/24, 18:20, 4800.25, 4800.25, 4800.25, 4800.25, 5\n`;
  it.each<{ what: string; other: readonly [name: string, content: () => Uint8Array | string] }>([
    { what: "the same trades", other: ["two.dbn", () => concatBytes(metadata(), ...trades(1, 100))] },
    { what: "some of the same time", other: ["two.dbn", () => concatBytes(metadata(), ...trades(100, 200))] },
    { what: "a time within the other's", other: ["two.dbn", () => concatBytes(metadata(), ...trades(50))] },
    { what: "the same compressed", other: ["two.dbn", () => zstdFrame(concatBytes(metadata(), ...trades(1, 100)))] },
    { what: "the same as CSV", other: ["two.csv", () => csvOf(trades(1, 100), "pretty")] },
    {
      what: "bars of the same minutes",
      other: ["two.dbn", () => concatBytes(metadata({ schema: "ohlcv-1m" }), bar(60))],
    },
    { what: "text of the same minutes", other: ["ESH24.txt", () => sierra("18:00")] },
    {
      what: "the same id by another name",
      other: [
        "two.dbn",
        () => {
          const intervals = [{ start: 20231225, end: 20231226, symbol: String(ESH4) }];
          const mappings = [{ requested: "ES.v.0", intervals }];
          return concatBytes(metadata({ stypeIn: "continuous", mappings }), ...trades(1));
        },
      ],
    },
  ])("are refused with $what", async ({ other: [name, content] }) => {
    const one = file("one.dbn", metadata(), ...trades(1, 100));
    const two = file(name, content());
    for (const paths of [
      [one, two],
      [two, one],
    ]) {
      const failure = replay(...paths);
      await expect(failure).rejects.toThrow(/^[^\n]* both hold ES[^\n]* which would count twice; replay one of them$/);
      await expect(failure).rejects.toThrow(`"${one}"`);
      await expect(failure).rejects.toThrow(`"${two}"`);
    }
  });

  it("may not be one file twice", async () => {
    const one = file("same.dbn", metadata(), ...trades(1));
    await expect(replay(one, one)).rejects.toThrow(`"${one}" and "${one}" both hold ESH4`);
  });

  it("take bars that begin when the trades have ended", async () => {
    const one = file("one.dbn", metadata(), ...trades(1, 59));
    const two = file("two.dbn", metadata({ schema: "ohlcv-1m" }), bar(60), bar(120));
    expect(await replay(one, two)).toHaveLength(4);
  });
});

describe("A folder", () => {
  const bytes = concatBytes(metadata(), ...trades(1));

  function manifest(...files: readonly { filename: string; size?: number; hash?: string }[]): void {
    const hash = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    file(
      "manifest.json",
      JSON.stringify({ job_id: "x", files: files.map((entry) => ({ size: bytes.length, hash, ...entry })) }),
    );
  }

  it("plays every file of a readable kind, and no other", async () => {
    file("b.dbn", metadata(), ...trades(1));
    file("a.dbn", metadata(), ...trades(2));
    file("README.md", "not market data");
    mkdirSync(join(folder, "deeper"));
    expect(await replay(folder)).toEqual([1, 2].map(line));
  });

  it("F19: of a batch download says in one line which days Databento calls degraded, pending or missing", async () => {
    const path = file("glbx.dbn", bytes);
    manifest({ filename: "glbx.dbn" });
    const days = [
      ["2023-12-25", "degraded"],
      ["2023-12-26", "available"],
      ...[1, 2, 3, 4, 5, 6].map((day) => [`2024-01-0${day}`, "missing"]),
    ];
    const condition = days.map(([date, word]) => ({ date, condition: word, last_modified_date: "2024-01-01" }));
    file("condition.json", JSON.stringify(condition));
    const { notes, files } = await openReplay([folder], { tickSizes: tickSizesOf([]) }, new AbortController().signal);
    expect(files).toEqual([path]);
    expect(notes).toEqual([
      "Databento says that its data are degraded (some may be missing or wrong) on 2023-12-25; missing on 2024-01-01, 2024-01-02, 2024-01-03, 2024-01-04, 2024-01-05 and 1 more",
    ]);
    file("condition.json", JSON.stringify(condition.slice(1, 2)));
    expect((await openReplay([folder], { tickSizes: tickSizesOf([]) }, new AbortController().signal)).notes).toEqual(
      [],
    );
    file("condition.json", "[{}]");
    await expect(replay(folder)).rejects.toThrow("its condition.json is not as Databento writes it (at 0.date)");
  });

  it("of a batch download plays the files of its manifest after their hashes were checked", async () => {
    file("glbx.dbn", bytes);
    file("other.dbn", "rubbish that the manifest does not name");
    manifest({ filename: "glbx.dbn" });
    expect(await replay(folder)).toEqual([line(1)]);
  });

  it.each([
    { entry: { filename: "gone.dbn" }, says: 'its manifest names "gone.dbn", which is not there' },
    { entry: { filename: "glbx.dbn", size: 7 }, says: "bytes where the manifest says 7" },
    {
      entry: { filename: "glbx.dbn", hash: `sha256:${"0".repeat(64)}` },
      says: "differs from its hash in the manifest",
    },
    { entry: { filename: "glbx.dbn", hash: "md5:1" }, says: "no SHA-256 hash" },
    {
      entry: { filename: "../glbx.dbn" },
      says: "its manifest.json is not as Databento writes it (at files.0.filename)",
    },
    { entry: { filename: ".." }, says: "its manifest.json is not as Databento writes it" },
  ])("is refused where $says", async ({ entry, says }) => {
    file("glbx.dbn", bytes);
    manifest(entry);
    await expect(replay(folder)).rejects.toThrow(says);
    await expect(replay(folder)).rejects.toThrow(/^Could not read "[^"]*folder-\d+": [^\n]*download it again$/);
  });

  it("is refused when it holds nothing to replay, or a manifest that is no JSON", async () => {
    await expect(replay(folder)).rejects.toThrow("it is a folder without a file to replay; choose a folder");
    mkdirSync(join(folder, "deeper"));
    await expect(replay(folder)).rejects.toThrow("the folders in it are not searched; choose one of them");
    file("manifest.json", "{,}");
    await expect(replay(folder)).rejects.toThrow("its manifest.json is not JSON");
  });

  it("tells by its symbology what a CSV file without symbols holds", async () => {
    const rows = csvOf(trades(1), "raw").replace(",symbol", "").replace(",ESH4", "");
    const csv = file("glbx.csv", rows);
    await expect(replay(csv)).rejects.toThrow('No tick size is known for "17077"');
    const result = { ESH4: [{ d0: "2023-12-25", d1: "2023-12-26", s: String(ESH4) }] };
    file("symbology.json", JSON.stringify({ result, symbols: ["ESH4"], stype_in: "raw_symbol" }));
    expect(await replay(folder)).toEqual([line(1)]);
  });
});

describe("F26: A damaged file", () => {
  const many = new Array<Uint8Array>(120_000).fill(trade());
  const content = concatBytes(metadata(), ...many);
  const FRAME = { blockBytes: 100_000 };

  async function refusedUnplayed(...paths: readonly string[]): Promise<string> {
    let turns = 0;
    const feed = replayFeed(paths, { tickSizes: tickSizesOf([]) });
    const failure = (async () => {
      for await (const _ of feed.events(new AbortController().signal)) turns += 1;
    })();
    const error = await failure.then(
      () => new Error("no error"),
      (reason: unknown) => reason as Error,
    );
    expect(turns).toBe(0);
    return error.message;
  }

  it("with a frame larger than memory may hold gives not one trade before its checksum is known", async () => {
    const path = file("large.dbn.zst", zstdFrame(content, { ...FRAME, checksum: "wrong" }));
    expect(await refusedUnplayed(path)).toContain("fails its checksum");
  });

  it("that is cut off gives none of what came before, nor does a whole one beside it", async () => {
    const cut = file("cut.dbn", content.slice(0, -7));
    const good = file("good.dbn", metadata(), trade({ seconds: -9 }));
    expect(await refusedUnplayed(good, cut)).toContain("cut off within a record");
  });

  it("is noticed when it changes after it was checked", async () => {
    const early = file("early.dbn", metadata(), ...trades(-9));
    const path = file("changing.dbn", content);
    const feed = replayFeed([early, path], { tickSizes: tickSizesOf([]) }).events(new AbortController().signal);
    const played = (async () => {
      for await (const events of feed) {
        if (events.some(({ type }) => type === "trades")) appendFileSync(path, trade());
      }
    })();
    await expect(played).rejects.toThrow('changing.dbn": it changed after it was checked');
  });
});

describe("What kind a file is", () => {
  it.each([
    { bytes: "SCID\u0038\0\0\0", says: "export it there as text" },
    { bytes: "PK\u0003\u0004....", says: "it is a zip archive" },
    { bytes: Uint8Array.of(0x1f, 0x8b, 8, 0), says: "it is compressed with gzip" },
    { bytes: '{"ts_recv":1}', says: "it is JSON" },
    { bytes: "PAR1....", says: "it is a Parquet file" },
    { bytes: "hello", says: "it is not in the DBN format, nor a CSV file of Databento or a text file of Sierra Chart" },
  ])("is told by its bytes, with what to do: $says", async ({ bytes, says }) => {
    await expect(replay(file("file.dbn", bytes))).rejects.toThrow(says);
  });

  it("is one of a list, which the dialog of VS Code shows too", () => {
    expect(READABLE_EXTENSIONS).toEqual(["dbn", "zst", "csv", "txt"]);
    const names = ["a.DBN", "a.dbn.zst", "a.csv", "a.csv.zst", "a.txt", "a.zst", "a.scid", "dbn", "manifest.json"];
    expect(names.filter(isReadableName)).toEqual(["a.DBN", "a.dbn.zst", "a.csv", "a.csv.zst", "a.txt"]);
  });
});
