import { say } from "../core/say.js";
import { conditionLine } from "../feed/databento/conditions.js";
import type { HistoricalClient, Span } from "../feed/databento/historical/historicalClient.js";
import { isoNanos, nanosIso } from "../feed/databento/historical/isoNanos.js";
import type { RangeRequest } from "../feed/databento/historical/rangeRequest.js";
import { FeedError } from "../feed/feedError.js";

const NANOS_PER_DAY = 86_400_000_000_000n;
const DAYS = /^(\d{4}-\d{2}-\d{2})(?:(?:\s+|\s*(?:to|\.\.)\s*)(\d{4}-\d{2}-\d{2}))?$/;

/** Whole days in UTC, `[start, end)` in nanoseconds. */
export type DayRange = Pick<RangeRequest, "start" | "end">;

/** Reads `2025-06-09`, or the first and the last of several days: `2025-06-09 to 2025-06-13`. Undefined for other text. */
export function dayRange(text: string): DayRange | undefined {
  const [, first = "", last = first] = DAYS.exec(text.trim()) ?? [];
  const start = isoNanos(first);
  const begin = isoNanos(last);
  if (start === undefined || begin === undefined || begin < start) return undefined;
  return { start, end: begin + NANOS_PER_DAY };
}

/** What kind the symbols of a request are of, by their look: `ES.v.0`, `ES.FUT`, else the contract's own symbol. */
export function kindOfSymbols(symbols: readonly string[]): string {
  if (symbols.every((symbol) => /\.[cnv]\.\d+$/.test(symbol))) return "continuous";
  return symbols.every((symbol) => /\.(FUT|OPT)$/.test(symbol)) ? "parent" : "raw_symbol";
}

/**
 * The part of a range that this account may have.
 *
 * @param note told when it is only a part
 * @throws FeedError when Databento has nothing of it
 */
export async function rangeToHave(
  client: HistoricalClient,
  request: RangeRequest,
  stop: AbortSignal,
  note: (text: string) => void,
): Promise<RangeRequest> {
  const has = await client.available(request.dataset, request.schema, stop);
  const start = request.start < has.start ? has.start : request.start;
  const end = request.end > has.end ? has.end : request.end;
  if (start === request.start && end === request.end) return request;
  if (start >= end) throw nothing(request, has);
  note(say("Databento has this for the account from {0}: only that part is downloaded", words(has)));
  return { ...request, start, end };
}

/**
 * Tells of the days of a range whose data are not all right. That it cannot be known stops nothing.
 *
 * @param note told one line, if there is something to tell
 */
export async function tellConditions(
  client: HistoricalClient,
  { dataset, start, end }: RangeRequest,
  stop: AbortSignal,
  note: (text: string) => void,
): Promise<void> {
  const [first = "", last = ""] = [start, end - 1n].map((nanos) => nanosIso(nanos).slice(0, 10));
  try {
    const line = conditionLine(await client.conditions(dataset, first, last, stop));
    if (line !== undefined) note(line);
  } catch (error) {
    if (!(error instanceof FeedError) || stop.aborted) throw error;
    note(say("How good the data of these days are is not known: {0}", error.message));
  }
}

function nothing({ schema, dataset }: RangeRequest, has: Span): FeedError {
  return new FeedError(
    say("Databento has {0} of {1} for this account from {2}: ask for a part of that", schema, dataset, words(has)),
    {
      retriable: false,
    },
  );
}

function words({ start, end }: Span): string {
  return `${nanosIso(start)} to ${nanosIso(end)}`;
}
