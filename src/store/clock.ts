import { setTimeout } from "node:timers/promises";
import type { Micros } from "../core/units.js";

/** Time as the store sees it. */
export interface Clock {
  /** Wall time; it may jump either way. */
  wall(): Micros;
  /** Microseconds since some moment; they never go back. */
  monotonic(): number;
  /** Waits. */
  pause(milliseconds: number): Promise<void>;
}

/** Waits so many milliseconds, or until `stop` fires; it does not reject. */
export type Pause = (milliseconds: number, stop: AbortSignal) => Promise<void>;

/** The machine's pause. */
export const systemPause: Pause = (milliseconds, signal) =>
  setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);

/** The machine's clocks. */
export const systemClock: Clock = {
  wall: () => (Date.now() * 1000) as Micros,
  monotonic: () => Math.floor(performance.now() * 1000),
  pause: (milliseconds) => setTimeout(milliseconds),
};
