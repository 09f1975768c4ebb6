import { isJump } from "../core/guards/typedPrice.js";
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

/** From this price on, in points, `0.50` is short for decimals as `.50` is: nothing falls from there to below a point. */
const FAR_ABOVE_ZERO = 10;

/**
 * Writes a price out that was typed in short beside an expected one: nothing is that price itself, `+1t` and `-2t` are ticks from
 * it, `.50` is the price nearest to it with these decimals. Full-width digits and a decimal comma with one or two digits after it
 * can mean one thing only, so they are taken as such; all else is left as it is for `parsePrice` to judge.
 */
export function writtenOut(text: string, expected: PriceReference): Parsed<string> {
  const { instrument, price } = expected;
  const plain = plainNumber(text);
  if (plain === "") return { value: formatPrice(price, instrument) };
  const [, count, unit] = /^([+-]\d{1,9})(t(?:icks?)?)?$/i.exec(plain) ?? [];
  if (count !== undefined) return ticksAway(count, unit !== undefined, expected);
  const isShort = price * instrument.tickSize < FAR_ABOVE_ZERO ? /^\.\d{1,9}$/ : /^0*\.\d{1,9}$/;
  if (isShort.test(plain)) return nearest(Number(plain), expected);
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
    // What a Chinese keyboard writes for a point.
    .replace(/\u3002(?=\d)/g, ".")
    .trim();
  return /^\$? ?\d*,\d{1,2}$/.test(ascii) ? ascii.replace(",", ".") : ascii;
}

/**
 * What among words looks like a price: a number with decimals, one near the expected price, or ticks from it. The first one, as it
 * stands there; undefined where there is none.
 */
export function priceAmong(words: string, { instrument, price }: PriceReference): string | undefined {
  const found = words.match(
    /(?<![\p{L}\p{N}:.,])(?:[-+\u2212]\p{Nd}+t(?:icks?)?|\$?\p{Nd}*[.,\uFF0E\uFF0C\u3002]?\p{Nd}+)(?![\p{L}\p{N}:])/giu,
  );
  return found?.find((text) => {
    const plain = plainNumber(text).replace(/^\$/, "");
    return /[.,t]/i.test(plain) || !isJump(Number(plain) / instrument.tickSize, price);
  });
}

/** @param isSaid whether ticks were said; a sign alone says so too, but not for sure */
function ticksAway(count: string, isSaid: boolean, { instrument, price }: PriceReference): Parsed<string> {
  const [from, ticks] = [formatPrice(price, instrument), price + Number(count)];
  if (ticks <= 0)
    return { problem: say("There is no price {0} ticks from {1}: it would not be above zero", count, from) };
  if (isSaid) return { value: formatPrice(ticks, instrument) };
  return { problem: say("{0} is not a price: write {0}t if it is ticks from {1}", count, from) };
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
    const away = toTicks(0.5, instrument);
    const [low, high] = [written(below), written(above)];
    return {
      problem:
        away === undefined
          ? say("It may be {0} or {1}: write which one", low, high)
          : say("It may be {0} or {1}: write which one, or -{2}t or +{2}t", low, high, away),
    };
  }
  return { value: written(below > 0 && closer > 0 ? below : above) };
}
