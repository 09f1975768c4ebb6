import type { Micros } from "../../src/core/units.js";
import type { LiveClock } from "../../src/feed/databento/live/clock.js";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements LiveClock {
  #wall: number;
  #mono = 0;
  #timers: Timer[] = [];
  /** While it answers true, whatever is waited for comes at once. */
  isImpatient: () => boolean = () => false;

  constructor(wall: number) {
    this.#wall = wall;
  }

  wall(): Micros {
    return this.#wall as Micros;
  }

  mono(): number {
    return this.#mono;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#mono + ms, run };
    this.#timers.push(timer);
    if (this.isImpatient()) setImmediate(() => this.advance(ms));
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets time go by, each timer at its moment. */
  advance(ms: number): void {
    const until = this.#mono + ms;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#pass(next.at - this.#mono);
      next.run();
    }
    this.#pass(until - this.#mono);
  }

  /** The computer sleeps, or its clock is set: no timer runs meanwhile. */
  jump(wallMs: number, monoMs: number): void {
    this.#wall += wallMs * 1000;
    this.#mono += monoMs;
  }

  #pass(ms: number): void {
    this.#mono += ms;
    this.#wall += ms * 1000;
  }
}
