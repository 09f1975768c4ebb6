import type { Clock } from "../../src/feed/clock.js";
import { ApiKey } from "../../src/feed/databento/apiKey.js";
import { HistoricalClient } from "../../src/feed/databento/historical/historicalClient.js";
import type { RangeRequest } from "../../src/feed/databento/historical/rangeRequest.js";
import { concatBytes, metadata, START_NANOS, trade } from "./dbnBytes.js";
import { hurried } from "./fakeClock.js";
import type { HistoricalServer } from "./historicalServer.js";
import { zstdFrame } from "./zstdBytes.js";

/** A key that no one has; tests look for it wherever something is written. */
export const CANARY = "db-CaNaRy0123456789abcdefghijkLm";

/** Every form in which the key could leak. */
export const CANARY_FORMS: readonly string[] = [
  CANARY,
  Buffer.from(`${CANARY}:`).toString("base64"),
  Buffer.from(CANARY).toString("base64"),
  Buffer.from(CANARY).toString("base64url"),
  Buffer.from(CANARY).toString("hex"),
  Buffer.from(CANARY).toString("hex").toUpperCase(),
  CANARY.toUpperCase(),
  CANARY.toLowerCase(),
  CANARY.slice(-5),
];

/** One day of ESH4. */
export const DAY: RangeRequest = {
  dataset: "GLBX.MDP3",
  schema: "trades",
  symbols: ["ESH4"],
  stypeIn: "raw_symbol",
  start: START_NANOS,
  end: START_NANOS + 86_400_000_000_000n,
};

/** What Databento answers for `DAY`: a frame with the metadata, then one with `count` trades, a second apart. */
export function dayBytes(count = 50, fields: Parameters<typeof metadata>[0] = {}): Uint8Array {
  const trades = Array.from({ length: count }, (_, second) => trade({ seconds: second, size: second + 1 }));
  return concatBytes(zstdFrame(metadata({ end: DAY.end, ...fields })), zstdFrame(concatBytes(...trades)));
}

export function clientOf(server: HistoricalServer, notes: string[] = [], clock: Clock = hurried()): HistoricalClient {
  const note = (text: string) => void notes.push(text);
  return new HistoricalClient({ key: ApiKey.parse(CANARY), address: server.address, clock, note });
}
