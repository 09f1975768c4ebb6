import { t } from "@vscode/l10n";
import type { AccountReport, CalibrationReport, CostLine, PerformanceReport, ReportFigure } from "../core/protocol.js";
import { accountInWords, ageInWords, unknown } from "../words/tradeWords.js";
import { fixed, percent, usd } from "./amounts.js";
import { inLanguage } from "./language.js";
import { rateInterval, verdictWord } from "./review/words.js";

/** Below this share of complete feedback, what is recorded may be what was worth remembering. */
export const FULL_COVERAGE = 0.9;

/** What a report adds to the tables of `statisticsWords`, in lines of text. */
export function reportWords({ accounts }: PerformanceReport): readonly string[] {
  return accounts.flatMap((account) => [
    "",
    t(
      "{0}, in dollars, ticks of one contract and R (but for the totals, ticks and R before costs):",
      accountInWords(account.name),
    ),
    ...account.units.map(
      ({ name, usd: money, ticks, r }) =>
        `  ${inLanguage(name).padEnd(30)} ${dollars(money).padStart(14)} ${number(ticks, 1).padStart(9)} ${number(r, 2).padStart(8)} R`,
    ),
    ...answers(account),
    ...account.costs.map(costWords),
    ...coneWords(account),
    ...(account.calibration === undefined ? [] : calibrationWords(account.calibration)),
  ]);
}

/** A figure as text. */
export function figureWords({ value, unit }: Pick<ReportFigure, "value" | "unit">): string {
  if (value === undefined) return unknown();
  switch (unit) {
    case "percent":
      return percent(value);
    case "usd":
      return dollars(value);
    case "count":
      return `${value}`;
    case "minutes":
      return t("{0} min", value.toFixed(0));
    case "seconds":
      return ageInWords(value);
    case "ticks":
      return t("{0} ticks", fixed(value, 2));
    case "points":
      return t("{0} pts", fixed(value, 2));
    case "ratio":
      return fixed(value, 2);
    default:
      return unit satisfies never;
  }
}

/** How many recommendations were answered completely, and what was recorded beside the paper rules alone, line by line. */
export function answers({ coverage, shadow }: AccountReport): readonly string[] {
  if (coverage === undefined || coverage.issued === 0) return [];
  const share = coverage.complete / coverage.issued;
  const covered = t(
    "Coverage: {0} of {1} recommendations have complete feedback ({2})",
    coverage.complete,
    coverage.issued,
    percent(share, 0),
  );
  const lines = [
    share < FULL_COVERAGE ? t("{0}; winners are remembered better, so read the rest with doubt", covered) : covered,
  ];
  if (shadow === undefined || shadow.trades === 0) return lines;
  const rate = (value: number | undefined, interval: readonly [number, number] | undefined) =>
    value === undefined || interval === undefined
      ? unknown()
      : t("{0} (90 %: {1})", percent(value, 0), rateInterval(interval));
  return [
    ...lines,
    t(
      "Recorded against the paper rules alone, {0} trades: won {1} against {2}, mean R {3} against {4}; of all {5} that those fill {6} win",
      shadow.trades,
      rate(shadow.winRate, shadow.winRateInterval),
      rate(shadow.shadowWinRate, shadow.shadowWinRateInterval),
      number(shadow.meanR, 2),
      number(shadow.shadowMeanR, 2),
      shadow.all,
      rate(shadow.allWinRate, shadow.allWinRateInterval),
    ),
  ];
}

/** What a kind of decision has cost, as a sentence. */
export function costWords({ name, count, usd: money, r }: CostLine): string {
  const kind = name === "Overrides" ? t("Overrides") : t("Skips");
  if (count === 0) return t("{0}: none that can be compared", kind);
  const [lost, total] = [dollars(Math.abs(money.total)), number(Math.abs(r.total), 2)];
  const cost =
    money.total >= 0
      ? t("{0}: {1} have cost {2}, {3} R against the paper rules alone", kind, count, lost, total)
      : t("{0}: {1} have earned {2}, {3} R against the paper rules alone", kind, count, lost, total);
  if (r.interval === undefined) return cost;
  const inR = t(
    "{0}, 90 % of such totals lie from {1} to {2} R",
    cost,
    number(r.interval[0], 2),
    number(r.interval[1], 2),
  );
  return money.interval === undefined
    ? inR
    : t("{0}, {1} to {2}", inR, dollars(money.interval[0]), dollars(money.interval[1]));
}

/** Where the closed trades may lead, as sentences. */
export function coneWords({ trades, cone }: Pick<AccountReport, "trades" | "cone">): readonly string[] {
  const last = cone?.steps.at(-1);
  if (cone === undefined || last === undefined) {
    return trades === 0 ? [] : [t("Simulated futures: withheld under 30 closed trades")];
  }
  const times = (multiple: number) => `${multiple.toFixed(2)}x`;
  return [
    t(
      "Simulated, not forecast: {0} futures of {1} trades like the closed ones end at {2} of the balance in the middle, 90 % of them from {3} to {4}; {5} end below it, {6} reach the emergency stop",
      cone.paths,
      last.trades,
      times(last.median),
      times(last.low),
      times(last.high),
      percent(cone.losing, 0),
      percent(cone.halted, 0),
    ),
  ];
}

/** The calibration, line by line. */
export function calibrationWords(of: CalibrationReport): readonly string[] {
  const verdict = verdictWord(of.verdict) ?? t("withheld under {0} trades", 30);
  return [
    t(
      "Calibration over all {0} closed trades: Brier {1} (coin {2}, win rate so far {3}), log loss {4} (coin {5}), verdict {6}",
      of.forecasts,
      of.brier.toFixed(3),
      of.brierOfHalf.toFixed(3),
      of.brierOfRunningRate.toFixed(3),
      of.logLoss.toFixed(3),
      of.logLossOfHalf.toFixed(3),
      verdict,
    ),
    ...of.nulls.map(({ name, rate, highest, rejected, rejectedAfter, needed }) => {
      const state = rejected ? t("beaten after {0} trades", rejectedAfter ?? 0) : neededWords(needed);
      const evidence = highest.toFixed(2);
      return `  ${t("against {0} ({1}): evidence {2} of 20, {3}", nullWord(name), percent(rate), evidence, state)}`;
    }),
    `  ${t("your target of {0} is not verified: the chance that the true rate is as high is {1}", percent(of.target), percent(of.chanceOfTarget))}`,
  ];
}

function nullWord(name: CalibrationReport["nulls"][number]["name"]): string {
  switch (name) {
    case "A coin":
      return t("a coin");
    case "Break-even":
      return t("break-even, itself an estimate from the same trades");
    case "Random entry":
      return t("random entry");
    default:
      return name satisfies never;
  }
}

/** How long it still takes. */
export function neededWords(needed: number | undefined): string {
  return needed === undefined
    ? t("not beaten, and not on the way")
    : t("not beaten; {0} more trades if wins go on as they did", needed);
}

function dollars(value: number | undefined): string {
  return value === undefined ? unknown() : usd(Math.round(value * 100));
}

function number(value: number | undefined, digits: number): string {
  return value === undefined ? unknown() : fixed(value, digits);
}
