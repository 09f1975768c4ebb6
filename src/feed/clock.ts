import type { Micros } from "../core/units.js";

/** Time as feeds need it; tests bring their own. */
export interface Clock {
  /** The computer's clock, which may be set. */
  wall(): Micros;
  /** Milliseconds that only ever grow. */
  mono(): number;
  /** Calls `run` once after `ms`. Returns how to call it off. */
  after(ms: number, run: () => void): () => void;
}

/** The machine's own. */
export const REAL_CLOCK: Clock = {
  wall: () => (Date.now() * 1000) as Micros,
  mono: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or as soon as `stop` fires. */
export function sleep(clock: Clock, ms: number, stop: AbortSignal): Promise<void> {
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
