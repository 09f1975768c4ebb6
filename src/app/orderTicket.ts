import { formatPrice } from "../core/instrument.js";
import { say } from "../core/say.js";
import type { Recommendation } from "../core/sizing/recommendation.js";

const ORDER_TYPES = { LIMIT: "LMT", MARKET: "MKT", STOP_LIMIT: "STP LMT" } as const;

/** What a template may name in braces, such as `{price}`. What an order does not have, such as the price of MKT, is empty. */
export const TICKET_FIELDS = [
  "contract",
  "symbol",
  "action",
  "side",
  "quantity",
  "type",
  "trigger",
  "price",
  "stop",
  "target",
  "validity",
  "id",
] as const;

type TicketField = (typeof TICKET_FIELDS)[number];

const LONGEST_TEMPLATE = 500;

/** What is wrong with a template, as one sentence; undefined: it can be filled. Line breaks and tabs are let through. */
export function templateProblem(template: string): string | undefined {
  if (template.length > LONGEST_TEMPLATE) return say("it has more than {0} characters", LONGEST_TEMPLATE);
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(template)) return say("it has control characters");
  const known = new Set<string>(TICKET_FIELDS);
  const strange = [...template.matchAll(/\{([^{}]*)\}?/g)].find(
    ([whole, name = ""]) => !whole.endsWith("}") || !known.has(name),
  );
  if (strange !== undefined) return say('"{0}" is not known, only {1}', strange[0], `{${TICKET_FIELDS.join("}, {")}}`);
  return /\}/.test(template.replace(/\{[^{}]*\}/g, ""))
    ? say("it has a closing brace without its opening one")
    : undefined;
}

/**
 * A recommendation as a broker's order entry asks for it; prices as they are traded, in no language's form.
 *
 * @param template a text with `TICKET_FIELDS` in braces; "" stands for a field a line
 * @throws when the template has a problem
 */
export function orderTicket(recommendation: Recommendation, template = ""): string {
  const values = valuesOf(recommendation);
  if (template === "") return fieldLines(values);
  const problem = templateProblem(template);
  if (problem !== undefined)
    throw new Error(
      say("No ticket was copied: the setting volumeCluster.display.orderTicket cannot be used, {0}", problem),
    );
  // In one pass: what is put in is not looked at again.
  return template.replace(/\{(\w+)\}/g, (_whole, name: TicketField) => values[name]);
}

function valuesOf(recommendation: Recommendation): Readonly<Record<TicketField, string>> {
  const { id, instrument, action, quantity, orderType, price, trigger, stop, target, validity } = recommendation;
  const at = (ticks: number) => formatPrice(ticks, instrument);
  return {
    contract: instrument.label,
    symbol: instrument.symbol,
    action,
    side: action === "BUY" ? "BUY" : "SELL",
    quantity: String(quantity),
    type: ORDER_TYPES[orderType],
    trigger: trigger === undefined ? "" : at(trigger),
    price: orderType === "MARKET" ? "" : at(price),
    stop: at(stop),
    target: at(target),
    validity,
    id,
  };
}

function fieldLines(values: Readonly<Record<TicketField, string>>): string {
  const fields: readonly (readonly [name: string, value: string])[] = [
    ["Symbol", values.contract],
    ["Side", values.action],
    ["Quantity", values.quantity],
    ["Order Type", values.type],
    ["Trigger", values.trigger],
    ["Price", values.price],
    ["Stop Loss", `${values.stop} (bracket)`],
    ["Profit Target", `${values.target} (bracket)`],
    ["Validity", values.validity],
  ];
  return fields.flatMap(([name, value]) => (value === "" ? [] : [`${name}: ${value}`])).join("\n");
}
