import type { Signal } from "./detector/cluster.js";
import type { Instrument } from "./instrument.js";
import type { Bar } from "./market.js";
import { MICROS_PER_MINUTE, type Micros } from "./units.js";

const RETEST_MINUTES = 30;
const RETEST_TICKS = 3;

/** What a retest meets: a print, or a whole bar. */
export type Met = Pick<Bar, "start" | "low" | "high" | "close" | "end">;

/** A signal that waits until the price comes back to its modal price (`ENGINE.md` 4). */
export class Retest {
  readonly signal: Signal;
  readonly #from: Micros;
  /** When the wait is over, in micros. */
  readonly until: number;

  /** @param from end of the signal's bar, also where the signal came before it */
  constructor(signal: Signal, from: Micros) {
    this.signal = signal;
    this.#from = from;
    this.until = from + RETEST_MINUTES * MICROS_PER_MINUTE;
  }

  /** Whether the price of the signal's own contract came, after the signal's bar, within three ticks of where its volume lies. */
  isMetBy({ start, low, high }: Met, instrument: Instrument): boolean {
    const around = this.signal.pointOfControl ?? this.signal.close;
    if (start < this.#from || instrument.symbol !== this.signal.instrument.symbol) return false;
    return low <= around + RETEST_TICKS && around - RETEST_TICKS <= high;
  }
}
