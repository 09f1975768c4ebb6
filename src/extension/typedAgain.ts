import { formatPrice, type Instrument } from "../core/instrument.js";
import type { Ticks } from "../core/units.js";
import { BACK, input } from "./ask.js";

/**
 * Asks for a price once more that lies far from the market (`RELIABILITY.md` R11); nothing is filled in.
 *
 * @returns whether the same price was typed
 */
export async function typedAgain(price: Ticks, instrument: Instrument): Promise<boolean> {
  const wanted = formatPrice(price, instrument);
  const text = await input({
    title: "Far from the market",
    prompt: "Type the price again if it is right, or press Escape",
    placeholder: "The price",
    value: "",
    check: (typed) => (Number(typed.trim()) === Number(wanted) ? undefined : "It is not the same price"),
  });
  return text !== undefined && text !== BACK;
}
