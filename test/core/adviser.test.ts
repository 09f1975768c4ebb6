import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { advise, contextOf, type Moment } from "../../src/core/adviser.js";
import { Account } from "../../src/core/ledger/account.js";
import type { TradingDay } from "../../src/core/session.js";
import { LearningRows, type Outcome } from "../../src/core/sizing/posterior.js";
import type { Recommendation } from "../../src/core/sizing/recommendation.js";
import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, type Micros } from "../../src/core/units.js";
import { at, cents, ES, signal, ticks } from "../support/outputs.js";

const DAY: TradingDay = {
  date: "2025-06-09",
  open: at("2025-06-09T13:30:00Z"),
  close: at("2025-06-09T20:00:00Z"),
};
const NOON = at("2025-06-09T16:00:00Z");
const minutesTo = (end: Micros, minutes: number) => (end - minutes * MICROS_PER_MINUTE) as Micros;

interface Case {
  readonly settings?: object;
  readonly moment?: Partial<Moment>;
  readonly outcomes?: readonly Outcome[];
  readonly account?: Account;
}

/** What is advised at noon on $30,000, 15.50 points away from the stop. */
function advised({ settings = {}, moment = {}, outcomes = [], account = rich() }: Case = {}) {
  const at: Moment = {
    time: NOON,
    signalPrice: ticks(24_043),
    day: DAY,
    volatility: 0.000329,
    connection: undefined,
    ...moment,
  };
  const given = { ...signal(), instrument: { ...ES, minStopTicks: 16 }, direction: "BUY", ratio: 5 } as const;
  return advise(
    given,
    at,
    account,
    new LearningRows("manual", "account", outcomes),
    parseSettings({ "bayes.halfLifeDays": 0, ...settings }),
  );
}

function issued(given: Case = {}): Recommendation {
  const advice = advised(given);
  if (typeof advice === "string") throw new Error(advice);
  return advice;
}

const rich = () => new Account("manual", cents(3_000_000));
const CONTEXT = "BUY|mid|4-6x";

/** Results of the context of noon. */
function results(wins: number, losses: number): readonly Outcome[] {
  return Array.from({ length: wins + losses }, (_, i) => ({
    recommendation: `${i}`,
    account: "manual",
    context: CONTEXT,
    win: i < wins,
    rMultiple: i < wins ? 2 : -1,
    netPnl: cents(i < wins ? 100 : -50),
    exitTime: DAY.open,
  }));
}

describe("A signal is refused", () => {
  it.each<[string, Case, string]>([
    ["from exactly the cutoff on", { moment: { time: minutesTo(DAY.close, 15) } }, "CUTOFF"],
    ["from exactly the session's end on, whatever the cutoff", { moment: { time: DAY.close } }, "SESSION"],
    ["before the session", { moment: { time: (DAY.open - 1) as Micros } }, "SESSION"],
    ["without a session", { moment: { day: undefined } }, "SESSION"],
    ["while the feed is down", { moment: { connection: "down" } }, "STALE"],
    ["while the feed catches up", { moment: { connection: "up" } }, "STALE"],
    ["without volatility", { moment: { volatility: undefined } }, "NO_VOLATILITY"],
  ])("%s", (_, given, reason) => {
    expect(advised(given)).toBe(reason);
  });

  it("not a microsecond before the cutoff, nor once the feed has caught up", () => {
    expect(issued({ moment: { time: (minutesTo(DAY.close, 15) - 1) as Micros } }).quantity).toBe(1);
    expect(issued({ moment: { connection: "caughtUp" } }).quantity).toBe(1);
  });

  it("for the first reason that holds, in the order of the specification", () => {
    const account = rich();
    account.halt();
    const moment: Partial<Moment> = { time: DAY.close, connection: "down", volatility: undefined };
    expect(advised({ account, moment })).toBe("HALTED");
    expect(advised({ moment })).toBe("SESSION");
    const cutoff = { ...moment, time: minutesTo(DAY.close, 1) };
    expect(advised({ moment: cutoff })).toBe("CUTOFF");
    const stale = { ...moment, time: NOON };
    expect(advised({ moment: stale })).toBe("STALE");
    const calm: Partial<Moment> = { volatility: undefined };
    const traded = rich();
    traded.beginDay(DAY.open);
    const done = issued();
    for (let i = 0; i < 2; i++) {
      const position = traded.fill(done, { time: NOON, price: done.price, quantity: 1 });
      traded.close(position, { id: "exit", time: NOON, price: ticks(done.price - 1), reason: "manual" });
    }
    traded.fill(done, { time: NOON, price: done.price, quantity: 1 });
    const tight = { "risk.maxDailyTrades": 3, "risk.maxConsecutiveLosses": 2 };
    expect(advised({ account: traded, moment: calm, settings: tight })).toBe("DAILY_LIMIT");
    expect(advised({ account: traded, moment: calm, settings: { ...tight, "risk.maxDailyTrades": 4 } })).toBe(
      "LOSS_PAUSE",
    );
    expect(advised({ account: traded, moment: calm })).toBe("OPEN_POSITION");
  });

  it("where its context loses by its own record, if that is wanted: the interval's upper end lies below break-even", () => {
    const wanted = { "bayes.suppressNegativeContexts": true };
    expect(advised({ settings: wanted, outcomes: results(1, 20) })).toBe("NEGATIVE_CONTEXT");
    expect(issued({ outcomes: results(1, 20) }).interval[1]).toBeLessThan(0.35);
    // 4 of 16 lies below break-even in the mean, not in its interval.
    const doubtful = issued({ settings: wanted, outcomes: results(4, 12) });
    expect(doubtful.confidence).toBeLessThan(doubtful.breakEven);
    expect(doubtful.interval[1]).toBeGreaterThan(doubtful.breakEven);
  });
});

describe("A recommendation", () => {
  it("breaks even after both commissions and two ticks of slippage", () => {
    const { breakEven, chanceAboveBreakEven } = issued();
    // 62 ticks to the stop, 122 to the target, $30 of costs on $775.
    expect(breakEven).toBeCloseTo((1 + 30 / 775) / (1 + 122 / 62), 12);
    expect(chanceAboveBreakEven).toBeCloseTo(1 - breakEven, 12);
  });

  it("is at the market when its confidence is above the threshold, not at it", () => {
    const settings = { "order.useMarketOrdersOnHighConfidence": true, "order.highConfidenceThreshold": 0.75 };
    expect(issued({ settings, outcomes: results(2, 0) }).confidence).toBe(0.75);
    expect(issued({ settings, outcomes: results(2, 0) }).orderType).toBe("LIMIT");
    expect(issued({ settings, outcomes: results(3, 0) }).orderType).toBe("MARKET");
  });

  it.each([
    [0, 24_043],
    [0.1, 24_042],
    [1, 24_042],
    [1.5, 24_041],
  ])(
    "has a limit better than the signal by whole ticks, a part of one counting as one: %f gives %i",
    (offset, price) => {
      const { stop, target, price: limit } = issued({ settings: { "order.limitOffsetTicks": offset } });
      expect(limit).toBe(price);
      // The bracket hangs on the limit.
      expect([limit - stop, target - limit]).toEqual([62, 122]);
    },
  );

  it("is no larger than a quarter of Kelly's share pays for, if that is wanted", () => {
    const settings = { "bayes.kellyCap": true };
    const account = () => new Account("manual", cents(20_000_000));
    // p = 9/25: the budget of 1.08 % is 2 contracts of $1,000; (p - (1 - p)/(122/62))/4 = 0.87 % is $1,739.
    const outcomes = results(8, 15);
    expect(issued({ outcomes, account: account() }).quantity).toBe(2);
    expect(issued({ settings, outcomes, account: account() }).quantity).toBe(1);
    // p = 11/32 has a share of 0.26 %, p = 10/32 none. The budget alone would pay for a contract, and is named where it is enforced.
    const enforced = { ...settings, "risk.enforceRiskBudget": true };
    for (const outcomes of [results(10, 20), results(9, 21)]) {
      expect(advised({ settings, outcomes, account: account() })).toBe("MAX_POSITION");
      expect(advised({ settings: enforced, outcomes, account: account() })).toBe("RISK_BUDGET");
    }
  });

  it.each([
    [0, 180, 0.75],
    // Two half-lives on, a win counts a quarter: (1 + 2/4)/(2 + 2/4).
    [360, 180, 0.6],
    [360, 0, 0.75],
    // What closes after the signal, by a clock of its own, is not more than new.
    [-360, 180, 0.75],
  ])("weighs two wins of %i days ago, with a half-life of %i, as %f", (days, halfLifeDays, confidence) => {
    const exitTime = (NOON - days * MICROS_PER_DAY) as Micros;
    const outcomes = results(2, 0).map((row) => ({ ...row, exitTime }));
    const settings = { "bayes.halfLifeDays": halfLifeDays };
    expect(issued({ outcomes, settings }).confidence).toBeCloseTo(confidence, 12);
    const byR = issued({ outcomes, settings: { ...settings, "bayes.expectancyBasis": true } });
    // Each of weight v: mean R = 2 x 2v / (2 + 2v).
    const weight = halfLifeDays === 0 || days <= 0 ? 1 : 0.25;
    expect(byR.confidence).toBeCloseTo((1 + (4 * weight) / (2 + 2 * weight)) / 3, 12);
  });

  it.each([
    // A confidence of one half is worth 1.5 %; the upper bound wins over the lower one of 1 %.
    [0.02, 0.015],
    [0.1, 0.015],
    [0.012, 0.012],
    [0.005, 0.005],
  ])("risks no larger share than risk.maxRiskPerTrade of %f allows: %f", (maxRiskPerTrade, share) => {
    expect(issued({ settings: { "risk.maxRiskPerTrade": maxRiskPerTrade } }).sizing.riskFraction).toBe(share);
  });

  it.each([
    [2, 1],
    [3, 1.5],
    [9, 1.5],
    [10, 2],
    [19, 2],
    [20, 3],
  ])("climbs the ladder of evidence: %i wins in a row give at most %f", (wins, multiplier) => {
    expect(issued({ outcomes: results(wins, 0) }).multiplier).toBe(multiplier);
  });

  it("belongs to the bin 6x+ from exactly six times the baseline on", () => {
    const of = (ratio: number, time = NOON) =>
      contextOf({ ...signal(), direction: "BUY", ratio }, time, DAY, parseSettings({}));
    expect([of(5.999), of(6), of(1)]).toEqual(["BUY|mid|4-6x", "BUY|mid|6x+", "BUY|mid|4-6x"]);
    const hour = (DAY.open + MICROS_PER_HOUR) as Micros;
    expect([of(5, (hour - 1) as Micros), of(5, hour)]).toEqual(["BUY|open|4-6x", "BUY|mid|4-6x"]);
    const late = (DAY.close - 2 * MICROS_PER_HOUR) as Micros;
    expect([of(5, (late - 1) as Micros), of(5, late)]).toEqual(["BUY|mid|4-6x", "BUY|close|4-6x"]);
  });

  it("is learned in the earlier system's bins, if that is wanted", () => {
    const settings = parseSettings({ "bayes.context": "modal_bin" });
    const of = (modalPosition: number) => contextOf({ ...signal(), modalPosition }, NOON, DAY, settings);
    expect([of(0), of(0.1), of(0.999), of(1)]).toEqual(["bin 0", "bin 1", "bin 9", "bin 9"]);
  });

  it("by the mean R has a confidence, an interval and a caution of one distribution", () => {
    // Nine wins of a tenth of R and a full loss: the wins are many, and worth nothing.
    const small = results(9, 1).map((row) => ({ ...row, rMultiple: row.win ? 0.1 : -1 }));
    const byWins = issued({ outcomes: small });
    const byR = issued({ outcomes: small, settings: { "bayes.expectancyBasis": true } });
    // The mean of R is (9 x 0.1 - 1)/(10 + 2), the prior's two counted.
    expect(byR.confidence).toBeCloseTo((1 - 0.1 / 12) / 3, 12);
    expect(byR.interval[0]).toBeLessThan(byR.confidence);
    expect(byR.interval[1]).toBeGreaterThan(byR.confidence);
    expect(byR.interval[1]).toBeLessThan(byWins.confidence);
    expect(byR.chanceAboveBreakEven).toBeLessThan(0.5);
    expect(byWins.chanceAboveBreakEven).toBeGreaterThan(0.99);
    const great = results(30, 0).map((row, i) => ({ ...row, rMultiple: 0.8 + 0.1 * (i % 3) }));
    const sure = issued({ outcomes: great, settings: { "bayes.expectancyBasis": true } });
    // E[R] = 27/32, p = (1 + 27/32)/3; its 20 % quantile is the more cautious one.
    expect(sure.multiplier).toBeCloseTo(1 + 6 * ((1 + 27 / 32) / 3 - 0.5), 12);
    expect(sure.conservativeMultiplier).toBeLessThan(sure.multiplier);
    expect(sure.conservativeMultiplier).toBeGreaterThan(1);
  });
});

describe("min_trades of 8", () => {
  // Seven wins of seven: p = 8/9, so 1 + 6 * (8/9 - 1/2) = 3.33 before the caps. Eight of eight: p = 9/10, 3.4.
  it.each([
    { evidenceLadder: true, trades: 7, multiplier: 1 },
    // The ladder has 1.5 under ten trades.
    { evidenceLadder: true, trades: 8, multiplier: 1.5 },
    { evidenceLadder: false, trades: 7, multiplier: 1 },
    // Without it only the largest multiplier, 3, holds.
    { evidenceLadder: false, trades: 8, multiplier: 3 },
  ])("takes the place of the 3: $trades trades with the ladder $evidenceLadder give $multiplier", (given) => {
    const settings = { "bayes.minTrades": 8, "bayes.evidenceLadder": given.evidenceLadder };
    expect(issued({ settings, outcomes: results(given.trades, 0) }).multiplier).toBe(given.multiplier);
  });
});

describe("A MARKET order", () => {
  it("ignores the offset: its bracket hangs on the signal price", () => {
    // 15.32 points are 61.28 ticks: the stop 62 below the signal's 24043, the target 122 above it, as without an offset.
    const market = { "order.defaultOrderType": "MARKET", "order.limitOffsetTicks": 4 };
    expect(issued({ settings: market })).toMatchObject({ price: 24_043, stop: 23_981, target: 24_165 });
    // A LIMIT is four ticks better, with all of its bracket.
    const limit = { "order.limitOffsetTicks": 4 };
    expect(issued({ settings: limit })).toMatchObject({ price: 24_039, stop: 23_977, target: 24_161 });
  });
});
