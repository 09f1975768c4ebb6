import { calibration, ENOUGH_FORECASTS } from "../../core/ledger/calibration.js";
import { compoundAnnualReturn, equityMetrics, MEANINGFUL_DAYS } from "../../core/ledger/equityMetrics.js";
import { chanceOfAtLeast, excursions, meanSlippage, tradeMetrics } from "../../core/ledger/metrics.js";
import { mean } from "../../core/ledger/moments.js";
import { MICROS_PER_MINUTE } from "../../core/units.js";
import { percent, usd } from "../amounts.js";
import { FEW_TRADES, TARGET_WIN_RATE } from "../statistics.js";
import type { Books, Material } from "./material.js";
import { daysBetween } from "./week.js";
import {
  ACCOUNT_TITLES,
  counted,
  markdownTable,
  NOT_AVAILABLE,
  orNot,
  rateInterval,
  signedPercent,
  signedUsd,
  sparkline,
} from "./words.js";

/** What the user hopes for, from his own back-test: claims, shown beside the evidence and used nowhere. */
export const TARGETS = { winRate: TARGET_WIN_RATE, returnPerTrade: 0.008, signals: [2, 5], utilisation: 0.95 } as const;

/** Balances, returns and the curve of the week. */
export function portfolio({ books, week }: Material): readonly string[] {
  const annual = ({ startBalance, closing, since }: Books) => {
    const days = since === undefined ? 0 : daysBetween(since, week.sunday);
    if (days < MEANINGFUL_DAYS) return "not meaningful under 30 days";
    return orNot(compoundAnnualReturn(closing / startBalance - 1, days), signedPercent);
  };
  return perAccount(books, [
    ["Starting balance", (b) => usd(b.opening)],
    ["Final balance", (b) => usd(b.closing)],
    ["Total return", (b) => (b.opening > 0 ? signedPercent(b.closing / b.opening - 1) : NOT_AVAILABLE)],
    ["Total P&L", (b) => signedUsd(b.closing - b.opening)],
    ["Return since the beginning", (b) => signedPercent(b.closing / b.startBalance - 1)],
    ["Annualised, since the beginning", annual],
    ["Balance by day", (b) => `${sparkline(b.balances)} (${counted(b.sessions.length, "session")})`],
  ]);
}

/** What was won and lost. */
export function trades({ books }: Material): readonly string[] {
  const target = percent(TARGET_WIN_RATE);
  const of = (b: Books) => tradeMetrics(b.exits);
  return perAccount(books, [
    ["Closed trades", (b) => (b.exits.length < FEW_TRADES ? `${b.exits.length} (too few)` : `${b.exits.length}`)],
    ["Win rate", (b) => orNot(of(b).winRate, percent)],
    ["90 % interval", (b) => (b.exits.length === 0 ? NOT_AVAILABLE : rateInterval(of(b).winRateInterval))],
    [
      `Chance that it is at least ${target}, your target`,
      (b) =>
        b.exits.length === 0 ? NOT_AVAILABLE : percent(chanceOfAtLeast(TARGET_WIN_RATE, of(b).wins, b.exits.length)),
    ],
    ["Mean result, after costs", (b) => orNot(of(b).expectancy, signedUsd)],
    ["Mean R, before costs", (b) => orNot(of(b).expectancyR, (r) => r.toFixed(2))],
    ["Payoff (average win / average loss)", (b) => orNot(of(b).payoff, (ratio) => ratio.toFixed(2))],
    ["Profit factor", (b) => orNot(of(b).profitFactor, (ratio) => ratio.toFixed(2))],
    ["Best, worst", (b) => `${orNot(of(b).best, signedUsd)}, ${orNot(of(b).worst, signedUsd)}`],
    ["Longest streak of wins, of losses", (b) => `${of(b).longestWinningStreak}, ${of(b).longestLosingStreak}`],
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
      ["Largest fall of the closed balance", (b) => orNot(fell(b).maxDrawdown, (fall) => percent(fall, 2))],
      ["Deepest below the all-time peak, marked, at a day's end or an exit", (b) => percent(marked(b), 2)],
      ["Sessions that ended under water", (b) => `${fell(b).daysUnderWater} of ${b.sessions.length}`],
      ["Emergency stops", (b) => `${b.halts.length}`],
    ]),
    "",
    budget === undefined || actual === undefined
      ? "No recommendation was filled."
      : `Mean risk of the ${counted(taken.length, "recommendation")} that ${taken.length === 1 ? "was" : "were"} filled: ${usd(Math.round(actual))}, ` +
        `against a budget of ${usd(Math.round(budget))}.`,
    blocked.length === 0
      ? "No signal was refused."
      : `Signals refused: ${blocked.map(([reason, count]) => `${reason} ${count}`).join(", ")}.`,
  ];
}

/** How fills and exits went. */
export function execution({ books, recommendations }: Material): readonly string[] {
  const minutes = (b: Books) => mean(b.exits.map((exit) => (exit.time - exit.entryTime) / MICROS_PER_MINUTE));
  const filled = (b: Books) => {
    const ids = new Set(b.fills.map((fill) => fill.recommendation));
    return recommendations.filter(({ id }) => ids.has(id)).length;
  };
  const moved = (b: Books) => excursions(b.exits);
  const points = (value: number) => value.toFixed(2);
  return perAccount(books, [
    ["Recommendations of the week filled in it", (b) => `${filled(b)} of ${recommendations.length}`],
    ["Mean slippage, ticks (positive is worse)", (b) => orNot(meanSlippage(b.exits), (ticks) => ticks.toFixed(1))],
    ["Mean minutes held", (b) => orNot(minutes(b), (held) => held.toFixed(0))],
    ["Mean adverse excursion, points", (b) => orNot(moved(b).maePoints, points)],
    ["Mean favourable excursion, points", (b) => orNot(moved(b).mfePoints, points)],
    ["Trades that were watched", (b) => `${moved(b).watched} of ${b.exits.length}`],
  ]);
}

/** What the engine has learned by now, and what changed in the week. */
export function bayes(material: Material): readonly string[] {
  const { answered, issued } = utilisation(material);
  return [
    issued === 0
      ? "No recommendation was for your account, so none needed an answer."
      : `Utilisation: ${answered} of ${issued} recommendations have complete feedback (${percent(answered / issued)}).`,
    ...material.books.flatMap((b) => [
      "",
      `${ACCOUNT_TITLES[b.name]}, multipliers now:`,
      "",
      ...(b.contexts.length === 0
        ? ["Nothing learned yet: the multiplier is 1.00 everywhere."]
        : markdownTable(
            ["Context", "Trades", "Confidence", "90 % interval", "Multiplier", "Conservative", "This week"],
            b.contexts.map((context) => [
              context.context,
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
      ["Closed trades so far", (b) => `${b.exitsSoFar.length}`],
      ["Mean stated chance", (b) => orNot(mean(b.exitsSoFar.map((exit) => exit.confidence)), percent)],
      ["Win rate", (b) => orNot(mean(b.exitsSoFar.map((exit) => (exit.win ? 1 : 0))), percent)],
      ["Brier score (always 50 %: 0.250)", (b) => orNot(of(b)?.brier, (score) => score.toFixed(3))],
      ["Brier score of the win rate so far", (b) => orNot(of(b)?.brierOfRunningRate, (score) => score.toFixed(3))],
      ["Log loss (always 50 %: 0.693)", (b) => orNot(of(b)?.logLoss, (loss) => loss.toFixed(3))],
      ["Verdict", (b) => of(b)?.verdict ?? `withheld under ${ENOUGH_FORECASTS} trades`],
    ]),
  ];
}

/** The user's own targets beside what was measured. */
export function targets(material: Material): readonly string[] {
  const { answered, issued } = utilisation(material);
  const [fewest, most] = TARGETS.signals;
  const signals = material.clusters.filter((cluster) => cluster.type === "signal").length;
  const rate = (b: Books) => {
    const { winRate, winRateInterval } = tradeMetrics(b.exits);
    return winRate === undefined ? NOT_AVAILABLE : `${percent(winRate)} (${rateInterval(winRateInterval)})`;
  };
  const gain = (b: Books) => orNot(mean(b.exits.map((exit) => exit.netPnl / exit.balanceBefore)), signedPercent);
  const same = (value: string) => material.books.map(() => value);
  return [
    "*From your back-test, not verified.*",
    "",
    ...markdownTable(
      ["", "Your target", ...material.books.map((b) => ACCOUNT_TITLES[b.name])],
      [
        ["Win rate", `${percent(TARGETS.winRate)}`, ...material.books.map(rate)],
        ["Mean result of a trade, of the balance", `${percent(TARGETS.returnPerTrade)}`, ...material.books.map(gain)],
        ["Signals a week", `${fewest} to ${most}`, ...same(`${signals}`)],
        ["Complete feedback", `above ${percent(TARGETS.utilisation, 0)}`, ...same(`${answered} of ${issued}`)],
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

/** How often each word stands in a list, the most frequent first. */
export function countBy<T extends string>(words: readonly T[]): readonly (readonly [word: T, count: number])[] {
  const counts = new Map<T, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
}

function perAccount(
  books: readonly Books[],
  rows: readonly (readonly [title: string, value: (books: Books) => string])[],
): readonly string[] {
  return markdownTable(
    ["", ...books.map((b) => ACCOUNT_TITLES[b.name])],
    rows.map(([title, value]) => [title, ...books.map(value)]),
  );
}

// What an exit teaches is stored with it, so the week's change is read from the last one before it and the last one in it.
function change({ exits, exitsSoFar }: Books, context: string): string {
  const now = exits.findLast((exit) => exit.context === context)?.learned.multiplier;
  if (now === undefined) return "no trade";
  const ids = new Set(exits.map((exit) => exit.id));
  const before = exitsSoFar.findLast((exit) => exit.context === context && !ids.has(exit.id))?.learned.multiplier ?? 1;
  return now === before ? "unchanged" : `${before.toFixed(2)} to ${now.toFixed(2)}`;
}
