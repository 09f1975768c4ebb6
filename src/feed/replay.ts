import { setImmediate } from "node:timers/promises";
import type { EngineEvent } from "../core/events.js";
import type { Micros } from "../core/units.js";
import { type Clock, REAL_CLOCK } from "./clock.js";
import { ContractBook } from "./databento/dbn/contractBook.js";
import type { Feed } from "./feed.js";
import { inOrder } from "./inOrder.js";
import { Pace } from "./pace.js";
import type { RecordedSpan } from "./recording.js";
import { openRecordings, type Recordings } from "./recordings.js";
import type { TickSizes } from "./tickSizes.js";

/** How a recording is replayed. */
export interface ReplayOptions {
  /** Tick sizes in 1e-9 by symbol: `tickSizesOf(settings.instruments)`. */
  readonly tickSizes: TickSizes;
  /** Times real time; undefined: as fast as it can. */
  readonly speed?: number;
  /** The clock of a paced replay; default the real one. */
  readonly clock?: Clock;
}

/**
 * Replays recorded files, and folders of them, in the order of their first records: DBN and Databento's CSV, plain or zstd, and
 * Sierra Chart's text, told apart by their bytes. Definition files come before all others, because they tell what the others
 * need. Contracts precede their trades, and a clock event at the time of the last record ends it all.
 *
 * Every file is read twice: as a whole before anything is played, so that nothing of a damaged recording is, and then for its
 * events. Throws `FeedError`, with the file's name, for a file that is missing, foreign, damaged, or holds nothing to replay,
 * and for two files that would count the same trades twice.
 */
export function replayFeed(paths: readonly string[], options: ReplayOptions): Feed {
  return {
    async *events(stop) {
      yield* replay(await openRecordings(paths, options.tickSizes, stop), options, stop);
    },
  };
}

/** A replay whose files were read and found good. */
export interface OpenReplay {
  /** Those that will be played, of folders the files in them. */
  readonly files: readonly string[];
  /** What a person should know of them, a line each. */
  readonly notes: readonly string[];
  /** What they hold, by the names that they give it, each from when on. */
  readonly contracts: readonly Pick<RecordedSpan, "symbol" | "start">[];
  readonly feed: Feed;
}

/** Reads all files, as `replayFeed` does first, and throws as it does; what it returns plays them. */
export async function openReplay(
  paths: readonly string[],
  options: ReplayOptions,
  stop: AbortSignal,
): Promise<OpenReplay> {
  const recordings = await openRecordings(paths, options.tickSizes, stop);
  return {
    files: recordings.files,
    notes: recordings.notes,
    contracts: recordings.markets.flatMap(({ spans }) => spans),
    feed: { events: (playing) => replay(recordings, options, playing) },
  };
}

async function* replay(
  { definitions, markets, idOf }: Recordings,
  options: ReplayOptions,
  stop: AbortSignal,
): AsyncGenerator<readonly EngineEvent[], void, undefined> {
  const pace = options.speed === undefined ? undefined : new Pace(options.speed, options.clock ?? REAL_CLOCK);
  const playing = { contracts: new ContractBook(options.tickSizes), idOf, stop };
  const start = (markets[0]?.start ?? 0) as Micros;
  let last = 0;
  for (const file of definitions) {
    for await (const { events } of file.turns(playing)) yield events.map((event) => notAfter(event, start));
  }
  playing.contracts.foresee(markets.flatMap(({ rolls }) => rolls));
  for await (const { events, time } of inOrder(markets, playing)) {
    last = Math.max(last, time);
    if (pace === undefined) yield events;
    else yield* pace.play(events, stop);
    if (stop.aborted) return;
    // A turn of the event loop for everyone else; `for await` alone would yield none.
    if (pace === undefined) await setImmediate();
  }
  if (stop.aborted) return;
  playing.contracts.requireKnown();
  if (last > 0) yield [{ type: "clock", time: last as Micros }];
}

/** A definition counts from the start of the recording on, even one that was published during it. */
function notAfter(event: EngineEvent, start: Micros): EngineEvent {
  return event.type === "contract" && event.time > start ? { ...event, time: start } : event;
}
