import { formatPrice, type Instrument, toTicks } from "../core/instrument.js";
import { say } from "../core/say.js";
import type { Ticks } from "../core/units.js";
import type { Parsed } from "./price.js";

/** What a short price is short for. */
export interface PriceReference {
  readonly instrument: Instrument;
  /** The price that was expected, such as the limit. */
  readonly price: Ticks;
}

/**
 * Writes a price out that was typed in short beside an expected one: nothing is that price itself, `+1t` and `-2t` are ticks from
 * it, `.50` is the price nearest to it with these decimals. Full-width digits and a decimal comma with one or two digits after it
 * can mean one thing only, so they are taken as such; all else is left as it is for `parsePrice` to judge.
 */
export function writtenOut(text: string, { instrument, price }: PriceReference): Parsed<string> {
  const plain = plainNumber(text);
  if (plain === "") return { value: formatPrice(price, instrument) };
  const [, sign, count] = /^([+-])(\d{1,5})t(?:icks?)?$/i.exec(plain) ?? [];
  if (count !== undefined) return { value: formatPrice(price + Number(`${sign}${count}`), instrument) };
  if (/^\.\d{1,9}$/.test(plain)) return nearest(Number(plain), { instrument, price });
  return { value: plain };
}

/** Asks what a number is that is too small for a price. */
export function quantityOrPrice(whole: number): string {
  return say("Write {0}@ if it is the quantity, {1} if it is the price", whole, whole.toFixed(2));
}

/** Digits, points and signs as they are in ASCII, with a decimal point. */
export function plainNumber(text: string): string {
  const ascii = text
    .normalize("NFKC")
    .replace(/[\u2012-\u2015\u2212]/g, "-")
    .trim();
  return /^\$? ?\d+,\d{1,2}$/.test(ascii) ? ascii.replace(",", ".") : ascii;
}

/** The price with a fraction of a point that is nearest to another; two that are equally near are both named. */
function nearest(fraction: number, { instrument, price }: PriceReference): Parsed<string> {
  const at = price * instrument.tickSize;
  const below = Math.floor(at - fraction) + fraction;
  const above = below + 1;
  const written = (points: number) => {
    const ticks = toTicks(points, instrument);
    return ticks === undefined ? String(Number(points.toPrecision(12))) : formatPrice(ticks, instrument);
  };
  const closer = above - at - (at - below);
  if (below > 0 && Math.abs(closer) < 1e-9) {
    return { problem: say("It may be {0} or {1}: write which one", written(below), written(above)) };
  }
  return { value: written(below > 0 && closer > 0 ? below : above) };
}
