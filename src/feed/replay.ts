import { setImmediate } from "node:timers/promises";
import type { EngineEvent } from "../core/events.js";
import type { Micros } from "../core/units.js";
import { ContractBook } from "./databento/dbn/contractBook.js";
import { DbnDecoder } from "./databento/dbn/dbnDecoder.js";
import { inFile, readDbnFile } from "./databento/dbnFile.js";
import { type FileSurvey, surveyFile } from "./databento/describe.js";
import type { Feed } from "./feed.js";
import { FeedError } from "./feedError.js";
import { Pace, REAL_TIMING, type Timing } from "./pace.js";
import type { TickSizes } from "./tickSizes.js";

/** How a recording is replayed. */
export interface ReplayOptions {
  /** Tick sizes in 1e-9 by symbol: `tickSizesOf(settings.instruments)`. */
  readonly tickSizes: TickSizes;
  /** Times real time; undefined: as fast as it can. */
  readonly speed?: number;
  /** The clock of a paced replay; default the real one. */
  readonly timing?: Timing;
}

/** Schemas that hold trades or bars; a stream without one schema may hold anything. */
const USABLE = new Set<string | undefined>([
  undefined,
  "trades",
  "tbbo",
  "mbp-1",
  "mbp-10",
  "mbo",
  "tcbbo",
  "cmbp-1",
  "ohlcv-1s",
  "ohlcv-1m",
  "ohlcv-1h",
]);

interface ReplayFile extends FileSurvey {
  readonly path: string;
}

/**
 * Replays DBN files (plain or zstd, told apart by their bytes) in the order of their first records. Definition files
 * come before all others, because they tell what the others need. Contracts precede their trades, and a clock event at
 * the time of the last record ends it all.
 *
 * Throws `FeedError`, with the file's name, for a file that is missing, foreign, damaged, or holds nothing to replay.
 * Damage in a compressed frame of up to 4 MB is found before any of it is replayed, in a larger one at the frame's end:
 * a replay that ends without an error has read what was recorded (where the file carries checksums).
 */
export function replayFeed(paths: readonly string[], options: ReplayOptions): Feed {
  return { events: (stop) => replay(paths, options, stop) };
}

/** Looks into the files without replaying them; throws `FeedError` for what would keep a replay from its first event. */
export async function surveyReplay(paths: readonly string[]): Promise<void> {
  await arrange(paths);
}

async function* replay(
  paths: readonly string[],
  options: ReplayOptions,
  stop: AbortSignal,
): AsyncGenerator<readonly EngineEvent[], void, undefined> {
  const pace = options.speed === undefined ? undefined : new Pace(options.speed, options.timing ?? REAL_TIMING);
  const { definitions, markets } = await arrange(paths);
  const contracts = new ContractBook(options.tickSizes);
  const start = (markets[0]?.start ?? 0) as Micros;
  let last = 0;
  for (const file of definitions) {
    for await (const { events } of decode(file.path, contracts, stop))
      yield events.map((event) => notAfter(event, start));
  }
  for (const file of markets) {
    for await (const { events, time } of decode(file.path, contracts, stop)) {
      last = Math.max(last, time);
      if (pace === undefined) yield events;
      else yield* pace.play(events, stop);
      if (stop.aborted) return;
      // A turn of the event loop for everyone else; `for await` alone would yield none.
      if (pace === undefined) await setImmediate();
    }
  }
  if (stop.aborted) return;
  contracts.requireKnown();
  if (last > 0) yield [{ type: "clock", time: last as Micros }];
}

/** The events of one file, chunk by chunk, and where it stands after each. */
async function* decode(
  path: string,
  contracts: ContractBook,
  stop: AbortSignal,
): AsyncGenerator<{ readonly events: readonly EngineEvent[]; readonly time: number }, void, undefined> {
  const decoder = new DbnDecoder(contracts);
  try {
    for await (const bytes of readDbnFile(path)) {
      if (stop.aborted) return;
      const events = decoder.push(bytes);
      yield { events, time: decoder.lastTime };
    }
    decoder.end();
  } catch (error) {
    throw inFile(path, error);
  }
}

/** Surveys the files: which hold definitions, which the market, in the order of time. */
async function arrange(
  paths: readonly string[],
): Promise<{ definitions: readonly ReplayFile[]; markets: readonly ReplayFile[] }> {
  const files: ReplayFile[] = [];
  for (const path of paths) {
    const file = { path, ...(await surveyFile(path)) };
    const { schema } = file.metadata;
    if (schema !== "definition" && !USABLE.has(schema)) throw inFile(path, nothingToReplay(schema));
    files.push(file);
  }
  files.sort((a, b) => a.start - b.start);
  const definitions = files.filter((file) => file.metadata.schema === "definition");
  const markets = files.filter((file) => file.metadata.schema !== "definition");
  const only = definitions[0];
  if (markets.length === 0 && only !== undefined) throw inFile(only.path, nothingToReplay("definition"));
  return { definitions, markets };
}

function nothingToReplay(schema: string | undefined): FeedError {
  return new FeedError(
    `it holds ${schema} records, neither trades nor bars of an hour or less; choose a file of the schema trades or ohlcv-1m`,
    { retriable: false },
  );
}

/** A definition counts from the start of the recording on, even one that was published during it. */
function notAfter(event: EngineEvent, start: Micros): EngineEvent {
  return event.type === "contract" && event.time > start ? { ...event, time: start } : event;
}
