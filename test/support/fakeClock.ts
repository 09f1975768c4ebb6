import type { Micros } from "../../src/core/units.js";
import type { Clock } from "../../src/feed/clock.js";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #wall: number;
  #mono = 0;
  #timers: Timer[] = [];
  /** While it answers true, whatever is waited for comes at once. */
  isImpatient: () => boolean = () => false;
  /** Every wait that was asked for, in milliseconds. */
  readonly waits: number[] = [];

  constructor(wall: number) {
    this.#wall = wall;
  }

  /** How many waits are not over. */
  get sleepers(): number {
    return this.#timers.length;
  }

  wall(): Micros {
    return this.#wall as Micros;
  }

  mono(): number {
    return this.#mono;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#mono + ms, run };
    this.waits.push(ms);
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

/** A clock without waiting: every pause but the watchdogs' (from 60 s on) is over at once. */
export function hurried(waits: number[] = []): Clock {
  return {
    wall: () => 0 as Micros,
    mono: () => 0,
    after: (ms, run) => {
      if (ms >= 60_000) return () => undefined;
      waits.push(ms);
      queueMicrotask(run);
      return () => undefined;
    },
  };
}
