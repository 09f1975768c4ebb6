import type { AccountView, ContextView, EngineOutput, EngineView, EquityRow, Exit } from "../core/events.js";
import { type Calibration, calibration } from "../core/ledger/calibration.js";
import {
  type EquityMetrics,
  equityMetrics,
  linearAnnualReturn,
  MEANINGFUL_RETURNS,
} from "../core/ledger/equityMetrics.js";
import {
  type Excursions,
  excursions,
  meanSlippage,
  type TradeMetrics,
  tradeMetrics,
  utilisation,
} from "../core/ledger/metrics.js";
import { presentPortfolios } from "../core/portfolio.js";
import type { AccountName } from "../core/sizing/recommendation.js";
import { countingExits, type MoneyStep, moneySteps, openPartialExits } from "../core/tradeRecords.js";
import { type Cents, MICROS_PER_DAY } from "../core/units.js";
import { EVER, type Within } from "./period.js";

/** Below this many closed trades a table says that they are too few to tell anything. */
export const FEW_TRADES = 30;

/** The win rate that the user named: a claim, shown beside the evidence and used nowhere. */
export const TARGET_WIN_RATE = 0.647;

/** Results behind a confidence from which on a trade counts as sized by evidence (`ENGINE.md` 6.3). */
export const EVIDENCE = 3;

/** An account's closed trades in numbers (`ENGINE.md` 12). Money is in cents, rates and drawdowns are fractions. */
export interface AccountStatistics extends TradeMetrics {
  readonly account: AccountName;
  readonly tooFew: boolean;
  readonly startBalance: Cents;
  readonly balance: Cents;
  /** What the counted trades made of the balance before the first of them, also while their trading day has not ended. */
  readonly totalReturn: number | undefined;
  /** Of marked equity, and of the balance after each closed trade, over the account's whole life. */
  readonly maxDrawdown: number;
  readonly maxDrawdownClosed: number;
  /** Of the balance after each closed trade of the period. */
  readonly closed: EquityMetrics;
  /** By the balances at the end of each trading day, those without a trade included. */
  readonly daily: EquityMetrics;
  /** What the earlier system's way of counting makes of the same: for comparison only. Undefined under 30 calendar days, too. */
  readonly earlierAnnualReturn: number | undefined;
  /** So few daily returns that the ratios tell little. */
  readonly fewDays: boolean;
  readonly excursions: Excursions;
  /** Mean of fill minus signal price in ticks, positive when worse for us. */
  readonly slippageTicks: number | undefined;
  /** Share of trades whose confidence had evidence behind it. */
  readonly utilisation: number | undefined;
  /** How true the confidences were that stood beside the trades at their issue. */
  readonly calibration: Calibration | undefined;
}

/** The performance tables: accounts side by side, never summed, and their contexts. */
export interface Statistics {
  readonly accounts: readonly AccountStatistics[];
  readonly contexts: readonly ContextStatistics[];
}

/** A context's closed trades of the period, and what sizing makes of all of them. */
export interface ContextStatistics {
  readonly account: AccountName;
  readonly context: string;
  readonly trades: number;
  readonly wins: number;
  readonly winRateInterval: readonly [low: number, high: number];
  /** Before costs. */
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
 * @param within only trades and days in it are counted; balances, drawdowns from a peak and posteriors are always of all
 */
export function statisticsOf(view: EngineView, outputs: readonly EngineOutput[], within: Within = EVER): Statistics {
  const present = presentPortfolios(outputs);
  const exits = countingExits(present);
  // A reset ends a portfolio, not what it taught.
  const taught = countingExits(outputs).filter(within);
  const shown = view.accounts.filter(
    ({ name }) => name === "manual" || outputs.some((output) => output.type === "fill" && output.account === name),
  );
  const of = (name: AccountName) => exits.filter((exit) => exit.account === name);
  const counted = (name: AccountName) => of(name).filter(within);
  return {
    accounts: shown.map((account) =>
      accountStatistics(account, of(account.name), counted(account.name), present, within),
    ),
    contexts: view.contexts.flatMap(
      (context) =>
        contextStatistics(
          context,
          taught.filter(({ account }) => account === context.account),
        ) ?? [],
    ),
  };
}

function accountStatistics(
  account: AccountView,
  all: readonly Exit[],
  exits: readonly Exit[],
  outputs: readonly EngineOutput[],
  within: Within,
): AccountStatistics {
  const daily = dailyMetrics(account, outputs, within);
  const metrics = tradeMetrics(exits);
  // What partial exits made of trades that are open is in the balance and in no trade yet.
  const parts = openPartialExits(outputs).filter((part) => part.account === account.name);
  const opening = parts.reduce((balance, part) => balance - part.netPnl, account.balance - metrics.netPnl);
  return {
    account: account.name,
    ...metrics,
    tooFew: exits.length < FEW_TRADES,
    startBalance: account.startBalance,
    balance: account.balance,
    totalReturn: opening > 0 ? metrics.netPnl / opening : undefined,
    maxDrawdown: account.maxDrawdown,
    maxDrawdownClosed: equityMetrics(balancesAfter(account.startBalance, all), 0).maxDrawdown ?? 0,
    closed: equityMetrics(balancesAfter(openingOf(account.startBalance, all, exits), exits), 0),
    daily,
    earlierAnnualReturn: earlierAnnualReturn(daily),
    fewDays: daily.dailyReturns.length < MEANINGFUL_RETURNS,
    excursions: excursions(exits),
    slippageTicks: meanSlippage(exits),
    utilisation: utilisation(evidenceOf(exits, outputs), EVIDENCE),
    calibration: calibration(exits),
  };
}

// A row keeps the balance of when it was written: what was corrected later counts from its own day on.
function dailyMetrics(account: AccountView, outputs: readonly EngineOutput[], within: Within) {
  const days = outputs.filter(
    (output): output is EquityRow =>
      output.type === "equity" && output.account === account.name && output.tradingDay !== undefined,
  );
  const first = days.findIndex(within);
  const counted = first < 0 ? [] : days.slice(first).filter(within);
  const before = days[first - 1];
  const times = [before?.time ?? Number.NEGATIVE_INFINITY, ...counted.map(({ time }) => time)];
  const steps = moneySteps(outputs).filter((step) => step.account === account.name);
  return equityMetrics(balancesAt(times, account.startBalance, steps), calendarDays(before, counted));
}

// What the trades before the first of a period had made of the start.
function openingOf(start: Cents, all: readonly Exit[], exits: readonly Exit[]): number {
  const first = exits.reduce((time, exit) => Math.min(time, exit.time), Number.POSITIVE_INFINITY);
  return all.reduce((balance, exit) => (exit.time < first ? balance + exit.netPnl : balance), start as number);
}

// A correction may have moved an exit in time, and with it what the days before and after it came to.
function balancesAt(times: readonly number[], start: Cents, steps: readonly MoneyStep[]): readonly number[] {
  const booked = steps.toSorted((a, b) => a.time - b.time);
  let balance: number = start;
  let next = 0;
  const found = new Map<number, number>();
  for (const time of times.toSorted((a, b) => a - b)) {
    for (let step = booked[next]; step !== undefined && step.time <= time; step = booked[++next])
      balance += step.netPnl;
    found.set(time, balance);
  }
  return times.map((time) => found.get(time) ?? balance);
}

function earlierAnnualReturn({ annualReturn, totalReturn, dailyReturns }: EquityMetrics): number | undefined {
  const isMeaningful = annualReturn !== undefined && totalReturn !== undefined;
  return isMeaningful ? linearAnnualReturn(totalReturn, dailyReturns.length) : undefined;
}

// The first trading day of all is a day of itself.
function calendarDays(before: EquityRow | undefined, days: readonly EquityRow[]): number {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const from = before?.time ?? first.time - MICROS_PER_DAY;
  return Math.round((last.time - from) / MICROS_PER_DAY);
}

// A correction may have moved an exit in time.
function balancesAfter(start: number, exits: readonly Exit[]): readonly number[] {
  let balance: number = start;
  const booked = exits.toSorted((a, b) => a.time - b.time);
  const after = booked.map(({ netPnl }) => {
    balance += netPnl;
    return balance;
  });
  return [start, ...after];
}

function evidenceOf(exits: readonly Exit[], outputs: readonly EngineOutput[]): readonly number[] {
  const known = new Map<string, number>();
  for (const output of outputs) if (output.type === "recommendation") known.set(output.id, output.evidence);
  return exits.flatMap(({ recommendation }) => known.get(recommendation) ?? []);
}

function contextStatistics(view: ContextView, exits: readonly Exit[]): ContextStatistics | undefined {
  const { account, context, confidence, interval, multiplier } = view;
  const metrics = tradeMetrics(exits.filter((exit) => exit.context === context));
  const { trades, wins, winRateInterval, netPnl, expectancyR: meanR } = metrics;
  if (meanR === undefined) return undefined;
  const own = { trades, wins, winRateInterval, meanR, netPnl, tooFew: trades < FEW_TRADES };
  return { account, context, ...own, confidence, interval, multiplier };
}
