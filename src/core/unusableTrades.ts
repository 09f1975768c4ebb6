import { MICROS_PER_SECOND } from "./units.js";

/** A trade that could not be used: whose, and when. */
export interface UnusableTrade {
  readonly instrument: number;
  /** Micros. */
  readonly time: number;
}

/** Unusable trades that the clock has not reached, by the second, which lies in one bar. */
export class UnusableTrades {
  readonly #waiting: UnusableTrade[] = [];

  /** When the next of them was; infinity without one. */
  get next(): number {
    return this.#waiting[0]?.time ?? Number.POSITIVE_INFINITY;
  }

  add({ instrument, time }: UnusableTrade): void {
    const second = Math.floor(time / MICROS_PER_SECOND) * MICROS_PER_SECOND;
    let at = this.#waiting.length;
    while (at > 0 && (this.#waiting[at - 1]?.time ?? 0) > second) at -= 1;
    for (let same = at - 1; this.#waiting[same]?.time === second; same -= 1) {
      if (this.#waiting[same]?.instrument === instrument) return;
    }
    this.#waiting.splice(at, 0, { instrument, time: second });
  }

  /** Those up to `time`, which wait no longer. */
  until(time: number): readonly UnusableTrade[] {
    if (this.next > time) return [];
    const later = this.#waiting.findIndex((trade) => trade.time > time);
    return this.#waiting.splice(0, later < 0 ? this.#waiting.length : later);
  }
}
