import type { Timing } from "../../src/feed/pace.js";

interface Waiting {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that a test moves by hand: whoever sleeps wakes when it is moved past their time. */
export class ManualTiming implements Timing {
  #now = 0;
  #waiting: Waiting[] = [];
  /** Every wait so far, in milliseconds. */
  readonly waits: number[] = [];

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number, stop: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (stop.aborted) return resolve();
      this.waits.push(ms);
      const waiting = { due: this.#now + ms, wake: resolve };
      this.#waiting.push(waiting);
      stop.addEventListener("abort", () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        resolve();
      });
    });

  /** Moves the clock; wakes who is due. */
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#waiting.filter((waiting) => waiting.due <= this.#now);
    this.#waiting = this.#waiting.filter((waiting) => waiting.due > this.#now);
    for (const { wake } of due) wake();
  }

  /** How many sleep now. */
  get sleepers(): number {
    return this.#waiting.length;
  }
}

/** A clock without waiting: every pause but the watchdogs' (from 60 s on) is over at once. */
export function hurried(waits: number[] = []): Timing {
  return {
    now: () => 0,
    sleep: (ms, stop) => {
      if (ms >= 60_000) return new Promise((resolve) => stop.addEventListener("abort", () => resolve()));
      waits.push(ms);
      return Promise.resolve();
    },
  };
}
