import { realisedBreakEven } from "../../core/contextRecord.js";
import type { Exit } from "../../core/events.js";
import { calibration } from "../../core/ledger/calibration.js";
import { chanceOfAtLeast } from "../../core/ledger/metrics.js";
import { mean } from "../../core/ledger/moments.js";
import { nullTest } from "../../core/ledger/nullTests.js";
import type { CalibrationReport, NullReport } from "../../core/protocol.js";
import { winRateInterval } from "../../core/sizing/posterior.js";
import { TARGET_WIN_RATE } from "../statistics.js";
import type { Known } from "./known.js";

/** How true the stated chances were, and the wins against rates that need no skill; undefined without a trade. */
export function calibrationOf(exits: readonly Exit[], { recommendations }: Known): CalibrationReport | undefined {
  const scores = calibration(exits);
  if (scores === undefined) return undefined;
  const wins = exits.map(({ win }) => win);
  const won = wins.filter(Boolean).length;
  const own = exits.flatMap(({ recommendation }) => recommendations.get(recommendation) ?? []);
  const planned = mean(own.map(({ breakEven }) => breakEven));
  // A price without a drift reaches the nearer of two levels first by their distances: stop / (stop + target).
  const random = mean(own.map(({ price, stop, target }) => Math.abs(price - stop) / Math.abs(target - stop)));
  const nulls: readonly (readonly [NullReport["name"], number | undefined])[] = [
    ["A coin", 0.5],
    ["Break-even", realisedBreakEven(exits) ?? planned],
    ["Random entry", random],
  ];
  return {
    forecasts: scores.forecasts,
    verdict: scores.verdict,
    brier: scores.brier,
    brierOfHalf: scores.brierOfHalf,
    brierOfRunningRate: scores.brierOfRunningRate,
    logLoss: scores.logLoss,
    logLossOfHalf: Math.LN2,
    inTheLarge: scores.inTheLarge,
    bins: scores.table.map(({ low, high, forecasts, meanConfidence, winRate }) => ({
      low,
      high,
      forecasts,
      meanConfidence,
      winRate,
      interval: winRateInterval(Math.round(winRate * forecasts), forecasts),
    })),
    winRate: won / wins.length,
    winRateInterval: winRateInterval(won, wins.length),
    nulls: nulls.flatMap(([name, rate]) => {
      const test = rate === undefined ? undefined : nullTest(wins, rate);
      return test === undefined ? [] : [{ name, ...test }];
    }),
    target: TARGET_WIN_RATE,
    chanceOfTarget: chanceOfAtLeast(TARGET_WIN_RATE, won, wins.length),
  };
}
