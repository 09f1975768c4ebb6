import { type Doubt, doubtOf } from "./doubt.js";
import type { EquityRow, Exit, ExitReason, Fill, Learned } from "./events.js";
import { toPoints } from "./instrument.js";
import type { Account, RoundTrip } from "./ledger/account.js";
import { type OverrideAnswer, overrideOf } from "./override.js";
import type { Recommendation } from "./sizing/recommendation.js";
import type { Micros, Ticks } from "./units.js";

/** A fill as it is booked. */
export interface FillFacts {
  readonly id: string;
  readonly time: Micros;
  readonly price: Ticks;
  readonly quantity: number;
  readonly notes?: string | undefined;
  readonly unverified?: boolean;
}

/** What was said of an exit beside its price and reason, and what is doubtful about it. */
export interface Said extends Doubt, OverrideAnswer {
  readonly notes?: string | undefined;
}

/** Excursions in ticks from the entry, where someone watched. */
export interface Watched {
  readonly mae: number;
  readonly mfe: number;
}

export function fillOutput(recommendation: Recommendation, account: Account, fill: FillFacts, at: Micros): Fill {
  return {
    type: "fill",
    id: fill.id,
    recommendation: recommendation.id,
    account: account.name,
    instrument: recommendation.instrument,
    direction: recommendation.action,
    time: fill.time,
    price: fill.price,
    quantity: fill.quantity,
    late: account.name === "manual" && fill.time > recommendation.lateAfter,
    notes: fill.notes,
    ...doubtOf(fill),
    at,
  };
}

/** @param id the output's own, and of a correction what it replaces */
export function exitOutput(
  id: { readonly id: string; readonly replaces?: string },
  trip: RoundTrip,
  account: Account,
  learned: Learned,
  watched: Watched | undefined,
  said: Said,
  at: Micros,
): Exit {
  const { recommendation } = trip;
  const { instrument, action } = recommendation;
  const gained = (action === "BUY" ? 1 : -1) * (trip.exitPrice - trip.entryPrice);
  return {
    type: "exit",
    ...id,
    recommendation: recommendation.id,
    account: account.name,
    instrument,
    direction: action,
    tradingDay: recommendation.tradingDay,
    time: trip.exitTime,
    price: trip.exitPrice,
    quantity: trip.quantity,
    reason: trip.reason,
    reasonChecked: account.name === "manual" ? checkedReason(trip) : trip.reason,
    entryTime: trip.entryTime,
    entryPrice: trip.entryPrice,
    signalPrice: recommendation.signalPrice,
    grossPnl: trip.grossPnl,
    commission: trip.commission,
    netPnl: trip.netPnl,
    points: toPoints(gained, instrument),
    returnFraction: gained / trip.entryPrice + 0,
    rMultiple: trip.rMultiple,
    win: trip.netPnl > 0,
    maePoints: watched === undefined ? undefined : toPoints(watched.mae, instrument),
    mfePoints: watched === undefined ? undefined : toPoints(watched.mfe, instrument),
    balanceBefore: trip.balanceBefore,
    balanceAfter: trip.balanceAfter,
    context: recommendation.context,
    confidence: recommendation.confidence,
    multiplier: recommendation.multiplier,
    ratio: recommendation.ratio,
    strength: recommendation.strength,
    learned,
    notes: said.notes,
    ...overrideOf(said),
    ...doubtOf(said),
    at,
  };
}

/** @param tradingDay the day that ended; undefined after an exit or a correction */
export function equityRow(
  account: Account,
  time: Micros,
  cause: string,
  tradingDay: string | undefined,
  at: Micros,
): EquityRow {
  return {
    type: "equity",
    id: `equity:${account.name}:${cause}`,
    account: account.name,
    time,
    tradingDay,
    balance: account.balance,
    drawdown: account.drawdown,
    maxDrawdown: account.maxDrawdown,
    peak: account.peak,
    limitPeak: account.limitPeak,
    pnlToday: account.pnlToday,
    tradesToday: account.fillsToday,
    at,
  };
}

const CLAIM_TICKS = 2;

/** Why it was closed: a claimed target that is more than two ticks short, or a claimed stop above it, was an exit by hand (`ENGINE.md` 9). */
export function checkedReason(trip: RoundTrip): ExitReason {
  const { recommendation, exitPrice, reason } = trip;
  const side = recommendation.action === "BUY" ? 1 : -1;
  if (reason === "target" && side * (recommendation.target - exitPrice) > CLAIM_TICKS) return "manual";
  if (reason === "stop" && side * (exitPrice - recommendation.stop) > CLAIM_TICKS) return "manual";
  return reason;
}
