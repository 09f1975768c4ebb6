import { describe, expect, it } from "vitest";
import type { Run } from "../../src/app/run.js";
import { parseSettings } from "../../src/app/settings.js";
import { statisticsOf } from "../../src/app/statistics.js";
import { statisticsLine } from "../../src/app/statisticsLine.js";
import { statisticsWords } from "../../src/app/statisticsWords.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent, EngineOutput } from "../../src/core/events.js";
import { tradeMetrics } from "../../src/core/ledger/metrics.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import type { Micros } from "../../src/core/units.js";
import { demoFeed } from "../../src/feed/demo.js";
import { restoredEvents } from "../../src/store/restore.js";
import { after, cents, exit, fill, recommendation, SIGNAL_TIME, ticks } from "../support/outputs.js";
import { memoryRun } from "./memoryRun.js";

async function demoRun(days: number): Promise<Run> {
  const run = await memoryRun("demo", { leading: "paper", paperTrades: true, haltEndsWithSession: true });
  await run.run(demoFeed({ seed: 7, days }), new AbortController().signal);
  return run;
}

describe("The performance tables", () => {
  it("sum up to the balance of the account, and over the contexts to the account", async () => {
    const run = await demoRun(40);
    const { accounts, contexts } = statisticsOf(run.engine.view(), run.outputs);
    const paper = accounts.find((row) => row.account === "paper");
    expect(paper?.trades).toBeGreaterThan(10);
    expect((paper?.startBalance ?? 0) + (paper?.netPnl ?? 0)).toBe(paper?.balance);
    expect(contexts.reduce((sum, row) => sum + row.trades, 0)).toBe(paper?.trades);
    expect(contexts.reduce((sum, row) => sum + row.netPnl, 0)).toBe(paper?.netPnl);
    expect(contexts.reduce((sum, row) => sum + row.wins, 0)).toBe(paper?.wins);
  });

  it("count only trades since a moment, while balance and posterior are of all", async () => {
    const run = await demoRun(40);
    const exits = run.outputs.filter((output) => output.type === "exit");
    const since = exits[5]?.time as Micros;
    const all = statisticsOf(run.engine.view(), run.outputs);
    const some = statisticsOf(run.engine.view(), run.outputs, ({ time }) => since <= time);
    const paper = (tables: typeof all) => tables.accounts.find((row) => row.account === "paper");
    expect(paper(some)?.trades).toBe(exits.length - 5);
    expect(paper(some)?.balance).toBe(paper(all)?.balance);
  });

  it("give mean, profit factor and their absence by hand-made trades", async () => {
    const view = (await memoryRun("demo")).engine.view();
    const outputs = [
      recommendation({ account: "manual" }),
      fill({ account: "manual" }),
      exit({ account: "manual", netPnl: cents(30_000), rMultiple: 2, win: true }),
      exit({ account: "manual", netPnl: cents(-10_000), rMultiple: -1, win: false }),
      exit({ account: "manual", netPnl: cents(-5_000), rMultiple: -0.5, win: false }),
    ];
    const [manual] = statisticsOf(view, outputs).accounts;
    expect(manual).toMatchObject({
      trades: 3,
      wins: 1,
      winRate: 1 / 3,
      expectancy: 5000,
      profitFactor: 2,
      tooFew: true,
    });
    expect(manual?.expectancyR).toBeCloseTo(1 / 6, 12);
    expect(statisticsOf(view, outputs.slice(0, 3)).accounts[0]?.profitFactor).toBeUndefined();
    expect(statisticsOf(view, []).accounts[0]).toMatchObject({
      trades: 0,
      winRate: undefined,
      expectancy: undefined,
    });
  });

  it("say that few trades are too few, and whose claim the target is", async () => {
    const run = await demoRun(5);
    const words = statisticsWords(statisticsOf(run.engine.view(), run.outputs)).join("\n");
    expect(words).toContain("too few");
    expect(words).toContain("64.7 % won is your target, not verified");
    const line = JSON.stringify(statisticsLine(statisticsOf(run.engine.view(), run.outputs)));
    expect(line).toContain('"target":{"winRate":0.647,"note":"your target, not verified"}');
    expect(line).not.toContain("undefined");
  });

  it("hold every figure of the account, each by the ledger's own metrics", async () => {
    const run = await demoRun(40);
    const [paper] = statisticsOf(run.engine.view(), run.outputs).accounts;
    const exits = run.outputs.filter((output) => output.type === "exit");
    const rows = run.outputs.filter((output) => output.type === "equity" && output.tradingDay !== undefined);
    expect(paper).toMatchObject(tradeMetrics(exits));
    expect(rows).toHaveLength(40);
    expect(paper?.daily.dailyReturns).toHaveLength(40);
    expect(paper?.daily.totalReturn).toBeCloseTo((paper?.balance ?? 0) / (paper?.startBalance ?? 1) - 1, 12);
    // Eight weeks of five sessions, from a Monday to a Friday: 54 days after the first, which counts itself.
    expect(paper?.daily.annualReturn).toBeCloseTo((1 + (paper?.daily.totalReturn ?? 0)) ** (365 / 54) - 1, 12);
    expect(paper?.fewDays).toBe(false);
    expect(paper?.excursions.watched).toBe(exits.length);
    const closed = exits.map((output) => output.balanceAfter);
    expect(paper?.maxDrawdownClosed).toBeCloseTo(deepest([paper?.startBalance ?? 0, ...closed]), 12);
    expect(paper?.maxDrawdown).toBeGreaterThanOrEqual(paper?.maxDrawdownClosed ?? 1);
    const evidence = run.outputs.flatMap((output) => (output.type === "recommendation" ? [output] : []));
    const proven = exits.filter(
      ({ recommendation: id }) => (evidence.find((row) => row.id === id)?.evidence ?? 0) >= 3,
    );
    expect(paper?.utilisation).toBeCloseTo(proven.length / exits.length, 12);
  });

  it("say what is not meaningful or too few, instead of a figure that would mislead", async () => {
    const [short, long] = [await demoRun(5), await demoRun(40)].map((run) =>
      statisticsWords(statisticsOf(run.engine.view(), run.outputs)).join("\n"),
    );
    expect(short).toMatch(/annual return .*not meaningful under 30 days/);
    expect(short).toMatch(/Calmar .*not meaningful/);
    expect(short).toMatch(/Sharpe, by day .*\(5 days: too few\)/);
    expect(short).toMatch(/confidence was .*too few to say/);
    expect(long).toMatch(/annual return +-?[\d.]+ %$/m);
    expect(short).toMatch(/the earlier system's figure +n\/a/);
    expect(long).toMatch(/Sharpe, by day +-?\d\.\d\d$/m);
  });

  it("have the earlier system's annual figure beside the compound one: the return times 252 over the sessions", async () => {
    const run = await demoRun(40);
    const [account] = statisticsOf(run.engine.view(), run.outputs).accounts.filter(({ trades }) => trades > 0);
    const sessions = run.outputs.filter((output) => output.type === "equity" && output.tradingDay !== undefined);
    const own = sessions.filter((output) => output.type === "equity" && output.account === account?.account);
    expect(account?.earlierAnnualReturn).toBeCloseTo(((account?.totalReturn ?? 0) * 252) / own.length, 12);
  });

  it("count days since a moment from the balance of the day before it", async () => {
    const run = await demoRun(40);
    const rows = run.outputs.flatMap((output) =>
      output.type === "equity" && output.tradingDay !== undefined ? [output] : [],
    );
    const since = rows[30]?.time as Micros;
    const [paper] = statisticsOf(run.engine.view(), run.outputs, ({ time }) => since <= time).accounts;
    expect(paper?.daily.dailyReturns).toHaveLength(10);
    expect(paper?.daily.totalReturn).toBeCloseTo((rows[39]?.balance ?? 0) / (rows[29]?.balance ?? 1) - 1, 12);
    expect(paper?.daily.annualReturn).toBeUndefined();
    expect(paper?.fewDays).toBe(true);
  });
});

it("The daily figures are those of one who never erred, where a record was corrected on a later day", () => {
  const [price, day] = [ticks(24_043), 86_400];
  const issued = recommendation({ account: "manual" });
  const said = { type: "account", account: "manual", recommendation: issued.id } as const;
  const daily = (wrongly: number) => {
    const engine = new Engine(
      parseSettings({}),
      { leading: "manual", paperTrades: false, haltEndsWithSession: false },
      NO_HOLIDAYS,
    );
    const kept: EngineOutput[] = [issued];
    const run = (...events: readonly EngineEvent[]) => {
      for (const event of events) kept.push(...engine.process(event));
    };
    run({ type: "contract", instrument: 42, symbol: "ESM5", time: SIGNAL_TIME }, ...restoredEvents([issued]));
    run({ type: "clock", time: SIGNAL_TIME });
    run({ ...said, kind: "fill", id: "f", price, quantity: 2, time: after(1) });
    run({ ...said, kind: "exit", id: "x", price: ticks(wrongly), reason: "manual", time: after(6) });
    run({ type: "clock", time: after(day / 2) });
    const target = kept.find(({ type }) => type === "exit");
    if (target?.type !== "exit") return expect.fail("no exit");
    const correction = { price: ticks(24_083) };
    run({ ...said, kind: "amendment", id: "a", target: target.id, correction, why: "Misread", time: after(day / 2) });
    run({ type: "clock", time: after(3 * day) });
    return statisticsOf(engine.view(), kept, undefined).accounts[0]?.daily;
  };
  const [erring, right] = [daily(20_043), daily(24_082)];
  expect(erring).toEqual(right);
  expect(erring?.maxDrawdown).toBe(0);
  expect(erring?.dailyReturns.length).toBeGreaterThan(2);
});

function deepest(balances: readonly number[]): number {
  let [peak, fall] = [0, 0];
  for (const balance of balances) {
    peak = Math.max(peak, balance);
    fall = Math.max(fall, (peak - balance) / peak);
  }
  return fall;
}
