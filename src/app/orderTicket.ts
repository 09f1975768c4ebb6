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

/** One field of a broker's order entry. */
export interface TicketEntry {
  readonly name: string;
  readonly value: string;
  /** How it is sent, where it is no part of the value. */
  readonly note?: string;
}

/** The fields of a broker's order entry, in its order; one that the order does not have is left out. */
export function ticketEntries(recommendation: Recommendation): readonly TicketEntry[] {
  return entriesOf(valuesOf(recommendation));
}

function entriesOf(values: Readonly<Record<TicketField, string>>): readonly TicketEntry[] {
  const entries: readonly TicketEntry[] = [
    { name: "Symbol", value: values.contract },
    { name: "Side", value: values.action },
    { name: "Quantity", value: values.quantity },
    { name: "Order Type", value: values.type },
    { name: "Trigger", value: values.trigger },
    { name: "Price", value: values.price },
    { name: "Stop Loss", value: values.stop, note: "bracket" },
    { name: "Profit Target", value: values.target, note: "bracket" },
    { name: "Validity", value: values.validity },
  ];
  return entries.filter(({ value }) => value !== "");
}

function fieldLines(values: Readonly<Record<TicketField, string>>): string {
  return entriesOf(values)
    .map(({ name, value, note }) => `${name}: ${value}${note === undefined ? "" : ` (${note})`}`)
    .join("\n");
}
