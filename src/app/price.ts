import { checkTick } from "../core/guards/typedPrice.js";
import { refused } from "../core/guards/verdict.js";
import type { Instrument } from "../core/instrument.js";
import { say } from "../core/say.js";
import type { Ticks } from "../core/units.js";
import { plainText } from "./plainText.js";

/**
 * What a person typed as a price or a quantity: the number, or one sentence that says what is wrong with it. An unreadable one is
 * no number for any instrument.
 */
export type Parsed<T> = { readonly value: T } | { readonly problem: string; readonly unreadable?: true };

const MAX_TICKS = 2 ** 31 - 1;

/**
 * Reads a price strictly: digits and a decimal point, a dollar sign in front at most. What is not on a tick is refused
 * with the two prices next to it, and what could be read in two ways is never guessed.
 */
export function parsePrice(text: string, instrument: Instrument): Parsed<Ticks> {
  const plain = text.trim().replace(/^\$\s?/, "");
  if (!/^\d{1,12}(\.\d{1,12})?$/.test(plain)) {
    return {
      problem: say("{0} is not a price: write it with a decimal point and nothing else{1}", quoted(text), meant(plain)),
      unreadable: true,
    };
  }
  const price = Number(plain);
  const ticks = price / instrument.tickSize;
  const impossible = say("{0} is not a possible price of {1}", quoted(text), instrument.label);
  if (ticks <= 0) return { problem: impossible, unreadable: true };
  if (ticks > MAX_TICKS) return { problem: impossible };
  const offTick = refused(checkTick(instrument, { price, said: quoted(text) }));
  return offTick === undefined ? { value: Math.round(ticks) as Ticks } : { problem: offTick };
}

/** Reads a number of contracts: a whole number from 1 on, in plain digits. */
export function parseQuantity(text: string): Parsed<number> {
  if (/^[1-9]\d{0,5}$/.test(text.trim())) return { value: Number(text.trim()) };
  return {
    problem: say(
      "{0} is not a number of contracts: write a whole number from 1 on{1}",
      quoted(text),
      meant(text.trim()),
    ),
    unreadable: true,
  };
}

// Full-width digits, thousands and decimal commas: said back to the person, who types it again, never taken by itself.
function meant(text: string): string {
  const spaced = text.normalize("NFKC");
  // Of a space alone nobody can tell whether it parts thousands, or a quantity from its price.
  if (/\s/.test(spaced) && !/^\d{1,3}(\s\d{3})+([.,]\d+)?$/.test(spaced)) return "";
  const ascii = spaced.replace(/[\s'\u2019_]/g, "");
  const number =
    (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(ascii) && ascii.replaceAll(",", "")) ||
    (/^\d+,\d{1,2}$/.test(ascii) && ascii.replace(",", ".")) ||
    (/^\d{1,3}(\.\d{3})+,\d+$/.test(ascii) && ascii.replaceAll(".", "").replace(",", ".")) ||
    (/^\d+(\.\d+)?$/.test(ascii) && ascii);
  return number === false || number === "" || number === text ? "" : say("; if you mean {0}, write {0}", number);
}

function quoted(text: string): string {
  const plain = plainText(text);
  return JSON.stringify(plain.length > 40 ? `${plain.slice(0, 37)}...` : plain);
}
