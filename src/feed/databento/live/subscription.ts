import { say } from "../../../core/say.js";
import { FeedError } from "../../feedError.js";
import { STYPES } from "../dbn/codes.js";

/** The schemas of which the engine can make something, live. */
export const LIVE_SCHEMAS = ["trades", "mbp-1", "tbbo", "ohlcv-1s", "ohlcv-1m"] as const;

/** One of `LIVE_SCHEMAS`, or what says whether an instrument is traded. */
export type LiveSchema = (typeof LIVE_SCHEMAS)[number] | "status";

/** What is asked of the gateway. */
export interface Subscription {
  readonly schema: LiveSchema;
  /** How `symbols` are to be read: `raw_symbol`, `continuous`, `parent`, `instrument_id`, ... */
  readonly stypeIn: string;
  readonly symbols: readonly string[];
}

/** The most symbols of one line (`MARKET-DATA.md` b). */
const CHUNK = 500;
const LONGEST_SYMBOL = 70;

/** The last line before the records. */
export const START_LINE = "start_session\n";

/** Throws `FeedError` for a schema, a symbol type or a symbol that the line protocol cannot carry. */
export function requireSubscription({ schema, stypeIn, symbols }: Subscription): void {
  if (schema !== "status" && !LIVE_SCHEMAS.includes(schema)) {
    throw refused(say('"{0}" cannot be used live; choose one of {1}', schema, LIVE_SCHEMAS.join(", ")));
  }
  if (!STYPES.includes(stypeIn))
    throw refused(say('"{0}" is not a symbol type; choose one of {1}', stypeIn, STYPES.join(", ")));
  if (symbols.length === 0) throw refused(say("No symbol is named; name one such as ES.v.0"));
  for (const symbol of symbols) {
    // What parts fields and lines would put words into the program's mouth.
    if (symbol.length <= LONGEST_SYMBOL && /^[!-~]+( [!-~]+)*$/.test(symbol) && !/[,|=]/.test(symbol)) continue;
    throw refused(
      say(
        '{0} is not a symbol: it may hold up to {1} letters, digits and signs, but no comma, "|", "=" and no control character',
        JSON.stringify(symbol.slice(0, LONGEST_SYMBOL)),
        LONGEST_SYMBOL,
      ),
    );
  }
}

/**
 * The lines of one subscription, at most 500 symbols each.
 *
 * @param id comes back in the gateway's messages
 * @param start nanoseconds from which the last 24 hours are to be replayed; undefined: from now on
 */
export function subscriptionLines(subscription: Subscription, id: number, start: bigint | undefined): string[] {
  requireSubscription(subscription);
  const { schema, stypeIn, symbols } = subscription;
  const lines: string[] = [];
  for (let from = 0; from < symbols.length; from += CHUNK) {
    const chunk = symbols.slice(from, from + CHUNK).join(",");
    const isLast = from + CHUNK >= symbols.length ? 1 : 0;
    const replay = start === undefined ? "" : `|start=${start}`;
    lines.push(
      `schema=${schema}|stype_in=${stypeIn}|symbols=${chunk}|snapshot=0|is_last=${isLast}|id=${id}${replay}\n`,
    );
  }
  return lines;
}

function refused(message: string): FeedError {
  return new FeedError(message, { retriable: false });
}
