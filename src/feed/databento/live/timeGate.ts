import { MICROS_PER_MINUTE } from "../../../core/units.js";
import { RTYPE } from "../dbn/codes.js";

/** How far one record may take a stream forward on its own word. */
const MOST_STEP = 10 * MICROS_PER_MINUTE;

/** How far behind a doubted record the one may be that bears it out: records come a little out of order. */
const NEAR = MICROS_PER_MINUTE;

interface Doubted {
  readonly record: Uint8Array;
  readonly time: number;
}

/**
 * Guards a stream that no clock bounds, that of a gateway that may play any day: no single record takes it far into the future
 * (`RELIABILITY.md` F18). One that would is kept back until the next of about its time or later bears it out; it is dropped when
 * what comes next is of before. The first record of all is believed: there is nothing to compare it with.
 */
export class TimeGate {
  #newest: number;
  #doubted: Doubted | undefined;
  /** Records that nothing bore out. */
  dropped = 0;

  /** @param stand Micros; where the stream stands, 0 before its first record */
  constructor(stand: number) {
    this.#newest = stand;
  }

  /** Whether a record of `time` (Micros) may be taken as it comes, with nothing kept back that it could say something of. */
  takes(time: number): boolean {
    if (this.#doubted !== undefined || this.#isLeap(time)) return false;
    if (time > this.#newest) this.#newest = time;
    return true;
  }

  /** What a record of `time` says of the one that is kept back. Returns that one if it may be read now, before it. */
  borneOut(time: number, rtype: number): Uint8Array | undefined {
    const doubted = this.#doubted;
    if (doubted === undefined) return undefined;
    if (time >= doubted.time - NEAR) {
      this.#doubted = undefined;
      this.#newest = Math.max(this.#newest, doubted.time);
      return doubted.record;
    }
    // Records of another kind may come from a replay of their own, which is not as far yet.
    if (rtype === RTYPE.system || rtype === doubted.record[1] || this.#isLeap(time)) {
      this.#doubted = undefined;
      this.dropped += 1;
    }
    return undefined;
  }

  /** Whether a record may be read once `borneOut` was asked; if not, it is kept back. */
  admits(time: number, record: () => Uint8Array): boolean {
    if (!this.#isLeap(time)) {
      this.#newest = Math.max(this.#newest, time);
      return true;
    }
    this.#doubted = { record: record(), time };
    return false;
  }

  #isLeap(time: number): boolean {
    return this.#newest > 0 && time > this.#newest + MOST_STEP;
  }
}
