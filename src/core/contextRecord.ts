import type { ContextView } from "./events.js";
import { type Outcome, winRateInterval } from "./sizing/posterior.js";
import type { AccountName } from "./sizing/recommendation.js";
import type { Cents } from "./units.js";

/** Wins, and losses, from which their mean says something about the next one. */
const ENOUGH_OF_A_KIND = 5;

/** What an account's closed trades of a context were, whatever is learned from them. */
export type ContextRecord = Pick<
  ContextView,
  "context" | "account" | "trades" | "wins" | "winRateInterval" | "meanR" | "netPnl" | "breakEven"
>;

/** The closed trades of an account by their contexts, sorted. */
export function contextRecords(outcomes: readonly Outcome[], account: AccountName): readonly ContextRecord[] {
  const own = outcomes.filter((row) => row.account === account);
  return [...new Set(own.map((row) => row.context))].sort().map((context) => {
    const rows = own.filter((row) => row.context === context);
    const wins = rows.filter((row) => row.win).length;
    return {
      context,
      account,
      trades: rows.length,
      wins,
      winRateInterval: winRateInterval(wins, rows.length),
      meanR: rows.reduce((sum, row) => sum + row.rMultiple, 0) / rows.length,
      netPnl: rows.reduce((sum, row) => sum + row.netPnl, 0) as Cents,
      breakEven: realisedBreakEven(rows),
    };
  });
}

/**
 * The win rate at which results such as these gain nothing: mean loss / (mean win + mean loss), after costs (`ENGINE.md` 6.7).
 *
 * @returns in [0, 1); undefined under 5 wins or 5 losses
 */
export function realisedBreakEven(rows: readonly Pick<Outcome, "win" | "netPnl">[]): number | undefined {
  const wins = rows.filter((row) => row.win).map((row) => row.netPnl);
  const losses = rows.filter((row) => !row.win).map((row) => -row.netPnl);
  if (wins.length < ENOUGH_OF_A_KIND || losses.length < ENOUGH_OF_A_KIND) return undefined;
  const [won, lost] = [mean(wins), mean(losses)];
  return lost / (won + lost);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
