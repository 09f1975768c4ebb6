import { type Hours, type MetBar, type PaperReport, type PaperRules, PaperTrade } from "./broker/paperTrade.js";
import type { Shadow } from "./events.js";
import { type Instrument, toCents, toPoints } from "./instrument.js";
import { commissionOf } from "./ledger/account.js";
import type { Recommendation } from "./sizing/recommendation.js";
import type { Cents, Micros, Ticks } from "./units.js";

/** A contract, by the name that every run gives it. */
export type Contract = Pick<Instrument, "symbol">;

/**
 * What each recommendation would do by the paper rules alone, apart from any account, limit, replacement or answer
 * (`ENGINE.md` 8). Shown beside what was recorded; never learned, never in equity.
 */
export class ShadowBook {
  readonly #rules: PaperRules;
  readonly #emit: (shadow: Shadow) => void;
  /** By the id of their recommendation, in the order in which they came. */
  readonly #trades = new Map<string, PaperTrade>();
  /** When the next entry expires, as long as nothing was met. */
  #nextExpiry: number | undefined;

  constructor(rules: PaperRules, emit: (shadow: Shadow) => void) {
    this.#rules = rules;
    this.#emit = emit;
  }

  get isEmpty(): boolean {
    return this.#trades.size === 0;
  }

  /** When the next entry expires; infinity without one. */
  get nextExpiry(): number {
    if (this.#nextExpiry === undefined) {
      this.#nextExpiry = Number.POSITIVE_INFINITY;
      for (const { expires } of this.#trades.values()) this.#nextExpiry = Math.min(this.#nextExpiry, expires);
    }
    return this.#nextExpiry;
  }

  follow(recommendation: Recommendation): void {
    const trade = new PaperTrade(recommendation, recommendation.quantity, this.#rules);
    this.#trades.set(recommendation.id, trade);
    if (this.#nextExpiry !== undefined) this.#nextExpiry = Math.min(this.#nextExpiry, trade.expires);
  }

  /** Follows one no more whose end the journal knows. */
  finish(recommendation: string): void {
    if (this.#trades.get(recommendation)?.expires === this.#nextExpiry) this.#nextExpiry = undefined;
    this.#trades.delete(recommendation);
  }

  /** Meets again what was met before a restart. */
  recall(met: MetBar, contract: Contract): void {
    if (met.start < met.end) this.onBar(met, contract);
    else this.onTrade(met.end, met.close as Ticks, met, contract);
  }

  /** Ends the entries that expire until `until`, stamped `time`. */
  expire(until: Micros, time: Micros): void {
    this.#each((trade) => (trade.expires <= until ? trade.cancel(time, "EXPIRED") : undefined));
  }

  /** Ends the entries of a contract that is followed no more. */
  endContract(instrument: Instrument, time: Micros): void {
    this.#each((trade) => (isOf(trade, instrument) ? trade.cancel(time, "EXPIRED") : undefined));
  }

  /** Closes positions of which no print comes any more. */
  leaveAtLast(time: Micros, which: (trade: PaperTrade) => boolean): void {
    this.#each((trade) => (which(trade) ? trade.leaveAtLast(time) : undefined));
  }

  /** Returns whether a restart must know the print. */
  onTrade(time: Micros, price: Ticks, hours: Hours, instrument: Contract): boolean {
    if (this.isEmpty) return false;
    return this.#each((trade) => (isOf(trade, instrument) ? trade.onTrade(time, price, hours) : undefined));
  }

  /** Returns whether a restart must know the bar. */
  onBar(bar: MetBar, instrument: Contract): boolean {
    return this.#each((trade) => (isOf(trade, instrument) ? trade.onBar(bar).at(-1) : undefined));
  }

  #each(meet: (trade: PaperTrade) => PaperReport | undefined): boolean {
    this.#nextExpiry = undefined;
    let changed = false;
    for (const trade of this.#trades.values()) {
      const { changes } = trade;
      const report = meet(trade);
      changed = hasChanged(trade, changes) || changed;
      if (report === undefined || report.type === "filled") continue;
      this.#emit(shadowOf(trade, report));
      this.#trades.delete(trade.recommendation.id);
    }
    return changed;
  }
}

/** Whether a trade belongs to the contract whose print it would meet. */
export function isOf(trade: { readonly recommendation: Recommendation }, contract: Contract | undefined): boolean {
  return trade.recommendation.instrument.symbol === contract?.symbol;
}

/** Whether a trade that goes on knows more than when it had changed `before` times. */
export function hasChanged(trade: PaperTrade, before: number): boolean {
  return trade.state !== "done" && trade.changes !== before;
}

function shadowOf(trade: PaperTrade, report: Exclude<PaperReport, { type: "filled" }>): Shadow {
  const { recommendation, quantity, entryPrice, entryTime } = trade;
  const { id, instrument } = recommendation;
  const shadow = { type: "shadow", id: `shadow:${id}`, recommendation: id, instrument, time: report.time } as const;
  if (report.type === "canceled") {
    const none = { entryTime: undefined, entryPrice: undefined, price: undefined, netPnl: 0 as Cents };
    return { ...shadow, ...none, reason: report.reason, rMultiple: 0, maePoints: 0, mfePoints: 0 };
  }
  const ticks = (recommendation.action === "BUY" ? 1 : -1) * (report.price - entryPrice);
  const fees = commissionOf(instrument, quantity);
  const risked = Math.abs(entryPrice - recommendation.stop);
  return {
    ...shadow,
    entryTime,
    entryPrice,
    price: report.price,
    reason: report.reason,
    netPnl: (toCents(ticks, quantity, instrument) - fees) as Cents,
    rMultiple: risked === 0 ? 0 : ticks / risked + 0,
    maePoints: toPoints(report.mae, instrument),
    mfePoints: toPoints(report.mfe, instrument),
  };
}
