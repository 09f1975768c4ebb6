import type { AccountEvent, EngineEvent } from "../core/events.js";
import type { TradeBatch } from "../core/market.js";
import type { Micros } from "../core/units.js";

/**
 * Puts recorded account events back where they acted: those from before the feed's first moment come first, each other
 * one after everything up to its `at` and before what followed. A batch of trades is cut for that, and a clock event
 * brings the time to `at`, as it was then, even where no trade did. What is later than the feed comes at its end.
 *
 */
export async function* mergeAccountEvents(
  source: AsyncIterable<readonly EngineEvent[]>,
  recorded: RecordedEvents,
): AsyncGenerator<readonly EngineEvent[]> {
  for await (const events of source) {
    yield recorded.areTaken ? events : events.flatMap((event) => recorded.around(event));
    // Whoever asks for more has dealt with what he got.
    recorded.confirm();
  }
  yield recorded.rest();
  recorded.confirm();
}

/** Account events that wait for their place in a feed. */
export class RecordedEvents {
  readonly #recorded: AccountEvent[];
  #next = 0;
  #begun = false;

  /**
   * @param recorded in the order of the journal; an event without `at` belongs to the one before it, but new limits come at
   * their time and leave the clock alone
   */
  constructor(recorded: readonly AccountEvent[]) {
    this.#recorded = [...recorded];
  }

  /** Those that may not have reached the engine. */
  get untold(): readonly AccountEvent[] {
    return this.#recorded;
  }

  /** Whether none waits. */
  get areTaken(): boolean {
    return this.#next >= this.#recorded.length;
  }

  /** Whether all of them have reached the engine. */
  get areTold(): boolean {
    return this.#recorded.length === 0;
  }

  /** Forgets what was taken: it has reached the engine. */
  confirm(): void {
    if (this.#next === 0) return;
    this.#recorded.splice(0, this.#next);
    this.#next = 0;
  }

  /** Adds what was recorded meanwhile. */
  push(events: readonly AccountEvent[]): void {
    for (const event of events) this.#recorded.push(event);
  }

  /** `event`, with everything that waited for its moment in front of it or between its trades. */
  around(event: EngineEvent): readonly EngineEvent[] {
    const moment = momentOf(event);
    if (moment === undefined) return [event];
    const due: EngineEvent[] = this.#begun ? [] : [...this.#before(moment.first, false), ...this.#announced()];
    this.#begun = true;
    if (event.type !== "trades") return [...due, ...this.#before(moment.last, true), event];
    let start = 0;
    for (let at = this.#peek(); at !== undefined && at < moment.last; at = this.#peek()) {
      const cut = firstAfter(event, at, start);
      if (cut > start) due.push(slice(event, start, cut));
      start = cut;
      due.push(...this.#before(event.time[cut] as Micros, true));
    }
    due.push(start === 0 ? event : slice(event, start, event.count));
    return due;
  }

  /** What no event of the feed came after. */
  rest(): readonly EngineEvent[] {
    return this.#before(Number.POSITIVE_INFINITY, this.#begun);
  }

  /** Takes the events that acted before `time`; with `clock`, each is preceded by its moment. */
  #before(time: number, clock: boolean): readonly EngineEvent[] {
    const taken: EngineEvent[] = [];
    for (let event = this.#recorded[this.#next]; event !== undefined; event = this.#recorded[this.#next]) {
      const place = placeOf(event);
      if (place !== undefined && place >= time) break;
      if (clock && event.at !== undefined) taken.push({ type: "clock", time: event.at });
      taken.push(event);
      this.#next++;
    }
    return taken;
  }

  // A recommendation acts after the print that it came of, and that print must not be refused one.
  #announced(): readonly EngineEvent[] {
    const waiting = this.#recorded.slice(this.#next);
    const recommendations = waiting.flatMap((event) =>
      event.kind === "recommendation" ? [event.recommendation.id] : [],
    );
    if (recommendations.length === 0) return [];
    return [{ type: "account", kind: "issued", id: `issued:${recommendations.join()}`, recommendations }];
  }

  #peek(): Micros | undefined {
    const next = this.#recorded[this.#next];
    return next && placeOf(next);
  }
}

function placeOf(event: AccountEvent): Micros | undefined {
  return event.at ?? (event.kind === "limits" ? event.time : undefined);
}

/** First and last moment of what moves the engine's time; undefined for what does not. */
function momentOf(event: EngineEvent): { readonly first: number; readonly last: number } | undefined {
  switch (event.type) {
    case "trades": {
      const first = event.time[0];
      const last = event.time[event.count - 1];
      return event.count === 0 || first === undefined || last === undefined ? undefined : { first, last };
    }
    case "bar":
      return { first: event.end, last: event.end };
    case "clock":
    case "rejected":
    case "connection":
      return { first: event.time, last: event.time };
    case "skipped":
    case "contract":
    case "account":
      return undefined;
    default:
      return event satisfies never;
  }
}

/** Index of the first trade after `time`, from `start` on. */
function firstAfter(batch: TradeBatch, time: Micros, start: number): number {
  let low = start;
  let high = batch.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((batch.time[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function slice(batch: TradeBatch, start: number, end: number): TradeBatch {
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
