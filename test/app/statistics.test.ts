import { describe, expect, it } from "vitest";
import type { Run } from "../../src/app/run.js";
import { statisticsLine, statisticsOf, statisticsWords } from "../../src/app/statistics.js";
import type { Micros } from "../../src/core/units.js";
import { demoFeed } from "../../src/feed/demo.js";
import { cents, exit, fill, recommendation } from "../support/outputs.js";
import { memoryRun } from "./memoryRun.js";

async function demoRun(days: number): Promise<Run> {
  const run = await memoryRun("demo", { leading: "paper", paperTrades: true, haltEndsWithSession: true });
  await run.run(demoFeed({ seed: 7, days }), new AbortController().signal);
  return run;
}

describe("The performance tables", () => {
  it("sum up to the balance of the account, and over the contexts to the account", async () => {
    const run = await demoRun(40);
    const { accounts, contexts } = statisticsOf(run.engine.view(), run.outputs, undefined);
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
    const all = statisticsOf(run.engine.view(), run.outputs, undefined);
    const some = statisticsOf(run.engine.view(), run.outputs, since);
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
    const [manual] = statisticsOf(view, outputs, undefined).accounts;
    expect(manual).toMatchObject({
      trades: 3,
      wins: 1,
      winRate: 1 / 3,
      expectancy: 5000,
      profitFactor: 2,
      tooFew: true,
    });
    expect(manual?.expectancyR).toBeCloseTo(1 / 6, 12);
    expect(statisticsOf(view, outputs.slice(0, 3), undefined).accounts[0]?.profitFactor).toBeUndefined();
    expect(statisticsOf(view, [], undefined).accounts[0]).toMatchObject({
      trades: 0,
      winRate: undefined,
      expectancy: undefined,
    });
  });

  it("say that few trades are too few, and whose claim the target is", async () => {
    const run = await demoRun(5);
    const words = statisticsWords(statisticsOf(run.engine.view(), run.outputs, undefined)).join("\n");
    expect(words).toContain("too few");
    expect(words).toContain("64.7 % won is your target, not verified");
    const line = JSON.stringify(statisticsLine(statisticsOf(run.engine.view(), run.outputs, undefined)));
    expect(line).toContain('"target":{"winRate":0.647,"note":"your target, not verified"}');
    expect(line).not.toContain("undefined");
  });
});
