import { t } from "@vscode/l10n";
import { calibration, ENOUGH_FORECASTS } from "../../core/ledger/calibration.js";
import { compoundAnnualReturn, equityMetrics, MEANINGFUL_DAYS } from "../../core/ledger/equityMetrics.js";
import { chanceOfAtLeast, excursions, meanSlippage, tradeMetrics } from "../../core/ledger/metrics.js";
import { mean } from "../../core/ledger/moments.js";
import { meanInterval } from "../../core/ledger/totals.js";
import { MICROS_PER_MINUTE } from "../../core/units.js";
import { accountInWords, contextInWords, unknown } from "../../words/tradeWords.js";
import { fixed, percent, usd } from "../amounts.js";
import { EVIDENCE, FEW_TRADES, TARGET_WIN_RATE } from "../statistics.js";
import type { Books, Material } from "./material.js";
import { daysBetween } from "./week.js";
import { markdownTable, orNot, rateInterval, signedPercent, signedUsd, sparkline, verdictWord } from "./words.js";

/** What the user hopes for, from his own back-test: claims, shown beside the evidence and used nowhere. */
export const TARGETS = { winRate: TARGET_WIN_RATE, returnPerTrade: 0.008, signals: [2, 5], utilisation: 0.95 } as const;

/** Balances, returns and the curve of the week. */
export function portfolio({ books }: Material): readonly string[] {
  const annual = ({ startBalance, closing, since, until }: Books) => {
    // The first trading day is a day of itself.
    const days = since === undefined || until === undefined ? 0 : daysBetween(since, until) + 1;
    if (days < MEANINGFUL_DAYS) return t("not meaningful under 30 days");
    return orNot(compoundAnnualReturn(closing / startBalance - 1, days), signedPercent);
  };
  return perAccount(books, [
    [t("Starting balance"), (b) => usd(b.opening)],
    [t("Final balance"), (b) => usd(b.closing)],
    [t("Total return"), (b) => (b.opening > 0 ? signedPercent(b.closing / b.opening - 1) : unknown())],
    [t("Total P&L"), (b) => signedUsd(b.closing - b.opening)],
    [t("Return since the beginning"), (b) => signedPercent(b.closing / b.startBalance - 1)],
    [t("Annualised, since the beginning"), annual],
    [t("Balance by day"), (b) => `${sparkline(b.balances)} (${sessionCount(b.sessions.length)})`],
  ]);
}

function sessionCount(count: number): string {
  return count === 1 ? t("1 session") : t("{0} sessions", count);
}

/** What was won and lost. */
export function trades({ books }: Material): readonly string[] {
  const target = percent(TARGET_WIN_RATE);
  const of = (b: Books) => tradeMetrics(b.exits);
  return perAccount(books, [
    [
      t("Closed trades"),
      (b) => (b.exits.length < FEW_TRADES ? t("{0} (too few)", b.exits.length) : `${b.exits.length}`),
    ],
    [t("Win rate"), (b) => orNot(of(b).winRate, percent)],
    [t("90 % interval"), (b) => (b.exits.length === 0 ? unknown() : rateInterval(of(b).winRateInterval))],
    [
      t("Chance that it is at least {0}, your target", target),
      (b) => (b.exits.length === 0 ? unknown() : percent(chanceOfAtLeast(TARGET_WIN_RATE, of(b).wins, b.exits.length))),
    ],
    [t("Mean result, after costs"), (b) => orNot(of(b).expectancy, signedUsd)],
    [t("Mean R, before costs"), (b) => orNot(of(b).expectancyR, (r) => fixed(r, 2))],
    [t("Payoff (average win / average loss)"), (b) => orNot(of(b).payoff, (ratio) => ratio.toFixed(2))],
    [t("Profit factor"), (b) => orNot(of(b).profitFactor, (ratio) => ratio.toFixed(2))],
    [t("Best, worst"), (b) => `${orNot(of(b).best, signedUsd)}, ${orNot(of(b).worst, signedUsd)}`],
    [t("Longest streak of wins, of losses"), (b) => `${of(b).longestWinningStreak}, ${of(b).longestLosingStreak}`],
  ]);
}

/** Falls, risk taken and what was held back. */
export function risk({ books, recommendations, refusals }: Material): readonly string[] {
  const fell = (b: Books) => equityMetrics(b.balances, 0);
  // A row keeps the fall of when it was written, which a correction may have taken back.
  const marked = (b: Books) =>
    Math.min(
      b.maxDrawdown,
      b.equity.reduce((most, row) => Math.max(most, row.drawdown), 0),
    );
  const blocked = countBy(refusals.map((refusal) => refusal.reason));
  const taken = recommendations.filter(({ id }) =>
    books.some((b) => b.fills.some((fill) => fill.recommendation === id)),
  );
  const [budget, actual] = [mean(taken.map((r) => r.riskBudget)), mean(taken.map((r) => r.riskActual))];
  return [
    ...perAccount(books, [
      [t("Largest fall of the closed balance"), (b) => orNot(fell(b).maxDrawdown, (fall) => percent(fall, 2))],
      [t("Deepest below the all-time peak, marked, at a day's end or an exit"), (b) => percent(marked(b), 2)],
      [t("Sessions that ended under water"), (b) => t("{0} of {1}", fell(b).daysUnderWater, b.sessions.length)],
      [t("Emergency stops"), (b) => `${b.halts.length}`],
    ]),
    "",
    budget === undefined || actual === undefined
      ? t("No recommendation was filled.")
      : meanRisk(taken.length, usd(Math.round(actual)), usd(Math.round(budget))),
    blocked.length === 0
      ? t("No signal was refused.")
      : t("Signals refused: {0}.", blocked.map(([reason, count]) => `${reason} ${count}`).join(", ")),
  ];
}

function meanRisk(filled: number, actual: string, budget: string): string {
  return filled === 1
    ? t("Mean risk of the 1 recommendation that was filled: {0}, against a budget of {1}.", actual, budget)
    : t("Mean risk of the {0} recommendations that were filled: {1}, against a budget of {2}.", filled, actual, budget);
}

/**
 * How fills and exits went.
 *
 * @param filledTitle what the count of the recommendations that were filled is called
 */
export function execution(
  { books, recommendations }: Material,
  filledTitle = t("Recommendations of the week filled in it"),
): readonly string[] {
  const minutes = (b: Books) => mean(b.exits.map((exit) => (exit.time - exit.entryTime) / MICROS_PER_MINUTE));
  const filled = (b: Books) => {
    const ids = new Set(b.fills.map((fill) => fill.recommendation));
    return recommendations.filter(({ id }) => ids.has(id)).length;
  };
  const moved = (b: Books) => excursions(b.exits);
  const points = (value: number) => fixed(value, 2);
  return perAccount(books, [
    [filledTitle, (b) => t("{0} of {1}", filled(b), recommendations.length)],
    [t("Mean slippage, ticks (positive is worse)"), (b) => orNot(meanSlippage(b.exits), (ticks) => fixed(ticks, 1))],
    [t("Mean minutes held"), (b) => orNot(minutes(b), (held) => held.toFixed(0))],
    [t("Mean adverse excursion, points"), (b) => orNot(moved(b).maePoints, points)],
    [t("Mean favourable excursion, points"), (b) => orNot(moved(b).mfePoints, points)],
    [t("Trades that were watched"), (b) => t("{0} of {1}", moved(b).watched, b.exits.length)],
  ]);
}

/** What the engine has learned by now, and what changed in the week. */
export function bayes(material: Material): readonly string[] {
  const { answered, issued } = utilisation(material);
  return [
    issued === 0
      ? t("No recommendation was for your account, so none needed an answer.")
      : t(
          "Utilisation: {0} of {1} recommendations have complete feedback ({2}).",
          answered,
          issued,
          percent(answered / issued),
        ),
    ...material.books.flatMap((b) => [
      "",
      t("{0}: {1} of {2} trades were sized by evidence.", accountInWords(b.name), evident(b, material), b.exits.length),
      "",
      t("{0}, multipliers now:", accountInWords(b.name)),
      "",
      ...(b.contexts.length === 0
        ? [t("Nothing learned yet: the multiplier is 1.00 everywhere.")]
        : markdownTable(
            [
              t("Context"),
              t("Trades"),
              t("Confidence"),
              t("90 % interval"),
              t("Multiplier"),
              t("Conservative"),
              t("This week"),
            ],
            b.contexts.map((context) => [
              contextInWords(context.context),
              `${context.trades}`,
              percent(context.confidence),
              rateInterval(context.interval),
              context.multiplier.toFixed(2),
              context.conservativeMultiplier.toFixed(2),
              change(b, context.context),
            ]),
          )),
    ]),
  ];
}

/** How good the chances were that the recommendations named, over all closed trades so far. */
export function calibrated({ books }: Material): readonly string[] {
  const of = (b: Books) => calibration(b.exitsSoFar);
  return [
    ...perAccount(books, [
      [t("Closed trades so far"), (b) => `${b.exitsSoFar.length}`],
      [t("Mean stated chance"), (b) => orNot(mean(b.exitsSoFar.map((exit) => exit.confidence)), percent)],
      [t("Win rate"), (b) => rateWithInterval(b.exitsSoFar)],
      [t("Brier score (always 50 %: 0.250)"), (b) => orNot(of(b)?.brier, (score) => score.toFixed(3))],
      [t("Brier score of the win rate so far"), (b) => orNot(of(b)?.brierOfRunningRate, (score) => score.toFixed(3))],
      [t("Log loss (always 50 %: 0.693)"), (b) => orNot(of(b)?.logLoss, (loss) => loss.toFixed(3))],
      [t("Verdict"), (b) => verdictWord(of(b)?.verdict) ?? t("withheld under {0} trades", ENOUGH_FORECASTS)],
    ]),
  ];
}

/** The user's own targets beside what was measured. */
export function targets(material: Material): readonly string[] {
  const { answered, issued } = utilisation(material);
  const [fewest, most] = TARGETS.signals;
  const signals = material.clusters.filter((cluster) => cluster.type === "signal").length;
  const gain = (b: Books) => {
    const gains = b.exits.map((exit) => exit.netPnl / exit.balanceBefore);
    const interval = meanInterval(gains, 0.9);
    const words = orNot(mean(gains), signedPercent);
    return interval === undefined
      ? words
      : `${words} (${t("{0} to {1}", signedPercent(interval[0]), signedPercent(interval[1]))})`;
  };
  const same = (value: string) => material.books.map(() => value);
  return [
    `*${t("From your back-test, not verified.")}*`,
    "",
    ...markdownTable(
      ["", t("Your target"), ...material.books.map((b) => accountInWords(b.name))],
      [
        [t("Win rate"), `${percent(TARGETS.winRate)}`, ...material.books.map((b) => rateWithInterval(b.exits))],
        [
          t("Mean result of a trade, of the balance"),
          `${percent(TARGETS.returnPerTrade)}`,
          ...material.books.map(gain),
        ],
        [t("Signals a week"), t("{0} to {1}", fewest, most), ...same(`${signals}`)],
        [
          t("Complete feedback"),
          t("above {0}", percent(TARGETS.utilisation, 0)),
          ...same(t("{0} of {1}", answered, issued)),
        ],
        [
          t("Sized by evidence"),
          t("above {0}", percent(TARGETS.utilisation, 0)),
          ...material.books.map((b) => t("{0} of {1}", evident(b, material), b.exits.length)),
        ],
      ],
    ),
  ];
}

/**
 * Recommendations for the user's account, and those of them with complete feedback: not executed with a reason, or filled and
 * closed.
 */
export function utilisation({ recommendations, records }: Material): { answered: number; issued: number } {
  const own = recommendations.filter(({ account }) => account === "manual");
  const complete = own.filter(({ id }) => ["NOT_EXECUTED", "CLOSED"].includes(records.get(id)?.state ?? ""));
  return { answered: complete.length, issued: own.length };
}

// Trades of the week whose chance rested on results enough (`ENGINE.md` 6.3).
function evident({ exits }: Books, { issued }: Material): number {
  return exits.filter(({ recommendation }) => (issued.get(recommendation)?.evidence ?? 0) >= EVIDENCE).length;
}

/** `47.6 % (32.1 % to 63.6 %)`: a rate is never without its interval. */
function rateWithInterval(exits: Books["exits"]): string {
  const { winRate, winRateInterval } = tradeMetrics(exits);
  return winRate === undefined ? unknown() : `${percent(winRate)} (${rateInterval(winRateInterval)})`;
}

/** How often each word stands in a list, the most frequent first. */
export function countBy<T extends string>(words: readonly T[]): readonly (readonly [word: T, count: number])[] {
  const counts = new Map<T, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
}

/** A table with a column for each account. */
export function perAccount(
  books: readonly Books[],
  rows: readonly (readonly [title: string, value: (books: Books) => string])[],
): readonly string[] {
  return markdownTable(
    ["", ...books.map((b) => accountInWords(b.name))],
    rows.map(([title, value]) => [title, ...books.map(value)]),
  );
}

// What an exit teaches is stored with it, so the week's change is read from the last one before it and the last one in it.
function change({ exits, exitsSoFar }: Books, context: string): string {
  const now = exits.findLast((exit) => exit.context === context)?.learned.multiplier;
  if (now === undefined) return t("no trade");
  const ids = new Set(exits.map((exit) => exit.id));
  const before = exitsSoFar.findLast((exit) => exit.context === context && !ids.has(exit.id))?.learned.multiplier ?? 1;
  return now === before ? t("unchanged") : t("{0} to {1}", before.toFixed(2), now.toFixed(2));
}
