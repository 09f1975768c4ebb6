import type { Mark, MarkRestored } from "./events.js";
import type { Instrument } from "./instrument.js";
import { PricePath, type Prints } from "./ledger/pricePath.js";
import { Recent } from "./recent.js";
import type { AccountName } from "./sizing/recommendation.js";
import type { Micros } from "./units.js";

/** A print, or a ready-made bar, and when it was. */
export interface Span extends Prints {
  readonly start: Micros;
  readonly end: Micros;
}

/** The market does not go back behind so many marks. */
const MARKS_REMEMBERED = 500;

/** Where the prints that positions meet are remembered. */
export interface Remembered {
  /**
   * @param limit the emergency stop's fraction, in force now
   * @returns whether they matter for more than the last price
   */
  addPrints(symbol: string, prints: Prints, limit: number): boolean;
}

/** What the paper account's open position met since it was opened, or since its limit's peak began anew. */
export class PaperPath implements Remembered {
  #path = new PricePath();

  addPrints(_symbol: string, prints: Prints): boolean {
    return this.#path.add(prints);
  }

  beginAnew(): void {
    this.#path = new PricePath();
  }
}

/**
 * Follows what an account's open positions meet. What counts for more than the last price is told at once, so
 * that a restart knows it; the last print is told before something else happens.
 */
export class Watch {
  readonly #account: AccountName;
  readonly #met: Remembered;
  /** How many were told of a contract at a time. */
  readonly #told = new Map<string, Recent<number, number>>();
  readonly #emit: (mark: Omit<Mark, "at">) => void;
  #untold: { readonly span: Span; readonly instrument: Instrument } | undefined;

  constructor(account: AccountName, met: Remembered, emit: (mark: Omit<Mark, "at">) => void) {
    this.#account = account;
    this.#met = met;
    this.#emit = emit;
  }

  /** @param limit the emergency stop's fraction, in force now */
  meet(span: Span, instrument: Instrument, limit: number): void {
    this.note(span, instrument);
    if (this.#met.addPrints(instrument.symbol, span, limit)) this.tell();
  }

  /** Takes note of the last print. */
  note(span: Span, instrument: Instrument): void {
    this.#untold = { span, instrument };
  }

  /** Forgets the last print: nothing is open that it could value. */
  forget(): void {
    this.#untold = undefined;
  }

  /** Takes over what was told before a restart, and what an open position met. */
  restore(mark: MarkRestored, limit: number, isHeld: boolean): void {
    this.#untold = undefined;
    this.#count(mark.symbol, mark.time);
    if (isHeld) this.#met.addPrints(mark.symbol, mark, limit);
  }

  /** Tells the last print, unless it is told. */
  tell(): void {
    if (this.#untold === undefined) return;
    const { span, instrument } = this.#untold;
    this.#untold = undefined;
    const { symbol, tickSize } = instrument;
    const { start, end: time, open, high, low, close } = span;
    // The same prints give the same ids, wherever the telling begins.
    const id = `mark:${this.#account}:${symbol}:${time}:${this.#count(symbol, time)}`;
    this.#emit({ type: "mark", id, account: this.#account, symbol, tickSize, start, time, open, high, low, close });
  }

  /** Counts one more of that time. Returns how many there were. */
  #count(symbol: string, time: number): number {
    let told = this.#told.get(symbol);
    if (told === undefined) {
      told = new Recent(MARKS_REMEMBERED);
      this.#told.set(symbol, told);
    }
    const count = told.get(time) ?? 0;
    told.set(time, count + 1);
    return count;
  }
}
