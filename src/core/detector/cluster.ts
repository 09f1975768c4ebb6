import type { Instrument } from "../instrument.js";
import type { Micros, Ticks } from "../units.js";

export type Direction = "BUY" | "SHORT";

export type DirectionRule = "modal" | "delta" | "absorption" | "modal_and_delta";

/** What each rule answers, whichever is on (`ENGINE.md` 4). */
export type Directions = Readonly<Record<DirectionRule, Direction | undefined>>;

/** Why a cluster is not a signal, in the order in which they are checked. */
export type Discard = "COOLDOWN" | "NO_DIRECTION" | "WEAK" | "RANK";

/** A bar whose volume is at least the threshold times its baseline, with its profile. */
export interface Cluster {
  /** End of the bar. */
  readonly time: Micros;
  readonly instrument: Instrument;
  /** Answer of the rule that is on; absent where it gives none. */
  readonly direction: Direction | undefined;
  /** Volume over baseline. */
  readonly ratio: number;
  /** In the feed's units, as is `baseline`. */
  readonly volume: number;
  readonly baseline: number;
  /** Absent for a bar without volume at price. */
  readonly pointOfControl: Ticks | undefined;
  readonly low: Ticks;
  readonly high: Ticks;
  /** Last trade of the bar: the signal price. */
  readonly close: Ticks;
  /** Where the point of control (or, without one, the close) lies in the range, in [0, 1]. */
  readonly modalPosition: number;
  /** (buy - sell) / (buy + sell); absent where no trade has a side. */
  readonly deltaFraction: number | undefined;
  /** In [0, 1]; 0 without a direction. */
  readonly strength: number;
  readonly directions: Directions;
  /** How far ln(volume) lies above the median of the bars before, in robust standard deviations; for showing only. */
  readonly robustZ: number | undefined;
  /** What stood for the modal price. */
  readonly basis: "poc" | "close";
  /** An intrabar cluster, seen before its bar was complete. */
  readonly partial: boolean;
}

/** A cluster that passed every test of `ENGINE.md` 4. */
export interface Signal extends Cluster {
  readonly type: "signal";
  readonly direction: Direction;
}

/** A cluster that did not. */
export interface DiscardedCluster extends Cluster {
  readonly type: "cluster";
  readonly reason: Discard;
}
