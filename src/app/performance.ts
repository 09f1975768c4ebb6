import type { EngineOutput, EngineView, EquityRow, Exit } from "../core/events.js";
import { cone } from "../core/ledger/cone.js";
import { presentPortfolios } from "../core/portfolio.js";
import type { AccountReport, BlindSpan, PerformanceReport, Period } from "../core/protocol.js";
import { countingExits } from "../core/tradeRecords.js";
import type { Micros } from "../core/units.js";
import { multipliersOf } from "./outlook.js";
import { within } from "./period.js";
import { costsOf, coverageOf, shadowOf } from "./report/answers.js";
import { calibrationOf } from "./report/calibration.js";
import { figuresOf } from "./report/figures.js";
import { calendarOf, groupsOf } from "./report/groups.js";
import { type Known, lastEquity } from "./report/known.js";
import { roadmapOf } from "./report/roadmap.js";
import { unitsOf } from "./report/units.js";
import { type AccountStatistics, statisticsOf } from "./statistics.js";

/**
 * What closed trades tell of a period: each account apart, in dollars, ticks and R, with its calibration, its calendar and what
 * deciding otherwise than recommended has cost. Money is in dollars.
 *
 * @param now from which the period's days count back
 * @param options.haltingDrawdown the fall from the peak that halts, as a fraction
 * @param options.blind days of which nothing was seen, where it is known
 */
export function performanceReport(
  view: EngineView,
  outputs: readonly EngineOutput[],
  period: Period,
  now: Micros,
  { haltingDrawdown, blind = [] }: { readonly haltingDrawdown: number; readonly blind?: readonly BlindSpan[] },
): PerformanceReport {
  const isIn = within(period, now);
  const present = presentPortfolios(outputs);
  const exits = countingExits(present);
  const known: Known = {
    outputs: present,
    recommendations: new Map(outputs.flatMap((o) => (o.type === "recommendation" ? [[o.id, o] as const] : []))),
    shadows: new Map(outputs.flatMap((o) => (o.type === "shadow" ? [[o.recommendation, o] as const] : []))),
    isIn,
  };
  return {
    period,
    blind,
    accounts: statisticsOf(view, outputs, isIn).accounts.map((row) =>
      accountReport(
        row,
        exits.filter(({ account }) => account === row.account),
        known,
        haltingDrawdown,
        now,
      ),
    ),
  };
}

function accountReport(
  row: AccountStatistics,
  all: readonly Exit[],
  known: Known,
  haltingDrawdown: number,
  now: Micros,
): AccountReport {
  const exits = all.filter(known.isIn);
  const isManual = row.account === "manual";
  return {
    name: row.account,
    trades: row.trades,
    tooFew: row.tooFew,
    units: unitsOf(exits, known),
    figures: figuresOf(row, exits, known),
    groups: groupsOf(exits, known),
    coverage: isManual ? coverageOf(known) : undefined,
    shadow: isManual ? shadowOf(exits, known) : undefined,
    costs: isManual ? costsOf(exits, known) : [],
    multipliers: multipliersOf(all, known.recommendations),
    roadmap: roadmapOf(row.account, all, known, now),
    cone: cone(
      all.map(({ netPnl, balanceBefore }) => netPnl / balanceBefore),
      limitFall(lastEquity(known.outputs, row.account)),
      haltingDrawdown,
    ),
    calibration: calibrationOf(all, known),
    days: calendarOf(all),
  };
}

/** From the emergency stop's own peak, which a reset of it puts to where the equity is. */
function limitFall(now: EquityRow | undefined): number {
  return now === undefined ? 0 : Math.max(0, 1 - ((1 - now.drawdown) * now.peak) / now.limitPeak);
}
