import { type Cents, roundHalfAway, type Ticks } from "./units.js";

/** A tradable contract: how its prices step and what a step is worth. */
export interface Instrument {
  /** The feed's instrument_id; unique within a feed and a day only. */
  readonly id: number;
  /** The venue's name, such as ESH4. */
  readonly symbol: string;
  /** The name for people, such as ES MAR24; the raw symbol where there is no dated one. */
  readonly label: string;
  /** The product it belongs to, such as ES. */
  readonly root: string;
  /** Points per tick. */
  readonly tickSize: number;
  /** Currency per point and contract; 0 where it is not known: its signals are refused. */
  readonly pointValue: number;
  /** Contracts per unit of the feed's size. */
  readonly sizeUnit: number;
  /** Currency per contract and side. */
  readonly commission: number;
  /** Assumed loss of one contract in currency; 0 leaves the actual stop alone. */
  readonly riskPerContract: number;
  /** The nearest a stop may be, in ticks. */
  readonly minStopTicks: number;
}

/** Currency per tick and contract. */
export function tickValue(instrument: Instrument): number {
  return instrument.tickSize * instrument.pointValue;
}

/**
 * Turns a price in points into ticks.
 *
 * @returns undefined when the price is not a whole number of ticks (within 1e-6 of one)
 */
export function toTicks(price: number, instrument: { readonly tickSize: number }): Ticks | undefined {
  const ticks = price / instrument.tickSize;
  const whole = Math.round(ticks);
  return Number.isSafeInteger(whole) && Math.abs(ticks - whole) < 1e-6 ? (whole as Ticks) : undefined;
}

/** The price in points, free of binary noise: 8305 ticks of 0.01 are 83.05. */
export function toPoints(ticks: number, instrument: { readonly tickSize: number }): number {
  return Number((ticks * instrument.tickSize).toPrecision(15));
}

/** Books a move of `ticks` on `contracts` as money, rounded once, half away from zero. */
export function toCents(ticks: number, contracts: number, instrument: Instrument): Cents {
  return roundHalfAway(Number((ticks * contracts * tickValue(instrument) * 100).toPrecision(15))) as Cents;
}

/** The price in points with the decimals that the tick size has, at least two. */
export function formatPrice(ticks: number, instrument: { readonly tickSize: number }): string {
  return toPoints(ticks, instrument).toFixed(priceDecimals(instrument.tickSize));
}

/** A mean price: between two ticks it has two decimals more. */
export function formatMean(ticks: number, instrument: { readonly tickSize: number }): string {
  if (Number.isInteger(ticks)) return formatPrice(ticks, instrument);
  return toPoints(ticks, instrument).toFixed(priceDecimals(instrument.tickSize) + 2);
}

/** Decimals that show every price of this tick size exactly, at least two. */
export function priceDecimals(tickSize: number): number {
  const text = tickSize.toString();
  if (text.includes("e-"))
    return Number(text.slice(text.indexOf("e-") + 2)) + fraction(text.slice(0, text.indexOf("e")));
  return Math.max(2, fraction(text));
}

function fraction(text: string): number {
  const dot = text.indexOf(".");
  return dot < 0 ? 0 : text.length - dot - 1;
}
