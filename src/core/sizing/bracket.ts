import type { Direction } from "../detector/cluster.js";
import type { OrderSettings } from "../settings.js";
import type { Ticks } from "../units.js";
import type { OrderType } from "./recommendation.js";

/** Limit, stop and target of a signal, in ticks. */
export interface Bracket {
  /** Limit; for MARKET the signal price. */
  readonly price: Ticks;
  readonly trigger: Ticks | undefined;
  readonly stop: Ticks;
  readonly target: Ticks;
  readonly stopTicks: number;
  readonly targetTicks: number;
}

// Absorbs the binary noise of a distance that is a whole number of ticks.
const GUARD = 1e-9;

/**
 * How far the stop is, in ticks, not rounded: one standard deviation of an hour times `stopSigmaMult`, at least
 * `minStopTicks` (`ENGINE.md` 5).
 *
 * @param volatility standard deviation of one-minute log returns
 */
export function stopDistance(
  signalPrice: Ticks,
  volatility: number,
  minStopTicks: number,
  stopSigmaMult: number,
): number {
  return Math.max(minStopTicks, stopSigmaMult * volatility * Math.sqrt(60) * signalPrice);
}

/**
 * Rounds the stop away from the entry and the target toward it, so that risk is never understated nor reward overstated.
 *
 * @param distance from `stopDistance`
 */
export function bracket(
  direction: Direction,
  signalPrice: Ticks,
  distance: number,
  orderType: OrderType,
  settings: OrderSettings,
): Bracket {
  const side = direction === "BUY" ? 1 : -1;
  const stopTicks = Math.ceil(distance - GUARD);
  const reach = settings.targetRounding === "exact" ? stopTicks : distance;
  const targetTicks = Math.floor(settings.profitTargetRatio * reach + GUARD);
  const offset = orderType === "LIMIT" ? Math.ceil(settings.limitOffsetTicks - GUARD) : 0;
  const entry = signalPrice - side * offset;
  const trigger = orderType === "STOP_LIMIT" ? signalPrice + side : undefined;
  return {
    price: (trigger === undefined ? entry : trigger + side) as Ticks,
    trigger: trigger as Ticks | undefined,
    stop: (entry - side * stopTicks) as Ticks,
    target: (entry + side * targetTicks) as Ticks,
    stopTicks,
    targetTicks,
  };
}
