import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { jsonLine } from "../../../../src/app/lines.js";
import type { EngineOutput } from "../../../../src/core/events.js";
import type { Micros } from "../../../../src/core/units.js";
import { Recorder } from "../../../../src/feed/databento/live/recorder.js";
import { demoDay } from "../../../../src/feed/demoMarket.js";
import type { Feed } from "../../../../src/feed/feed.js";
import { replayFeed } from "../../../../src/feed/replay.js";
import { tickSizesOf } from "../../../../src/feed/tickSizes.js";
import { memoryRun } from "../../../app/memoryRun.js";
import { concatBytes, START, trade } from "../../../support/dbnBytes.js";
import { FakeClock } from "../../../support/fakeClock.js";
import { FakeGateway } from "../../../support/fakeGateway.js";
import { type Fault, FaultyMarket, heartbeat, liveFeedAt, liveMetadata, mapping } from "../../../support/liveMarket.js";

const folder = mkdtempSync(join(tmpdir(), "volume-cluster-day-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SEED = 1;
const CONNECTIONS = 21;
const day = demoDay(SEED, 0);
const records = Array.from({ length: day.trades.count }, (_, index) => {
  const seconds = ((day.trades.time[index] ?? 0) - START) / 1e6;
  const side = { 1: "B", "-1": "A", 0: "N" }[String(day.trades.side[index])] ?? "N";
  return trade({ seconds, price: (day.trades.price[index] ?? 0) / 4, size: day.trades.size[index] ?? 1, side });
});
const endSeconds = (day.session.close - START) / 1e6;
const end = heartbeat(endSeconds);
const tickSizes = tickSizesOf([]);

async function outputsOf(feed: Feed): Promise<readonly EngineOutput[]> {
  const outputs: EngineOutput[] = [];
  const run = await memoryRun("replay", undefined, [(output) => void outputs.push(output)]);
  await run.run(feed, new AbortController().signal);
  return outputs;
}

/** The feed up to the heartbeat at the day's end. */
function untilEnd(feed: Feed): Feed {
  return {
    async *events(stop) {
      for await (const events of feed.events(stop)) {
        yield events;
        if (events.some((event) => event.type === "clock" && event.time === day.session.close)) return;
      }
    },
  };
}

const lines = (outputs: readonly EngineOutput[], ...types: readonly string[]) =>
  outputs.filter(({ type }) => types.includes(type)).map((output) => JSON.stringify(jsonLine(output)));

describe(`a simulated day of ${records.length} trades, over TCP with ${CONNECTIONS - 1} disconnects`, () => {
  it("brings the signals of the file, and its recording brings the very same outputs again", async () => {
    const path = join(folder, "day.dbn");
    writeFileSync(path, concatBytes(liveMetadata(), mapping("ESH5"), ...records, end));
    const fromFile = await outputsOf(replayFeed([path], { tickSizes }));

    const share = Math.floor((records.length * 48) / (CONNECTIONS - 1));
    const faults = Array.from({ length: CONNECTIONS - 1 }, (_, index): Fault => {
      const kind = (["fin", "rst", "garbage", "stall"] as const)[index % 4] ?? "fin";
      return { after: share - 977 * (index % 5), kind, missed: index * 3, sizes: [4099, 65_536, 13] };
    });
    const clock = new FakeClock(START);
    const market = new FaultyMarket(records, faults, () => clock.advance(1000), end, mapping("ESH5"));
    const gateway = await FakeGateway.start(async (peer, connection) => market.serve(peer, connection));
    const half = (day.session.open + 3 * 3600e6) as Micros;
    const tape = new Recorder({
      folder: join(folder, "recordings"),
      name: "glbx-mdp3.trades",
      dayOf: (time) =>
        time < half ? { date: "2025-01-06", close: half } : { date: "2025-01-07", close: Infinity as Micros },
      onFailure: (error) => expect.unreachable(error.message),
    });
    const { feed } = liveFeedAt(gateway.address, { clock, tape });
    const live = await outputsOf(untilEnd(feed)).finally(() => gateway.close());

    expect(gateway.connections).toBe(CONNECTIONS);
    expect(feed.health.gaps).toEqual([]);
    expect(lines(fromFile, "signal").length).toBeGreaterThan(0);
    expect(lines(live, "signal", "cluster")).toEqual(lines(fromFile, "signal", "cluster"));

    const files = readdirSync(join(folder, "recordings")).sort();
    expect(files).toEqual(["glbx-mdp3.trades-2025-01-06.dbn", "glbx-mdp3.trades-2025-01-07.dbn"]);
    const again = await outputsOf(
      replayFeed(
        files.map((name) => join(folder, "recordings", name)),
        { tickSizes },
      ),
    );
    const all = (outputs: readonly EngineOutput[]) => outputs.map((output) => JSON.stringify(jsonLine(output)));
    expect(all(again)).toEqual(all(live));
    const alone = await outputsOf(replayFeed([join(folder, "recordings", files[1] ?? "")], { tickSizes }));
    expect(lines(alone, "signal", "cluster").every((line) => line.includes("ESH5"))).toBe(true);
  });
});
