import { describe, expect, it } from "vitest";
import { TradeFilter } from "../../src/core/tradeFilter.js";

/** What becomes of prints of one contract each. */
function filtered(...prices: readonly number[]): readonly (string | undefined)[] {
  const filter = new TradeFilter();
  return prices.map((price) => filter.check(price, 1));
}

describe("The filter of trades", () => {
  it("lets pass what is 7 % from the last accepted price, and quarantines what is further", () => {
    expect(filtered(10_000, 10_700, 9_951)).toEqual([undefined, undefined, undefined]);
    expect(filtered(10_000, 10_701)).toEqual([undefined, "quarantined"]);
    expect(filtered(10_000, 9_299)).toEqual([undefined, "quarantined"]);
  });

  it("takes the fifth in a row within 1 % of each other for the new level, as on a limit day", () => {
    const q = "quarantined";
    expect(filtered(10_000, 12_000, 12_100, 12_050, 12_000, 12_120)).toEqual([undefined, q, q, q, q, undefined]);
    expect(filtered(10_000, 12_000, 12_100, 12_050, 12_000, 12_122)).toEqual([undefined, q, q, q, q, q]);
  });

  it("counts the prints since the one that is too far from the others, not only those after its successor", () => {
    const q = "quarantined";
    const drift = [12_000, 12_100, 12_150, 12_200, 12_180];
    expect(filtered(10_000, ...drift, 12_160)).toEqual([undefined, q, q, q, q, q, undefined]);
    expect(filtered(10_000, 12_000, 15_000, 12_000, 12_000, 12_000, 12_000, 12_000)).toEqual([
      undefined,
      ...Array(6).fill(q),
      undefined,
    ]);
    expect(filtered(10_000, 12_100, 12_000, 12_200, 12_100, 12_100, 12_100)).toEqual([undefined, ...Array(6).fill(q)]);
  });

  it("counts anew after a print at the old level", () => {
    const q = "quarantined";
    expect(filtered(10_000, 12_000, 12_000, 12_000, 12_000, 10_000, 12_000)).toEqual([
      undefined,
      q,
      q,
      q,
      q,
      undefined,
      q,
    ]);
  });

  it("lets nothing pass without size or price", () => {
    const filter = new TradeFilter();
    expect([filter.check(0, 1), filter.check(-1, 1), filter.check(100, 0)]).toEqual([
      "bad_price",
      "bad_price",
      "bad_size",
    ]);
  });
});
