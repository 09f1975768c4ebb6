import { isJump } from "../core/guards/typedPrice.js";
import { say } from "../core/say.js";
import { plainText } from "./plainText.js";
import { type PriceReference, plainNumber, quantityOrPrice, writtenOut } from "./typedPrice.js";

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

/** The grammar in a few words, for whoever types. */
export const FILL_HELP = say(".50, +1t or 1@.50, then notes; n late: not executed");

/**
 * Reads a line such as `2@6010.50`, `6010.50 filled at once`, `.50`, `2@-1t`, `2@` or `n late`. An empty one says: as
 * recommended. Notes begin with a letter, so that a price in two parts (`21 000.25`) is refused as a price and not cut in half.
 *
 * @param expected the recommended price
 */
export function readFillLine(text: string, expected: PriceReference): FillLine {
  const [isNo, reason] = /^\s*(?:n|no)(?:\s+(.*))?$/isu.exec(text.normalize("NFKC")) ?? [];
  if (isNo !== undefined) return { said: "notExecuted", reason: reasonOf(reason) };
  const [, quantity, rest = ""] = /^\s*(?:([^@＠\p{L}]*?)\s*[@＠])?\s*(.*?)\s*$/su.exec(text) ?? [];
  const [, typed = "", notes] = /^(.*?)(?:(?:^|\s+)(\p{L}.*))?$/su.exec(rest) ?? [];
  if (typed === "" && quantity === undefined && notes !== undefined) {
    return { said: "nothing", problem: say("Begin with the price, or with n for not executed: {0}", FILL_HELP) };
  }
  const price = writtenOut(typed, expected);
  if ("problem" in price) return { said: "nothing", problem: price.problem };
  const isBare = quantity === undefined && /^\d{1,3}$/.test(price.value);
  if (isBare && isJump(Number(price.value) / expected.instrument.tickSize, expected.price)) {
    const whole = Number(price.value);
    return { said: "nothing", problem: quantityOrPrice(whole) };
  }
  return {
    said: "filled",
    quantity: quantity === undefined ? undefined : plainNumber(quantity),
    price: price.value,
    notes,
  };
}

function reasonOf(text: string | undefined): string | undefined {
  const words = plainText(text ?? "").trim();
  const known = NOT_EXECUTED.find(({ reason, short }) => [reason.toLowerCase(), short].includes(words.toLowerCase()));
  return words === "" ? undefined : (known?.reason ?? words);
}
