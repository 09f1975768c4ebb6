import type { Hours, MetBar, PaperReport, PaperTrade } from "./broker/paperTrade.js";
import type { Shadow } from "./events.js";
import type { Instrument } from "./instrument.js";
import { isOver } from "./instruments.js";
import { PaperOrder } from "./paperOrder.js";
import type { EngineSettings } from "./settings.js";
import { type Contract, ShadowBook } from "./shadowBook.js";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros, type Ticks } from "./units.js";

/** What the paper rules fill (`ENGINE.md` 8): the paper account's order and every recommendation's shadow. */
export class PaperBooks {
  readonly order: PaperOrder;
  readonly shadows: ShadowBook;

  /** @param report takes what becomes of the order */
  constructor(
    { paper }: Pick<EngineSettings, "paper">,
    report: (trade: PaperTrade, report: PaperReport) => void,
    emit: (shadow: Shadow) => void,
  ) {
    const rules = {
      slippageTicks: Math.ceil(paper.marketSlippageTicks),
      latency: paper.entryLatencySeconds * MICROS_PER_SECOND,
      maxHold: paper.maxHoldMinutes * MICROS_PER_MINUTE,
    };
    this.order = new PaperOrder(rules, report);
    this.shadows = new ShadowBook(rules, emit);
  }

  /** Whether a print could change nothing. */
  get isEmpty(): boolean {
    return !this.order.isThere && this.shadows.isEmpty;
  }

  /** When the next entry expires; infinity without one. */
  get nextExpiry(): number {
    return Math.min(this.order.expires, this.shadows.nextExpiry);
  }

  /** Ends the entries that expire until `until`, stamped `time`. */
  expire(until: Micros, time: Micros): void {
    this.order.expire(until, time);
    this.shadows.expire(until, time);
  }

  /** Ends the entries of a contract that is followed no more (`ENGINE.md` 8: GTC ends with the contract). */
  endContract(instrument: Instrument, time: Micros): void {
    this.order.endContract(instrument, time);
    this.shadows.endContract(instrument, time);
  }

  /**
   * Closes the positions of contracts that trade no more after the day of `date`, each at its own last print: no other comes
   * that could.
   */
  endPositions(date: string, time: Micros): void {
    this.#leaveAtLast(time, ({ recommendation: { instrument, time: issued } }) =>
      isOver(instrument.symbol, issued, date),
    );
  }

  /** Closes the positions of earlier days that no print closed at their flat time, each at its last one. */
  leaveOverdue(open: Micros, time: Micros): void {
    this.#leaveAtLast(time, (trade) => trade.isOverdue(open));
  }

  /** Returns whether a restart must know the print. */
  onTrade(time: Micros, price: Ticks, hours: Hours, instrument: Instrument): boolean {
    const orderChanged = this.order.onTrade(time, price, hours, instrument);
    return this.shadows.onTrade(time, price, hours, instrument) || orderChanged;
  }

  /** Returns whether a restart must know the bar. */
  onBar(bar: MetBar, instrument: Instrument): boolean {
    const orderChanged = this.order.onBar(bar, instrument);
    return this.shadows.onBar(bar, instrument) || orderChanged;
  }

  /** Takes over what was met before a restart. */
  recall(met: MetBar, contract: Contract): void {
    this.order.recall(met, contract);
    this.shadows.recall(met, contract);
  }

  #leaveAtLast(time: Micros, which: (trade: PaperTrade) => boolean): void {
    this.order.leaveAtLast(time, which);
    this.shadows.leaveAtLast(time, which);
  }
}
