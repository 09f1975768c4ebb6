import { expect, it } from "vitest";
import { orderTicket } from "../../src/app/orderTicket.js";
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

it("names no price for a market order, and the trigger of a stop-limit order", () => {
  const market = orderTicket(recommendation({ orderType: "MARKET" }));
  expect(market).toContain("Order Type: MKT\nStop Loss");
  const stopLimit = orderTicket(recommendation({ orderType: "STOP_LIMIT", trigger: ticks(24_044) }));
  expect(stopLimit).toContain("Order Type: STP LMT\nTrigger: 6011.00\nPrice: 6010.75");
});
