import { setTimeout } from "node:timers/promises";
import { MICROS_PER_SECOND, type Micros } from "../core/units.js";

/** Real time as a pace needs it; tests bring their own. */
export interface DemoClock {
  /** Milliseconds since some moment, never decreasing. */
  now(): number;
  /** Resolves after `milliseconds`, or as soon as `stop` fires. */
  sleep(milliseconds: number, stop: AbortSignal): Promise<void>;
}

/** Simulated seconds per real second, far from surges of volume: the longest quiet stretch, over a night, takes ten. */
const QUIET_SPEED = 900;
/** From a minute before a surge to its end, so that its build-up can be seen. */
const SURGE_SPEED = 24;
/** While a position of the user's is open. */
const WATCH_SPEED = 60;
/** After surges that brought no signal both are multiplied by 2, 4, ... up to this. */
const MOST_HASTE = 16;

const TURN_MS = 50;
/** A machine that slept, or a debugger, owes the market no more than this. */
const MOST_CREDIT_MS = 250;

/**
 * How fast the demo market runs, to be changed from outside while it runs. Left to itself it hurries through quiet stretches
 * and slows down for each surge of volume; every surge in a row without a signal halves the time until the next, so that a
 * signal never takes a minute to come (20 s at most to the end of the first surges, then 9, 5, 3, ... to that of the next).
 */
export class DemoPace {
  readonly #clock: DemoClock;
  readonly #fixed: number | undefined;
  #awaited: { readonly id: string; readonly until: Micros } | undefined;
  readonly #held = new Set<string>();
  #haste = 1;
  #signalled = false;
  #last: number | undefined;
  #rested = Number.NEGATIVE_INFINITY;
  #creditMs = 0;

  /** @param options.speed simulated seconds per real second, always, finite and more than 0; without it the pace adapts */
  constructor(options: { readonly speed?: number; readonly clock?: DemoClock } = {}) {
    this.#fixed = options.speed;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
  }

  /** The signal `id` waits for its answer: as slow as life, until the simulated time `until`, its answer, or another signal. */
  awaitAnswer(id: string, until: Micros): void {
    this.#awaited = { id, until };
    this.#signalled = true;
    this.#haste = 1;
  }

  /** The signal `id` has its answer; whatever else is recorded meanwhile changes nothing for one that waits. */
  answered(id: string): void {
    if (this.#awaited?.id === id) this.#awaited = undefined;
  }

  /** The user holds a position, so there will be no signal: a speed at which it can be watched. */
  hold(id: string): void {
    this.#held.add(id);
  }

  /** The position is closed, or was never there. */
  letGo(id: string): void {
    this.#held.delete(id);
  }

  /**
   * How far the market may go now, given the real time that has passed since the last call.
   *
   * @returns a time in [from, until]; `from` when it has to rest
   */
  advance(from: Micros, until: Micros, nearSurge: boolean): Micros {
    const now = this.#clock.now();
    this.#creditMs = Math.min(this.#creditMs + now - (this.#last ?? now), MOST_CREDIT_MS);
    this.#last = now;
    if (now - this.#rested >= TURN_MS) return from;
    if (this.#awaited !== undefined && this.#awaited.until <= from) this.#awaited = undefined;
    const microsPerMs = (this.#speed(nearSurge) * MICROS_PER_SECOND) / 1000;
    const limit = Math.min(until, this.#awaited?.until ?? until);
    const reached = Math.min(from + Math.floor(this.#creditMs * microsPerMs), limit);
    this.#creditMs = Math.max(0, this.#creditMs - (reached - from) / microsPerMs);
    return reached as Micros;
  }

  /** Waits until `advance` has something to give, or `stop` fires; lets the rest of the program work in any case. */
  async rest(stop: AbortSignal): Promise<void> {
    await this.#clock.sleep(this.#creditMs < 1 ? TURN_MS : 0, stop);
    this.#rested = this.#clock.now();
  }

  /** A run of surges is over, with or without a signal. */
  surgePassed(): void {
    this.#haste = this.#signalled ? 1 : Math.min(this.#haste * 2, MOST_HASTE);
    this.#signalled = false;
  }

  #speed(nearSurge: boolean): number {
    if (this.#fixed !== undefined) return this.#fixed;
    if (this.#awaited !== undefined) return 1;
    if (this.#held.size > 0) return WATCH_SPEED;
    return (nearSurge ? SURGE_SPEED : QUIET_SPEED) * this.#haste;
  }
}

const SYSTEM_CLOCK: DemoClock = {
  now: () => performance.now(),
  // An aborted wait is over like any other: whoever waits looks at `stop` himself.
  sleep: (milliseconds, stop) => setTimeout(milliseconds, undefined, { signal: stop }).catch(() => undefined),
};
