import { stat } from "node:fs/promises";
import { say } from "../core/say.js";
import { type RecordedFolder, readFolder } from "./batchFolder.js";
import { conditionLine, type DayCondition } from "./databento/conditions.js";
import { FeedError } from "./feedError.js";
import { inFile, unverifiedLine } from "./fileBytes.js";
import { joinRecordings } from "./joinRecordings.js";
import { nothingToReplay, openRecording, type RecordedSpan, type Recording } from "./recording.js";
import type { TickSizes } from "./tickSizes.js";

/** The files of a replay in the order in which they are played. */
export interface Recordings {
  /** The files, of folders those in them. */
  readonly files: readonly string[];
  readonly definitions: readonly Recording[];
  readonly markets: readonly Recording[];
  /** The id of a contract that a file knows by name alone: the one that other files give it, else one made up. */
  readonly idOf: (symbol: string) => number;
  /** What a person should know of them, a line each. */
  readonly notes: readonly string[];
}

/** Ids from here on are made up: no venue's instrument_id is near. */
const MADE_UP_IDS = 0xf000_0000;

/**
 * Reads all files and folders of a replay once and puts them in order of time. Throws `FeedError` for a file that is missing,
 * damaged or of another kind, and for two that speak of one instrument at the same time: their trades would count twice, unless
 * both are recordings of live runs, which are joined.
 */
export async function openRecordings(
  paths: readonly string[],
  tickSizes: TickSizes,
  stop: AbortSignal,
): Promise<Recordings> {
  const recordings: Recording[] = [];
  const conditions: DayCondition[] = [];
  const isInstrument = (symbol: string) => tickSizes(symbol) !== undefined;
  for (const given of paths) {
    const { paths: files, mappings, conditions: days } = await filesOf(given);
    conditions.push(...days);
    for (const path of files) {
      recordings.push(await openRecording({ path, mappings, isInstrument }, stop));
      if (stop.aborted) return { files: [], definitions: [], markets: [], idOf: () => MADE_UP_IDS, notes: [] };
    }
  }
  recordings.sort((a, b) => a.received.start - b.received.start);
  const definitions = recordings.filter(({ holds }) => holds === "definitions");
  const found = recordings.filter(({ holds }) => holds === "market");
  const [only] = definitions;
  if (found.length === 0 && only !== undefined) throw inFile(only.path, nothingToReplay("definition"));
  const { recordings: markets, overlapping } = await joinRecordings(found, stop);
  refuseOverlaps(markets);
  const note = conditionLine(conditions);
  const unverified = recordings.filter(({ isVerified }) => !isVerified).map(({ path }) => unverifiedLine(path));
  const torn = recordings.filter(({ tornBytes }) => tornBytes > 0).map(tornLine);
  const notes = [...(note === undefined ? [] : [note]), ...unverified, ...torn, ...overlapping.map(overlappingLine)];
  const files = [...definitions, ...found].map(({ path }) => path);
  return { files, definitions, markets, idOf: idsOf(markets), notes };
}

function overlappingLine([first, ...others]: readonly string[]): string {
  return others.length === 1
    ? say('"{0}" and "{1}" hold some of the same time: what both hold counts once', String(first), String(others[0]))
    : say('"{0}" and {1} more hold some of the same time: what several hold counts once', String(first), others.length);
}

function tornLine({ path, tornBytes }: Recording): string {
  return say(
    '"{0}" was broken off while it was recorded: its last {1} bytes are a part of a record and are left out',
    path,
    tornBytes,
  );
}

async function filesOf(path: string): Promise<RecordedFolder> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (error) {
    throw inFile(path, error);
  }
  return isFolder ? await readFolder(path) : { paths: [path], mappings: [], conditions: [] };
}

function refuseOverlaps(recordings: readonly Recording[]): void {
  const spans = recordings.flatMap((recording) => recording.spans.map((span) => ({ span, recording })));
  const latest = new Map<string, (typeof spans)[number]>();
  spans.sort((a, b) => a.span.start - b.span.start);
  for (const item of spans) {
    for (const key of keysOf(item.span)) {
      const before = latest.get(key);
      if (before !== undefined && before.recording !== item.recording && item.span.start < before.span.end) {
        throw overlap(before.recording, item.recording, item.span, before.span.end);
      }
      if (before === undefined || before.span.end < item.span.end) latest.set(key, item);
    }
  }
}

/** An instrument is the same where its id or its name is. */
function keysOf({ instrument, symbol }: RecordedSpan): readonly string[] {
  return instrument === undefined ? [symbol] : [`id ${instrument}`, symbol];
}

function overlap(one: Recording, other: Recording, { symbol, start, end }: RecordedSpan, until: number): FeedError {
  const from = new Date(Math.floor(start / 1000)).toISOString();
  const to = new Date(Math.ceil(Math.min(end, until) / 1000)).toISOString();
  return new FeedError(
    say(
      '"{0}" and "{1}" both hold {2} from {3} to {4}, which would count twice; replay one of them',
      one.path,
      other.path,
      symbol,
      from,
      to,
    ),
    { retriable: false },
  );
}

function idsOf(recordings: readonly Recording[]): (symbol: string) => number {
  const ids = new Map<string, number>();
  for (const { spans } of recordings) {
    for (const { instrument, symbol } of spans) if (instrument !== undefined) ids.set(symbol, instrument);
  }
  return (symbol) => {
    const id = ids.get(symbol) ?? MADE_UP_IDS + ids.size;
    ids.set(symbol, id);
    return id;
  };
}
