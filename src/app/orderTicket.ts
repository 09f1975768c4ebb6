import { formatPrice } from "../core/instrument.js";
import type { Recommendation } from "../core/sizing/recommendation.js";

const ORDER_TYPES = { LIMIT: "LMT", MARKET: "MKT", STOP_LIMIT: "STP LMT" } as const;

/** A recommendation as a broker's order entry asks for it, a field a line; prices as they are traded, in no language's form. */
export function orderTicket(recommendation: Recommendation): string {
  const { instrument, action, quantity, orderType, price, trigger, stop, target, validity } = recommendation;
  const at = (ticks: number) => formatPrice(ticks, instrument);
  const fields: readonly (readonly [name: string, value: string | undefined])[] = [
    ["Symbol", instrument.label],
    ["Side", action],
    ["Quantity", String(quantity)],
    ["Order Type", ORDER_TYPES[orderType]],
    ["Trigger", trigger === undefined ? undefined : at(trigger)],
    ["Price", orderType === "MARKET" ? undefined : at(price)],
    ["Stop Loss", `${at(stop)} (bracket)`],
    ["Profit Target", `${at(target)} (bracket)`],
    ["Validity", validity],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])).join("\n");
}
