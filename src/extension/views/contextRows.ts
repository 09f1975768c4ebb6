import { t } from "@vscode/l10n";
import type { AccountView, ContextView } from "../../core/events.js";
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
  const name = account.name === "manual" ? "Your fills" : "Paper account";
  const { closedTrades } = account;
  const words = closedTrades === 1 ? t("1 trade, {0}", result) : t("{0} trades, {1}", closedTrades, result);
  return {
    id: `account:${account.name}`,
    label: name,
    description: words,
    icon: account.name === "manual" ? "account" : "beaker",
    spoken: `${name}: ${words}`,
    children: contexts.toSorted((a, b) => b.trades - a.trades).map((context) => contextRow(context, discreet)),
  };
}

function contextRow(context: ContextView, discreet: boolean): Row {
  const { trades, wins, winRateInterval, confidence, interval, multiplier, evidence, meanR, netPnl } = context;
  const size = `x${multiplier.toFixed(2)}`;
  const rate = `${wins} of ${trades} won (${range(winRateInterval)})`;
  return {
    id: `context:${context.account}:${context.context}`,
    label: context.context,
    description: `${size} · ${rate}${trades < FEW ? " · too few" : ""}`,
    tooltip: [
      context.context,
      `${rate}, mean ${meanR.toFixed(2)} R before costs${discreet ? "" : `, ${signedMoney(netPnl)} after them`}`,
      `Chance of the next: ${percent(confidence)} (${range(interval)}, evidence ${evidence})`,
      ...(context.breakEven === undefined ? [] : [`Break-even win rate of its results: ${percent(context.breakEven)}`]),
      `Size ${size}, conservative x${context.conservativeMultiplier.toFixed(2)}`,
    ],
    icon: multiplier > 1 ? "arrow-up" : "dash",
    spoken: `${context.context.replaceAll("|", ", ")}: size ${multiplier.toFixed(2)} times, ${rate}${trades < FEW ? ", too few to tell" : ""}`,
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function range([low, high]: readonly [number, number]): string {
  return `${percent(low)} to ${percent(high)}`;
}
