import type { Clock } from "../../clock.js";

const MOST_PAUSE_MS = 3000;
const MOST_DRIFT_MS = 1000;

/**
 * Notices that the computer slept or its clock was set, looked at each second (`RELIABILITY.md` 2.2): more than 3 s went by,
 * by either clock, the two disagree by more than 1 s, or the computer's own went back.
 */
export class ClockGuard {
  readonly #clock: Clock;
  #wall: number;
  #mono: number;

  constructor(clock: Clock) {
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
