import type {
  BlindSpan,
  ContextRow,
  DashboardAccount,
  DashboardPosition,
  DashboardRecommendation,
  DashboardState,
} from "../src/core/protocol.js";
import type { AccountName } from "../src/core/sizing/recommendation.js";
import { formatCount, formatDate, formatMoney, formatPercent, formatSignedPercent } from "./format.js";

/** Fewer closed trades than this say nothing yet, as in the verdict "Too few". */
export const ENOUGH_TRADES = 30;

/** Seconds after which it no longer matters how late an answer is. */
const LONG_AGO = 3_600;

/** The name of an account for people. */
export function accountInWords(name: AccountName): string {
  return name === "paper" ? "Paper account" : "Your fills";
}

/** `BUY|open|4-6x` as "BUY, open, 4-6x". */
export function contextInWords(context: string): string {
  return context.split("|").join(", ");
}

/** `STOP_LIMIT` as "stop limit". */
export function orderTypeInWords(orderType: string): string {
  return orderType.toLowerCase().replaceAll("_", " ");
}

/** What the panel's results are worth, as a badge; undefined when nothing runs. */
export function modeInWords(state: DashboardState): string | undefined {
  const market = state.simulated ? "SIMULATED" : state.mode === "idle" ? undefined : state.mode.toUpperCase();
  if (state.paper !== true) return market;
  return market === undefined ? "PAPER" : `PAPER · ${market}`;
}

/** "1 trade", "1,234 trades". */
export function tradesInWords(trades: number): string {
  return `${formatCount(trades)} ${trades === 1 ? "trade" : "trades"}`;
}

/** "1 point", "1,234 points". */
export function pointsInWords(points: number): string {
  return `${formatCount(points)} ${points === 1 ? "point" : "points"}`;
}

/** What the quantity risks beside what the risk rule allows. */
export function riskInWords({ riskActual, riskBudget, unit }: DashboardRecommendation): string {
  const actual = formatMoney(riskActual, unit);
  const budget = formatMoney(riskBudget, unit);
  if (!exceedsBudget({ riskActual, riskBudget })) return `Risks ${actual} of a ${budget} budget`;
  const times = riskActual / riskBudget;
  if (!Number.isFinite(times)) return `Risks ${actual}, the budget is ${budget}`;
  return `Risks ${actual}, ${times.toFixed(1)} times the ${budget} budget`;
}

/** Whether a quantity risks more than the risk rule allows: a contract cannot be split. */
export function exceedsBudget(risk: Pick<DashboardRecommendation, "riskActual" | "riskBudget">): boolean {
  return risk.riskActual > risk.riskBudget;
}

/** How many recommendations wait for what the user did; `more` when one of them is on the card. */
export function unansweredInWords(count: number, more: boolean): string {
  const noun = count === 1 ? "recommendation" : "recommendations";
  return `${formatCount(count)} ${more ? "more " : ""}${noun} ${count === 1 ? "awaits" : "await"} your answer`;
}

/**
 * Time left to act on a recommendation, in whole seconds; how late it is, while that matters.
 *
 * @param lateAt 0 when its time does not run, because nothing does
 * @param now wall clock, seconds since the epoch
 */
export function countdownInWords(lateAt: number, now: number): string {
  if (lateAt === 0) return "No answer yet, and its time does not run: record what you did";
  const left = secondsLeft(lateAt, now);
  if (left > 0) return `${formatCount(left)} s to act`;
  const counted = left < 0 && -LONG_AGO < left;
  return counted ? `Late by ${formatCount(-left)} s: check the price first` : "Late: check the price first";
}

/** Whole seconds until a recommendation is late; 0 or less once it is. */
export function secondsLeft(lateAt: number, now: number): number {
  return Math.ceil(lateAt - now);
}

/** A recommendation as one sentence, for those who hear it. */
export function recommendationSentence(recommendation: DashboardRecommendation): string {
  const { action, quantity, contract, price, target, stop, confidence } = recommendation;
  const chance = formatPercent(confidence);
  return `${action} ${quantity} ${contract} at ${price}, target ${target}, stop ${stop}, chance ${chance}`;
}

/** A position as the name of what a button does to it. */
export function positionInWords({ action, quantity, contract, entry }: DashboardPosition): string {
  return `${action} ${quantity} ${contract} at ${entry}`;
}

/** The equity chart as one sentence, for those who do not see it. */
export function equitySentence(account: DashboardAccount, timeZone: string): string {
  const { equity, startBalance, balance, totalReturn, drawdown, maxDrawdown, trades, unit } = account;
  const first = equity[0];
  const last = equity.at(-1);
  const name = accountInWords(account.name);
  if (first === undefined || last === undefined) return `${name}: no closed trade yet`;
  const from = formatDate(first.time, timeZone);
  const to = formatDate(last.time, timeZone);
  const span = from === to ? `on ${from}` : `from ${from} to ${to}`;
  return (
    `${name}: balance over drawdown, ${pointsInWords(equity.length)} ${span}, ${tradesInWords(trades)}. From ${formatMoney(startBalance, unit)} at the start to ` +
    `${formatMoney(balance, unit)} now, ${formatSignedPercent(totalReturn)}. ` +
    `Drawdown ${formatPercent(drawdown, 1)} now, ${formatPercent(maxDrawdown, 1)} at worst.`
  );
}

/** What the shade of the chart means. */
export function blindInWords(blind: readonly BlindSpan[]): string {
  const days = blind.reduce((sum, span) => sum + span.days, 0);
  return `Shaded: ${formatCount(days)} trading ${days === 1 ? "day" : "days"} of which nothing was seen`;
}

/** The best-proven contexts first: by the low end of the posterior's interval, then by trades, then by name. */
export function sortByEvidence(rows: readonly ContextRow[]): readonly ContextRow[] {
  return rows.toSorted(
    (a, b) =>
      b.posteriorInterval[0] - a.posteriorInterval[0] ||
      b.trades - a.trades ||
      (a.context < b.context ? -1 : Number(a.context > b.context)),
  );
}

/** Whether no signal is taken: the account that they are sized for, the user's where there is one, is halted. */
export function isHalted({ accounts }: DashboardState): boolean {
  return (accounts.find(({ name }) => name === "manual") ?? accounts[0])?.halted === true;
}

/** The account that the panel shows: the one the user chose, else the one that traded last, else any. */
export function shownAccount(state: DashboardState, chosen: AccountName | undefined): DashboardAccount | undefined {
  const named = (name: AccountName | undefined) => state.accounts.find((account) => account.name === name);
  return named(chosen) ?? named(state.selected) ?? state.accounts[0];
}
