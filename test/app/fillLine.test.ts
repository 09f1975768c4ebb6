import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillHelp, readFillLine } from "../../src/app/fillLine.js";
import { parsePrice } from "../../src/app/price.js";
import { formatPrice } from "../../src/core/instrument.js";
import { ES, ticks } from "../support/outputs.js";

const EXPECTED = { instrument: ES, price: ticks(6010.75 * 4) };

/** `1 6010.50 notes`, `no: reason`, or `? problem`. */
function read(text: string, expected = EXPECTED): string {
  const line = readFillLine(text, expected);
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
    ["2@ at 6010.50", "2 | 6010.50 | -"],
    ["2 at 6010.50 in two parts", "2 | 6010.50 | in two parts"],
    ["At 6010.50", "- | 6010.50 | -"],
    ["２ at ６０１０．５０", "2 | 6010.50 | -"],
    ["2@at .50", "2 | 6010.50 | -"],
    ["2 at +1t", "2 | 6011.00 | -"],
    ["6010.50 at 9:45", "- | 6010.50 | at 9:45"],
    ["2@ at 9:45", "2 | 6010.75 | at 9:45"],
    ["2@ at once", "2 | 6010.75 | at once"],
    ["2@ order 123456", "2 | 6010.75 | order 123456"],
    ["2@6010.50 stop was 5990.25", "2 | 6010.50 | stop was 5990.25"],
  ])("%j says quantity, price and notes: %s", (text, said) => {
    expect(read(text)).toBe(said);
  });

  it.each([
    [".50", "- | 6010.50 | -"],
    [".25", "? It may be 6010.25 or 6011.25: write which one, or -2t or +2t"],
    [",50", "- | 6010.50 | -"],
    ["0.50", "- | 6010.50 | -"],
    ["0,5 late fill", "- | 6010.50 | late fill"],
    ["。５０", "- | 6010.50 | -"],
    ["６０１０。５０", "- | 6010.50 | -"],
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
    ["-6010.50", "- | -6010.50 | -"],
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
    ["0", "? 0 is neither a price nor a number of contracts: write n if it was not executed"],
    ["００", "? 0 is neither a price nor a number of contracts: write n if it was not executed"],
    ["-99999t", "? There is no price -99999 ticks from 6010.75: it would not be above zero"],
    ["+1", "? +1 is not a price: write +1t if it is ticks from 6010.75"],
    ["-1", "? -1 is not a price: write -1t if it is ticks from 6010.75"],
    ["2@ limit 6010.50", "? Begin with 2@6010.50 if that is the price, with 2@6010.75 if not"],
    ["sold at 6010.50", "? Begin with 6010.50 if that is the price, with 6010.75 if not"],
    ["2@ filled at 6010", "? Begin with 2@6010 if that is the price, with 2@6010.75 if not"],
    ["2@ slipped +1t", "? Begin with 2@+1t if that is the price, with 2@6010.75 if not"],
    ["nothing yet", /^\? Begin with the price, or with n for not executed: /],
    ["😀", "- | 😀 | -"],
  ])("%j is not guessed: %s", (text, said) => {
    if (typeof said === "string") expect(read(text)).toBe(said);
    else expect(read(text)).toMatch(said);
  });

  it.each([
    [6010, ".50", "? It may be 6009.50 or 6010.50: write which one, or -2t or +2t"],
    [6010, ".25", "- | 6010.25 | -"],
    [6010, "0.75", "- | 6009.75 | -"],
    [2, "0.50", "- | 0.50 | -"],
    [2, ".50", "? It may be 1.50 or 2.50: write which one, or -2t or +2t"],
  ])("beside %d reads %j as %s", (points, text, said) => {
    expect(read(text, { instrument: ES, price: ticks(points * 4) })).toBe(said);
  });

  it.each([
    [0.25, 6010.75, ".50"],
    [0.25, 6010, ".25"],
    [0.1, 2650, ".10"],
    [1, 42_150, undefined],
    [0.5, 100, undefined],
    [0.5, 100.5, ".50"],
  ])("with a tick of %d beside %d shows decimals that can be meant: %s", (tickSize, points, decimals) => {
    const expected = { instrument: { ...ES, tickSize }, price: ticks(Math.round(points / tickSize)) };
    const help = fillHelp(expected);
    expect(help).toBe(
      `${decimals === undefined ? "+1t or 1@+1t" : `${decimals}, +1t or 1@${decimals}`}, then notes; n late: not executed`,
    );
    expect(readFillLine(help.slice(0, help.indexOf(",") > 4 ? 3 : help.indexOf(",")), expected).said).toBe("filled");
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
