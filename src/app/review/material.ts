import type { DiscardedCluster, Signal } from "../../core/detector/cluster.js";
import type {
  AccountView,
  ContextView,
  EngineOutput,
  EngineView,
  EquityRow,
  Exit,
  Fill,
  Halt,
  TradeRecord,
} from "../../core/events.js";
import { presentPortfolios } from "../../core/portfolio.js";
import type { AccountName, Recommendation, Refusal } from "../../core/sizing/recommendation.js";
import { countingExits, type MoneyStep, moneySteps, tradeRecords } from "../../core/tradeRecords.js";
import { type Cents, MICROS_PER_HOUR, type Micros } from "../../core/units.js";
import { newYorkTime } from "../times.js";
import { isIn, type Week, weekOf } from "./week.js";

/**
 * One account in the week that is reviewed. Balances are of closed trades.
 *
 * A fill or an exit counts in the week in which it was given: what is answered later changes no week before, so a review that was
 * published stays true. Within its week an exit belongs to the trading day of its trade.
 */
export interface Books {
  readonly name: AccountName;
  /** Balance with which the account began its life. */
  readonly startBalance: Cents;
  /** Date of its first trading day; undefined without one. */
  readonly since: string | undefined;
  /** Date of its last trading day by the end of the week; undefined without one. */
  readonly until: string | undefined;
  readonly opening: Cents;
  readonly closing: Cents;
  /** `opening`, then the balance at the end of each trading day of the week, those without a trade included. */
  readonly balances: readonly Cents[];
  readonly sessions: readonly string[];
  /** Closed trades of the week, and all that were closed before its end, oldest first. */
  readonly exits: readonly Exit[];
  readonly exitsSoFar: readonly Exit[];
  readonly equity: readonly EquityRow[];
  /** Of marked equity, over its whole life, as corrected. */
  readonly maxDrawdown: number;
  readonly fills: readonly Fill[];
  readonly halts: readonly Halt[];
  readonly contexts: readonly ContextView[];
}

/** Everything that happened in a week, sorted for its review. */
export interface Material {
  readonly week: Week;
  /** Those that ever traded; without one the user's. */
  readonly books: readonly Books[];
  readonly clusters: readonly (Signal | DiscardedCluster)[];
  readonly recommendations: readonly Recommendation[];
  readonly refusals: readonly Refusal[];
  /** Every recommendation ever issued, by its id. */
  readonly issued: ReadonlyMap<string, Recommendation>;
  /** What the user recorded, by recommendation. */
  readonly records: ReadonlyMap<string, TradeRecord>;
}

/** Sorts what was kept for the review of a week: of the paper account its present portfolio. */
export function materialOf(kept: readonly EngineOutput[], view: EngineView, week: Week): Material {
  const outputs = presentPortfolios(kept);
  const exits = countingExits(outputs);
  const steps = moneySteps(outputs);
  const traded = new Set(outputs.flatMap((output) => (output.type === "fill" ? [output.account] : [])));
  const shown = (name: AccountName) => traded.has(name) || (traded.size === 0 && name === "manual");
  const within = outputs.filter((output) => "time" in output && isIn(week, tradeDate(output.time)));
  return {
    week,
    books: view.accounts
      .filter(({ name }) => shown(name))
      .map((account) => booksOf(account, { outputs, exits, steps, view, week })),
    clusters: within.filter((output) => output.type === "signal" || output.type === "cluster"),
    recommendations: within.filter((output) => output.type === "recommendation"),
    refusals: within.filter((output) => output.type === "refusal"),
    issued: new Map(outputs.flatMap((o) => (o.type === "recommendation" ? [[o.id, o] as const] : []))),
    records: tradeRecords(outputs),
  };
}

interface Source {
  readonly outputs: readonly EngineOutput[];
  readonly exits: readonly Exit[];
  readonly steps: readonly MoneyStep[];
  readonly view: EngineView;
  readonly week: Week;
}

function booksOf(
  { name, startBalance, maxDrawdown }: AccountView,
  { outputs, exits, steps, view, week }: Source,
): Books {
  const own = exits.filter((exit) => exit.account === name);
  // What a part made is in the balance before its trade is closed.
  const moves = steps.filter((step) => step.account === name);
  const mine = outputs.filter((output) => "account" in output && output.account === name);
  const equity = mine.filter((output) => output.type === "equity");
  const dayOf = (row: EquityRow) => row.tradingDay ?? tradeDate(row.time);
  const days = [...new Set([...equity.map(dayOf), ...moves.map(countedOn)])].sort();
  const sessions = days.filter((day) => isIn(week, day));
  const balanceAt = (counts: (day: string) => boolean) =>
    moves.reduce((sum, step) => (counts(countedOn(step)) ? sum + step.netPnl : sum), startBalance as number) as Cents;
  const opening = balanceAt((day) => day < week.monday);
  return {
    name,
    startBalance,
    since: days[0],
    until: days.findLast((day) => day <= week.sunday),
    opening,
    closing: balanceAt((day) => day <= week.sunday),
    balances: [opening, ...sessions.map((session) => balanceAt((day) => day <= session))],
    sessions,
    exits: own.filter((exit) => isIn(week, countedOn(exit))),
    exitsSoFar: own.filter((exit) => countedOn(exit) <= week.sunday),
    equity: equity.filter((row) => isIn(week, dayOf(row))),
    maxDrawdown,
    fills: mine.filter((output) => output.type === "fill").filter((fill) => isIn(week, tradeDate(fill.time))),
    halts: mine.filter((output) => output.type === "halt").filter((halt) => isIn(week, tradeDate(halt.time))),
    contexts: view.contexts.filter((context) => context.account === name),
  };
}

/** Date on which an exit counts: that of its trade, or of the answer where that came in a later week. */
function countedOn({ tradingDay, time }: Pick<MoneyStep, "tradingDay" | "time">): string {
  const answered = tradeDate(time);
  return answered > weekOf(tradingDay).sunday ? answered : tradingDay;
}

// The exchange's day begins at 18:00 New York time of the evening before (`ENGINE.md` 2.2).
function tradeDate(time: Micros): string {
  return newYorkTime((time + 6 * MICROS_PER_HOUR) as Micros).slice(0, 10);
}
