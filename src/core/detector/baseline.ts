import type { BaselineKind } from "../settings.js";

/** A baseline as an exact fraction, `sum / count`, so that ratios can be compared in integers. */
export interface Level {
  readonly sum: number;
  readonly count: number;
}

/** The volume that a bar is compared with; made of the bars before it. */
export interface Baseline {
  /** @returns undefined while there is too little to compare with */
  level(slot: number): Level | undefined;
  /** Adds a clean bar after it was judged. */
  add(volume: number, slot: number): void;
  /** The trading day is over. */
  endDay(): void;
}

/** Makes the baseline that the settings name; `rolling_and_tod` is the rolling mean, confirmed by `TimeOfDay`. */
export function makeBaseline(kind: BaselineKind, bars: number): Baseline {
  switch (kind) {
    case "rolling_mean":
    case "rolling_and_tod":
      return new RollingMean(bars);
    case "rolling_median":
      return new RollingMedian(bars);
    case "ewma":
      return new Ewma(bars);
    case "time_of_day":
      return new TimeOfDay(2, 5);
    case "day_mean":
      return new DayMean(bars);
    default:
      return kind satisfies never;
  }
}

/** Mean of the last `bars` clean bars of the trading day: a ring with an integer running sum (`ENGINE.md` 3). */
export class RollingMean implements Baseline {
  readonly #ring: Float64Array;
  #next = 0;
  #held = 0;
  #sum = 0;

  constructor(bars: number) {
    this.#ring = new Float64Array(bars);
  }

  level(): Level | undefined {
    if (this.#held < this.#ring.length || this.#sum <= 0) return undefined;
    return { sum: this.#sum, count: this.#ring.length };
  }

  add(volume: number): void {
    if (this.#held === this.#ring.length) this.#sum -= this.#ring[this.#next] ?? 0;
    else this.#held++;
    this.#ring[this.#next] = volume;
    this.#sum += volume;
    this.#next = (this.#next + 1) % this.#ring.length;
  }

  endDay(): void {
    this.#next = 0;
    this.#held = 0;
    this.#sum = 0;
  }
}

/** Mean of all clean bars of the trading day, once there are `bars` of them: the earlier system's baseline. */
export class DayMean implements Baseline {
  readonly #bars: number;
  #count = 0;
  #sum = 0;

  constructor(bars: number) {
    this.#bars = bars;
  }

  level(): Level | undefined {
    return this.#count < this.#bars || this.#sum <= 0 ? undefined : { sum: this.#sum, count: this.#count };
  }

  add(volume: number): void {
    this.#count++;
    this.#sum += volume;
  }

  endDay(): void {
    this.#count = 0;
    this.#sum = 0;
  }
}

/** Median of the last `bars` clean bars of the trading day, immune to its own spikes (`ENGINE.md` 3.2). */
export class RollingMedian implements Baseline {
  readonly #bars: number;
  #volumes: number[] = [];

  constructor(bars: number) {
    this.#bars = bars;
  }

  level(): Level | undefined {
    return this.#volumes.length < this.#bars ? undefined : medianLevel(this.#volumes);
  }

  add(volume: number): void {
    this.#volumes.push(volume);
    if (this.#volumes.length > this.#bars) this.#volumes.shift();
  }

  endDay(): void {
    this.#volumes = [];
  }
}

/** Exponentially weighted mean, a = 2/(bars + 1), seeded with the mean of the day's first bars (`ENGINE.md` 3.3). */
export class Ewma implements Baseline {
  readonly #bars: number;
  #seen = 0;
  #mean = 0;

  constructor(bars: number) {
    this.#bars = bars;
  }

  level(): Level | undefined {
    return this.#seen < this.#bars || this.#mean <= 0 ? undefined : { sum: this.#mean, count: 1 };
  }

  add(volume: number): void {
    this.#seen++;
    if (this.#seen <= this.#bars) this.#mean += (volume - this.#mean) / this.#seen;
    else this.#mean += (2 / (this.#bars + 1)) * (volume - this.#mean);
  }

  endDay(): void {
    this.#seen = 0;
    this.#mean = 0;
  }
}

const SESSIONS_KEPT = 20;

/**
 * Median volume of the same time of day over the last 20 trading days, in slots j - reach to j + reach, which removes the
 * U-shape of a day (`ENGINE.md` 3.4). Today is not in it.
 */
export class TimeOfDay implements Baseline {
  readonly #reach: number;
  readonly #minDays: number;
  #history: number[][] = [];
  #today: number[] = [];

  constructor(reach: number, minDays: number) {
    this.#reach = reach;
    this.#minDays = minDays;
  }

  level(slot: number): Level | undefined {
    if (this.#history.length < this.#minDays) return undefined;
    const near = this.#history.flatMap((day) => day.slice(Math.max(0, slot - this.#reach), slot + this.#reach + 1));
    return medianLevel(near.filter((volume) => volume !== undefined));
  }

  add(volume: number, slot: number): void {
    this.#today[slot] = volume;
  }

  endDay(): void {
    if (this.#today.length > 0) this.#history.push(this.#today);
    if (this.#history.length > SESSIONS_KEPT) this.#history.shift();
    this.#today = [];
  }
}

function medianLevel(volumes: readonly number[]): Level | undefined {
  if (volumes.length === 0) return undefined;
  const sorted = [...volumes].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  const level =
    sorted.length % 2 === 1 ? { sum: upper, count: 1 } : { sum: (sorted[middle - 1] ?? 0) + upper, count: 2 };
  return level.sum > 0 ? level : undefined;
}
