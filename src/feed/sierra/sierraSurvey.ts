import { say } from "../../core/say.js";
import { MICROS_PER_HOUR, MICROS_PER_SECOND } from "../../core/units.js";
import { isPossible } from "../databento/dbn/numbers.js";
import { FeedError } from "../feedError.js";
import { damaged } from "../text/textLines.js";
import { type SideMisfit, type SierraRow, SierraRows } from "./sierraRows.js";

/** What a Sierra Chart file holds: nothing, trades, or bars of one length. */
export type SierraContent =
  | { readonly kind: "nothing" }
  | (SierraRange & { readonly kind: "trades" })
  | (SierraRange & { readonly kind: "bars"; readonly length: number });

interface SierraRange {
  readonly start: number;
  readonly end: number;
  /** How many rows contradict themselves, and how. */
  readonly misfits: ReadonlyMap<SideMisfit, number>;
}

/** Whether a row is one trade: of a time-and-sales list, or a tick of an export, whose open is 0 or a mark far below. */
export function isTrade({ prices }: SierraRow): boolean {
  return prices?.open === undefined ? prices === undefined : prices.open <= 0;
}

/**
 * Reads a whole Sierra Chart file for what has to be known before it is played. The length of its bars is the smallest
 * distance between two of them, and each must begin at a multiple of it (`ENGINE.md` 8.1). Throws `FeedError`.
 */
export class SierraSurvey {
  readonly #rows = new SierraRows();
  #isTrades: boolean | undefined;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;
  #smallest = Number.POSITIVE_INFINITY;
  #divisor = 0;
  readonly #misfits = new Map<SideMisfit, number>();

  push(bytes: Uint8Array): void {
    for (const row of this.#rows.push(bytes)) this.#note(row);
  }

  /** Says that the file is over. */
  end(): SierraContent {
    for (const row of this.#rows.end()) this.#note(row);
    const [start, misfits] = [this.#first, this.#misfits];
    if (this.#isTrades === undefined) return { kind: "nothing" };
    if (this.#isTrades) return { kind: "trades", start, end: this.#last + 1, misfits };
    const length = this.#smallest;
    if (length === Number.POSITIVE_INFINITY) {
      throw unusable(say("it holds a single bar, and nothing tells how long that is; export more of them"));
    }
    if (this.#divisor % length !== 0 || length > MICROS_PER_HOUR) {
      const seconds = length / MICROS_PER_SECOND;
      throw unusable(
        say(
          "its bars have no common length of an hour or less (two begin {0} s apart); export bars of minutes",
          seconds,
        ),
      );
    }
    return { kind: "bars", start, end: this.#last + length, length, misfits };
  }

  #note(row: SierraRow): void {
    const { time, line, misfit } = row;
    if (!isPossible(time)) return;
    if (misfit !== undefined) this.#misfits.set(misfit, (this.#misfits.get(misfit) ?? 0) + 1);
    this.#isTrades ??= isTrade(row);
    if (this.#isTrades !== isTrade(row)) throw damaged(line, say("mixes trades and bars; export one of them"));
    const distance = time - this.#before;
    if (distance > 0 && distance < this.#smallest) this.#smallest = distance;
    this.#divisor = greatestCommonDivisor(this.#divisor, time);
    this.#before = time;
    if (time < this.#first) this.#first = time;
    if (time > this.#last) this.#last = time;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  let [high, low] = [b, a];
  while (low > 0) [high, low] = [low, high % low];
  return high;
}

function unusable(message: string): FeedError {
  return new FeedError(message, { retriable: false });
}
