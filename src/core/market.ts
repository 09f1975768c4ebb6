import type { VolumeProfile } from "./detector/volumeProfile.js";
import type { Micros, Ticks } from "./units.js";

/** Trades in columns, as one event. The arrays are the feed's: valid until `process` returns, so copy what you keep. */
export interface TradeBatch {
  readonly type: "trades";
  /** How many trades there are; the arrays may be longer. */
  readonly count: number;
  /** Micros, non-decreasing. */
  readonly time: Float64Array;
  /** Ticks. */
  readonly price: Int32Array;
  readonly size: Uint32Array;
  /** Aggressor: 1 buy, -1 sell, 0 none. */
  readonly side: Int8Array;
  /** The feed's instrument_id. */
  readonly instrument: Uint32Array;
}

/** One ready-made bar over `[start, end)`, as one event. A profile or a split by side may be absent. */
export interface Bar {
  readonly type: "bar";
  readonly instrument: number;
  readonly start: Micros;
  readonly end: Micros;
  readonly open: Ticks;
  readonly high: Ticks;
  readonly low: Ticks;
  readonly close: Ticks;
  readonly volume: number;
  readonly buyVolume: number | undefined;
  readonly sellVolume: number | undefined;
  readonly profile: VolumeProfile | undefined;
  readonly dirty: boolean;
}

/** Time passed: a heartbeat, a one-second timer, or the end of a file. */
export interface ClockTick {
  readonly type: "clock";
  readonly time: Micros;
}

/** Why a trade cannot be used (`ENGINE.md` 2). */
export type TradeRejection = "foreign" | "late" | "off_tick" | "bad_price" | "bad_size" | "bad_time" | "quarantined";

/** A trade, or a ready-made bar, that the decoder could not turn into ticks. */
export interface RejectedTrade {
  readonly type: "rejected";
  /** Set for a bar. */
  readonly isBar?: true;
  readonly instrument: number;
  readonly time: Micros;
  readonly reason: TradeRejection;
  readonly size: number;
}

/** What became of the connection to a live source; recorded with the trades, so that a replay sees it too. */
export interface ConnectionChange {
  readonly type: "connection";
  readonly time: Micros;
  readonly state: "down" | "up" | "caughtUp" | "gap";
  /** For `gap`: trades of [from, to) are missing for good, of one instrument or, without one, of all. */
  readonly from?: Micros;
  readonly to?: Micros;
  readonly instrument?: number;
  readonly message?: string;
}

/** An instrument_id and the contract behind it, from a mapping or a definition. */
export interface ContractChange {
  readonly type: "contract";
  readonly instrument: number;
  /** Raw symbol such as ESH4. */
  readonly symbol: string;
  /** Time from which it holds; used to date a symbol such as ESM5 to a decade. */
  readonly time: Micros;
  /** The venue says that this is the contract of the day: it is followed from the next trading day's open on. */
  readonly leads?: boolean;
  /** Points per tick and currency per point, where a definition record tells them. */
  readonly tickSize?: number;
  readonly pointValue?: number;
}

/** Records of a feed that are not used, counted by what they are (`unknown_record`, ...). */
export interface SkippedRecords {
  readonly type: "skipped";
  readonly reason: string;
  readonly count: number;
}
