import { Random } from "../core/random.js";
import { DEMO_MINUTES } from "./demoCalendar.js";

/** The streams of random numbers of a simulated day, one per purpose, so that none can lean on another. */
export const STREAM = { prints: 1, steps: 2, overnight: 3, volume: 4, surges: 5 } as const;

/** 6000.00 points. */
const FIRST_OPEN_TICKS = 24_000;
/** Days open inside this band (4500.00 to 8000.00): a walk outside is turned back at the next open. */
const LOWEST_OPEN_TICKS = 18_000;
const HIGHEST_OPEN_TICKS = 32_000;
/** The largest overnight move: 10.00 points. */
const OVERNIGHT_TICKS = 40;

/** Prints a minute in the mean over a day; with steps of one tick it sets sigma: sqrt(62) ticks are 0.033 % of 6000.00. */
const PRINTS_PER_MINUTE = 62;

/** How busy a minute of the session is, 0 at mid-day, 1 at the open and at the close. */
export function timeOfDay(minute: number): number {
  const x = (2 * minute) / (DEMO_MINUTES - 1) - 1;
  return x * x;
}

/** How many prints move the price in each minute of a day: somewhat more at the open and the close. */
export function printCounts(seed: number, day: number): Uint16Array {
  const random = new Random(seed, day, STREAM.prints);
  const counts = new Uint16Array(DEMO_MINUTES);
  for (let minute = 0; minute < DEMO_MINUTES; minute++) {
    const mean = PRINTS_PER_MINUTE * (0.85 + 0.45 * timeOfDay(minute));
    counts[minute] = Math.round(mean * random.between(0.6, 1.4));
  }
  return counts;
}

/** The steps of a day's price: fair coins, +1 or -1 tick, 32 to a random number. */
export class Steps {
  readonly #random: Random;
  #coins = 0;
  #left = 0;

  constructor(seed: number, day: number) {
    this.#random = new Random(seed, day, STREAM.steps);
  }

  next(): 1 | -1 {
    if (this.#left === 0) {
      this.#coins = this.#random.bits();
      this.#left = 32;
    }
    const step = (this.#coins & 1) === 1 ? 1 : -1;
    this.#coins >>>= 1;
    this.#left--;
    return step;
  }
}

/** The price before each day's first print: a walk over the steps of the days before it and small overnight moves. */
export class Openings {
  readonly #seed: number;
  readonly #known = [FIRST_OPEN_TICKS];

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Ticks. Costs a few microseconds for each day that was not asked for before. */
  at(day: number): number {
    let last = this.#known.length - 1;
    let price = this.#known[last] ?? FIRST_OPEN_TICKS;
    for (; last < day; last++) {
      const overnight = new Random(this.#seed, last, STREAM.overnight).whole(-OVERNIGHT_TICKS, OVERNIGHT_TICKS + 1);
      price = turnedBack(price + netSteps(this.#seed, last) + overnight);
      this.#known.push(price);
    }
    return this.#known[day] ?? price;
  }
}

/** A day's last price minus its opening price, from the coins alone. */
function netSteps(seed: number, day: number): number {
  let prints = 0;
  for (const count of printCounts(seed, day)) prints += count;
  const random = new Random(seed, day, STREAM.steps);
  let ups = 0;
  for (let left = prints; left > 0; left -= 32) {
    const coins = random.bits();
    ups += ones(left >= 32 ? coins : coins & (2 ** left - 1));
  }
  return 2 * ups - prints;
}

/** How many of 32 bits are set (Warren, "Hacker's Delight", 5-1). */
function ones(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function turnedBack(price: number): number {
  if (price < LOWEST_OPEN_TICKS) return 2 * LOWEST_OPEN_TICKS - price;
  if (price > HIGHEST_OPEN_TICKS) return 2 * HIGHEST_OPEN_TICKS - price;
  return price;
}
