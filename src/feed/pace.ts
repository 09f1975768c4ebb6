import type { EngineEvent } from "../core/events.js";
import type { TradeBatch } from "../core/market.js";
import type { Micros } from "../core/units.js";
import { type Clock, sleep } from "./clock.js";

/** Shorter waits are not worth a timer: the trades that they part are handed out together. */
const SHORTEST_WAIT_MS = 20;

/** While nothing trades, a clock event this often closes bars and counts offers down. */
const CLOCK_EVERY_MS = 1000;

/** Hands out recorded events when they are due: `speed` times as fast as they happened. */
export class Pace {
  readonly #speed: number;
  readonly #clock: Clock;
  #origin: { time: number; now: number } | undefined;

  /** @param speed times real time, above 0 */
  constructor(speed: number, clock: Clock) {
    if (!(speed > 0 && Number.isFinite(speed))) throw new Error(`A replay cannot run at speed ${speed}`);
    this.#speed = speed;
    this.#clock = clock;
  }

  /** The events one after the other, batches cut where the next trade is not due, with clock events between them. */
  async *play(
    events: readonly EngineEvent[],
    stop: AbortSignal,
  ): AsyncGenerator<readonly EngineEvent[], void, undefined> {
    for (const event of events) {
      if (event.type === "trades") {
        yield* this.#playTrades(event, stop);
      } else {
        const due = dueTime(event);
        if (due !== undefined) yield* this.#waitFor(due, stop);
        if (!stop.aborted) yield [event];
      }
      if (stop.aborted) return;
    }
  }

  async *#playTrades(batch: TradeBatch, stop: AbortSignal): AsyncGenerator<readonly EngineEvent[], void, undefined> {
    for (let start = 0; start < batch.count; ) {
      yield* this.#waitFor(batch.time[start] ?? 0, stop);
      if (stop.aborted) return;
      const now = this.#marketTime();
      let end = start + 1;
      while (end < batch.count && (batch.time[end] ?? 0) <= now) end += 1;
      yield [part(batch, start, end)];
      start = end;
    }
  }

  async *#waitFor(time: number, stop: AbortSignal): AsyncGenerator<readonly EngineEvent[], void, undefined> {
    this.#origin ??= { time, now: this.#clock.mono() };
    while (!stop.aborted) {
      const now = this.#marketTime();
      if (now >= time) return;
      const left = (time - now) / 1000 / this.#speed;
      await sleep(this.#clock, Math.min(Math.max(left, SHORTEST_WAIT_MS), CLOCK_EVERY_MS), stop);
      const after = this.#marketTime();
      if (left > CLOCK_EVERY_MS && after < time && !stop.aborted) yield [{ type: "clock", time: after }];
    }
  }

  /** The moment of the recording that is now. */
  #marketTime(): Micros {
    const origin = this.#origin;
    if (origin === undefined) throw new Error("The pace was asked before its first event");
    return Math.floor(origin.time + (this.#clock.mono() - origin.now) * 1000 * this.#speed) as Micros;
  }
}

/** The trades `[start, end)` of a batch, as a view of it. */
export function part(batch: TradeBatch, start: number, end: number): TradeBatch {
  if (start === 0 && end === batch.count) return batch;
  return {
    type: "trades",
    count: end - start,
    time: batch.time.subarray(start, end),
    price: batch.price.subarray(start, end),
    size: batch.size.subarray(start, end),
    side: batch.side.subarray(start, end),
    instrument: batch.instrument.subarray(start, end),
  };
}

/** When an event is due; undefined: at once, whatever time it bears. A bar is known at its end. */
function dueTime(event: EngineEvent): number | undefined {
  switch (event.type) {
    case "bar":
      return event.end;
    case "clock":
    case "rejected":
    case "connection":
      return event.time;
    default:
      return undefined;
  }
}
