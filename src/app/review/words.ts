import { t } from "@vscode/l10n";
import { unknown } from "../../words/tradeWords.js";
import { percent, usd } from "../amounts.js";

/** What a calibration says; undefined where it says nothing. */
export function verdictWord(verdict: "plausible" | "miscalibrated" | undefined): string | undefined {
  if (verdict === undefined) return undefined;
  return verdict === "plausible" ? t("plausible") : t("miscalibrated");
}

/** A Markdown table: the first column of words, the others of numbers but for those of `words`, by their place. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  words: readonly number[] = [],
): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cellText).join(" | ")} |`;
  const rule = `|${head.map((_, i) => (i === 0 || words.includes(i) ? " --- " : " ---: ")).join("|")}|`;
  return [line(head), rule, ...rows.map(line)];
}

/** Cents with their sign: `+$120.00`. */
export function signedUsd(cents: number): string {
  return cents > 0 ? `+${usd(cents)}` : usd(cents);
}

/** A fraction as a percentage with its sign: `+8.23 %`. */
export function signedPercent(fraction: number): string {
  return `${fraction > 0 ? "+" : ""}${percent(fraction, 2)}`;
}

/** An interval of rates: `46.0 % to 79.0 %`. */
export function rateInterval([low, high]: readonly [number, number]): string {
  return t("{0} to {1}", percent(low), percent(high));
}

/** A number that may be missing. */
export function orNot<T>(value: T | undefined, words: (value: T) => string): string {
  return value === undefined ? unknown() : words(value);
}

/** A count with its noun: `1 trade`, `2 trades`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const BARS = "▁▂▃▄▅▆▇█";

/** A series as a line of small bars; a level one lies low. */
export function sparkline(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = (high - low) / (BARS.length - 1);
  return values.map((value) => BARS[step === 0 ? 0 : Math.round((value - low) / step)]).join("");
}

// A bar ends a cell, and markup from outside must stay text.
function cellText(text: string): string {
  return text.replace(/[\\|<>*_`[\]]/g, (character) => `\\${character}`);
}
