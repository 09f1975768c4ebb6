import type { AccountReport, CalibrationReport, CostLine, PerformanceReport, ReportFigure } from "../core/protocol.js";
import { percent, usd } from "./amounts.js";
import { ACCOUNT_TITLES } from "./review/words.js";

/** Below this share of complete feedback, what is recorded may be what was worth remembering. */
export const FULL_COVERAGE = 0.9;

const NONE = "n/a";

/** What a report adds to the tables of `statisticsWords`, in lines of text. */
export function reportWords({ accounts }: PerformanceReport): readonly string[] {
  return accounts.flatMap((account) => [
    "",
    `${ACCOUNT_TITLES[account.name]}, in dollars, ticks of one contract and R (ticks and R before costs):`,
    ...account.units.map(
      ({ name, usd: money, ticks, r }) =>
        `  ${name.padEnd(14)} ${dollars(money).padStart(14)} ${number(ticks, 1).padStart(9)} ${number(r, 2).padStart(8)} R`,
    ),
    ...answers(account),
    ...account.costs.map(costWords),
    ...coneWords(account),
    ...(account.calibration === undefined ? [] : calibrationWords(account.calibration)),
  ]);
}

/** A figure as text. */
export function figureWords({ value, unit }: Pick<ReportFigure, "value" | "unit">): string {
  if (value === undefined) return NONE;
  switch (unit) {
    case "percent":
      return percent(value);
    case "usd":
      return dollars(value);
    case "count":
      return `${value}`;
    case "minutes":
      return `${value.toFixed(0)} min`;
    case "seconds":
      return `${value.toFixed(0)} s`;
    case "ratio":
    case "ticks":
    case "points":
      return value.toFixed(2);
    default:
      return unit satisfies never;
  }
}

function answers({ coverage, shadow }: AccountReport): readonly string[] {
  if (coverage === undefined || coverage.issued === 0) return [];
  const share = coverage.complete / coverage.issued;
  const doubt = share < FULL_COVERAGE ? "; winners are remembered better, so read the rest with doubt" : "";
  const lines = [
    `Coverage: ${coverage.complete} of ${coverage.issued} recommendations have complete feedback (${percent(share, 0)})${doubt}`,
  ];
  if (shadow === undefined || shadow.trades === 0) return lines;
  const rate = (value: number | undefined) => (value === undefined ? NONE : percent(value, 0));
  return [
    ...lines,
    `Recorded against the paper rules alone, ${shadow.trades} trades: won ${rate(shadow.winRate)} against ${rate(shadow.shadowWinRate)}, ` +
      `mean R ${number(shadow.meanR, 2)} against ${number(shadow.shadowMeanR, 2)}; of all ${shadow.all} that those fill ${rate(shadow.allWinRate)} win`,
  ];
}

/** What a kind of decision has cost, as a sentence. */
export function costWords({ name, count, usd: money, r }: CostLine): string {
  if (count === 0) return `${name}: none that can be compared`;
  const range =
    r.interval === undefined
      ? ""
      : `, 90 % of such totals lie from ${number(r.interval[0], 2)} to ${number(r.interval[1], 2)} R`;
  const word = money.total >= 0 ? "have cost" : "have earned";
  return `${name}: ${count} ${word} ${dollars(Math.abs(money.total))}, ${number(Math.abs(r.total), 2)} R against the paper rules alone${range}`;
}

/** Where the closed trades may lead, as sentences. */
export function coneWords({ trades, cone }: Pick<AccountReport, "trades" | "cone">): readonly string[] {
  const last = cone?.steps.at(-1);
  if (cone === undefined || last === undefined) {
    return trades === 0 ? [] : ["Simulated futures: withheld under 30 closed trades"];
  }
  const times = (multiple: number) => `${multiple.toFixed(2)}x`;
  return [
    `Simulated, not forecast: ${cone.paths} futures of ${last.trades} trades like the closed ones end at ${times(last.median)} of the balance in the middle, ` +
      `90 % of them from ${times(last.low)} to ${times(last.high)}; ${percent(cone.losing, 0)} end below it, ${percent(cone.halted, 0)} reach the emergency stop`,
  ];
}

/** The calibration, line by line. */
export function calibrationWords(of: CalibrationReport): readonly string[] {
  const verdict = of.verdict ?? "withheld under 30 trades";
  return [
    `Calibration over all ${of.forecasts} closed trades: Brier ${of.brier.toFixed(3)} (coin ${of.brierOfHalf.toFixed(3)}, win rate so far ${of.brierOfRunningRate.toFixed(3)}), ` +
      `log loss ${of.logLoss.toFixed(3)} (coin ${of.logLossOfHalf.toFixed(3)}), verdict ${verdict}`,
    ...of.nulls.map(({ name, rate, highest, rejected, rejectedAfter, needed }) => {
      const state = rejected ? `beaten after ${rejectedAfter} trades` : neededWords(needed);
      return `  against ${name.toLowerCase()} (${percent(rate)}): evidence ${highest.toFixed(2)} of 20, ${state}`;
    }),
    `  your target of ${percent(of.target)} is not verified: the chance that the true rate is as high is ${percent(of.chanceOfTarget)}`,
  ];
}

/** How long it still takes. */
export function neededWords(needed: number | undefined): string {
  return needed === undefined
    ? "not beaten, and not on the way"
    : `not beaten; ${needed} more trades if wins go on as they did`;
}

function dollars(value: number | undefined): string {
  return value === undefined ? NONE : usd(Math.round(value * 100));
}

function number(value: number | undefined, digits: number): string {
  return value === undefined ? NONE : value.toFixed(digits);
}
