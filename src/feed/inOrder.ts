import type { EngineEvent } from "../core/events.js";
import { part } from "./pace.js";
import type { Playing, Recording, Turn } from "./recording.js";

/**
 * Plays recordings in order of time: one after the other, and trade by trade where two were received at the same time, which
 * are of different instruments then. Bars are never mixed with anything (`ENGINE.md` 3.6).
 *
 * @param recordings by the time of their first record
 */
export async function* inOrder(
  recordings: readonly Recording[],
  playing: Playing,
): AsyncGenerator<Turn, void, undefined> {
  const waiting = [...recordings];
  const heads: Head[] = [];
  let events: EngineEvent[] = [];
  try {
    for (;;) {
      for (let next = waiting[0]; next !== undefined && isDue(next, heads); next = waiting[0]) {
        waiting.shift();
        const opened = new Head(next, playing);
        if (await opened.refill()) heads.push(opened);
      }
      const head = earliest(heads);
      if (head === undefined) return;
      const others = heads.filter((other) => other !== head).map(({ next }) => next);
      const [coming] = waiting.slice(0, 1).filter((recording) => overlaps(recording, heads));
      events.push(...head.take(Math.min(...others, coming?.start ?? Number.POSITIVE_INFINITY)));
      if (!head.isEmpty) continue;
      // Its batches are valid until it is asked for more.
      yield { events, time: head.time };
      events = [];
      if (!(await head.refill())) heads.splice(heads.indexOf(head), 1);
    }
  } finally {
    for (const head of heads) await head.close();
  }
}

/** A recording that is being played: the rest of its current turn. */
class Head {
  readonly recording: Recording;
  readonly #turns: AsyncGenerator<Turn, void, undefined>;
  #turn: Turn = { events: [], time: 0 };
  #index = 0;
  /** Trades of the current batch that are gone. */
  #taken = 0;

  constructor(recording: Recording, playing: Playing) {
    this.recording = recording;
    this.#turns = recording.turns({ ...playing, contracts: playing.contracts.beside() });
  }

  get isEmpty(): boolean {
    return this.#index === this.#turn.events.length;
  }

  /** Where the recording stands after its current turn. */
  get time(): number {
    return this.#turn.time;
  }

  /** The time of what comes next; what has none comes at once. */
  get next(): number {
    const event = this.#turn.events[this.#index];
    return event === undefined ? Number.NEGATIVE_INFINITY : timeOf(event, this.#taken);
  }

  /** Reads the next turn that holds anything; false when there is none. */
  async refill(): Promise<boolean> {
    while (this.isEmpty) {
      const { value, done } = await this.#turns.next();
      if (done === true) return false;
      this.#turn = value;
      this.#index = 0;
      this.#taken = 0;
    }
    return true;
  }

  /** The events up to and at `limit`; a batch is cut there. */
  take(limit: number): readonly EngineEvent[] {
    const taken: EngineEvent[] = [];
    for (let event = this.#turn.events[this.#index]; event !== undefined; event = this.#turn.events[this.#index]) {
      if (timeOf(event, this.#taken) > limit) break;
      if (event.type !== "trades") {
        taken.push(event);
        this.#index += 1;
        continue;
      }
      let end = event.count;
      if ((event.time[end - 1] ?? 0) > limit) {
        end = this.#taken;
        while ((event.time[end] ?? 0) <= limit) end += 1;
      }
      taken.push(part(event, this.#taken, end));
      this.#taken = end;
      if (end < event.count) break;
      this.#index += 1;
      this.#taken = 0;
    }
    return taken;
  }

  close(): Promise<unknown> {
    return this.#turns.return();
  }
}

function earliest(heads: readonly Head[]): Head | undefined {
  return heads.reduce<Head | undefined>(
    (first, head) => (first === undefined || head.next < first.next ? head : first),
    undefined,
  );
}

function isDue(recording: Recording, heads: readonly Head[]): boolean {
  if (heads.length === 0) return true;
  return overlaps(recording, heads) && recording.start <= Math.min(...heads.map(({ next }) => next));
}

function overlaps({ received, hasBars }: Recording, heads: readonly Head[]): boolean {
  return heads.some(({ recording }) => !(hasBars || recording.hasBars) && received.start < recording.received.end);
}

function timeOf(event: EngineEvent, taken: number): number {
  switch (event.type) {
    case "trades":
      return event.time[taken] ?? Number.NEGATIVE_INFINITY;
    case "clock":
    case "rejected":
      return event.time;
    default:
      return Number.NEGATIVE_INFINITY;
  }
}
