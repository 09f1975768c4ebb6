import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ContextRow } from "../../src/core/protocol.js";
import { contextInWords, orderTypeInWords } from "../../src/words/tradeWords.js";
import { sampleState } from "../../webview/dev/sample.js";
import {
  blindInWords,
  countdownInWords,
  equitySentence,
  modeInWords,
  recommendationSentence,
  riskInWords,
  shownAccount,
  sortByEvidence,
  tradesInWords,
  unansweredInWords,
} from "../../webview/words.js";

const NBSP = "\u00a0";
const NOW = 1_700_000_000;
const running = sampleState("buy", NOW);
const [paper, manual] = running.accounts;
const { recommendation } = running;
if (paper === undefined || manual === undefined || recommendation === undefined) throw new Error("The sample changed");

it("The shade of the chart says how many days and how many minutes were not seen", () => {
  const days = { from: 0, to: 200_000, days: 2 };
  const part = { from: 300_000, to: 300_061, days: 0 };
  expect([[days], [{ ...days, days: 1 }, part], [part, part]].map(blindInWords)).toEqual([
    "Shaded: 2 trading days of which nothing was seen",
    "Shaded: 1 trading day of which nothing was seen, and 2 min within others",
    "Shaded: 3 min within trading days of which nothing was seen",
  ]);
});

describe("A sentence about the curve", () => {
  it("says its span, where it started, where it is and its drawdown", () => {
    const account = {
      ...paper,
      startBalance: 15_000,
      balance: 16_240.5,
      totalReturn: 0.0827,
      drawdown: 0.032,
      maxDrawdown: 0.051,
      equity: [
        { time: Date.parse("2025-06-03T20:00:00Z") / 1000, balance: 15_100, drawdown: 0 },
        { time: Date.parse("2025-11-20T02:00:00Z") / 1000, balance: 16_240.5, drawdown: 0.032 },
      ],
    };
    expect(equitySentence(account, "America/New_York").replaceAll(NBSP, " ")).toBe(
      "Paper account: balance over drawdown, 2 points from Jun 3, 2025 to Nov 19, 2025, 420 trades. " +
        "From $15,000.00 at the start to $16,240.50 now, +8.3 %. Drawdown 3.2 % now, 5.1 % at worst.",
    );
  });

  it("names one day once", () => {
    const one = sampleState("first", NOW).accounts[0] ?? paper;
    expect(equitySentence(one, "America/New_York")).toContain("1 point on Jun 2, 2025");
  });

  it("says so when there is no trade", () => {
    expect(equitySentence({ ...manual, equity: [] }, "UTC")).toBe("Your fills: no closed trade yet");
  });
});

describe("The countdown", () => {
  it.each([
    { lateAt: 30, now: 0, text: "30 s to act" },
    { lateAt: 30, now: 0.2, text: "30 s to act" },
    { lateAt: 30, now: 29.1, text: "1 s to act" },
    { lateAt: 30, now: 30, text: "Late: check the price first" },
    { lateAt: 30, now: 72, text: "Late by 42 s: check the price first" },
    { lateAt: NOW, now: NOW + 3_600, text: "Late: check the price first" },
    { lateAt: 0, now: NOW, text: "No answer yet, and its time does not run: record what you did" },
  ])("says $text at $now s", ({ lateAt, now, text }) => {
    expect(countdownInWords(lateAt, now)).toBe(text);
  });
});

describe("The risk in words", () => {
  it.each([
    { riskActual: 410, riskBudget: 450, text: "Risks $410.00 of a $450.00 budget" },
    { riskActual: 450, riskBudget: 450, text: "Risks $450.00 of a $450.00 budget" },
    { riskActual: 1000, riskBudget: 225, text: "Risks $1,000.00, 4.4 times the $225.00 budget" },
    { riskActual: 1000, riskBudget: 0, text: "Risks $1,000.00, the budget is $0.00" },
  ])("says $text", ({ text, ...risk }) => {
    expect(riskInWords({ ...recommendation, ...risk })).toBe(text);
  });
});

describe("Words of the panel", () => {
  it("spell a context out", () => {
    expect(contextInWords("BUY|open|4-6x")).toBe("BUY, open, 4-6x");
    expect(contextInWords("5")).toBe("5");
  });

  it("spell an order type out", () => {
    expect(orderTypeInWords("STOP_LIMIT")).toBe("stop limit");
  });

  it("say one trade and several trades", () => {
    expect([tradesInWords(1), tradesInWords(0), tradesInWords(1234)]).toEqual(["1 trade", "0 trades", "1,234 trades"]);
  });

  it("call a made-up market simulated, whatever runs", () => {
    expect(modeInWords({ ...running, mode: "idle", simulated: true })).toBe("SIMULATED");
    expect(modeInWords({ ...running, mode: "live", simulated: false })).toBe("LIVE");
    expect(modeInWords({ ...running, mode: "idle", simulated: false })).toBeUndefined();
    expect(modeInWords({ ...running, mode: "live", simulated: false, paper: true })).toBe("PAPER · LIVE");
    expect(modeInWords({ ...running, mode: "demo", simulated: true, paper: true })).toBe("PAPER · SIMULATED");
    expect(modeInWords({ ...running, mode: "idle", simulated: false, paper: true })).toBe("PAPER");
  });

  it("say how many recommendations have no answer", () => {
    expect([unansweredInWords(1, false), unansweredInWords(3, false), unansweredInWords(1, true)]).toEqual([
      "1 recommendation awaits your answer",
      "3 recommendations await your answer",
      "1 more recommendation awaits your answer",
    ]);
  });

  it("say a recommendation in one sentence", () => {
    expect(recommendationSentence(recommendation).replaceAll(NBSP, " ")).toBe(
      "BUY 2 MES SEP25 at 6027.25, target 6058.25, stop 6011.75, chance 57 %",
    );
  });
});

describe("shownAccount", () => {
  it("is the one the user chose, else the one that traded last, else any", () => {
    const state = { ...running, selected: "paper" as const };
    expect(shownAccount(state, "manual")).toBe(manual);
    expect(shownAccount(state, undefined)).toBe(paper);
    expect(shownAccount({ ...state, accounts: [manual] }, undefined)).toBe(manual);
    expect(shownAccount({ ...state, accounts: [] }, "paper")).toBeUndefined();
  });
});

describe("sortByEvidence", () => {
  it("puts the highest low end first, then more trades, then the name", () => {
    const rows = [row("d", 0.4, 10), row("a", 0.3, 99), row("c", 0.4, 20), row("b", 0.4, 10)];
    expect(sortByEvidence(rows).map(({ context }) => context)).toEqual(["c", "b", "d", "a"]);
  });

  it("gives one order, whatever the order of arrival", () => {
    const rows = ["a", "b", "c", "d", "e"].map((name, index) => row(name, index % 2 === 0 ? 0.4 : 0.5, index % 3));
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(sortByEvidence(shuffled)).toEqual(sortByEvidence(rows));
      }),
    );
  });
});

function row(context: string, low: number, trades: number): ContextRow {
  return {
    context,
    verdict: "Unproven",
    trades,
    wins: 0,
    winRateInterval: [0, 1],
    meanR: 0,
    breakEven: 0.35,
    posterior: 0.5,
    posteriorInterval: [low, 0.9],
    multiplier: 1,
  };
}
