import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFillLine } from "../../src/app/fillLine.js";
import { parsePrice } from "../../src/app/price.js";
import { formatPrice } from "../../src/core/instrument.js";
import { ES, ticks } from "../support/outputs.js";

const EXPECTED = { instrument: ES, price: ticks(6010.75 * 4) };

/** `1 6010.50 notes`, `no: reason`, or `? problem`. */
function read(text: string): string {
  const line = readFillLine(text, EXPECTED);
  if (line.said === "nothing") return `? ${line.problem}`;
  if (line.said === "notExecuted") return `no: ${line.reason ?? "-"}`;
  return [line.quantity ?? "-", line.price, line.notes ?? "-"].join(" | ");
}

describe("A line about a fill", () => {
  it.each([
    ["2@6010.50", "2 | 6010.50 | -"],
    [" 2 @ 6010.50 filled at once ", "2 | 6010.50 | filled at once"],
    ["6010.50", "- | 6010.50 | -"],
    ["6010.50 Filled", "- | 6010.50 | Filled"],
    ["$6010.50", "- | $6010.50 | -"],
    ["", "- | 6010.75 | -"],
    ["  ", "- | 6010.75 | -"],
    ["1@", "1 | 6010.75 | -"],
    ["1@ half of it", "1 | 6010.75 | half of it"],
  ])("%j says quantity, price and notes: %s", (text, said) => {
    expect(read(text)).toBe(said);
  });

  it.each([
    [".50", "- | 6010.50 | -"],
    [".25", "? It may be 6010.25 or 6011.25: write which one"],
    [".00", "- | 6011.00 | -"],
    ["2@.5 late fill", "2 | 6010.50 | late fill"],
    [".80", "- | 6010.8 | -"],
    ["+1t", "- | 6011.00 | -"],
    ["-2t", "- | 6010.25 | -"],
    ["−2T slipped", "- | 6010.25 | slipped"],
    ["2@+1ticks", "2 | 6011.00 | -"],
  ])("%j is short for a price near the expected one: %s", (text, said) => {
    expect(read(text)).toBe(said);
  });

  it.each([
    ["２＠６０１０．５０", "2 | 6010.50 | -"],
    ["6010,50", "- | 6010.50 | -"],
    ["2@6010,5 ok", "2 | 6010.5 | ok"],
    ["1@21 000.25", "1 | 21 000.25 | -"],
    ["6,010", "- | 6,010 | -"],
    ["1e5", "- | 1e5 | -"],
    ["-1", "- | -1 | -"],
  ])("%j is read only where it can mean one thing: %s", (text, said) => {
    expect(read(text)).toBe(said);
  });

  it.each([
    ["n", "no: -"],
    ["N  ", "no: -"],
    ["ｎ late", "no: Too late"],
    ["n late", "no: Too late"],
    ["no Not filled", "no: Not filled"],
    ["n away", "no: Away"],
    ["n risk", "no: Risk limit"],
    ["n news in five minutes", "no: news in five minutes"],
  ])("%j says that it was not executed: %s", (text, said) => {
    expect(read(text)).toBe(said);
  });

  it.each([
    ["2", "? Write 2@ if it is the quantity, 2.00 if it is the price"],
    ["nothing yet", /^\? Begin with the price, or with n for not executed: /],
    ["😀", "- | 😀 | -"],
  ])("%j is not guessed: %s", (text, said) => {
    if (typeof said === "string") expect(read(text)).toBe(said);
    else expect(read(text)).toMatch(said);
  });

  it("reads back every price and quantity as they are written", () => {
    const parts = fc.record({
      quantity: fc.integer({ min: 1, max: 99 }),
      price: fc.integer({ min: 4000, max: 60_000 }),
    });
    fc.assert(
      fc.property(parts, ({ quantity, price }) => {
        const line = readFillLine(`${quantity}@${formatPrice(price, ES)}`, EXPECTED);
        expect(line).toMatchObject({ quantity: String(quantity), price: formatPrice(price, ES) });
      }),
    );
  });

  it("completes decimals to a price at most half a point away", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4000, max: 60_000 }),
        fc.constantFrom(".25", ".50", ".75", ".00"),
        (price, text) => {
          const line = readFillLine(text, { instrument: ES, price: ticks(price) });
          if (line.said !== "filled") return;
          const parsed = parsePrice(line.price, ES);
          expect("value" in parsed && Math.abs(parsed.value - price)).toBeLessThan(2);
          expect(line.price.endsWith(text)).toBe(true);
        },
      ),
    );
  });

  it("never throws, whatever is typed", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => void readFillLine(text, EXPECTED)));
  });
});
