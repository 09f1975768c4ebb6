import type { CancelReason, ExitReason } from "../events.js";
import { checkPaid } from "../guards/paperBooks.js";
import { prove } from "../guards/verdict.js";
import type { Recommendation } from "../sizing/recommendation.js";
import type { Micros, Ticks } from "../units.js";

/** What became of a paper trade at one print or bar. */
export type PaperReport =
  | { readonly type: "filled"; readonly time: Micros; readonly price: Ticks }
  | { readonly type: "canceled"; readonly time: Micros; readonly reason: CancelReason }
  | {
      readonly type: "closed";
      readonly time: Micros;
      readonly price: Ticks;
      readonly reason: ExitReason;
      /** Ticks from the entry, at worst and at best. */
      readonly mae: number;
      readonly mfe: number;
    };

export interface PaperRules {
  /** Whole ticks that a market fill is worse. */
  readonly slippageTicks: number;
  /** From the issue until the order is at work. */
  readonly latency: number;
  /** Longest time in a position; 0 is no limit. In micros. */
  readonly maxHold: number;
}

/** Where the market stands when a trade meets it. */
export interface Hours {
  /** In the trading day and before its flat time: entries may fill. */
  readonly tradable: boolean;
  /** The day's flat time, for a position that opens now. */
  readonly flatTime: Micros;
}

/** A ready-made bar as a paper trade meets it. */
export interface MetBar extends Hours {
  readonly start: Micros;
  readonly end: Micros;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** It ends after the flat time: positions leave at its open. */
  readonly flat: boolean;
}

/**
 * One order from its issue to its exit, filled pessimistically against real prints (`ENGINE.md` 8) or bars (8.1). No
 * randomness: the same prints give the same fills. Prices are compared with the sign of the side, so that a SHORT is a BUY
 * in the mirror.
 */
export class PaperTrade {
  readonly recommendation: Recommendation;
  readonly quantity: number;
  readonly #rules: PaperRules;
  readonly #side: 1 | -1;
  readonly #limit: number;
  readonly #stop: number;
  readonly #target: number;
  readonly #trigger: number;
  readonly #activeFrom: number;
  #state: "working" | "open" | "done" = "working";
  #first = true;
  #armed: boolean;
  #entry = 0;
  #entryTime = 0;
  #flatTime = Number.POSITIVE_INFINITY;
  #flatten = false;
  #last: number | undefined;
  #mae = 0;
  #mfe = 0;
  #changes = 0;

  constructor(recommendation: Recommendation, quantity: number, rules: PaperRules) {
    this.recommendation = recommendation;
    this.quantity = quantity;
    this.#rules = rules;
    this.#side = recommendation.action === "BUY" ? 1 : -1;
    this.#limit = this.#side * recommendation.price;
    this.#stop = this.#side * recommendation.stop;
    this.#target = this.#side * recommendation.target;
    this.#trigger = this.#side * (recommendation.trigger ?? 0);
    this.#activeFrom = recommendation.time + rules.latency;
    this.#armed = recommendation.orderType !== "STOP_LIMIT";
  }

  get state(): "working" | "open" | "done" {
    return this.#state;
  }

  /** How often a print or a bar has changed what the next one meets, or an extreme: a restart must know those. */
  get changes(): number {
    return this.#changes;
  }

  get entryTime(): Micros {
    return this.#entryTime as Micros;
  }

  get entryPrice(): Ticks {
    return (this.#side * this.#entry) as Ticks;
  }

  /** When the entry expires unfilled, never before its issue; infinity for GTC, and once it is filled. */
  get expires(): number {
    const { validity, flatTime, time } = this.recommendation;
    return this.#state === "working" && validity !== "GTC" ? Math.max(flatTime, time) : Number.POSITIVE_INFINITY;
  }

  /** Ends an entry that is still working. */
  cancel(time: Micros, reason: CancelReason): PaperReport | undefined {
    if (this.#state !== "working") return undefined;
    this.#state = "done";
    return { type: "canceled", time, reason };
  }

  /** Closes an open position at the next print, whatever it is. */
  flattenNext(): void {
    this.#flatten = true;
  }

  /** Whether it is open past its flat time at a time, and met a print that says what it was worth last. */
  isOverdue(time: Micros): boolean {
    return this.#state === "open" && this.#flatTime < time && this.#last !== undefined;
  }

  /**
   * Closes an open position of which no print comes any more, at the last one that it met; where nobody saw one since its
   * fill, at its entry.
   */
  leaveAtLast(time: Micros): PaperReport | undefined {
    if (this.#state !== "open") return undefined;
    const last = this.#last ?? this.#entry;
    return this.#close(time, last - this.#rules.slippageTicks, this.#flatten ? "emergency" : "eod");
  }

  /** Takes over a fill that the journal knows. */
  adoptFill(time: Micros, price: Ticks, flatTime: Micros): void {
    this.#open(time, this.#side * price, flatTime);
  }

  /** Takes over what it met before a restart, but not what came of it: the journal tells that. */
  recall(met: MetBar): void {
    this.#last = this.#side * met.close;
    const [adverse, favourable] = this.#side === 1 ? [met.low, met.high] : [met.high, met.low];
    if (this.#state === "open" && met.start >= this.#entryTime && met.end > this.#entryTime) {
      this.#watch(this.#side * adverse);
      this.#watch(this.#side * favourable);
    }
    if (this.#state !== "working" || met.start < this.#activeFrom || !met.tradable || met.flat) return;
    this.#meetFirst();
    if (!this.#armed) this.#arm(this.#side * favourable);
  }

  /** Meets a print. The print that fills cannot exit, so there is at most one report. */
  onTrade(time: Micros, price: number, hours: Hours): PaperReport | undefined {
    this.#last = this.#side * price;
    const report = this.#meet(time, price, hours);
    if (report !== undefined) this.#prove(report, price, price);
    return report;
  }

  #meet(time: Micros, price: number, hours: Hours): PaperReport | undefined {
    const print = this.#side * price;
    if (this.#state === "open") return this.#exitAt(time, print);
    if (this.#state !== "working" || time < this.#activeFrom || !hours.tradable) return undefined;
    return this.#enterAt(time, print, hours);
  }

  #enterAt(time: Micros, print: number, hours: Hours): PaperReport | undefined {
    const { orderType, validity } = this.recommendation;
    const first = this.#meetFirst();
    if (!this.#armed) {
      this.#arm(print);
      return !this.#armed && validity === "IOC" ? this.cancel(time, "CANCELLED_IOC") : undefined;
    }
    if (orderType === "MARKET") {
      if (print <= this.#stop || print >= this.#target) return this.cancel(time, "CANCELLED_STALE");
      return this.#fill(time, print + this.#rules.slippageTicks, hours);
    }
    if (first && orderType === "LIMIT") return this.#arrive(time, print, hours);
    return print <= this.#limit - 1 ? this.#fill(time, this.#limit, hours) : undefined;
  }

  // The first print after activation: an order that is already through fills like a market order, not beyond its limit.
  #arrive(time: Micros, print: number, hours: Hours): PaperReport | undefined {
    if (print <= this.#limit - 1) {
      if (print <= this.#stop) return this.cancel(time, "CANCELLED_STALE");
      return this.#fill(time, Math.min(this.#limit, print + this.#rules.slippageTicks), hours);
    }
    return this.recommendation.validity === "IOC" ? this.cancel(time, "CANCELLED_IOC") : undefined;
  }

  #exitAt(time: Micros, print: number): PaperReport | undefined {
    this.#watch(print);
    const worse = this.#rules.slippageTicks;
    if (this.#flatten) return this.#close(time, print - worse, "emergency");
    if (print <= this.#stop) return this.#close(time, Math.min(print, this.#stop) - worse, "stop");
    if (print >= this.#target + 1) return this.#close(time, this.#target, "target");
    if (time >= this.#flatTime) return this.#close(time, print - worse, "eod");
    return this.#overdue(time) ? this.#close(time, print - worse, "time") : undefined;
  }

  /** Meets a bar with volume: its open, then the adverse extreme, then the favourable one (`ENGINE.md` 8.1). */
  onBar(bar: MetBar): readonly PaperReport[] {
    this.#last = this.#side * bar.close;
    const reports = this.#meetBar(bar);
    for (const report of reports) this.#prove(report, bar.low, bar.high);
    return reports;
  }

  // No purchase below what was traded, no sale above it.
  #prove(report: PaperReport, low: number, high: number): void {
    if (report.type === "canceled") return;
    const buys = (report.type === "filled") === (this.#side === 1);
    prove(checkPaid(buys ? low : high, { price: report.price, buys }));
  }

  #meetBar(bar: MetBar): readonly PaperReport[] {
    const up = this.#side === 1;
    const open = this.#side * bar.open;
    const adverse = this.#side * (up ? bar.low : bar.high);
    const favourable = this.#side * (up ? bar.high : bar.low);
    if (this.#state === "open") {
      const report = this.#exitInBar(bar, open, adverse, favourable);
      return report === undefined ? [] : [report];
    }
    if (this.#state !== "working" || bar.start < this.#activeFrom || !bar.tradable || bar.flat) return [];
    const entry = this.#enterInBar(bar, open, adverse, favourable);
    if (entry === undefined) return [];
    if (entry.type !== "filled" || adverse > this.#stop) return [entry];
    return [entry, this.#close(bar.end, this.#stop - this.#rules.slippageTicks, "stop")];
  }

  #enterInBar(bar: MetBar, open: number, adverse: number, favourable: number): PaperReport | undefined {
    const { orderType, validity } = this.recommendation;
    const first = this.#first;
    if (!this.#armed) {
      this.#meetFirst();
      this.#arm(favourable);
      return !this.#armed && validity === "IOC" ? this.cancel(bar.start, "CANCELLED_IOC") : undefined;
    }
    if (first || orderType === "MARKET") {
      const arrived = this.#enterAt(bar.start, open, bar);
      if (arrived !== undefined) return arrived;
    }
    return adverse <= this.#limit - 1 ? this.#fill(bar.end, this.#limit, bar) : undefined;
  }

  #exitInBar(bar: MetBar, open: number, adverse: number, favourable: number): PaperReport | undefined {
    const worse = this.#rules.slippageTicks;
    const atOpen = this.#flatten || open <= this.#stop || this.#leavesAtOpen(bar);
    if (atOpen) {
      this.#watch(open);
      if (this.#flatten) return this.#close(bar.start, open - worse, "emergency");
      if (open <= this.#stop) return this.#close(bar.start, open - worse, "stop");
      if (open >= this.#target + 1) return this.#close(bar.start, this.#target, "target");
      return this.#close(bar.start, open - worse, this.#isFlat(bar) ? "eod" : "time");
    }
    if (adverse <= this.#stop) {
      this.#watch(open);
      this.#watch(Math.max(adverse, this.#stop - worse));
      return this.#close(bar.end, this.#stop - worse, "stop");
    }
    this.#watch(adverse);
    if (favourable >= this.#target + 1) {
      this.#watch(open);
      this.#watch(this.#target);
      return this.#close(bar.end, this.#target, "target");
    }
    this.#watch(favourable);
    return undefined;
  }

  #leavesAtOpen(bar: MetBar): boolean {
    return this.#isFlat(bar) || this.#overdue(bar.start);
  }

  #isFlat(bar: MetBar): boolean {
    return bar.end > this.#flatTime;
  }

  #overdue(time: number): boolean {
    return this.#rules.maxHold > 0 && time >= this.#entryTime + this.#rules.maxHold;
  }

  /** Returns whether it was the first. */
  #meetFirst(): boolean {
    const first = this.#first;
    this.#first = false;
    if (first) this.#changes++;
    return first;
  }

  #arm(print: number): void {
    this.#armed = print >= this.#trigger;
    if (this.#armed) this.#changes++;
  }

  #fill(time: Micros, price: number, hours: Hours): PaperReport {
    this.#open(time, price, hours.flatTime);
    return { type: "filled", time, price: this.entryPrice };
  }

  #open(time: Micros, price: number, flatTime: Micros): void {
    this.#state = "open";
    this.#entry = price;
    this.#entryTime = time;
    this.#flatTime = flatTime;
    this.#changes++;
  }

  #watch(print: number): void {
    const gain = print - this.#entry;
    if (gain < this.#mae || this.#mfe < gain) this.#changes++;
    this.#mae = Math.min(this.#mae, gain);
    this.#mfe = Math.max(this.#mfe, gain);
  }

  #close(time: Micros, price: number, reason: ExitReason): PaperReport {
    this.#state = "done";
    return { type: "closed", time, price: (this.#side * price) as Ticks, reason, mae: this.#mae, mfe: this.#mfe };
  }
}
