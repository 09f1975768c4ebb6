import type { ConnectionChange } from "../../../core/market.js";

/** What a recording tells of the live run that it is of. */
export interface RecordedRun {
  /** Whether the run begins with it; false of its later days, which follow on what came before. */
  readonly isBeginning: boolean;
  /** Micros of the market at which the run had caught up with it; undefined where it never had, or had before. */
  readonly caughtUp: number | undefined;
  /** The types of its trades and bars. */
  readonly types: readonly number[];
  /** The ids of which it was told what they mean: all that it may hold. */
  readonly mapped: ReadonlySet<number>;
  readonly tsOut: boolean;
}

/** Gathers what the records of a live stream tell of its run. */
export class RunSurvey {
  readonly #types = new Uint8Array(256);
  readonly #mapped = new Set<number>();
  #isBeginning: boolean | undefined;
  #caughtUp: number | undefined;

  noteMarket(rtype: number): void {
    this.#types[rtype] = 1;
  }

  noteMapping(instrument: number): void {
    this.#mapped.add(instrument);
  }

  // A run says first of all, before any trade, that it is connected, and gives no reason; when it loses its connection later or
  // falls behind, it says that first.
  noteConnection({ state, time, message }: ConnectionChange): void {
    this.#isBeginning ??= state === "up" && message === undefined && !this.#types.includes(1);
    if (state === "caughtUp") this.#caughtUp ??= time;
  }

  end(tsOut: boolean): RecordedRun {
    return {
      isBeginning: this.#isBeginning ?? false,
      caughtUp: this.#caughtUp,
      types: [...this.#types.keys()].filter((rtype) => this.#types[rtype] === 1),
      mapped: this.#mapped,
      tsOut,
    };
  }
}
