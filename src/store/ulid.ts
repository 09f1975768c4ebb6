import type { Clock } from "./clock.js";

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_DIGITS = 10;
const RANDOM_DIGITS = 16;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/**
 * Makes ULIDs that rise, even when the clock steps back: their order is the order in which they were made. No other maker makes
 * the same, whatever both have seen.
 *
 * @see https://github.com/ulid/spec
 */
export class Ulids {
  readonly #clock: Clock;
  readonly #random: () => number;
  #last = "";
  /** The greatest that others have made. */
  #seen = "";

  /** @param random numbers in [0, 1) */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  next(): string {
    const now = encodeTime(Math.floor(this.#clock.wall() / 1000));
    if (now > timeOf(this.#last) && now > timeOf(this.#seen)) this.#last = now + this.#randomDigits();
    else if (this.#last > this.#seen) this.#last = successor(this.#last);
    // Others may go on from the same id at the same moment: only the time may follow from it, the rest is one's own.
    else this.#last = successor(timeOf(this.#seen)) + this.#randomDigits();
    return this.#last;
  }

  /** Makes what follows rise above `id` too; ids that are no ULIDs are ignored. */
  startAfter(id: string): void {
    if (isUlid(id) && id > this.#seen) this.#seen = id;
  }

  #randomDigits(): string {
    let digits = "";
    for (let at = 0; at < RANDOM_DIGITS; at += 1) digits += DIGITS.charAt(Math.floor(this.#random() * 32));
    return digits;
  }
}

/** Whether a text is a ULID. */
export function isUlid(text: string): boolean {
  return ULID.test(text);
}

function encodeTime(millis: number): string {
  let digits = "";
  for (let rest = millis; digits.length < TIME_DIGITS; rest = Math.floor(rest / 32))
    digits = DIGITS.charAt(rest % 32) + digits;
  return digits;
}

function timeOf(id: string): string {
  return id.slice(0, TIME_DIGITS);
}

/** The next greater string of digits; the carry runs from the random part into the time. */
function successor(id: string): string {
  let at = id.length - 1;
  while (id.charAt(at) === "Z") at -= 1;
  return id.slice(0, at) + DIGITS.charAt(DIGITS.indexOf(id.charAt(at)) + 1) + "0".repeat(id.length - 1 - at);
}
