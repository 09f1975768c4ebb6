import { type LiveWishes, liveOptions } from "../app/liveOptions.js";
import type { EngineEvent } from "../core/events.js";
import type { TradeBatch } from "../core/market.js";
import { historicalAddress } from "../feed/databento/historical/address.js";
import { parseGateway, requireDataset } from "../feed/databento/live/gatewayAddress.js";
import type { LiveHealth } from "../feed/databento/live/health.js";
import { LiveFeed } from "../feed/databento/live/liveFeed.js";
import { LIVE_SCHEMAS } from "../feed/databento/live/subscription.js";
import type { Feed } from "../feed/feed.js";
import { FeedError } from "../feed/feedError.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { environmentKey } from "./environmentKey.js";
import { PLAY_OPTIONS, play } from "./play.js";
import { readSettings } from "./readSettings.js";
import { UsageError } from "./usageError.js";

/** `live`: the market as it happens, from Databento. */
export const live: Command = {
  summary: "Follow the market live from Databento; the key is read from DATABENTO_API_KEY",
  usage:
    "[--symbols S] [--stype-in T] [--dataset D] [--schema S] [--gateway HOST:PORT] [--history URL] [--limit N] [--settings FILE] [--data FOLDER] [--paper] [--json]",
  options: {
    symbols: ["S", "symbols, parted by commas; without it the contract of the settings"],
    "stype-in": ["T", "how symbols are read: raw_symbol, continuous, parent or instrument_id"],
    dataset: ["D", "dataset, such as GLBX.MDP3"],
    schema: ["S", `one of ${LIVE_SCHEMAS.join(", ")}`],
    gateway: ["HOST:PORT", "one of Databento's gateways, or one on this computer"],
    history: ["URL", "a server on this computer in the place of Databento's history, for tests"],
    limit: ["N", "end after so many trades, or bars"],
    ...PLAY_OPTIONS,
  },
  async run(args: Arguments, terminal: Terminal) {
    args.noFiles();
    const limit = args.number("limit", { min: 1, max: 1e12, whole: true });
    const wishes = asUsage(() => wishesOf(args));
    const settings = await readSettings(args.text("settings"));
    const folder = args.text("data");
    if (settings.live.record && folder === undefined) {
      throw new UsageError('The setting "live.record" needs a data folder: name one with --data FOLDER');
    }
    const key = environmentKey(terminal);
    const { log, now } = terminal;
    const options = liveOptions(settings, () => key, { wishes, folder, log, now });
    const live = asUsage(() => new LiveFeed({ ...options, onHealth: teller(terminal) }));
    const feed = limit === undefined ? live : limited(live, limit);
    await play({ kind: "live", settings, feed: () => feed }, args, terminal);
  },
};

function wishesOf(args: Arguments): LiveWishes {
  const gateway = args.text("gateway");
  const dataset = args.text("dataset");
  const schema = args.text("schema");
  const history = args.text("history");
  if (dataset !== undefined) requireDataset(dataset);
  const known = LIVE_SCHEMAS.find((name) => name === schema);
  if (schema !== undefined && known === undefined) {
    throw new UsageError(`"--schema ${schema}" must be one of ${LIVE_SCHEMAS.join(", ")}`);
  }
  return {
    gateway: gateway === undefined ? undefined : parseGateway(gateway),
    dataset,
    schema: known,
    symbols: args.text("symbols")?.split(","),
    stypeIn: args.text("stype-in"),
    history: history === undefined ? undefined : historicalAddress(history).href,
  };
}

/** Options that cannot be are wrong usage. */
function asUsage<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof FeedError) throw new UsageError(error.message);
    throw error;
  }
}

/** Says what a person should know of the connection; what the engine saw of it stands among the outputs. */
function teller({ log }: Terminal): (health: LiveHealth) => void {
  const told = new Set<string>();
  return ({ state, message, notices }) => {
    for (const notice of notices) {
      if (!told.has(notice)) log.warn(notice);
      told.add(notice);
    }
    if (state === "backoff" || state === "stale") log.warn(message ?? state);
    else if (state === "live") log.info("Live");
  };
}

/** The same feed, ended after `limit` trades or bars. */
function limited(feed: Feed, limit: number): Feed {
  return {
    async *events(stop) {
      let left = limit;
      for await (const events of feed.events(stop)) {
        const taken: EngineEvent[] = [];
        for (const event of events) {
          if (left === 0) break;
          const count = event.type === "trades" ? event.count : event.type === "bar" ? 1 : 0;
          taken.push(event.type === "trades" && count > left ? first(event, left) : event);
          left = Math.max(0, left - count);
        }
        yield taken;
        if (left === 0) return;
      }
    },
  };
}

function first(batch: TradeBatch, count: number): TradeBatch {
  return { ...batch, count };
}
