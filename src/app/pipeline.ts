import type { Engine } from "../core/engine.js";
import type { EngineEvent, EngineOutput } from "../core/events.js";
import { say } from "../core/say.js";
import type { Feed } from "../feed/feed.js";

/** Shows outputs. Returns at once and does not throw; slow work is buffered inside it. */
export type Sink = (output: EngineOutput) => void;

/** Where outputs are kept before anyone sees them. */
export interface Keeper {
  /**
   * Keeps what must last. Resolves when it is durable.
   *
   * @returns the outputs to show: those it has kept before, by `outputId`, are left out
   */
  keep(outputs: readonly EngineOutput[]): Promise<readonly EngineOutput[]>;
}

/** Joins one feed, one engine, one store and any number of sinks. Live, replay, demo, backtest and tests all run this. */
export class Pipeline {
  readonly #engine: Engine;
  readonly #keeper: Keeper;
  readonly #sinks: readonly Sink[];
  /** Outputs that could not be kept: the engine has moved on, so they go before the next ones. */
  #unkept: readonly EngineOutput[] = [];
  /** How many events made them. */
  #tried = 0;
  /** As many of them as could not be kept. */
  #unsaved = 0;
  #last: Promise<unknown> = Promise.resolve();
  /** Why the engine can be asked nothing more. */
  #broken: Error | undefined;

  constructor(engine: Engine, keeper: Keeper, sinks: readonly Sink[]) {
    this.#engine = engine;
    this.#keeper = keeper;
    this.#sinks = sinks;
  }

  /**
   * Runs until the feed ends or `stop` fires. Rejects with the feed's error.
   *
   * @param told called with each event that the engine has taken, when what it made is kept
   */
  async run(feed: Feed, stop: AbortSignal, told: (event: EngineEvent) => void = () => undefined): Promise<void> {
    for await (const events of feed.events(stop)) {
      for (const event of events) {
        await this.dispatch(event);
        told(event);
      }
      if (stop.aborted) return;
    }
  }

  /** Shows what another window has recorded. */
  show(outputs: readonly EngineOutput[]): void {
    for (const output of outputs) for (const sink of this.#sinks) sink(output);
  }

  /**
   * Feeds the engine one event, from the feed or from a person; events wait their turn. After it rejected because nothing could
   * be kept, the same event may be dispatched again: what it made is kept then, and made once.
   *
   * @returns the outputs that were new, after they were kept and shown
   * @throws Error when the engine contradicts itself: what it decided before is kept, and it takes nothing more
   */
  dispatch(event: EngineEvent): Promise<readonly EngineOutput[]> {
    return this.dispatchAll([event]);
  }

  /** `dispatch` for several events that happened long ago: what they made is kept and shown together. */
  dispatchAll(events: readonly EngineEvent[]): Promise<readonly EngineOutput[]> {
    const turn = this.#last.then(async () => {
      if (this.#broken !== undefined) throw this.#broken;
      const made: EngineOutput[] = [];
      for (const event of events) made.push(...this.#process(event));
      const fresh = await this.#keep(made);
      if (this.#broken !== undefined) throw this.#broken;
      return fresh;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Keeps what could not be kept before, if there is such.
   *
   * @returns what it kept
   * @throws when it still cannot be kept
   */
  settle(): Promise<readonly EngineOutput[]> {
    const turn = this.#last.then(() => this.#keep([]));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** How many events of which something could not be kept; they are tried again with the next one, and by `settle`. */
  get unsaved(): number {
    return this.#unsaved;
  }

  #process(event: EngineEvent): readonly EngineOutput[] {
    try {
      return this.#engine.process(event);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const sentence = say(
        "The engine contradicts itself and has stopped: {0}. All that was recorded is kept: start it again",
        why,
      );
      this.#broken = new Error(sentence, { cause });
      return this.#engine.drain();
    }
  }

  async #keep(made: readonly EngineOutput[]): Promise<readonly EngineOutput[]> {
    const outputs = this.#unkept.length === 0 ? made : [...this.#unkept, ...made];
    if (outputs.length === 0) return outputs;
    this.#unkept = outputs;
    if (made.length > 0) this.#tried += 1;
    const fresh = await this.#keeper.keep(outputs).catch((error: unknown) => {
      // Not before: while the disk works on it, nothing has failed.
      this.#unsaved = this.#tried;
      throw error;
    });
    this.#unkept = [];
    this.#tried = 0;
    this.#unsaved = 0;
    this.show(fresh);
    return fresh;
  }
}
