import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent, EngineOutput } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { LearningRows, multiplier, type Outcome, posterior } from "../../src/core/sizing/posterior.js";
import { size } from "../../src/core/sizing/sizing.js";
import { type Cents, MICROS_PER_MINUTE, type Micros } from "../../src/core/units.js";
import { briefOf, mirroredTape, TURNED, UNTURNED } from "../support/mirror.js";
import { eventsOf, randomTape, TAPE_HOURS, TAPE_INSTRUMENT, type TapeTrade } from "../support/tape.js";

const PAPER = { leading: "paper", paperTrades: true, haltEndsWithSession: true } as const;

/** Loose enough that two hours hold signals, fills and exits of every kind; stops stay at their minimum. */
const LOOSE = {
  "contract.session": TAPE_HOURS,
  "detector.volumeThreshold": 2.5,
  "detector.baselineBars": 5,
  "detector.minSignalStrength": 0.2,
  "detector.cooldownMinutes": 2,
  "detector.rankWindowHours": 0,
  "order.stopSigmaMult": 0.05,
  "risk.maxDailyTrades": 100,
  "risk.maxConsecutiveLosses": 100,
  "paper.startBalance": 40_000,
};

const VARIANTS: Readonly<Record<string, object>> = {
  "limit orders": {},
  "orders better than the signal, placed late": {
    "order.limitOffsetTicks": 2,
    "order.targetRounding": "exact",
    "paper.entryLatencySeconds": 600,
  },
  "market orders": { "order.defaultOrderType": "MARKET", "paper.maxHoldMinutes": 5 },
  "stop-limit orders, good till cancelled": {
    "order.defaultOrderType": "STOP_LIMIT",
    "order.defaultValidity": "GTC",
  },
  "immediate or cancel": { "order.defaultValidity": "IOC", "paper.entryLatencySeconds": 0 },
  retests: { "detector.entryMode": "retest" },
  "a small account": { "paper.startBalance": 12_000, "risk.emergencyStopLossPct": 0.08 },
  "the median": { "detector.baseline": "rolling_median", "detector.rankWindowHours": 1 },
};

const run = (settings: object, events: readonly EngineEvent[]): readonly EngineOutput[] => {
  const engine = new Engine(parseSettings({ ...LOOSE, ...settings }), PAPER, NO_HOLIDAYS);
  return events.flatMap((event) => engine.process(event));
};
/** One line of JSON per output: quick to compare, readable where they differ. */
const lines = (outputs: readonly unknown[]) => outputs.map((output) => JSON.stringify(output));
const linesOf = (settings: object, events: readonly EngineEvent[]) => lines(run(settings, events));

const seed = fc.integer({ min: 0, max: 1e6 });
const cuts = fc.array(fc.nat(3000), { maxLength: 12 });
const RUNS = { numRuns: 6 };
const clusters = (outputs: readonly EngineOutput[]) =>
  outputs.filter((output) => output.type === "signal" || output.type === "cluster");

describe("the random tape", () => {
  const outputs = Object.values(VARIANTS).flatMap((settings) =>
    [1, 2, 3].flatMap((each) => {
      const { trades, end } = randomTape(each, 2);
      return run(settings, eventsOf(trades, end));
    }),
  );
  const count = (test: (output: EngineOutput) => boolean) => outputs.filter(test).length;

  it("holds what the properties speak of: without it they would say nothing", () => {
    expect(count(({ type }) => type === "signal")).toBeGreaterThan(200);
    expect(count(({ type }) => type === "cluster")).toBeGreaterThan(50);
    expect(count(({ type }) => type === "recommendation")).toBeGreaterThan(100);
    expect(count((output) => output.type === "fill" && output.direction === "BUY")).toBeGreaterThan(30);
    expect(count((output) => output.type === "fill" && output.direction === "SHORT")).toBeGreaterThan(30);
    expect(count(({ type }) => type === "halt")).toBeGreaterThan(0);
    expect(count(({ type }) => type === "shadow")).toBeGreaterThan(100);
  });

  it.each(["target", "stop", "eod", "time", "emergency"])("ends positions by %s", (reason) => {
    expect(count((output) => output.type === "exit" && output.reason === reason)).toBeGreaterThan(0);
  });

  it.each(["EXPIRED", "CANCELLED_REPLACED", "CANCELLED_IOC", "CANCELLED_STALE"])("ends entries as %s", (reason) => {
    expect(
      count((output) => (output.type === "cancel" || output.type === "shadow") && output.reason === reason),
    ).toBeGreaterThan(0);
  });

  it.each(["OPEN_POSITION", "NO_VOLATILITY", "CUTOFF", "HALTED"])("refuses signals with %s", (reason) => {
    expect(count((output) => output.type === "refusal" && output.reason === reason)).toBeGreaterThan(0);
  });
});

describe.each(Object.entries(VARIANTS))("the engine with %s", (_, settings) => {
  it("gives the same outputs twice", () => {
    fc.assert(
      fc.property(seed, (each) => {
        const events = () => eventsOf(randomTape(each, 2).trades, randomTape(each, 2).end);
        expect(linesOf(settings, events())).toEqual(linesOf(settings, events()));
      }),
      RUNS,
    );
  });

  it("gives the same outputs wherever its batches are cut", () => {
    fc.assert(
      fc.property(seed, cuts, (each, at) => {
        const { trades, end } = randomTape(each, 2);
        expect(linesOf(settings, eventsOf(trades, end, at))).toEqual(linesOf(settings, eventsOf(trades, end)));
      }),
      RUNS,
    );
  });

  it("says of the first trades what it says when more follow", () => {
    fc.assert(
      fc.property(seed, fc.nat(1800), (each, first) => {
        const { trades, end } = randomTape(each, 2);
        const known = linesOf(settings, eventsOf(trades.slice(0, first), undefined));
        expect(linesOf(settings, eventsOf(trades, end)).slice(0, known.length)).toEqual(known);
      }),
      RUNS,
    );
  });

  it("does not hear a foreign instrument", () => {
    fc.assert(
      fc.property(
        seed,
        fc.array(fc.tuple(fc.nat(1500), fc.integer({ min: -9, max: 1e6 })), { maxLength: 50 }),
        (each, noise) => {
          const { trades, end } = randomTape(each, 2);
          const foreign: TapeTrade[] = noise.flatMap(([at, price]) => {
            const heard = trades[at];
            return heard === undefined ? [] : [{ ...heard, price, size: 9999, instrument: TAPE_INSTRUMENT + 1 }];
          });
          const both = [...trades, ...foreign].sort((a, b) => a.time - b.time);
          expect(linesOf(settings, eventsOf(both, end))).toEqual(linesOf(settings, eventsOf(trades, end)));
        },
      ),
      RUNS,
    );
  });

  it("detects the same clusters at any level of prices", () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: -9000, max: 9000 }), (each, shift) => {
        const { trades, end } = randomTape(each, 2);
        const shifted = trades.map((trade) => ({ ...trade, price: trade.price + shift }));
        const [here, there] = [trades, shifted].map((tape) => clusters(run(settings, eventsOf(tape, end))));
        const back = there?.map((cluster) => ({
          ...cluster,
          pointOfControl: (cluster.pointOfControl ?? 0) - shift,
          low: cluster.low - shift,
          high: cluster.high - shift,
          close: cluster.close - shift,
        }));
        expect(lines(back ?? [])).toEqual(lines(here ?? []));
      }),
      RUNS,
    );
  });

  // ENGINE.md 15: exact while the stop is at its minimum and no tie of the point of control falls to the lower price.
  it("does with SHORT in the mirror what it does with BUY", () => {
    fc.assert(
      fc.property(seed, (each) => {
        const { trades, end } = randomTape(each, 2);
        const here = run(settings, eventsOf(trades, end));
        fc.pre(clusters(here).every(({ time }) => !tied(trades, time)));
        const there = run(settings, eventsOf(mirroredTape(trades), end));
        for (const output of here) {
          if (output.type === "recommendation") expect(Math.abs(output.signalPrice - output.stop)).toBeLessThan(20);
        }
        expect(lines(there.map((output) => briefOf(output, TURNED)))).toEqual(
          lines(here.map((output) => briefOf(output, UNTURNED))),
        );
      }),
      RUNS,
    );
  });

  it("books every cent of the balance as the result of a closed trade", () => {
    fc.assert(
      fc.property(seed, (each) => {
        const { trades, end } = randomTape(each, 3);
        const engine = new Engine(parseSettings({ ...LOOSE, ...settings }), PAPER, NO_HOLIDAYS);
        const exits = eventsOf(trades, end)
          .flatMap((event) => engine.process(event))
          .filter((output) => output.type === "exit");
        let balance: number = engine.summary().startBalance;
        for (const exit of exits) {
          expect(exit.balanceBefore).toBe(balance);
          expect(exit.netPnl).toBe(exit.grossPnl - exit.commission);
          balance += exit.netPnl;
          expect(exit.balanceAfter).toBe(balance);
        }
        expect(engine.summary().balance).toBe(balance);
        expect(engine.summary().netPnl).toBe(balance - engine.summary().startBalance);
      }),
      RUNS,
    );
  });
});

/** Whether two prices of the minute that ends at `end` have the most volume at the same distance from its mean. */
function tied(trades: readonly TapeTrade[], end: number): boolean {
  const profile = new Map<number, number>();
  for (const { time, price, size: volume } of trades) {
    if (end - MICROS_PER_MINUTE <= time && time < end) profile.set(price, (profile.get(price) ?? 0) + volume);
  }
  const levels = [...profile];
  const total = levels.reduce((sum, [, volume]) => sum + volume, 0);
  const weighted = levels.reduce((sum, [price, volume]) => sum + price * volume, 0);
  const most = Math.max(...levels.map(([, volume]) => volume));
  const distances = levels.filter(([, volume]) => volume === most).map(([price]) => Math.abs(price * total - weighted));
  const nearest = Math.min(...distances);
  return distances.filter((distance) => distance === nearest).length > 1;
}

const { risk, bayes } = parseSettings({});
const sizing = fc.record({
  balance: fc.integer({ min: -1e6, max: 1e9 }).map((value) => value as Cents),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  multiplier: fc.double({ min: 1, max: 3, noNaN: true }),
  riskPerContract: fc.integer({ min: 1, max: 1e6 }).map((value) => value as Cents),
  open: fc.nat(4),
  kellyShare: fc.option(fc.double({ min: 0, max: 0.25, noNaN: true }), { nil: undefined }),
});
const limits = fc.record({
  maxPositionSize: fc.integer({ min: 1, max: 50 }),
  hardRiskCap: fc.constantFrom(0.02, 0.1, 0.5),
  enforceRiskBudget: fc.boolean(),
  maxRiskPerTrade: fc.constantFrom(0.005, 0.02),
});

describe("size", () => {
  it("never falls with a larger balance or multiplier", () => {
    fc.assert(
      fc.property(
        sizing,
        limits,
        fc.nat(1e7),
        fc.double({ min: 0, max: 2, noNaN: true }),
        (input, limit, more, times) => {
          const settings = { ...risk, ...limit };
          const { quantity } = size(input, settings);
          const richer = { ...input, balance: (input.balance + more) as Cents };
          const bolder = { ...input, multiplier: input.multiplier + times };
          expect(size(richer, settings).quantity).toBeGreaterThanOrEqual(quantity);
          expect(size(bolder, settings).quantity).toBeGreaterThanOrEqual(quantity);
        },
      ),
    );
  });

  it("never exceeds a cap, and refuses exactly when it is 0", () => {
    fc.assert(
      fc.property(sizing, limits, (input, limit) => {
        const settings = { ...risk, ...limit };
        const { quantity, refusal, budget } = size(input, settings);
        expect(quantity).toBeGreaterThanOrEqual(0);
        expect(refusal === undefined).toBe(quantity > 0);
        if (quantity === 0) return;
        expect(quantity * input.riskPerContract).toBeLessThanOrEqual(limit.hardRiskCap * input.balance);
        expect(quantity + input.open).toBeLessThanOrEqual(limit.maxPositionSize);
        if (!limit.enforceRiskBudget) return;
        expect(quantity * input.riskPerContract).toBeLessThanOrEqual(
          input.multiplier * budget + 1e-6 * input.riskPerContract,
        );
      }),
    );
  });
});

describe("multiplier", () => {
  const results = fc.array(fc.tuple(fc.constantFrom("here", "there", "elsewhere"), fc.boolean(), fc.nat(400)), {
    minLength: 1,
    maxLength: 60,
  });
  const settings = fc.record({
    pooledKappa: fc.constantFrom(0, 3, 10),
    halfLifeDays: fc.constantFrom(0, 30, 180),
    evidenceLadder: fc.boolean(),
    multiplierStatistic: fc.constantFrom("mean", "lower20"),
    minTrades: fc.constantFrom(0, 3),
  });
  const rowsOf = (given: readonly (readonly [string, boolean, number])[]): Outcome[] =>
    given.map(([context, win, day], i) => ({
      recommendation: `${i}`,
      account: "paper",
      context,
      win,
      rMultiple: win ? 2 : -1,
      netPnl: (win ? 100 : -50) as Cents,
      exitTime: (day * 86_400e6) as Micros,
    }));
  const of = (rows: readonly Outcome[], given: object) => {
    const all = { ...bayes, ...given };
    return multiplier(
      posterior(new LearningRows("paper", "account", rows), "here", (400 * 86_400e6) as Micros, all),
      all,
    );
  };

  it("never falls when a loss becomes a win, or when a win is added to its context", () => {
    fc.assert(
      fc.property(results, settings, fc.nat(59), (given, options, index) => {
        const rows = rowsOf(given);
        const before = of(rows, options);
        const better = rows.map((each, i) => (i === index ? { ...each, win: true } : each));
        expect(of(better, options)).toBeGreaterThanOrEqual(before - 1e-9);
        expect(of([...rows, ...rowsOf([["here", true, index]])], options)).toBeGreaterThanOrEqual(before - 1e-9);
      }),
    );
  });

  it("stays between 1 and its maximum", () => {
    fc.assert(
      fc.property(results, settings, (given, options) => {
        const times = of(rowsOf(given), options);
        expect(times).toBeGreaterThanOrEqual(1);
        expect(times).toBeLessThanOrEqual(bayes.maxMultiplier);
      }),
    );
  });
});
