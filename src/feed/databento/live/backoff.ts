import type { Wait } from "./connectionEnded.js";

const LEAST_MS = 1000;
const MOST_MS = 60_000;
const LIMIT_MS = 30_000;

/** A connection that was live for so long was a good one: the next wait begins small again. */
export const GOOD_MS = 60_000;

/**
 * How long to wait before the next try: full jitter, a random share of a bound that doubles from 1 s to 60 s, at least 1 s.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("full jitter")
 */
export class Backoff {
  readonly #random: () => number;
  #tries = 0;

  /** @param random a number of [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Milliseconds until the next try, after a connection that was live for `liveMs`. */
  next(wait: Wait, liveMs: number): number {
    if (liveMs >= GOOD_MS) this.#tries = 0;
    if (wait === "short") return LEAST_MS;
    const bound = Math.min(MOST_MS, LEAST_MS * 2 ** this.#tries);
    this.#tries += 1;
    return Math.max(Math.round(this.#random() * bound), wait === "limit" ? LIMIT_MS : LEAST_MS);
  }
}
