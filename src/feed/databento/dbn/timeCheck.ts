import { MICROS_PER_HOUR } from "../../../core/units.js";

/** Records of a stream by their places in it: [first, end). */
export interface Places {
  readonly first: number;
  readonly end: number;
}

/** Neighbours without a step of an hour between them. */
interface Stretch {
  /** Its records, with everything between them. */
  readonly places: { readonly first: number; end: number };
  readonly start: number;
  low: number;
  count: number;
}

/** The heaviest sequence of stretches that ends with one, none of which begins before another. */
interface Chain {
  readonly stretch: Stretch;
  readonly before: Chain | undefined;
  readonly weight: number;
}

/** Records that arrive out of order do so by seconds. */
const STEP = MICROS_PER_HOUR;

/**
 * Finds the trades and bars of a stream whose time cannot be right: those from the stream's own end on, and where the time
 * goes back by more than an hour, the fewer records on either side of it. A trade dated a year ahead would close every bar
 * until then, and all trades after it would be late.
 */
export class TimeCheck {
  readonly #limit: number;
  readonly #all: Stretch[] = [];
  /** The best chains by the lowest time of their last stretch; a later one is heavier. */
  readonly #chains: Chain[] = [];
  #stretch: Stretch | undefined;
  #last = 0;

  /** @param limit Micros at which the stream says that it ends */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes the next trade or bar, at its place in the stream. */
  add(place: number, time: number): void {
    const stretch = this.#stretch;
    if (stretch !== undefined && Math.abs(time - this.#last) <= STEP) {
      stretch.places.end = place + 1;
      stretch.count += 1;
      if (time < stretch.low) stretch.low = time;
    } else {
      this.#close();
      this.#stretch = { places: { first: place, end: place + 1 }, start: time, low: time, count: 1 };
    }
    this.#last = time;
  }

  /** Where the records are whose times are wrong, in order; the stream is over. */
  wrong(): readonly Places[] {
    this.#close();
    const good = new Set<Stretch>();
    for (let chain = this.#chains.at(-1); chain !== undefined; chain = chain.before) good.add(chain.stretch);
    return this.#all.filter((stretch) => !good.has(stretch)).map(({ places }) => places);
  }

  #close(): void {
    const stretch = this.#stretch;
    if (stretch === undefined) return;
    this.#all.push(stretch);
    if (stretch.low >= this.#limit) return;
    const before = this.#chains[this.#countUntil(stretch.start + STEP) - 1];
    const chain = { stretch, before, weight: (before?.weight ?? 0) + stretch.count };
    let from = this.#countUntil(stretch.low);
    if ((this.#chains[from - 1]?.weight ?? 0) >= chain.weight) return;
    if (this.#chains[from - 1]?.stretch.low === stretch.low) from -= 1;
    let until = from;
    while ((this.#chains[until]?.weight ?? Number.POSITIVE_INFINITY) <= chain.weight) until += 1;
    this.#chains.splice(from, until - from, chain);
  }

  /** How many chains have a lowest time up to `time`. */
  #countUntil(time: number): number {
    let [low, high] = [0, this.#chains.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#chains[middle]?.stretch.low ?? 0) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
