import type { Micros } from "../../../core/units.js";

/** Time as a live feed needs it; tests bring their own. */
export interface LiveClock {
  /** The computer's clock, which may be set. */
  wall(): Micros;
  /** Milliseconds that only ever grow. */
  mono(): number;
  /** Calls `run` once after `ms`. Returns how to call it off. */
  after(ms: number, run: () => void): () => void;
}

/** The machine's own. */
export const REAL_CLOCK: LiveClock = {
  wall: () => (Date.now() * 1000) as Micros,
  mono: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or as soon as `stop` fires. */
export function sleep(clock: LiveClock, ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, done);
    stop.addEventListener("abort", done, { once: true });
    if (stop.aborted) done();
    function done(): void {
      cancel();
      stop.removeEventListener("abort", done);
      resolve();
    }
  });
}

const MOST_PAUSE_MS = 3000;
const MOST_DRIFT_MS = 1000;

/**
 * Notices that the computer slept or its clock was set, looked at each second (`RELIABILITY.md` 2.2): more than 3 s went by,
 * by either clock, the two disagree by more than 1 s, or the computer's own went back.
 */
export class ClockGuard {
  readonly #clock: LiveClock;
  #wall: number;
  #mono: number;

  constructor(clock: LiveClock) {
    this.#clock = clock;
    this.#wall = clock.wall();
    this.#mono = clock.mono();
  }

  /** Whether time jumped since it was asked before. */
  jumped(): boolean {
    const wall = this.#clock.wall();
    const mono = this.#clock.mono();
    const passedWall = (wall - this.#wall) / 1000;
    const passed = mono - this.#mono;
    this.#wall = wall;
    this.#mono = mono;
    const drift = Math.abs(passedWall - passed);
    return passed > MOST_PAUSE_MS || passedWall > MOST_PAUSE_MS || passedWall < 0 || drift > MOST_DRIFT_MS;
  }
}
