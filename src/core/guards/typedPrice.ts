import { formatPrice, type Instrument, toTicks } from "../instrument.js";
import { say } from "../say.js";
import type { Ticks } from "../units.js";
import { deny, OK, type Verdict, warn } from "./verdict.js";

/**
 * R10: a price lies on its instrument's grid. The nearest two are named, neither is taken by itself.
 *
 * @param action the price in points, and the words in which to speak of it
 */
export function checkTick(
  instrument: Pick<Instrument, "tickSize">,
  action: { readonly price: number; readonly said: string },
): Verdict<never, "OFF_TICK"> {
  const { price, said } = action;
  if (toTicks(price, instrument) !== undefined) return OK;
  const ticks = price / instrument.tickSize;
  const [below, above] = [formatPrice(Math.floor(ticks), instrument), formatPrice(Math.ceil(ticks), instrument)];
  const sentence = say(
    "{0} is not on a tick of {1}: the nearest prices are {2} and {3}",
    said,
    instrument.tickSize,
    below,
    above,
  );
  return deny("OFF_TICK", sentence);
}

/** R10, R17: a price that is booked is a positive whole number of ticks. `of` names what it is the price of. */
export function checkTicks(action: { readonly price: number; readonly of: string }): Verdict<never, "BAD_PRICE"> {
  if (Number.isSafeInteger(action.price) && action.price > 0) return OK;
  return deny("BAD_PRICE", say("The price of {0} has to be a positive whole number of ticks", action.of));
}

/** A price further from the last one than so many percent is a mistake until others confirm it (`ENGINE.md` 2). */
const JUMP_PERCENT = 7;

/** Whether a price is too far from another to be believed by itself: more than 7 %, exactly in ticks (`ENGINE.md` 2). */
export function isJump(price: number, from: number): boolean {
  return Math.abs(price - from) * 100 > JUMP_PERCENT * from;
}

/** Ticks outside the market's range that R11 lets pass, and the fraction beyond which it asks twice. */
const NEAR_TICKS = 2;
const FAR_FRACTION = 0.005;

/** Lowest and highest price, in ticks. */
export interface PriceRange {
  readonly low: Ticks;
  readonly high: Ticks;
}

/**
 * R11: a recorded price lies where the market was in all the time in which it can have been filled, give or take two ticks.
 * Beyond 0.5 % of that it is denied until it was typed again.
 *
 * @param market from the minute before what `since` names until now
 */
export function checkMarket(
  market: PriceRange,
  instrument: Pick<Instrument, "tickSize">,
  action: { readonly price: Ticks; readonly confirmed: boolean; readonly since: "signal" | "entry" },
): Verdict<"FAR_FROM_MARKET", "CONFIRM_PRICE"> {
  const away = distance(action.price, market);
  if (away <= NEAR_TICKS) return OK;
  const at = (ticks: number) => formatPrice(ticks, instrument);
  const prices = [at(market.low), at(market.high), at(action.price)] as const;
  const where =
    action.since === "signal"
      ? say("From the minute before the signal until now the market was between {0} and {1}, not at {2}", ...prices)
      : say("From the minute before the entry until now the market was between {0} and {1}, not at {2}", ...prices);
  const edge = action.price < market.low ? market.low : market.high;
  if (away / edge <= FAR_FRACTION || action.confirmed) return warn("FAR_FROM_MARKET", where);
  return deny("CONFIRM_PRICE", say("{0}: it has to be typed again", where));
}

/**
 * R11 without market data of the time: the bracket of the recommendation is the only witness. A price inside it, give or take
 * 0.5 %, is believed; any other is unverified, which counts in the balance and not in learning.
 *
 * @param bracket from the lower to the higher of stop and target
 */
export function checkVouched(
  bracket: PriceRange,
  instrument: Pick<Instrument, "tickSize">,
  action: { readonly price: Ticks },
): Verdict<"UNVERIFIED"> {
  const edge = action.price < bracket.low ? bracket.low : bracket.high;
  if (distance(action.price, bracket) / edge <= FAR_FRACTION) return OK;
  const at = formatPrice(action.price, instrument);
  return warn("UNVERIFIED", say("Nothing here can verify {0}: it counts in the balance, not in learning", at));
}

/**
 * R11 without market data of the time: a price more than 0.5 % away from where it was to be expected is denied until it was typed
 * again.
 *
 * @param expected for a fill the signal's price and the limit, for an exit the bracket of stop and target
 */
export function checkExpected(
  expected: PriceRange,
  instrument: Pick<Instrument, "tickSize">,
  action: { readonly price: Ticks },
): Verdict<never, "CONFIRM_PRICE"> {
  const edge = action.price < expected.low ? expected.low : expected.high;
  if (distance(action.price, expected) / edge <= FAR_FRACTION) return OK;
  const at = (ticks: number) => formatPrice(ticks, instrument);
  const sentence = say(
    "{0} is more than {1} % away from {2}, and nothing tells where the market was",
    at(action.price),
    FAR_FRACTION * 100,
    at(edge),
  );
  return deny("CONFIRM_PRICE", sentence);
}

function distance(price: number, { low, high }: PriceRange): number {
  if (low <= price && price <= high) return 0;
  return price < low ? low - price : price - high;
}
