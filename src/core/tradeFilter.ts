import { isJump } from "./guards/typedPrice.js";
import type { TradeRejection } from "./market.js";

const NEAR_PERCENT = 1;
const NEW_LEVEL = 5;

/** Keeps impossible prices of one instrument out (`ENGINE.md` 2). */
export class TradeFilter {
  #last = 0;
  #quarantined: number[] = [];

  /**
   * Says whether a trade is to be left out, and why.
   *
   * A price more than 7 % from the last accepted one is quarantined; five such in a row within 1 % of each other are the
   * new level, as on a limit day.
   */
  check(price: number, size: number): TradeRejection | undefined {
    if (size <= 0) return "bad_size";
    if (price <= 0) return "bad_price";
    if (this.#last > 0 && isJump(price, this.#last) && !this.#isNewLevel(price)) return "quarantined";
    this.#last = price;
    if (this.#quarantined.length > 0) this.#quarantined = [];
    return undefined;
  }

  #isNewLevel(price: number): boolean {
    this.#quarantined = [...this.#quarantined, price].slice(-NEW_LEVEL);
    const [least, most] = [Math.min(...this.#quarantined), Math.max(...this.#quarantined)];
    return this.#quarantined.length === NEW_LEVEL && (most - least) * 100 <= NEAR_PERCENT * least;
  }
}
