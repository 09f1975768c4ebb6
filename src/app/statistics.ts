import type { AccountView, ContextView, EngineOutput, EngineView, Exit } from "../core/events.js";
import { winRateInterval } from "../core/sizing/posterior.js";
import type { AccountName } from "../core/sizing/recommendation.js";
import { countingExits } from "../core/tradeRecords.js";
import type { Micros } from "../core/units.js";
import { percent, usd } from "./amounts.js";
import { dollars } from "./lines.js";

/** Below this many closed trades a table says that they are too few to tell anything. */
export const FEW_TRADES = 30;

/** The win rate that the user named: a claim, shown beside the evidence and used nowhere. */
export const TARGET_WIN_RATE = 0.647;

/** An account's closed trades in numbers. Money is in cents, rates and drawdowns are fractions. */
export interface AccountStatistics {
  readonly account: AccountName;
  readonly trades: number;
  readonly wins: number;
  /** Undefined without a trade, as are the means. */
  readonly winRate: number | undefined;
  /** 90 % interval under a uniform prior. */
  readonly winRateInterval: readonly [low: number, high: number];
  readonly expectancy: number | undefined;
  readonly expectancyR: number | undefined;
  /** Sum of wins over sum of losses; undefined without a loss. */
  readonly profitFactor: number | undefined;
  readonly netPnl: number;
  readonly tooFew: boolean;
  readonly startBalance: number;
  readonly balance: number;
  /** Of marked equity, over the account's whole life. */
  readonly maxDrawdown: number;
}

/** The performance tables: accounts side by side, never summed, and their contexts. */
export interface Statistics {
  readonly accounts: readonly AccountStatistics[];
  readonly contexts: readonly ContextStatistics[];
}

/** A context's closed trades since `since`, and what sizing makes of all of them. */
export interface ContextStatistics {
  readonly account: AccountName;
  readonly context: string;
  readonly trades: number;
  readonly wins: number;
  readonly winRateInterval: readonly [low: number, high: number];
  readonly meanR: number;
  readonly netPnl: number;
  readonly tooFew: boolean;
  readonly confidence: number;
  readonly interval: readonly [low: number, high: number];
  readonly multiplier: number;
}

/**
 * Makes the tables from what was kept.
 *
 * @param since only trades closed at or after it are counted; balances, drawdowns and posteriors are always of all
 */
export function statisticsOf(
  view: EngineView,
  outputs: readonly EngineOutput[],
  since: Micros | undefined,
): Statistics {
  const exits = countingExits(outputs).filter((exit) => since === undefined || since <= exit.time);
  const of = (name: AccountName) => exits.filter((exit) => exit.account === name);
  return {
    accounts: view.accounts
      .filter(
        ({ name }) => name === "manual" || outputs.some((output) => output.type === "fill" && output.account === name),
      )
      .map((account) => accountStatistics(account, of(account.name))),
    contexts: view.contexts.flatMap((context) => contextStatistics(context, of(context.account)) ?? []),
  };
}

function accountStatistics(account: AccountView, exits: readonly Exit[]): AccountStatistics {
  return {
    account: account.name,
    ...record(exits),
    expectancy: mean(exits.map((exit) => exit.netPnl)),
    expectancyR: mean(exits.map((exit) => exit.rMultiple)),
    winRate: mean(exits.map((exit) => (exit.win ? 1 : 0))),
    profitFactor: profitFactor(exits.map((exit) => exit.netPnl)),
    startBalance: account.startBalance,
    balance: account.balance,
    maxDrawdown: account.maxDrawdown,
  };
}

function contextStatistics(view: ContextView, exits: readonly Exit[]): ContextStatistics | undefined {
  const own = exits.filter((exit) => exit.context === view.context);
  const meanR = mean(own.map((exit) => exit.rMultiple));
  if (meanR === undefined) return undefined;
  const { account, context, confidence, interval, multiplier } = view;
  return { account, context, ...record(own), meanR, confidence, interval, multiplier };
}

function record(exits: readonly Exit[]) {
  const wins = exits.filter((exit) => exit.win).length;
  return {
    trades: exits.length,
    wins,
    winRateInterval: winRateInterval(wins, exits.length),
    netPnl: exits.reduce((sum, exit) => sum + exit.netPnl, 0),
    tooFew: exits.length < FEW_TRADES,
  };
}

function profitFactor(results: readonly number[]): number | undefined {
  const won = results.filter((result) => result > 0).reduce((sum, result) => sum + result, 0);
  const lost = results.filter((result) => result < 0).reduce((sum, result) => sum - result, 0);
  return lost === 0 ? undefined : won / lost;
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The tables as one JSON line; money in dollars, absent is null. */
export function statisticsLine(statistics: Statistics): object {
  return {
    type: "statistics",
    accounts: statistics.accounts.map((row) => ({
      ...row,
      winRate: row.winRate ?? null,
      expectancy: row.expectancy === undefined ? null : dollars(row.expectancy),
      expectancyR: row.expectancyR ?? null,
      profitFactor: row.profitFactor ?? null,
      netPnl: dollars(row.netPnl),
      startBalance: dollars(row.startBalance),
      balance: dollars(row.balance),
    })),
    contexts: statistics.contexts.map((row) => ({ ...row, netPnl: dollars(row.netPnl) })),
    target: { winRate: TARGET_WIN_RATE, note: "your target, not verified" },
  };
}

/** The tables for people, in lines of text. */
export function statisticsWords(statistics: Statistics): readonly string[] {
  const accounts = statistics.accounts.map((row) => [
    row.account,
    String(row.trades),
    String(row.wins),
    row.winRate === undefined ? "n/a" : percent(row.winRate),
    row.trades === 0 ? "n/a" : range(row.winRateInterval),
    row.expectancy === undefined ? "n/a" : usd(row.expectancy),
    row.expectancyR === undefined ? "n/a" : row.expectancyR.toFixed(2),
    row.profitFactor === undefined ? "n/a" : row.profitFactor.toFixed(2),
    percent(row.maxDrawdown),
    usd(row.balance),
    row.tooFew ? "too few" : "",
  ]);
  const contexts = statistics.contexts.map((row) => [
    row.account,
    row.context,
    String(row.trades),
    String(row.wins),
    range(row.winRateInterval),
    row.meanR.toFixed(2),
    usd(row.netPnl),
    percent(row.confidence),
    range(row.interval),
    row.multiplier.toFixed(2),
    row.tooFew ? "too few" : "",
  ]);
  return [
    ...table(
      [
        "account",
        "trades",
        "wins",
        "win rate",
        "90 %",
        "mean $",
        "mean R",
        "profit factor",
        "max drawdown",
        "balance",
        "",
      ],
      accounts,
    ),
    ...(contexts.length === 0
      ? []
      : [
          "",
          ...table(
            [
              "account",
              "context",
              "trades",
              "wins",
              "win rate 90 %",
              "mean R",
              "net",
              "confidence",
              "90 %",
              "size x",
              "",
            ],
            contexts,
          ),
        ]),
    "",
    `${percent(TARGET_WIN_RATE)} won is your target, not verified. "too few": under ${FEW_TRADES} closed trades say little.`,
  ];
}

function range([low, high]: readonly [number, number]): string {
  return `${(low * 100).toFixed(0)}-${(high * 100).toFixed(0)} %`;
}

// Names to the left, numbers to the right.
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const names = head[1] === "context" ? 2 : 1;
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => (column < names ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
