import type { Exit } from "../../core/events.js";
import { mean, sum } from "../../core/ledger/moments.js";
import { median } from "../../core/ledger/totals.js";
import type { ReportUnits } from "../../core/protocol.js";
import { say } from "../../core/say.js";

/** Of one contract. */
function ticksOf({ points, instrument }: Exit): number {
  return points / instrument.tickSize;
}

/** What closed trades came to, in dollars, ticks and R. */
export function unitsOf(exits: readonly Exit[]): readonly ReportUnits[] {
  const usd = (exit: Exit) => exit.netPnl / 100;
  const r = (exit: Exit) => exit.rMultiple;
  const won = exits.filter(({ win }) => win);
  const lost = exits.filter(({ win }) => !win);
  const row = (name: string, of: (values: readonly number[]) => number | undefined, from: readonly Exit[]) => ({
    name,
    usd: of(from.map(usd)),
    ticks: of(from.map(ticksOf)),
    r: of(from.map(r)),
  });
  const most = (values: readonly number[]) =>
    values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b));
  const least = (values: readonly number[]) =>
    values.length === 0 ? undefined : values.reduce((a, b) => Math.min(a, b));
  return [
    row(say("Net result"), sum, exits),
    { name: say("Gross result"), usd: sum(exits.map(({ grossPnl }) => grossPnl)) / 100 },
    { name: say("Fees"), usd: -sum(exits.map(({ commission }) => commission)) / 100 + 0 },
    row(say("Expectancy"), mean, exits),
    row(say("Mean win"), mean, won),
    row(say("Median win"), median, won),
    row(say("Mean loss"), mean, lost),
    row(say("Median loss"), median, lost),
    row(say("Best"), most, exits),
    row(say("Worst"), least, exits),
  ];
}
