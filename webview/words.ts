import { t } from "@vscode/l10n";
import type {
  BlindSpan,
  ContextRow,
  DashboardAccount,
  DashboardPosition,
  DashboardRecommendation,
  DashboardState,
  Nearest,
  Verdict,
} from "../src/core/protocol.js";
import type { AccountName } from "../src/core/sizing/recommendation.js";
import { accountInWords } from "../src/words/tradeWords.js";
import { formatCount, formatDate, formatMoney, formatPercent, formatSignedPercent, formatTime } from "./format.js";

/** Fewer closed trades than this say nothing yet, as in the verdict "Too few". */
export const ENOUGH_TRADES = 30;

/** Seconds after which it no longer matters how late an answer is. */
const LONG_AGO = 3_600;

/** What is said of a context, by its code. */
export function verdictOfContext(verdict: Verdict): string {
  switch (verdict) {
    case "Edge":
      return t("Edge");
    case "Unproven":
      return t("Unproven");
    case "Avoid":
      return t("Avoid");
    case "Too few":
      return t("Too few");
    default:
      return verdict satisfies never;
  }
}

/** What the panel's results are worth, as a badge; undefined when nothing runs. */
export function modeInWords(state: DashboardState): string | undefined {
  const market = marketInWords(state);
  if (state.paper !== true) return market;
  return market === undefined ? t("PAPER") : `${t("PAPER")} · ${market}`;
}

function marketInWords(state: DashboardState): string | undefined {
  if (state.simulated) return t("SIMULATED");
  switch (state.mode) {
    case "idle":
      return undefined;
    case "demo":
      return t("DEMO");
    case "replay":
      return t("REPLAY");
    case "live":
      return t("LIVE");
    default:
      return state.mode satisfies never;
  }
}

/** How far the bar that forms is from a signal, and when that is decided. */
export function nearestInWords({ ratio, needs, closesAt }: Nearest, timeZone: string): string {
  const clock = formatTime(closesAt, timeZone, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return t("This bar so far {0}x (needs {1}x), closes at {2}", ratio.toFixed(1), needs.toFixed(1), clock);
}

/** "1 trade", "1,234 trades". */
export function tradesInWords(trades: number): string {
  return trades === 1 ? t("1 trade") : t("{0} trades", formatCount(trades));
}

/** What the quantity risks beside what the risk rule allows. */
export function riskInWords({ riskActual, riskBudget, unit }: DashboardRecommendation): string {
  const actual = formatMoney(riskActual, unit);
  const budget = formatMoney(riskBudget, unit);
  if (!exceedsBudget({ riskActual, riskBudget })) return t("Risks {0} of a {1} budget", actual, budget);
  const times = riskActual / riskBudget;
  if (!Number.isFinite(times)) return t("Risks {0}, the budget is {1}", actual, budget);
  return t("Risks {0}, {1} times the {2} budget", actual, times.toFixed(1), budget);
}

/** Whether a quantity risks more than the risk rule allows: a contract cannot be split. */
export function exceedsBudget(risk: Pick<DashboardRecommendation, "riskActual" | "riskBudget">): boolean {
  return risk.riskActual > risk.riskBudget;
}

/** How many recommendations wait for what the user did; `more` when one of them is on the card. */
export function unansweredInWords(count: number, more: boolean): string {
  if (more) {
    return count === 1
      ? t("1 more recommendation awaits your answer")
      : t("{0} more recommendations await your answer", formatCount(count));
  }
  return count === 1
    ? t("1 recommendation awaits your answer")
    : t("{0} recommendations await your answer", formatCount(count));
}

/**
 * Time left to act on a recommendation, in whole seconds; how late it is, while that matters.
 *
 * @param lateAt 0 when its time does not run, because nothing does
 * @param now wall clock, seconds since the epoch
 */
export function countdownInWords(lateAt: number, now: number): string {
  if (lateAt === 0) return t("No answer yet, and its time does not run: record what you did");
  const left = secondsLeft(lateAt, now);
  if (left > 0) return t("{0} s to act", formatCount(left));
  const counted = left < 0 && -LONG_AGO < left;
  return counted ? t("Late by {0} s: check the price first", formatCount(-left)) : t("Late: check the price first");
}

/** Whole seconds until a recommendation is late; 0 or less once it is. */
export function secondsLeft(lateAt: number, now: number): number {
  return Math.ceil(lateAt - now);
}

/** A recommendation as one sentence, for those who hear it. */
export function recommendationSentence(recommendation: DashboardRecommendation): string {
  const { action, quantity, contract, price, target, stop, confidence } = recommendation;
  const chance = formatPercent(confidence);
  return t(
    "{0} {1} {2} at {3}, target {4}, stop {5}, chance {6}",
    action,
    quantity,
    contract,
    price,
    target,
    stop,
    chance,
  );
}

/** A position as the name of what a button does to it. */
export function positionInWords({ held, contract, entry }: DashboardPosition): string {
  return t("{0} {1} at {2}", held, contract, entry);
}

/** The equity chart as one sentence, for those who do not see it. */
export function equitySentence(account: DashboardAccount, timeZone: string): string {
  const { equity, startBalance, balance, totalReturn, drawdown, maxDrawdown, trades, unit } = account;
  const first = equity[0];
  const last = equity.at(-1);
  const name = accountInWords(account.name);
  if (first === undefined || last === undefined) return t("{0}: no closed trade yet", name);
  const from = formatDate(first.time, timeZone);
  const to = formatDate(last.time, timeZone);
  const [points, closed] = [formatCount(equity.length), tradesInWords(trades)];
  const onOneDay =
    equity.length === 1
      ? t("{0}: balance over drawdown, 1 point on {1}, {2}.", name, from, closed)
      : t("{0}: balance over drawdown, {1} points on {2}, {3}.", name, points, from, closed);
  const span =
    from === to
      ? onOneDay
      : t("{0}: balance over drawdown, {1} points from {2} to {3}, {4}.", name, points, from, to, closed);
  const course = t(
    "From {0} at the start to {1} now, {2}. Drawdown {3} now, {4} at worst.",
    formatMoney(startBalance, unit),
    formatMoney(balance, unit),
    formatSignedPercent(totalReturn),
    formatPercent(drawdown, 1),
    formatPercent(maxDrawdown, 1),
  );
  return `${span} ${course}`;
}

/** What the shade of the chart means. */
export function blindInWords(blind: readonly BlindSpan[]): string {
  const days = blind.reduce((sum, span) => sum + span.days, 0);
  const parts = blind.filter((span) => span.days === 0);
  const minutes = formatCount(Math.ceil(parts.reduce((sum, { from, to }) => sum + to - from, 0) / 60));
  if (days === 0) return t("Shaded: {0} min within trading days of which nothing was seen", minutes);
  const whole =
    days === 1
      ? t("Shaded: 1 trading day of which nothing was seen")
      : t("Shaded: {0} trading days of which nothing was seen", formatCount(days));
  return parts.length === 0 ? whole : t("{0}, and {1} min within others", whole, minutes);
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
