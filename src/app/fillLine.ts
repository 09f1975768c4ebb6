import { isJump } from "../core/guards/typedPrice.js";
import { formatPrice, toTicks } from "../core/instrument.js";
import { say } from "../core/say.js";
import { plainText } from "./plainText.js";
import { type PriceReference, plainNumber, priceAmong, quantityOrPrice, writtenOut } from "./typedPrice.js";

/** What one line says of a recommendation; texts are not yet judged. */
export type FillLine =
  | {
      readonly said: "filled";
      /** Absent: as recommended. */
      readonly quantity: string | undefined;
      readonly price: string;
      readonly notes: string | undefined;
    }
  /** Without a reason it has to be asked for. */
  | { readonly said: "notExecuted"; readonly reason: string | undefined }
  | { readonly said: "nothing"; readonly problem: string };

/** Why a recommendation was not executed, in the words that are kept; each with a short word for it. */
export const NOT_EXECUTED = [
  { reason: say("Too late"), short: "late" },
  { reason: say("Not filled"), short: "unfilled" },
  { reason: say("Disagreed"), short: "disagreed" },
  { reason: say("Away"), short: "away" },
  { reason: say("Risk limit"), short: "risk" },
] as const;

/** Why an order that was placed came to nothing. */
export const NOT_FILLED = NOT_EXECUTED[1].reason;

/** The grammar in a few words, for whoever types: with decimals that mean one price beside the expected one. */
export function fillHelp({ instrument, price }: PriceReference): string {
  const decimals = (ticks: number) => /\..*$/.exec(formatPrice(ticks, instrument))?.[0];
  const half = toTicks(0.5, instrument);
  const isWhole = Number(decimals(price) ?? 0) === 0;
  const short = half !== undefined && !isWhole ? ".50" : decimals(price + 1);
  return short === undefined || (isWhole && (half === 1 || Number(short) === 0))
    ? say("+1t or 1@+1t, then notes; n late: not executed")
    : say("{0}, +1t or 1@{0}, then notes; n late: not executed", short);
}

/**
 * Reads a line such as `2@6010.50`, `2 at 6010.50`, `6010.50 filled at once`, `.50`, `2@-1t`, `2@` or `n late`. An empty one says:
 * as recommended. Notes begin with a letter, so that a price in two parts (`21 000.25`) is refused as a price and not cut in half.
 * In `2@ limit 6010.50` the number may be the price: kept as a note, it would be lost beside the recommended one, so it is asked for.
 *
 * @param expected the recommended price
 */
export function readFillLine(text: string, expected: PriceReference): FillLine {
  const [isNo, reason] = /^\s*(?:n|no)(?:\s+(.*))?$/isu.exec(text.normalize("NFKC")) ?? [];
  if (isNo !== undefined) return { said: "notExecuted", reason: reasonOf(reason) };
  const [, quantity, rest = ""] =
    /^\s*(?:([^@＠\p{L}]*?)\s*[@＠])?\s*(.*?)\s*$/su.exec(signForAt(text, expected)) ?? [];
  const [, typed = "", notes] = /^(.*?)(?:(?:^|\s+)(\p{L}.*))?$/su.exec(rest) ?? [];
  if (typed === "" && notes !== undefined) {
    const problem = unclear(quantity, notes, expected);
    if (problem !== undefined) return { said: "nothing", problem };
  }
  const price = writtenOut(typed, expected);
  if ("problem" in price) return { said: "nothing", problem: price.problem };
  const isBare = quantity === undefined && /^\d{1,3}$/.test(price.value);
  if (isBare && isJump(Number(price.value) / expected.instrument.tickSize, expected.price)) {
    const whole = Number(price.value);
    if (whole === 0) {
      const problem = say("0 is neither a price nor a number of contracts: write n if it was not executed");
      return { said: "nothing", problem };
    }
    return { said: "nothing", problem: quantityOrPrice(whole) };
  }
  return {
    said: "filled",
    quantity: quantity === undefined ? undefined : plainNumber(quantity),
    price: price.value,
    notes,
  };
}

/** `2 at 6010.50`, `at 6010.50` and `2@ at 6010.50` with the sign alone; `at 9:45` and `6010.50 at once` as they are. */
function signForAt(text: string, expected: PriceReference): string {
  const [said = "", count, price = ""] = AT.exec(text) ?? [];
  if (priceAmong(price, expected) !== price) return text;
  return `${count === undefined ? "" : `${count}@`}${price}${text.slice(said.length)}`;
}

const AT = /^\s*(?:(\p{Nd}{1,3}(?=\s)|[^@＠\p{L}]*(?=[@＠]))\s*[@＠]?\s*)?at\s+(\S+)/iu;

/** Why words without a price before them are not taken for notes beside the recommended price; undefined where they are. */
function unclear(quantity: string | undefined, notes: string, expected: PriceReference): string | undefined {
  const price = priceAmong(notes, expected);
  if (price !== undefined) {
    const before = quantity === undefined ? "" : `${quantity}@`;
    const recommended = formatPrice(expected.price, expected.instrument);
    return say("Begin with {0} if that is the price, with {1} if not", `${before}${price}`, `${before}${recommended}`);
  }
  if (quantity !== undefined) return undefined;
  return say("Begin with the price, or with n for not executed: {0}", fillHelp(expected));
}

function reasonOf(text: string | undefined): string | undefined {
  const words = plainText(text ?? "").trim();
  const known = NOT_EXECUTED.find(({ reason, short }) => [reason.toLowerCase(), short].includes(words.toLowerCase()));
  return words === "" ? undefined : (known?.reason ?? words);
}
