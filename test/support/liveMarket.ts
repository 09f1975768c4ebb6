import { setImmediate } from "node:timers/promises";
import type { EngineEvent } from "../../src/core/events.js";
import { ApiKey } from "../../src/feed/databento/apiKey.js";
import { RTYPE } from "../../src/feed/databento/dbn/codes.js";
import { encodeMetadata, encodeRecord } from "../../src/feed/databento/dbn/encode.js";
import type { GatewayAddress } from "../../src/feed/databento/live/gatewayAddress.js";
import { LiveFeed, type LiveOptions } from "../../src/feed/databento/live/liveFeed.js";
import { tickSizesOf } from "../../src/feed/tickSizes.js";
import { concatBytes, ESH4, nanos, START, START_NANOS } from "./dbnBytes.js";
import { FakeClock } from "./fakeClock.js";
import { type Peer, welcome } from "./fakeGateway.js";

/** The dummy key of Databento's own unit tests. */
export const KEY = ["db-", "unittestapikey", "1234567890FFFFF"].join("");

/** What a session begins with: no schema, no mappings. */
export function liveMetadata(start = START_NANOS): Uint8Array {
  return encodeMetadata({ dataset: "GLBX.MDP3", start, stypeIn: undefined });
}

export function mapping(symbol = "ESH4", id = ESH4, seconds = 0): Uint8Array {
  return encodeRecord({
    rtype: RTYPE.symbolMapping,
    instrument_id: id,
    ts_event: nanos(seconds),
    stype_in_symbol: "ES.v.0",
    stype_out_symbol: symbol,
  });
}

export function system(code: number, msg: string, seconds = 0): Uint8Array {
  return encodeRecord({ rtype: RTYPE.system, ts_event: nanos(seconds), msg, code });
}

/** @param isLast 0: another error of the same series follows */
export function gatewayError(code: number, err: string, isLast = 1): Uint8Array {
  return encodeRecord({ rtype: RTYPE.error, ts_event: nanos(0), err, code, is_last: isLast });
}

export const heartbeat = (seconds: number) => system(0, "Heartbeat", seconds);
export const replayCompleted = () => system(3, "Finished trades replay");

/** The nanoseconds of a record. */
export function timeOf(record: Uint8Array): bigint {
  return new DataView(record.buffer, record.byteOffset).getBigUint64(8, true);
}

/** A subscription's `start`. */
export function startOf(lines: readonly string[]): bigint | undefined {
  const text = /\|start=(\d+)/.exec(lines.find((line) => line.startsWith("schema=")) ?? "")?.[1];
  return text === undefined ? undefined : BigInt(text);
}

/** What becomes of one connection. */
export interface Fault {
  /** Bytes that the gateway sends before it strikes. */
  readonly after: number;
  readonly kind: "fin" | "rst" | "garbage" | "stall";
  /** Records that trade before the next connection. */
  readonly missed: number;
  /** What is left of a replay after it: nothing, by an error or silently; undefined: all. */
  readonly forgets?: "aloud" | "silently" | undefined;
  readonly sizes?: readonly number[];
}

/**
 * A market that goes on whether anyone is connected or not, behind a gateway whose connections break. Records come as they are
 * listed, and are replayed by their time.
 */
export class FaultyMarket {
  readonly #records: readonly Uint8Array[];
  readonly #faults: readonly Fault[];
  readonly #onStall: () => void;
  readonly #end: Uint8Array;
  readonly #mapping: Uint8Array;
  readonly starts: (bigint | undefined)[] = [];
  #happened = 0;
  /** Where a replay begins at the earliest. */
  #kept = 0;
  #saysSo = false;
  /** Where a session without a replay begins. */
  #present = 0;

  /**
   * @param onStall lets some time go by, so that a silent connection is given up
   * @param end the heartbeat after the last record
   */
  constructor(
    records: readonly Uint8Array[],
    faults: readonly Fault[],
    onStall: () => void = () => undefined,
    end: Uint8Array = lastBeat(),
    contract: Uint8Array = mapping(),
  ) {
    this.#records = records;
    this.#faults = faults;
    this.#onStall = onStall;
    this.#end = end;
    this.#mapping = contract;
  }

  /** Serves one connection. */
  readonly serve = async (peer: Peer, connection: number): Promise<void> => {
    const fault = this.#faults[connection];
    const sizes = fault?.sizes ?? [];
    let left = fault?.after ?? Number.POSITIVE_INFINITY;
    const send = async (bytes: Uint8Array | string): Promise<boolean> => {
      const all = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
      // Garbage within a record could make another one of it, which no checksum tells: it comes between records.
      const cut = fault?.kind === "garbage" ? left - (left % RECORD_BYTES) : left;
      const part = all.subarray(0, Math.min(all.length, cut));
      await peer.send(part, sizes);
      left -= part.length;
      if (part.length === all.length) return true;
      await this.#strike(peer, fault);
      left = 0;
      return false;
    };
    if (!(await send("lsg_version=0.7.0\ncram=t7kNhwj4xqR0QYjzFKtBEG2ec2pXJ4FK\n"))) return;
    await peer.line();
    if (!(await send("success=1|session_id=5\n"))) return;
    const start = startOf(await peer.untilStart());
    this.starts.push(start);
    // Who asks for nothing of the past and was never told to has seen nothing yet: the market begins with it.
    const first = start === undefined ? this.#present : this.#records.findIndex((record) => timeOf(record) >= start);
    const from = Math.max(this.#kept, first < 0 ? this.#records.length : first);
    if (this.#saysSo && start !== undefined) {
      this.#saysSo = false;
      this.#present = this.#happened;
      await peer.send(concatBytes(liveMetadata(), gatewayError(8, "Replay data aged out")));
      peer.fin();
      return;
    }
    const now = start === undefined ? from : Math.max(from, this.#happened);
    const head = concatBytes(liveMetadata(), system(1, "Subscription request 1 succeeded"), this.#mapping);
    if (!(await send(head))) return;
    if (start !== undefined) {
      const replay = this.#records.slice(from, now).filter((record) => timeOf(record) >= start);
      replay.sort((a, b) => Number(timeOf(a) - timeOf(b)));
      if (!(await send(concatBytes(...replay, replayCompleted())))) return;
    }
    for (let index = now; index < this.#records.length; ) {
      const end = Math.min(this.#records.length, index + 200);
      const before = left;
      const isWhole = await send(concatBytes(...this.#records.slice(index, end)));
      const sent = isWhole ? end : index + Math.floor(before / (this.#records[index]?.length ?? 48));
      this.#happened = Math.max(this.#happened, sent);
      if (!isWhole) {
        this.#happened = Math.min(this.#records.length, this.#happened + (fault?.missed ?? 0));
        if (sent > 0) this.#forget(fault?.forgets);
        return;
      }
      index = end;
    }
    await send(this.#end);
  };

  #forget(how: Fault["forgets"]): void {
    if (how === "aloud") this.#kept = this.#happened;
    if (how === "silently") this.#kept = Math.max(this.#kept, this.#instantOf(this.#happened));
    this.#saysSo = how === "aloud";
  }

  /** Where the nanosecond of a record begins: what is forgotten ends between two. */
  #instantOf(index: number): number {
    const time = (at: number) => timeOf(this.#records[at] ?? new Uint8Array(16));
    let first = index;
    while (0 < first && first < this.#records.length && time(first - 1) === time(first)) first -= 1;
    return first;
  }

  async #strike(peer: Peer, fault: Fault | undefined): Promise<void> {
    if (fault?.kind === "rst") peer.rst();
    else if (fault?.kind === "fin") peer.fin();
    else if (fault?.kind === "garbage") {
      await peer.send(new Uint8Array(RECORD_BYTES).fill(3));
      peer.fin();
    } else {
      while (!peer.isOver) {
        this.#onStall();
        await setImmediate();
      }
    }
  }
}

const RECORD_BYTES = 48;
const LAST_SECONDS = 86_000;
/** Two heartbeats at the end of a market: one alone would not be believed so far ahead. */
export const lastBeat = (seconds = LAST_SECONDS) => concatBytes(heartbeat(seconds), heartbeat(seconds));
/** Time of the heartbeat with which a market ends. */
export const LAST_TIME = START + LAST_SECONDS * 1e6;

/** A live feed of ES.v.0 at a test's gateway, with a clock that hurries through waits unless another one is given. */
export function liveFeedAt(gateway: GatewayAddress, options: Partial<LiveOptions> = {}): { readonly feed: LiveFeed } {
  const clock = options.clock ?? new FakeClock(START);
  const feed = new LiveFeed({
    key: () => ApiKey.parse(KEY),
    dataset: "GLBX.MDP3",
    subscriptions: [{ schema: "trades", stypeIn: "continuous", symbols: ["ES.v.0"] }],
    tickSizes: tickSizesOf([]),
    client: "test",
    gateway,
    random: () => 0.5,
    ...options,
    clock,
  });
  if (clock instanceof FakeClock) clock.isImpatient = () => feed.health.state === "backoff";
  return { feed };
}

/** Reads a feed until `isEnough`; each list of events is seen before the next is asked for. */
export async function readUntil(
  feed: LiveFeed,
  see: (events: readonly EngineEvent[]) => void,
  isEnough: (event: EngineEvent) => boolean,
): Promise<void> {
  const stopping = new AbortController();
  for await (const events of feed.events(stopping.signal)) {
    see(events);
    if (events.some(isEnough)) break;
  }
}

/** Whether an event is the heartbeat with which a market ends. */
export const isLast = (event: EngineEvent) => event.type === "clock" && event.time === LAST_TIME;

export { welcome };
