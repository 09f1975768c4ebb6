import { t } from "@vscode/l10n";
import { fixed } from "../../app/amounts.js";
import type { AccountView, ContextView } from "../../core/events.js";
import { accountInWords, contextInWords } from "../../words/tradeWords.js";
import { type Standing, signedMoney, signedR } from "../standing.js";
import type { Row } from "./row.js";

/** Below this many trades a context's own win rate says nothing, and no rate is shown without its interval. */
const FEW = 30;

/** What the engine has learned, per account and context; the contexts with the most trades first. */
export function contextRows({ view, discreet }: Standing): readonly Row[] {
  return (view?.accounts ?? []).flatMap((account) => {
    const contexts = (view?.contexts ?? []).filter((context) => context.account === account.name);
    return contexts.length === 0 ? [] : [accountRow(account, contexts, discreet)];
  });
}

function accountRow(account: AccountView, contexts: readonly ContextView[], discreet: boolean): Row {
  const total = contexts.reduce((sum, { meanR, trades }) => sum + meanR * trades, 0);
  const result = discreet ? signedR(total) : signedMoney(account.netPnl);
  const name = accountInWords(account.name);
  const { closedTrades } = account;
  const words = closedTrades === 1 ? t("1 trade, {0}", result) : t("{0} trades, {1}", closedTrades, result);
  return {
    id: `account:${account.name}`,
    label: name,
    description: words,
    icon: account.name === "manual" ? "account" : "beaker",
    spoken: t("{0}: {1}", name, words),
    children: contexts.toSorted((a, b) => b.trades - a.trades).map((context) => contextRow(context, discreet)),
  };
}

function contextRow(context: ContextView, discreet: boolean): Row {
  const { trades, wins, winRateInterval, confidence, interval, multiplier, evidence, meanR, netPnl } = context;
  const size = `x${multiplier.toFixed(2)}`;
  const rate = t("{0} of {1} won ({2})", wins, trades, range(winRateInterval));
  const mean = t("mean {0} R before costs", fixed(meanR, 2));
  const name = contextInWords(context.context);
  const spoken = [name, multiplier.toFixed(2), rate];
  return {
    id: `context:${context.account}:${context.context}`,
    label: name,
    description: [size, rate, ...(trades < FEW ? [t("too few")] : [])].join(" · "),
    tooltip: [
      name,
      [rate, mean, ...(discreet ? [] : [t("{0} after them", signedMoney(netPnl))])].join(t(", ")),
      t("Chance of the next: {0} ({1}, evidence {2})", percent(confidence), range(interval), evidence),
      ...(context.breakEven === undefined
        ? []
        : [t("Break-even win rate of its results: {0}", percent(context.breakEven))]),
      t("Size {0}, conservative x{1}", size, context.conservativeMultiplier.toFixed(2)),
    ],
    icon: multiplier > 1 ? "arrow-up" : "dash",
    spoken:
      trades < FEW
        ? t("{0}: size {1} times, {2}, too few to tell", ...spoken)
        : t("{0}: size {1} times, {2}", ...spoken),
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function range([low, high]: readonly [number, number]): string {
  return t("{0} to {1}", percent(low), percent(high));
}
