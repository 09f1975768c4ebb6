import { afterEach, describe, expect, it } from "vitest";
import { jsonLine } from "../../../../src/app/lines.js";
import { parseSettings } from "../../../../src/app/settings.js";
import { Engine } from "../../../../src/core/engine.js";
import type { RunSummary } from "../../../../src/core/events.js";
import { NO_HOLIDAYS } from "../../../../src/core/session.js";
import { concatBytes, trade } from "../../../support/dbnBytes.js";
import { FakeGateway, welcome } from "../../../support/fakeGateway.js";
import { isLast, lastBeat, liveFeedAt, readUntil } from "../../../support/liveMarket.js";
import { dayWithSignal, SESSION_HEAD, SIGNAL_SECONDS } from "../../../support/signalDay.js";

const gateways: FakeGateway[] = [];
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close();
});

/** A quiet trade, and one within an hour after the signal. */
const t = (minute: number, price: number, size = 10) => trade({ seconds: SIGNAL_SECONDS + minute * 60, price, size });
/** The entry is at 4820, its stop at 4803.75, its target at 4852. */
const FILLED = [t(0.5, 4819), t(1, 4820), t(2, 4821)];
const QUIET = Array.from({ length: 20 }, (_, minute) => t(5 + minute, 4820 + (minute % 3)));
const STOPPED = [t(30, 4803), t(31, 4802), t(32, 4802)];

interface Played {
  readonly lines: readonly string[];
  readonly summary: RunSummary;
}

/** What the engine makes of a live day of paper auto with a signal whose position is open, then of these records. */
async function played(...records: readonly Uint8Array[]): Promise<Played> {
  const gateway = await FakeGateway.start(async (peer) => {
    await welcome(peer);
    await peer.send(concatBytes(SESSION_HEAD, dayWithSignal(), ...FILLED, ...records, lastBeat()));
    await peer.gone();
  });
  gateways.push(gateway);
  const settings = parseSettings({ "contract.session": "continuous" });
  const mode = { leading: "paper", paperTrades: true, haltEndsWithSession: false } as const;
  const engine = new Engine(settings, mode, NO_HOLIDAYS);
  const lines: string[] = [];
  const { feed } = liveFeedAt(gateway.address);
  await readUntil(
    feed,
    (events) => {
      for (const event of events)
        for (const output of engine.process(event)) lines.push(JSON.stringify(jsonLine(output)));
    },
    isLast,
  );
  return { lines, summary: engine.summary() };
}

const of = (type: string, { lines }: Played) => lines.filter((line) => line.includes(`"type":"${type}"`));

describe("S3: a price on the grid but far from the market, put into the stream on its way", () => {
  it("fills, exits, marks, halts and signals nothing, and is counted", async () => {
    const injected = [t(3, 4320, 9000), t(3.1, 5280, 9000), t(3.2, 0.25, 9000), t(3.3, 100_000, 9000)];
    const honest = await played(...QUIET);
    const seen = await played(...injected, ...QUIET);
    expect(of("fill", seen)).toHaveLength(1);
    expect(of("exit", seen)).toEqual([]);
    expect(seen.lines).toEqual(honest.lines);
    expect(seen.summary).toEqual({ ...honest.summary, trades: honest.summary.trades + 4, skipped: { quarantined: 4 } });
  });

  it("leaves the stop where it was for the market's own prices", async () => {
    const seen = await played(t(3, 4320, 9000), ...QUIET, ...STOPPED);
    expect(of("exit", seen)).toHaveLength(1);
    expect(of("exit", seen)[0]).toContain('"reason":"stop"');
    expect(seen.lines).toEqual((await played(...QUIET, ...STOPPED)).lines);
  });

  it("gives no signal of the bar that it came in, whatever volume that bar has", async () => {
    const burst = [t(24.1, 4819, 900), t(24.2, 4823, 30)];
    const noisy = (...more: readonly Uint8Array[]) => played(...QUIET, ...burst, ...more, t(25, 4821), t(26, 4821));
    const honest = await noisy();
    expect(of("signal", honest).length + of("cluster", honest).length).toBeGreaterThan(1);
    const seen = await noisy(t(24.3, 4320, 1));
    expect(of("signal", seen).length + of("cluster", seen).length).toBe(1);
  });
});
