import type { ClosedBar } from "../detector/barBuilder.js";

/** With fewer returns a day has no volatility of its own. */
export const MIN_RETURNS = 20;

/**
 * Standard deviation of one-minute log close returns about zero: the root of the mean square of the last `lookback` usable
 * ones of the trading day (`ENGINE.md` 5). A bar of b seconds counts as sqrt(b/60) minutes.
 */
export class Volatility {
  readonly #lookback: number;
  readonly #perMinute: number;
  #squares: number[] = [];
  #lastClose: number | undefined;
  #lastDirty = false;
  #earlierDay: number | undefined;

  constructor(lookback: number, barSeconds: number) {
    this.#lookback = lookback;
    this.#perMinute = Math.sqrt(barSeconds / 60);
  }

  /** Adds a closed bar; a return into or out of a dirty bar is left out. */
  add(bar: ClosedBar): void {
    if (bar.close === undefined) return;
    if (this.#lastClose !== undefined && !bar.dirty && !this.#lastDirty) {
      const logReturn = bar.close === this.#lastClose ? 0 : Math.log(bar.close / this.#lastClose);
      this.#squares.push(logReturn * logReturn);
      if (this.#squares.length > this.#lookback) this.#squares.shift();
    }
    this.#lastClose = bar.close;
    this.#lastDirty = bar.dirty;
  }

  /** Of today with 20 returns, else the last value of the last day that had 20; undefined without one. */
  value(): number | undefined {
    return this.#today() ?? this.#earlierDay;
  }

  /** Takes over what an earlier run knew of the last day. */
  recallDay(value: number): void {
    this.#earlierDay = value;
  }

  endDay(): void {
    this.#earlierDay = this.value();
    this.#squares = [];
    this.#lastClose = undefined;
    this.#lastDirty = false;
  }

  #today(): number | undefined {
    if (this.#squares.length < MIN_RETURNS) return undefined;
    let sum = 0;
    for (const square of this.#squares) sum += square;
    return Math.sqrt(sum / this.#squares.length) / this.#perMinute;
  }
}
