import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { jsonLine } from "../../src/app/lines.js";
import { liveOptions } from "../../src/app/liveOptions.js";
import { parseSettings } from "../../src/app/settings.js";
import type { EngineOutput } from "../../src/core/events.js";
import { MICROS_PER_MINUTE, type Micros } from "../../src/core/units.js";
import { ApiKey } from "../../src/feed/databento/apiKey.js";
import { LiveFeed } from "../../src/feed/databento/live/liveFeed.js";
import { Recorder } from "../../src/feed/databento/live/recorder.js";
import { demoDay } from "../../src/feed/demoMarket.js";
import type { Feed } from "../../src/feed/feed.js";
import { replayFeed } from "../../src/feed/replay.js";
import { tickSizesOf } from "../../src/feed/tickSizes.js";
import { concatBytes, START, trade } from "../support/dbnBytes.js";
import { FakeClock } from "../support/fakeClock.js";
import { FakeGateway, type Script, welcome } from "../support/fakeGateway.js";
import { serveHistory } from "../support/historicalMarket.js";
import { CANARY } from "../support/historicalRange.js";
import { HistoricalServer } from "../support/historicalServer.js";
import {
  gatewayError,
  heartbeat,
  liveMetadata,
  mapping,
  replayCompleted,
  startOf,
  timeOf,
} from "../support/liveMarket.js";
import { linesLog, memoryRun } from "./memoryRun.js";

const folder = mkdtempSync(join(tmpdir(), "volume-cluster-backfill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ID = 17077;
const SYMBOL = "ESH5";
const day = demoDay(1, 0);
const records = Array.from({ length: day.trades.count }, (_, index) => {
  const seconds = ((day.trades.time[index] ?? 0) - START) / 1e6;
  const side = { 1: "B", "-1": "A", 0: "N" }[String(day.trades.side[index])] ?? "N";
  return trade({ seconds, price: (day.trades.price[index] ?? 0) / 4, size: day.trades.size[index] ?? 1, side });
});
const end = heartbeat((day.session.close - START) / 1e6);
const tickSizes = tickSizesOf([]);
const text = (outputs: readonly EngineOutput[]) => outputs.map((output) => JSON.stringify(jsonLine(output)));
const found = (outputs: readonly EngineOutput[]) =>
  text(outputs.filter(({ type }) => type === "signal" || type === "cluster"));

async function outputsOf(feed: Feed): Promise<readonly EngineOutput[]> {
  const outputs: EngineOutput[] = [];
  const run = await memoryRun("replay", undefined, [(output) => void outputs.push(output)]);
  await run.run(feed, new AbortController().signal);
  return outputs;
}

const file = join(folder, "day.dbn");
writeFileSync(file, concatBytes(liveMetadata(), mapping(SYMBOL), ...records, end));
const fromFile = await outputsOf(replayFeed([file], { tickSizes }));
const signals = fromFile.flatMap((output) => (output.type === "signal" ? [output.time] : []));
/** When what the first signal of the day would have come to is over, the user starts; history is 10 minutes behind. */
const now = ((signals[0] ?? 0) + 45 * MICROS_PER_MINUTE) as Micros;
const historyEnd = BigInt(now - 10 * MICROS_PER_MINUTE) * 1000n;

let server: HistoricalServer;
let gateway: FakeGateway;
let logged: string[];
const starts: (bigint | undefined)[] = [];
beforeEach(async () => {
  starts.length = 0;
  logged = [];
  server = await HistoricalServer.start();
  serveHistory(server, { symbol: SYMBOL, id: ID, records, date: 20250106, end: historyEnd });
  gateway = await FakeGateway.start(market);
});
afterEach(async () => {
  await server.stop();
  await gateway.close();
});

/** Replays what traded since the client's `start` and before `now`, then goes on; what it keeps begins at `kept`. */
let kept = 0n;
/** What it has lost without a word. */
let lost = 0n;
const market: Script = async (peer) => {
  const start = startOf(await welcome(peer));
  starts.push(start);
  if (start !== undefined && start < kept) {
    await peer.send(concatBytes(liveMetadata(), gatewayError(8, "Replay data aged out")));
    return peer.fin();
  }
  const from = start ?? BigInt(now) * 1000n;
  const begin = from < lost ? lost : from;
  const past = records.filter((record) => begin <= timeOf(record) && timeOf(record) < BigInt(now) * 1000n);
  const future = records.filter((record) => timeOf(record) >= BigInt(now) * 1000n);
  await peer.send(concatBytes(liveMetadata(), mapping(SYMBOL), ...past));
  if (start !== undefined) await peer.send(replayCompleted());
  await peer.send(concatBytes(...future, end));
  await peer.gone();
};

/** A day that is joined at `now`, up to the heartbeat at its end. */
async function joined(
  settings: object = {},
  at: Micros = now,
  recorded = mkdtempSync(join(folder, "recordings-")),
): Promise<{ readonly outputs: readonly EngineOutput[]; readonly feed: LiveFeed; readonly recorded: string }> {
  const clock = new FakeClock(at);
  const options = liveOptions(parseSettings({ "live.backfill": "history", ...settings }), () => ApiKey.parse(CANARY), {
    wishes: { gateway: gateway.address, history: server.address },
    folder: join(recorded, "data"),
    log: linesLog(logged),
    now: () => clock.wall(),
  });
  const dayOf = () => ({ date: "2025-01-06", close: Number.POSITIVE_INFINITY as Micros });
  const tape = new Recorder({ folder: recorded, name: "r", dayOf, onFailure: (error) => expect.fail(error.message) });
  const feed = new LiveFeed({ ...options, clock, tape });
  clock.isImpatient = () => feed.health.state === "backoff";
  const outputs = await outputsOf({
    async *events(stop) {
      for await (const events of feed.events(stop)) {
        yield events;
        if (events.some((event) => event.type === "clock" && event.time === day.session.close)) return;
      }
    },
  });
  return { outputs, feed, recorded: join(recorded, "r-2025-01-06.dbn") };
}

const since = (outputs: readonly EngineOutput[], time: Micros) =>
  text(outputs.filter((output) => "time" in output && Number(output.time) >= time && output.type !== "connection"));

describe("a live feed that is started within the day", () => {
  it("begins with the day so far and goes on to the outputs of the day's file, nothing lost, nothing twice", async () => {
    expect(signals.filter((time) => time > now).length).toBeGreaterThan(0);
    const { outputs, feed, recorded } = await joined();
    expect(found(outputs)).toEqual(found(fromFile));
    expect(since(outputs, now)).toEqual(since(fromFile, now));
    expect(feed.health.gaps).toEqual([]);
    expect(starts).toHaveLength(1);
    expect(starts[0]).toBeGreaterThan(historyEnd - 120_000_000_000n);
    expect(starts[0]).toBeLessThan(historyEnd - 5_000_000_000n);
    expect(text(await outputsOf(replayFeed([recorded], { tickSizes })))).toEqual(text(outputs));
  });

  it("makes no call of a signal of the past, neither from history nor from the replay", async () => {
    const { outputs } = await joined();
    const calls = outputs.flatMap((output) => (output.type === "recommendation" ? [output.time] : []));
    expect(calls.every((time) => time > now)).toBe(true);
    const refused = outputs.flatMap((output) => (output.type === "refusal" ? [[output.time, output.reason]] : []));
    expect(refused).toContainEqual([signals[0], "STALE"]);
    expect(fromFile.some((output) => output.type === "recommendation" && output.time === signals[0])).toBe(true);
  });

  it("says what history costs, keeps it and pays for it once: a later start asks for what is new alone", async () => {
    const early = historyEnd - 600_000_000_000n;
    serveHistory(server, { symbol: SYMBOL, id: ID, records, date: 20250106, end: early });
    const { recorded } = await joined();
    expect(logged.join("\n")).toMatch(/history of ESH5 since 2025-01-06T09:30:00 costs \$0\.66: downloading it/);
    serveHistory(server, { symbol: SYMBOL, id: ID, records, date: 20250106, end: historyEnd });
    const later = await joined({}, now, dirname(recorded));
    const open = BigInt(day.session.open) * 1000n;
    expect(server.calls("timeseries.get_range").map(({ fields }) => [fields.start, fields.end])).toEqual([
      [`${open}`, `${early}`],
      [`${early}`, `${historyEnd}`],
    ]);
    expect(server.calls("timeseries.get_range")[0]?.fields).toMatchObject({ symbols: SYMBOL, stype_in: "raw_symbol" });
    const name = `GLBX.MDP3.trades.raw_symbol.${SYMBOL}`;
    expect(readdirSync(join(dirname(recorded), "data", "history")).sort()).toEqual([
      `${name}.${open}-${early}.dbn.zst`,
      `${name}.${early}-${historyEnd}.dbn.zst`,
    ]);
    expect(found(later.outputs)).toEqual(found(fromFile));
    expect(later.feed.health.gaps).toEqual([]);
  });

  it.each([
    [
      "costs more than it may",
      () => server.usually("metadata.get_cost", { body: "5.01" }),
      "more than the most it may",
    ],
    [
      "is not licensed",
      () => server.usually("metadata.get_dataset_range", { status: 403, body: { detail: "No licence" } }),
      "No licence",
    ],
    [
      "knows no contract",
      () => server.usually("symbology.resolve", { body: { result: {}, partial: [], not_found: ["ES.v.0"] } }),
      "knows no contract of ES.v.0",
    ],
  ])("is replayed the day by the gateway where history %s, and says why", async (_, prepare, reason) => {
    prepare();
    const { outputs, feed } = await joined();
    expect(logged.join("\n")).toContain(reason);
    expect(logged.join("\n")).toContain("The gateway is asked to replay it instead");
    expect(server.calls("timeseries.get_range")).toEqual([]);
    expect(starts).toEqual([BigInt(day.session.open) * 1000n]);
    expect(found(outputs)).toEqual(found(fromFile));
    expect(since(outputs, now)).toEqual(since(fromFile, now));
    expect(feed.health.gaps).toEqual([]);
  });

  it("asks the gateway alone where history is not wanted, and nobody where nothing is", async () => {
    await joined({ "live.backfill": "gateway" });
    await joined({ "live.backfill": "off" });
    expect(starts).toEqual([BigInt(day.session.open) * 1000n, undefined]);
    expect(server.requests).toEqual([]);
  });

  it("starts cold where neither has the day, and declares what it lacks", async () => {
    server.usually("metadata.get_cost", { body: "99" });
    kept = BigInt(now) * 1000n;
    const { outputs, feed } = await joined();
    kept = 0n;
    const first = records.find((record) => timeOf(record) >= BigInt(now) * 1000n) ?? expect.fail();
    const gap = { from: day.session.open, to: Number(timeOf(first) / 1000n) };
    expect(feed.health.gaps).toMatchObject([gap]);
    expect(outputs.filter(({ type }) => type === "connection")).toContainEqual(
      expect.objectContaining({ state: "gap", message: "the gateway no longer replays what was missed" }),
    );
  });

  it("declares what the gateway's replay of the day lacks at its begin without a word", async () => {
    lost = BigInt(day.session.open) * 1000n + 1800_000_000_000n;
    const { outputs, feed, recorded } = await joined({ "live.backfill": "gateway" });
    const first = records.find((record) => timeOf(record) >= lost) ?? expect.fail();
    lost = 0n;
    expect(feed.health.gaps).toMatchObject([{ from: day.session.open, to: Number(timeOf(first) / 1000n) }]);
    expect(text(await outputsOf(replayFeed([recorded], { tickSizes })))).toEqual(text(outputs));
  });

  it("F16: warns of a roll that is near, in the log and in the feed's own health", async () => {
    const notices = liveOptions(parseSettings({}), () => ApiKey.parse(CANARY), {
      folder: undefined,
      log: linesLog(),
    }).notices;
    const on = (text: string) => notices?.((Date.parse(text) * 1000) as Micros);
    expect(on("2025-06-16T14:30:00Z")).toEqual([expect.stringContaining("ES JUN25 expires on 2025-06-20 (in 4 days)")]);
    expect(on("2025-05-16T14:30:00Z")).toEqual([]);
    expect(on("2099-05-15T14:30:00Z")?.at(-1)).toMatch(
      /^The table of holidays and early closes ended on \d{4}-\d\d-\d\d/,
    );
  });

  it("asks for nothing before the open", async () => {
    await joined({}, (day.session.open - 1) as Micros);
    expect(starts).toEqual([undefined]);
    expect(server.requests).toEqual([]);
  });
});
