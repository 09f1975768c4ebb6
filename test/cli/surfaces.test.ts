import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statisticsOf } from "../../src/app/statistics.js";
import type { DashboardAccount } from "../../src/core/protocol.js";
import { winRateInterval } from "../../src/core/sizing/posterior.js";
import { dashboardState } from "../../src/extension/dashboardState.js";
import { PresentExits } from "../../src/extension/presentExits.js";
import { AT_REST } from "../../src/extension/standing.js";
import { demoFeed } from "../../src/feed/demo.js";
import { folderRun } from "../app/memoryRun.js";
import { inProcess } from "./inProcess.js";

const PAPER = { leading: "paper", paperTrades: true, haltEndsWithSession: true } as const;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "surfaces-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder whose market was stopped within a trading day, after the account's `exits`th exit. */
async function stoppedAfter(exits: number): Promise<string> {
  const data = join(folder, `${exits}`);
  const stop = new AbortController();
  let left = exits;
  const run = await folderRun("demo", data, PAPER, [
    (output) => {
      if (output.type === "exit" && --left === 0) stop.abort();
    },
  ]);
  await run.run(demoFeed({ seed: 7 }), stop.signal);
  const last = run.outputs.findLast((output) => output.type === "exit");
  const ended = run.outputs.some((output) => output.type === "equity" && output.tradingDay === last?.tradingDay);
  await run.close();
  expect(ended, "the trading day of the last exit has not ended").toBe(false);
  return data;
}

async function inPanel(data: string, account = "paper"): Promise<DashboardAccount | undefined> {
  const run = await folderRun("demo", data, { ...PAPER, leading: "manual" });
  await run.restore();
  const standing = { ...AT_REST, market: "demo" as const, view: run.engine.view() };
  const state = dashboardState({
    standing,
    outputs: run.outputs,
    exits: new PresentExits().of(run.outputs),
    timeZone: "America/New_York",
    winRateInterval,
  });
  await run.close();
  return state.accounts.find(({ name }) => name === account);
}

interface Figures {
  readonly account: string;
  readonly [name: string]: unknown;
}

async function inTables(data: string): Promise<Figures | undefined> {
  const [line] = (await inProcess("statistics", "--data", data, "--json")).lines;
  const accounts = (line?.accounts ?? []) as readonly Figures[];
  return accounts.find(({ account }) => account === "paper");
}

/** The cells of the review by their titles, all digits of the printed figures. */
async function inReview(data: string): Promise<ReadonlyMap<string, string>> {
  const { out } = await inProcess("review", "--data", data);
  return new Map([...out.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)].map(([, title = "", cell = ""]) => [title, cell]));
}

const number = (text: string | undefined) => Number(text?.replace("\u2212", "-").replace(/[^\d.-]/g, ""));

describe("Tables, panel and review of one folder, stopped within a trading day", () => {
  it.each([1, 3])("have the same figures after %i exits", async (exits) => {
    const data = await stoppedAfter(exits);
    const [panel, tables, review] = [await inPanel(data), await inTables(data), await inReview(data)];
    if (panel === undefined || tables === undefined) return expect.fail("no paper account");
    expect(panel.trades).toBe(exits);
    expect(tables).toMatchObject({
      trades: exits,
      wins: panel.wins,
      balance: panel.balance,
      startBalance: panel.startBalance,
      netPnl: Math.round(panel.netPnl * 100) / 100,
    });
    expect(tables.maxDrawdown).toBeCloseTo(panel.maxDrawdown, 12);
    expect(panel.balance).not.toBe(panel.startBalance);
    expect(panel.totalReturn).toBeCloseTo((panel.balance - panel.startBalance) / panel.startBalance, 12);
    expect(tables.totalReturn).toBeCloseTo(panel.totalReturn, 12);
    expect(tables.expectancyR).toBeCloseTo(panel.expectancyR ?? Number.NaN, 12);
    expect(tables.expectancy).toBeCloseTo(panel.expectancy ?? Number.NaN, 2);
    expect(number(review.get("Closed trades")?.split(" ")[0])).toBe(exits);
    expect(number(review.get("Final balance"))).toBe(panel.balance);
    expect(number(review.get("Total P&L"))).toBeCloseTo(panel.netPnl, 2);
    expect(number(review.get("Return since the beginning"))).toBeCloseTo(panel.totalReturn * 100, 1);
    expect(number(review.get("Mean result, after costs"))).toBeCloseTo(panel.expectancy ?? Number.NaN, 1);
    expect(number(review.get("Mean R, before costs"))).toBeCloseTo(panel.expectancyR ?? Number.NaN, 1);
    const text = (await inProcess("statistics", "--data", data)).out;
    expect(text).toMatch(/^account .* mean net \$ +mean gross R .*$/m);
    expect(text).toContain("Net: after costs. Gross R: the result before costs over the risk at entry.");
    expect(text).toMatch(new RegExp(`^return .* ${(panel.totalReturn * 100).toFixed(2)} %$`, "m"));
  });
});

it("The tables of a folder have its trading days, and what its recommendations rested on, as the run that made them", async () => {
  const data = join(folder, "days");
  const run = await folderRun("demo", data, PAPER);
  await run.run(demoFeed({ seed: 7, days: 25 }), new AbortController().signal);
  const paper = statisticsOf(run.engine.view(), run.outputs, undefined).accounts.find(
    ({ account }) => account === "paper",
  );
  await run.close();
  const tables = await inTables(data);
  expect(tables).toMatchObject({ days: 25, fewDays: false });
  expect(paper?.daily.sharpe).toBeTypeOf("number");
  expect(tables?.sharpe).toBeCloseTo(paper?.daily.sharpe ?? Number.NaN, 10);
  expect(paper?.utilisation).toBeTypeOf("number");
  expect(tables?.utilisation).toBeCloseTo(paper?.utilisation ?? Number.NaN, 10);
});

it("What was taken back is in no drawdown, of the tables, the panel or the review", async () => {
  const data = join(folder, "void");
  const { lines } = await inProcess("demo", "--days", "2", "--data", data, "--json");
  const first = lines.find(({ type }) => type === "recommendation");
  const about = ["--data", data, "--recommendation", String(first?.id)];
  await inProcess("fill", ...about, "--price", String(first?.price), "--quantity", "1");
  await inProcess("exit", ...about, "--price", String(first?.stop), "--reason", "stop");
  const falls = async () => {
    const [line] = (await inProcess("statistics", "--data", data, "--json")).lines;
    const [tables] = (line?.accounts ?? []) as readonly Figures[];
    const review = (await inReview(data)).get("Deepest below the all-time peak, marked, at a day's end or an exit");
    const panel = (await inPanel(data, "manual"))?.maxDrawdown;
    return { tables: tables?.maxDrawdown, panel, review: number(review) };
  };
  const before = await falls();
  expect(before.tables).toBeGreaterThan(0);
  expect(before.panel).toBeCloseTo(Number(before.tables), 12);
  expect(before.review).toBeCloseTo(Number(before.tables) * 100, 1);
  await inProcess("void", ...about, "--why", "Another account");
  expect(await falls()).toEqual({ tables: 0, panel: 0, review: 0 });
});
