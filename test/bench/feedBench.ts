import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { REAL_CLOCK } from "../../src/feed/clock.js";
import { concatBytes, START_NANOS, trade } from "../support/dbnBytes.js";
import { FakeGateway, welcome } from "../support/fakeGateway.js";
import { heartbeat, liveFeedAt, liveMetadata, mapping, readUntil } from "../support/liveMarket.js";

// One side of a flood in a process of its own: `gateway`, `feed`, or `engine` (the feed and what reads it); then records a second
// (0: as many as the other side takes); then how many in all, or the gateway's port.
const [what, perSecond = "0", last = "0"] = process.argv.slice(2);

const RECORD_BYTES = 48;
/** Records of a tenth of a second. */
const PIECE = 10_000;
const PIECE_MS = 100;
const IDLE_MS = 3000;
/** How long the market says that a piece took. */
const PIECE_NANOS = 1_000_000_000n;

if (what === "gateway") await flood(Number(perSecond), Number(last));
else await measure(Number(last));

async function flood(rate: number, records: number): Promise<void> {
  const pieces = Math.ceil(records / PIECE);
  const gateway = await FakeGateway.start(async (peer) => {
    await welcome(peer);
    // What is measured before the first record is idle.
    await peer.send(concatBytes(liveMetadata(), mapping()));
    await setTimeout(2 * IDLE_MS);
    const begin = performance.now();
    for (let number = 0; number < pieces; number++) {
      if (rate > 0) await setTimeout(Math.max(0, begin + number * PIECE_MS * (100_000 / rate) - performance.now()));
      await peer.send(pieceOf(number));
    }
    const end = pieces * (Number(PIECE_NANOS) / 1e9) + 1;
    await peer.send(concatBytes(heartbeat(end), heartbeat(end)));
    await peer.gone();
  });
  process.stdout.write(`${gateway.address.port}\n`);
}

function pieceOf(number: number): Uint8Array {
  const piece = Buffer.alloc(PIECE * RECORD_BYTES);
  const model = trade({ price: 4800 });
  for (let index = 0; index < PIECE; index++) {
    const at = index * RECORD_BYTES;
    piece.set(model, at);
    const time = START_NANOS + BigInt(number) * PIECE_NANOS + (BigInt(index) * PIECE_NANOS) / BigInt(PIECE);
    piece.writeBigUInt64LE(time, at + 8);
    piece.writeBigInt64LE(4_800_000_000_000n + BigInt(index % 40) * 250_000_000n, at + 16);
  }
  return piece;
}

async function measure(port: number): Promise<void> {
  const { feed } = liveFeedAt({ host: "127.0.0.1", port, loopback: true }, { clock: REAL_CLOCK });
  const settings = parseSettings({ "contract.session": "continuous" });
  const mode = { leading: "paper", paperTrades: true, haltEndsWithSession: false } as const;
  const engine = new Engine(settings, mode, NO_HOLIDAYS);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let idle: readonly number[] = [];
  let trades = 0;
  let begin = 0;
  void setTimeout(IDLE_MS)
    .then(() => delay.enable())
    .then(() => setTimeout(IDLE_MS / 2))
    .then(() => {
      idle = figures(delay);
    });
  const take = (event: EngineEvent) => {
    if (event.type === "trades") {
      if (trades === 0) {
        begin = performance.now();
        delay.reset();
      }
      trades += event.count;
    }
    if (what === "engine") engine.process(event);
  };
  await readUntil(
    feed,
    (events) => events.forEach(take),
    (event) => event.type === "clock",
  );
  delay.disable();
  const seconds = (performance.now() - begin) / 1000;
  const busy = figures(delay);
  const rate = Number(perSecond) === 0 ? "as fast as it reads" : `${Number(perSecond).toLocaleString("en")} a second`;
  const name = what === "engine" ? "the feed and the engine" : "the feed";
  const table = ["p50", "p99", "max"].map((label, index) => {
    const [quiet = Number.NaN, loud = Number.NaN] = [idle[index], busy[index]];
    return `${label} ${loud.toFixed(1)} ms (idle ${quiet.toFixed(1)}, ${(loud / quiet).toFixed(1)} times)`;
  });
  const total = `${trades.toLocaleString("en")} trades in ${seconds.toFixed(1)} s, ${rate}`;
  process.stdout.write(`${name}, ${total}: the loop was late by ${table.join(", ")}\n`);
}

/** Milliseconds between two turns of a loop that was to turn each millisecond. */
function figures(delay: IntervalHistogram): readonly number[] {
  return [delay.percentile(50), delay.percentile(99), delay.max].map((nanos) => nanos / 1e6);
}
