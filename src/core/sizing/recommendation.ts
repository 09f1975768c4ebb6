import type { Direction } from "../detector/cluster.js";
import type { Instrument } from "../instrument.js";
import type { Cents, Micros, Ticks } from "../units.js";
import type { Posterior } from "./posterior.js";

/** Whose results: what the user recorded, or what the engine did by itself. */
export type AccountName = "manual" | "paper";

export type OrderType = "LIMIT" | "MARKET" | "STOP_LIMIT";

export type Validity = "DAY" | "GTC" | "IOC";

/** Why a signal must not be traded, in the order in which they are checked (`ENGINE.md` 9, 7). */
export type RefusalReason =
  | "HALTED"
  | "UNKNOWN_INSTRUMENT"
  | "SESSION"
  | "CUTOFF"
  | "STALE"
  | "DAILY_LIMIT"
  | "LOSS_PAUSE"
  | "OPEN_POSITION"
  | "NO_VOLATILITY"
  | "NEGATIVE_CONTEXT"
  | SizeRefusal
  | "EXPIRED";

/** Why no contract can be afforded, in the order in which it is checked (`ENGINE.md` 7). */
export type SizeRefusal = "RISK_CAP_10PCT" | "RISK_BUDGET" | "MAX_POSITION";

/** How a size came about, step by step (`ENGINE.md` 7). Money in cents. */
export interface SizingTrace {
  /** Share of the balance that may be risked. */
  readonly riskFraction: number;
  readonly budget: Cents;
  readonly riskPerContract: Cents;
  readonly base: number;
  /** `base` times the multiplier, whole. */
  readonly raw: number;
  /** Contracts under the absolute cap. */
  readonly cap: number;
  readonly quantity: number;
  readonly refusal: SizeRefusal | undefined;
}

/** A signal with a bracket and a size. */
export interface Recommendation {
  readonly type: "recommendation";
  /** `<raw symbol>-<issue time, UTC>-<BUY|SHORT>`: a pure function of its cause. */
  readonly id: string;
  readonly time: Micros;
  /** Date of the trading day it belongs to, YYYY-MM-DD. */
  readonly tradingDay: string;
  /** The account whose balance, limits and results sized it. */
  readonly account: AccountName;
  readonly instrument: Instrument;
  readonly action: Direction;
  readonly quantity: number;
  readonly orderType: OrderType;
  readonly validity: Validity;
  /** Limit; for MARKET the signal price. */
  readonly price: Ticks;
  /** For STOP_LIMIT only. */
  readonly trigger: Ticks | undefined;
  readonly stop: Ticks;
  readonly target: Ticks;
  readonly signalPrice: Ticks;
  /** Posterior mean of a win, and its 90 % interval, as known before the outcome. */
  readonly confidence: number;
  readonly interval: readonly [low: number, high: number];
  /** Results behind the confidence, raw count. */
  readonly evidence: number;
  readonly multiplier: number;
  /** What the multiplier would be by the posterior's 20 % quantile. */
  readonly conservativeMultiplier: number;
  /** The win chance at which this bracket gains nothing after costs, and the chance that the posterior lies above it. */
  readonly breakEven: number;
  readonly chanceAboveBreakEven: number;
  readonly context: string;
  /** What the confidence is made of; absent in records of earlier versions, and under the expectancy basis not all of it. */
  readonly posterior?: Pick<Posterior, "alpha" | "beta" | "lambda" | "contextTrades" | "otherTrades">;
  /** How the quantity came about. */
  readonly sizing: SizingTrace;
  /** What the risk rule allows, and what the quantity risks. */
  readonly riskBudget: Cents;
  readonly riskActual: Cents;
  readonly riskPerContract: Cents;
  /** Standard deviation of one-minute log returns. */
  readonly volatility: number;
  readonly ratio: number;
  readonly strength: number;
  /** After this the answer is late. */
  readonly lateAfter: Micros;
  /** End of its session: the recommendation is void (`ENGINE.md` 9). */
  readonly expires: Micros;
  /** From here on an entry expires and a position is closed. */
  readonly flatTime: Micros;
}

/** A signal that must not be traded. */
export interface Refusal {
  readonly type: "refusal";
  readonly time: Micros;
  readonly instrument: Instrument;
  readonly direction: Direction;
  readonly reason: RefusalReason;
}
