import { basename } from "node:path";
import type { EngineEvent } from "../core/events.js";
import { say } from "../core/say.js";
import type { Micros } from "../core/units.js";
import { CsvRecords } from "./databento/csv/csvRecords.js";
import type { Announcement, ContractBook } from "./databento/dbn/contractBook.js";
import { DbnDecoder } from "./databento/dbn/dbnDecoder.js";
import type { Mapping } from "./databento/dbn/metadata.js";
import type { RecordedRun } from "./databento/dbn/recordedRun.js";
import { DbnSurvey, type Span } from "./databento/dbn/survey.js";
import { FeedError } from "./feedError.js";
import { inFile, readFileBytes, type Stamp, stampOf } from "./fileBytes.js";
import { type FileKind, kindOf } from "./fileKind.js";
import { SierraBars } from "./sierra/sierraBars.js";
import { type SierraContent, SierraSurvey } from "./sierra/sierraSurvey.js";
import { SierraTrades } from "./sierra/sierraTrades.js";

/** The events of a piece of a recording, and where it stands after them. */
export interface Turn {
  readonly events: readonly EngineEvent[];
  readonly time: number;
}

/** What a recording needs to be played. */
export interface Playing {
  readonly contracts: ContractBook;
  /** The id of a contract that its file knows by name alone. */
  readonly idOf: (symbol: string) => number;
  readonly stop: AbortSignal;
}

/** What a file of a recording is known to be before it is read. */
export interface RecordingSource {
  readonly path: string;
  /** From the `symbology.json` beside it. */
  readonly mappings: readonly Mapping[];
  /** Whether a symbol, such as the beginning of a file's name, is an instrument of the settings. */
  readonly isInstrument: (symbol: string) => boolean;
}

/** A file that was read once, as a whole: nothing of it is damaged. */
export interface Recording {
  readonly path: string;
  /** Definitions tell what other files need, and are played before them. */
  readonly holds: "definitions" | "market";
  /** When it begins, in Micros. */
  readonly start: number;
  /** When its first and last records were received: [start, end), in Micros. */
  readonly received: { readonly start: number; readonly end: number };
  readonly hasBars: boolean;
  /** Whether all of it is covered by checksums where it is compressed. */
  readonly isVerified: boolean;
  /** Bytes at its end that are left out: a record that was never written whole. */
  readonly tornBytes: number;
  /** From when to when it speaks of which instrument; `instrument` is undefined where the file knows its name alone. */
  readonly spans: readonly RecordedSpan[];
  /** From when on its continuous symbols mean which id. */
  readonly rolls: readonly Announcement[];
  /** Of the recording of a live run: what it tells of it, and its bytes once more. */
  readonly live: (RecordedRun & { readonly read: () => AsyncIterable<Uint8Array> }) | undefined;
  /** Its events; batches are valid until the next turn. Throws `FeedError`, with the file's name. */
  readonly turns: (playing: Playing) => AsyncGenerator<Turn, void, undefined>;
}

export type RecordedSpan = Omit<Span, "instrument"> & { readonly instrument: number | undefined };

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

/** Sierra Chart's names of a contract: ESH15-CME..., ESH25_FUT_CME..., F.US.EPH25...; the year may have one digit. */
const SIERRA_CONTRACT = /^(?:F\.US\.)?([A-Z0-9]{1,3}[FGHJKMNQUVXZ])\d?(\d)(?![A-Z0-9])/;

/**
 * Reads a file as a whole and says what it holds, so that no damage is found when half of it has been played: its checksums
 * are verified, its records cut, its rows parsed. Throws `FeedError`, with the file's name, where it cannot be replayed.
 */
export async function openRecording(source: RecordingSource, stop: AbortSignal): Promise<Recording> {
  const { path } = source;
  let isVerified = true;
  const unverified = () => {
    isVerified = false;
  };
  try {
    const kind = await kindOf(path);
    const stamp = await stampOf(path);
    const bytes = readFileBytes(path, stamp, unverified);
    return { ...(await opened(source, kind, { stamp, bytes }, stop)), isVerified };
  } catch (error) {
    throw inFile(path, error);
  }
}

export type Opened = Omit<Recording, "isVerified">;

/** A file that is read for the first time. */
interface Reading {
  readonly stamp: Stamp;
  readonly bytes: AsyncIterable<Uint8Array>;
}

async function opened(source: RecordingSource, kind: FileKind, reading: Reading, stop: AbortSignal): Promise<Opened> {
  const { path, mappings } = source;
  const { stamp, bytes } = reading;
  if (kind === "sierraText") return openSierra(source, reading, stop);
  if (kind === "dbn") return openDbn(path, bytes, () => readFileBytes(path, stamp), stop);
  const first = new CsvRecords({ decimalPrices: true, mappings });
  const again = () =>
    transcoded(readFileBytes(path, stamp), new CsvRecords({ decimalPrices: first.hasDecimalPoint, mappings }));
  return { ...(await openDbn(path, transcoded(bytes, first), again, stop)), live: undefined };
}

/** A file of DBN, or what is turned into it: `bytes` are surveyed, those of `read` played. */
export async function openDbn(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  read: () => AsyncIterable<Uint8Array>,
  stop: AbortSignal,
): Promise<Opened> {
  const survey = new DbnSurvey();
  for await (const chunk of bytes) {
    if (stop.aborted) break;
    survey.push(chunk);
  }
  const surveyed = stop.aborted ? NOTHING : survey.end();
  const { metadata, start, spans, rolls, hasBars, misdated, tornBytes, run } = surveyed;
  const { schema, mappings } = metadata;
  if (schema !== "definition" && !USABLE.has(schema)) throw nothingToReplay(schema);
  return {
    path,
    holds: schema === "definition" ? "definitions" : "market",
    start,
    received: receivedBetween(spans, start),
    hasBars,
    tornBytes,
    spans,
    rolls,
    // Wrong times would tell wrongly what two of them both hold.
    live: run === undefined || misdated.length > 0 || mappings.length > 0 ? undefined : { ...run, read },
    turns: ({ contracts, stop: ending }) =>
      named(path, playDbn(read, new DbnDecoder(contracts, misdated, start as Micros), ending)),
  };
}

/** What is known of a file whose survey was stopped. */
const NOTHING = {
  metadata: { schema: undefined, mappings: [] },
  start: 0,
  spans: [],
  rolls: [],
  hasBars: false,
  misdated: [],
  tornBytes: 0,
  run: undefined,
} as const;

async function openSierra(source: RecordingSource, { stamp, bytes }: Reading, stop: AbortSignal): Promise<Opened> {
  const { path } = source;
  const survey = new SierraSurvey();
  for await (const chunk of bytes) {
    if (stop.aborted) break;
    survey.push(chunk);
  }
  const content: SierraContent = stop.aborted ? { kind: "nothing" } : survey.end();
  const symbol = symbolOfName(source);
  const { start, end } = content.kind === "nothing" ? { start: 0, end: 0 } : content;
  return {
    path,
    holds: "market",
    start,
    received: { start, end },
    hasBars: content.kind === "bars",
    tornBytes: 0,
    spans: content.kind === "nothing" ? [] : [{ instrument: undefined, symbol, start, end }],
    rolls: [],
    live: undefined,
    turns: ({ contracts, idOf, stop: ending }) => {
      const contract = { instrument: idOf(symbol), symbol };
      switch (content.kind) {
        case "nothing":
          return noTurns();
        case "trades":
          return told(
            content,
            named(
              path,
              playDbn(
                () => transcoded(readFileBytes(path, stamp), new SierraTrades(contract)),
                new DbnDecoder(contracts, [], start as Micros),
                ending,
              ),
            ),
          );
        case "bars": {
          const bars = new SierraBars({ ...contract, length: content.length }, contracts);
          return told(content, named(path, playBars(bars, readFileBytes(path, stamp), ending)));
        }
        default:
          return content satisfies never;
      }
    },
  };
}

// A day's download may begin with a trade that happened before the last one of the day before, and was received after it.
function receivedBetween(spans: readonly Span[], start: number): Recording["received"] {
  if (spans.length === 0) return { start, end: start };
  const first = spans.reduce((least, span) => Math.min(least, span.start), Number.POSITIVE_INFINITY);
  return { start: first, end: spans.reduce((most, span) => Math.max(most, span.end), first) };
}

async function* playDbn(
  read: () => AsyncIterable<Uint8Array>,
  decoder: DbnDecoder,
  stop: AbortSignal,
): AsyncGenerator<Turn, void, undefined> {
  for await (const bytes of read()) {
    if (stop.aborted) return;
    const events = decoder.push(bytes);
    yield { events, time: decoder.lastTime };
  }
  decoder.end();
}

async function* playBars(
  bars: SierraBars,
  chunks: AsyncIterable<Uint8Array>,
  stop: AbortSignal,
): AsyncGenerator<Turn, void, undefined> {
  for await (const bytes of chunks) {
    if (stop.aborted) return;
    const events = bars.push(bytes);
    yield { events, time: bars.lastTime };
  }
  const events = bars.end();
  yield { events, time: bars.lastTime };
}

/** The same turns, then how many rows contradicted themselves. */
async function* told(
  { misfits }: Exclude<SierraContent, { kind: "nothing" }>,
  turns: AsyncGenerator<Turn, void, undefined>,
): AsyncGenerator<Turn, void, undefined> {
  let time = 0;
  for await (const turn of turns) {
    time = turn.time;
    yield turn;
  }
  const events = [...misfits].map(([reason, count]) => ({ type: "skipped", reason, count }) as const);
  if (events.length > 0) yield { events, time };
}

async function* noTurns(): AsyncGenerator<Turn, void, undefined> {
  yield* [];
}

/** Turns text into DBN bytes. */
interface Transcoder {
  push(bytes: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

async function* transcoded(
  read: AsyncIterable<Uint8Array>,
  transcoder: Transcoder,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of read) yield transcoder.push(bytes);
  yield transcoder.end();
}

async function* named(
  path: string,
  turns: AsyncGenerator<Turn, void, undefined>,
): AsyncGenerator<Turn, void, undefined> {
  try {
    yield* turns;
  } catch (error) {
    throw inFile(path, error);
  }
}

/** The contract of a Sierra Chart export, which its name alone tells: ESH15-... is ESH5; or an instrument of the settings. */
function symbolOfName({ path, isInstrument }: RecordingSource): string {
  const name = basename(path);
  const contract = SIERRA_CONTRACT.exec(name);
  if (contract !== null) return `${contract[1]}${contract[2]}`;
  const word = /^[A-Za-z0-9]+/.exec(name)?.[0] ?? "";
  if (isInstrument(word)) return word;
  throw new FeedError(say("its name does not begin with its contract, such as ESH25-...; rename it"), {
    retriable: false,
  });
}

/** A file without trades and bars that an engine can use. */
export function nothingToReplay(schema: string | undefined): FeedError {
  return new FeedError(
    say(
      "it holds {0} records, neither trades nor bars of an hour or less; choose a file of the schema trades or ohlcv-1m",
      String(schema),
    ),
    { retriable: false },
  );
}
