import type { Mark, MarkRestored } from "./events.js";
import type { Instrument } from "./instrument.js";
import type { Prints } from "./ledger/pricePath.js";
import type { Records } from "./records.js";
import type { Micros } from "./units.js";

/** A print, or a ready-made bar, and when it was. */
export interface Span extends Prints {
  readonly start: Micros;
  readonly end: Micros;
}

/**
 * Follows what the user's open positions meet, into his records. What counts for more than the last price is told at once, so
 * that a restart knows it; the last print is told before something else happens.
 */
export class Watch {
  readonly #records: Records;
  readonly #emit: (mark: Omit<Mark, "at">) => void;
  #untold: { readonly span: Span; readonly instrument: Instrument } | undefined;
  #time = 0;
  #toldAtTime = 0;

  constructor(records: Records, emit: (mark: Omit<Mark, "at">) => void) {
    this.#records = records;
    this.#emit = emit;
  }

  /** @param limit the emergency stop's fraction, in force now */
  meet(span: Span, instrument: Instrument, limit: number): void {
    this.#untold = { span, instrument };
    if (this.#records.addPrints(instrument.symbol, span, limit)) this.tell();
  }

  /** Takes over what was told before a restart. */
  restore(mark: MarkRestored, limit: number): void {
    this.#untold = undefined;
    this.#nextId(mark.symbol, mark.time);
    this.#records.addPrints(mark.symbol, mark, limit);
  }

  /** Tells the last print, unless it is told. */
  tell(): void {
    if (this.#untold === undefined) return;
    const { span, instrument } = this.#untold;
    this.#untold = undefined;
    const { symbol, tickSize } = instrument;
    const { start, end: time, open, high, low, close } = span;
    const id = this.#nextId(symbol, time);
    this.#emit({ type: "mark", id, account: "manual", symbol, tickSize, start, time, open, high, low, close });
  }

  // The same prints give the same ids, wherever the telling begins.
  #nextId(symbol: string, time: Micros): string {
    this.#toldAtTime = time === this.#time ? this.#toldAtTime + 1 : 0;
    this.#time = time;
    return `mark:manual:${symbol}:${time}:${this.#toldAtTime}`;
  }
}
