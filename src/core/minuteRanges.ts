import type { PriceRange } from "./guards/typedPrice.js";
import { MICROS_PER_MINUTE, type Micros, type Ticks } from "./units.js";

const KEPT_MINUTES = 1440;

interface Minute extends PriceRange {
  readonly start: number;
}

/** Where one contract traded, minute by minute, for about a day: what a recorded price is compared with (R11). */
export class MinuteRanges {
  #since = Number.POSITIVE_INFINITY;
  #minutes: Minute[] = [];
  #start = 0;
  #end = Number.NEGATIVE_INFINITY;
  #low = 0;
  #high = 0;

  /** Takes a print; times do not fall. */
  add(time: number, price: number): void {
    if (time >= this.#end) this.#begin(time, price);
    if (price < this.#low) this.#low = price;
    if (price > this.#high) this.#high = price;
  }

  /**
   * The lowest and the highest price from the minute of `from` on.
   *
   * @returns undefined when nobody watched at `from`, or nothing was traded since
   */
  since(from: Micros): PriceRange | undefined {
    if (from < this.#since) return undefined;
    const minutes = [...this.#minutes, this.#current()].filter(({ start }) => from < start + MICROS_PER_MINUTE);
    if (minutes.length === 0) return undefined;
    const low = Math.min(...minutes.map((minute) => minute.low)) as Ticks;
    return { low, high: Math.max(...minutes.map((minute) => minute.high)) as Ticks };
  }

  #current(): Minute {
    return { start: this.#start, low: this.#low as Ticks, high: this.#high as Ticks };
  }

  #begin(time: number, price: number): void {
    if (this.#end > 0) this.#minutes.push(this.#current());
    else this.#since = time;
    if (this.#minutes.length > KEPT_MINUTES) {
      this.#minutes.shift();
      this.#since = this.#minutes[0]?.start ?? this.#start;
    }
    this.#start = Math.floor(time / MICROS_PER_MINUTE) * MICROS_PER_MINUTE;
    this.#end = this.#start + MICROS_PER_MINUTE;
    this.#low = price;
    this.#high = price;
  }
}
