import { t } from "@vscode/l10n";
import type {
  Amendment,
  EngineOutput,
  Exit,
  OpenPosition,
  PartialExit,
  RunSummary,
  TradeRecord,
  Voiding,
} from "../core/events.js";
import { formatMean, formatPrice, type Instrument, priceDecimals, toPoints } from "../core/instrument.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { fixed, percent, usd } from "./amounts.js";
import { filledOf, held } from "./filled.js";
import { inLanguage } from "./language.js";
import { plainText } from "./plainText.js";
import { REFUSAL_WORDS } from "./refusalWords.js";
import { sizingWords } from "./sizingWords.js";
import { newYorkTime } from "./times.js";

/**
 * One engine output as a person reads it, times in New York. A log asks for it in English (`inEnglish`).
 *
 * @returns undefined for what would only be noise: discarded clusters, equity rows, shadows
 */
export function readableLine(output: EngineOutput): string | undefined {
  const text = wordsOf(output);
  return text === undefined ? undefined : plainText(text);
}

/** The same of a change, for whoever has just made it: without its time and the id. */
export function changeLine(output: Amendment | Voiding): string {
  return plainText(changeWords(output));
}

function wordsOf(output: EngineOutput): string | undefined {
  switch (output.type) {
    case "signal": {
      const { instrument } = output;
      const modal =
        output.pointOfControl === undefined ? "" : `, modal price ${formatPrice(output.pointOfControl, instrument)}`;
      const strength = `volume ${output.ratio.toFixed(1)}x${modal}, strength ${output.strength.toFixed(2)}`;
      return `${newYorkTime(output.time)}  Signal ${output.direction} ${instrument.label} at ${formatPrice(output.close, instrument)}: ${strength}`;
    }
    case "recommendation":
      return recommendationWords(output);
    case "refusal": {
      const why = `${output.reason} (${REFUSAL_WORDS[output.reason]})`;
      return `${newYorkTime(output.time)}  Refused ${output.direction} ${output.instrument.label}: ${why}`;
    }
    case "fill": {
      const price = formatPrice(output.price, output.instrument);
      const late = `${output.late ? ", recorded after its 30 s" : ""}${output.unverified === true ? ", unverified" : ""}`;
      return `${newYorkTime(output.time)}  Filled ${output.direction} ${output.quantity} ${output.instrument.label} at ${price} (${output.account}${late})  ${output.recommendation}`;
    }
    case "partialExit":
      return partialExitWords(output);
    case "exit":
      return exitWords(output);
    case "cancel":
      return `${newYorkTime(output.time)}  Entry ended unfilled: ${output.reason} (${output.account})  ${output.recommendation}`;
    case "decision":
      return `${newYorkTime(output.time)}  Not executed: ${output.reason}  ${output.recommendation}`;
    case "amendment":
    case "void":
      return `${newYorkTime(output.time)}  ${changeWords(output)}  ${output.recommendation}`;
    case "halt":
      return `${newYorkTime(output.time)}  HALTED ${output.account}: equity ${usd(output.equity)} is too far below its peak of ${usd(output.peak)}`;
    case "haltEnded":
      return `${newYorkTime(output.time)}  Halt of ${output.account} ended: ${output.reason}`;
    case "kill":
      return `${newYorkTime(output.time)}  STOPPED everything: ${output.reason}. Each account trades again after its reset`;
    case "paperReset":
      return `${newYorkTime(output.time)}  The paper portfolio began anew at ${usd(output.startBalance)}: ${output.reason}. It had come to ${usd(output.before.balance)}`;
    case "limits":
      return `${newYorkTime(output.time)}  Limits changed: what is tighter holds now, what is looser from ${output.from} on`;
    case "illegal":
      return `Not possible: ${output.reason}`;
    case "connection":
      return `${newYorkTime(output.time)}  Connection ${output.state}${output.message === undefined ? "" : `: ${output.message}`}`;
    case "cluster":
    case "order":
    case "equity":
    case "mark":
    case "footprint":
    case "gap":
    case "shadow":
    case "imported":
      return undefined;
    default:
      return output satisfies never;
  }
}

function recommendationWords(output: Recommendation): string {
  const { instrument } = output;
  const at = (ticks: number) => formatPrice(ticks, instrument);
  const trigger = output.trigger === undefined ? "" : ` trigger ${at(output.trigger)}`;
  const order = `${output.action} ${output.quantity} ${instrument.label} ${output.orderType} ${output.validity}${trigger} ${at(output.price)}`;
  const bracket = `stop ${at(output.stop)}, target ${at(output.target)}`;
  const [low, high] = output.interval.map((rate) => (rate * 100).toFixed(0));
  const even = `${surety(output.chanceAboveBreakEven)} sure to be above break-even`;
  const cautious = `cautiously x${output.conservativeMultiplier.toFixed(2)}`;
  const belief = `confidence ${percent(output.confidence)} (${low}-${high} %, ${even}), size x${output.multiplier.toFixed(2)} (${cautious})`;
  const { risk, advice } = sizingWords(output);
  const money = advice === undefined ? risk : `${risk}, or ${advice}`;
  return `${newYorkTime(output.time)}  ${order}, ${bracket}, ${belief}, ${money}  ${output.id}`;
}

// No evidence is certain.
function surety(chance: number): string {
  if (chance > 0.99) return "over 99 %";
  return chance < 0.01 ? "under 1 %" : percent(chance, 0);
}

function partialExitWords(exit: PartialExit): string {
  const { instrument, quantity, filled, open } = exit;
  const price = formatPrice(exit.price, instrument);
  const corrected = exit.replaces === undefined ? "" : ", corrected";
  return `${newYorkTime(exit.time)}  PART ${instrument.label}: ${quantity} of ${filled} closed at ${price} (${claimOf(exit)}), ${open} open, ${usd(exit.netPnl)} after costs, balance ${usd(exit.balanceAfter)} (${exit.account}${corrected})  ${exit.recommendation}`;
}

function claimOf({ reason, reasonChecked }: Pick<Exit, "reason" | "reasonChecked">): string {
  return reasonChecked === reason ? reason : `${reason}, by its price ${reasonChecked}`;
}

function exitWords(exit: Exit): string {
  const result = exit.win ? "WIN" : "LOSS";
  const price = formatMean(exit.price, exit.instrument);
  const corrected = exit.replaces === undefined ? "" : ", corrected";
  const gain = `${signed(exit.points, priceDecimals(exit.instrument.tickSize))} points (${signed(exit.rMultiple, 2)} R), ${usd(exit.netPnl)} after costs`;
  return `${newYorkTime(exit.time)}  ${result} ${exit.instrument.label}: exit at ${price} (${partsOf(exit)}${claimOf(exit)}), ${gain}, balance ${usd(exit.balanceAfter)} (${exit.account}${corrected})  ${exit.recommendation}`;
}

// The price is a mean where they differ.
function partsOf({ parts, instrument, price }: Exit): string {
  if (parts === undefined) return "";
  if (parts.every((part) => part.price === price)) return `in ${parts.length} parts, last `;
  const each = parts.map(({ quantity, price }) => `${quantity} at ${formatPrice(price, instrument)}`);
  return `the mean of ${each.join(" and ")}, last `;
}

function changeWords(output: Amendment | Voiding): string {
  const { before, after, instrument, why } = output;
  const change = `${recordWords(before, instrument)} -> ${recordWords(after, instrument)}`;
  const balance = t("balance {0} -> {1}", usd(before.balance), usd(after.balance));
  const words = `${instrument.label} ${change}, ${balance} (${why})`;
  return output.type === "amendment" ? t("Corrected: {0}", words) : t("Taken back: {0}", words);
}

function recordWords(record: TradeRecord, instrument: Instrument): string {
  const fills = record.fills.map((fill) => t("filled {0} at {1}", fill.quantity, formatPrice(fill.price, instrument)));
  const parts = (record.partialExits ?? []).map(({ quantity, price, reason }) =>
    t("{0} closed at {1} ({2})", quantity ?? 0, formatPrice(price, instrument), reason),
  );
  const exit = record.exit && t("exit at {0} ({1})", formatPrice(record.exit.price, instrument), record.exit.reason);
  const skipped = record.notExecuted && t("not executed ({0})", inLanguage(record.notExecuted));
  const words = [...fills, ...parts, exit, skipped].filter((part) => part !== undefined);
  return words.length === 0 ? t("unanswered") : words.join(", ");
}

/** What was learned from a closed trade. */
export function learnedLine(exit: Exit): string {
  const { context, trades, wins, confidence, multiplier } = exit.learned;
  const record = `${exit.unverified === true ? "nothing, a price is unverified: " : ""}${wins} of ${trades} won`;
  return `Learned ${context}: ${record}, confidence ${percent(confidence)}, next size x${multiplier.toFixed(2)}`;
}

/** A recommendation without an answer, or a position without an exit, in the list of what is pending. */
export function pendingLine(item: Recommendation | OpenPosition): string {
  if ("type" in item) return plainText(`Unanswered  ${recommendationWords(item)}`);
  const { recommendation, entryPrice, entryTime, account } = item;
  const { instrument } = recommendation;
  const entry = toPoints(entryPrice, instrument).toFixed(priceDecimals(instrument.tickSize));
  const { closed } = item;
  const part =
    closed &&
    `, ${closed.quantity} of ${filledOf(item)} closed at ${formatMean(closed.price, instrument)} for ${usd(closed.netPnl)}`;
  const bracket = `stop ${formatPrice(recommendation.stop, instrument)}, target ${formatPrice(recommendation.target, instrument)}`;
  return plainText(
    `Open        ${newYorkTime(entryTime)}  ${held(item)} ${instrument.label} at ${entry} (${account}), ${bracket}${part ?? ""}  ${recommendation.id}`,
  );
}

/** The end of a run in one paragraph. */
export function summaryWords(summary: RunSummary): readonly string[] {
  const { bars, trades, clusters, signals, recommendations } = summary;
  const input = bars > 0 ? barCount(bars) : trades === 1 ? t("1 trade") : t("{0} trades", count(trades));
  const skipped = Object.entries(summary.skipped).sort(([a], [b]) => (a < b ? -1 : 1));
  const left = [
    [summary.workingEntries, "working entry", "working entries"],
    [summary.openPositions, "open position", "open positions"],
    [summary.halts, "halt", "halts"],
  ] as const;
  const happened = left
    .filter(([number]) => number > 0)
    .map(([number, one, many]) => `${number} ${number === 1 ? one : many}`);
  return [
    [
      input,
      clusters === 1 ? t("1 cluster") : t("{0} clusters", count(clusters)),
      signals === 1 ? t("1 signal") : t("{0} signals", count(signals)),
      recommendations === 1 ? t("1 recommendation") : t("{0} recommendations", count(recommendations)),
    ].join(", "),
    `${several(summary.closedTrades, "closed trade")}, ${count(summary.wins)} won, net ${usd(summary.netPnl)}`,
    `Balance ${usd(summary.startBalance)} -> ${usd(summary.balance)}, largest drawdown ${percent(summary.maxDrawdown)}`,
    ...(happened.length === 0 ? [] : [`Also: ${happened.join(", ")}`]),
    ...(skipped.length === 0 ? [] : [`Not used: ${skipped.map(([reason, n]) => `${count(n)} ${reason}`).join(", ")}`]),
  ].map(plainText);
}

function signed(value: number, decimals: number): string {
  const text = fixed(value, decimals);
  return text.startsWith("-") ? text : `+${text}`;
}

function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function barCount(bars: number): string {
  return bars === 1 ? t("1 bar") : t("{0} bars", count(bars));
}

function several(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? "" : "s"}`;
}
