import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineOutput } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { RTYPE } from "../../src/feed/databento/dbn/codes.js";
import { encodeRecord } from "../../src/feed/databento/dbn/encode.js";
import { replayFeed } from "../../src/feed/replay.js";
import { tickSizesOf } from "../../src/feed/tickSizes.js";
import { concatBytes, ESH4, metadata, nanos, trade } from "../support/dbnBytes.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bad-time-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MODE = { leading: "paper", paperTrades: true, haltEndsWithSession: true } as const;

/** What comes of a replay of a file, and what the engine calls its contract. */
async function play(name: string, content: string | Uint8Array) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const engine = new Engine(parseSettings({ "contract.session": "globex" }), MODE, NO_HOLIDAYS);
  const outputs: EngineOutput[] = [];
  const feed = replayFeed([path], { tickSizes: tickSizesOf([]) });
  for await (const turn of feed.events(new AbortController().signal)) {
    for (const event of turn) outputs.push(...engine.process(event));
  }
  const { trades, bars, skipped, inSession } = engine.summary();
  const { label } = engine.view().instrument ?? {};
  return { read: trades + bars, skipped, inSession, outputs: outputs.length, label };
}

const CSV_HEADER = "ts_event,rtype,publisher_id,instrument_id,action,side,price,size,symbol";
const csv = (...times: readonly string[]) =>
  [CSV_HEADER, ...times.map((time) => `${time},0,1,42,T,B,6000250000000,3,ESM5`), ""].join("\n");

const bar = (ts_event: string) =>
  encodeRecord({
    rtype: RTYPE.ohlcv1m,
    instrument_id: ESH4,
    ts_event,
    ...{ open: "4800250000000", high: "4800250000000", low: "4800250000000", close: "4800250000000", volume: 5 },
  });

const SIERRA_BARS = "Date, Time, Open, High, Low, Last, Volume, NumberOfTrades, BidVolume, AskVolume";
const sierraBars = (...times: readonly string[]) =>
  [SIERRA_BARS, ...times.map((time) => `${time}, 2078.75, 2079.25, 2078.50, 2079.00, 129, 80, 60, 69`), ""].join("\n");
const sierraTrades = (...times: readonly string[]) =>
  [SIERRA_BARS, ...times.map((time) => `${time}, 0, 2079.25, 2078.75, 2079.00, 1, 1, 0, 1`), ""].join("\n");

// All others lie in a session of globex, which bars must reach at its open.
const NOON = "1749476000000000000";
const LAST_OF_1989 = "631151999999999999";
describe("A first record that is dated before there was electronic trading", () => {
  it.each<[string, string, string | Uint8Array, string]>([
    [
      "a DBN trade of 1970",
      "a.dbn",
      concatBytes(metadata(), trade({ raw: { ts_event: 0, ts_recv: 0 } }), trade(), trade()),
      "ES MAR24",
    ],
    [
      "a DBN bar of 1970",
      "b.dbn",
      concatBytes(metadata({ schema: "ohlcv-1m" }), bar("0"), bar(nanos(-3600)), bar(nanos(-3540))),
      "ES MAR24",
    ],
    ["a CSV trade of 1970", "c.csv", csv("0", NOON, NOON), "ES JUN25"],
    ["a CSV trade of the last moment of 1989", "d.csv", csv(LAST_OF_1989, NOON, NOON), "ES JUN25"],
    [
      "a Sierra bar",
      "ESM25.bars.txt",
      sierraBars("1980/01/02, 10:00:00", "2025/06/08, 17:00:00", "2025/06/08, 17:01:00"),
      "ES JUN25",
    ],
    [
      "a Sierra trade",
      "ESM25.ticks.txt",
      sierraTrades("1980/01/02, 10:00:00", "2025/06/09, 10:00:00", "2025/06/09, 10:01:00"),
      "ES JUN25",
    ],
  ])("%s is counted and starts no clock", async (_, name, content, label) => {
    expect(await play(name, content)).toEqual({
      ...{ read: 3, skipped: { bad_time: 1 }, inSession: 2, outputs: 0, label },
    });
  });

  it("is taken where it is of the first moment of 1990", async () => {
    const found = await play("e.csv", csv("631152000000000000"));
    expect(found).toMatchObject({ read: 1, skipped: {} });
  });
});
