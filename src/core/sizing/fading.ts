import { MICROS_PER_DAY, type Micros } from "../units.js";

/** Wins and losses by their weights. */
export interface Weights {
  readonly wins: number;
  readonly losses: number;
}

/** What fades of a closed trade, and from when on. */
interface FadingRow {
  readonly context: string;
  readonly win: boolean;
  readonly exitTime: Micros;
}

/** How much a trade of a time counts: half every half-life. One that is still to come counts whole. */
export function weightAt(exitTime: Micros, now: Micros, halfLifeDays: number): number {
  if (halfLifeDays === 0) return 1;
  const ageDays = Math.max(0, now - exitTime) / MICROS_PER_DAY;
  return 2 ** (-ageDays / halfLifeDays);
}

/**
 * A sum of ones that halve every half-life from their own time on, kept up one by one. It is scaled by whole powers of two alone,
 * which rounds nothing: the same times in the same order give the same sum to the last digit, whenever it is asked for.
 */
export class FadingSum {
  readonly #half: number;
  #sum = 0;
  /** What `#sum` is scaled to: the newest time in whole half-lives. */
  #scale = Number.NEGATIVE_INFINITY;

  /** @param halfLifeDays above 0 */
  constructor(halfLifeDays: number) {
    this.#half = halfLifeDays * MICROS_PER_DAY;
  }

  /** Adds a one of a time. */
  add(time: Micros): void {
    const [whole, rest] = this.#halfLives(time);
    if (whole > this.#scale) {
      this.#sum *= 2 ** (this.#scale - whole);
      this.#scale = whole;
    }
    this.#sum += 2 ** rest * 2 ** (whole - this.#scale);
  }

  /** @param now not before any of the times */
  at(now: Micros): number {
    const [whole, rest] = this.#halfLives(now);
    return (this.#sum * 2 ** (this.#scale - whole)) / 2 ** rest;
  }

  #halfLives(time: Micros): readonly [whole: number, rest: number] {
    const whole = Math.floor(time / this.#half);
    return [whole, (time - whole * this.#half) / this.#half];
  }
}

/** The rows of one context, and what they weigh together. */
class FadingContext {
  readonly #halfLifeDays: number;
  #rows: FadingRow[] = [];
  #wins: FadingSum;
  #losses: FadingSum;
  /** The latest exit. */
  #newest = Number.NEGATIVE_INFINITY;

  constructor(halfLifeDays: number) {
    this.#halfLifeDays = halfLifeDays;
    this.#wins = new FadingSum(halfLifeDays);
    this.#losses = new FadingSum(halfLifeDays);
  }

  add(row: FadingRow): void {
    this.#rows.push(row);
    (row.win ? this.#wins : this.#losses).add(row.exitTime);
    this.#newest = Math.max(this.#newest, row.exitTime);
  }

  /** Sums the others anew: taken away from a sum, a row would leave a trace in the last digit. */
  remove(row: FadingRow): void {
    const others = this.#rows.filter((other) => other !== row);
    this.#rows = [];
    this.#wins = new FadingSum(this.#halfLifeDays);
    this.#losses = new FadingSum(this.#halfLifeDays);
    this.#newest = Number.NEGATIVE_INFINITY;
    for (const other of others) this.add(other);
  }

  /** @param now before the latest exit no sum holds, and each row is weighed by itself */
  at(now: Micros): Weights {
    if (this.#newest <= now) return { wins: this.#wins.at(now), losses: this.#losses.at(now) };
    const weights = { wins: 0, losses: 0 };
    for (const { win, exitTime } of this.#rows) {
      weights[win ? "wins" : "losses"] += weightAt(exitTime, now, this.#halfLifeDays);
    }
    return weights;
  }
}

/** Rows as sums that fade, by context, so that what is asked of many is found without a look at each. */
export class FadedRows {
  readonly halfLifeDays: number;
  readonly #contexts = new Map<string, FadingContext>();

  /** @param halfLifeDays above 0 */
  constructor(halfLifeDays: number, rows: readonly FadingRow[]) {
    this.halfLifeDays = halfLifeDays;
    for (const row of rows) this.add(row);
  }

  add(row: FadingRow): void {
    const context = this.#contexts.get(row.context) ?? new FadingContext(this.halfLifeDays);
    this.#contexts.set(row.context, context);
    context.add(row);
  }

  /** @param row the very one that was added */
  remove(row: FadingRow): void {
    this.#contexts.get(row.context)?.remove(row);
  }

  /** What a context and all others weigh at a time. */
  at(context: string, now: Micros): readonly [own: Weights, other: Weights] {
    const own = this.#contexts.get(context)?.at(now) ?? { wins: 0, losses: 0 };
    const others = [...this.#contexts].flatMap(([name, other]) => (name === context ? [] : [other.at(now)]));
    // By size: the sum of what is left must not depend on which context came first, maybe by a row that was replaced.
    const sum = (of: keyof Weights) =>
      others
        .map((weights) => weights[of])
        .sort((a, b) => a - b)
        .reduce((a, b) => a + b, 0);
    return [own, { wins: sum("wins"), losses: sum("losses") }];
  }
}
