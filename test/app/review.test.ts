import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ReviewOptions, reviewSettings, weeklyReview } from "../../src/app/review/review.js";
import { daysBetween, isIn, weekOf } from "../../src/app/review/week.js";
import { sparkline } from "../../src/app/review/words.js";
import { newYorkTime } from "../../src/app/times.js";
import type { EngineOutput, EngineView } from "../../src/core/events.js";
import { demoFeed } from "../../src/feed/demo.js";
import { at, cents, equity, exit, fill, partialExit, recommendation } from "../support/outputs.js";
import { memoryRun } from "./memoryRun.js";

const WEEK = weekOf("2025-06-09");
const REAL: ReviewOptions = { simulated: undefined, problems: [], funFacts: true };

const view = async (): Promise<EngineView> => (await memoryRun("live")).engine.view();

async function reviewed(outputs: readonly EngineOutput[], options = REAL, week = WEEK): Promise<string> {
  return weeklyReview(outputs, await view(), week, options);
}

function closed(n: number, netPnl: number, changes: Parameters<typeof exit>[0] = {}): EngineOutput {
  return exit({
    id: `exit:${n}`,
    recommendation: `r${n}`,
    account: "manual",
    netPnl: cents(netPnl),
    rMultiple: netPnl / 10_000,
    win: netPnl > 0,
    tradingDay: "2025-06-10",
    time: at("2025-06-10T15:00:00Z"),
    ...changes,
  });
}

describe("A week", () => {
  it.each([
    ["2025-06-09", "2025-06-09"],
    ["2025-06-15", "2025-06-09"],
    ["2024-02-29", "2024-02-26"],
    ["2025-01-01", "2024-12-30"],
  ])("with %s begins on %s", (date, monday) => {
    expect(weekOf(date).monday).toBe(monday);
    expect(isIn(weekOf(date), date)).toBe(true);
    expect(daysBetween(weekOf(date).monday, weekOf(date).sunday)).toBe(6);
  });

  it.each(["2025-02-30", "yesterday", "", "2025-6-9"])("is not made of %j", (date) => {
    expect(() => weekOf(date)).toThrow(RangeError);
  });
});

describe("A record of losses alone", () => {
  const lost = Array.from({ length: 40 }, (_, n) => [
    recommendation({ id: `r${n}`, breakEven: 0.35 }),
    closed(n, -10_000, { confidence: 0.01 }),
  ]).flat();

  it("is told to stop, by the break-even of its brackets", async () => {
    const text = await reviewed(lost);
    expect(text).toContain("the win rate of 0.0 % is below its break-even of 35.0 %, beyond chance (5 %): stop.");
    expect(text).toContain("That break-even is itself an estimate, from the same trades.");
    expect(text).not.toContain("Nothing stands out");
  });
});

describe("An exit of a part", () => {
  const issued = recommendation({ id: "r1", time: at("2025-06-12T15:00:00Z") });
  const filled = fill({ account: "manual", recommendation: "r1", quantity: 3, time: at("2025-06-12T15:01:00Z") });
  const part = partialExit({ recommendation: "r1", tradingDay: "2025-06-12", time: at("2025-06-12T16:00:00Z") });
  const rest = closed(1, 100_000, {
    tradingDay: "2025-06-12",
    time: at("2025-06-17T15:00:00Z"),
    parts: [part, { ...part, id: "exit:1", quantity: 2, netPnl: cents(-53_250), time: at("2025-06-17T15:00:00Z") }],
  });

  it("is in the balance of its week, and stays there when the rest is closed in a later one", async () => {
    const before = [issued, filled, part];
    const published = await reviewed(before);
    expect(published).toMatch(/Final balance[^\n]*16,532\.50/);
    expect(await reviewed([...before, rest])).toBe(published);
    const later = await reviewed([...before, rest], REAL, weekOf("2025-06-17"));
    expect(later).toMatch(/Starting balance[^\n]*16,532\.50/);
    expect(later).toMatch(/Final balance[^\n]*16,000\.00/);
  });
});

describe("An answer in a later week", () => {
  const issued = recommendation({ id: "r1", time: at("2025-06-12T15:00:00Z") });
  const filled = (time: string) => fill({ account: "manual", recommendation: "r1", time: at(time) });
  const late = closed(1, 10_000, { tradingDay: "2025-06-12", time: at("2025-06-17T15:00:00Z") });
  const next = weekOf("2025-06-17");

  it("counts there and leaves the balance of the week before as it was published", async () => {
    const before = [issued, filled("2025-06-12T15:01:00Z")];
    const published = await reviewed(before);
    expect(await reviewed([...before, late])).toBe(published);
    const text = await reviewed([...before, late], REAL, next);
    expect(text).toContain("| Starting balance | $15,000.00 |");
    expect(text).toContain("| Final balance | $15,100.00 |");
    expect(text).toContain("| Closed trades | 1 (too few) |");
  });

  it("never makes more recommendations filled than were issued", async () => {
    const own = recommendation({ id: "r2", time: at("2025-06-17T15:00:00Z") });
    const outputs = [issued, own, filled("2025-06-17T14:00:00Z")];
    expect(await reviewed(outputs, REAL, next)).toContain("| Recommendations of the week filled in it | 0 of 1 |");
    expect(await reviewed(outputs)).toContain("| Recommendations of the week filled in it | 0 of 1 |");
    const both = [
      ...outputs,
      fill({ id: "f2", account: "manual", recommendation: "r2", time: at("2025-06-17T15:01:00Z") }),
    ];
    const text = await reviewed(both, REAL, next);
    expect(text).toContain("| Recommendations of the week filled in it | 1 of 1 |");
    expect(text).toContain("Mean risk of the 1 recommendation that was filled:");
  });

  it("counts on the day of its trade as long as the week is the same, on its Saturday too", async () => {
    const saturday = closed(1, 10_000, { tradingDay: "2025-06-12", time: at("2025-06-14T15:00:00Z") });
    const text = await reviewed([issued, filled("2025-06-12T15:01:00Z"), saturday]);
    expect(text).toContain("| Final balance | $15,100.00 |");
    expect(text).toContain("of 1 |");
  });
});

describe("The weekly review", () => {
  it("gives the user's own Saturday: $15,000.00 to $16,234.75, +8.23 %, 246 lattes", async () => {
    const text = await reviewed([fill({ account: "manual" }), closed(1, 150_000), closed(2, -26_525)]);
    expect(text).toContain("| Starting balance | $15,000.00 |");
    expect(text).toContain("| Final balance | $16,234.75 |");
    expect(text).toContain("| Total return | +8.23 % |");
    expect(text).toContain("| Total P&L | +$1,234.75 |");
    expect(text).toContain("Profit could buy: 246 Starbucks lattes at $5, vacation funds");
    expect(text).toContain("not meaningful under 30 days");
  });

  it("puts an interval beside the win rate, says too few, and withholds the verdict", async () => {
    const text = await reviewed([fill({ account: "manual" }), closed(1, 10_000), closed(2, -5_000)]);
    expect(text).toContain("| Closed trades | 2 (too few) |");
    // Beta(2, 2): its 5 % and 95 % quantiles are 13.5 % and 86.5 %.
    expect(text).toContain("| 90 % interval | 13.5 % to 86.5 % |");
    expect(text).toContain("| Win rate | 50.0 % (13.5 % to 86.5 %) |");
    expect(text).toContain("| Verdict | withheld under 30 trades |");
    expect(text).toContain("| Profit factor | 2.00 |");
    expect(text).toContain("*From your back-test, not verified.*");
  });

  it("is kind in a losing week, and leaves the fun facts out when asked", async () => {
    const outputs = [fill({ account: "manual" }), closed(1, -12_345)];
    const text = await reviewed(outputs);
    expect(text).toContain("24 lattes foregone ($123.45, 0.82 % of the balance)");
    expect(await reviewed(outputs, { ...REAL, funFacts: false })).not.toContain("latte");
  });

  it("buys lattes at the price that the user pays, and goes on vacation from his sum on", async () => {
    const outputs = [fill({ account: "manual" }), closed(1, 123_475)];
    const prices = { latte: 650, vacation: 123_476 };
    expect(await reviewed(outputs, { ...REAL, prices })).toContain("189 Starbucks lattes at $6.50, coffee money");
    const chosen = reviewSettings({ funFacts: false, lattePrice: 6.5, vacationFrom: 1234.75 });
    expect(chosen).toEqual({ funFacts: false, prices: { latte: 650, vacation: 123_475 } });
    const text = await reviewed(outputs, { ...REAL, ...chosen, funFacts: true });
    expect(text).toContain("189 Starbucks lattes at $6.50, vacation funds");
  });

  it("annualises from the first to the last trading day, both counted, and not under 30", async () => {
    const begun = (date: string) => [
      fill({ account: "manual" }),
      closed(1, 150_000, { tradingDay: date, time: at(`${date}T15:00:00Z`) }),
      closed(2, 0, { tradingDay: "2025-06-13", time: at("2025-06-13T15:00:00Z") }),
    ];
    expect(await reviewed(begun("2025-05-16"))).toContain("not meaningful under 30 days");
    // 30 days to 10 %: 1.1 ^ (365 / 30) - 1.
    expect(await reviewed(begun("2025-05-15"))).toContain("| Annualised, since the beginning | +218.87 % |");
  });

  it("says how many trades were sized by evidence, and how sure the mean result is", async () => {
    const calls = [2, 3].map((evidence) => recommendation({ id: `r${evidence - 1}`, evidence, account: "manual" }));
    const text = await reviewed([...calls, fill({ account: "manual" }), closed(1, 15_000), closed(2, 30_000)]);
    expect(text).toContain("Your fills: 1 of 2 trades were sized by evidence.");
    expect(text).toContain("| Sized by evidence | above 95 % | 1 of 2 |");
    // 1 % and 2 % of $15,000: 1.5 % and Student's 6.314 times 0.5 %.
    expect(text).toContain("| +1.50 % (-1.66 % to +4.66 %) |");
  });

  it("counts a Sunday evening's exit in the week that begins on Monday", async () => {
    const evening = closed(1, 5_000, { tradingDay: "2025-06-09", time: at("2025-06-08T22:30:00Z") });
    const fills = [fill({ account: "manual", time: at("2025-06-08T22:10:00Z") })];
    expect(await reviewed([...fills, evening])).toContain("| Closed trades | 1 (too few) |");
    const before = await reviewed([...fills, evening], REAL, weekOf("2025-06-08"));
    expect(before).toContain("| Closed trades | 0 (too few) |");
    expect(before).toContain("| Final balance | $15,000.00 |");
  });

  it("starts a week with what the weeks before left", async () => {
    const before = closed(1, 20_000, { tradingDay: "2025-06-06", time: at("2025-06-06T15:00:00Z") });
    const text = await reviewed([fill({ account: "manual" }), before, closed(2, -10_000)]);
    expect(text).toContain("| Starting balance | $15,200.00 |");
    expect(text).toContain("| Final balance | $15,100.00 |");
    expect(text).toContain("| Return since the beginning | +0.67 % |");
  });

  it("names recommendations without complete feedback, numerator and denominator", async () => {
    const open = recommendation({ id: "r9", account: "manual" });
    const text = await reviewed([recommendation({ id: "r1", account: "manual" }), open, closed(1, 100)]);
    expect(text).toContain("Utilisation: 1 of 2 recommendations have complete feedback (50.0 %)");
    expect(text).toContain("Record the rest: 1 of 2");
  });

  it("says what is simulated at the top", async () => {
    expect(await reviewed([], { simulated: "Simulated.", problems: [], funFacts: true })).toContain(
      "\n**Simulated.**\n",
    );
  });

  it("keeps a context's bars out of the table's own", async () => {
    const run = await memoryRun("demo", { leading: "paper", paperTrades: true, haltEndsWithSession: true });
    await run.run(demoFeed({ seed: 7, days: 20 }), new AbortController().signal);
    const now = run.engine.view();
    const text = weeklyReview(run.outputs, now, weekOf(newYorkTime(now.time).slice(0, 10)), REAL);
    const tables = text.split("\n\n").filter((part) => part.startsWith("|"));
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) {
      const cells = table
        .trim()
        .split("\n")
        .map((line) => line.replaceAll("\\|", "").split("|").length);
      expect(new Set(cells).size).toBe(1);
    }
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("has no NaN whatever the results, and its weeks add up to the whole", async () => {
    const now = await view();
    const results = fc.array(fc.tuple(fc.integer({ min: 0, max: 27 }), fc.integer({ min: -90_000, max: 90_000 })));
    fc.assert(
      fc.property(results, (made) => {
        const outputs = [fill({ account: "manual" })] as EngineOutput[];
        for (const [i, [day, net]] of [...made].sort(([a], [b]) => a - b).entries()) {
          const date = new Date(Date.UTC(2025, 5, 2 + day)).toISOString().slice(0, 10);
          outputs.push(closed(i, net, { tradingDay: date, time: at(`${date}T15:00:00Z`) }));
          outputs.push(equity({ id: `e${i}`, account: "manual", tradingDay: date, time: at(`${date}T20:00:00Z`) }));
        }
        const weeks = [0, 7, 14, 21].map((days) => weekOf(`2025-06-${String(2 + days).padStart(2, "0")}`));
        const texts = weeks.map((week) => weeklyReview(outputs, now, week, REAL));
        for (const text of texts) expect(text).not.toMatch(/NaN|Infinity|undefined/);
        const money = (text: string, row: string) =>
          Number(new RegExp(`\\| ${row} \\| \\+?([^ ]+) \\|`).exec(text)?.[1]?.replace(/[$,]/g, ""));
        const sum = texts.reduce((total, text) => total + money(text, "Total P&L"), 0);
        expect(sum).toBeCloseTo(made.reduce((total, [, net]) => total + net, 0) / 100, 6);
        for (const [i, text] of texts.slice(1).entries()) {
          expect(money(text, "Starting balance")).toBe(money(texts[i] ?? "", "Final balance"));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("The line of bars", () => {
  it("is low where nothing changes, and reaches from the lowest to the highest", () => {
    expect(sparkline([5, 5, 5])).toBe("▁▁▁");
    expect(sparkline([1, 2, 8])).toBe("▁▂█");
  });
});
