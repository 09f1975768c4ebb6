import type { EngineEvent } from "../../../core/events.js";
import type { TradeRejection } from "../../../core/market.js";
import { say } from "../../../core/say.js";
import { MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros } from "../../../core/units.js";
import { RTYPE, TS_OUT_BYTES } from "./codes.js";
import { connectionOf } from "./connectionRecord.js";
import { type Contract, type ContractBook, definitionOf, PROBATION } from "./contractBook.js";
import { type Block, DbnFramer, recordSize, tooShort } from "./framer.js";
import { type GatewayMessage, gatewayMessageOf, isHeartbeat, isOfTheDay, mappedSymbolOf } from "./gatewayMessage.js";
import { LAYOUTS, layoutOf } from "./layouts.js";
import {
  ACTION_TRADE,
  aggressorOf,
  MAYBE_INCOMPLETE,
  readBar,
  rejectionOf,
  TRADE_OFFSETS,
  type TradeOffsets,
} from "./marketRecords.js";
import { isRecording, type Metadata } from "./metadata.js";
import { isPossible, MICROS_LIMIT, readInt64, readMicros } from "./numbers.js";
import { readRecord } from "./record.js";
import type { Places } from "./timeCheck.js";
import { TradeColumns } from "./tradeColumns.js";

const SMALLEST_TRADE_BYTES = 48;

const BAR_LENGTHS: ReadonlyMap<number, number> = new Map([
  [RTYPE.ohlcv1s, MICROS_PER_SECOND],
  [RTYPE.ohlcv1m, MICROS_PER_MINUTE],
  [RTYPE.ohlcv1h, MICROS_PER_HOUR],
]);

/** Bars longer than a session, of which nothing can be made. */
const LONG_BARS: ReadonlySet<number> = new Set([RTYPE.ohlcvDeprecated, RTYPE.ohlcv1d, RTYPE.ohlcvEod]);

const DOUBTFUL = say("Databento marks its data as possibly incomplete here");

/** Records whose time is the gateway's, not the market's. */
const NOT_MARKET: ReadonlySet<number> = new Set([RTYPE.system, RTYPE.error, RTYPE.symbolMapping]);

/**
 * Turns DBN bytes into events, however the bytes are cut: trades into batches, bars, the contracts behind ids, and
 * heartbeats into clock events. What cannot be used is rejected or counted; bytes that cannot be DBN throw `FeedError`.
 * The batches of one `push` are valid until the next.
 */
export class DbnDecoder {
  readonly #contracts: ContractBook;
  readonly #framer: DbnFramer;
  readonly #columns = new TradeColumns();
  #events: EngineEvent[] = [];
  #messages: GatewayMessage[] = [];
  readonly #skipped = new Map<string, number>();
  #metadata: Metadata | undefined;
  /** Bytes that end every record after its known fields. */
  #tail = 0;
  /** The contract of the last trade, because the next one is mostly of the same. */
  #contract: Contract | undefined;
  /** The time of the trade before: within a batch, time does not go back. */
  #tradeTime = 0 as Micros;
  /** The latest time of a trade, bar or heartbeat. */
  #time = 0 as Micros;
  #lastRecordTime = 0 as Micros;
  /** The second that was last said to be doubtful. */
  #doubted = -1;
  /** When the next mapping begins to hold. */
  #nextStart: number = MICROS_LIMIT;
  readonly #misdated: readonly Places[];
  readonly #since: Micros;
  /** The next of them. */
  #nextWrong = 0;
  /** How many records were read. */
  #place = 0;

  /**
   * @param contracts knows tick sizes and contracts; several streams may share one, one after the other
   * @param misdated places of records that are left out and counted, in order
   * @param since the stream's first time, where it is known: that of records before it which have none
   */
  constructor(contracts: ContractBook, misdated: readonly Places[] = [], since = 0 as Micros) {
    this.#contracts = contracts;
    this.#misdated = misdated;
    this.#since = since;
    this.#framer = new DbnFramer({
      readMetadata: (metadata) => this.#readMetadata(metadata),
      readRecords: (block, start) => this.#readRecords(block, start),
    });
  }

  /** What the stream says of itself, once it has arrived. */
  get metadata(): Metadata | undefined {
    return this.#metadata;
  }

  /** Where the stream stands: the time of its last record so far; 0 before one. */
  get lastTime(): Micros {
    return Math.max(this.#time, this.#lastRecordTime) as Micros;
  }

  /** What the gateway itself said in the last `push`, heartbeats left out. */
  get messages(): readonly GatewayMessage[] {
    return this.#messages;
  }

  /** Takes the next bytes. Throws `FeedError` when they are damaged. */
  push(bytes: Uint8Array): readonly EngineEvent[] {
    this.#events = [];
    this.#messages = [];
    this.#columns.clear(Math.ceil(bytes.length / SMALLEST_TRADE_BYTES) + 1);
    this.#framer.push(bytes);
    this.#closeBatch();
    for (const [reason, count] of this.#skipped) this.#events.push({ type: "skipped", reason, count });
    this.#skipped.clear();
    return this.#events;
  }

  /** Says that the stream is over. Throws `FeedError` when it ended within a record, unless it is a recording. */
  end(): void {
    this.#framer.end(this.#metadata !== undefined && isRecording(this.#metadata));
  }

  #readMetadata(metadata: Metadata): void {
    this.#metadata = metadata;
    this.#tail = metadata.tsOut ? TS_OUT_BYTES : 0;
    this.#contracts.load(metadata);
    this.#announce(Math.floor(Number(metadata.start / 1000n)));
  }

  #readRecords(block: Block, start: number): number {
    const { bytes } = block;
    let at = start;
    let last = -1;
    while (at < bytes.length) {
      const size = recordSize(block, at);
      if (at + size > bytes.length) break;
      const rtype = bytes[at + 1] ?? 0;
      const offsets = TRADE_OFFSETS[rtype];
      if (this.#isMisdated(rtype)) {
        at += size;
        continue;
      }
      last = at;
      at += size;
      if (offsets === undefined) {
        this.#readOther(block, last, rtype, size - this.#tail);
      } else if (size - this.#tail < offsets.size) {
        throw tooShort(block, last, rtype);
      } else if (bytes[last + offsets.action] === ACTION_TRADE) {
        if (!this.#readTrade(block.view, last, offsets)) continue;
        at = this.#readRun(block, last, at, offsets);
        last = at - size;
      } else if (rtype === RTYPE.trade) {
        this.#skip("not_a_trade");
      }
    }
    if (last >= 0) this.#noteTime(block.view, last);
    return at;
  }

  /** Whether the record that comes next is left out for its time; goes on to the one after it. */
  #isMisdated(rtype: number): boolean {
    const place = this.#place;
    this.#place += 1;
    const wrong = this.#misdated[this.#nextWrong];
    if (wrong === undefined || place < wrong.first) return false;
    if (place + 1 === wrong.end) this.#nextWrong += 1;
    if (TRADE_OFFSETS[rtype] === undefined && !BAR_LENGTHS.has(rtype)) return false;
    this.#skip("bad_time");
    return true;
  }

  /** Reads the trade at `at` with all care; false when it could not be used. */
  #readTrade(view: DataView, at: number, offsets: TradeOffsets): boolean {
    const time = readMicros(view, at + 8);
    const contract = this.#contractAt(view, at, time);
    if (contract === undefined) return false;
    const price = readInt64(view, at + offsets.price);
    const size = view.getUint32(at + offsets.volume, true);
    const reason = rejectionOf({ price, size, time }, contract.tickNanos);
    if (reason !== undefined) {
      this.#reject(contract, time, reason, size);
      return false;
    }
    if ((view.getUint8(at + offsets.flags) & MAYBE_INCOMPLETE) !== 0) this.#doubt(contract, time);
    if (time < this.#tradeTime) this.#closeBatch();
    this.#noteTrade(time);
    const aggressor = aggressorOf(view.getUint8(at + offsets.side));
    this.#columns.add(time, price / contract.tickNanos, size, aggressor, contract.id);
    return true;
  }

  /** Reads what follows the good trade at `model` and is like it; where the next record begins. */
  #readRun(block: Block, model: number, start: number, offsets: TradeOffsets): number {
    const contract = this.#contract;
    if (contract === undefined || contract.seen <= PROBATION) return start;
    const most = (this.#misdated[this.#nextWrong]?.first ?? Number.POSITIVE_INFINITY) - this.#place;
    const end = this.#columns.addRun(block, start, { at: model, contract, offsets, until: this.#nextStart, most });
    this.#place += (end - start) / (start - model);
    this.#noteTrade(readMicros(block.view, end - (start - model) + 8));
    return end;
  }

  // A gap of no length: the bar that it lies in gives no signal and teaches nothing, its trade counts all the same.
  #doubt({ id }: Contract, time: Micros): void {
    const second = Math.floor(time / MICROS_PER_SECOND);
    if (second === this.#doubted) return;
    this.#doubted = second;
    const to = (time + 1) as Micros;
    this.#emit({ type: "connection", state: "gap", time, from: time, to, instrument: id, message: DOUBTFUL });
  }

  #noteTrade(time: Micros): void {
    this.#tradeTime = time;
    if (time > this.#time) this.#time = time;
  }

  #readOther(block: Block, at: number, rtype: number, size: number): void {
    const length = BAR_LENGTHS.get(rtype);
    if (!LAYOUTS.has(rtype)) this.#skip("unknown_record");
    else if (layoutOf(rtype, size) === undefined) throw tooShort(block, at, rtype);
    else if (length !== undefined) this.#readBar(block.view, at, length);
    else if (LONG_BARS.has(rtype)) this.#skip("daily_bar");
    else if (rtype === RTYPE.definition || rtype === RTYPE.symbolMapping) this.#readContract(block, at, rtype);
    else if (rtype === RTYPE.system || rtype === RTYPE.error) this.#readMessage(block, at);
    // Quotes, states and statistics are known and not needed.
  }

  #readBar(view: DataView, at: number, length: number): void {
    const start = readMicros(view, at + 8);
    const contract = this.#contractAt(view, at, start);
    if (contract === undefined) return;
    const bar = readBar(view, at, contract, length, start);
    if (bar.type === "rejected") {
      this.#reject(contract, start, bar.reason, bar.size, true);
    } else {
      this.#time = Math.max(this.#time, bar.end) as Micros;
      this.#emit(bar);
    }
  }

  #readContract(block: Block, at: number, rtype: number): void {
    const record = readRecord(block, at, this.#tail > 0);
    const id = Number(record.instrument_id);
    const time = this.#timeOf(block.view, at);
    const change =
      rtype === RTYPE.definition
        ? this.#contracts.define(id, definitionOf(record), time)
        : this.#contracts.map(id, mappedSymbolOf(record), time);
    this.#forget();
    if (change === undefined) return;
    this.#emit(isOfTheDay(record) ? { ...change, leads: true } : change);
  }

  #readMessage(block: Block, at: number): void {
    const message = gatewayMessageOf(readRecord(block, at, this.#tail > 0));
    if (isHeartbeat(message)) {
      this.#time = Math.max(this.#time, this.#timeOf(block.view, at)) as Micros;
      this.#emit({ type: "clock", time: this.#time });
      return;
    }
    const connection = connectionOf(message, this.#timeOf(block.view, at));
    if (connection === undefined) this.#messages.push(message);
    else this.#emit(connection);
  }

  /** The contract of the trade or bar at `at`; undefined, and counted, where its tick size is not known. */
  #contractAt(view: DataView, at: number, time: Micros): Contract | undefined {
    if (time >= this.#nextStart && isPossible(time)) this.#announce(time);
    const id = view.getUint32(at + 4, true);
    let contract = this.#contract;
    if (contract?.id !== id) {
      const found = this.#contracts.find(id, this.#orNow(time));
      if (found.change !== undefined) this.#emit(found.change);
      contract = found.contract;
      this.#contract = contract;
    }
    if (contract.tickNanos === 0) {
      this.#contracts.countUnknown(contract);
      this.#skip("unknown_instrument");
      return undefined;
    }
    if (contract.seen <= PROBATION) contract.seen += 1;
    return contract;
  }

  /** The time of a record; that of the stream where the record has none. */
  #timeOf(view: DataView, at: number): Micros {
    return this.#orNow(readMicros(view, at + 8));
  }

  #orNow(time: Micros): Micros {
    return isPossible(time) ? time : (Math.max(this.#time, this.#since) as Micros);
  }

  /** Remembers where the stream stands, if the last record read is the market's. */
  #noteTime(view: DataView, at: number): void {
    const rtype = view.getUint8(at + 1);
    const isMarket = LAYOUTS.has(rtype) && !NOT_MARKET.has(rtype);
    this.#lastRecordTime = isMarket ? this.#timeOf(view, at) : this.#time;
  }

  #announce(time: number): void {
    for (const change of this.#contracts.due(time)) this.#emit(change);
    this.#forget();
  }

  /** Asks the book again, after it learned something. */
  #forget(): void {
    this.#contract = undefined;
    this.#nextStart = Math.min(this.#contracts.nextStart, MICROS_LIMIT);
  }

  #reject(contract: Contract, time: Micros, reason: TradeRejection, size: number, isBar = false): void {
    if (reason === "off_tick") this.#contracts.countOffTick(contract);
    const rejected = { type: "rejected", instrument: contract.id, time: this.#orNow(time), reason, size } as const;
    this.#emit(isBar ? { ...rejected, isBar } : rejected);
  }

  #skip(reason: string): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
  }

  #emit(event: EngineEvent): void {
    this.#closeBatch();
    this.#events.push(event);
  }

  #closeBatch(): void {
    const batch = this.#columns.close();
    if (batch !== undefined) this.#events.push(batch);
  }
}
