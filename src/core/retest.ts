import type { Signal } from "./detector/cluster.js";
import type { Instrument } from "./instrument.js";
import type { Bar } from "./market.js";
import { MICROS_PER_MINUTE } from "./units.js";

const RETEST_MINUTES = 30;
const RETEST_TICKS = 3;

/** What a retest meets: a print, or a whole bar. */
export type Met = Pick<Bar, "low" | "high" | "close" | "end">;

/** A signal that waits until the price comes back to its modal price (`ENGINE.md` 4). */
export class Retest {
  readonly signal: Signal;
  /** When the wait is over, in micros. */
  readonly until: number;

  constructor(signal: Signal) {
    this.signal = signal;
    this.until = signal.time + RETEST_MINUTES * MICROS_PER_MINUTE;
  }

  /** Whether the price of the signal's own contract came within three ticks of where its volume lies. */
  isMetBy({ low, high }: Met, instrument: Instrument): boolean {
    const around = this.signal.pointOfControl ?? this.signal.close;
    if (instrument.symbol !== this.signal.instrument.symbol) return false;
    return low <= around + RETEST_TICKS && around - RETEST_TICKS <= high;
  }
}
