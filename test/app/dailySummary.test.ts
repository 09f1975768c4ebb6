import { describe, expect, it } from "vitest";
import { withoutMoney } from "../../src/app/amounts.js";
import { dailySummary, type ReviewOptions } from "../../src/app/review/review.js";
import type { EngineOutput, Exit } from "../../src/core/events.js";
import { demoFeed } from "../../src/feed/demo.js";
import { at, cents, exit, fill, recommendation, refusal, signal } from "../support/outputs.js";
import { memoryRun } from "./memoryRun.js";
import { betaCdf } from "./panelNumbers/formulas.js";

const REAL: ReviewOptions = { simulated: undefined, problems: [], funFacts: true };
const DAY = "2025-06-10";

const summary = async (outputs: readonly EngineOutput[], date = DAY) =>
  dailySummary(outputs, (await memoryRun("live")).engine.view(), date, REAL);

function closed(n: number, netPnl: number, changes: Partial<Exit> = {}): EngineOutput {
  return exit({
    id: `exit:${n}`,
    recommendation: `r${n}`,
    account: "manual",
    netPnl: cents(netPnl),
    rMultiple: netPnl / 10_000,
    win: netPnl > 0,
    tradingDay: DAY,
    time: at(`${DAY}T15:00:00Z`),
    maePoints: -2.25,
    mfePoints: 4,
    ...changes,
  });
}

/** The cells of the row that begins so. */
function cells(text: string, begin: string): readonly string[] {
  const line = text.split("\n").find((each) => each.startsWith(`| ${begin} |`)) ?? "";
  return line
    .split("|")
    .slice(2, -1)
    .map((cell) => cell.trim());
}

/** Of a Beta distribution, by halving. */
function quantile(share: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (betaCdf(middle, a, b) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

describe("The summary of a day", () => {
  it("has the day's balances, trades with their intervals, and what stood before and after it apart", async () => {
    const before = closed(0, 7_500, { tradingDay: "2025-06-09", time: at("2025-06-09T15:00:00Z") });
    const after = closed(9, 99_900, { tradingDay: "2025-06-11", time: at("2025-06-11T15:00:00Z") });
    const text = await summary([fill({ account: "manual" }), before, closed(1, 10_000), closed(2, -5_000), after]);
    expect(text).toMatch(/^# Daily summary, 2025-06-10\n/);
    expect(cells(text, "Starting balance")).toEqual(["$15,075.00"]);
    expect(cells(text, "Final balance")).toEqual(["$15,125.00"]);
    expect(cells(text, "Total P&L")).toEqual(["+$50.00"]);
    expect(cells(text, "Closed trades")).toEqual(["2 (too few)"]);
    expect(cells(text, "90 % interval")).toEqual(["13.5 % to 86.5 %"]);
    expect(cells(text, "Profit factor")).toEqual(["2.00"]);
    expect(cells(text, "Closed trades so far")).toEqual(["3"]);
    expect(cells(text, "Trades that were watched")).toEqual(["2 of 2"]);
    expect(text).toContain("| 11:00:00 | Your fills | LONG 2 ES JUN25 |");
    expect(text).toContain("| -2.25, 4.00 | 1.00 | +$100.00 |");
    expect(text).not.toContain("$999.00");
  });

  it("says what was not seen of a trade, never 0, and nothing of it that is money where one is discreet", async () => {
    const text = await summary([closed(1, 10_000, { maePoints: undefined, mfePoints: undefined })]);
    expect(text).toContain("| n/a | 1.00 | +$100.00 |");
    expect(withoutMoney(text)).not.toMatch(/\$\d/);
  });

  it("counts the day's signals and refusals, and asks for the answers that are missing", async () => {
    const time = at(`${DAY}T14:32:00Z`);
    const calls = [1, 2].map((n) => recommendation({ id: `r${n}`, account: "manual", time }));
    const filled = fill({ account: "manual", recommendation: "r1", time });
    const text = await summary([signal({ time }), refusal({ time }), ...calls, filled, closed(1, 10_000)]);
    expect(text).toContain("Clusters: 1, of them signals: 1. Recommendations: 2.");
    expect(text).toContain(`Signals refused: ${refusal().reason} 1.`);
    expect(text).toContain("Complete feedback: 1 of 2.");
    expect(text).toContain("Record the rest: 1 of 2 recommendations have no complete answer.");
    expect(cells(text, "Recommendations of the day filled in it")).toEqual(["1 of 2"]);
  });

  it("is calm about a day on which nothing happened, and refuses what is no day", async () => {
    const text = await summary([]);
    expect(text).toContain("No trade was closed.");
    expect(text).toContain("No signal was refused.");
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
    await expect(summary([], "2025-02-30")).rejects.toThrow(RangeError);
  });

  it("of each day of a demo is what its outputs say, and the same text from the same outputs", async () => {
    const run = await memoryRun("demo", { leading: "paper", paperTrades: true, haltEndsWithSession: true });
    await run.run(demoFeed({ seed: 7, days: 12 }), new AbortController().signal);
    const [view, { outputs }] = [run.engine.view(), run];
    const exits = outputs.filter((output): output is Exit => output.type === "exit");
    const days = [...new Set(outputs.flatMap((o) => (o.type === "equity" && o.tradingDay ? [o.tradingDay] : [])))];
    expect(exits.length).toBeGreaterThan(5);
    for (const day of days) {
      const text = dailySummary(outputs, view, day, REAL);
      expect(dailySummary(outputs, view, day, REAL)).toBe(text);
      const own = exits.filter(({ tradingDay }) => tradingDay === day);
      const [won, net] = [own.filter(({ netPnl }) => netPnl > 0).length, own.reduce((sum, e) => sum + e.netPnl, 0)];
      const dollars = `${net > 0 ? "+" : net < 0 ? "-" : ""}$${(Math.abs(net) / 100).toFixed(2)}`;
      expect(cells(text, "Total P&L")[0]?.replace(/,/g, "").replace("−", "-")).toBe(dollars);
      expect(cells(text, "Closed trades")).toEqual([`${own.length} (too few)`]);
      if (own.length === 0) continue;
      expect(cells(text, "Win rate")[0]).toBe(`${((100 * won) / own.length).toFixed(1)} %`);
      const ends = [0.05, 0.95].map((share) => quantile(share, 1 + won, 1 + own.length - won));
      expect(cells(text, "90 % interval")).toEqual([ends.map((end) => `${(100 * end).toFixed(1)} %`).join(" to ")]);
    }
  });
});
