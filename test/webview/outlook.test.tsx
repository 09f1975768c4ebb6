import { describe, expect, it } from "vitest";
import { cone } from "../../src/core/ledger/cone.js";
import { coneGeometry, multiplierGeometry } from "../../webview/outlookSection.js";

const points = (text: string) => text.split(" ").map((point) => point.split(",").map(Number));

describe("The picture of simulated futures", () => {
  it("holds all of its bands, the wider around the narrower, and begins in one point", () => {
    const of = cone(
      Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 0.02 : -0.01)),
      0,
      0.05,
    );
    if (of === undefined) throw new Error("too few trades");
    const { outer, inner, median, today } = coneGeometry(of);
    for (const [x = -1, y = -1] of [outer, inner, median].flatMap(points)) {
      expect(x >= 0 && x <= 480 && y >= 0 && y <= 140).toBe(true);
    }
    const half = of.steps.length;
    expect(points(outer).length).toBe(2 * half);
    for (let at = 0; at < half; at++) {
      const of = (text: string, index: number) => points(text)[index]?.[1] ?? Number.NaN;
      const row = [
        of(outer, at),
        of(inner, at),
        of(median, at),
        of(inner, 2 * half - 1 - at),
        of(outer, 2 * half - 1 - at),
      ];
      expect(row.toSorted((a, b) => a - b)).toEqual(row);
    }
    expect(points(median)[0]).toEqual([0, today]);
  });

  it("names its ends and its middle so that each is whole and none covers another, however narrow it is", () => {
    const step = (value: number) => ({
      low: value,
      lowerQuartile: value,
      median: value,
      upperQuartile: value,
      high: value,
    });
    for (const [low, median, high] of [
      [0.5, 1, 2],
      [0.999, 1, 1.001],
      [1, 1.001, 9],
      [0.1, 0.999, 1],
    ] as const) {
      const steps = [
        { trades: 0, ...step(1) },
        { trades: 500, ...step(median), low, high },
      ];
      const ys = coneGeometry({ paths: 1, steps, halted: 0, losing: 0 }).labels.map(({ y }) => y);
      expect(ys).toHaveLength(3);
      const gaps = ys.map((y, at) => y - (ys[at - 1] ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(14);
      expect(Math.max(...ys)).toBeLessThanOrEqual(138);
    }
  });

  it("stays finite where everything is lost", () => {
    const of = cone(Array(30).fill(-0.5), 0, 0.05);
    expect(of && Object.values(coneGeometry(of)).join(" ")).not.toMatch(/NaN|Infinity/);
  });
});

describe("The picture of the multipliers", () => {
  it("is a step for each trade, the largest the highest", () => {
    const of = points(multiplierGeometry([1, 2, 0.5].map((multiplier) => ({ time: 0, multiplier }))).steps);
    expect(of.map(([x]) => x)).toEqual([0, 160, 160, 320, 320, 480]);
    const [first = 0, , second = 0, , third = 0] = of.map(([, y]) => y);
    expect(second < first && first < third && second > 0).toBe(true);
  });

  it("names its line below it, where no multiplier is, whole in every picture", () => {
    for (const most of [1, 1.05, 1.5, 3, 10]) {
      const { one, label } = multiplierGeometry([1, most].map((multiplier) => ({ time: 0, multiplier })));
      expect(label - 10).toBeGreaterThanOrEqual(one);
      expect(label).toBeLessThanOrEqual(138);
    }
  });

  it("loses no peak where there are more trades than pixels", () => {
    const many = Array.from({ length: 5_000 }, (_, at) => ({ time: at, multiplier: at === 1_234 ? 3 : 1 }));
    const of = points(multiplierGeometry(many).steps);
    expect(of.length).toBeLessThanOrEqual(960);
    expect(Math.min(...of.map(([, y]) => y ?? 0))).toBeCloseTo(140 * (1 - 1 / 1.05), 0);
  });
});
