import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { loadCalendar } from "../../src/app/calendar.js";
import { liveOptions } from "../../src/app/liveOptions.js";
import { parseSettings } from "../../src/app/settings.js";
import { TradingHours } from "../../src/core/session.js";
import { MICROS_PER_DAY, MICROS_PER_MINUTE, type Micros } from "../../src/core/units.js";
import { ApiKey } from "../../src/feed/databento/apiKey.js";
import { LiveFeed } from "../../src/feed/databento/live/liveFeed.js";
import { concatBytes, START, trade } from "../support/dbnBytes.js";
import { FakeClock } from "../support/fakeClock.js";
import { FakeGateway, type Peer, welcome } from "../support/fakeGateway.js";
import { heartbeat, KEY, liveMetadata, mapping, replayCompleted, startOf } from "../support/liveMarket.js";
import { linesLog } from "./memoryRun.js";

/** `vitest run test/app/liveMonth.test.ts --mode soak`: all thirty days second by second, which takes half a minute. */
const isSoak = (import.meta as { readonly env?: { readonly MODE?: string } }).env?.MODE === "soak";
const CONNECTED_DAYS = isSoak ? 30 : 5;

/** Thirty days with the end of summer time (3 November), Thanksgiving (28 November) and an early close after it. */
const FROM = (Date.UTC(2024, 9, 31, 15) * 1000) as Micros;
const TO = (FROM + 30 * MICROS_PER_DAY) as Micros;
/** The contract of the day is another one from here on. */
const ROLL = Date.UTC(2024, 10, 4) * 1000;
const BEFORE_OPEN = 15 * MICROS_PER_MINUTE;
/** The gateway's heartbeats, a little less often than a connection is given up. */
const BEAT_MS = 9000;

const settings = parseSettings({ "contract.session": "globex", "live.backfill": "off" });
const options = liveOptions(settings, () => ApiKey.parse(KEY), {
  wishes: { gateway: { host: "127.0.0.1", port: 1, loopback: true } },
  folder: undefined,
  log: linesLog(),
  now: () => FROM,
});

function daysOf(): readonly { readonly open: Micros; readonly close: Micros }[] {
  const hours = new TradingHours("globex", loadCalendar());
  const days: { readonly open: Micros; readonly close: Micros }[] = [];
  for (
    let day = hours.dayEndingAfter(FROM);
    day !== undefined && day.open < TO;
    day = hours.dayEndingAfter(day.close)
  ) {
    days.push(day);
  }
  return days;
}

const secondsOf = (time: number) => (time - START) / 1e6;
const iso = (time: number) => new Date(time / 1000).toISOString().slice(0, 16);

describe("F24: a live feed that is left alone", () => {
  it(`for ${CONNECTED_DAYS} days begins one session before each trading day, is closed over weekends, never stale, and learns the roll`, async () => {
    const until = FROM + CONNECTED_DAYS * MICROS_PER_DAY;
    const clock = new FakeClock(FROM);
    const sessions: number[] = [];
    const trades: { readonly time: number; readonly id: number; readonly bytes: Uint8Array }[] = [];
    let sent = 0;
    const serve = async (peer: Peer) => {
      const start = startOf(await welcome(peer));
      const begun = clock.wall();
      sessions.push(begun);
      const id = begun < ROLL ? 1 : 2;
      await peer.send(concatBytes(liveMetadata(), mapping(id === 1 ? "ESZ4" : "ESH5", id, secondsOf(begun))));
      if (start !== undefined) {
        // Of the contract that the symbol means now, and of no other.
        const replay = trades.filter((past) => past.id === id && BigInt(past.time) * 1000n >= start);
        await peer.send(concatBytes(...replay.map(({ bytes }) => bytes), replayCompleted()));
      }
      for (let beats = 0; !peer.isOver; beats++) {
        const now = clock.wall();
        const isTrade = beats % 400 === 1 && options.isOpen?.(now) === true;
        const bytes = isTrade ? trade({ seconds: secondsOf(now), id }) : heartbeat(secondsOf(now));
        if (isTrade) trades.push({ time: now, id, bytes });
        await peer.send(bytes);
        while (!peer.isOver && feed.health.lastHeardAt !== now) await setImmediate();
        sent += 1;
        clock.advance(BEAT_MS);
      }
    };
    const gateway = await FakeGateway.start(serve);
    const feed = new LiveFeed({ ...options, gateway: gateway.address, clock, random: () => 0.5 });
    clock.isImpatient = () => feed.health.state === "backoff";

    const stop = new AbortController();
    const standings = new Set<string>();
    const contracts: string[] = [];
    const missing: string[] = [];
    let count = 0;
    for await (const events of feed.events(stop.signal)) {
      for (const event of events) {
        if (event.type === "trades") count += event.count;
        if (event.type === "contract") contracts.push(event.symbol);
        if (event.type === "connection" && event.state === "gap") missing.push(iso(event.time));
      }
      standings.add(feed.health.state);
      if (clock.wall() >= until) stop.abort();
    }
    await gateway.close();

    const renewals = daysOf().map(({ open }) => open - BEFORE_OPEN);
    const due = renewals.filter((time) => FROM < time && time < until);
    expect(sessions.slice(1).map(iso)).toEqual(due.map(iso));
    expect(due).toHaveLength(isSoak ? 21 : 3);
    expect([...standings]).toEqual(expect.arrayContaining(["live", "closedMarket"]));
    expect([...standings]).not.toContain("stale");
    expect(contracts).toEqual(["ESZ4", "ESH5"]);
    expect(missing).toEqual([]);
    expect(count).toBe(trades.length);
    expect(sent).toBeGreaterThan((CONNECTED_DAYS * 86_400_000) / BEAT_MS - 100);
  });

  it("for thirty days is open in each minute of the calendar's sessions and in no other", () => {
    const days = daysOf();
    for (let now = FROM; now < TO; now = (now + MICROS_PER_MINUTE) as Micros) {
      const isOpen = days.some(({ open, close }) => open <= now && now < close);
      if (options.isOpen?.(now) !== isOpen)
        expect({ now: iso(now), isOpen: !isOpen }).toEqual({ now: iso(now), isOpen });
    }
  });

  it("for thirty days is due for a new session 15 minutes before the next open, whenever it is asked", () => {
    const days = daysOf();
    for (let now = FROM; now < TO - 4 * MICROS_PER_DAY; now = (now + 7 * MICROS_PER_MINUTE) as Micros) {
      const next = days.find(({ open }) => now < open - BEFORE_OPEN);
      expect(iso(options.renewAt?.(now) ?? 0)).toBe(iso((next?.open ?? 0) - BEFORE_OPEN));
    }
  });
});
