import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_DETAILS, reduceDetails } from "../../webview/details.js";
import { sampleState, sampleTrades } from "../../webview/dev/sample.js";
import { FIRST_TRADES, listTrades, moved, rowWindow, sortedBy, TRADE_SORTS } from "../../webview/tradeList.js";

const trades = sampleTrades(sampleState("buy", 0));

describe("The list of trades", () => {
  it("has the newest first, of one account", () => {
    const listed = listTrades(trades, "manual", FIRST_TRADES);
    expect(listed).toHaveLength(24);
    expect(listed.map(({ time }) => time)).toEqual(listed.map(({ time }) => time).toSorted((a, b) => b - a));
  });

  it.each(TRADE_SORTS)("is sorted by %s, the other way round the reverse, and loses no row", (sort) => {
    const up = listTrades(trades, "paper", { sort, descending: false, filter: "" });
    const down = listTrades(trades, "paper", { sort, descending: true, filter: "" });
    const key = (row: (typeof up)[number]) =>
      sort === "entry" ? Number(row.entry) : (row[sort] ?? Number.NEGATIVE_INFINITY);
    expect(new Set(up)).toEqual(new Set(down));
    expect(up).toHaveLength(420);
    for (const [index, row] of up.slice(1).entries()) expect(key(row) >= key(up[index] ?? row)).toBe(true);
    expect(down.map(key)).toEqual(up.map(key).reverse());
  });

  it("keeps the rows that have every word, in any column", () => {
    const of = (filter: string) => listTrades(trades, "paper", { ...FIRST_TRADES, filter });
    expect(of("SHORT stop").every(({ action, reason }) => action === "SHORT" && reason === "stop")).toBe(true);
    expect(of("SHORT stop").length).toBeGreaterThan(0);
    expect(of("long")).toEqual(of("buy"));
    expect(of("long").every(({ action }) => action === "BUY")).toBe(true);
    expect(of("long").length).toBeGreaterThan(0);
    expect(of("win").length + of("loss").length).toBe(420);
    expect(of("  ")).toHaveLength(420);
    expect(of("open nowhere")).toEqual([]);
  });

  it("turns round at a second click, and begins with the largest number and the first word", () => {
    const byNet = sortedBy(FIRST_TRADES, "netPnl");
    expect(byNet).toMatchObject({ sort: "netPnl", descending: true });
    expect(sortedBy(byNet, "netPnl").descending).toBe(false);
    expect(sortedBy(byNet, "context").descending).toBe(false);
  });

  it("draws every row in sight and never many more, wherever it is scrolled to", () => {
    fc.assert(
      fc.property(
        fc.nat(200_000),
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 8, max: 60 }),
        fc.nat(5_000),
        (top, height, row, count) => {
          const { from, to } = rowWindow(top, height, row, count);
          expect(0 <= from && from <= to && to <= count).toBe(true);
          expect(to - from).toBeLessThanOrEqual(height / row + 19);
          const [first, last] = [Math.floor(top / row), Math.ceil((top + height) / row)];
          for (const index of [first, last - 1]) if (index < count) expect(from <= index && index < to).toBe(true);
        },
      ),
    );
  });

  it("leads from row to row by keys and never out of the list", () => {
    expect(["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"].map((key) => moved(key, 50, 10, 100))).toEqual(
      [51, 49, 60, 40, 0, 99],
    );
    expect([moved("ArrowUp", 0, 10, 3), moved("PageDown", 1, 10, 3), moved("x", 1, 10, 3)]).toEqual([0, 2, undefined]);
  });
});

describe("What the host tells of trades", () => {
  it("comes to the same list, however it was cut", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(trades.length), { maxLength: 6 }), (cuts) => {
        let details = NO_DETAILS;
        for (const end of [...cuts, trades.length]) {
          const kept = Math.min(details.trades.length, end);
          details = reduceDetails(details, { type: "trades", kept, rows: trades.slice(kept, end), more: false });
          expect(details.trades).toEqual(trades.slice(0, end));
        }
      }),
    );
  });

  it("is left alone where it would follow rows that are not there", () => {
    expect(reduceDetails(NO_DETAILS, { type: "trades", kept: 3, rows: trades, more: false })).toBe(NO_DETAILS);
  });
});
