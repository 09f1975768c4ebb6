import { liveOptions } from "../app/liveOptions.js";
import type { Log } from "../app/log.js";
import { parseSettings, type Settings } from "../app/settings.js";
import type { EngineEvent } from "../core/events.js";
import { say } from "../core/say.js";
import type { Micros } from "../core/units.js";
import { REAL_CLOCK } from "../feed/clock.js";
import type { ApiKey } from "../feed/databento/apiKey.js";
import { parseGateway } from "../feed/databento/live/gatewayAddress.js";
import type { LiveHealth, LiveState } from "../feed/databento/live/health.js";
import { LiveFeed } from "../feed/databento/live/liveFeed.js";
import type { Feed } from "../feed/feed.js";
import { FeedError } from "../feed/feedError.js";
import { liveKey } from "./databento.js";
import type { FeedStanding } from "./feedWords.js";
import { resultsFolder } from "./folders.js";
import { KEYS_PAGE } from "./notices.js";
import { type Opening, type OpenRun, openFolder, type PreparedRun, type RunHost } from "./openRun.js";

/**
 * Prepares the live market, of the contract that the settings name or the one with the most volume, in the data folder itself.
 *
 * @returns undefined when it was stopped meanwhile
 */
export async function prepareLive(
  paper: boolean,
  host: RunHost,
  { sinks, stop, changed }: Opening,
): Promise<PreparedRun | undefined> {
  const settings = parseSettings(host.settings);
  const key = await readKey(host);
  if (stop.aborted) return undefined;
  const place = { market: "live", folder: resultsFolder(host, paper), paper } as const;
  const watch = new FeedWatch({ settings, folder: place.folder, key, host, changed });
  return {
    place,
    open: async () => {
      const open = await openFolder(place, settings, host, sinks);
      return {
        ...open,
        feed: watch,
        feedStanding: () => watch.standing(),
        close: () => open.close(),
      } satisfies OpenRun;
    },
  };
}

async function readKey(host: RunHost): Promise<ApiKey> {
  const text = await host.key.read();
  if (text !== undefined) return liveKey(text);
  throw new FeedError(
    say('There is no Databento key: set it with "Volume Cluster: Set Databento API Key"; it is made at {0}', KEYS_PAGE),
    { retriable: false },
  );
}

const LOOK_MS = 1000;
const CONNECTED = say("The live feed is connected");

interface WatchOptions {
  readonly settings: Settings;
  readonly folder: string;
  readonly key: ApiKey;
  readonly host: RunHost;
  readonly changed: () => void;
}

/** The live feed, and how it is. A new key begins a new session; a key that is cleared ends the feed. */
class FeedWatch implements Feed {
  readonly #host: RunHost;
  readonly #changed: () => void;
  readonly #feed: LiveFeed;
  readonly #log: Log;
  #key: ApiKey;
  #attempt = 0;
  #lastTradeAt: Micros | undefined;
  #seen: LiveState | undefined;
  #said: string | undefined;
  #ending: FeedError | undefined;

  /** @throws FeedError when the settings make no feed */
  constructor({ settings, folder, key, host, changed }: WatchOptions) {
    this.#host = host;
    this.#log = host.log;
    this.#key = key;
    this.#changed = changed;
    this.#feed = this.#feedOf(settings, folder);
  }

  standing(): FeedStanding {
    return { health: this.#feed.health, attempt: this.#attempt, lastTradeAt: this.#lastTradeAt };
  }

  async *events(stop: AbortSignal): AsyncGenerator<readonly EngineEvent[], void, undefined> {
    const ended = new AbortController();
    const listener = this.#host.key.onDidChange(() => void this.#takeKey(ended));
    const stopLooking = this.#look();
    try {
      for await (const events of this.#feed.events(AbortSignal.any([stop, ended.signal]))) {
        this.#lastTradeAt = lastTradeOf(events) ?? this.#lastTradeAt;
        yield events;
      }
    } finally {
      stopLooking();
      listener.dispose();
    }
    if (this.#ending !== undefined) throw this.#ending;
  }

  // The one place where live data are asked for.
  #feedOf(settings: Settings, folder: string): LiveFeed {
    const { gateway, live } = this.#host.loopback ?? {};
    const wishes = gateway === undefined ? {} : { gateway: parseGateway(gateway) };
    const options = liveOptions(settings, () => this.#key, { wishes, folder, log: this.#log });
    return new LiveFeed({ ...options, ...live, onHealth: (health) => this.#onHealth(health) });
  }

  /** Looks each second: a feed that falls silent tells nobody. */
  #look(): () => void {
    const clock = this.#host.loopback?.live?.clock ?? REAL_CLOCK;
    const look = () => {
      cancel = clock.after(LOOK_MS, look);
      const { health } = this.#feed;
      if (health.state !== this.#seen) this.#onHealth(health);
    };
    let cancel = clock.after(LOOK_MS, look);
    return () => cancel();
  }

  #onHealth({ state, message }: LiveHealth): void {
    this.#seen = state;
    if (state === "connecting") this.#attempt += 1;
    if (state === "live" || state === "closedMarket" || state === "stale") this.#attempt = 0;
    this.#say(state, message ?? (state === "live" ? CONNECTED : undefined));
    this.#changed();
  }

  /** Transitions go to the log, never to a message; what ends the feed is told by whoever runs it. */
  #say(state: LiveState, line: string | undefined): void {
    // How long it has been silent is no news.
    const news = line?.replace(/\d+ s\b/g, "");
    if (line === undefined || news === this.#said || state === "fatal" || state === "ended") return;
    this.#said = news;
    if (line === CONNECTED) this.#log.info(line);
    else this.#log.warn(line);
  }

  /** Of a key that has changed, here or in another window. */
  async #takeKey(ended: AbortController): Promise<void> {
    try {
      const text = await this.#host.key.read();
      if (text !== undefined) {
        this.#key = liveKey(text);
        this.#feed.renew(say("the key was changed"));
        return;
      }
      this.#ending = new FeedError(say("The Databento key was cleared, so the live feed has ended"), {
        retriable: false,
      });
    } catch (error) {
      this.#ending = new FeedError(error instanceof Error ? error.message : String(error), { retriable: false });
    }
    ended.abort();
  }
}

function lastTradeOf(events: readonly EngineEvent[]): Micros | undefined {
  const last = events.findLast((event) => event.type === "trades" || event.type === "bar");
  if (last?.type === "trades") return last.time[last.count - 1] as Micros | undefined;
  return last?.type === "bar" ? last.end : undefined;
}
