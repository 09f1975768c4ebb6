import type { Micros } from "../../../core/units.js";

/**
 * What a live feed is doing (`RELIABILITY.md` 3.2). `replaying` fills what was missed; `stale` hears nothing, or what is old;
 * `backoff` waits for the next try; `fatal` needs a person.
 */
export type LiveState =
  | "idle"
  | "connecting"
  | "authenticating"
  | "subscribing"
  | "replaying"
  | "live"
  | "stale"
  | "closedMarket"
  | "backoff"
  | "fatal"
  | "ended";

/** Trades between `from` and `to` (by the market's clock) are missing: those of one instrument, or of all. */
export interface Gap {
  /** Undefined: of all. */
  readonly instrument?: number | undefined;
  readonly from: Micros;
  readonly to: Micros;
  readonly reason: string;
}

/** How a live feed is, for whoever shows it. */
export interface LiveHealth {
  readonly state: LiveState;
  /** One line for a person; undefined when all is well. */
  readonly message: string | undefined;
  /** Time of the last event, by the market's clock. */
  readonly lastEventAt: Micros | undefined;
  /** When anything was heard, heartbeats too, by this computer's clock. */
  readonly lastHeardAt: Micros | undefined;
  /**
   * How much later by this computer's clock than by the market's or the gateway's the quickest record of the last minute came, in
   * microseconds: what the network takes and what the clocks differ by. Absent before one came, and of a gateway on this computer.
   */
  readonly clockDelay?: number | undefined;
  /** Seconds of silence, and of age, after which the data are stale. */
  readonly staleSeconds: number;
  /** When the next try begins, by this computer's clock; only in `backoff`. */
  readonly retryAt: Micros | undefined;
  /** Connections after the first. */
  readonly reconnects: number;
  /** Everything that is missing since the feed began. */
  readonly gaps: readonly Gap[];
  /** Symbols that the gateway does not know, other words of it that end no connection, and a roll that is near or has come. */
  readonly notices: readonly string[];
  /** Records that were not used because they have no time, or one that lies in the future. */
  readonly dropped: number;
  /** The gateway's messages that this program does not know; no fault. */
  readonly unknownMessages: number;
}
