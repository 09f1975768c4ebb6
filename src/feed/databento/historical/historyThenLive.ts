import { setImmediate } from "node:timers/promises";
import type { EngineEvent } from "../../../core/events.js";
import type { Micros } from "../../../core/units.js";
import type { Feed } from "../../feed.js";
import { inFile, readFileBytes } from "../../fileBytes.js";
import type { TickSizes } from "../../tickSizes.js";
import { ContractBook } from "../dbn/contractBook.js";
import { DbnDecoder } from "../dbn/dbnDecoder.js";
import { encodeMetadata } from "../dbn/encode.js";
import { type Block, DbnFramer, recordSize } from "../dbn/framer.js";
import { LiveJoin } from "./liveJoin.js";

/** Opens the live stream as DBN bytes, metadata first, from that nanosecond on; undefined: from now on. */
export type OpenLive = (from: bigint | undefined, stop: AbortSignal) => AsyncIterable<Uint8Array>;

export interface BackfillOptions {
  /** The recording so far, one verified file after the other, in the order of time. */
  readonly files: readonly string[];
  readonly tickSizes: TickSizes;
  readonly live: OpenLive;
}

/** The code of the system message that says that the past is over and the present begins. */
const REPLAY_COMPLETED = 3;

/**
 * The day so far, then the live stream, with no gap and nothing twice, so that the baseline is warm when the user starts
 * late. Until the live stream has caught up, the connection is up and no more: what the past would have signalled is
 * not issued as if it were now. What neither holds is told as a gap.
 */
export function historyThenLiveFeed(options: BackfillOptions): Feed {
  return { events: (stop) => historyThenLive(options, stop) };
}

async function* historyThenLive(
  { files, tickSizes, live }: BackfillOptions,
  stop: AbortSignal,
): AsyncGenerator<readonly EngineEvent[], void, undefined> {
  const contracts = new ContractBook(tickSizes);
  const join = new LiveJoin();
  let begun = false;
  for (const path of files) {
    for await (const { events, time } of recording(path, contracts, join, stop)) {
      if (stop.aborted) return;
      if (!begun && time > 0) yield [{ type: "connection", state: "up", time: startOf(events, time) }];
      begun ||= time > 0;
      yield events;
      await setImmediate();
    }
  }
  if (!stop.aborted) yield* joined(live(join.liveFrom, stop), contracts, join);
}

async function* recording(
  path: string,
  contracts: ContractBook,
  join: LiveJoin,
  stop: AbortSignal,
): AsyncGenerator<{ readonly events: readonly EngineEvent[]; readonly time: Micros }, void, undefined> {
  const decoder = new DbnDecoder(contracts);
  const framer = new DbnFramer({
    readMetadata: () => undefined,
    readRecords: (block, start) => eachRecord(block, start, (at) => join.record(block, at)),
  });
  try {
    for await (const bytes of readFileBytes(path)) {
      if (stop.aborted) return;
      framer.push(bytes);
      yield { events: decoder.push(bytes), time: decoder.lastTime };
    }
    decoder.end();
  } catch (error) {
    throw inFile(path, error);
  }
}

async function* joined(
  stream: AsyncIterable<Uint8Array>,
  contracts: ContractBook,
  join: LiveJoin,
): AsyncGenerator<readonly EngineEvent[], void, undefined> {
  const decoder = new DbnDecoder(contracts);
  let parts: Uint8Array[] = [];
  const framer = new DbnFramer({
    readMetadata: (metadata) => void parts.push(encodeMetadata(metadata)),
    readRecords: (block, start) => {
      const end = eachRecord(block, start, () => undefined);
      if (end > start) parts.push(join.fresh(wholeRecords(block, start, end)));
      return end;
    },
  });
  let told = false;
  for await (const bytes of stream) {
    framer.push(bytes);
    const { hole } = join;
    if (hole !== undefined && !told) {
      told = true;
      yield [{ type: "connection", state: "gap", time: hole.from, ...hole }];
    }
    for (const part of parts) {
      yield decoder.push(part);
      if (decoder.messages.some(({ kind, code }) => kind === "system" && code === REPLAY_COMPLETED)) {
        yield [{ type: "connection", state: "caughtUp", time: decoder.lastTime }];
      }
    }
    parts = [];
  }
  framer.end();
}

/** A copy, because the framer reuses the memory of a record that two chunks share. */
function wholeRecords(block: Block, start: number, end: number): Block {
  const bytes = new Uint8Array(block.bytes.subarray(start, end)); // a Buffer's slice would be no copy
  return { bytes, view: new DataView(bytes.buffer), base: block.base + start };
}

/** Visits the whole records of a block; where the first begins that it holds in part only. */
function eachRecord(block: Block, start: number, visit: (at: number) => void): number {
  let at = start;
  while (at < block.bytes.length) {
    const size = recordSize(block, at);
    if (at + size > block.bytes.length) break;
    visit(at);
    at += size;
  }
  return at;
}

/** The time of the first event that has one. */
function startOf(events: readonly EngineEvent[], last: Micros): Micros {
  for (const event of events) {
    if (event.type === "trades") return (event.time[0] ?? last) as Micros;
    if (event.type === "bar") return event.start;
  }
  return last;
}
