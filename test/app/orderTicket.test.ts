import fc from "fast-check";
import { expect, it } from "vitest";
import { orderTicket, TICKET_FIELDS, templateProblem, ticketEntries } from "../../src/app/orderTicket.js";
import { recommendation, ticks } from "../support/outputs.js";

it("is the workflow's order entry, field by field", () => {
  expect(orderTicket(recommendation({ action: "BUY" }))).toBe(
    [
      "Symbol: ES JUN25",
      "Side: BUY",
      "Quantity: 2",
      "Order Type: LMT",
      "Price: 6010.75",
      "Stop Loss: 5995.25 (bracket)",
      "Profit Target: 6041.25 (bracket)",
      "Validity: DAY",
    ].join("\n"),
  );
});

it("has nine fields, each with its bare value", () => {
  const stopLimit = recommendation({ action: "BUY", orderType: "STOP_LIMIT", trigger: ticks(24_044) });
  expect(ticketEntries(stopLimit).map(({ value }) => value)).toEqual([
    ...["ES JUN25", "BUY", "2", "STP LMT", "6011.00", "6010.75", "5995.25", "6041.25", "DAY"],
  ]);
});

it("names no price for a market order, and the trigger of a stop-limit order", () => {
  const market = orderTicket(recommendation({ orderType: "MARKET" }));
  expect(market).toContain("Order Type: MKT\nStop Loss");
  const stopLimit = orderTicket(recommendation({ orderType: "STOP_LIMIT", trigger: ticks(24_044) }));
  expect(stopLimit).toContain("Order Type: STP LMT\nTrigger: 6011.00\nPrice: 6010.75");
});

it.each([
  [
    "{side} {quantity} {contract} {type} {price}, stop {stop}, target {target}, {validity}",
    "SELL 2 ES JUN25 LMT 6010.75, stop 5995.25, target 6041.25, DAY",
  ],
  ["{symbol},{action},{quantity},{type},{trigger},{price}", "ESM5,SHORT,2,LMT,,6010.75"],
  ["{quantity}\t{price}\n{price}", "2\t6010.75\n6010.75"],
  ["no field", "no field"],
])("fills the template %j", (template, ticket) => {
  expect(orderTicket(recommendation({ action: "SHORT" }), template)).toBe(ticket);
});

it("leaves empty what a market order does not have", () => {
  expect(orderTicket(recommendation({ orderType: "MARKET", action: "BUY" }), "{side};{type};{price};{trigger}")).toBe(
    "BUY;MKT;;",
  );
});

it.each([
  ["{prize}", '"{prize}" is not known'],
  ["{toString}", '"{toString}" is not known'],
  ["{}", '"{}" is not known'],
  ["{price", '"{price" is not known'],
  ["price}", "it has a closing brace without its opening one"],
  ["\u001b[31m{price}", "it has control characters"],
  ["x".repeat(501), "it has more than 500 characters"],
])("refuses the template %j", (template, problem) => {
  expect(templateProblem(template)).toContain(problem);
  expect(() => orderTicket(recommendation(), template)).toThrow(/^No ticket was copied: .*display\.orderTicket/);
});

it("fills whatever template it lets through, and leaves no brace", () => {
  const part = fc.oneof(fc.string(), fc.constantFrom(...TICKET_FIELDS.map((name) => `{${name}}`)));
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const template = parts.join("");
      fc.pre(template !== "" && templateProblem(template) === undefined);
      expect(orderTicket(recommendation(), template)).not.toMatch(/[{}]/);
    }),
  );
});
