import type { Bar } from "../market.js";
import type { Micros, Ticks } from "../units.js";
import { VolumeProfile } from "./volumeProfile.js";

/** A bar that closed, as the detector judges it. Its profile is reused by the next bar: copy what you keep. */
export interface ClosedBar {
  readonly start: Micros;
  readonly end: Micros;
  /** Counted from the open of the trading day. */
  readonly slot: number;
  readonly high: Ticks;
  readonly low: Ticks;
  /** Last price, of an earlier bar where nothing traded in this one; absent before the day's first trade. */
  readonly close: Ticks | undefined;
  readonly volume: number;
  /** Aggressive volume by side; absent where the source does not tell it. */
  readonly buyVolume: number | undefined;
  readonly sellVolume: number | undefined;
  readonly profile: VolumeProfile | undefined;
  /** Of it, what buyers and sellers were the aggressors of; empty where the source does not tell it. */
  readonly buys: VolumeProfile;
  readonly sells: VolumeProfile;
  /** Trades of it are missing or unusable: it triggers nothing and leaves the baseline. */
  readonly dirty: boolean;
}

/** Trades of one trading day into bars with their profiles. The engine's clock says when a bar closes. */
export class BarBuilder {
  readonly #length: number;
  readonly #profile = new VolumeProfile();
  readonly #buys = new VolumeProfile();
  readonly #sells = new VolumeProfile();
  #dayOpen = 0;
  #lastEnd = 0;
  #slot = 0;
  #end = Number.POSITIVE_INFINITY;
  #high = 0;
  #low = 0;
  #close: number | undefined;
  #volume = 0;
  #buy: number | undefined = 0;
  #sell: number | undefined = 0;
  #dirty = false;

  /** @param barSeconds length of a bar */
  constructor(barSeconds: number) {
    this.#length = barSeconds * 1_000_000;
  }

  /**
   * Begins a trading day at the bar that holds `from`.
   *
   * Minutes before the input's first event are unknown, not empty: they form no bar, and the bar that the event falls in
   * is dirty unless it is the day's first.
   */
  beginDay(open: Micros, close: Micros, from: Micros): void {
    this.#dayOpen = open;
    this.#lastEnd = open + Math.floor((close - open) / this.#length) * this.#length;
    this.#slot = Math.max(0, Math.floor((from - open) / this.#length));
    this.#close = undefined;
    this.#startBar();
    this.#dirty = this.#slot > 0;
  }

  endDay(): void {
    this.#end = Number.POSITIVE_INFINITY;
    this.#clear();
  }

  /** When the forming bar closes; infinity when none forms. */
  get end(): number {
    return this.#end;
  }

  /** When the forming bar began, or would where none forms any more; an earlier trade is late. */
  get start(): number {
    return this.#dayOpen + this.#slot * this.#length;
  }

  /** Volume of the forming bar so far, and its place in the day. */
  get volume(): number {
    return this.#volume;
  }

  get slot(): number {
    return this.#slot;
  }

  /** Whether a trade of the forming bar is missing or cannot be used. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /** Adds a trade to the forming bar; nothing happens when none forms. */
  add(price: number, size: number, side: number): void {
    if (this.#end === Number.POSITIVE_INFINITY) return;
    if (this.#volume === 0) {
      this.#high = price;
      this.#low = price;
    } else if (price > this.#high) this.#high = price;
    else if (price < this.#low) this.#low = price;
    this.#close = price;
    this.#volume += size;
    if (side > 0) {
      this.#buy = (this.#buy ?? 0) + size;
      this.#buys.add(price, size);
    } else if (side < 0) {
      this.#sell = (this.#sell ?? 0) + size;
      this.#sells.add(price, size);
    }
    this.#profile.add(price, size);
  }

  /** Lets a ready-made bar stand for the forming one; it has no volume at price. */
  load(bar: Bar): void {
    if (this.#end === Number.POSITIVE_INFINITY) return;
    this.#high = bar.high;
    this.#low = bar.low;
    // Without volume nothing traded at its price: the previous close stands.
    if (bar.volume > 0) this.#close = bar.close;
    this.#volume = bar.volume;
    this.#buy = bar.buyVolume;
    this.#sell = bar.sellVolume;
    this.#dirty ||= bar.dirty;
  }

  /** A trade of the forming bar is missing or cannot be used. */
  markDirty(): void {
    this.#dirty = true;
  }

  /** What the forming bar holds so far, as if it ended at `now`. */
  partial(now: Micros): ClosedBar {
    return this.#bar(now);
  }

  /** Closes the forming bar; the next one begins, unless the day holds no further whole bar. */
  close(): ClosedBar {
    return this.#bar(this.#end as Micros);
  }

  /** Makes room for the next bar, after the closed one was judged. */
  next(): void {
    this.#clear();
    this.#slot++;
    this.#startBar();
  }

  #startBar(): void {
    const end = this.#dayOpen + (this.#slot + 1) * this.#length;
    this.#end = end <= this.#lastEnd ? end : Number.POSITIVE_INFINITY;
  }

  #clear(): void {
    this.#profile.clear();
    this.#buys.clear();
    this.#sells.clear();
    this.#volume = 0;
    this.#buy = 0;
    this.#sell = 0;
    this.#dirty = false;
  }

  #bar(end: Micros): ClosedBar {
    const traded = this.#volume > 0;
    const close = this.#close as Ticks | undefined;
    return {
      start: this.start as Micros,
      end,
      slot: this.#slot,
      high: (traded ? this.#high : (close ?? 0)) as Ticks,
      low: (traded ? this.#low : (close ?? 0)) as Ticks,
      close,
      volume: this.#volume,
      buyVolume: this.#buy,
      sellVolume: this.#sell,
      profile: this.#profile.low <= this.#profile.high ? this.#profile : undefined,
      buys: this.#buys,
      sells: this.#sells,
      dirty: this.#dirty,
    };
  }
}
