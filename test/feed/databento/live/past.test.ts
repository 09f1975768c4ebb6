import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { ConnectionChange } from "../../../../src/core/market.js";
import type { Micros } from "../../../../src/core/units.js";
import { MarketStream } from "../../../../src/feed/databento/live/marketStream.js";
import type { AskPast } from "../../../../src/feed/databento/live/past.js";
import { NO_TAPE } from "../../../../src/feed/databento/live/tape.js";
import { Timeliness } from "../../../../src/feed/databento/live/timeliness.js";
import { tickSizesOf } from "../../../../src/feed/tickSizes.js";
import {
  concatBytes,
  cutBytes,
  ESH4,
  metadata,
  nanos,
  START,
  START_NANOS,
  trade,
  tradeLines,
} from "../../../support/dbnBytes.js";
import { FakeGateway, type Script } from "../../../support/fakeGateway.js";
import {
  gatewayError,
  isLast,
  lastBeat,
  liveFeedAt,
  liveMetadata,
  mapping,
  readUntil,
  replayCompleted,
  startOf,
  welcome,
} from "../../../support/liveMarket.js";

const folder = mkdtempSync(join(tmpdir(), "volume-cluster-past-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const gateways: FakeGateway[] = [];
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close();
});

const OTHER = 99;
const NAMES = [
  { requested: "ESH4", intervals: [{ start: 20231225, end: 20231226, symbol: String(ESH4) }] },
  { requested: "ESM4", intervals: [{ start: 20231225, end: 20231226, symbol: String(OTHER) }] },
];
const HEAD = concatBytes(liveMetadata(), mapping(), mapping("ESM4", OTHER));
const END = lastBeat();
const t = (seconds: number, size = 1, id = ESH4) => trade({ seconds, size, id });
const line = (seconds: number, size = 1, id = ESH4) => `${seconds} B 19201 x ${size} @ ${id}`;

interface Print {
  /** Quarters of a second; four of a row are of one instant but for nanoseconds. */
  readonly tick: number;
  readonly id: number;
  readonly size: number;
  /** Until it is received, in milliseconds. */
  readonly delay: number;
}

const eventNs = ({ tick }: Print) => START_NANOS + BigInt(tick >> 2) * 250_000_000n + BigInt(tick & 3);
const receiptNs = (print: Print) => eventNs(print) + BigInt(print.delay) * 1_000_000n;
const bytesOf = (print: Print) =>
  trade({
    id: print.id,
    size: print.size,
    raw: { ts_event: eventNs(print).toString(), ts_recv: receiptNs(print).toString() },
  });
const by = (key: (print: Print) => bigint) => (a: Print, b: Print) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);

/** A market in which what happened first may be received last, with instants that many prints share. */
const prints = fc
  .array(
    fc.record({
      tick: fc.nat(320),
      id: fc.constantFrom(ESH4, OTHER),
      size: fc.constantFrom(1, 2),
      delay: fc.nat(4900),
    }),
    { maxLength: 60 },
  )
  .map((found) => found.sort(by(eventNs)));

const streamOf = () =>
  new MarketStream({
    tickSizes: tickSizesOf([]),
    start: START as Micros,
    subscriptions: 1,
    timeliness: new Timeliness({ limitSeconds: 6, isChecked: false }),
    tape: NO_TAPE,
    hasPast: true,
    redact: (text) => text,
  });

describe("history and the live stream after it", () => {
  it("F11: give each record once, wherever history ends by the time of receipt and however the bytes are cut", () => {
    fc.assert(
      fc.property(prints, fc.nat(80), fc.array(fc.nat(), { maxLength: 4 }), (market, second, places) => {
        const stream = streamOf();
        const until = START_NANOS + BigInt(second) * 1_000_000_000n;
        const lines: string[] = [];
        const gaps: ConnectionChange[] = [];
        const read = (bytes: Uint8Array) => {
          for (const part of cutBytes(bytes, places)) {
            for (const events of stream.receive(part, START as Micros)) {
              for (const event of events) {
                if (event.type === "trades") lines.push(...tradeLines(event));
                if (event.type === "connection" && event.state === "gap") gaps.push(event);
              }
            }
          }
        };
        expect(stream.takeWanted()).toBe(START_NANOS);
        const received = market.filter((print) => receiptNs(print) < until).sort(by(receiptNs));
        stream.beginPast(until, 0);
        read(concatBytes(metadata({ end: until, mappings: NAMES }), ...received.map(bytesOf)));
        const start = stream.begin() ?? expect.fail("it must replay");
        const replayed = market.filter((print) => eventNs(print) >= start);
        read(concatBytes(HEAD, ...replayed.map(bytesOf), replayCompleted()));
        const all = market.map((print) => tradeLine(print));
        expect([...lines].sort()).toEqual(all.sort());
        expect(gaps).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

function tradeLine(print: Print): string {
  const micros = Number(eventNs(print) / 1000n) - START;
  return `${micros / 1e6} B 19201 x ${print.size} @ ${print.id}`;
}

interface Seen {
  readonly lines: string[];
  readonly gaps: ConnectionChange[];
  readonly states: string[];
  readonly asked: bigint[];
  readonly starts: (bigint | undefined)[];
}

/** A history of these records until so many seconds after START; of the second question on it has nothing. */
function historyOf(asked: bigint[], untilSeconds: number, ...records: readonly Uint8Array[]): AskPast {
  return async (from) => {
    asked.push(from);
    if (asked.length > 1) return undefined;
    const path = join(mkdtempSync(join(folder, "history-")), "past.dbn");
    const until = BigInt(nanos(untilSeconds));
    writeFileSync(path, concatBytes(metadata({ start: from, end: until, mappings: NAMES }), ...records));
    return { files: [path], until, release: async () => rmSync(path) };
  };
}

/** Runs a feed at a gateway that plays the n-th of these parts to its n-th connection and closes but the last. */
async function run(
  parts: readonly (readonly Uint8Array[])[],
  history: ((asked: bigint[]) => AskPast) | undefined,
): Promise<Seen> {
  const seen: Seen = { lines: [], gaps: [], states: [], asked: [], starts: [] };
  const script: Script = async (peer, connection) => {
    seen.starts.push(startOf(await welcome(peer)));
    await peer.send(concatBytes(...(parts[connection] ?? [])));
    if (connection < parts.length - 1) peer.fin();
    await peer.gone();
  };
  const gateway = await FakeGateway.start(script);
  gateways.push(gateway);
  const { feed } = liveFeedAt(gateway.address, history === undefined ? {} : { past: history(seen.asked) });
  const see = (events: Parameters<Parameters<typeof readUntil>[1]>[0]) => {
    for (const event of events) {
      if (event.type === "trades") seen.lines.push(...tradeLines(event));
      if (event.type !== "connection") continue;
      seen.states.push(event.state);
      if (event.state === "gap") seen.gaps.push(event);
    }
  };
  await readUntil(feed, see, isLast);
  return seen;
}

describe("what a gateway no longer replays", () => {
  const lost = [HEAD, t(1), t(2), t(2)];

  it("F13: comes from history, and the gateway goes on where that ends: no gap", async () => {
    const parts = [lost, [HEAD, gatewayError(8, "aged out")], [HEAD, t(80), t(95), replayCompleted(), t(200), END]];
    const seen = await run(parts, (asked) => historyOf(asked, 90, t(2), t(2), t(50), t(80), t(88)));
    expect(seen.asked).toEqual([BigInt(nanos(2))]);
    expect(seen.starts).toEqual([undefined, BigInt(nanos(2)), BigInt(nanos(80))]);
    expect(seen.lines).toEqual([1, 2, 2, 50, 80, 95, 200].map((seconds) => line(seconds)));
    expect(seen.gaps).toEqual([]);
    expect(seen.states.slice(-2)).toEqual(["up", "caughtUp"]);
  });

  it("F13: stays a declared gap where history has nothing either, and history is asked once", async () => {
    const nothing = (asked: bigint[]): AskPast => {
      return async (from) => {
        asked.push(from);
        return undefined;
      };
    };
    const aged = [HEAD, gatewayError(8, "aged out")];
    const seen = await run([lost, aged, aged, [HEAD, t(200), END]], nothing);
    expect(seen.asked).toEqual([BigInt(nanos(2))]);
    expect(seen.lines).toEqual([1, 2, 2, 200].map((seconds) => line(seconds)));
    expect(seen.gaps).toMatchObject([{ from: START + 2e6, to: START + 200e6 }]);
    expect(seen.gaps[0]?.instrument).toBeUndefined();
  });

  it("F13: is declared from where history ends, when that is too long ago for the gateway as well", async () => {
    const aged = [HEAD, gatewayError(8, "aged out")];
    const parts = [lost, aged, aged, [HEAD, t(500), END]];
    const seen = await run(parts, (asked) => historyOf(asked, 90, t(2), t(2), t(50)));
    expect(seen.lines).toEqual([1, 2, 2, 50, 500].map((seconds) => line(seconds)));
    expect(seen.gaps).toMatchObject([{ from: START + 50e6, to: START + 500e6 }]);
  });

  it("F13: is seen without a word of the gateway, and comes from history all the same", async () => {
    const parts = [lost, [HEAD, t(60), t(61)], [HEAD, t(80), t(95), replayCompleted(), END]];
    const seen = await run(parts, (asked) => historyOf(asked, 90, t(2), t(2), t(50), t(60), t(61), t(80)));
    expect(seen.lines).toEqual([1, 2, 2, 50, 60, 61, 80, 95].map((seconds) => line(seconds)));
    expect(seen.gaps).toEqual([]);
  });

  it("F13: of one contract is a gap of that contract, which the other's bars do not mind", async () => {
    const both = [HEAD, t(1), t(1, 1, OTHER), t(2), t(2, 1, OTHER)];
    const parts = [both, [HEAD, t(2), t(9), t(9, 1, OTHER), replayCompleted(), END]];
    const seen = await run(parts, undefined);
    expect(seen.gaps).toMatchObject([{ from: START + 2e6, to: START + 9e6, instrument: OTHER }]);
  });

  it("is asked for again once all was well in between", async () => {
    const aged = [HEAD, gatewayError(8, "aged out")];
    const parts = [lost, aged, [HEAD, t(80), replayCompleted(), t(85)], aged, aged, [HEAD, t(300), END]];
    const seen = await run(parts, (asked) => historyOf(asked, 90, t(2), t(2), t(80)));
    expect(seen.asked).toEqual([BigInt(nanos(2)), BigInt(nanos(85))]);
  });
});
