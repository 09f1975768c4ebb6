import { checkedReason, type Watched } from "./booking.js";
import type { OpenPosition } from "./events.js";
import type { PriceRange } from "./guards/typedPrice.js";
import type { RoundTrip } from "./ledger/account.js";
import { MICROS_PER_SECOND, type Ticks } from "./units.js";

/** Seconds with prints that are kept at least: a day. */
const KEPT_SPANS = 86_400;

/** A market that is watched gives a sign of life more often. */
const QUIET = 15 * MICROS_PER_SECOND;

/** Where a contract traded from one time to another, in ticks. */
interface Span extends PriceRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where one contract traded, second by second, and when nobody saw it: what the user's trades are followed by, whose times
 * are known only later. A ready-made bar is a span of its own.
 */
export class Trail {
  readonly #keptSpans: number;
  #spans: Span[] = [];
  #gaps: { readonly from: number; readonly to: number }[] = [];
  #since = Number.POSITIVE_INFINITY;
  #close = Number.NaN;
  #start = 0;
  #end = Number.NEGATIVE_INFINITY;
  #low = 0;
  #high = 0;

  constructor(keptSpans = KEPT_SPANS) {
    this.#keptSpans = keptSpans;
  }

  /** A trading day begins: what was printed between it and an earlier one may not have been seen. */
  beginDay(open: number, close: number): void {
    if (open !== this.#close) this.#forget();
    this.#close = close;
  }

  /** Takes a print; times do not fall. */
  add(time: number, price: number): void {
    if (time >= this.#end) {
      const start = Math.floor(time / MICROS_PER_SECOND) * MICROS_PER_SECOND;
      this.#begin(time, start, start + MICROS_PER_SECOND, price);
    }
    if (price < this.#low) this.#low = price;
    if (price > this.#high) this.#high = price;
  }

  /** Takes a ready-made bar. */
  addBar({ start, end, low, high }: Span): void {
    this.#begin(start, start, end, low);
    this.#high = high;
  }

  /** Trades of `[from, to)` are missing. */
  addGap(from: number, to: number): void {
    this.#gaps.push({ from, to });
  }

  /**
   * How far prices went against and for a closed trade, by what was printed wholly between its entry and its last exit, and by
   * its exits. One that left at its stop or target ended where the market first came there: it may be recorded later.
   *
   * @param now until when the market is known
   * @returns undefined where a part of it was not seen
   */
  excursions(trip: RoundTrip, now: number): Watched | undefined {
    const { entryTime, entryPrice, exitTime, exits, last, recommendation } = trip;
    const side = recommendation.action === "BUY" ? 1 : -1;
    const taken = side * (last.price - entryPrice);
    const reason = checkedReason(recommendation, last);
    const left = exits.map(({ price }) => side * (price - entryPrice));
    let [mae, mfe] = [Math.min(0, ...left), Math.max(0, ...left)];
    for (const { start, end, low, high } of this.#between(entryTime, exitTime)) {
      const [one, other] = [side * (low - entryPrice), side * (high - entryPrice)];
      const [worst, best] = [Math.min(one, other), Math.max(one, other)];
      if (reason === "stop" && worst <= taken) return this.#ifSeen(entryTime, start, { mae, mfe });
      mae = Math.min(mae, worst);
      if (reason === "target" && best >= taken) return this.#ifSeen(entryTime, end, { mae, mfe });
      mfe = Math.max(mfe, best);
    }
    return exitTime > now + QUIET ? undefined : this.#ifSeen(entryTime, exitTime, { mae, mfe });
  }

  /**
   * How far prices have gone against and for a position that is open, by what was printed wholly since its entry.
   *
   * @returns undefined where a part of it was not seen, or nothing was printed since
   */
  soFar({ recommendation, entryTime, entryPrice }: OpenPosition): Watched | undefined {
    const side = recommendation.action === "BUY" ? 1 : -1;
    const spans = this.#between(entryTime, Number.POSITIVE_INFINITY);
    if (spans.length === 0) return undefined;
    const moves = spans.flatMap(({ low, high }) => [side * (low - entryPrice), side * (high - entryPrice)]);
    const [mae, mfe] = moves.reduce(([worst, best], move) => [Math.min(worst, move), Math.max(best, move)], [0, 0]);
    return this.#ifSeen(entryTime, Number.POSITIVE_INFINITY, { mae, mfe });
  }

  #ifSeen(from: number, to: number, watched: Watched): Watched | undefined {
    const isSeen =
      this.#since <= from && !this.#gaps.some((gap) => gap.from < to && from < Math.max(gap.to, gap.from + 1));
    return isSeen ? { mae: watched.mae + 0, mfe: watched.mfe + 0 } : undefined;
  }

  #between(from: number, to: number): readonly Span[] {
    const first = this.#spans.findLastIndex(({ start }) => start < from) + 1;
    return [...this.#spans.slice(first), this.#current()].filter(({ start, end }) => from <= start && end <= to);
  }

  #current(): Span {
    return { start: this.#start, end: this.#end, low: this.#low as Ticks, high: this.#high as Ticks };
  }

  #begin(time: number, start: number, end: number, price: number): void {
    if (this.#end > 0) this.#spans.push(this.#current());
    else this.#since = time;
    if (this.#spans.length > 2 * this.#keptSpans) {
      this.#spans.splice(0, this.#keptSpans);
      this.#since = this.#spans[0]?.start ?? time;
      this.#gaps = this.#gaps.filter((gap) => gap.to > this.#since);
    }
    this.#start = start;
    this.#end = end;
    this.#low = price;
    this.#high = price;
  }

  #forget(): void {
    this.#spans = [];
    this.#gaps = [];
    this.#since = Number.POSITIVE_INFINITY;
    this.#end = Number.NEGATIVE_INFINITY;
  }
}
