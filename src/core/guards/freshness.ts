import type { ConnectionChange } from "../market.js";
import { say } from "../say.js";
import { MICROS_PER_SECOND, type Micros } from "../units.js";
import { deny, OK, type Verdict, warn } from "./verdict.js";

/**
 * R1: the data of a live feed are fresh. Asked at display and again at the click, never answered by a timer: a computer that
 * slept finds its data stale, and so does one whose clock was set back.
 *
 * @param state what was heard last, print or heartbeat, by the clock that `now` is of; undefined: nothing yet
 */
export function checkFresh(
  state: { readonly lastHeard: Micros | undefined; readonly inSession: boolean; readonly limitSeconds: number },
  action: { readonly now: Micros },
): Verdict<never, "STALE"> {
  if (!state.inSession) return OK;
  if (state.lastHeard === undefined) return deny("STALE", say("Nothing has been heard from the market yet"));
  const silent = (action.now - state.lastHeard) / MICROS_PER_SECOND;
  if (0 <= silent && silent <= state.limitSeconds) return OK;
  if (silent < 0) return deny("STALE", say("The clock was set back: the data count as stale until the next print"));
  return deny("STALE", say("Nothing was heard from the market for {0} s: the data are stale", Math.floor(silent)));
}

/** R2: the feed has caught up; without a connection that is recorded (a file) it has. A gap dirties its bars instead. */
export function checkCaughtUp(state: {
  readonly connection: Exclude<ConnectionChange["state"], "gap"> | undefined;
}): Verdict<never, "STALE"> {
  if (state.connection === undefined || state.connection === "caughtUp") return OK;
  return deny("STALE", say("The feed is down or still catching up"));
}

/** R3 warns above the first and denies above the second (`ENGINE.md` 10), in seconds. */
const SKEW_WARN_SECONDS = 1;
const SKEW_DENY_SECONDS = 2;
const SKEW_WINDOW = 60 * MICROS_PER_SECOND;

/** When a message came by the local clock, and how long after it was sent by the sender's. */
export interface Delay {
  readonly time: Micros;
  /** Micros; negative where the local clock is behind. */
  readonly delay: number;
}

/**
 * Adds a message's delay to those of the last 60 s. Only what can still be their minimum is kept, so the first is the minimum.
 *
 * @param delays what this returned before
 */
export function withDelay(delays: readonly Delay[], latest: Delay): readonly Delay[] {
  const from = latest.time - SKEW_WINDOW;
  return [...delays.filter(({ time, delay }) => from < time && delay < latest.delay), latest];
}

/**
 * What R3 makes of a smallest delay.
 *
 * @param delay in microseconds
 */
export function clockVerdict(delay: number): "ok" | "warn" | "deny" {
  const skew = Math.abs(delay) / MICROS_PER_SECOND;
  if (skew <= SKEW_WARN_SECONDS) return "ok";
  return skew <= SKEW_DENY_SECONDS ? "warn" : "deny";
}

/** R3: the local clock agrees with the sender's. The smallest delay of 60 s is what queues and networks did not add. */
export function checkClock(delays: readonly Delay[]): Verdict<"CLOCK_SKEW", "CLOCK_SKEW"> {
  const [least] = delays;
  const verdict = least === undefined ? "ok" : clockVerdict(least.delay);
  if (least === undefined || verdict === "ok") return OK;
  const skew = Math.abs(least.delay) / MICROS_PER_SECOND;
  const seconds = skew.toFixed(1);
  const sentence =
    least.delay < 0
      ? say("The clock of this computer is {0} s behind: set it by a time server", seconds)
      : say("The clock of this computer is {0} s ahead: set it by a time server", seconds);
  return verdict === "warn" ? warn("CLOCK_SKEW", sentence) : deny("CLOCK_SKEW", sentence);
}
