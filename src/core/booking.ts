import { type Doubt, doubtOf } from "./doubt.js";
import type { ClosedPart, EquityRow, Exit, ExitReason, Fill, Learned, PartialExit } from "./events.js";
import { toPoints } from "./instrument.js";
import type { Account, BookedExit, RoundTrip } from "./ledger/account.js";
import { overrideOf } from "./override.js";
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

/** Of an output: its own, and of a correction what it replaces. */
export interface OutputId {
  readonly id: string;
  readonly replaces?: string;
}

export function partialExitOutput(
  id: OutputId,
  recommendation: Recommendation,
  account: Account,
  exit: BookedExit,
  at: Micros,
): PartialExit {
  const { id: of, instrument, action, tradingDay } = recommendation;
  const { entryPrice, filled, open } = exit;
  return {
    type: "partialExit",
    ...closedPart(exit, recommendation),
    ...id,
    recommendation: of,
    account: account.name,
    instrument,
    direction: action,
    tradingDay,
    entryPrice,
    filled,
    open,
    at,
  };
}

function closedPart(exit: BookedExit, recommendation: Recommendation): ClosedPart {
  const { id, time, price, quantity, reason, notes } = exit;
  const { grossPnl, commission, netPnl, balanceBefore, balanceAfter } = exit;
  return {
    id,
    time,
    price,
    quantity,
    reason,
    reasonChecked: checkedReason(recommendation, exit),
    grossPnl,
    commission,
    netPnl,
    balanceBefore,
    balanceAfter,
    ...overrideOf(exit),
    notes,
    ...doubtOf(exit),
  };
}

/** What an exit says is what was said of the part that was closed last. */
export function exitOutput(
  id: OutputId,
  trip: RoundTrip,
  account: Account,
  learned: Learned,
  watched: Watched | undefined,
  doubt: Doubt,
  at: Micros,
): Exit {
  const { recommendation, last } = trip;
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
    reason: last.reason,
    reasonChecked: account.name === "manual" ? checkedReason(recommendation, last) : last.reason,
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
    notes: last.notes,
    ...overrideOf(last),
    ...doubtOf(doubt),
    ...(trip.exits.length > 1 && { parts: trip.exits.map((exit) => closedPart(exit, recommendation)) }),
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

/**
 * Why it was closed: a claimed target that is more than two ticks short, or a claimed stop above it, was an exit by hand
 * (`ENGINE.md` 9). A claim speaks of one exit and is held against the price of that one, never against a mean of several.
 */
export function checkedReason(
  { action, target, stop }: Recommendation,
  { price, reason }: Pick<ClosedPart, "price" | "reason">,
): ExitReason {
  const side = action === "BUY" ? 1 : -1;
  if (reason === "target" && side * (target - price) > CLAIM_TICKS) return "manual";
  if (reason === "stop" && side * (price - stop) > CLAIM_TICKS) return "manual";
  return reason;
}
