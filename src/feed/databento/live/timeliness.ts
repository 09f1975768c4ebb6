import { checkClock, checkFresh, type Delay, withDelay } from "../../../core/guards/freshness.js";
import { denied, refused } from "../../../core/guards/verdict.js";
import { say } from "../../../core/say.js";
import { MICROS_PER_MINUTE, type Micros } from "../../../core/units.js";

/** The clocks of computers that are set by the network differ by less; from 2 s on no signal is born (`RELIABILITY.md` R3). */
const MOST_AHEAD = MICROS_PER_MINUTE;

/**
 * Whether what arrives is of now, asked whenever it is used (`RELIABILITY.md` R1, R3): not older than some seconds, and by a
 * clock that agrees with the sender's. A gateway on this computer is not asked: it may play any day.
 */
export class Timeliness {
  readonly #limitSeconds: number;
  readonly #isChecked: boolean;
  #delays: readonly Delay[] = [];
  #latest: { readonly time: Micros; readonly now: Micros } | undefined;

  constructor(options: { readonly limitSeconds: number; readonly isChecked: boolean }) {
    this.#limitSeconds = options.limitSeconds;
    this.#isChecked = options.isChecked;
  }

  /** A record of `time`, that of the market or the gateway, is used now. */
  heard(time: Micros, now: Micros): void {
    if (!this.#isChecked) return;
    this.#latest = { time, now };
    this.#delays = withDelay(this.#delays, { time: now, delay: now - time });
  }

  /** Whether the sender's times are bounded by this computer's clock. */
  get isChecked(): boolean {
    return this.#isChecked;
  }

  /**
   * How much later by this computer's clock than by the sender's the quickest record of the last minute came, in microseconds;
   * undefined where nothing of now has come, or nothing is compared.
   */
  get delay(): number | undefined {
    return this.#delays[0]?.delay;
  }

  /** Times from here on are damage, not data: more ahead of this computer's clock than one that is right can be behind. */
  latestAt(now: Micros): number {
    return this.#isChecked ? now + MOST_AHEAD : Number.POSITIVE_INFINITY;
  }

  /** Another connection: what was before it says nothing. */
  reset(): void {
    this.#delays = [];
    this.#latest = undefined;
  }

  /** Why no signal may be born now; undefined when all is well. */
  get problem(): string | undefined {
    if (this.#latest === undefined) return undefined;
    const skew = refused(checkClock(this.#delays));
    if (skew !== undefined) return skew;
    const { time, now } = this.#latest;
    const state = { lastHeard: Math.min(time, now) as Micros, inSession: true, limitSeconds: this.#limitSeconds };
    if (denied(checkFresh(state, { now })) === undefined) return undefined;
    return say("the data are {0} s old", Math.round((now - time) / 1_000_000));
  }
}
