import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { say } from "../core/say.js";
import { MICROS_PER_DAY, type Micros } from "../core/units.js";
import type { ApiKey } from "../feed/databento/apiKey.js";
import { contractsByDate } from "../feed/databento/historical/contractByDate.js";
import { dayFiles } from "../feed/databento/historical/dayFiles.js";
import { dollars } from "../feed/databento/historical/download.js";
import { HistoricalClient } from "../feed/databento/historical/historicalClient.js";
import type { AskPast, Past } from "../feed/databento/live/past.js";
import type { Subscription } from "../feed/databento/live/subscription.js";
import { FeedError } from "../feed/feedError.js";
import type { Log } from "./log.js";
import { newYorkTime } from "./times.js";

/** Whose past is asked for, and what it may cost. */
export interface MarketPastOptions {
  readonly key: () => ApiKey;
  readonly dataset: string;
  readonly market: Subscription;
  /** Where the feed begins: from there on the contract of now is asked for, from elsewhere on all that there were. */
  readonly start: Micros | undefined;
  /** US dollars that one question may cost. */
  readonly maxCost: number;
  /** Where what was paid for is kept; undefined: nowhere. */
  readonly folder: string | undefined;
  readonly log: Log;
  readonly now: () => Micros;
  /** Undefined: Databento; else a server on this machine, for tests. */
  readonly address?: string | undefined;
}

const GOING_ON = "The gateway is asked to replay it instead";

/**
 * The past of a live feed's market from Databento's historical API. What it costs is asked first and never above the limit, and
 * what was paid for once is kept. Where it cannot be had, the log says why.
 */
export function marketPast(options: MarketPastOptions): AskPast {
  return async (from, stop) => {
    const { log, now } = options;
    try {
      return await asked(from, now(), options, stop);
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      const since = newYorkTime(microsOf(from));
      if (!stop.aborted) log.warn(`Databento's history since ${since} cannot be had: ${error.message}. ${GOING_ON}`);
      return undefined;
    }
  };
}

async function asked(
  from: bigint,
  now: Micros,
  options: MarketPastOptions,
  stop: AbortSignal,
): Promise<Past | undefined> {
  const { key, dataset, market, maxCost, log, address } = options;
  const client = new HistoricalClient({
    key: key(),
    note: (text) => log.warn(text),
    ...(address === undefined ? {} : { address }),
  });
  const symbols = await contractsOf(client, from, now, options, stop);
  const request = { dataset, schema: market.schema, symbols, stypeIn: "raw_symbol", start: from, end: nanosOf(now) };
  const { folder, release } = await folderOf(options.folder);
  const found = await dayFiles(client, request, {
    folder,
    maxCost,
    stop,
    onCost: (cost) => {
      const since = newYorkTime(microsOf(from));
      log.info(`Databento's history of ${symbols.join(", ")} since ${since} costs ${dollars(cost)}: downloading it`);
      return true;
    },
  }).catch(async (error) => {
    await release();
    throw error;
  });
  if (found.files.length > 0) {
    log.info(`The past is there until ${newYorkTime(microsOf(found.until))}; the gateway replays the rest`);
    return { ...found, release };
  }
  await release();
  log.warn(`Databento's history does not reach ${newYorkTime(microsOf(from))} yet. ${GOING_ON}`);
  return undefined;
}

/** Raw symbols, because history names a continuous one by that symbol alone and an id. */
async function contractsOf(
  client: HistoricalClient,
  from: bigint,
  now: Micros,
  { dataset, market, start }: MarketPastOptions,
  stop: AbortSignal,
): Promise<readonly string[]> {
  const { stypeIn, symbols } = market;
  if (stypeIn === "raw_symbol") return symbols;
  if (stypeIn !== "continuous") {
    throw new FeedError(say("it is asked for by contract, not by {0}", stypeIn), { retriable: false });
  }
  const dates = { start: dateOf(microsOf(from)), end: dateOf((now + MICROS_PER_DAY) as Micros) };
  const contracts = new Set<string>();
  for (const symbol of symbols) {
    const pieces = await contractsByDate(client, { dataset, symbol, ...dates }, stop);
    const isStart = start !== undefined && from === nanosOf(start);
    for (const piece of isStart ? pieces.slice(-1) : pieces) contracts.add(piece.symbol);
  }
  return [...contracts];
}

async function folderOf(
  kept: string | undefined,
): Promise<{ readonly folder: string; readonly release: () => Promise<void> }> {
  if (kept !== undefined) return { folder: kept, release: async () => undefined };
  const folder = await mkdtemp(join(tmpdir(), "volume-cluster-history-"));
  return { folder, release: () => rm(folder, { recursive: true, force: true }) };
}

function dateOf(time: Micros): string {
  return new Date(Math.floor(time / 1000)).toISOString().slice(0, 10);
}

function nanosOf(time: Micros): bigint {
  return BigInt(time) * 1000n;
}

function microsOf(nanos: bigint): Micros {
  return Number(nanos / 1000n) as Micros;
}
