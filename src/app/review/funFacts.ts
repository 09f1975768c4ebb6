import { funFacts } from "../../core/ledger/saturday.js";
import { percent, usd } from "../amounts.js";
import { newYorkTime } from "../times.js";
import type { Books, Material } from "./material.js";
import { ACCOUNT_TITLES, counted, signedPercent, signedUsd } from "./words.js";

/** The lighter side of the week; kind where it was lost. */
export function fun(material: Material): readonly string[] {
  return [...material.books.flatMap(result), ...market(material)].map((fact) => `- ${fact}`);
}

function result({ name, opening, closing, exits }: Books): readonly string[] {
  const facts = funFacts(opening, closing);
  const who = ACCOUNT_TITLES[name];
  const grown = facts.growth === undefined ? "" : ` Portfolio grew by: ${signedPercent(facts.growth)}.`;
  const luckiest = luckiestMinute(exits);
  const lucky = luckiest === undefined ? [] : [`${who}: the luckiest minute was ${luckiest} in New York.`];
  if (exits.length === 0) return [`${who}: no trade closed, and no coffee was spilled.`];
  if (facts.netPnl > 0) {
    const bought = `Profit could buy: ${counted(facts.lattes, "Starbucks latte")} at $5`;
    return [`${who}: ${bought}, ${facts.buys}.${grown}`, ...lucky];
  }
  if (facts.netPnl === 0) return [`${who}: came out even.`, ...lucky];
  const share = facts.growth === undefined ? "" : `, ${percent(-facts.growth, 2)} of the balance`;
  const forgone = `${counted(facts.lattesForegone, "latte")} foregone (${usd(-facts.netPnl)}${share})`;
  return [`${who}: ${forgone}. A losing week is part of every honest record; next week starts even.`, ...lucky];
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
    ...(largest > 0 ? [`The largest spike was ${largest.toFixed(1)} times the usual volume.`] : []),
    ...(quietest === undefined ? [] : [`The quietest day was ${quietest}, with ${counted(on(quietest), "cluster")}.`]),
  ];
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
