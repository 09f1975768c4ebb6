import { formatPrice, type Instrument } from "../core/instrument.js";
import type { Ticks } from "../core/units.js";
import { BACK, input } from "./ask.js";

/**
 * Asks for a price once more that lies far from the market (`RELIABILITY.md` R11); nothing is filled in.
 *
 * @returns whether the same price was typed
 */
export function typedAgain(price: Ticks, instrument: Instrument): Promise<boolean> {
  return again("Far from the market", "price", formatPrice(price, instrument));
}

/**
 * Asks for a quantity once more that is larger than may be held at once (`RELIABILITY.md` R6, R12); nothing is filled in.
 *
 * @returns whether the same quantity was typed
 */
export function quantityTypedAgain(quantity: number): Promise<boolean> {
  return again("More than may be held at once", "quantity", String(quantity));
}

async function again(title: string, what: string, wanted: string): Promise<boolean> {
  const text = await input({
    title,
    prompt: `Type the ${what} again if it is right, or press Escape`,
    placeholder: `The ${what}`,
    value: "",
    check: (typed) =>
      typed.trim() !== "" && Number(typed.trim()) === Number(wanted) ? undefined : `It is not the same ${what}`,
  });
  return text !== undefined && text !== BACK;
}
