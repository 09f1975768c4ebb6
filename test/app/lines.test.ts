import { describe, expect, it } from "vitest";
import { usd } from "../../src/app/amounts.js";
import { jsonLine, printed, summaryLine } from "../../src/app/lines.js";
import { learnedLine, pendingLine, readableLine, summaryWords } from "../../src/app/readableLines.js";
import { isoTime, newYorkTime } from "../../src/app/times.js";
import type { RunSummary } from "../../src/core/events.js";
import type { Cents } from "../../src/core/units.js";
import {
  after,
  amendment,
  at,
  cancel,
  discarded,
  ES,
  equity,
  exit,
  fill,
  halt,
  micros,
  oneOfEach,
  RECOMMENDATION_ID,
  recommendation,
  refusal,
  signal,
  ticks,
  voiding,
} from "../support/outputs.js";

const SUMMARY: RunSummary = {
  trades: 2973,
  bars: 0,
  batches: 4,
  signals: 2,
  recommendations: 1,
  closedTrades: 1,
  wins: 0,
  netPnl: -4250 as Cents,
  startBalance: 1_500_000 as Cents,
  balance: 1_495_750 as Cents,
  maxDrawdown: 0.1 + 0.2,
  workingEntries: 0,
  openPositions: 1,
  skipped: { off_tick: 2, late: 1 },
  clusters: 3,
  halts: 0,
  inSession: 2900,
};

describe("A JSON line", () => {
  it("of a recommendation shows what stood beside its size: the sizing step by step, and the cautious figures", () => {
    expect(jsonLine(recommendation())).toMatchObject({
      conservativeMultiplier: 1,
      breakEven: 0.36,
      chanceAboveBreakEven: 0.97,
      sizing: { riskFraction: 0.01875, budget: 281.25, riskPerContract: 1015, base: 1, raw: 1, cap: 2, quantity: 2 },
    });
  });

  it("of a cluster has the answers of all four rules and the robust z", () => {
    const directions = { modal: "BUY", delta: null, absorption: null, modal_and_delta: "BUY" };
    expect(jsonLine({ ...discarded(), robustZ: 3.5 })).toMatchObject({ robustZ: 3.5 });
    expect(jsonLine({ ...signal(), robustZ: undefined })).toMatchObject({ robustZ: null });
    const given = { modal: "BUY", delta: undefined, absorption: undefined, modal_and_delta: "BUY" } as const;
    expect(jsonLine({ ...signal(), directions: given })).toMatchObject({ directions });
  });

  it("of a recommendation has the fields of the contract, in points and dollars", () => {
    expect(jsonLine(recommendation())).toMatchObject({
      type: "recommendation",
      id: RECOMMENDATION_ID,
      time: "2025-06-09T18:32:15.000000Z",
      contract: "ES JUN25",
      instrument: "ESM5",
      action: "BUY",
      quantity: 2,
      orderType: "LIMIT",
      validity: "DAY",
      price: 6010.75,
      stop: 5995.25,
      target: 6041.25,
      confidence: 0.625,
      multiplier: 1.75,
      context: "BUY|mid|4-6x",
      riskBudget: 281.25,
      riskActual: 2030,
    });
    expect(jsonLine(recommendation())).not.toHaveProperty("trigger");
    expect(jsonLine(recommendation({ orderType: "STOP_LIMIT", trigger: ticks(24044) }))).toHaveProperty(
      "trigger",
      6011,
    );
  });

  it("of a signal carries all four answers, null where a rule gives none", () => {
    expect(jsonLine(signal())).toMatchObject({
      type: "signal",
      time: "2025-06-09T18:32:15.000000Z",
      instrument: "ESM5",
      direction: "BUY",
      ratio: 4.8,
      volume: 4800,
      baseline: 1000,
      pointOfControl: 6010.25,
      low: 6010,
      high: 6015,
      strength: 0.72,
      directions: { modal: "BUY", delta: null, absorption: null, modal_and_delta: null },
      basis: "poc",
    });
  });

  it("of a discarded cluster says why, and null for what is not there", () => {
    const line = jsonLine(discarded({ pointOfControl: undefined, basis: "close" }));
    expect(line).toMatchObject({
      type: "cluster",
      direction: null,
      reason: "NO_DIRECTION",
      pointOfControl: null,
      basis: "close",
    });
  });

  it("of a refusal, a fill, an exit, a cancel and an equity row has the contract's fields", () => {
    const time = "2025-06-09T18:32:15.000000Z";
    expect(jsonLine(refusal())).toEqual({
      type: "refusal",
      time,
      instrument: "ESM5",
      direction: "BUY",
      reason: "CUTOFF",
    });
    expect(jsonLine(fill())).toMatchObject({
      type: "fill",
      recommendation: RECOMMENDATION_ID,
      account: "paper",
      price: 6010.5,
      quantity: 2,
    });
    expect(jsonLine(exit())).toMatchObject({
      type: "exit",
      recommendation: RECOMMENDATION_ID,
      account: "paper",
      price: 6025.75,
      quantity: 2,
      reason: "target",
      netPnl: 1515,
      rMultiple: 1,
      maePoints: -2.5,
      mfePoints: 15.25,
    });
    expect(jsonLine(cancel())).toMatchObject({
      type: "cancel",
      recommendation: RECOMMENDATION_ID,
      account: "paper",
      reason: "CANCELLED_STALE",
    });
    expect(jsonLine(equity())).toMatchObject({ type: "equity", account: "paper", balance: 16_515, drawdown: 0.0125 });
  });

  it("of an exit that nobody watched has null excursions", () => {
    expect(jsonLine(exit({ maePoints: undefined, mfePoints: undefined }))).toMatchObject({
      maePoints: null,
      mfePoints: null,
    });
  });

  it("of a correction has what was recorded before and after, and why", () => {
    expect(jsonLine(amendment())).toEqual({
      type: "amendment",
      recommendation: RECOMMENDATION_ID,
      account: "manual",
      time: "2025-06-09T18:48:55.000000Z",
      target: `exit:manual:${RECOMMENDATION_ID}`,
      why: "Misread the ticket",
      contract: "ES JUN25",
      before: expect.objectContaining({ state: "CLOSED", netPnl: 1515, balance: 16_515 }),
      after: {
        state: "CLOSED",
        fills: [expect.objectContaining({ price: 6010.5, quantity: 2, time: "2025-06-09T18:32:35.000000Z" })],
        exit: expect.objectContaining({ id: "exit:amendment:manual:1", price: 6025.5, reason: "target", notes: null }),
        notExecuted: null,
        netPnl: 1490,
        balance: 16_490,
      },
    });
  });

  it("of what was taken back has nothing after it", () => {
    expect(jsonLine(voiding())).toMatchObject({
      type: "void",
      why: "It was the other account",
      before: { state: "CLOSED" },
      after: { state: "ISSUED", fills: [], exit: null, notExecuted: null, netPnl: null, balance: 15_000 },
    });
  });

  it("of an exit says what it stands for, where it corrects one", () => {
    expect(jsonLine(exit())).not.toHaveProperty("replaces");
    expect(jsonLine(exit({ replaces: "exit:old" }))).toMatchObject({ replaces: "exit:old" });
  });

  it("holds no undefined and no binary noise, whatever the output", () => {
    for (const output of oneOfEach()) {
      const line = jsonLine(output);
      expect(Object.values(line), output.type).not.toContain(undefined);
      expect(line.type).toBe(output.type);
    }
    const noisy = { ...ES, tickSize: 0.01 };
    expect(printed(jsonLine(fill({ instrument: noisy, price: ticks(8305) })))).toContain('"price":83.05,');
    expect(printed({ a: 0.1 + 0.2, b: 12_345_678_901_234_567n.toString(), c: 9_007_199_254_740_991 })).toBe(
      '{"a":0.3,"b":"12345678901234567","c":9007199254740991}',
    );
  });
});

describe("The summary line", () => {
  it("counts trades, or bars in their place", () => {
    expect(summaryLine(SUMMARY)).toMatchObject({
      type: "summary",
      trades: 2973,
      netPnl: -42.5,
      startBalance: 15_000,
      balance: 14_957.5,
    });
    expect(summaryLine(SUMMARY)).not.toHaveProperty("bars");
    const bars = summaryLine({ ...SUMMARY, trades: 0, bars: 12 });
    expect(bars).toHaveProperty("bars", 12);
    expect(bars).not.toHaveProperty("trades");
  });

  it("orders the reasons, so that two runs print the same", () => {
    expect(printed(summaryLine(SUMMARY))).toContain('"skipped":{"late":1,"off_tick":2}');
  });
});

describe("A line for people", () => {
  it("tells a recommendation in the order in which a ticket is filled in, with its true risk", () => {
    expect(readableLine(recommendation())).toBe(
      `2025-06-09T14:32:15  BUY 2 ES JUN25 LIMIT DAY 6010.75, stop 5995.25, target 6041.25, confidence 62.5 % (41-81 %, 97 % sure to be above break-even), size x1.75 (cautiously x1.00), budget 1.9 % = $281.25, actual 13.5 % = $2,030 (one ES contract cannot be split, size x1.75), or MES: 2 contracts = 1.33 %  ${RECOMMENDATION_ID}`,
    );
  });

  it("tells a win and what was learned", () => {
    expect(readableLine(exit())).toContain(
      "WIN ES JUN25: exit at 6025.75 (target), +15.25 points (+1.00 R), $1,515.00 after costs, balance $16,515.00 (paper)",
    );
    expect(learnedLine(exit())).toBe("Learned BUY|mid|4-6x: 5 of 7 won, confidence 65.0 %, next size x1.90");
  });

  it("tells what the price says where the claim does not fit", () => {
    expect(readableLine(exit({ reasonChecked: "manual" }))).toContain("(target, by its price manual)");
  });

  it("tells a correction and what was taken back, from what to what", () => {
    expect(readableLine(amendment())).toBe(
      `2025-06-09T14:48:55  Corrected: ES JUN25 filled 2 at 6010.50, exit at 6025.75 (target) -> filled 2 at 6010.50, exit at 6025.50 (target), balance $16,515.00 -> $16,490.00 (Misread the ticket)  ${RECOMMENDATION_ID}`,
    );
    expect(readableLine(voiding())).toContain(
      "Taken back: ES JUN25 filled 2 at 6010.50, exit at 6025.75 (target) -> unanswered, balance $16,515.00 -> $15,000.00",
    );
    expect(readableLine(exit({ replaces: "exit:old" }))).toContain("(paper, corrected)");
  });

  it("is silent on what was imported, discarded clusters, equity rows, marks, footprints, gaps, orders and shadows, and on nothing else", () => {
    const silent = oneOfEach().filter((output) => readableLine(output) === undefined);
    expect(silent.map((output) => output.type)).toEqual([
      "imported",
      "cluster",
      "order",
      "shadow",
      "mark",
      "gap",
      "equity",
      "footprint",
    ]);
  });

  it("takes out what a terminal would obey", () => {
    const hostile = { ...ES, label: "ES\u001b]0;owned\u0007\u001b[2J\u202e\r\nJUN25" };
    expect(readableLine(fill({ instrument: hostile }))).toContain("BUY 2 ES JUN25 at");
    expect(readableLine(halt())).toContain("HALTED paper: equity $14,250.00");
  });

  it("lists what is pending", () => {
    expect(pendingLine(recommendation())).toMatch(/^Unanswered {2}2025-06-09T14:32:15 {2}BUY 2/);
    const position = {
      recommendation: recommendation(),
      account: "manual",
      quantity: 2,
      entryPrice: 24042.5,
      entryTime: after(20),
      openPnl: undefined,
    } as const;
    expect(pendingLine(position)).toContain("LONG 2 ES JUN25 at 6010.63 (manual), stop 5995.25, target 6041.25");
  });

  it("sums a run up", () => {
    expect(summaryWords({ ...SUMMARY, halts: 1 })).toEqual([
      "2,973 trades, 3 clusters, 2 signals, 1 recommendation",
      "1 closed trade, 0 won, net -$42.50",
      "Balance $15,000.00 -> $14,957.50, largest drawdown 30.0 %",
      "Also: 1 open position, 1 halt",
      "Not used: 1 late, 2 off_tick",
    ]);
  });

  it("writes money with its sign in front", () => {
    expect([usd(-5), usd(123_456_789), usd(0)]).toEqual(["-$0.05", "$1,234,567.89", "$0.00"]);
  });
});

describe("Times", () => {
  it("are ISO 8601 with microseconds", () => {
    expect(isoTime(micros(1_703_545_829_089_104))).toBe("2023-12-25T23:10:29.089104Z");
    expect(isoTime(micros(1))).toBe("1970-01-01T00:00:00.000001Z");
  });

  it("are New York's in summer and in winter", () => {
    expect(newYorkTime(at("2025-06-09T18:32:15Z"))).toBe("2025-06-09T14:32:15");
    expect(newYorkTime(at("2025-01-09T05:00:00Z"))).toBe("2025-01-09T00:00:00");
  });
});
