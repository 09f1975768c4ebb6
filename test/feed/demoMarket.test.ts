import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DemoDay, DemoMarket, demoDay } from "../../src/feed/demoMarket.js";
import { type PlainBar, plainBars, plainSignals } from "../support/demoDetection.js";

const anyDay = [fc.nat(), fc.nat(80)] as const;
const few = { numRuns: 15 };

/** Copies what the next day would overwrite. */
function columnsOf({ trades }: DemoDay): readonly (readonly number[])[] {
  return [trades.time, trades.price, trades.size, trades.side, trades.instrument].map((column) =>
    Array.from(column.subarray(0, trades.count)),
  );
}

function days(seed: number, count: number): readonly (readonly PlainBar[])[] {
  const market = new DemoMarket(seed);
  return Array.from({ length: count }, (_, day) => {
    const { trades, session } = market.day(day);
    return plainBars(trades, session);
  });
}

describe("demoDay", () => {
  it("gives the same trades for the same seed and day, whatever was made before", () => {
    fc.assert(
      fc.property(...anyDay, (seed, day) => {
        const market = new DemoMarket(seed);
        market.day(day + 3);
        market.day(0);
        expect(columnsOf(market.day(day))).toEqual(columnsOf(demoDay(seed, day)));
      }),
      few,
    );
  });

  it("gives other trades for another seed and another day", () => {
    const start = (seed: number, day: number) => columnsOf(demoDay(seed, day))[2]?.slice(0, 30).join();
    expect(new Set([start(1, 0), start(2, 0), start(1, 1)]).size).toBe(3);
  });

  it("stays inside its session, never goes back in time and leaves no minute empty", () => {
    fc.assert(
      fc.property(...anyDay, (seed, day) => {
        const { trades, session } = demoDay(seed, day);
        let before: number = session.open;
        for (const time of trades.time.subarray(0, trades.count)) {
          if (!Number.isSafeInteger(time) || time < before || session.close <= time) expect.fail(`${time}`);
          before = time;
        }
        expect(plainBars(trades, session).map(({ minute }) => minute)).toEqual(
          Array.from({ length: 390 }, (_, i) => i),
        );
      }),
      few,
    );
  });

  it("moves by one tick at each ordinary print and stands still within a surge", () => {
    fc.assert(
      fc.property(...anyDay, (seed, day) => {
        const { trades, surges } = demoDay(seed, day);
        let still = 0;
        for (let i = 1; i < trades.count; i++) {
          const step = Math.abs((trades.price[i] ?? 0) - (trades.price[i - 1] ?? 0));
          if (step === 0) still++;
          else if (step !== 1) expect.fail(`a step of ${step} ticks`);
        }
        const inSurges = surges.reduce((sum, { prints }) => sum + prints, 0);
        // A surge at a minute's start repeats the price before it, one at its end the price of the last ordinary print.
        expect(still).toBe(inSurges);
      }),
      few,
    );
  });

  it("opens within ten points of where the day before closed", () => {
    const market = new DemoMarket(5);
    let close: number | undefined;
    for (let day = 0; day < 40; day++) {
      const { trades } = market.day(day);
      const open = trades.price[0] ?? 0;
      if (close !== undefined) expect(Math.abs(open - close)).toBeLessThanOrEqual(41);
      close = trades.price[trades.count - 1];
    }
  });

  it("starts at 6000.00 and stays near that level for years", () => {
    const market = new DemoMarket(3);
    for (const day of [0, 250, 1000, 2500]) {
      const { trades } = market.day(day);
      const prices = trades.price.subarray(0, trades.count);
      expect(Math.min(...prices)).toBeGreaterThan(16_000);
      expect(Math.max(...prices)).toBeLessThan(34_000);
      if (day === 0) expect(Math.abs((prices[0] ?? 0) - 24_000)).toBe(1);
    }
  });

  it("trades mostly small sizes and a few large ones, bought, sold and neither", () => {
    const { trades } = demoDay(11, 2);
    const sizes = Array.from(trades.size.subarray(0, trades.count)).sort((a, b) => a - b);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(sizes[0]).toBeGreaterThanOrEqual(1);
    expect(mean).toBeGreaterThan(1.5 * (sizes[sizes.length >> 1] ?? 0));
    const sides = Array.from(trades.side.subarray(0, trades.count));
    const share = (side: number) => sides.filter((other) => other === side).length / sides.length;
    expect(share(1)).toBeCloseTo(0.48, 1);
    expect(share(-1)).toBeCloseTo(0.48, 1);
    expect(share(0)).toBeCloseTo(0.03, 1);
  });
});

describe("60 days of the demo market", () => {
  const sixty = days(1, 60);

  it("carry more volume at the open and the close than at mid-day", () => {
    const mean = (from: number, to: number) => {
      const volumes = sixty.flatMap((bars) => bars.slice(from, to).map(({ volume }) => volume)).sort((a, b) => a - b);
      return volumes[volumes.length >> 1] ?? 0;
    };
    expect(mean(0, 15)).toBeGreaterThan(2 * mean(185, 215));
    expect(mean(375, 390)).toBeGreaterThan(2 * mean(185, 215));
  });

  it("move by 0.030 to 0.035 % a minute, so that a stop is 12 to 18 points away", () => {
    const returns = sixty.flatMap((bars) => bars.slice(1).map((bar, i) => Math.log(bar.close / (bars[i]?.close ?? 0))));
    const sigma = Math.sqrt(returns.reduce((sum, r) => sum + r * r, 0) / returns.length);
    expect(sigma).toBeGreaterThan(0.0003);
    expect(sigma).toBeLessThan(0.00035);
    const stop = sigma * Math.sqrt(60) * 6000;
    expect(stop).toBeGreaterThan(12);
    expect(stop).toBeLessThan(18);
  });

  it("surge to exactly the planned multiple of the twenty minutes before", () => {
    const market = new DemoMarket(1);
    sixty.forEach((bars, day) => {
      for (const { minute, ratio } of market.day(day).surges) {
        const before = bars.slice(minute - 20, minute).reduce((sum, { volume }) => sum + volume, 0);
        expect(bars[minute]?.volume).toBe(Math.ceil((ratio * before) / 20));
      }
    });
  });

  it("reach four times the mean of the twenty minutes before in surges only, from the 20th minute on", () => {
    const market = new DemoMarket(1);
    sixty.forEach((bars, day) => {
      const planned = market.day(day).surges.map(({ minute }) => minute);
      const reached = bars.filter(({ minute, volume }) => {
        const before = bars.slice(minute - 20, minute).reduce((sum, bar) => sum + bar.volume, 0);
        return minute >= 20 && volume * 20 >= 4 * before;
      });
      expect(reached.map(({ minute }) => minute)).toEqual(planned);
    });
  });
});

describe("the default detection rule on the demo market", () => {
  it("signals two to four times a day in the mean, both ways, and never misses two days in a row", () => {
    const counts: number[] = [];
    let longs = 0;
    for (const seed of [1, 2, 3]) {
      for (const bars of days(seed, 60)) {
        const signals = plainSignals(bars);
        counts.push(signals.length);
        longs += signals.filter(({ direction }) => direction === 1).length;
      }
    }
    const total = counts.reduce((sum, count) => sum + count, 0);
    expect(total / counts.length).toBeGreaterThan(2);
    expect(total / counts.length).toBeLessThan(4);
    expect(Math.abs(longs / total - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / total));
    expect(counts.some((count, i) => count === 0 && counts[i + 1] === 0)).toBe(false);
  });
});
