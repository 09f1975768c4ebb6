import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { EngineEvent } from "../../../../src/core/events.js";
import { RTYPE } from "../../../../src/feed/databento/dbn/codes.js";
import { encodeRecord } from "../../../../src/feed/databento/dbn/encode.js";
import { downloadRange } from "../../../../src/feed/databento/historical/download.js";
import { historyThenLiveFeed } from "../../../../src/feed/databento/historical/historyThenLive.js";
import { LiveJoin } from "../../../../src/feed/databento/historical/liveJoin.js";
import { tickSizesOf } from "../../../../src/feed/tickSizes.js";
import {
  concatBytes,
  cutBytes,
  ESH4,
  eventLines,
  metadata,
  nanos,
  START,
  START_NANOS,
  trade,
} from "../../../support/dbnBytes.js";
import { clientOf, DAY, dayBytes } from "../../../support/historicalRange.js";
import { HistoricalServer } from "../../../support/historicalServer.js";

const folder = mkdtempSync(join(tmpdir(), "volume-cluster-join-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Print {
  readonly tick: number;
  readonly id: number;
  readonly size: number;
}

/** A print at `tick` halves of a second and some nanoseconds, which microseconds cannot tell apart. */
const bytesOf = ({ tick, id, size }: Print) => {
  const time = START_NANOS + BigInt(tick >> 2) * 500_000_000n + BigInt(tick & 3);
  return trade({ id, size, raw: { ts_event: time.toString() } });
};
const blockOf = (bytes: Uint8Array) => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
  base: 0,
});
const ns = (print: Print) => START_NANOS + BigInt(print.tick >> 2) * 500_000_000n + BigInt(print.tick & 3);

function recorded(prints: readonly Print[]): LiveJoin {
  const made = new LiveJoin();
  for (const print of prints) made.record(blockOf(bytesOf(print)), 0);
  return made;
}

/** A market in order of time, with instants that many prints share and prints that are equal to the last byte. */
const market = fc
  .array(fc.record({ tick: fc.nat(120), id: fc.constantFrom(ESH4, 5602), size: fc.constantFrom(1, 2) }), {
    maxLength: 80,
  })
  .map((prints) => [...prints].sort((a, b) => a.tick - b.tick));

describe("LiveJoin, F11", () => {
  it("gives each record exactly once for any cut and any overlap, whatever the chunks", () => {
    fc.assert(
      fc.property(market, fc.nat(), fc.nat(), fc.array(fc.nat(), { maxLength: 4 }), (prints, cut, overlap, chunks) => {
        const count = prints.length === 0 ? 0 : cut % (prints.length + 1);
        const made = recorded(prints.slice(0, count));
        const from = made.liveFrom ?? 0n;
        const least = prints.findIndex((print) => ns(print) >= from);
        const begin = count === 0 ? 0 : overlap % (least + 1);
        const places = chunks.map((place) => (place % (prints.length - begin + 1)) * 48);
        const live = concatBytes(...prints.slice(begin).map(bytesOf), new Uint8Array(0));
        const fresh = cutBytes(live, places).map((part) => made.fresh(blockOf(part)));
        expect(Buffer.concat(fresh).equals(Buffer.concat(prints.slice(count).map(bytesOf)))).toBe(true);
        expect(made.hole).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it("loses nothing of an instant that the live stream orders differently", () => {
    const prints = [0, 1, 2, 3].map((tick) => ({ tick, id: ESH4, size: 1 }));
    const made = recorded([prints[1], prints[3]].map((print) => print ?? expect.fail()));
    const fresh = made.fresh(blockOf(concatBytes(...[3, 2, 1, 0].map((at) => bytesOf(prints[at] ?? expect.fail())))));
    expect(Buffer.from(fresh).equals(Buffer.concat([2, 0].map((at) => bytesOf(prints[at] ?? expect.fail()))))).toBe(
      true,
    );
  });

  it("says what lies between when the live stream begins too late", () => {
    const made = recorded([{ tick: 0, id: ESH4, size: 1 }]);
    made.fresh(blockOf(bytesOf({ tick: 8, id: ESH4, size: 1 })));
    expect(made.hole).toEqual({ from: START, to: START + 1_000_000 });
  });

  it("keeps what has no time, and mappings however often they come", () => {
    const made = recorded([{ tick: 0, id: ESH4, size: 1 }]);
    const mapping = encodeRecord({ rtype: RTYPE.symbolMapping, instrument_id: ESH4, ts_event: nanos(0) });
    const timeless = trade({ raw: { ts_event: "18446744073709551615" } });
    const bytes = concatBytes(mapping, mapping, timeless);
    expect(made.fresh(blockOf(bytes))).toBe(bytes);
  });

  it("begins with whatever comes when nothing was recorded", () => {
    const made = new LiveJoin();
    expect(made.liveFrom).toBeUndefined();
    const bytes = bytesOf({ tick: 0, id: ESH4, size: 1 });
    expect(made.fresh(blockOf(bytes))).toBe(bytes);
  });

  it("remembers the last seconds of a long recording alone, and still joins it", () => {
    const made = new LiveJoin();
    const bytes = trade().slice();
    const view = new DataView(bytes.buffer);
    const last = 200_000;
    for (let at = 0; at <= last; at++) {
      view.setBigUint64(8, START_NANOS + BigInt(at) * 1_000_000n, true);
      made.record({ bytes, view, base: 0 }, 0);
    }
    expect(made.liveFrom).toBe(START_NANOS + 195_000_000_000n);
    expect(made.fresh(blockOf(bytes))).toHaveLength(0);
  });
});

/** A stand-in for the gateway's stream: sends the bytes over a real socket, in pieces, then ends. */
async function* overSocket(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const server = createServer((socket) => {
    for (const piece of pieces) socket.write(piece);
    socket.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  try {
    for await (const chunk of socket) yield chunk;
  } finally {
    socket.destroy();
    server.close();
  }
}

async function events(files: readonly string[], live: (from: bigint | undefined) => AsyncIterable<Uint8Array>) {
  const turns: EngineEvent[][] = [];
  const lines: string[] = [];
  const feed = historyThenLiveFeed({ files, tickSizes: tickSizesOf([]), live });
  for await (const turn of feed.events(new AbortController().signal)) {
    turns.push([...turn]);
    lines.push(...eventLines([turn])); // at once, because the arrays are reused
  }
  return lines;
}

const completed = encodeRecord({ rtype: RTYPE.system, ts_event: nanos(60), msg: "Finished", code: 3 });
const liveHead = metadata({ schema: undefined, stypeIn: undefined, symbols: [], mappings: [] });

describe("historyThenLiveFeed", () => {
  it("goes from a download over a real server into a live stream over a real socket, nothing lost, nothing twice", async () => {
    const server = await HistoricalServer.start();
    server.usually("timeseries.get_range", { body: dayBytes(50) });
    const path = join(folder, "day.dbn.zst");
    await downloadRange(clientOf(server), DAY, path, { maxCost: 1, stop: new AbortController().signal });
    await server.stop();
    let asked: bigint | undefined;
    const lines = await events([path], (from) => {
      asked = from;
      const seconds = Array.from({ length: 60 }, (_, second) => second).filter(
        (second) => BigInt(nanos(second)) >= (from ?? 0n),
      );
      const stream = concatBytes(
        liveHead,
        ...seconds.map((seconds) => trade({ seconds, size: seconds + 1 })),
        completed,
      );
      return overSocket(cutBytes(stream, [7, 100, 1000, 1001, 1500]));
    });
    expect(asked).toBe(BigInt(nanos(44)));
    const trades = lines.filter((line) => / x /.test(line));
    expect(trades).toEqual(Array.from({ length: 60 }, (_, second) => `${second} B 19201 x ${second + 1} @ ${ESH4}`));
    const states = lines.filter((line) => line.includes('"connection"')).map((line) => JSON.parse(line).state);
    expect(states).toEqual(["up", "caughtUp"]);
    expect(lines.at(-1)).toContain("caughtUp");
  });

  it("F13: tells the gap that neither recording nor live stream holds, before what follows it", async () => {
    const path = join(folder, "gap.dbn");
    writeFileSync(path, concatBytes(metadata(), trade({ seconds: 0 }), trade({ seconds: 1 })));
    const lines = await events([path], () => overSocket([liveHead, trade({ seconds: 100 })]));
    const gap = lines.findIndex((line) => line.includes('"gap"'));
    expect(JSON.parse(lines[gap] ?? "")).toMatchObject({ from: START + 1e6, to: START + 100e6 });
    expect(lines.findIndex((line) => line.startsWith("100 "))).toBeGreaterThan(gap);
  });

  it("gives the same for any cut of the bytes", async () => {
    const path = join(folder, "cut.dbn");
    writeFileSync(path, concatBytes(metadata(), ...[0, 1, 1, 2].map((seconds) => trade({ seconds }))));
    const live = concatBytes(liveHead, ...[1, 1, 2, 2, 3].map((seconds) => trade({ seconds })), completed);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 6 }), async (places) => {
        const lines = await events([path], async function* () {
          yield* cutBytes(live, places);
        });
        expect(lines.filter((line) => / x /.test(line)).map((line) => line.split(" ")[0])).toEqual([
          "0",
          "1",
          "1",
          "2",
          "2",
          "3",
        ]);
      }),
    );
  });

  it("is the live stream alone where there is no recording", async () => {
    let asked: bigint | undefined = 1n;
    const lines = await events([], (from) => {
      asked = from;
      return overSocket([metadata(), trade({ seconds: 5 })]);
    });
    expect(asked).toBeUndefined();
    expect(lines.filter((line) => / x /.test(line))).toHaveLength(1);
  });
});
