import { setImmediate as yielded } from "node:timers/promises";
import type { AccountEvent, EngineEvent } from "../core/events.js";
import type { TradeBatch } from "../core/market.js";
import type { Micros } from "../core/units.js";

/** So many of what was recorded are given at once: a few milliseconds' work for the engine. */
const PIECE = 100;

/**
 * Puts recorded account events back where they acted: those from before the feed's first moment come first, each other
 * one after everything up to its `at` and before what followed. A batch of trades is cut for that, and a clock event
 * brings the time to `at`, as it was then, even where no trade did. What is later than the feed comes at its end. Between
 * pieces of it others have their turn.
 */
export async function* mergeAccountEvents(
  source: AsyncIterable<readonly EngineEvent[]>,
  recorded: RecordedEvents,
): AsyncGenerator<readonly EngineEvent[]> {
  for await (const events of source) {
    if (recorded.areTaken) yield events;
    else yield* inPieces(around(events, recorded));
  }
  yield* inPieces(recorded.rest());
}

function* around(events: readonly EngineEvent[], recorded: RecordedEvents): Generator<EngineEvent> {
  for (const event of events) yield* recorded.around(event);
}

async function* inPieces(events: Iterable<EngineEvent>): AsyncGenerator<readonly EngineEvent[]> {
  let piece: EngineEvent[] = [];
  for (const event of events) {
    piece.push(event);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = [];
    await yielded();
  }
  yield piece;
}

/** Account events that wait for their place in a feed. They are asked for as they are needed: of years there are many. */
export class RecordedEvents {
  readonly #source: Iterator<AccountEvent>;
  #isRead = false;
  #failed: { readonly with: unknown } | undefined;
  /** Those that were asked for and not told; the first `#taken` of them are on their way to the engine. */
  #next: AccountEvent[] = [];
  #taken = 0;
  /** What came meanwhile. */
  #later: AccountEvent[] = [];
  readonly #recommendations: string[];
  #begun = false;

  /**
   * @param recorded in the order of the journal, to be gone through once; an event without `at` belongs to the one before it, but
   * new limits come at their time and leave the clock alone
   * @param recommendations the ids of all those among them
   */
  constructor(recorded: Iterable<AccountEvent>, recommendations: Iterable<string>) {
    this.#source = recorded[Symbol.iterator]();
    this.#recommendations = [...recommendations];
  }

  /** Whether none waits. */
  get areTaken(): boolean {
    return this.#peek() === undefined;
  }

  /** Whether all of them have reached the engine. */
  get areTold(): boolean {
    return this.#taken === 0 && this.areTaken;
  }

  /** Takes the next few, whatever their moment; none when none waits. */
  take(): readonly AccountEvent[] {
    const events: AccountEvent[] = [];
    for (let event = this.#peek(); event !== undefined && events.length < PIECE; event = this.#peek()) {
      this.#taken += 1;
      events.push(event);
    }
    return events;
  }

  /**
   * Forgets one that was taken, if it is one: it has reached the engine. To be said of each in turn, since one that was ruled out in
   * its place may be possible when it is told again later.
   */
  told(event: EngineEvent): void {
    if (this.#taken === 0 || this.#next[0] !== event) return;
    this.#next.shift();
    this.#taken -= 1;
  }

  /** Lets what was taken and not told wait again, for another feed or for none. */
  giveBack(): void {
    this.#taken = 0;
    this.#begun = false;
  }

  /** Adds what was recorded meanwhile. */
  push(events: readonly AccountEvent[]): void {
    for (const event of events) {
      (this.#isRead ? this.#next : this.#later).push(event);
      if (event.kind === "recommendation") this.#recommendations.push(event.recommendation.id);
    }
  }

  /** `event`, with everything that waited for its moment in front of it or between its trades. */
  *around(event: EngineEvent): Generator<EngineEvent> {
    const moment = momentOf(event);
    if (moment === undefined) {
      yield event;
      return;
    }
    if (!this.#begun) {
      yield* this.#before(moment.first, false);
      yield* this.#announced();
      this.#begun = true;
    }
    if (event.type !== "trades") {
      yield* this.#before(moment.last, true);
      yield event;
      return;
    }
    let start = 0;
    for (let at = this.#place(); at !== undefined && at < moment.last; at = this.#place()) {
      const cut = firstAfter(event, at, start);
      if (cut > start) yield slice(event, start, cut);
      start = cut;
      yield* this.#before(event.time[cut] as Micros, true);
    }
    yield start === 0 ? event : slice(event, start, event.count);
  }

  /** What no event of the feed came after. */
  rest(): Generator<EngineEvent> {
    return this.#before(Number.POSITIVE_INFINITY, this.#begun);
  }

  /** Takes the events that acted before `time`; with `clock`, each is preceded by its moment. */
  *#before(time: number, clock: boolean): Generator<EngineEvent> {
    for (let event = this.#peek(); event !== undefined; event = this.#peek()) {
      const place = placeOf(event);
      if (place !== undefined && place >= time) return;
      if (clock && event.at !== undefined) yield { type: "clock", time: event.at };
      this.#taken += 1;
      yield event;
    }
  }

  // A recommendation acts after the print that it came of, and that print must not be refused one.
  #announced(): readonly EngineEvent[] {
    const recommendations = [...this.#recommendations];
    if (recommendations.length === 0 || this.areTaken) return [];
    return [{ type: "account", kind: "issued", id: `issued:${recommendations.join()}`, recommendations }];
  }

  #place(): Micros | undefined {
    const next = this.#peek();
    return next && placeOf(next);
  }

  /** A source that failed once would say that it is at its end, and the rest would count as told. */
  #asked(): IteratorResult<AccountEvent> {
    if (this.#failed !== undefined) throw this.#failed.with;
    try {
      return this.#source.next();
    } catch (error) {
      this.#failed = { with: error };
      throw error;
    }
  }

  #peek(): AccountEvent | undefined {
    const known = this.#next[this.#taken];
    if (known !== undefined || this.#isRead) return known;
    const { done, value } = this.#asked();
    if (done !== true) this.#next.push(value);
    else {
      this.#isRead = true;
      this.#next.push(...this.#later);
      this.#later = [];
    }
    return this.#next[this.#taken];
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
