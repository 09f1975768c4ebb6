import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { jsonLine } from "../../../../src/app/lines.js";
import { Run } from "../../../../src/app/run.js";
import { parseSettings } from "../../../../src/app/settings.js";
import type { EngineOutput } from "../../../../src/core/events.js";
import { type Clock, REAL_CLOCK } from "../../../../src/feed/clock.js";
import type { LiveFeed } from "../../../../src/feed/databento/live/liveFeed.js";
import { demoDay } from "../../../../src/feed/demoMarket.js";
import type { Feed } from "../../../../src/feed/feed.js";
import { replayFeed } from "../../../../src/feed/replay.js";
import { tickSizesOf } from "../../../../src/feed/tickSizes.js";
import { linesLog, MANUAL, wasm } from "../../../app/memoryRun.js";
import { concatBytes, START, trade } from "../../../support/dbnBytes.js";
import { FakeClock } from "../../../support/fakeClock.js";
import { FakeGateway, type Peer, welcome } from "../../../support/fakeGateway.js";
import {
  heartbeat,
  liveFeedAt,
  liveMetadata,
  mapping,
  replayCompleted,
  startOf,
  timeOf,
} from "../../../support/liveMarket.js";

const folder = mkdtempSync(join(tmpdir(), "volume-cluster-speed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SPEED = 50;
const DISCONNECTS = 20;
/** `npm run test:day`: the true clock, half an hour; else one that goes on as soon as all is read. */
const isReal = (import.meta as { readonly env?: { readonly MODE?: string } }).env?.MODE === "soak";
/** Milliseconds between what the gateway sends. */
const STEP_MS = isReal ? 100 : 1000;
const HEARTBEAT_MS = 5000;

/** A Globex day, 23 hours from Sunday evening: simulated sessions of 6 1/2 hours, one after the other. */
const OPEN = Date.UTC(2025, 0, 5, 23) * 1000;
const CLOSE = Date.UTC(2025, 0, 6, 22) * 1000;
const records = [0, 1, 2, 3].flatMap((number) => {
  const { trades, session } = demoDay(1, number);
  const shift = OPEN + number * (session.close - session.open) - session.open;
  return Array.from({ length: trades.count }, (_, index) => {
    const seconds = ((trades.time[index] ?? 0) + shift - START) / 1e6;
    const side = { 1: "B", "-1": "A", 0: "N" }[String(trades.side[index])] ?? "N";
    return trade({ seconds, price: (trades.price[index] ?? 0) / 4, size: trades.size[index] ?? 1, side });
  }).filter((record) => microsOf(record) < CLOSE);
});
const HEAD = concatBytes(liveMetadata(), mapping("ESH5"));
const END = concatBytes(...Array.from({ length: 2 }, () => heartbeat((CLOSE - START) / 1e6)));

function microsOf(record: Uint8Array): number {
  return Number(timeOf(record) / 1000n);
}

/** Where the records of `time` and later begin. */
function indexOf(time: number): number {
  const index = records.findIndex((record) => microsOf(record) >= time);
  return index < 0 ? records.length : index;
}

/** A gateway whose market goes at 50 times the speed of a clock, and which breaks each connection but the last. */
class PacedGateway {
  readonly #clock: Clock;
  #began: number | undefined;
  feed: LiveFeed | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly serve = async (peer: Peer, connection: number): Promise<void> => {
    const start = startOf(await welcome(peer));
    this.#began ??= this.#clock.mono();
    let next = start === undefined ? indexOf(this.#now()) : indexOf(Number(start / 1000n));
    await peer.send(HEAD);
    if (start !== undefined) {
      const now = indexOf(this.#now());
      await peer.send(concatBytes(...records.slice(next, now), replayCompleted()));
      next = now;
    }
    const strikesAt = connection < DISCONNECTS ? OPEN + ((connection + 0.7) * (CLOSE - OPEN)) / DISCONNECTS : Infinity;
    let silentMs = 0;
    while (!peer.isOver) {
      await this.#step();
      const until = Math.min(this.#now(), strikesAt);
      const end = next + records.slice(next).findIndex((record) => microsOf(record) >= until);
      const due = records.slice(next, end < next ? records.length : end);
      next += due.length;
      silentMs = due.length > 0 ? 0 : silentMs + STEP_MS;
      if (until >= CLOSE) return void (await peer.send(concatBytes(...due, END)));
      if (until === strikesAt) return this.#strike(peer, connection, due);
      const isDue = silentMs >= HEARTBEAT_MS;
      await peer.send(isDue ? heartbeat((until - START) / 1e6) : concatBytes(...due));
      if (isDue) silentMs = 0;
      if (isDue || due.length > 0) await this.#heard(peer);
    }
  };

  async #strike(peer: Peer, connection: number, due: readonly Uint8Array[]): Promise<void> {
    const last = concatBytes(...due);
    switch (connection % 4) {
      case 0:
        await peer.send(last.subarray(0, last.length - 7));
        peer.fin();
        break;
      case 1:
        peer.rst();
        break;
      case 2:
        await peer.send(concatBytes(last, new Uint8Array(48).fill(3)));
        peer.fin();
        break;
      default:
        while (!peer.isOver) await this.#step();
    }
  }

  #now(): number {
    const now = this.#clock.mono();
    return OPEN + (now - (this.#began ?? now)) * 1000 * SPEED;
  }

  async #step(): Promise<void> {
    if (this.#clock instanceof FakeClock) this.#clock.advance(STEP_MS);
    else await setTimeout(STEP_MS);
    await setImmediate();
  }

  /** A clock that is told to go on waits until the feed has read what was sent. */
  async #heard(peer: Peer): Promise<void> {
    if (!(this.#clock instanceof FakeClock)) return;
    while (!peer.isOver && this.feed?.health.lastHeardAt !== this.#clock.wall()) await setImmediate();
  }
}

async function outputsOf(feed: Feed): Promise<readonly EngineOutput[]> {
  const outputs: EngineOutput[] = [];
  const settings = parseSettings({ "contract.session": "globex" });
  const sinks = [(output: EngineOutput) => void outputs.push(output)];
  const run = await Run.open({
    settings,
    mode: MANUAL,
    kind: "replay",
    folder: undefined,
    sinks,
    log: linesLog(),
    wasm,
  });
  await run.run(feed, new AbortController().signal);
  return outputs;
}

function untilClose(feed: Feed): Feed {
  return {
    async *events(stop) {
      for await (const events of feed.events(stop)) {
        yield events;
        if (events.some((event) => event.type === "clock" && event.time === CLOSE)) return;
      }
    },
  };
}

const found = (outputs: readonly EngineOutput[]) =>
  outputs
    .filter(({ type }) => type === "signal" || type === "cluster")
    .map((output) => JSON.stringify(jsonLine(output)));

const clocks = isReal ? "the computer's clock" : "a clock that waits for nothing but the reader";

describe(`a Globex day of ${records.length} trades at ${SPEED} times its speed by ${clocks}, over TCP with ${DISCONNECTS} disconnects`, () => {
  it("brings the signals of the file and no gap, in a fiftieth of the day", { timeout: 40 * 60_000 }, async () => {
    const path = join(folder, "day.dbn");
    writeFileSync(path, concatBytes(HEAD, ...records, END));
    const fromFile = found(await outputsOf(replayFeed([path], { tickSizes: tickSizesOf([]) })));

    const clock = isReal ? REAL_CLOCK : new FakeClock(START);
    const market = new PacedGateway(clock);
    const gateway = await FakeGateway.start(market.serve);
    const { feed } = liveFeedAt(gateway.address, { clock });
    market.feed = feed;
    const began = clock.mono();
    const live = await outputsOf(untilClose(feed)).finally(() => gateway.close());
    const took = clock.mono() - began;

    expect(fromFile.filter((line) => line.includes('"signal"')).length).toBeGreaterThan(3);
    expect(found(live)).toEqual(fromFile);
    expect({ gaps: feed.health.gaps, dropped: feed.health.dropped }).toEqual({ gaps: [], dropped: 0 });
    expect(gateway.connections).toBe(DISCONNECTS + 1);
    expect((took * SPEED) / ((CLOSE - OPEN) / 1000)).toBeGreaterThanOrEqual(1);
  });
});
