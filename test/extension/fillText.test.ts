import { describe, expect, it } from "vitest";
import { splitFillText } from "../../src/extension/fillText.js";

describe("A fill in one line", () => {
  it.each([
    ["2 @ 6010.75", ["2", "6010.75", undefined]],
    ["2@6010.50 filled at once", ["2", "6010.50", "filled at once"]],
    ["  6010.50  ", [undefined, "6010.50", undefined]],
    ["6010.50 late, @ the open", [undefined, "6010.50", "late, @ the open"]],
    ["1 @ 21 000.25", ["1", "21 000.25", undefined]],
    ["1 @ 21000,25", ["1", "21000,25", undefined]],
    ["@ 6010.50", ["", "6010.50", undefined]],
    ["", [undefined, "", undefined]],
    ["1 @ 1e5", ["1", "1e5", undefined]],
    ["2 @ 6010.50 übernommen", ["2", "6010.50", "übernommen"]],
  ])("%j is taken apart", (text, [quantity, price, notes]) => {
    expect(splitFillText(text)).toEqual({ quantity, price, notes });
  });
});
