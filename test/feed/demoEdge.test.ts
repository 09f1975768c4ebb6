import { describe, expect, it } from "vitest";
import { DemoMarket, demoDay } from "../../src/feed/demoMarket.js";
import { Steps } from "../../src/feed/demoWalk.js";
import { plainBars, plainSignals } from "../support/demoDetection.js";

/** Mean of the values in units of its standard error. */
function meanInErrors(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return mean / Math.sqrt(variance / values.length);
}

/** Pearson's correlation times the square root of the count: a standard normal where there is none. */
function correlationInErrors(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  let [xy, xx, yy] = [0, 0, 0];
  xs.forEach((x, i) => {
    const y = ys[i] ?? 0;
    xy += (x - mx) * (y - my);
    xx += (x - mx) ** 2;
    yy += (y - my) ** 2;
  });
  return (xy / Math.sqrt(xx * yy)) * Math.sqrt(xs.length);
}

describe("the demo market has no edge", () => {
  it("takes its prices from fair coins alone: the moves are the day's coins, in order", () => {
    for (const [seed, day] of [
      [1, 0],
      [1, 7],
      [42, 3],
    ] as const) {
      const { trades } = demoDay(seed, day);
      const coins = new Steps(seed, day);
      coins.next(); // the first print's step, from a price that nobody sees
      for (let i = 1; i < trades.count; i++) {
        const move = (trades.price[i] ?? 0) - (trades.price[i - 1] ?? 0);
        if (move !== 0 && move !== coins.next()) expect.fail(`trade ${i} of day ${day}`);
      }
    }
  });

  it("steps up and down alike, whatever the size and side of the print or of the one before, and the step before", () => {
    const market = new DemoMarket(1);
    const rows: { step: number; before: number; size: number; side: number; nextStep: number }[] = [];
    for (let day = 0; day < 8; day++) {
      const { trades } = market.day(day);
      const step = (i: number) => (trades.price[i] ?? 0) - (trades.price[i - 1] ?? 0);
      for (let i = 2; i < trades.count - 1; i++) {
        const [size, side] = [Math.log(trades.size[i] ?? 1), trades.side[i] ?? 0];
        rows.push({ step: step(i), before: step(i - 1), size, side, nextStep: step(i + 1) });
      }
    }
    const column = (name: keyof (typeof rows)[number]) => rows.map((row) => row[name]);
    expect(Math.abs(meanInErrors(column("step")))).toBeLessThan(4);
    for (const [x, y] of [
      ["step", "size"],
      ["step", "side"],
      ["size", "nextStep"],
      ["side", "nextStep"],
      ["before", "step"],
    ] as const) {
      expect(Math.abs(correlationInErrors(column(x), column(y))), `${x} and ${y}`).toBeLessThan(4);
    }
  });

  it("drifts nowhere in the half hour after a surge or a signal, in any direction that could have been read from it", () => {
    const market = new DemoMarket(2);
    const after: Record<"surge" | "buyers" | "signal" | "trend", number[]> = {
      surge: [],
      buyers: [],
      signal: [],
      trend: [],
    };
    for (let day = 0; day < 200; day++) {
      const { trades, session, surges } = market.day(day);
      const bars = plainBars(trades, session);
      const close = (minute: number) => bars[Math.min(minute, 389)]?.close ?? 0;
      const spells = surges.filter(({ minute }) => surges.every((other) => other.minute !== minute + 1));
      for (const { minute, buyers } of spells) {
        const drift = close(minute + 30) - close(minute);
        after.surge.push(drift);
        after.buyers.push(drift * Math.sign(buyers - 0.5));
        after.trend.push(drift * Math.sign(close(minute) - close(minute - 10)));
      }
      for (const { bar, direction } of plainSignals(bars)) {
        after.signal.push(direction * (close(bar.minute + 30) - bar.close));
      }
    }
    expect(after.signal.length).toBeGreaterThan(500);
    for (const [name, drifts] of Object.entries(after)) expect(Math.abs(meanInErrors(drifts)), name).toBeLessThan(4);
  });

  it("drifts nowhere over whole days, and no day leans on the one before", () => {
    const market = new DemoMarket(4);
    const moves = Array.from({ length: 300 }, (_, day) => {
      const { trades } = market.day(day);
      return (trades.price[trades.count - 1] ?? 0) - (trades.price[0] ?? 0);
    });
    expect(Math.abs(meanInErrors(moves))).toBeLessThan(4);
    expect(Math.abs(correlationInErrors(moves.slice(1), moves.slice(0, -1)))).toBeLessThan(4);
  });

  it("has the variance of a walk over a quarter of an hour: no trend and no reversal", () => {
    const market = new DemoMarket(6);
    const ratios: number[] = [];
    for (let day = 0; day < 60; day++) {
      const { trades, session } = market.day(day);
      const bars = plainBars(trades, session);
      for (let minute = 15; minute < 390; minute += 15) {
        const prints = (bars[minute]?.last ?? 0) - (bars[minute - 15]?.last ?? 0);
        const move = (bars[minute]?.close ?? 0) - (bars[minute - 15]?.close ?? 0);
        ratios.push((move * move) / prints);
      }
    }
    // Squares of a normal vary by sqrt(2); surge prints, which stand still, are a hundredth of all.
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    expect(Math.abs(mean - 0.99)).toBeLessThan(4 * Math.sqrt(2 / ratios.length));
  });
});
