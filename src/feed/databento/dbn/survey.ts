import { MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../../core/units.js";
import { RTYPE } from "./codes.js";
import { connectionOf } from "./connectionRecord.js";
import { type Announcement, announcementsOf, rollsOf } from "./contractBook.js";
import { type Block, DbnFramer, recordSize } from "./framer.js";
import { gatewayMessageOf, mappedSymbolOf } from "./gatewayMessage.js";
import { LAYOUTS } from "./layouts.js";
import { ACTION_TRADE, TRADE_OFFSETS } from "./marketRecords.js";
import { isRecording, type Metadata } from "./metadata.js";
import { isPossible, MICROS_LIMIT, readMicros } from "./numbers.js";
import { readRecord } from "./record.js";
import { type RecordedRun, RunSurvey } from "./recordedRun.js";
import { type Places, TimeCheck } from "./timeCheck.js";

/** From when to when a file speaks of one instrument: [start, end), in Micros. */
export interface Span {
  readonly instrument: number;
  /** What the file calls it; the id as text where it has no name. */
  readonly symbol: string;
  readonly start: number;
  readonly end: number;
}

/** What a whole stream was found to hold. */
export interface SurveyedStream {
  readonly metadata: Metadata;
  /** Micros of the first record that has a time; of the metadata's start where none has. */
  readonly start: number;
  readonly hasBars: boolean;
  readonly spans: readonly Span[];
  /** From when on its continuous symbols mean which id. */
  readonly rolls: readonly Announcement[];
  /** The trades and bars whose times are wrong, by their places among all records. */
  readonly misdated: readonly Places[];
  /** Bytes at its end that are a record in part: 0 but for the recording of a live stream that was broken off. */
  readonly tornBytes: number;
  /** The live run that it is of; undefined of what is no recording of one. */
  readonly run: RecordedRun | undefined;
}

interface OpenSpan {
  readonly instrument: number;
  symbol: string;
  start: number;
  end: number;
}

/** How a record type tells when it happened and how long it lasts. */
interface Moment {
  /** Where its index time lies: when it was received, else when it happened. */
  readonly time: number;
  readonly length: number;
}

const EVENT_TIME = 8;
const BARS = [
  [RTYPE.ohlcv1s, MICROS_PER_SECOND],
  [RTYPE.ohlcv1m, MICROS_PER_MINUTE],
  [RTYPE.ohlcv1h, MICROS_PER_HOUR],
] as const;
const MOMENTS: readonly (Moment | undefined)[] = moments();

/**
 * Reads a whole DBN stream for what has to be known before it is played: that nothing of it is damaged, when it begins, and
 * from when to when it speaks of each instrument. Files are cut by the time at which records were received, so spans go by
 * that time. Throws `FeedError` for damage.
 */
export class DbnSurvey {
  readonly #framer: DbnFramer;
  readonly #spans = new Map<number, OpenSpan>();
  readonly #symbols = new Map<number, string>();
  #metadata: Metadata | undefined;
  #first: number | undefined;
  #hasBars = false;
  #span: OpenSpan | undefined;
  #times = new TimeCheck(MICROS_LIMIT);
  readonly #run = new RunSurvey();
  #place = 0;

  constructor() {
    this.#framer = new DbnFramer({
      readMetadata: (metadata) => this.#readMetadata(metadata),
      readRecords: (block, start) => this.#readRecords(block, start),
    });
  }

  push(bytes: Uint8Array): void {
    this.#framer.push(bytes);
  }

  /** Says that the stream is over. */
  end(): SurveyedStream {
    const metadata = this.#metadata;
    const isOfRun = metadata !== undefined && isRecording(metadata);
    this.#framer.end(isOfRun);
    if (metadata === undefined) throw new Error("A complete stream without metadata");
    const start = this.#first ?? Math.floor(Number(metadata.start / 1000n));
    return {
      metadata,
      start,
      hasBars: this.#hasBars,
      spans: [...this.#spans.values()],
      rolls: rollsOf(metadata),
      misdated: this.#times.wrong(),
      tornBytes: this.#framer.partBytes,
      run: isOfRun ? this.#run.end(metadata.tsOut) : undefined,
    };
  }

  #readMetadata(metadata: Metadata): void {
    this.#metadata = metadata;
    if (metadata.end !== undefined) this.#times = new TimeCheck(Math.ceil(Number(metadata.end) / 1000));
    for (const { id, symbol } of announcementsOf(metadata)) this.#symbols.set(id, symbol);
  }

  #readRecords(block: Block, start: number): number {
    const { bytes, view } = block;
    let at = start;
    while (at < bytes.length) {
      const size = recordSize(block, at);
      if (at + size > bytes.length) break;
      const rtype = bytes[at + 1] ?? 0;
      const moment = MOMENTS[rtype];
      if (moment !== undefined) this.#note(view, at, moment, size);
      else if (rtype === RTYPE.symbolMapping) this.#readMapping(block, at);
      else if (rtype === RTYPE.system) this.#readSystem(block, at);
      if (isTradeOrBar(bytes, at, rtype)) this.#noteTime(readMicros(view, at + EVENT_TIME));
      this.#place += 1;
      if (this.#first === undefined) this.#noteFirst(readMicros(view, at + EVENT_TIME));
      at += size;
    }
    return at;
  }

  #noteFirst(time: number): void {
    if (isPossible(time)) this.#first = time;
  }

  #noteTime(time: number): void {
    if (time < MICROS_LIMIT) this.#times.add(this.#place, time);
  }

  #note(view: DataView, at: number, { time, length }: Moment, size: number): void {
    const id = view.getUint32(at + 4, true);
    this.#run.noteMarket(view.getUint8(at + 1));
    if (length > 1) this.#hasBars = true;
    const received = time + 8 <= size ? readMicros(view, at + time) : MICROS_LIMIT;
    const start = isPossible(received) ? received : readMicros(view, at + EVENT_TIME);
    if (!isPossible(start)) return;
    let span = this.#span;
    if (span?.instrument !== id) {
      span = this.#spans.get(id) ?? { instrument: id, symbol: this.#symbols.get(id) ?? String(id), start, end: start };
      this.#spans.set(id, span);
      this.#span = span;
    }
    if (start < span.start) span.start = start;
    if (start + length > span.end) span.end = start + length;
  }

  #readMapping(block: Block, at: number): void {
    const record = readRecord(block, at, this.#metadata?.tsOut ?? false);
    const id = Number(record.instrument_id);
    const symbol = mappedSymbolOf(record);
    this.#symbols.set(id, symbol);
    this.#run.noteMapping(id);
    const span = this.#spans.get(id);
    if (span !== undefined) span.symbol = symbol;
  }

  #readSystem(block: Block, at: number): void {
    const message = gatewayMessageOf(readRecord(block, at, this.#metadata?.tsOut ?? false));
    const change = connectionOf(message, readMicros(block.view, at + EVENT_TIME));
    if (change !== undefined) this.#run.noteConnection(change);
  }
}

// Quotes and orders do not move the clock, and a snapshot's are as old as they are.
function isTradeOrBar(bytes: Uint8Array, at: number, rtype: number): boolean {
  const offsets = TRADE_OFFSETS[rtype];
  return offsets === undefined ? MOMENTS[rtype] !== undefined : bytes[at + offsets.action] === ACTION_TRADE;
}

function moments(): readonly (Moment | undefined)[] {
  const table = new Array<Moment | undefined>(256).fill(undefined);
  TRADE_OFFSETS.forEach((offsets, rtype) => {
    if (offsets === undefined) return;
    const received = LAYOUTS.get(rtype)?.[0]?.fields.find(({ name }) => name === "ts_recv");
    table[rtype] = { time: received?.offset ?? EVENT_TIME, length: 1 };
  });
  for (const [rtype, length] of BARS) table[rtype] = { time: EVENT_TIME, length };
  return table;
}
