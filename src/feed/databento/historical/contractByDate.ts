import { say } from "../../../core/say.js";
import { FeedError } from "../../feedError.js";
import type { HistoricalClient, ResolvedInterval } from "./historicalClient.js";

/** The contract that a continuous symbol stood for on the dates `[start, end)`, YYYY-MM-DD. */
export type DatedContract = ResolvedInterval;

/**
 * Which contract a continuous symbol such as ES.v.0 stands for, date by date (UTC). Two questions, because Databento answers
 * continuous symbols with ids alone, and an id is a contract's only for its dates (`MARKET-DATA.md` c, d). Both are free.
 *
 * @param dates YYYY-MM-DD; the end is exclusive
 * @returns raw symbols in the order of time, a contract that goes on in one piece
 * @throws FeedError where it stands for nothing
 */
export async function contractsByDate(
  client: HistoricalClient,
  request: { readonly dataset: string; readonly symbol: string; readonly start: string; readonly end: string },
  stop: AbortSignal,
): Promise<readonly DatedContract[]> {
  const { dataset, symbol, start, end } = request;
  const dates = { dataset, startDate: start, endDate: end };
  const byDate = await client.resolve(
    { ...dates, symbols: [symbol], stypeIn: "continuous", stypeOut: "instrument_id" },
    stop,
  );
  const ids = [...(byDate.get(symbol) ?? [])].sort((a, b) => (a.start < b.start ? -1 : 1));
  if (ids.length === 0) throw unknown(symbol, start, end);
  const symbols = [...new Set(ids.map((interval) => interval.symbol))];
  const names = await client.resolve({ ...dates, symbols, stypeIn: "instrument_id", stypeOut: "raw_symbol" }, stop);
  const contracts: DatedContract[] = [];
  for (const interval of ids) {
    const name = (names.get(interval.symbol) ?? []).find(
      (named) => named.start < interval.end && interval.start < named.end,
    );
    if (name === undefined) throw unknown(`${symbol} (instrument ${interval.symbol})`, interval.start, interval.end);
    const last = contracts.at(-1);
    if (last?.symbol === name.symbol && last.end === interval.start) {
      contracts[contracts.length - 1] = { ...last, end: interval.end };
    } else {
      contracts.push({ start: interval.start, end: interval.end, symbol: name.symbol });
    }
  }
  return contracts;
}

function unknown(symbol: string, start: string, end: string): FeedError {
  return new FeedError(
    say("Databento knows no contract of {0} from {1} to {2}: check the symbol and the dates", symbol, start, end),
    {
      retriable: false,
    },
  );
}
