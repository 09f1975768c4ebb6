import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { percent, usd } from "../../src/app/amounts.js";
import { exitEvent, fillEvent } from "../../src/app/answers.js";
import { loadCalendar } from "../../src/app/calendar.js";
import { readableLine } from "../../src/app/readableLines.js";
import { parseSettings } from "../../src/app/settings.js";
import { sizingWords } from "../../src/app/sizingWords.js";
import { Engine } from "../../src/core/engine.js";
import type { AccountEvent, EngineEvent, EngineOutput } from "../../src/core/events.js";
import { toPoints, toTicks } from "../../src/core/instrument.js";
import { labelOf, symbolOf } from "../../src/core/instruments.js";
import { compoundAnnualReturn, equityMetrics } from "../../src/core/ledger/equityMetrics.js";
import { funFacts } from "../../src/core/ledger/saturday.js";
import { TradingHours } from "../../src/core/session.js";
import type { RunMode } from "../../src/core/settings.js";
import { bracket, stopDistance } from "../../src/core/sizing/bracket.js";
import { LearningRows, multiplier, type Outcome, posterior } from "../../src/core/sizing/posterior.js";
import type { Recommendation } from "../../src/core/sizing/recommendation.js";
import { riskPerContract, size } from "../../src/core/sizing/sizing.js";
import { type Cents, MICROS_PER_DAY, MICROS_PER_SECOND, type Micros, type Ticks } from "../../src/core/units.js";
import { after, at, ES, recommendation } from "../support/outputs.js";

// The examples of the user's own description of his day, in its order, against the code that runs. His SQL is run on the
// written databases in test/store/projection.test.ts.

const LIVE: RunMode = { leading: "manual", paperTrades: false, haltEndsWithSession: false };
const { bayes, order, risk } = parseSettings({});

const cents = (dollars: number) => Math.round(dollars * 100) as Cents;
const newYork = (text: string) =>
  (Temporal.PlainDateTime.from(text).toZonedDateTime("America/New_York").epochMilliseconds * 1000) as Micros;

function ticks(points: number): Ticks {
  const whole = toTicks(points, ES);
  if (whole === undefined) throw new Error(`${points} is off the grid`);
  return whole;
}

/** What 40 wins of 58 trades of one context say: a multiplier of 2.1 and a budget of 2 %. */
function believed() {
  const row = (_: unknown, i: number): Outcome => ({
    recommendation: `trade ${i}`,
    account: "manual",
    context: "BUY|mid|4-6x",
    win: i < 40,
    rMultiple: i < 40 ? 2 : -1,
    netPnl: (i < 40 ? 100 : -50) as Cents,
    exitTime: 0 as Micros,
  });
  const rows = new LearningRows("manual", "account", Array.from({ length: 58 }, row));
  return posterior(rows, "BUY|mid|4-6x", 0 as Micros, bayes);
}

function contracts(balance: number, confidence: number, times: number) {
  const perContract = riskPerContract(62, ES, 1);
  return size(
    {
      balance: cents(balance),
      confidence,
      multiplier: times,
      riskPerContract: perContract,
      open: 0,
      kellyShare: undefined,
    },
    risk,
  );
}

describe("Smart sizing", () => {
  it("$15,000 portfolio, 1.5 % risk = $225, 1 contract, whatever the multiplier", () => {
    const trace = contracts(15_000, 0.5, 1);
    expect(trace).toMatchObject({ riskFraction: 0.015, budget: cents(225), quantity: 1 });
    fc.assert(
      fc.property(fc.double({ min: 1, max: 3, noNaN: true }), (times) => contracts(15_000, 0.5, times).quantity === 1),
    );
  });

  it("$18,000 portfolio, 2.0 % risk = $360, 1 contract, whatever the multiplier", () => {
    const trace = contracts(18_000, 41 / 60, 2.1);
    expect(trace).toMatchObject({ riskFraction: 0.02, budget: cents(360), quantity: 1 });
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 3, noNaN: true }),
        (times) => contracts(18_000, 2 / 3, times).quantity === 1,
      ),
    );
  });

  it("$20,000 portfolio, 2.0 % risk = $400, 2 contracts by a multiplier of 2.1x, which 40 wins of 58 give", () => {
    const belief = believed();
    expect(belief.mean).toBeCloseTo(41 / 60, 12);
    expect(multiplier(belief, bayes)).toBeCloseTo(2.1, 12);
    const trace = contracts(20_000, belief.mean, multiplier(belief, bayes));
    expect(trace).toMatchObject({ riskFraction: 0.02, budget: cents(400), quantity: 2 });
  });

  it("1,000 dollars per ES contract, and never more than 10 % on a single trade", () => {
    expect(riskPerContract(62, ES, 1)).toBe(cents(1000));
    expect([9_999.99, 10_000, 19_999.99, 20_000, 29_999.99, 30_000].map((b) => contracts(b, 0.7, 3).quantity)).toEqual([
      0, 1, 1, 2, 2, 3,
    ]);
  });

  it("prints the true risk of the first example beside its budget", () => {
    const trace = contracts(15_000, 0.5, 1);
    const sized = { sizing: trace, quantity: 1, multiplier: 1, riskBudget: trace.budget, riskActual: cents(1000) };
    expect(sizingWords(recommendation(sized)).risk).toBe(
      "budget 1.5 % = $225, actual 6.7 % = $1,000 (one ES contract cannot be split)",
    );
  });
});

describe("The recommendation of 6010.75, stop 5995.25, target 6041.25", () => {
  const prices = (points: number) => {
    const { price, stop, target } = bracket("BUY", ticks(6010.75), points / ES.tickSize, "LIMIT", order);
    return [price, stop, target].map((value) => toPoints(value, ES));
  };

  it("is a stop distance between 15.25 and 15.375 points, its stop rounded away and its target toward the entry", () => {
    fc.assert(
      fc.property(fc.double({ min: 15.2501, max: 15.3749, noNaN: true }), (points) => {
        expect(prices(points)).toEqual([6010.75, 5995.25, 6041.25]);
      }),
    );
    expect(prices(15.25)).toEqual([6010.75, 5995.5, 6041.25]);
    expect(prices(15.375)).toEqual([6010.75, 5995.25, 6041.5]);
  });

  it("comes of a volatility of 0.0329 % a minute", () => {
    const points = stopDistance(ticks(6010.75), 0.000329, 16, order.stopSigmaMult) * ES.tickSize;
    expect(points).toBeCloseTo(15.32, 2);
    expect(prices(points)).toEqual([6010.75, 5995.25, 6041.25]);
  });

  it("would be 6041.75 at exactly 2:1", () => {
    const exact = { ...order, targetRounding: "exact" } as const;
    expect(toPoints(bracket("BUY", ticks(6010.75), 61.3, "LIMIT", exact).target, ES)).toBe(6041.75);
  });
});

describe("A Monday with the workflow's signal, after 58 recorded trades of which 40 won", () => {
  it("recommends BUY 2 ES JUN25 LIMIT DAY at 6010.75 with stop 5995.25 and target 6041.25", () => {
    const { issued } = new Monday();
    expect(issued).toMatchObject({ action: "BUY", quantity: 2, orderType: "LIMIT", validity: "DAY" });
    expect(issued.instrument.label).toBe("ES JUN25");
    expect([issued.price, issued.stop, issued.target].map((price) => toPoints(price, ES))).toEqual([
      6010.75, 5995.25, 6041.25,
    ]);
    expect(issued.volatility).toBeCloseTo(0.00033, 5);
    expect(issued.multiplier).toBeCloseTo(2.1, 12);
    expect(readableLine(issued)).toContain(
      "14:32:00  BUY 2 ES JUN25 LIMIT DAY 6010.75, stop 5995.25, target 6041.25, confidence 68.3 % (58-78 %, over 99 % sure to be above break-even), size x2.10 (cautiously x1.80), budget 2.0 % = $4",
    );
  });

  it("records the fill of 2 at 6010.50 by the recommendation's time", () => {
    const monday = new Monday();
    const { event, warnings } = monday.fill();
    expect(event).toMatchObject({ quantity: 2, price: ticks(6010.5), recommendation: monday.issued.id });
    expect(warnings).toEqual([]);
    expect(monday.tell(event)).toMatchObject([{ type: "fill", direction: "BUY", quantity: 2, late: false }]);
  });

  it("takes the exit at 6025.75 as target, warns that this is 15.50 points short, and checks it as manual", () => {
    const monday = new Monday();
    monday.tell(monday.fill().event);
    const { event, warnings } = monday.exit();
    expect(warnings).toEqual(["6025.75 is short of the target of 6041.25: it counts as a manual exit"]);
    expect(toPoints(monday.issued.target - event.price, ES)).toBe(15.5);
    const exit = monday.tell(event).find((output) => output.type === "exit");
    if (exit === undefined) throw new Error("Nothing was closed");
    expect(exit).toMatchObject({ win: true, reason: "target", reasonChecked: "manual", points: 15.25, rMultiple: 1 });
    expect(percent(exit.returnFraction, 2)).toBe("0.25 %");
    expect([exit.grossPnl, exit.netPnl]).toEqual([cents(1525), cents(1515)]);
    expect(exit.learned).toMatchObject({ trades: 59, wins: 41 });
  });
});

describe("Two contracts at 6010.50 and 6025.75", () => {
  it("are 10.1 % of $15,000, of which a price return of 0.25 % says nothing", () => {
    const booked = cents(1525) - cents(10);
    expect(percent(booked / cents(15_000))).toBe("10.1 %");
    expect(percent(15.25 / 6010.5, 2)).toBe("0.25 %");
  });
});

describe("The contract ES JUN25", () => {
  it("is ESM5, not ESM6", () => {
    expect(symbolOf("ES JUN25")).toBe("ESM5");
    expect(labelOf("ESM5", at("2025-06-09T18:32:15Z"))).toBe("ES JUN25");
    expect(labelOf("ESM6", at("2025-06-09T18:32:15Z"))).toBe("ES JUN26");
  });
});

describe("A signal of 2025-06-08 14:32:15", () => {
  const sunday = newYork("2025-06-08T14:32:15");

  it("cannot be, because Sunday afternoon is no session, neither in regular hours nor in Globex", () => {
    for (const hours of ["rth", "globex"] as const) {
      const day = new TradingHours(hours, loadCalendar()).dayEndingAfter(sunday);
      expect(day?.date).toBe("2025-06-09");
      expect(day?.open).toBeGreaterThan(sunday);
    }
  });

  it("does not come of the very trades that give one on Monday", () => {
    const engine = new Engine(parseSettings({}), LIVE, loadCalendar());
    const outputs = market("2025-06-08").flatMap((event) => engine.process(event));
    expect(outputs).toEqual([]);
    expect(engine.summary()).toMatchObject({ inSession: 0, clusters: 0 });
  });

  it("can still be recorded against, as an import does", () => {
    const stamped = recommendation({ id: "ESM5-20250608T183215Z-BUY", time: sunday, account: "manual" });
    const engine = new Engine(parseSettings({}), LIVE, loadCalendar());
    const said = { type: "account", account: "manual", time: sunday } as const;
    engine.process({ ...said, id: "1", kind: "recommendation", recommendation: stamped });
    const { event } = fillEvent(engine.view(), { recommendation: "2025-06-08T14:32:15", price: "6010.50" }, after(60));
    expect(engine.process(event)).toMatchObject([{ type: "fill", quantity: 2 }]);
  });
});

describe("The settings of config.py", () => {
  it("are the defaults", () => {
    expect(order).toMatchObject({ defaultOrderType: "LIMIT", defaultValidity: "DAY", limitOffsetTicks: 0 });
    expect(risk).toMatchObject({
      maxRiskPerTrade: 0.02,
      maxPositionSize: 3,
      maxDailyTrades: 10,
      emergencyStopLossPct: 0.05,
    });
    expect(parseSettings({}).detector.volumeThreshold).toBe(4);
  });

  it("for aggressive and for conservative execution are presets", () => {
    expect(parseSettings({ preset: "aggressive" }).order).toEqual({
      ...order,
      defaultOrderType: "MARKET",
      useMarketOrdersOnHighConfidence: true,
      highConfidenceThreshold: 0.75,
    });
    expect(parseSettings({ preset: "conservative" }).order).toEqual({
      ...order,
      limitOffsetTicks: 1,
      defaultValidity: "GTC",
    });
  });
});

describe("The portfolio of $15,000", () => {
  it("is up 5.65 % at $15,847.50", () => {
    expect(percent(equityMetrics([15_000, 15_847.5], 5).totalReturn ?? 0, 2)).toBe("5.65 %");
  });

  it("is up 8.23 % or $1,234.75 at $16,234.75, which buys 246 lattes", () => {
    const facts = funFacts(cents(15_000), cents(16_234.75));
    expect(usd(facts.netPnl)).toBe("$1,234.75");
    expect(percent(facts.growth ?? 0, 2)).toBe("8.23 %");
    expect(facts).toMatchObject({ lattes: 246, lattesForegone: 0, buys: "vacation funds" });
  });

  it("has no annual return under 30 days, and none of 47.2 % after any whole number of them", () => {
    const equity = [15_000, 16_234.75];
    expect(equityMetrics(equity, 29).annualReturn).toBeUndefined();
    expect(equityMetrics(equity, 30).annualReturn).toBeGreaterThan(1);
    const total = 1234.75 / 15_000;
    const annual = Array.from({ length: 365 }, (_, i) => percent(compoundAnnualReturn(total, i + 1) ?? 0));
    expect(annual).not.toContain("47.2 %");
    expect(percent(compoundAnnualReturn(total, 7) ?? 0, 0)).toBe("6085 %");
  });
});

/** The engine after its 58 trades and the market of Monday, 9 June 2025, with the recommendation that it made. */
class Monday {
  readonly issued: Recommendation;
  readonly #engine: Engine;
  readonly #outputs: EngineOutput[];

  constructor() {
    const settings = parseSettings({ "paper.startBalance": 20_000, "bayes.halfLifeDays": 0 });
    this.#engine = new Engine(settings, LIVE, loadCalendar());
    this.#outputs = [...learned(), ...market("2025-06-09")].flatMap((event) => [...this.#engine.process(event)]);
    const issued = this.#outputs.findLast((output) => output.type === "recommendation");
    if (issued === undefined) throw new Error("Nothing was recommended");
    this.issued = issued;
  }

  fill() {
    const answer = { recommendation: "2025-06-09T14:32:00", price: "$6010.50", notes: "Filled immediately" };
    return fillEvent(this.#engine.view(), answer, this.#after(15), this.#outputs);
  }

  exit() {
    const notes = "Hit profit target automatically";
    const answer = { recommendation: "2025-06-09T14:32:00", price: "$6025.75", reason: "target", notes };
    return exitEvent(this.#engine.view(), answer, this.#after(600), this.#outputs);
  }

  /** What the engine books; equity rows aside. */
  tell(event: AccountEvent): readonly EngineOutput[] {
    const made = this.#engine.process(event).filter((output) => output.type !== "equity");
    this.#outputs.push(...made);
    return made;
  }

  #after(seconds: number): Micros {
    return (this.issued.time + seconds * MICROS_PER_SECOND) as Micros;
  }
}

/** 58 recorded trades, one a day, two wins before each loss: 40 won a few dollars, 18 lost them. */
function learned(): readonly EngineEvent[] {
  return Array.from({ length: 58 }, (_, i) => {
    const time = (newYork("2025-03-03T12:00:00") + i * MICROS_PER_DAY) as Micros;
    const context = "BUY|close|4-6x";
    const issued = recommendation({ id: `ESM5-trade-${i}-BUY`, time, account: "manual", quantity: 1, context });
    const said = { type: "account", account: "manual", time } as const;
    const of = { ...said, recommendation: issued.id };
    const gained = i >= 54 || i % 3 < 2 ? 2 : -1;
    return [
      { ...said, id: `${i}`, kind: "recommendation", recommendation: issued },
      { ...of, id: `${i}f`, kind: "fill", price: ticks(6010.75), quantity: 1 },
      { ...of, id: `${i}x`, kind: "exit", price: (ticks(6010.75) + gained) as Ticks, reason: "manual" },
    ] as const;
  }).flat();
}

/**
 * Minutes from 14:00 to 14:31 of 1,000 contracts, whose closes go 8 ticks up and down, two of them 7, then one of 4,800
 * contracts, most of them at its low, that closes at 6010.75.
 */
function market(date: string): readonly EngineEvent[] {
  const start = newYork(`${date}T14:00:00`);
  const last = ticks(6010.75);
  const prints: [second: number, price: number, size: number][] = [];
  for (let minute = 0; minute < 31; minute++) {
    const close = minute % 2 === 1 ? last : last + (minute === 10 ? 7 : 8);
    prints.push([minute * 60 + 20, last + 4, 400], [minute * 60 + 50, close, 600]);
  }
  const spike = 31 * 60;
  prints.push([spike + 5, last + 20, 300], [spike + 30, last - 1, 3500], [spike + 55, last, 1000]);
  return [
    { type: "contract", instrument: ES.id, symbol: "ESM5", time: start },
    {
      type: "trades",
      count: prints.length,
      time: Float64Array.from(prints, ([second]) => start + second * MICROS_PER_SECOND),
      price: Int32Array.from(prints, ([, price]) => price),
      size: Uint32Array.from(prints, ([, , contracts]) => contracts),
      side: new Int8Array(prints.length),
      instrument: new Uint32Array(prints.length).fill(ES.id),
    },
    { type: "clock", time: (start + 32 * 60 * MICROS_PER_SECOND) as Micros },
  ];
}
