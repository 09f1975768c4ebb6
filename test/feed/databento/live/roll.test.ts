import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { jsonLine } from "../../../../src/app/lines.js";
import { parseSettings } from "../../../../src/app/settings.js";
import { Engine } from "../../../../src/core/engine.js";
import type { EngineEvent } from "../../../../src/core/events.js";
import { NO_HOLIDAYS, TradingHours } from "../../../../src/core/session.js";
import type { Micros } from "../../../../src/core/units.js";
import { Recorder } from "../../../../src/feed/databento/live/recorder.js";
import { replayFeed } from "../../../../src/feed/replay.js";
import { tickSizesOf } from "../../../../src/feed/tickSizes.js";
import { concatBytes, metadata, START, trade } from "../../../support/dbnBytes.js";
import { FakeClock } from "../../../support/fakeClock.js";
import { FakeGateway, welcome } from "../../../support/fakeGateway.js";
import { heartbeat, liveFeedAt, liveMetadata, mapping, replayCompleted, startOf } from "../../../support/liveMarket.js";

const folder = mkdtempSync(join(tmpdir(), "volume-cluster-live-roll-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [OLD, NEW] = [1, 2];
const HOUR = 3600;
/** Seconds after the start, Monday midnight UTC: ES.v.0 changes its contract a day later, an hour after that day has opened. */
const CHANGE = 24 * HOUR;
const OPEN = 23 * HOUR;
const END = 70 * HOUR;
const QUARTER = 900;
const hours = new TradingHours("globex", NO_HOLIDAYS);
const inSession = (second: number) => second % (24 * HOUR) < 22 * HOUR || second % (24 * HOUR) >= OPEN;

/** A trade each minute of both contracts, while the market is open; a burst in each third hour. */
const market = Array.from({ length: END / 60 }, (_, minute) => minute * 60)
  .filter(inSession)
  .map((seconds) => {
    const size = seconds % (3 * HOUR) === 7200 ? 90 : 5;
    return { seconds, price: 5000 + ((seconds / 60) % 7) / 4, size, side: seconds % 180 === 0 ? "A" : "B" };
  });
const contractAt = (seconds: number) => (seconds < CHANGE ? OLD : NEW);
const symbolOf = (id: number) => (id === OLD ? "ESH4" : "ESM4");
const tickSizes = tickSizesOf([]);

class Played {
  readonly lines: string[] = [];
  readonly #engine = new Engine(
    parseSettings({ "contract.session": "globex" }),
    { leading: "manual", paperTrades: false, haltEndsWithSession: true },
    NO_HOLIDAYS,
  );

  take(event: EngineEvent): void {
    for (const output of this.#engine.process(event)) this.lines.push(JSON.stringify(jsonLine(output)));
  }

  get summary(): object {
    const { batches: _, ...summary } = this.#engine.summary();
    return summary;
  }

  /** When clusters were found, in hours, by contract. */
  found(symbol: string): readonly number[] {
    return this.lines
      .map((line): { type?: string; instrument?: string; time?: string } => JSON.parse(line))
      .filter(({ type, instrument }) => (type === "signal" || type === "cluster") && instrument === symbol)
      .map(({ time = "" }) => Math.floor((Date.parse(time) - START / 1000) / 3_600_000));
  }
}

async function replayed(...paths: readonly string[]): Promise<Played> {
  const played = new Played();
  const feed = replayFeed(paths, { tickSizes });
  for await (const events of feed.events(new AbortController().signal)) for (const event of events) played.take(event);
  return played;
}

/** Follows ES.v.0 live, recorded, with a new session before each open. */
async function followed(): Promise<{ readonly played: Played; readonly files: readonly string[] }> {
  const clock = new FakeClock(START);
  const renewals = [OPEN - QUARTER, OPEN - QUARTER + 24 * HOUR, Number.POSITIVE_INFINITY];
  const gateway = await FakeGateway.start(async (peer, connection) => {
    const start = startOf(await welcome(peer));
    // A continuous symbol is resolved when it is subscribed to.
    const id = contractAt((clock.wall() - START) / 1e6);
    const from = start === undefined ? 0 : Number(start / 1000n - BigInt(START)) / 1e6;
    const until = Math.min(renewals[connection] ?? END, END);
    const records = market.filter(({ seconds }) => from <= seconds && seconds < until);
    const done = start === undefined ? [] : [replayCompleted()];
    await peer.send(concatBytes(liveMetadata(), mapping(symbolOf(id), id, from), ...done));
    for (const record of records) await peer.send(trade({ ...record, id }));
    await peer.send(concatBytes(heartbeat(until), heartbeat(until)));
    await peer.gone();
  });
  const recordings = join(folder, "recordings");
  const tape = new Recorder({
    folder: recordings,
    name: "glbx-mdp3.trades",
    dayOf: (time) => hours.dayEndingAfter(time),
    onFailure: (error) => expect.unreachable(error.message),
  });
  const renewAt = (now: Micros) => {
    const next = renewals.find((seconds) => START + seconds * 1e6 > now) ?? Number.POSITIVE_INFINITY;
    return Number.isFinite(next) ? ((START + next * 1e6) as Micros) : undefined;
  };
  const { feed } = liveFeedAt(gateway.address, { clock, tape, renewAt, checksClock: false });
  const played = new Played();
  try {
    reading: for await (const events of feed.events(new AbortController().signal)) {
      for (const event of events) {
        played.take(event);
        if (event.type !== "clock") continue;
        if (event.time >= START + END * 1e6) break reading;
        setImmediate(() => goOn(clock, event.time));
      }
    }
  } finally {
    await gateway.close();
  }
  expect(gateway.connections).toBe(renewals.length);
  return { played, files: readdirSync(recordings).map((name) => join(recordings, name)) };
}

/** The market's time has come for the computer too, and with it a timer's. */
function goOn(clock: FakeClock, time: Micros): void {
  const ms = (time - clock.wall()) / 1000;
  if (ms <= 0) return;
  clock.jump(ms, ms);
  clock.advance(1000);
}

describe("F16: ES.v.0 around the clock, over a date on which it changes its contract", () => {
  it("live is followed from the open after that date began, and its recording brings the very same", async () => {
    const { played, files } = await followed();
    const [old, next] = [played.found("ESH4"), played.found("ESM4")];
    expect(Math.max(...old)).toBeGreaterThan(CHANGE / HOUR);
    expect(Math.max(...old)).toBeLessThan(OPEN / HOUR + 24);
    expect(Math.min(...next)).toBeGreaterThanOrEqual(OPEN / HOUR + 24);
    const again = await replayed(...files);
    expect(again.lines).toEqual(played.lines);
    expect(again.summary).toEqual(played.summary);
  });

  it("a file, which holds only the contract of each date, is followed from the open before that date on", async () => {
    const path = join(folder, "file.dbn");
    const head = metadata({
      stypeIn: "continuous",
      symbols: ["ES.v.0"],
      start: BigInt(START) * 1000n,
      mappings: [
        {
          requested: "ES.v.0",
          intervals: [
            { start: 20231225, end: 20231226, symbol: String(OLD) },
            { start: 20231226, end: 20231228, symbol: String(NEW) },
          ],
        },
      ],
    });
    writeFileSync(
      path,
      concatBytes(head, ...market.map((record) => trade({ ...record, id: contractAt(record.seconds) }))),
    );
    const { lines, summary } = await replayed(path);
    expect(lines.length).toBeGreaterThan(0);
    // The hour of the old contract between the open and midnight is left out; nothing of the next one is known before it trades.
    expect(summary).toMatchObject({ skipped: { foreign: 60 } });
  });
});
