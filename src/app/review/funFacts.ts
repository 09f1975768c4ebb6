import { t } from "@vscode/l10n";
import { funFacts, type Prices } from "../../core/ledger/saturday.js";
import { accountInWords } from "../../words/tradeWords.js";
import { percent, shortUsd, usd } from "../amounts.js";
import { newYorkTime } from "../times.js";
import type { Books, Material } from "./material.js";
import { signedPercent, signedUsd } from "./words.js";

/** The lighter side of the week; kind where it was lost. */
export function fun(material: Material, prices: Prices): readonly string[] {
  return [...material.books.flatMap((books) => result(books, prices)), ...market(material)].map((fact) => `- ${fact}`);
}

function result({ name, opening, closing, exits }: Books, prices: Prices): readonly string[] {
  const facts = funFacts(opening, closing, prices);
  const price = shortUsd(prices.latte);
  const who = accountInWords(name);
  const luckiest = luckiestMinute(exits);
  const lucky = luckiest === undefined ? [] : [t("{0}: the luckiest minute in New York was {1}.", who, luckiest)];
  if (exits.length === 0) return [t("{0}: no trade closed, and no coffee was spilled.", who)];
  if (facts.netPnl > 0) {
    const buys = facts.buys === "coffee money" ? t("coffee money") : t("vacation funds");
    const bought =
      facts.lattes === 1
        ? t("{0}: Profit could buy: 1 Starbucks latte at {1}, {2}.", who, price, buys)
        : t("{0}: Profit could buy: {1} Starbucks lattes at {2}, {3}.", who, facts.lattes, price, buys);
    const grown = facts.growth === undefined ? "" : t(" Portfolio grew by: {0}.", signedPercent(facts.growth));
    return [`${bought}${grown}`, ...lucky];
  }
  if (facts.netPnl === 0) return [t("{0}: came out even.", who), ...lucky];
  const lost = usd(-facts.netPnl);
  const money = facts.growth === undefined ? lost : t("{0}, {1} of the balance", lost, percent(-facts.growth, 2));
  const forgone =
    facts.lattesForegone === 1
      ? t("{0}: 1 latte foregone ({1}).", who, money)
      : t("{0}: {1} lattes foregone ({2}).", who, facts.lattesForegone, money);
  return [`${forgone} ${t("A losing week is part of every honest record; next week starts even.")}`, ...lucky];
}

function market({ books, clusters }: Material): readonly string[] {
  const largest = clusters.reduce((most, { ratio }) => Math.max(most, ratio), 0);
  const days = [...new Set(books.flatMap((b) => b.sessions))].sort();
  const on = (day: string) => clusters.filter(({ time }) => newYorkTime(time).startsWith(day)).length;
  const quietest = days.reduce<string | undefined>(
    (found, day) => (found === undefined || on(day) < on(found) ? day : found),
    undefined,
  );
  return [
    ...(largest > 0 ? [t("The largest spike was {0} times the usual volume.", largest.toFixed(1))] : []),
    ...(quietest === undefined ? [] : [quietDay(quietest, on(quietest))]),
  ];
}

function quietDay(day: string, clusters: number): string {
  return clusters === 1
    ? t("The quietest day was {0}, with 1 cluster.", day)
    : t("The quietest day was {0}, with {1} clusters.", day, clusters);
}

// By the minute in which its trades were closed, if that minute won anything.
function luckiestMinute(exits: Books["exits"]): string | undefined {
  const sums = new Map<string, number>();
  for (const { time, netPnl } of exits) {
    const minute = newYorkTime(time).slice(11, 16);
    sums.set(minute, (sums.get(minute) ?? 0) + netPnl);
  }
  const [best] = [...sums].sort(([, a], [, b]) => b - a);
  return best !== undefined && best[1] > 0 ? `${best[0]} (${signedUsd(best[1])})` : undefined;
}
