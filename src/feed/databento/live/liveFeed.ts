import { setImmediate } from "node:timers/promises";
import type { EngineEvent } from "../../../core/events.js";
import { checkFresh } from "../../../core/guards/freshness.js";
import { refused } from "../../../core/guards/verdict.js";
import { say } from "../../../core/say.js";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros } from "../../../core/units.js";
import { type Clock, REAL_CLOCK, sleep } from "../../clock.js";
import type { Feed } from "../../feed.js";
import { readFileBytes } from "../../fileBytes.js";
import type { TickSizes } from "../../tickSizes.js";
import type { ApiKey } from "../apiKey.js";
import { Backoff } from "./backoff.js";
import { ClockGuard } from "./clockGuard.js";
import { ConnectionEnded } from "./connectionEnded.js";
import { addressText, type GatewayAddress, gatewayOf, requireDataset } from "./gatewayAddress.js";
import { GatewayConnection } from "./gatewayConnection.js";
import { Handshake } from "./handshake.js";
import type { LiveHealth, LiveState } from "./health.js";
import { Hopeless } from "./hopeless.js";
import { MarketStream } from "./marketStream.js";
import type { AskPast } from "./past.js";
import { requireSubscription, START_LINE, type Subscription, subscriptionLines } from "./subscription.js";
import { NO_TAPE, type Tape } from "./tape.js";
import { Timeliness } from "./timeliness.js";

/** What a live feed connects to and how. */
export interface LiveOptions {
  /** Asked at each sign-in, so that a new key counts from the next session on; `renew` begins one. */
  readonly key: () => ApiKey;
  readonly dataset: string;
  /** What is subscribed to; the first is the market, another one may be `status`. */
  readonly subscriptions: readonly Subscription[];
  /** `tickSizesOf(settings.instruments)` */
  readonly tickSizes: TickSizes;
  /** Name and version of the program, such as "volume-cluster-workbench/1.0.0". */
  readonly client: string;
  /** Undefined: the dataset's own. */
  readonly gateway?: GatewayAddress;
  /** Begin with the past from here on: from history, or by a replay of the gateway, which reaches back 24 hours at most. */
  readonly start?: Micros;
  /** Asked for the past from `start` on, and for what a gateway no longer replays; without it there is no history. */
  readonly past?: AskPast;
  /** Seconds of silence, and of age, after which the data are stale; default and least 6: a heartbeat's interval and a second. */
  readonly staleSeconds?: number;
  /** Whether the market is open; without it, it always is. */
  readonly isOpen?: (now: Micros) => boolean;
  /** When to begin a new session, so that continuous symbols mean the contract of the day; undefined: never. */
  readonly renewAt?: (now: Micros) => Micros | undefined;
  readonly tape?: Tape;
  /** What a person should know when a session begins, such as a roll that is near; said once each. */
  readonly notices?: (now: Micros) => readonly string[];
  /** Called with each message of the gateway that this program does not know: a text once, of many the first; for a log. */
  readonly onMessage?: (text: string) => void;
  /** Called whenever `health` changes by more than its times. */
  readonly onHealth?: (health: LiveHealth) => void;
  readonly clock?: Clock;
  /** A number of [0, 1), for waits. */
  readonly random?: () => number;
  /** Whether the gateway's times are compared with the computer's clock; default: unless it is this computer. */
  readonly checksClock?: boolean;
}

const HEARTBEAT_SECONDS = 5;
/** A gateway sends heartbeats every 5 s at the most often, so less than that and a second would take a quiet market for a dead one. */
const LEAST_STALE_SECONDS = HEARTBEAT_SECONDS + 1;
const CONNECT_MS = 10_000;
const SIGN_IN_MS = 30_000;
/** How long a stream may take to say what it holds, before its first record. */
const BEGIN_MS = 30_000;
/** After an interval of heartbeats and 5 s without a byte, the connection is dead. */
const DEAD_MS = (HEARTBEAT_SECONDS + 5) * 1000;
const TICK_MS = 1000;
/** Bytes after which everyone else has a turn: a piece of a socket. */
const TURN_BYTES = 65_536;

/**
 * A live feed from Databento's gateway: connects, signs in, subscribes, and goes on until it is stopped, over any number of
 * lost connections. A new session begins at the last event, so nothing is lost and nothing comes twice; what cannot be had any
 * more is a `gap`.
 *
 * Throws `FeedError` for options that cannot be; its events throw it when no further try can help (a key that is refused, a
 * subscription that is not allowed, a host that is no gateway, a newer DBN than this program reads).
 */
export class LiveFeed implements Feed {
  readonly #options: LiveOptions;
  readonly #clock: Clock;
  readonly #address: GatewayAddress;
  readonly #staleSeconds: number;
  #stream: MarketStream | undefined;
  #connection: GatewayConnection | undefined;
  #state: LiveState = "idle";
  #message: string | undefined;
  #retryAt: Micros | undefined;
  #heardAt: Micros | undefined;
  #sessions = 0;
  #told = "";

  constructor(options: LiveOptions) {
    requireDataset(options.dataset);
    for (const subscription of options.subscriptions) requireSubscription(subscription);
    this.#options = options;
    this.#clock = options.clock ?? REAL_CLOCK;
    this.#address = options.gateway ?? gatewayOf(options.dataset);
    this.#staleSeconds = options.staleSeconds ?? LEAST_STALE_SECONDS;
  }

  /** How the feed is now; whether it is stale is found out when it is asked. */
  get health(): LiveHealth {
    const stream = this.#stream;
    const { state, message } = this.#standing(stream);
    return {
      state,
      message,
      lastEventAt: stream === undefined || stream.time === 0 ? undefined : stream.time,
      lastHeardAt: this.#heardAt,
      clockDelay: stream?.delay,
      staleSeconds: this.#staleSeconds,
      retryAt: this.#retryAt,
      reconnects: Math.max(0, this.#sessions - 1),
      gaps: [...(stream?.gaps ?? [])],
      notices: [...(stream?.notices ?? [])],
      dropped: stream?.dropped ?? 0,
      unknownMessages: stream?.unknownMessages ?? 0,
    };
  }

  /** Ends the present session and begins another at once, where it was: for a new key, or after the network changed. */
  renew(reason = say("a new session was asked for")): void {
    this.#connection?.fail(new ConnectionEnded(reason, { wait: "short" }), true);
  }

  async *events(stop: AbortSignal): AsyncGenerator<readonly EngineEvent[], void, undefined> {
    const { tape = NO_TAPE } = this.#options;
    const stream = this.#open(tape);
    const onStop = () => this.renew("stopped");
    stop.addEventListener("abort", onStop);
    try {
      yield* this.#sessionsOf(stream, stop);
      this.#enter("ended");
    } catch (error) {
      this.#enter("fatal", error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      stop.removeEventListener("abort", onStop);
      tape.close();
      if (this.#state !== "fatal") this.#enter("ended");
    }
  }

  #open(tape: Tape): MarketStream {
    const { tickSizes, start, past, subscriptions, key, checksClock, onMessage } = this.#options;
    this.#stream = new MarketStream({
      tickSizes,
      start,
      subscriptions: subscriptions.length,
      timeliness: new Timeliness({
        limitSeconds: this.#staleSeconds,
        isChecked: checksClock ?? !this.#address.loopback,
      }),
      tape,
      hasPast: past !== undefined,
      redact: (text) => key().redact(text),
      onMessage,
    });
    return this.#stream;
  }

  async *#sessionsOf(stream: MarketStream, stop: AbortSignal): AsyncGenerator<readonly EngineEvent[]> {
    const backoff = new Backoff(this.#options.random ?? Math.random);
    const hopeless = new Hopeless(addressText(this.#address));
    while (!stop.aborted) {
      const before = stream.time;
      let began = this.#clock.mono();
      let end: ConnectionEnded;
      try {
        yield* this.#recall(stream, stop);
        if (stop.aborted) return;
        began = this.#clock.mono();
        end = yield* this.#session(stream, stop);
      } catch (error) {
        if (!(error instanceof ConnectionEnded)) throw error;
        end = error;
      }
      if (stop.aborted) return;
      const failure = hopeless.after(end, stream.time > before);
      if (failure !== undefined) throw failure;
      const ms = backoff.next(end.wait, this.#state === "live" ? this.#clock.mono() - began : 0);
      this.#retryAt = (this.#clock.wall() + ms * 1000) as Micros;
      this.#enter("backoff", say("{0}; next try in {1} s", end.message, Math.round(ms / 1000)));
      const events = stream.down(end.message);
      if (events.length > 0) yield events;
      await sleep(this.#clock, ms, stop);
      this.#retryAt = undefined;
    }
  }

  /** What history holds of what the stream lacks. */
  async *#recall(stream: MarketStream, stop: AbortSignal): AsyncGenerator<readonly EngineEvent[], void, undefined> {
    const from = stream.takeWanted();
    if (from === undefined) return;
    this.#enter("replaying", say("Databento's history is asked for what came before"));
    const past = await this.#options.past?.(from, stop);
    if (past === undefined) return;
    try {
      for (const path of past.files) {
        stream.beginPast(past.until, barMicrosOf(this.#options.subscriptions));
        for await (const bytes of readFileBytes(path)) {
          if (stop.aborted) return;
          for (const events of stream.receive(bytes, this.#clock.wall())) if (events.length > 0) yield events;
          await setImmediate();
        }
      }
    } finally {
      await past.release();
    }
  }

  /** One connection, until it ends. */
  async *#session(
    stream: MarketStream,
    stop: AbortSignal,
  ): AsyncGenerator<readonly EngineEvent[], ConnectionEnded, undefined> {
    this.#enter("connecting");
    const connection = new GatewayConnection(this.#address, this.#clock);
    this.#connection = connection;
    const stopWatching = this.#watch(connection);
    if (stop.aborted) connection.fail(new ConnectionEnded("stopped"), true);
    try {
      await connection.connected(CONNECT_MS);
      const rest = await this.#signIn(connection);
      this.#enter("subscribing");
      this.#subscribe(connection, stream.begin());
      this.#sessions += 1;
      for (const text of this.#options.notices?.(this.#clock.wall()) ?? []) stream.notice(text);
      yield* this.#read(stream, rest);
      const until = this.#clock.mono() + BEGIN_MS;
      let unyielded = 0;
      for (;;) {
        if (!connection.hasWaiting) yield* stream.rested();
        const bytes = await connection.read(DEAD_MS);
        unyielded += bytes.length;
        yield* this.#read(stream, bytes);
        if (!stream.hasStarted && this.#clock.mono() > until) throw neverBegins();
        // A turn of the event loop for everyone else, also while much is waiting: a socket brings many pieces within one.
        if (connection.hasWaiting || unyielded >= TURN_BYTES) {
          await setImmediate();
          unyielded = 0;
        }
      }
    } catch (error) {
      if (!(error instanceof ConnectionEnded)) throw error;
      return stream.reasonFor(error);
    } finally {
      stopWatching();
      this.#connection = undefined;
      connection.destroy();
    }
  }

  async #signIn(connection: GatewayConnection): Promise<Uint8Array> {
    this.#enter("authenticating");
    const { key, dataset, client, subscriptions } = this.#options;
    const handshake = new Handshake({
      key: key(),
      dataset,
      client,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      slowReader: subscriptions.some(({ schema }) => schema === "mbp-1") ? "warn" : undefined,
    });
    const until = this.#clock.mono() + SIGN_IN_MS;
    try {
      while (!handshake.done) {
        const bytes = await connection.read(Math.max(0, until - this.#clock.mono()));
        for (const line of handshake.receive(bytes)) connection.write(line);
      }
    } catch (error) {
      if (!(error instanceof ConnectionEnded) || !handshake.looksForeign) throw error;
      throw new ConnectionEnded(say("{0}, without the greeting of a Databento gateway", error.message), {
        fault: "foreign",
      });
    }
    return handshake.rest;
  }

  #subscribe(connection: GatewayConnection, start: bigint | undefined): void {
    this.#options.subscriptions.forEach((subscription, index) => {
      for (const line of subscriptionLines(subscription, index + 1, start)) connection.write(line);
    });
    connection.write(START_LINE);
  }

  *#read(stream: MarketStream, bytes: Uint8Array): Generator<readonly EngineEvent[], void, undefined> {
    this.#heardAt = this.#clock.wall();
    for (const events of stream.receive(bytes, this.#heardAt)) if (events.length > 0) yield events;
    if (stream.hasStarted) this.#enter(stream.isReplaying ? "replaying" : "live");
  }

  /** Looks each second whether time jumped, and whether a new session is due. */
  #watch(connection: GatewayConnection): () => void {
    const clock = this.#clock;
    const guard = new ClockGuard(clock);
    const due = this.#options.renewAt?.(clock.wall());
    let cancel = clock.after(TICK_MS, tick);
    return () => cancel();

    function tick(): void {
      cancel = clock.after(TICK_MS, tick);
      const isDue = due !== undefined && clock.wall() >= due;
      // What waited while the computer slept is old: it is asked for again, and comes marked as a replay.
      if (guard.jumped()) fail(say("this computer slept, or its clock was set"));
      else if (isDue) fail(say("a new session begins each day"));
    }
    function fail(reason: string): void {
      connection.fail(new ConnectionEnded(reason, { wait: "short" }), true);
    }
  }

  #standing(stream: MarketStream | undefined): { readonly state: LiveState; readonly message: string | undefined } {
    const { isOpen = () => true } = this.#options;
    if (this.#state !== "live") return { state: this.#state, message: this.#message };
    const now = this.#clock.wall();
    const isMarketOpen = isOpen(now);
    const fresh = checkFresh({ lastHeard: this.#heardAt, inSession: true, limitSeconds: this.#staleSeconds }, { now });
    const problem = refused(fresh) ?? stream?.problem;
    if (!isMarketOpen) return { state: "closedMarket", message: undefined };
    return problem === undefined
      ? { state: "live", message: stream?.notices.at(-1) }
      : { state: "stale", message: problem };
  }

  #enter(state: LiveState, message?: string): void {
    this.#state = state;
    this.#message = message;
    const { onHealth } = this.#options;
    if (onHealth === undefined) return;
    const health = this.health;
    const told = JSON.stringify([health.state, health.message, health.gaps.length, health.notices]);
    if (told === this.#told) return;
    this.#told = told;
    onHealth(health);
  }
}

/** How long the bars are that the market comes in; 0 for trades. */
function barMicrosOf([market]: readonly Subscription[]): number {
  if (market?.schema === "ohlcv-1m") return MICROS_PER_MINUTE;
  return market?.schema === "ohlcv-1s" ? MICROS_PER_SECOND : 0;
}

function neverBegins(): ConnectionEnded {
  const seconds = BEGIN_MS / 1000;
  return new ConnectionEnded(say("The gateway did not say within {0} s what it sends", seconds), {
    fault: "unreadable",
  });
}
