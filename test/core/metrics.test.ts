import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compoundAnnualReturn, equityMetrics, linearAnnualReturn } from "../../src/core/ledger/equityMetrics.js";
import { chanceOfAtLeast, excursions, meanSlippage, tradeMetrics } from "../../src/core/ledger/metrics.js";
import { funFacts } from "../../src/core/ledger/saturday.js";
import type { Cents } from "../../src/core/units.js";
import { infiniteIn } from "../support/infiniteIn.js";

const trades = (...pnl: number[]) => pnl.map((netPnl) => ({ netPnl, rMultiple: netPnl / 100 }));
const money = fc.oneof(fc.integer({ min: -1e9, max: 1e9 }), fc.constantFrom(0, 1, -1));

describe("tradeMetrics", () => {
  it("leaves undefined what no trade defines", () => {
    expect(tradeMetrics([])).toEqual({
      trades: 0,
      wins: 0,
      losses: 0,
      winRate: undefined,
      winRateInterval: [expect.closeTo(0.05, 9), expect.closeTo(0.95, 9)],
      netPnl: 0,
      expectancy: undefined,
      averageWin: undefined,
      averageLoss: undefined,
      best: undefined,
      worst: undefined,
      payoff: undefined,
      profitFactor: undefined,
      expectancyR: undefined,
      deviationR: undefined,
      systemQuality: undefined,
      longestWinningStreak: 0,
      longestLosingStreak: 0,
    });
  });

  it("has no profit factor without a loss, and none with a break-even alone", () => {
    expect(tradeMetrics(trades(10, 20)).profitFactor).toBeUndefined();
    expect(tradeMetrics(trades(10, 0)).profitFactor).toBeUndefined();
    expect(tradeMetrics(trades(10, -4)).profitFactor).toBe(2.5);
    expect(tradeMetrics(trades(-4)).profitFactor).toBe(0);
  });

  it("counts a break-even trade as a loss", () => {
    const metrics = tradeMetrics(trades(0, 10, 0, 0));
    expect([metrics.wins, metrics.losses, metrics.longestLosingStreak]).toEqual([1, 3, 2]);
  });

  it("finds the longest streaks wherever they are", () => {
    const metrics = tradeMetrics(trades(-1, 1, 1, -1, -1, -1, 1, 1, 1, 1));
    expect([metrics.longestWinningStreak, metrics.longestLosingStreak]).toEqual([4, 3]);
  });

  it("has no quality number where every trade is the same", () => {
    expect(tradeMetrics(trades(10, 10, 10)).systemQuality).toBeUndefined();
    expect(
      tradeMetrics(Array.from({ length: 7 }, () => ({ netPnl: 1, rMultiple: 0.1 }))).systemQuality,
    ).toBeUndefined();
  });

  it("never lets an infinite number or none out, and keeps its own accounts", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ netPnl: money, rMultiple: fc.double({ noNaN: true, min: -1e6, max: 1e6 }) })),
        (results) => {
          const metrics = tradeMetrics(results);
          expect(infiniteIn(metrics)).toEqual([]);
          expect(metrics.wins + metrics.losses).toBe(results.length);
          expect(metrics.netPnl).toBe(results.reduce((sum, { netPnl }) => sum + netPnl, 0));
          if (metrics.winRate !== undefined) {
            expect(metrics.winRateInterval[0]).toBeLessThan(metrics.winRateInterval[1]);
          }
        },
      ),
    );
  });
});

describe("chanceOfAtLeast", () => {
  it("is the share of the uniform prior above the rate before any trade", () => {
    expect(chanceOfAtLeast(0.647, 0, 0)).toBeCloseTo(0.353, 12);
  });

  it("rises with every win and falls with every loss", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.double({ min: 0.05, max: 0.95, noNaN: true }), (wins, losses, rate) => {
        const now = chanceOfAtLeast(rate, wins, wins + losses);
        expect(chanceOfAtLeast(rate, wins + 1, wins + losses + 1)).toBeGreaterThanOrEqual(now - 1e-12);
        expect(chanceOfAtLeast(rate, wins, wins + losses + 1)).toBeLessThanOrEqual(now + 1e-12);
      }),
    );
  });
});

describe("excursions", () => {
  it("says how much of the range lay ahead of the entry, and what the exits took of the best", () => {
    const won = { points: 15, maePoints: -5, mfePoints: 20, rMultiple: 1.5 };
    const lost = { points: -10, maePoints: -10, mfePoints: 0, rMultiple: -1 };
    expect(excursions([won, lost])).toEqual({
      watched: 2,
      maePoints: -7.5,
      mfePoints: 10,
      maeR: expect.closeTo(-0.75, 12),
      mfeR: expect.closeTo(1, 12),
      entryEfficiency: (0.8 + 0) / 2,
      exitEfficiency: (15 - 10) / (20 + 0),
    });
  });

  it("leaves out what nobody watched, and has no share of a range that does not exist", () => {
    const unwatched = { points: 15, maePoints: undefined, mfePoints: undefined, rMultiple: 1.5 };
    const still = { points: 0, maePoints: 0, mfePoints: 0, rMultiple: 0 };
    expect(excursions([unwatched]).watched).toBe(0);
    const metrics = excursions([unwatched, still]);
    expect([metrics.watched, metrics.maePoints, metrics.maeR, metrics.entryEfficiency]).toEqual([
      1,
      0,
      undefined,
      undefined,
    ]);
    expect(infiniteIn(metrics)).toEqual([]);
  });
});

describe("meanSlippage", () => {
  it("is positive when a fill is worse than its signal, on either side", () => {
    expect(meanSlippage([{ direction: "BUY", entryPrice: 102, signalPrice: 100 }])).toBe(2);
    expect(meanSlippage([{ direction: "SHORT", entryPrice: 102, signalPrice: 100 }])).toBe(-2);
    expect(meanSlippage([])).toBeUndefined();
  });
});

describe("equityMetrics", () => {
  it("keeps a flat account free of ratios", () => {
    const metrics = equityMetrics([100, 100, 100], 60);
    expect(metrics.totalReturn).toBe(0);
    expect(metrics.annualReturn).toBe(0);
    expect([metrics.sharpe, metrics.sortino, metrics.calmar, metrics.skewness]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect([metrics.maxDrawdown, metrics.maxDrawdownMoney, metrics.daysUnderWater]).toEqual([0, 0, 0]);
  });

  it("does not take rounding for risk: steady growth has no ratio and no shape", () => {
    const metrics = equityMetrics([100, 110, 121, 133.1, 146.41], 60);
    expect([metrics.sharpe, metrics.skewness, metrics.kurtosis, metrics.sharpeAboveZero]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("finds the deepest fall in money apart from the deepest fraction", () => {
    const metrics = equityMetrics([100, 50, 1000, 800, 1000], 10);
    expect([metrics.maxDrawdown, metrics.maxDrawdownMoney, metrics.daysUnderWater]).toEqual([0.5, 200, 2]);
  });

  it("has annual figures from the thirtieth calendar day on", () => {
    const equity = [100, 110, 99, 121];
    expect(equityMetrics(equity, 29).annualReturn).toBeUndefined();
    expect(equityMetrics(equity, 29).calmar).toBeUndefined();
    const annual = equityMetrics(equity, 30).annualReturn ?? Number.NaN;
    expect(annual).toBeCloseTo(1.21 ** (365 / 30) - 1, 9);
    expect(equityMetrics(equity, 30).calmar).toBeCloseTo(annual / 0.1, 9);
  });

  it("divides Sortino's losses by all days, those without one too", () => {
    const metrics = equityMetrics([100, 110, 99, 99, 99], 4);
    expect(metrics.downsideDeviation).toBeCloseTo(Math.sqrt(0.01 / 4), 12);
  });

  it("has no returns where the account was worth nothing, and still its drawdown", () => {
    const metrics = equityMetrics([100, -20, 10], 60);
    expect(metrics.dailyReturns).toEqual([]);
    expect(metrics.sharpe).toBeUndefined();
    expect(metrics.maxDrawdown).toBeCloseTo(1.2, 12);
    expect(equityMetrics([1, 1e-308, 10], 60).dailyReturns).toEqual([]);
  });

  it("never lets an infinite number or none out", () => {
    const values = fc.array(fc.oneof(money, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e308, 1e-308)));
    fc.assert(
      fc.property(values, fc.integer({ min: -1, max: 4000 }), (equity, days) => {
        expect(infiniteIn(equityMetrics(equity, days))).toEqual([]);
      }),
    );
  });

  it("is the same in any currency", () => {
    const equity = fc.array(fc.integer({ min: 1000, max: 100_000 }), { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(equity, (values) => {
        const [one, other] = [
          equityMetrics(values, 90),
          equityMetrics(
            values.map((value) => value * 64),
            90,
          ),
        ];
        expect({ ...other, netPnl: 0, maxDrawdownMoney: 0 }).toEqual({ ...one, netPnl: 0, maxDrawdownMoney: 0 });
        expect(other.maxDrawdownMoney).toBe((one.maxDrawdownMoney ?? 0) * 64);
      }),
    );
  });
});

describe("annual returns", () => {
  it("are undefined without time, and where nothing could compound", () => {
    expect(compoundAnnualReturn(0.1, 0)).toBeUndefined();
    expect(compoundAnnualReturn(-1.5, 100)).toBeUndefined();
    expect(compoundAnnualReturn(1e300, 1)).toBeUndefined();
    expect(compoundAnnualReturn(-1, 100)).toBe(-1);
    expect(linearAnnualReturn(0.1, 0)).toBeUndefined();
  });
});

describe("funFacts", () => {
  const facts = (start: number, end: number) => funFacts((start * 100) as Cents, Math.round(end * 100) as Cents);

  it.each([
    { end: 15_004.99, lattes: 0, foregone: 0, buys: "coffee money" },
    { end: 15_005, lattes: 1, foregone: 0, buys: "coffee money" },
    { end: 15_999.99, lattes: 199, foregone: 0, buys: "coffee money" },
    { end: 16_000, lattes: 200, foregone: 0, buys: "vacation funds" },
    { end: 15_000, lattes: 0, foregone: 0, buys: undefined },
    { end: 14_988, lattes: 0, foregone: 2, buys: undefined },
  ])("buys $lattes lattes and forgoes $foregone when 15,000 became $end", ({ end, lattes, foregone, buys }) => {
    const got = facts(15_000, end);
    expect([got.lattes, got.lattesForegone, got.buys]).toEqual([lattes, foregone, buys]);
  });

  it("has no growth of nothing", () => {
    expect(facts(0, 10).growth).toBeUndefined();
  });
});
