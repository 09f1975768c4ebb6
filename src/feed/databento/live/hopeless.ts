import { say } from "../../../core/say.js";
import { FeedError } from "../../feedError.js";
import type { ConnectionEnded } from "./connectionEnded.js";

/** So many times in a row the same happened, and nothing else: another try would only do it again. */
const LIMIT = 3;

/**
 * Tells connections that break, after which one tries for as long as it takes, from a gateway that no try reaches: what answers
 * is none, or what it sends cannot be read, each time at the same place. Damage on the way is of once, or elsewhere the next time.
 */
export class Hopeless {
  readonly #address: string;
  #last: string | undefined;
  #times = 0;

  /** @param address as people write it */
  constructor(address: string) {
    this.#address = address;
  }

  /**
   * A connection has ended.
   *
   * @param isFurther whether it took the market further than those before it
   * @returns the error with which to give up; undefined: try again
   */
  after(end: ConnectionEnded, isFurther: boolean): FeedError | undefined {
    const same = end.fault === "unreadable" ? end.message : end.fault;
    this.#times = same === undefined ? 0 : same === this.#last && !isFurther ? this.#times + 1 : 1;
    this.#last = same;
    if (this.#times < LIMIT) return undefined;
    return new FeedError(end.fault === "foreign" ? this.#foreign(end) : this.#unreadable(end), {
      retriable: false,
      cause: end,
    });
  }

  #foreign({ message }: ConnectionEnded): string {
    return say("{0} is not a Databento gateway ({1}): check the gateway's host and port", this.#address, message);
  }

  #unreadable({ message }: ConnectionEnded): string {
    return say(
      "{0} sends what this program cannot read, {1} times the same ({2}): update this program, and check the gateway's host and port",
      this.#address,
      LIMIT,
      message,
    );
  }
}
