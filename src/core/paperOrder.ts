import type { FillFacts } from "./booking.js";
import { type Hours, type MetBar, type PaperReport, type PaperRules, PaperTrade } from "./broker/paperTrade.js";
import type { CancelReason } from "./events.js";
import type { Instrument } from "./instrument.js";
import { type Contract, hasChanged, isOf } from "./shadowBook.js";
import type { Recommendation } from "./sizing/recommendation.js";
import type { Micros, Ticks } from "./units.js";

/** Takes what becomes of the order. */
type Report = (trade: PaperTrade, report: PaperReport) => void;

/** The paper account's one order: first working, then open. */
export class PaperOrder {
  readonly #rules: PaperRules;
  readonly #report: Report;
  readonly #closed = new Set<string>();
  #trade: PaperTrade | undefined;

  constructor(rules: PaperRules, report: Report) {
    this.#rules = rules;
    this.#report = report;
  }

  /** Whether there is one. */
  get isThere(): boolean {
    return this.#trade !== undefined;
  }

  get isWorking(): boolean {
    return this.#trade?.state === "working";
  }

  /** When the entry expires; infinity without one. */
  get expires(): number {
    return this.#trade?.expires ?? Number.POSITIVE_INFINITY;
  }

  /** Whether one was ever closed. */
  get hasClosed(): boolean {
    return this.#closed.size > 0;
  }

  /** Whether that of a recommendation was closed. */
  isClosed(id: string): boolean {
    return this.#closed.has(id);
  }

  /** Whether there is or was one for a recommendation. */
  isAtWork(id: string): boolean {
    return this.#trade?.recommendation.id === id || this.#closed.has(id);
  }

  /** Puts one to work; it replaces an unfilled one. */
  submit(recommendation: Recommendation, quantity: number): void {
    this.#cancel(recommendation.time, "CANCELLED_REPLACED");
    this.#trade = new PaperTrade(recommendation, quantity, this.#rules);
  }

  /** Takes over a fill that the journal knows. */
  adopt(recommendation: Recommendation, fill: FillFacts, flatTime: Micros): void {
    this.#trade = new PaperTrade(recommendation, fill.quantity, this.#rules);
    this.#trade.adoptFill(fill.time, fill.price, flatTime);
  }

  /** Its position is closed. */
  close(id: string): void {
    this.#trade = undefined;
    this.#closed.add(id);
  }

  /** Ends it unbooked, with the positions that are held; none comes back. Returns how many recommendations that were. */
  abandon(held: Iterable<string>): number {
    const abandoned = new Set(held);
    if (this.#trade !== undefined) abandoned.add(this.#trade.recommendation.id);
    this.#trade = undefined;
    for (const id of abandoned) this.#closed.add(id);
    return abandoned.size;
  }

  /** Forgets a working one that the journal knows to have ended. */
  drop(id: string): void {
    if (this.isWorking && this.#trade?.recommendation.id === id) this.#trade = undefined;
  }

  /** Ends an entry that expires until `until`, stamped `time`. */
  expire(until: Micros, time: Micros): void {
    if (this.expires <= until) this.#cancel(time, "EXPIRED");
  }

  /** Ends an entry of a contract that is followed no more. */
  endContract(instrument: Instrument, time: Micros): void {
    if (this.#of(instrument) !== undefined) this.#cancel(time, "EXPIRED");
  }

  /** Closes a position of which no print comes any more. */
  leaveAtLast(time: Micros, which: (trade: PaperTrade) => boolean): void {
    const trade = this.#trade;
    if (trade !== undefined && which(trade)) this.#tell(trade, trade.leaveAtLast(time));
  }

  /** Cancels a working entry, and leaves an open position at the next print. */
  leave(time: Micros): void {
    this.#cancel(time, "CANCELLED_HALTED");
    this.#trade?.flattenNext();
  }

  /** Returns whether a restart must know the print. */
  onTrade(time: Micros, price: Ticks, hours: Hours, instrument: Instrument): boolean {
    const trade = this.#of(instrument);
    if (trade === undefined) return false;
    const { changes } = trade;
    this.#tell(trade, trade.onTrade(time, price, hours));
    return hasChanged(trade, changes);
  }

  /** Returns whether a restart must know the bar. */
  onBar(bar: MetBar, instrument: Instrument): boolean {
    const trade = this.#of(instrument);
    if (trade === undefined) return false;
    const { changes } = trade;
    for (const report of trade.onBar(bar)) this.#tell(trade, report);
    return hasChanged(trade, changes);
  }

  /** Takes over what it met before a restart; its fill and its end are told by the journal. */
  recall(met: MetBar, contract: Contract): void {
    this.#of(contract)?.recall(met);
  }

  #of(instrument: Contract): PaperTrade | undefined {
    return this.#trade !== undefined && isOf(this.#trade, instrument) ? this.#trade : undefined;
  }

  #cancel(time: Micros, reason: CancelReason): void {
    const trade = this.#trade;
    if (trade !== undefined) this.#tell(trade, trade.cancel(time, reason));
  }

  #tell(trade: PaperTrade, report: PaperReport | undefined): void {
    if (report === undefined) return;
    if (report.type === "canceled") this.#trade = undefined;
    this.#report(trade, report);
  }
}
