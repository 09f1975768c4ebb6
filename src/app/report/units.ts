import type { Exit } from "../../core/events.js";
import { tickValue } from "../../core/instrument.js";
import { mean, sum } from "../../core/ledger/moments.js";
import { median } from "../../core/ledger/totals.js";
import type { ReportUnits } from "../../core/protocol.js";
import { say } from "../../core/say.js";
import type { Known } from "./known.js";

/** An amount of one trade in the three units; a part of it may be unknown. */
interface Amount {
  readonly usd: number;
  /** Of one contract. */
  readonly ticks: number;
  readonly r: number | undefined;
}

/**
 * What closed trades came to, in dollars, ticks of one contract and R. Totals are what their names say; means, medians and extremes of
 * results are after costs in dollars and before them in ticks and R, as in the list of trades.
 */
export function unitsOf(exits: readonly Exit[], known: Known): readonly ReportUnits[] {
  const won = exits.filter(({ win }) => win);
  const lost = exits.filter(({ win }) => !win);
  const amounts = (cents: (exit: Exit) => number) => exits.map((exit) => amountOf(exit, cents(exit), known));
  const watched = (points: (exit: Exit) => number | undefined) =>
    exits.flatMap((exit) => {
      const cents = centsOf(exit, points(exit));
      return cents === undefined ? [] : [amountOf(exit, cents, known)];
    });
  return [
    row(
      say("Net result"),
      sum,
      amounts(({ netPnl }) => netPnl),
    ),
    row(
      say("Gross result"),
      sum,
      amounts(({ grossPnl }) => grossPnl),
    ),
    row(
      say("Fees"),
      sum,
      amounts(({ commission }) => -commission + 0),
    ),
    row(say("Slippage, in the gross result"), sum, amounts(slippageCents)),
    row(say("Expectancy"), mean, exits.map(result)),
    row(say("Mean win"), mean, won.map(result)),
    row(say("Median win"), median, won.map(result)),
    row(say("Mean loss"), mean, lost.map(result)),
    row(say("Median loss"), median, lost.map(result)),
    row(say("Best"), most, exits.map(result)),
    row(say("Worst"), least, exits.map(result)),
    row(
      say("Worst in between, mean"),
      mean,
      watched(({ maePoints }) => maePoints),
    ),
    row(
      say("Best in between, mean"),
      mean,
      watched(({ mfePoints }) => mfePoints),
    ),
    row(
      say("Best exits, in all"),
      total,
      watched(({ mfePoints }) => mfePoints),
    ),
  ];
}

type Made = (values: readonly number[]) => number | undefined;

function row(name: string, made: Made, of: readonly Amount[]): ReportUnits {
  const r = of.flatMap((amount) => amount.r ?? []);
  return {
    name,
    usd: made(of.map(({ usd }) => usd)),
    ticks: made(of.map(({ ticks }) => ticks)),
    // A sum without a part of it would be another one.
    r: r.length < of.length ? undefined : made(r),
  };
}

function result({ netPnl, points, instrument, rMultiple }: Exit): Amount {
  return { usd: netPnl / 100, ticks: points / instrument.tickSize, r: rMultiple };
}

function amountOf(exit: Exit, cents: number, { recommendations }: Known): Amount {
  const { instrument, quantity, entryPrice, recommendation } = exit;
  const ticks = cents / 100 / quantity / tickValue(instrument) + 0;
  const stop = recommendations.get(recommendation)?.stop;
  const risked = stop === undefined ? 0 : Math.abs(entryPrice - stop);
  return { usd: cents / 100, ticks, r: risked === 0 ? undefined : ticks / risked };
}

function centsOf({ instrument, quantity }: Exit, points: number | undefined): number | undefined {
  return points === undefined ? undefined : points * instrument.pointValue * quantity * 100;
}

/** Below 0 it has cost. */
function slippageCents({ direction, entryPrice, signalPrice, instrument, quantity }: Exit): number {
  const worse = (direction === "BUY" ? 1 : -1) * (entryPrice - signalPrice);
  return -worse * tickValue(instrument) * quantity * 100 + 0;
}

function total(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : sum(values);
}

function most(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b));
}

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.min(a, b));
}
