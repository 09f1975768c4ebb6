import { say } from "../../../core/say.js";
import { type Clock, sleep } from "../../clock.js";
import { FeedError, StoppedError } from "../../feedError.js";
import { HistoricalError } from "./failure.js";

const TRIES = 5;
const FIRST_WAIT_MS = 1000;
/** A server that asks for more is not waited for: the user is told how long it takes. */
const LONGEST_WAIT_MS = 300_000;

/**
 * Does `work` until it succeeds, at most five times: after 429, 5xx and a broken network, waiting 1, 2, 4 and 8 s, or as
 * long as the server asks where that is longer.
 *
 * @param waiting told before every wait
 * @throws what the last try threw; what trying again cannot help, at once
 */
export async function retrying<T>(
  work: () => Promise<T>,
  clock: Clock,
  stop: AbortSignal,
  waiting: (error: FeedError, ms: number) => void,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FeedError) || !error.retriable || tries === TRIES || stop.aborted) throw error;
      const asked = error instanceof HistoricalError ? error.facts.retryAfterMs : undefined;
      if (asked !== undefined && asked > LONGEST_WAIT_MS) throw inAWhile(error, asked);
      const ms = Math.max(asked ?? 0, FIRST_WAIT_MS * 2 ** (tries - 1));
      waiting(error, ms);
      await sleep(clock, ms, stop);
      if (stop.aborted) throw new StoppedError(say("{0}: it was stopped", error.message));
    }
  }
}

function inAWhile(error: FeedError, ms: number): FeedError {
  const facts = error instanceof HistoricalError ? error.facts : {};
  const minutes = Math.ceil(ms / 60_000);
  return new HistoricalError(say("{0}: it asks to wait {1} minutes", error.message, minutes), facts, {
    retriable: true,
    cause: error,
  });
}
