import { t } from "@vscode/l10n";
import { formatMean } from "../../core/instrument.js";
import { accountInWords, sideInWords, unknown } from "../../words/tradeWords.js";
import { fixed, usd } from "../amounts.js";
import { newYorkTime } from "../times.js";
import { completeness } from "./advice.js";
import type { Books, Material } from "./material.js";
import { countBy, execution, perAccount, utilisation } from "./sections.js";
import { markdownTable, signedPercent, signedUsd } from "./words.js";

/** Balances before and after the day. */
export function balances({ books }: Material): readonly string[] {
  return perAccount(books, [
    [t("Starting balance"), (b) => usd(b.opening)],
    [t("Final balance"), (b) => usd(b.closing)],
    [t("Total return"), (b) => (b.opening > 0 ? signedPercent(b.closing / b.opening - 1) : unknown())],
    [t("Total P&L"), (b) => signedUsd(b.closing - b.opening)],
  ]);
}

/** What was seen, recommended and refused, and what of it still waits for the user. */
export function signals(material: Material): readonly string[] {
  const { clusters, recommendations, refusals } = material;
  const { answered, issued } = utilisation(material);
  const seen = clusters.filter(({ type }) => type === "signal").length;
  const refused = countBy(refusals.map(({ reason }) => reason));
  const waiting = completeness(material);
  return [
    t("Clusters: {0}, of them signals: {1}. Recommendations: {2}.", clusters.length, seen, recommendations.length),
    refused.length === 0
      ? t("No signal was refused.")
      : t("Signals refused: {0}.", refused.map(([reason, count]) => `${reason} ${count}`).join(", ")),
    issued === 0
      ? t("No recommendation was for your account, so none needed an answer.")
      : t("Complete feedback: {0} of {1}.", answered, issued),
    ...waiting.flatMap((line) => ["", line]),
  ];
}

/** Each closed trade of the day, and what it taught. */
export function tradesOfDay({ books }: Material): readonly string[] {
  const rows = books.flatMap((b) => b.exits.map((exit) => tradeRow(b, exit)));
  if (rows.length === 0) return [t("No trade was closed.")];
  const head = [
    t("Closed, New York"),
    t("Account"),
    t("Trade"),
    t("Entry, exit"),
    t("Worst, best, points"),
    "R",
    t("Net"),
    t("Multiplier"),
  ];
  return markdownTable(head, rows);
}

/** How fills and exits went. */
export function executionOfDay(material: Material): readonly string[] {
  return execution(material, t("Recommendations of the day filled in it"));
}

function tradeRow({ name, exitsSoFar }: Books, exit: Books["exits"][number]): readonly string[] {
  const { instrument, direction, quantity, maePoints, mfePoints, context } = exit;
  const isWatched = maePoints !== undefined && mfePoints !== undefined;
  const at = exitsSoFar.indexOf(exit);
  const before = exitsSoFar.findLast((other, i) => i < at && other.context === context)?.learned.multiplier ?? 1;
  return [
    newYorkTime(exit.time).slice(11),
    accountInWords(name),
    `${sideInWords(direction)} ${quantity} ${instrument.label}`,
    `${formatMean(exit.entryPrice, instrument)} → ${formatMean(exit.price, instrument)}`,
    isWatched ? `${fixed(maePoints, 2)}, ${fixed(mfePoints, 2)}` : unknown(),
    fixed(exit.rMultiple, 2),
    signedUsd(exit.netPnl),
    `${before.toFixed(2)} → ${exit.learned.multiplier.toFixed(2)}`,
  ];
}
