import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equityPoints } from "../../src/app/equityPoints.js";
import { performanceReport } from "../../src/app/performance.js";
import { within } from "../../src/app/period.js";
import { reportWords } from "../../src/app/reportWords.js";
import type { EngineOutput, EngineView } from "../../src/core/events.js";
import type { Period } from "../../src/core/protocol.js";
import { countingExits } from "../../src/core/tradeRecords.js";
import { tradeRows } from "../../src/extension/tradeRows.js";
import { infiniteIn } from "../support/infiniteIn.js";
import {
  amendment,
  at,
  cents,
  decision,
  equity,
  exit,
  fill,
  micros,
  partialExit,
  recommendation,
  shadow,
  ticks,
} from "../support/outputs.js";

const OPTIONS = { haltingDrawdown: 0.05 };
const DAY = 86_400_000_000;
const NOW = at("2025-07-01T20:00:00Z");
const account = {
  startBalance: cents(1_500_000),
  balance: cents(1_500_000),
  equity: 1_500_000,
  drawdown: 0,
  maxDrawdown: 0,
  halted: false,
  closedTrades: 0,
  wins: 0,
  netPnl: cents(0),
};
const view = { accounts: [{ name: "manual", ...account }], contexts: [] } as unknown as EngineView;

interface Trade {
  readonly id: string;
  readonly day: string;
  readonly net: number;
  readonly r: number;
  readonly by?: "manual" | "target" | "stop";
  readonly shadowR?: number;
}

/** A recommendation with its fill, its exit and its shadow of 1 R = $100. */
function traded({ id, day, net, r, by = r > 0 ? "target" : "stop", shadowR }: Trade): readonly EngineOutput[] {
  const time = at(`${day}T18:00:00Z`);
  const of = { account: "manual", recommendation: id, time, at: time } as const;
  return [
    recommendation({ id, account: "manual", time, tradingDay: day, quantity: 2 }),
    fill({ ...of, id: `fill ${id}` }),
    exit({
      ...of,
      id: `exit ${id}`,
      tradingDay: day,
      netPnl: cents(net * 100),
      grossPnl: cents(net * 100 + 500),
      commission: cents(500),
      rMultiple: r,
      win: net > 0,
      points: r * 15.5,
      reason: by,
      reasonChecked: by,
      quantity: 2,
      confidence: 0.5,
    }),
    ...(shadowR === undefined
      ? []
      : [shadow({ id: `shadow ${id}`, recommendation: id, rMultiple: shadowR, netPnl: cents(shadowR * 10_000) })]),
  ];
}

const TRADES: readonly EngineOutput[] = [
  traded({ id: "A", day: "2025-05-05", net: 195, r: 2, shadowR: 2 }),
  traded({ id: "B", day: "2025-06-20", net: -105, r: -1, shadowR: -1 }),
  traded({ id: "C", day: "2025-06-20", net: 45, r: 0.5, by: "manual", shadowR: 2 }),
  traded({ id: "D", day: "2025-06-27", net: -35, r: -0.3, by: "manual", shadowR: -1 }),
].flat();

const report = (period: Period, outputs = TRADES) => performanceReport(view, outputs, period, NOW, OPTIONS).accounts[0];

describe("The report on a period", () => {
  it.each([
    [{ kind: "all" }, 4, 100],
    [{ kind: "days", days: 30 }, 3, -95],
    [{ kind: "days", days: 7 }, 1, -35],
    [{ kind: "range", from: "2025-05-05", to: "2025-06-20" }, 3, 135],
  ] as const)("counts the trades of %j alone", (period, trades, net) => {
    expect(report(period)?.trades).toBe(trades);
    expect(report(period)?.units[0]).toMatchObject({ name: "Net result", usd: net });
  });

  it("takes a range by trading days, so that Sunday evening is of Monday", () => {
    const sunday = { time: at("2025-06-08T23:00:00Z"), tradingDay: "2025-06-09" };
    expect(within({ kind: "range", from: "2025-06-09", to: "2025-06-09" }, NOW)(sunday)).toBe(true);
    expect(within({ kind: "days", days: 1 }, micros(sunday.time + DAY + 1))(sunday)).toBe(false);
  });

  it("has every result in dollars, ticks of one contract and R", () => {
    const units = new Map(report({ kind: "all" })?.units.map((row) => [row.name, row]));
    expect(units.get("Mean win")).toMatchObject({ usd: 120, ticks: 77.5, r: 1.25 });
    expect(units.get("Median loss")).toMatchObject({ usd: -70, r: expect.closeTo(-0.65, 12) });
    expect([units.get("Gross result")?.usd, units.get("Fees")?.usd]).toEqual([120, -20]);
  });

  it("tells how long answers took, from the signal to the fill, from that to its record, and to a skip", () => {
    const time = at("2025-06-25T18:00:00Z");
    const answered = (id: string, fillAfter: number, recordAfter: number) => [
      recommendation({ id, account: "manual", time, tradingDay: "2025-06-25" }),
      fill({
        ...{ id: `fill ${id}`, account: "manual", recommendation: id },
        time: micros(time + fillAfter * 1e6),
        at: micros(time + recordAfter * 1e6),
      }),
    ];
    const skip = [
      recommendation({ id: "S", account: "manual", time, tradingDay: "2025-06-25" }),
      decision({ id: "no S", account: "manual", recommendation: "S", time, at: micros(time + 9e6) }),
    ];
    const outputs = [...answered("A", 4, 5), ...answered("B", 6, 20), ...answered("C", 11, 12), ...skip];
    const figures = new Map(report({ kind: "all" }, outputs)?.figures.map((each) => [each.name, each]));
    expect(figures.get("Signal to fill, median")).toMatchObject({ value: 6, unit: "seconds", note: "n = 3" });
    expect(figures.get("Fill to record, median")).toMatchObject({ value: 1 });
    expect(figures.get("Signal to skip, median")).toMatchObject({ value: 9, note: "n = 1" });
    expect(
      report({ kind: "all" }, [])?.figures.find(({ name }) => name.startsWith("Signal to fill"))?.value,
    ).toBeUndefined();
  });

  it("draws where more trades like the closed ones may lead, from 30 on, and how their size was multiplied", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        traded({ id: `T${i}`, day: "2025-06-20", net: i % 3 === 0 ? 195 : -105, r: i % 3 === 0 ? 2 : -1 }),
      ).flat();
    expect(report({ kind: "all" }, many(29))?.cone).toBeUndefined();
    const of = report({ kind: "days", days: 1 }, many(30));
    expect(of?.cone?.steps.at(-1)?.trades).toBe(500);
    expect(of?.multipliers).toHaveLength(30);
    const halted = (drawdown: number, limitPeak: number) =>
      report({ kind: "all" }, [...many(30), equity({ account: "manual", drawdown, peak: 1_500_000, limitPeak })])?.cone;
    // 6 % below the peak: halted, but where a reset has put the limit's own peak to where the equity is.
    expect(halted(0.06, 1_500_000)?.halted).toBe(1);
    expect(halted(0.06, 1_410_000)?.halted).toBeLessThan(1);
    const words = reportWords(performanceReport(view, many(30), { kind: "all" }, NOW, OPTIONS)).join("\n");
    expect(words).toMatch(/Simulated, not forecast: 1000 futures of 500 trades .* \d+ % reach the emergency stop/);
    expect(reportWords(performanceReport(view, many(29), { kind: "all" }, NOW, OPTIONS)).join("\n")).toContain(
      "Simulated futures: withheld under 30 closed trades",
    );
  });

  it("adds up what exits by hand and skips have cost against the paper rules alone, in the size that was traded", () => {
    const time = at("2025-06-25T18:00:00Z");
    const skipped = (id: string, shadowR: number) => [
      recommendation({ id, account: "manual", time, tradingDay: "2025-06-25" }),
      decision({ id: `no ${id}`, account: "manual", recommendation: id, time, at: time }),
      shadow({ id: `shadow ${id}`, recommendation: id, rMultiple: shadowR, netPnl: cents(shadowR * 10_000) }),
    ];
    const [overrides, skips] =
      report({ kind: "all" }, [...TRADES, ...skipped("S", 2), ...skipped("T", -1)])?.costs ?? [];
    // (200 - 45) + (-100 + 35) dollars; (2 - 0.5) + (-1 + 0.3) R
    expect(overrides).toMatchObject({
      name: "Overrides",
      count: 2,
      usd: { total: 90 },
      r: { total: expect.closeTo(0.8, 12) },
    });
    expect(skips).toMatchObject({ name: "Skips", count: 2, usd: { total: 100 }, r: { total: 1 } });
    const [low, high] = skips?.r.interval ?? [];
    expect(low).toBeLessThan(-1);
    expect(high).toBeGreaterThan(2);
  });

  it("leaves out of the overrides an exit by hand that the user called planned", () => {
    const said = (override: boolean) =>
      TRADES.map((output) => (output.type === "exit" && output.id === "exit C" ? { ...output, override } : output));
    expect(report({ kind: "all" }, said(true))?.costs[0]).toMatchObject({ count: 2, usd: { total: 90 } });
    expect(report({ kind: "all" }, said(false))?.costs[0]).toMatchObject({ count: 1, usd: { total: -65 } });
  });

  it("says how much of what was recommended is recorded, and how it differs from the paper rules alone", () => {
    const open = recommendation({ id: "Z", account: "manual", time: NOW, tradingDay: "2025-07-01" });
    const all = report({ kind: "all" }, [...TRADES, open]);
    expect(all?.coverage).toEqual({ issued: 5, complete: 4, filled: 4 });
    expect(all?.shadow).toMatchObject({
      trades: 4,
      winRate: 0.5,
      shadowWinRate: 0.5,
      all: 4,
      meanR: expect.closeTo(0.3, 12),
      shadowMeanR: 0.5,
    });
    const words = reportWords(performanceReport(view, [...TRADES, open], { kind: "all" }, NOW, OPTIONS)).join("\n");
    expect(words).toContain("4 of 5 recommendations have complete feedback (80 %); winners are remembered better");
  });

  it("scores all trades whatever the period, withholds a verdict under 30, and has the target as a claim", () => {
    const of = report({ kind: "days", days: 7 })?.calibration;
    expect(of).toMatchObject({
      forecasts: 4,
      verdict: undefined,
      brier: 0.25,
      brierOfHalf: 0.25,
      target: 0.647,
      winRate: 0.5,
    });
    expect(of?.logLoss).toBeCloseTo(Math.LN2, 12);
    const { stop, price, target } = recommendation();
    expect(of?.nulls.map(({ name, rate }) => [name, rate])).toEqual([
      ["A coin", 0.5],
      ["Break-even", expect.closeTo(recommendation().breakEven, 12)],
      ["Random entry", expect.closeTo((price - stop) / (target - stop), 12)],
    ]);
    const words = reportWords(performanceReport(view, TRADES, { kind: "all" }, NOW, OPTIONS)).join("\n");
    expect(words).toContain("verdict withheld under 30 trades");
    expect(words).toContain("your target of 64.7 % is not verified");
  });

  it("adds the days of the calendar up to the balance", () => {
    expect(report({ kind: "days", days: 7 })?.days).toEqual([
      { date: "2025-05-05", trades: 1, wins: 1, netPnl: 195, r: 2 },
      { date: "2025-06-20", trades: 2, wins: 1, netPnl: -60, r: -0.5 },
      { date: "2025-06-27", trades: 1, wins: 0, netPnl: -35, r: -0.3 },
    ]);
  });

  it("lists hours, weekdays and quantities in their own order, of the rest the most frequent first", () => {
    const of = (id: string, hour: number, quantity: number, day: string, direction: "BUY" | "SHORT") =>
      exit({
        ...{ id, account: "manual", recommendation: id, tradingDay: day, quantity, direction },
        entryTime: at(`${day}T${hour}:05:00Z`),
        time: at(`${day}T19:00:00Z`),
      });
    const outputs = [
      of("a", 18, 10, "2025-06-11", "SHORT"),
      of("b", 18, 10, "2025-06-12", "SHORT"),
      of("c", 14, 2, "2025-06-09", "BUY"),
      of("d", 15, 2, "2025-06-11", "SHORT"),
    ];
    const [{ groups = [] } = {}] = performanceReport(view, outputs, { kind: "all" }, NOW, OPTIONS).accounts;
    const names = (by: string) => groups.find((group) => group.by === by)?.rows.map(({ name }) => name);
    expect(names("Hour of the entry, New York")).toEqual(["10:00", "11:00", "14:00"]);
    expect(names("Weekday")).toEqual(["Monday", "Wednesday", "Thursday"]);
    expect(names("Contracts")).toEqual(["2", "10"]);
    expect(names("Direction")).toEqual(["SHORT", "BUY"]);
  });

  it("has fees and slippage in dollars, ticks and R, and the excursions of what was watched", () => {
    const [buy] = traded({ id: "A", day: "2025-06-20", net: 195, r: 2 });
    const taken = exit({ account: "manual", recommendation: "A", quantity: 2 });
    const of = report({ kind: "all" }, [...(buy === undefined ? [] : [buy]), taken]);
    const units = new Map(of?.units.map((row) => [row.name, row]));
    // $1,525 gross and $10 of fees on 2 contracts of $12.50 a tick, 61 ticks above the stop; a tick better than the signal.
    expect(units.get("Net result")).toMatchObject({ usd: 1515, ticks: 60.6, r: expect.closeTo(60.6 / 61, 12) });
    expect(units.get("Fees")).toMatchObject({ usd: -10, ticks: -0.4, r: expect.closeTo(-0.4 / 61, 12) });
    expect(units.get("Slippage, in the gross result")).toMatchObject({ usd: 25, ticks: 1 });
    expect(units.get("Worst in between, mean")).toMatchObject({ usd: -250, ticks: -10 });
    expect(units.get("Best exits, in all")).toMatchObject({ usd: 1525, ticks: 61, r: 1 });
    const figure = (name: string) => of?.figures.find((each) => each.name === name);
    expect(figure("Exit efficiency")).toMatchObject({ value: 1, note: "result over best in between, 1 watched" });
    expect(figure("Sharpe")).toMatchObject({ weak: true, note: "0 days: too few" });
  });

  it("counts falls after each exit, and the days under water", () => {
    const days = ["2025-06-16", "2025-06-17", "2025-06-18", "2025-06-20"];
    const nets = [300, -500, 100, -100];
    const outputs = days.flatMap((day, i) => [
      ...traded({ id: `W${i}`, day, net: nets[i] ?? 0, r: (nets[i] ?? 0) / 100 }),
      equity({ id: `e${i}`, account: "manual", tradingDay: day, time: at(`${day}T20:00:00Z`) }),
    ]);
    const figures = new Map(report({ kind: "all" }, outputs)?.figures.map(({ name, value }) => [name, value]));
    expect(figures.get("Largest fall of the balance")).toBe(500);
    expect(figures.get("Largest drawdown, closed")).toBeCloseTo(500 / 15_300, 12);
    expect(figures.get("Days under water")).toBe(3);
    expect(figures.get("Longest under water, days")).toBe(3);
    expect(figures.get("Under water now, days")).toBe(3);
  });

  it("simulates nothing from trades that lost more than there was, or were made with nothing", () => {
    const many = Array.from({ length: 40 }, (_, i) => traded({ id: `N${i}`, day: "2025-06-20", net: -15_000, r: -3 }));
    expect(report({ kind: "all" }, many.flat())?.cone).toBeUndefined();
    const broke = many
      .flat()
      .map((output) => (output.type === "exit" ? { ...output, balanceBefore: cents(0) } : output));
    expect(infiniteIn(report({ kind: "all" }, broke))).toEqual([]);
  });

  it("has finite numbers, an interval beside every rate, and sums that fit, whatever was traded", () => {
    // Over the end of the year and of summer time, with losses alone, nothing but zeros and outliers among them.
    const net = fc.oneof(fc.constant(0), fc.integer({ min: -900, max: 900 }), fc.constantFrom(-14_000, 1_000_000));
    const trades = fc.array(fc.record({ day: fc.integer({ min: 0, max: 400 }), net, isByHand: fc.boolean() }), {
      maxLength: 45,
    });
    const periods = fc.constantFrom<Period>(
      { kind: "all" },
      { kind: "days", days: 30 },
      { kind: "range", from: "2024-12-30", to: "2025-01-03" },
    );
    fc.assert(
      fc.property(trades, periods, (made, period) => {
        const dated = made.toSorted((a, b) => a.day - b.day);
        const outputs = dated.flatMap((trade, i) => {
          const day = new Date(Date.UTC(2024, 9, 1 + trade.day)).toISOString().slice(0, 10);
          const r = trade.net / 100;
          return [
            ...traded({ id: `P${i}`, day, net: trade.net, r, shadowR: 1, ...(trade.isByHand && { by: "manual" }) }),
            equity({ id: `e${i}`, account: "manual", tradingDay: day, time: at(`${day}T21:00:00Z`) }),
          ];
        });
        const all = performanceReport(view, outputs, period, at("2025-11-10T20:00:00Z"), OPTIONS);
        expect(infiniteIn(all)).toEqual([]);
        const [of] = all.accounts;
        const isIn = within(period, at("2025-11-10T20:00:00Z"));
        const counted = outputs.filter((output) => output.type === "exit").filter(isIn);
        expect(of?.trades).toBe(counted.length);
        expect(of?.tooFew).toBe(counted.length < 30);
        expect(of?.units[0]?.usd).toBeCloseTo(counted.reduce((sum, { netPnl }) => sum + netPnl, 0) / 100, 6);
        const rated = of?.figures.filter(({ name }) => name === "Win rate" || name === "Loss rate") ?? [];
        for (const { value, note } of rated)
          expect(note?.startsWith("90 %: ")).toBe(value === undefined ? undefined : true);
        for (const { rows } of of?.groups ?? [])
          for (const {
            wins,
            trades: n,
            winRateInterval: [low, high],
          } of rows) {
            expect(low).toBeLessThanOrEqual((wins + 1) / (n + 2));
            expect(high).toBeGreaterThanOrEqual((wins + 1) / (n + 2));
          }
        expect(of?.cone === undefined).toBe(made.length < 30);
        const words = reportWords(all).join();
        expect(words).not.toMatch(/NaN|undefined|Infinity/);
      }),
      { numRuns: 60 },
    );
  });

  it("has no number that is none, for nothing, one trade, losses alone and a flat account", () => {
    const flat = traded({ id: "F", day: "2025-06-20", net: 0, r: 0 });
    const none = traded({ id: "G", day: "2025-06-20", net: -5, r: 0 });
    for (const outputs of [[], flat, none, [...flat, ...none]]) {
      const made = performanceReport(view, outputs, { kind: "all" }, NOW, OPTIONS);
      const numbers = JSON.stringify(made, (_, value: unknown) =>
        typeof value === "number" && !Number.isFinite(value) ? "NaN" : value,
      );
      expect(numbers).not.toContain("NaN");
      expect(reportWords(made).join()).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});

describe("A trade that was closed in parts", () => {
  const day = "2025-06-20";
  const entered = at(`${day}T17:00:00Z`);
  const of = { account: "manual", recommendation: "P" } as const;
  const parts = [
    { price: 24_103, quantity: 1, net: 75_750, time: at(`${day}T18:00:00Z`), reason: "target" },
    { price: 24_061, quantity: 2, net: 46_500, time: at("2025-06-23T14:00:00Z"), reason: "manual" },
  ] as const;
  const [first, last] = parts.map(({ price, net, reason, ...rest }, place) =>
    partialExit({
      ...of,
      ...rest,
      ...{ id: `exit:${place}`, tradingDay: day, price: ticks(price), at: rest.time, reason, reasonChecked: reason },
      ...{ netPnl: cents(net), grossPnl: cents(net + 500 * rest.quantity), commission: cents(500 * rest.quantity) },
      ...{ balanceBefore: cents(1_500_000), balanceAfter: cents(1_500_000 + net) },
    }),
  );
  if (first === undefined || last === undefined) throw new Error("No parts");
  const open: readonly EngineOutput[] = [
    recommendation({ ...of, id: "P", time: entered, tradingDay: day, quantity: 3 }),
    fill({ ...of, id: "fill", time: entered, at: entered, quantity: 3 }),
    first,
  ];
  const net = parts.reduce((total, part) => total + part.net, 0);
  const mean = parts.reduce((total, { price, quantity }) => total + (price * quantity) / 3, 0);
  /** The stop of the call is 61 ticks of $12.50 below the fill. */
  const r = (mean - 24_042) / 61;
  const closed = exit({
    ...of,
    ...{ id: "exit:1", tradingDay: day, time: last.time, at: last.time, entryTime: entered, quantity: 3, price: mean },
    ...{
      netPnl: cents(net),
      grossPnl: cents(net + 1_500),
      commission: cents(1_500),
      points: (mean - 24_042) / 4,
      rMultiple: r,
    },
    ...{ win: true, reason: "manual", reasonChecked: "manual", parts: [first, last] },
    ...{ balanceBefore: cents(1_500_000), balanceAfter: cents(1_500_000 + net) },
  });
  const reportOf = (outputs: readonly EngineOutput[]) =>
    performanceReport(view, outputs, { kind: "all" }, NOW, OPTIONS).accounts[0];

  it("is in no statistic and on no day while some of it is open", () => {
    expect(reportOf(open)).toMatchObject({ trades: 0, days: [] });
    expect(tradeRows(countingExits(open))).toEqual([]);
  });

  it("is one trade then, of all that its parts made, on the day of the trade", () => {
    const report = reportOf([...open, closed]);
    expect(report?.trades).toBe(1);
    expect(report?.days).toEqual([{ date: day, trades: 1, wins: 1, netPnl: net / 100, r }]);
    expect(report?.units[0]).toMatchObject({ usd: net / 100, r: expect.closeTo(net / (3 * 61 * 1_250), 9) });
    expect(tradeRows(countingExits([...open, closed]))).toMatchObject([
      { quantity: 3, exit: "6018.75", exits: ["1 @ 6025.75", "2 @ 6015.25"], reason: "manual", netPnl: net / 100 },
    ]);
  });

  it("moves the curve with each part, at the time of that part, once anything was corrected", () => {
    const points = equityPoints([...open, closed, amendment({ recommendation: "another" })], "manual");
    expect(points).toMatchObject([
      { time: first.time / 1e6, balance: 15_757.5 },
      { time: last.time / 1e6, balance: (1_500_000 + net) / 100 },
    ]);
  });
});
