/** A print, or a ready-made bar: four prints, of which nobody knows which extreme came first. In ticks. */
export interface Prints {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * The way of a contract's price over some time: as much of it as any positions need whose contracts and entries are known
 * only later, to have the same highest equity, lowest equity and worst fall as if they had met every print. It holds no
 * more prices than four for each tick of its range.
 */
export class PricePath {
  readonly #long = new Course();
  readonly #short = new Course();
  #last = 0;

  /**
   * Adds a print or a bar; a bar's adverse extreme comes before its favourable one (`ENGINE.md` 8.1).
   *
   * @returns whether the path is another one by it, but for its end
   */
  add({ open, high, low, close }: Prints): boolean {
    let changed = false;
    for (const price of [open, low, high, close]) changed = this.#long.add(price) || changed;
    for (const price of [open, high, low, close]) changed = this.#short.add(-price) || changed;
    this.#last = close;
    return changed;
  }

  /** The prices that positions of a side must meet, in an order that gives each peak and fall as it was; the last comes last. */
  prices(side: number): readonly number[] {
    if (side === 0) return [this.#last];
    const course = side > 0 ? this.#long.turns() : this.#short.turns().map((value) => -value);
    return [...course, this.#last];
  }
}

/**
 * What a value went through, as far as it can be the worst fall from a peak: of equity that is linear in the value, by
 * whatever slope above 0 and from whatever level, and from a peak of before. A fall counts as a fraction of its peak, so one
 * from a higher peak matters only if it is deeper than all before it.
 */
class Course {
  #worst = Number.POSITIVE_INFINITY;
  #best = Number.NEGATIVE_INFINITY;
  /** Each deeper than the one before, and from a higher peak or to a lower end. */
  readonly #falls: { readonly from: number; to: number }[] = [];

  /** Returns whether it matters. */
  add(value: number): boolean {
    const isExtreme = value < this.#worst || this.#best < value;
    this.#worst = Math.min(this.#worst, value);
    this.#best = Math.max(this.#best, value);
    const deepest = this.#falls.at(-1);
    if (this.#best - value <= (deepest === undefined ? 0 : deepest.from - deepest.to)) return isExtreme;
    if (deepest?.from === this.#best) deepest.to = value;
    else this.#falls.push({ from: this.#best, to: value });
    return true;
  }

  /** The lowest value comes first: a fall to it from a peak of before is no deeper than it was. */
  turns(): readonly number[] {
    return [this.#worst, ...this.#falls.flatMap(({ from, to }) => [from, to]), this.#best];
  }
}
