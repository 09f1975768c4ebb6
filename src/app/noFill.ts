import type { EngineOutput } from "../core/events.js";
import { winRateInterval } from "../core/sizing/posterior.js";
import { tradeRecords } from "../core/tradeRecords.js";
import { NOT_FILLED } from "./fillLine.js";

/** How many of the user's orders were not filled. */
export interface NoFillRate {
  readonly notFilled: number;
  /** Those and the filled ones; what he did not order is none. */
  readonly orders: number;
  /** As a fraction; undefined without an order. */
  readonly rate: number | undefined;
  /** Central 90 % of the Beta posterior of the rate under a uniform prior. */
  readonly interval: readonly [low: number, high: number];
}

/** The user's own rate of orders without a fill, as recorded now. */
export function noFillRate(outputs: readonly EngineOutput[]): NoFillRate {
  const records = [...tradeRecords(outputs).values()];
  const notFilled = records.filter(({ notExecuted }) => notExecuted === NOT_FILLED).length;
  const orders = notFilled + records.filter(({ fills }) => fills.length > 0).length;
  const rate = orders === 0 ? undefined : notFilled / orders;
  return { notFilled, orders, rate, interval: winRateInterval(notFilled, orders) };
}
