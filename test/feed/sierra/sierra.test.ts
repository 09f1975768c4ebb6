import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineEvent } from "../../../src/core/events.js";
import { replayFeed } from "../../../src/feed/replay.js";
import { tickSizesOf } from "../../../src/feed/tickSizes.js";
import { readBarText } from "../../support/barText.js";
import { eventLines } from "../../support/dbnBytes.js";
import { dataFiles, MARKET_DATA, NEEDS_DATA } from "../../support/marketData.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sierra-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function play(name: string, text: string): Promise<EngineEvent[]> {
  const path = join(folder, name);
  writeFileSync(path, text);
  return eventsOf(path);
}

async function eventsOf(path: string): Promise<EngineEvent[]> {
  const events: EngineEvent[] = [];
  const feed = replayFeed([path], { tickSizes: tickSizesOf([]) });
  for await (const turn of feed.events(new AbortController().signal)) {
    for (const event of turn) events.push(event.type === "trades" ? structuredClone(event) : event);
  }
  return events;
}

const HEADER = "Date, Time, Open, High, Low, Last, Volume, NumberOfTrades, BidVolume, AskVolume";
/** One bar per time of 2015-06-10, or of the date that is named. */
function bars(times: readonly string[], date = "2015/06/10"): string {
  return [
    HEADER,
    ...times.map((time) => `${date}, ${time}, 2078.75, 2079.25, 2078.50, 2079.00, 129, 80, 60, 69`),
    "",
  ].join("\n");
}
const starts = (events: readonly EngineEvent[]) =>
  events.flatMap((event) => (event.type === "bar" ? [new Date(event.start / 1000).toISOString().slice(5, 16)] : []));

describe("Sierra Chart bars", () => {
  it("become bars of the contract that the file's name tells, bid volume sold and ask volume bought", async () => {
    const events = await play("ESM15-CME.scid_BarData.txt", bars(["08:30:00", "08:35:00"]));
    const start = Date.parse("2015-06-10T13:30:00Z") * 1000;
    expect(events).toMatchObject([
      { type: "contract", symbol: "ESM5", time: start },
      {
        ...{ type: "bar", start, end: start + 300e6, open: 8315, high: 8317, low: 8314, close: 8316 },
        ...{ volume: 129, buyVolume: 69, sellVolume: 60, profile: undefined, dirty: false },
      },
      { type: "bar", start: start + 300e6 },
      { type: "clock", time: start + 600e6 },
    ]);
  });

  it.each([
    { name: "ESM15-CME.txt", symbol: "ESM5" },
    { name: "ESM5.txt", symbol: "ESM5" },
    { name: "ESM25_FUT_CME.txt", symbol: "ESM5" },
    { name: "F.US.MESZ25-BarData.txt", symbol: "MESZ5" },
    { name: "ES-BarData.txt", symbol: "ES" },
  ])("of $name are of $symbol", async ({ name, symbol }) => {
    expect((await play(name, bars(["08:30:00", "08:35:00"])))[0]).toMatchObject({ type: "contract", symbol });
  });

  it("tell the two passes of the hour that happens twice apart by order", async () => {
    const times = ["00:30:00", "01:00:00", "01:30:00", "01:00:00", "01:30:00", "02:00:00"];
    const events = await play("ESZ15.txt", bars(times, "2015/11/01"));
    expect(starts(events)).toEqual([
      "11-01T05:30",
      "11-01T06:00",
      "11-01T06:30",
      "11-01T07:00",
      "11-01T07:30",
      "11-01T08:00",
    ]);
  });

  it("leave a bar that comes too late to the engine, which counts it", async () => {
    const events = await play("ESM15.txt", bars(["08:30:00", "08:35:00", "08:30:00", "08:40:00"]));
    expect(starts(events)).toEqual(["06-10T13:30", "06-10T13:35", "06-10T13:30", "06-10T13:40"]);
  });

  it("are rejected with a price off the ticks, and without one", async () => {
    const text = bars(["08:30:00", "08:35:00", "08:40:00"])
      .replace("2079.25", "2079.30")
      .replace(/(08:35:00), 2078.75/, "$1, nan");
    const events = await play("ESM15.txt", text);
    const rejected = events.flatMap((event) => (event.type === "rejected" ? [[event.reason, event.isBar]] : []));
    expect(rejected).toEqual([
      ["off_tick", true],
      ["bad_price", true],
    ]);
    expect(starts(events)).toEqual(["06-10T13:40"]);
  });

  it("count by their volume where bid and ask do not add up to it, and tell in how many they are more", async () => {
    const rows = [
      ["08:30:00", 129, 60, 69],
      ["08:35:00", 129, 60, 70],
      ["08:40:00", 129, 30, 69],
      ["08:45:00", 129, 0, 0],
      ["08:50:00", 0, 1, 0],
    ].map(
      ([time, volume, bid, ask]) =>
        `2015/06/10, ${time}, 2078.75, 2079.25, 2078.50, 2079.00, ${volume}, 80, ${bid}, ${ask}`,
    );
    const events = await play("ESM15.txt", [HEADER, ...rows, ""].join("\n"));
    const sides = events.flatMap((event) =>
      event.type === "bar" ? [[event.volume, event.sellVolume, event.buyVolume]] : [],
    );
    expect(sides).toEqual([
      [129, 60, 69],
      [129, undefined, undefined],
      [129, 30, 69],
      [129, 0, 0],
      [0, undefined, undefined],
    ]);
    expect(events.filter(({ type }) => type === "skipped")).toEqual([
      { type: "skipped", reason: "sides_above_volume", count: 2 },
    ]);
    expect(events.at(-1)).toEqual({ type: "clock", time: Date.parse("2015-06-10T13:55:00Z") * 1000 });
  });

  it.each([
    { form: "the line ends of Windows", change: (text: string) => text.replaceAll("\n", "\r\n") },
    { form: "a byte order mark", change: (text: string) => `\uFEFF${text}` },
    { form: "tabs", change: (text: string) => text.replaceAll(", ", "\t") },
    { form: "seconds left out", change: (text: string) => text.replaceAll(":00,", ",") },
    { form: "times to the microsecond", change: (text: string) => text.replaceAll(":00,", ":00.000000,") },
    {
      form: "one column of date and time",
      change: (text: string) => text.replace("Date, Time", "Date Time").replaceAll("/10, ", "/10 "),
    },
  ])("are read with $form", async ({ change }) => {
    expect(starts(await play("ESM15.txt", change(bars(["08:30:00", "08:35:00"]))))).toEqual([
      "06-10T13:30",
      "06-10T13:35",
    ]);
  });

  const two = bars(["08:30:00", "08:35:00"]);
  it.each([
    { name: "ESM15.txt", text: two.replace(`${HEADER}\n`, ""), says: "does not name the columns of Sierra Chart" },
    { name: "ESM15.txt", text: two.replace("Volume, ", "Volumen, "), says: "does not name the columns" },
    { name: "ESM15.txt", text: two.slice(0, -8), says: "line 3 has 9 cells where the header has 10" },
    { name: "ESM15.txt", text: two.replace("2015/06/10", "10.06.2015"), says: "it must be written as 2019/12/20" },
    { name: "ESM15.txt", text: two.replace("2015/06/10", "2015/06/31"), says: 'line 2 has "2015/06/31 08:00"' },
    { name: "ESM15.txt", text: two.replace("08:30:00", "08:61:00"), says: 'line 2 has "2015/06/10 08:61:00"' },
    { name: "ESM15.txt", text: two.replace("129", "1e3"), says: 'line 2 has "1e3" as volume' },
    { name: "ESM15.txt", text: two.replace("2078.75", "2078,75"), says: "line 2 has 11 cells" },
    { name: "ESM15.txt", text: bars(["08:30:00"]), says: "it holds a single bar" },
    { name: "ESM15.txt", text: bars(["08:30:00", "08:35:00", "08:37:00"]), says: "its bars have no common length" },
    { name: "ESM15.txt", text: bars(["02:15:00", "03:15:00"], "2015/03/08"), says: "which there was not in Chicago" },
    {
      name: "ESZ15.txt",
      text: bars(["01:15:00", "01:20:00"], "2015/11/01"),
      says: "line 2 lies in an hour that happened twice",
    },
    { name: "bars.txt", text: two, says: "its name does not begin with its contract" },
  ])("are refused: $says", async ({ name, text, says }) => {
    await expect(play(name, text)).rejects.toThrow(says);
    await expect(play(name, text)).rejects.toThrow(/^Could not read "[^\n]*$/);
  });
});

describe("Sierra Chart trades", () => {
  const ticks = `${HEADER}
2015/06/10, 08:30:00.250000, 0, 2078.75, 2078.50, 2078.75, 3, 1, 0, 3
2015/06/10, 08:30:00.250000, 0, 2078.75, 2078.50, 2078.50, 2, 1, 2, 0
2015/06/10, 08:30:01, 0, 2078.75, 2078.50, 2078.60, 1, 1, 1, 0
`;
  const list = `Date, Time, Price, Volume, Side
2015/06/10, 08:30:00.250, 2078.75, 3, Ask
2015/06/10, 08:30:00.250, 2078.50, 2, Bid
2015/06/10, 08:30:01, 2078.60, 1,
`;

  it.each([
    { name: "as ticks of an export", text: ticks },
    { name: "as time and sales", text: list },
  ])("are read $name, with their aggressors", async ({ text }) => {
    const events = await play("ESM15-ticks.txt", text);
    const id = events[0]?.type === "contract" ? events[0].instrument : 0;
    const second = (Date.parse("2015-06-10T13:30:00Z") - 1_703_462_400_000) / 1000;
    expect(events[0]).toMatchObject({ symbol: "ESM5" });
    expect(eventLines([events.slice(1)])).toEqual([
      `${second + 0.25} B 8315 x 3 @ ${id}`,
      `${second + 0.25} A 8314 x 2 @ ${id}`,
      expect.stringContaining('"off_tick"'),
      expect.stringContaining('"clock"'),
    ]);
  });

  it("do not mix with bars, and have a known side", async () => {
    await expect(play("ESM15.txt", ticks.replace(":01, 0", ":01, 2078.50"))).rejects.toThrow(
      "line 4 mixes trades and bars",
    );
    await expect(play("ESM15.txt", list.replace("Bid", "X"))).rejects.toThrow('line 3 has "x" as side');
  });

  it("of which bid and ask do not add up to the volume have its volume, a side where one alone is told, and are told", async () => {
    const odd = ticks.replace("2078.50, 2, 1, 2, 0", "2078.50, 2, 1, 3, 0").replace(" 3, 1, 0, 3", " 3, 1, 0, 2");
    const lines = eventLines([await play("ESM15-ticks.txt", odd)]);
    expect(lines.filter((line) => line.includes("@")).map((line) => line.split(" ").slice(1, 5).join(" "))).toEqual([
      "B 8315 x 3",
      "N 8314 x 2",
    ]);
    expect(lines.filter((line) => line.startsWith("skipped"))).toEqual(["skipped sides_above_volume 1"]);
  });

  it("may be none at all", async () => {
    expect(await play("ESM15.txt", `${HEADER}\n`)).toEqual([]);
  });
});

describe.skipIf(MARKET_DATA === undefined)(`Five years of real Sierra Chart bars${NEEDS_DATA}`, () => {
  it.each(dataFiles(/H\d\d-.*\.txt$/, "es-5m"))("are what an independent reader finds in %s", async (path) => {
    const events = await eventsOf(path);
    const name = basename(path);
    const [change] = events;
    const id = change?.type === "contract" ? change.instrument : 0;
    const rows = readFileSync(path, "utf8").trim().split("\n").length - 1;
    expect(events.filter(({ type }) => type === "bar")).toHaveLength(rows);
    expect(events.slice(0, -1)).toEqual(readBarText(path, `${name.slice(0, 3)}${name[4]}`, id, 300));
  });
});
