import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { delta, footprintRows, heaviest, layOut, ticksPerRow } from "../../webview/footprint.js";
import { pathGeometry } from "../../webview/pathPlot.js";

const level = fc.record({
  tick: fc.integer({ min: 8_000, max: 8_200 }),
  bid: fc.nat(500),
  ask: fc.nat(500),
  neither: fc.nat(50),
});
const bars = fc.uniqueArray(level, { selector: ({ tick }) => tick, minLength: 1, maxLength: 60 }).map((levels) => ({
  time: 0,
  low: 0,
  high: 0,
  close: 0,
  volume: 0,
  levels: levels
    .toSorted((a, b) => a.tick - b.tick)
    .map(({ tick, bid, ask, neither }) => ({
      price: Number((tick * 0.01).toPrecision(15)),
      bid,
      ask,
      volume: bid + ask + neither,
    })),
}));

describe("The rows of a footprint", () => {
  it("hold all that traded, however many ticks are one row", () => {
    fc.assert(
      fc.property(bars, fc.constantFrom(1, 2, 4, 10, 50), (bar, ticks) => {
        const rows = footprintRows(bar, 0.01, ticks);
        for (const key of ["volume", "bid", "ask"] as const) {
          const sum = (of: readonly { readonly [of in typeof key]: number }[]) =>
            of.reduce((total, row) => total + row[key], 0);
          expect(sum(rows)).toBe(sum(bar.levels));
        }
        expect(delta(rows)).toBe(delta(bar.levels));
        expect(rows.map(({ low }) => low)).toEqual(rows.map(({ low }) => low).toSorted((a, b) => a - b));
        for (const { price } of bar.levels) {
          expect(rows.filter(({ low, high }) => low - 1e-9 <= price && price < high - 1e-9)).toHaveLength(1);
        }
      }),
    );
  });

  it("are those of the ticks where each is high enough for its text, else of the fewest that are", () => {
    expect([ticksPerRow(20, 13), ticksPerRow(6, 13), ticksPerRow(1.4, 13), ticksPerRow(0, 13)]).toEqual([1, 4, 10, 1]);
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 40, noNaN: true }), (px) => {
        expect(ticksPerRow(px, 13) * px).toBeGreaterThanOrEqual(12.999);
      }),
    );
  });

  it("have one that is the heaviest", () => {
    expect(heaviest([])).toBeUndefined();
    const row = (low: number, volume: number) => ({ low, high: low + 1, volume, bid: 0, ask: 0 });
    expect(heaviest([row(1, 5), row(2, 9), row(3, 9)])?.low).toBe(2);
  });
});

describe("A bar in the picture", () => {
  it("has its edges around all of its rows, however short it is, and rows high enough for a text", () => {
    fc.assert(
      fc.property(bars, fc.double({ min: 0.05, max: 30, noNaN: true }), ({ levels, ...rest }, tickPx) => {
        const prices = levels.map(({ price }) => price);
        const bar = { ...rest, levels, low: Math.min(...prices), high: Math.max(...prices) };
        const toY = (price: number) => 1_000 - (price / 0.01 - 8_000) * tickPx;
        const laid = layOut(bar, 0.01, toY, 13);
        if (laid === undefined) throw new Error("It is in the picture");
        expect(laid.rows.length).toBeGreaterThan(0);
        for (const { y, end } of laid.rows) {
          expect(laid.top - 1e-6 <= y && end <= laid.bottom + 1e-6).toBe(true);
          expect(end - y).toBeGreaterThan(12.9);
        }
        expect(laid.top).toBeLessThanOrEqual(toY(bar.high + 0.01) + 1e-6);
        expect(laid.bottom).toBeGreaterThanOrEqual(toY(bar.low) - 1e-6);
      }),
    );
  });

  it("is none outside of it", () => {
    const bar = { time: 0, low: 1, high: 2, close: 1, volume: 1, levels: [] };
    expect(layOut(bar, 0.25, () => null, 13)).toBeUndefined();
    expect(layOut(bar, 0.25, (price) => -price, 13)).toEqual({ rows: [], top: -2.25, bottom: -1 });
  });
});

describe("The path of a price", () => {
  it("lies in the picture with its stop and its target, whatever the price did", () => {
    const point = fc.record({
      low: fc.double({ min: -9, max: 0, noNaN: true }),
      up: fc.double({ min: 0, max: 9, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 1, maxLength: 30 }),
        fc.double({ min: 0, max: 4, noNaN: true }),
        (points, target) => {
          const path = points.map(({ low, up }, time) => ({ time, low, high: low + up, close: low + up / 2 }));
          const { y, lines, points: drawn } = pathGeometry(path, target);
          const heights = [...lines.map(({ at }) => at), ...path.flatMap(({ low, high }) => [y(low), y(high)])];
          for (const height of heights) expect(0 <= height && height <= 90).toBe(true);
          expect(drawn).not.toMatch(/NaN/);
          expect(y(target)).toBeLessThanOrEqual(y(0));
          expect(y(0)).toBeLessThan(y(-1));
        },
      ),
    );
  });
});
