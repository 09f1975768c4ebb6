import type { Exit, Shadow } from "../../core/events.js";
import { mean } from "../../core/ledger/moments.js";
import { totalOf } from "../../core/ledger/totals.js";
import { isOverride } from "../../core/override.js";
import type { CostLine, CoverageReport, ShadowReport } from "../../core/protocol.js";
import { winRateInterval } from "../../core/sizing/posterior.js";
import { tradeRecords } from "../../core/tradeRecords.js";
import type { Known } from "./known.js";

/** How many recommendations for the user have complete feedback. */
export function coverageOf({ outputs, recommendations, isIn }: Known): CoverageReport {
  const records = tradeRecords(outputs);
  const own = [...recommendations.values()].filter((each) => each.account === "manual" && isIn(each));
  const states = own.map(({ id }) => records.get(id)?.state);
  return {
    issued: own.length,
    complete: states.filter((state) => state === "NOT_EXECUTED" || state === "CLOSED").length,
    filled: states.filter((state) => state === "OPEN" || state === "CLOSED").length,
  };
}

/** What is recorded against what the paper rules alone make of the same recommendations. */
export function shadowOf(exits: readonly Exit[], { shadows, recommendations, isIn }: Known): ShadowReport {
  const pairs = pairsOf(exits, shadows);
  const filled = [...shadows.values()].filter(({ recommendation, entryTime }) => {
    const of = recommendations.get(recommendation);
    return of !== undefined && of.account === "manual" && isIn(of) && entryTime !== undefined;
  });
  const recorded = rateOf(pairs.map(({ exit }) => exit.win));
  const shadow = rateOf(pairs.map((pair) => pair.shadow.netPnl > 0));
  const all = rateOf(filled.map(({ netPnl }) => netPnl > 0));
  return {
    trades: pairs.length,
    winRate: recorded.rate,
    winRateInterval: recorded.interval,
    shadowWinRate: shadow.rate,
    shadowWinRateInterval: shadow.interval,
    meanR: mean(pairs.map(({ exit }) => exit.rMultiple)),
    shadowMeanR: mean(pairs.map((pair) => pair.shadow.rMultiple)),
    all: filled.length,
    allWinRate: all.rate,
    allWinRateInterval: all.interval,
  };
}

function rateOf(wins: readonly boolean[]) {
  const won = wins.filter((win) => win).length;
  return wins.length === 0 ? {} : { rate: won / wins.length, interval: winRateInterval(won, wins.length) };
}

interface Pair {
  readonly exit: Exit;
  readonly shadow: Shadow;
}

function pairsOf(exits: readonly Exit[], shadows: ReadonlyMap<string, Shadow>): readonly Pair[] {
  return exits.flatMap((exit) => {
    const shadow = shadows.get(exit.recommendation);
    return shadow === undefined ? [] : [{ exit, shadow }];
  });
}

/**
 * What deciding otherwise has cost. An override is an exit by hand that the user did not call planned, against what the bracket alone
 * would have brought in the same size; a skip a recommendation that was not executed, against its own shadow.
 */
export function costsOf(
  exits: readonly Exit[],
  { outputs, shadows, recommendations, isIn }: Known,
): readonly CostLine[] {
  const overridden = pairsOf(exits, shadows).filter(({ exit }) => isOverride(exit));
  const size = (pair: Pair) =>
    pair.exit.quantity / (recommendations.get(pair.exit.recommendation)?.quantity ?? pair.exit.quantity);
  const records = tradeRecords(outputs);
  const skipped = [...recommendations.values()].flatMap((each) => {
    const isSkipped = each.account === "manual" && isIn(each) && records.get(each.id)?.state === "NOT_EXECUTED";
    const shadow = shadows.get(each.id);
    return isSkipped && shadow !== undefined ? [shadow] : [];
  });
  return [
    costLine(
      "Overrides",
      overridden.map((pair) => (pair.shadow.netPnl * size(pair) - pair.exit.netPnl) / 100),
      overridden.map(({ exit, shadow }) => shadow.rMultiple - exit.rMultiple),
    ),
    costLine(
      "Skips",
      skipped.map(({ netPnl }) => netPnl / 100),
      skipped.map(({ rMultiple }) => rMultiple),
    ),
  ];
}

function costLine(name: CostLine["name"], dollars: readonly number[], multiples: readonly number[]): CostLine {
  const [usd, r] = [totalOf(dollars), totalOf(multiples)];
  return {
    name,
    count: usd.count,
    usd: { total: usd.total, interval: usd.interval },
    r: { total: r.total, interval: r.interval },
  };
}
