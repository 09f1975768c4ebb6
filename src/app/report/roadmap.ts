import type { Exit } from "../../core/events.js";
import { mean } from "../../core/ledger/moments.js";
import type { RoadmapMonth } from "../../core/protocol.js";
import { winRateInterval } from "../../core/sizing/posterior.js";
import type { AccountName, Recommendation } from "../../core/sizing/recommendation.js";
import { tradeRecords } from "../../core/tradeRecords.js";
import { MICROS_PER_DAY, type Micros } from "../../core/units.js";
import type { Known } from "./known.js";

const MONTH = 30 * MICROS_PER_DAY;

/** The user's targets are for three months. */
const MONTHS = 3;

/**
 * How far an account has come, month by month of 30 days: what was answered, how many trades there are, and what they did to the
 * size of the next. It is told beside the user's targets and compared with nothing.
 *
 * @param exits all of the account
 */
export function roadmapOf(
  account: AccountName,
  exits: readonly Exit[],
  known: Known,
  now: Micros,
): readonly RoadmapMonth[] {
  const { recommendations, outputs } = known;
  const own = [...recommendations.values()].filter((each) => each.account === account);
  const traded = exits.flatMap((exit) => {
    const of = recommendations.get(exit.recommendation);
    return of === undefined ? [] : [{ exit, of }];
  });
  const times = [...own, ...traded.map(({ of }) => of)].map(({ time }) => time);
  if (times.length === 0) return [];
  const start = times.reduce((first, time) => (time < first ? time : first));
  const monthOf = ({ time }: Recommendation) => Math.min(MONTHS, Math.floor((time - start) / MONTH));
  const records = account === "manual" ? tradeRecords(outputs) : undefined;
  const last = times.reduce((newest, time) => (time > newest ? time : newest), now);
  const reached = Math.min(MONTHS, Math.floor((last - start) / MONTH));
  return Array.from({ length: reached + 1 }, (_, month) => {
    const issued = records === undefined ? [] : own.filter((each) => monthOf(each) === month);
    const states = issued.map(({ id }) => records?.get(id)?.state);
    const trades = traded.filter(({ of }) => monthOf(of) === month);
    const wins = trades.filter(({ exit }) => exit.win).length;
    const multipliers = trades.map(({ exit }) => exit.multiplier);
    const average = mean(multipliers);
    return {
      issued: issued.length,
      complete: states.filter((state) => state === "NOT_EXECUTED" || state === "CLOSED").length,
      trades: trades.length,
      wins,
      winRateInterval: winRateInterval(wins, trades.length),
      multiplier:
        average === undefined
          ? undefined
          : { mean: average, low: least(multipliers), high: -least(multipliers.map((value) => -value)) },
      conservative: mean(trades.map(({ of }) => of.conservativeMultiplier)),
    };
  });
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
}
