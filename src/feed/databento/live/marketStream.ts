import type { EngineEvent } from "../../../core/events.js";
import type { ConnectionChange } from "../../../core/market.js";
import { say } from "../../../core/say.js";
import { MICROS_PER_MINUTE, type Micros } from "../../../core/units.js";
import type { TickSizes } from "../../tickSizes.js";
import { RTYPE } from "../dbn/codes.js";
import { encodeConnection, recordable } from "../dbn/connectionRecord.js";
import { announcementsOf, ContractBook } from "../dbn/contractBook.js";
import { DbnDecoder } from "../dbn/dbnDecoder.js";
import { encodeMetadata, encodeRecord } from "../dbn/encode.js";
import { type GatewayMessage, isHeartbeat } from "../dbn/gatewayMessage.js";
import type { Metadata } from "../dbn/metadata.js";
import { oneLine } from "../historical/oneLine.js";
import { ConnectionEnded } from "./connectionEnded.js";
import { AGED_OUT, endingOf, noticeOf, unreadable } from "./gatewayErrors.js";
import type { Gap } from "./health.js";
import { RecordStream, type Segment } from "./recordStream.js";
import { SeenRecords } from "./seenRecords.js";
import type { Tape } from "./tape.js";
import { TimeGate } from "./timeGate.js";
import type { Timeliness } from "./timeliness.js";

/** What a market stream is made of. */
export interface StreamOptions {
  readonly tickSizes: TickSizes;
  /** Micros from which the first session replays; undefined: from now on. */
  readonly start: Micros | undefined;
  /** How many subscriptions each session makes: each tells when its replay is over. */
  readonly subscriptions: number;
  readonly timeliness: Timeliness;
  readonly tape: Tape;
  /** Whether history can be asked for what the gateway no longer replays. */
  readonly hasPast: boolean;
  /** Takes the key out of the gateway's words. */
  readonly redact: (text: string) => string;
  /** Told what the gateway says that this program does not know: each text once, of many the first. */
  readonly onMessage?: ((text: string) => void) | undefined;
}

type Link = "down" | "up" | "caughtUp";

/** Heartbeats in a row, after replayed records, by which a replay is over that nobody said was. */
const SILENT_BEATS = 2;

/**
 * History selects by the time of receipt, a replay by that of the event (`MARKET-DATA.md` b, c): of its last seconds it may hold
 * a part only. They are left to the replay, and so is a bar that may not be over.
 */
const PAST_MARGIN = 5_000_000;

/** How the gateway names what it has replayed: "Finished trades replay". */
const MARKET_REPLAYED = /\b(trades|tbbo|mbp-1|mbo|ohlcv-1[sm])\b/;

/** For so long of the market's own time its trades wait for the end of another schema's replay. */
const PATIENCE = 5_000_000;

/**
 * How long after a trading day's open its replay may begin. From 2015 to 2019 ES traded within 5 minutes of it on all of 1,267 days,
 * and never paused for 5 minutes before the close; of as many evenings 3 began later, and 41 pauses lasted up to 15 minutes.
 */
const LATEST_START = 15 * MICROS_PER_MINUTE;

const SYSTEM = { subscriptionAck: 1, slowReader: 2, replayCompleted: 3, endOfInterval: 4 } as const;
const MOST_NOTICES = 20;
const MOST_UNKNOWN = 20;

/**
 * One unbroken stream of events out of any number of sessions: each record once, what a lost connection missed filled in by
 * replay, and what could not be filled declared as a gap. Bytes in, events out; no I/O.
 *
 * Events come in the market's order and time: a connection that is lost moves no clock, because the trades that it missed are
 * still to come (`ENGINE.md` 2).
 */
export class MarketStream {
  readonly #options: StreamOptions;
  readonly #seen = new SeenRecords();
  readonly #decoder: DbnDecoder;
  readonly #halted = new Set<number>();
  readonly #gaps: Gap[] = [];
  readonly #notices: string[] = [];
  #noticesLeft = 0;
  #records = new RecordStream(this.#seen);
  #metadata: Metadata | undefined;
  /** Where a session begins that comes before the first record. */
  #origin: bigint | undefined;
  #replaysLeft = 0;
  /** Where the market stood when the gateway said that the replay of its trades or bars is over. */
  #marketReplayed: Micros | undefined;
  /** Where the market stood when the session began: all before it has come. */
  #resumedAt = 0 as Micros;
  #beats = 0;
  #isSlow = false;
  #hasStarted = false;
  /** Whether what comes is history. */
  #isPast = false;
  /** History was asked for what is missing now: it is not asked again before all is well. */
  #wasAsked = false;
  #wanted: bigint | undefined;
  /** What is missing and ends with the next record. */
  #open: Omit<Gap, "to">[] = [];
  #instrument = 0;
  #told: Link = "down";
  /** Changes that wait until the time of the market is known. */
  #untold: Omit<ConnectionChange, "time">[] = [];
  #dropped = 0;
  /** The contract that the feed named last as that of the day. */
  #lead: string | undefined;
  #lastNotice: string | undefined;
  /** Texts of the gateway that this program did not know, as they were told. */
  readonly #unknown = new Set<string>();
  #unknownMessages = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#decoder = new DbnDecoder(new ContractBook(options.tickSizes));
    this.#origin = options.start === undefined ? undefined : BigInt(options.start) * 1000n;
    if (options.hasPast) this.#wanted = this.#origin;
    this.#wasAsked = this.#wanted !== undefined;
  }

  /** Where the market stands; 0 before anything is known. */
  get time(): Micros {
    return this.#decoder.lastTime;
  }

  /** What is missing for good. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /** What the gateway said that ends nothing; of much of it the newest, after a line that says how many there were before. */
  get notices(): readonly string[] {
    const left = this.#noticesLeft;
    return left === 0 ? this.#notices : [say("and {0} more before these", left), ...this.#notices];
  }

  get dropped(): number {
    return this.#dropped + this.#records.dropped;
  }

  /** How many of the gateway's messages this program did not know. */
  get unknownMessages(): number {
    return this.#unknownMessages;
  }

  /** Whether the session has said what it sends. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  get isReplaying(): boolean {
    return this.#isPast || this.#replaysLeft > 0;
  }

  /** From where on history is to be asked before the next session, in nanoseconds; undefined where it need not be. Asking forgets it. */
  takeWanted(): bigint | undefined {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    return wanted;
  }

  /**
   * History begins, as a session of its own: what of it was seen is dropped.
   *
   * @param until nanoseconds; where it ends by the time of receipt
   * @param barMicros the length of its bars; 0 for trades
   */
  beginPast(until: bigint, barMicros: number): void {
    const start = this.#seen.resumeFrom;
    if (start !== undefined && !this.#isPast) this.#seen.expectRepeats(start);
    this.#isPast = true;
    this.#resumedAt = this.time;
    this.#seen.stopsAtHoles = false;
    this.#replace(new RecordStream(this.#seen, { end: Number(until / 1000n) - PAST_MARGIN - barMicros }));
  }

  /** Why no signal may be born; undefined when the stream is of now. */
  get problem(): string | undefined {
    if (this.#isSlow) return say("this computer reads slower than the market trades");
    if (this.#records.isAhead) return say("Databento's times are ahead of this computer's clock; set the clock");
    if (this.#halted.has(this.#instrument)) return say("trading is halted");
    return this.#options.timeliness.problem;
  }

  /** See `Timeliness.delay`. */
  get delay(): number | undefined {
    return this.#options.timeliness.delay;
  }

  /** Says once, among the gateway's words, what a person should know of this feed. */
  notice(text: string): void {
    if (this.#notices.includes(text)) return;
    this.#notices.push(text);
    if (this.#notices.length <= MOST_NOTICES) return;
    this.#notices.shift();
    this.#noticesLeft += 1;
  }

  /** Another session begins. Returns the nanoseconds from which it must replay; undefined: from now on. */
  begin(): bigint | undefined {
    const start = this.#seen.resumeFrom ?? this.#origin;
    this.#isPast = false;
    this.#seen.stopsAtHoles = this.#mayAsk;
    this.#replace(
      new RecordStream(this.#seen, this.#options.timeliness.isChecked ? {} : { gate: new TimeGate(this.time) }),
    );
    if (start !== undefined) this.#seen.expectRepeats(start);
    this.#replaysLeft = start === undefined ? 0 : this.#options.subscriptions;
    this.#marketReplayed = undefined;
    this.#resumedAt = this.time;
    this.#beats = 0;
    this.#isSlow = false;
    this.#hasStarted = false;
    this.#lastNotice = undefined;
    this.#options.timeliness.reset();
    return start;
  }

  /**
   * Takes a session's next bytes. Each list of events is valid until the next is asked for, and has to be asked for to the end.
   *
   * Throws `ConnectionEnded` when the session is of no more use, `FeedError` when no session would be.
   */
  *receive(bytes: Uint8Array, now: Micros): Generator<readonly EngineEvent[], void, undefined> {
    const latest = this.#options.timeliness.latestAt(now);
    for (const segment of this.#records.push(bytes, latest)) yield* this.#take(segment, now);
    // Of records that were all dropped nobody has told yet.
    if (!this.#records.isAhead || this.#told !== "caughtUp") return;
    this.#judge();
    yield this.#flush(this.time);
  }

  /** Everything that had arrived was read: whoever was slow no longer is. */
  *rested(): Generator<readonly EngineEvent[], void, undefined> {
    if (!this.#isSlow) return;
    this.#isSlow = false;
    this.#judge();
    yield this.#flush(this.time);
  }

  /**
   * The session ended for this reason: errors of which the last one never came are judged, and a gateway that closes without a
   * code has the last word. Returns the reason to tell; throws `FeedError` when no session would be of use.
   */
  reasonFor(end: ConnectionEnded): ConnectionEnded {
    try {
      for (const segment of this.#records.end()) if (segment.type === "error") this.#onError(segment.message);
    } catch (better) {
      if (better instanceof ConnectionEnded) return better;
      throw better;
    }
    if (this.#lastNotice === undefined) return end;
    const { message, wait, fault } = end;
    return new ConnectionEnded(say("{0}. {1}", message, this.#lastNotice), { wait, fault });
  }

  /** The connection is lost. */
  down(message: string): readonly EngineEvent[] {
    if (this.#told === "down") return [];
    this.#tell("down", message);
    return this.#flush(this.time);
  }

  *#take(segment: Segment, now: Micros): Generator<readonly EngineEvent[], void, undefined> {
    switch (segment.type) {
      case "metadata":
        yield this.#onMetadata(segment.metadata);
        break;
      case "records":
        yield this.#onRecords(segment.bytes, now);
        if (this.#isWaitingInVain) yield* this.#endReplay(now);
        break;
      case "status":
        if (segment.isTrading === false) this.#halted.add(segment.instrument);
        if (segment.isTrading === true) this.#halted.delete(segment.instrument);
        yield this.#onRecords(segment.bytes, now);
        break;
      case "message":
        yield* this.#onMessage(segment.message, segment.bytes, now);
        break;
      case "error":
        this.#onError(segment.message);
        break;
      case "hole":
        if (this.#seen.stopsAtHoles) throw this.#ask(say("The gateway does not replay all that was missed"));
        this.#miss(say("the replay no longer holds what was missed"), this.#resumedAt, segment.instrument);
        break;
      case "damage":
        throw unreadable(segment.cause);
      default:
        segment satisfies never;
    }
  }

  #onMetadata(metadata: Metadata): readonly EngineEvent[] {
    if (this.#metadata === undefined) {
      // One stream of many parts: whatever the first one's own mappings say comes as records, as in a live session.
      this.#metadata = { ...metadata, schema: undefined, stypeIn: undefined, symbols: [], mappings: [] };
      const bytes = encodeMetadata(this.#metadata);
      this.#options.tape.begin(bytes);
      this.#decoder.push(bytes);
    } else if (this.#metadata.tsOut !== metadata.tsOut) {
      throw new ConnectionEnded(say("The gateway changed the form of its records"), { fault: "unreadable" });
    }
    if (metadata.start > 0n) this.#origin ??= metadata.start;
    this.#hasStarted = true;
    this.#tell("up", undefined);
    this.#judge();
    const changes = this.#flush(this.time);
    const mappings = mappingRecords(metadata);
    return mappings.length === 0 ? changes : [...changes, ...this.#onRecords(mappings, 0 as Micros)];
  }

  #onRecords(bytes: Uint8Array, now: Micros): readonly EngineEvent[] {
    const before = this.time;
    const events = this.#decoder.push(bytes);
    this.#beats = 0;
    this.#instrument = lastInstrument(events) ?? this.#instrument;
    this.#noteLead(events);
    const moved = this.time > before;
    const first = firstTime(events) ?? (moved ? this.time : undefined);
    if (first !== undefined && before === 0) this.#noteStart(first);
    if (first !== undefined && this.#open.length > 0) this.#closeGaps(first);
    if (moved && !this.isReplaying) this.#options.timeliness.heard(this.time, now);
    this.#judge();
    const changes = this.#flush(before > 0 ? before : (first ?? before));
    this.#options.tape.write(bytes);
    return changes.length === 0 ? events : [...changes, ...events];
  }

  // A replay of nothing is no sign: who trades rarely may not have traded yet.
  #noteStart(first: Micros): void {
    const { start } = this.#options;
    if (start === undefined || !this.isReplaying || first - start <= LATEST_START) return;
    this.#miss(say("what was replayed of the trading day begins later than it"), start, undefined);
  }

  #noteLead(events: readonly EngineEvent[]): void {
    for (const event of events) {
      if (event.type !== "contract" || event.leads !== true) continue;
      const before = this.#lead;
      this.#lead = event.symbol;
      if (before === undefined || before === event.symbol) continue;
      this.notice(
        say("The roll: {0} takes the place of {1} at the next open without a position", event.symbol, before),
      );
    }
  }

  *#onMessage(
    message: GatewayMessage,
    bytes: Uint8Array,
    now: Micros,
  ): Generator<readonly EngineEvent[], void, undefined> {
    if (isHeartbeat(message)) {
      // A heartbeat before the replay is over would move the clock past the trades that it is still to bring.
      if (!this.isReplaying) yield this.#onRecords(bytes, now);
      else if (++this.#beats >= SILENT_BEATS && this.#seen.resumeFrom !== undefined) yield* this.#endReplay(now);
    } else if (message.code === SYSTEM.slowReader) {
      this.#isSlow = true;
      this.#judge();
      yield this.#flush(this.time);
    } else if (isReplayCompleted(message)) {
      if (!this.isReplaying) return;
      this.#replaysLeft -= 1;
      if (MARKET_REPLAYED.test(message.text)) this.#marketReplayed = this.time;
      if (!this.isReplaying) yield* this.#endReplay(now);
    } else if (message.code !== SYSTEM.subscriptionAck && message.code !== SYSTEM.endOfInterval) {
      this.#noteUnknown(this.#plain(message.text));
    }
  }

  #noteUnknown(text: string): void {
    this.#unknownMessages += 1;
    if (this.#unknown.has(text) || this.#unknown.size >= MOST_UNKNOWN) return;
    this.#unknown.add(text);
    this.#options.onMessage?.(text);
  }

  /** The gateway's words as they may be shown. */
  #plain(text: string): string {
    return oneLine(this.#options.redact(text));
  }

  /** Whether the market goes on, though of another schema nobody says that its replay is over: maybe it had nothing to replay. */
  get #isWaitingInVain(): boolean {
    return this.isReplaying && this.#marketReplayed !== undefined && this.time >= this.#marketReplayed + PATIENCE;
  }

  *#endReplay(now: Micros): Generator<readonly EngineEvent[], void, undefined> {
    this.#replaysLeft = 0;
    for (const segment of this.#records.settle()) yield* this.#take(segment, now);
    this.#judge();
    yield this.#flush(this.time);
  }

  #onError(message: GatewayMessage): void {
    const text = this.#plain(message.text);
    if (message.code === AGED_OUT) {
      if (this.#mayAsk) throw this.#ask(say("Databento's gateway can no longer replay what was missed"));
      const asked = this.time > 0 ? this.time : Number((this.#origin ?? 0n) / 1000n);
      this.#miss(say("the gateway no longer replays what was missed"), asked as Micros, undefined);
      this.#seen.forget();
      this.#origin = undefined;
      throw new ConnectionEnded(say("Databento can no longer replay what was missed; going on without it"), {
        wait: "short",
      });
    }
    const ending = endingOf(message.code, text);
    if (ending !== undefined) throw ending;
    const notice = noticeOf(message.code, text);
    this.#lastNotice = notice;
    this.notice(notice);
  }

  get #mayAsk(): boolean {
    return this.#options.hasPast && !this.#wasAsked;
  }

  /** Ends the session, to ask history before the next. */
  #ask(message: string): ConnectionEnded {
    this.#wanted = this.#seen.resumeFrom ?? this.#origin;
    this.#wasAsked = true;
    return new ConnectionEnded(say("{0}; asking Databento's history for it", message), { wait: "short" });
  }

  #miss(reason: string, from: Micros, instrument: number | undefined): void {
    if (this.#open.some((gap) => gap.instrument === undefined || gap.instrument === instrument)) return;
    this.#open.push({ instrument, from, reason });
  }

  #closeGaps(to: Micros): void {
    const open = this.#open;
    this.#open = [];
    for (const gap of open) {
      // Released records of the very instant do not mend a gap, and a gap does not go back.
      const until = Math.max(to, gap.from) as Micros;
      this.#gaps.push({ ...gap, to: until });
      const { from, instrument } = gap;
      const message = recordable(gap.reason);
      const of = instrument === undefined ? {} : { instrument };
      this.#untold.push({ type: "connection", state: "gap", from, to: until, ...of, message });
    }
  }

  #replace(records: RecordStream): void {
    this.#dropped += this.#records.dropped;
    this.#records = records;
  }

  /** Tells what the connection is worth, where that changed. */
  #judge(): void {
    if (!this.#hasStarted || this.#told === "down") return;
    if (this.isReplaying || this.#open.length > 0) this.#tell("up", undefined);
    else if (this.problem !== undefined) this.#tell("up", this.problem);
    else this.#tell("caughtUp", undefined);
    if (this.#told === "caughtUp") this.#wasAsked = false;
  }

  #tell(state: Link, message: string | undefined): void {
    if (state === this.#told) return;
    this.#told = state;
    this.#untold.push({
      type: "connection",
      state,
      ...(message === undefined ? {} : { message: recordable(message) }),
    });
  }

  /** What waited to be told, at `time`; nothing while the time of the market is not known. */
  #flush(time: number): readonly EngineEvent[] {
    if (this.#untold.length === 0 || time === 0) return [];
    const changes = this.#untold.map((change): ConnectionChange => {
      // A gap is told at its beginning: the engine must know of it before time moves through it.
      return { ...change, time: (change.from ?? time) as Micros };
    });
    this.#untold = [];
    const tsOut = this.#metadata?.tsOut ?? false;
    for (const change of changes) this.#options.tape.write(encodeConnection(change, tsOut));
    return changes;
  }
}

/** What the metadata of a file says of its ids, as the records by which a session says it. */
function mappingRecords(metadata: Metadata): Uint8Array {
  const records = announcementsOf(metadata).map(({ id, symbol, start }) =>
    encodeRecord({
      rtype: RTYPE.symbolMapping,
      instrument_id: id,
      ts_event: (BigInt(start) * 1000n).toString(),
      stype_in_symbol: symbol,
      stype_out_symbol: symbol,
      ...(metadata.tsOut ? { ts_out: "0" } : {}),
    }),
  );
  return new Uint8Array(Buffer.concat(records));
}

function isReplayCompleted({ code, text }: GatewayMessage): boolean {
  return code === SYSTEM.replayCompleted || (code === undefined && /replay/i.test(text));
}

function firstTime(events: readonly EngineEvent[]): Micros | undefined {
  for (const event of events) {
    if (event.type === "trades") return event.time[0] as Micros;
    if (event.type === "bar") return event.start;
    if (event.type === "clock" || event.type === "rejected") return event.time;
  }
  return undefined;
}

function lastInstrument(events: readonly EngineEvent[]): number | undefined {
  const last = events.findLast((event) => event.type === "trades" || event.type === "bar");
  if (last?.type === "trades") return last.instrument[last.count - 1];
  return last?.type === "bar" ? last.instrument : undefined;
}
