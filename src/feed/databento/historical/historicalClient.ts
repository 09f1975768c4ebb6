import type { z } from "zod";
import { say } from "../../../core/say.js";
import { type Clock, REAL_CLOCK } from "../../clock.js";
import type { FeedError } from "../../feedError.js";
import type { ApiKey } from "../apiKey.js";
import { Conditions, type DayCondition } from "../conditions.js";
import { historicalAddress } from "./address.js";
import * as answers from "./answers.js";
import { type Answer, type Call, Connection } from "./connection.js";
import { HistoricalError } from "./failure.js";
import { checkRange, checkSymbols, type RangeRequest, rangeFields } from "./rangeRequest.js";
import { retrying } from "./retrying.js";

export interface HistoricalOptions {
  readonly key: ApiKey;
  /** Undefined: Databento; else a server on this machine, for tests. */
  readonly address?: string;
  /** Default: the real clock. */
  readonly clock?: Clock;
  /** Told what a person should know on the way: a wait, a warning of the server's. */
  readonly note?: (text: string) => void;
}

/** What an account may have of a dataset, `[start, end)` in nanoseconds. */
export interface Span {
  readonly start: bigint;
  readonly end: bigint;
}

/** Symbols of one kind in another, by dates. */
export interface ResolveRequest {
  readonly dataset: string;
  readonly symbols: readonly string[];
  readonly stypeIn: string;
  readonly stypeOut: string;
  /** YYYY-MM-DD; the end is exclusive. */
  readonly startDate: string;
  readonly endDate: string;
}

/** What a symbol meant on the dates `[start, end)`, each YYYY-MM-DD. */
export interface ResolvedInterval {
  readonly start: string;
  readonly end: string;
  readonly symbol: string;
}

const ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * Databento's historical API (`MARKET-DATA.md` c). Every method throws `FeedError`: one line for the user, with Databento's
 * request id where an answer had one, never the key. 429, 5xx and a broken network are tried again as the server asks.
 */
export class HistoricalClient {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #note: (text: string) => void;

  constructor({ key, address, clock = REAL_CLOCK, note = () => undefined }: HistoricalOptions) {
    this.#connection = new Connection(historicalAddress(address), key, clock);
    this.#clock = clock;
    this.#note = note;
  }

  /** What a range costs, in US dollars. Asking is free. */
  async cost(request: RangeRequest, stop: AbortSignal): Promise<number> {
    const fields = rangeFields(checkRange(request));
    return this.#json({ method: "POST", name: "metadata.get_cost", fields }, answers.cost, stop);
  }

  /** What this account may have of a dataset; of one schema where that differs. */
  async available(dataset: string, schema: string, stop: AbortSignal): Promise<Span> {
    const call: Call = { method: "GET", name: "metadata.get_dataset_range", fields: { dataset } };
    const { schema: bySchema = {}, ...whole } = await this.#json(call, answers.datasetRange, stop);
    return bySchema[schema] ?? whole;
  }

  /** How good the data of a dataset are, day by day (UTC), `start` and `end` as YYYY-MM-DD and both included. */
  async conditions(dataset: string, start: string, end: string, stop: AbortSignal): Promise<readonly DayCondition[]> {
    const fields = { dataset, start_date: start, end_date: end };
    return this.#json({ method: "GET", name: "metadata.get_dataset_condition", fields }, Conditions, stop);
  }

  /** What symbols meant, date by date; a symbol that meant nothing has no interval. */
  async resolve(request: ResolveRequest, stop: AbortSignal): Promise<ReadonlyMap<string, readonly ResolvedInterval[]>> {
    const { dataset, symbols, stypeIn, stypeOut, startDate, endDate } = request;
    checkSymbols(symbols);
    const fields = {
      dataset,
      symbols: symbols.join(","),
      stype_in: stypeIn,
      stype_out: stypeOut,
      start_date: startDate,
      end_date: endDate,
    };
    const { result } = await this.#json(
      { method: "POST", name: "symbology.resolve", fields },
      answers.resolution,
      stop,
    );
    const known = new Map(Object.entries(result));
    return new Map(
      symbols.map((symbol) => {
        const intervals = known.get(symbol) ?? [];
        return [
          symbol,
          intervals.map(({ d0, d1, s }) => ({ start: d0, end: d1, symbol: s })).filter((it) => it.symbol !== ""),
        ];
      }),
    );
  }

  /**
   * The range itself as zstd frames of DBN, which Databento bills. It is tried again only while nothing of it has come:
   * what breaks off later throws, because a second try would be billed a second time.
   */
  async range(request: RangeRequest, stop: AbortSignal): Promise<Answer> {
    const fields = {
      ...rangeFields(checkRange(request)),
      stype_out: "instrument_id",
      encoding: "dbn",
      compression: "zstd",
    };
    const answer = await this.#send({ method: "POST", name: "timeseries.get_range", fields }, stop);
    if (answer.isFramed && !/json|html|text/i.test(answer.contentType)) return answer;
    await answer.body[Symbol.asyncIterator]().return?.();
    throw odd(
      answer.isFramed
        ? say("what came in the place of market data is {0}", answer.contentType)
        : say("what came in the place of market data does not tell where it ends"),
      answer,
    );
  }

  async #json<T extends z.ZodType>(call: Call, shape: T, stop: AbortSignal): Promise<z.output<T>> {
    return retrying(
      async () => {
        const answer = await this.#connection.send(call, stop);
        this.#warn(answer);
        return parsed(await textOf(answer), shape, answer);
      },
      this.#clock,
      stop,
      this.#waiting,
    );
  }

  async #send(call: Call, stop: AbortSignal): Promise<Answer> {
    const answer = await retrying(() => this.#connection.send(call, stop), this.#clock, stop, this.#waiting);
    this.#warn(answer);
    return answer;
  }

  #warn(answer: Answer): void {
    for (const warning of answer.warnings) this.#note(say("Databento warns: {0}", warning));
  }

  readonly #waiting = (error: FeedError, ms: number): void => {
    this.#note(say("{0}: trying again in {1} s", error.message, Math.ceil(ms / 1000)));
  };
}

async function textOf(answer: Answer): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > ANSWER_BYTES) throw odd(say("an answer has more than {0} bytes", ANSWER_BYTES), answer);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parsed<T extends z.ZodType>(text: string, shape: T, answer: Answer): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw odd(say("an answer is not JSON"), answer);
  }
  const checked = shape.safeParse(value);
  if (checked.success) return checked.data;
  const where = checked.error.issues[0]?.path.join(".") ?? "";
  throw odd(
    where === ""
      ? say("an answer is not what its documentation says")
      : say('an answer is not what its documentation says (at "{0}")', where.slice(0, 60)),
    answer,
  );
}

/** What is no refusal, and no answer either. */
function odd(what: string, { requestId }: Answer): FeedError {
  const told = requestId === undefined ? what : say("{0} (request id {1})", what, requestId);
  return new HistoricalError(
    say("Databento cannot be understood: {0}. Check the network, and the proxy if there is one", told),
    { requestId },
    { retriable: false },
  );
}
