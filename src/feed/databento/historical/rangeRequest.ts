import { say } from "../../../core/say.js";
import { FeedError } from "../../feedError.js";
import { SCHEMAS, STYPES } from "../dbn/codes.js";

/** A range of market data. */
export interface RangeRequest {
  /** Such as `GLBX.MDP3`. */
  readonly dataset: string;
  /** Such as `trades` or `ohlcv-1m`. */
  readonly schema: string;
  readonly symbols: readonly string[];
  /** What kind the symbols are of, such as `raw_symbol` or `continuous`. */
  readonly stypeIn: string;
  /** Nanoseconds since the epoch, UTC. */
  readonly start: bigint;
  /** Nanoseconds; the range ends before it. */
  readonly end: bigint;
}

/** Symbols in one request at most (`MARKET-DATA.md` c). */
const MOST_SYMBOLS = 2000;
const DATASET = /^[A-Z0-9]{2,10}\.[A-Z0-9]{2,10}$/;
// No comma: it parts the symbols of a list.
const SYMBOL = /^[A-Za-z0-9][A-Za-z0-9 .:_-]{0,69}$/;

/**
 * Checks a request before anything is sent or paid.
 *
 * @throws FeedError that names the value
 */
export function checkRange(request: RangeRequest): RangeRequest {
  const { dataset, schema, symbols, stypeIn, start, end } = request;
  if (!DATASET.test(dataset)) throw wrong(say("dataset"), dataset, say("such as GLBX.MDP3"));
  if (!SCHEMAS.includes(schema)) throw wrong(say("schema"), schema, say("one of {0}", SCHEMAS.join(", ")));
  if (!STYPES.includes(stypeIn)) throw wrong(say("symbol type"), stypeIn, say("one of {0}", STYPES.join(", ")));
  checkSymbols(symbols);
  if (start < 0n || end >= 1n << 63n)
    throw wrong(say("range"), `${start} to ${end}`, say("after 1970 and before 2262"));
  if (start >= end)
    throw new FeedError(say("The range ends before it begins: the end must be after the start"), { retriable: false });
  return request;
}

/** @throws FeedError that names the first wrong one */
export function checkSymbols(symbols: readonly string[]): void {
  if (symbols.length === 0) throw new FeedError(say("Name at least one symbol, such as ES.v.0"), { retriable: false });
  if (symbols.length > MOST_SYMBOLS) {
    throw new FeedError(say("{0} symbols are too many for one request: at most {1}", symbols.length, MOST_SYMBOLS), {
      retriable: false,
    });
  }
  const odd = symbols.find((symbol) => !SYMBOL.test(symbol));
  if (odd !== undefined) throw wrong(say("symbol"), odd, say("such as ESM5, ES.v.0 or ES.FUT"));
}

/** The fields of the form that are the same for the data, its cost and its size. */
export function rangeFields({ dataset, schema, symbols, stypeIn, start, end }: RangeRequest): Record<string, string> {
  return { dataset, schema, symbols: symbols.join(","), stype_in: stypeIn, start: String(start), end: String(end) };
}

function wrong(what: string, value: string, expected: string): FeedError {
  return new FeedError(
    say("The {0} {1} cannot be: it must be {2}", what, JSON.stringify(value.slice(0, 100)), expected),
    {
      retriable: false,
    },
  );
}
