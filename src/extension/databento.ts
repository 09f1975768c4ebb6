import { parseSettings } from "../app/settings.js";
import { ApiKey } from "../feed/databento/apiKey.js";
import { HistoricalError } from "../feed/databento/historical/failure.js";
import { HistoricalClient } from "../feed/databento/historical/historicalClient.js";
import { oneLine } from "./notices.js";
import type { RunHost } from "./openRun.js";

/*
 * The one place where the text of the key becomes something that signs in. Imported when it is first needed.
 */

/** Whoever is asked to pay, or refused one thing, was recognized first. */
const RECOGNIZED: ReadonlySet<number> = new Set([402, 403, 404, 422]);

/** What Databento said of a key. */
export type KeyTrial =
  /** It knows the key; a note says what it does not let its owner have. */
  | { readonly verdict: "accepted"; readonly note: string | undefined }
  | { readonly verdict: "refused" | "unknown"; readonly reason: string };

/** Why a text cannot be a key; undefined when it can. The sentence does not hold the text. */
export function keyProblem(text: string): string | undefined {
  try {
    ApiKey.parse(text);
    return undefined;
  } catch (error) {
    return oneLine(error);
  }
}

/** The key of the live gateway. */
export function liveKey(text: string): ApiKey {
  return ApiKey.parse(text);
}

/**
 * A client of the historical API.
 *
 * @param note told what a person should know on the way, such as a wait
 */
export function historicalClient(text: string, host: RunHost, note: (text: string) => void): HistoricalClient {
  return new HistoricalClient({ key: ApiKey.parse(text), ...host.loopback?.historical, note });
}

/** Asks Databento one cheap thing by this key: what it has of the live feed's dataset. Undefined when it was stopped before. */
export async function tryKey(
  text: string,
  host: RunHost,
  tell: (text: string) => void,
  stop: AbortSignal,
): Promise<KeyTrial | undefined> {
  const { dataset, schema } = parseSettings(host.settings).live;
  try {
    await historicalClient(text, host, tell).available(dataset, schema, stop);
    return { verdict: "accepted", note: undefined };
  } catch (error) {
    if (stop.aborted) return undefined;
    if (!(error instanceof HistoricalError)) throw error;
    const { status } = error.facts;
    if (status === 401) return { verdict: "refused", reason: error.message };
    if (RECOGNIZED.has(status)) return { verdict: "accepted", note: error.message };
    return { verdict: "unknown", reason: error.message };
  }
}
