import { t } from "@vscode/l10n";
import type { TradeRow } from "../src/core/protocol.js";
import type { AccountName } from "../src/core/sizing/recommendation.js";
import { contextInWords, reasonInWords, sideInWords } from "../src/words/tradeWords.js";

/** By what trades can be sorted. */
export const TRADE_SORTS = [
  "time",
  "action",
  "context",
  "entry",
  "reason",
  "ticks",
  "maeTicks",
  "rMultiple",
  "netPnl",
] as const;

/** A column by which trades are sorted. */
export type TradeSort = (typeof TRADE_SORTS)[number];

/** How the user wants to see the trades. */
export interface TradesView {
  readonly sort: TradeSort;
  readonly descending: boolean;
  /** Words, each of which must be in a row. */
  readonly filter: string;
}

/** The newest first. */
export const FIRST_TRADES: TradesView = { sort: "time", descending: true, filter: "" };

/** The trades of an account that have every word of the filter, sorted; of equals the newest first. */
export function listTrades(
  trades: readonly TradeRow[],
  account: AccountName,
  { sort, descending, filter }: TradesView,
): readonly TradeRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const listed = trades.filter((row) => row.account === account && words.every((word) => textOf(row).includes(word)));
  const sign = descending ? -1 : 1;
  return listed.reverse().sort((a, b) => sign * compare(keyOf(a, sort), keyOf(b, sort)));
}

/** The sort that a click on a column's head asks for: the other way round on the same one, numbers first from the top. */
export function sortedBy(view: TradesView, sort: TradeSort): TradesView {
  const isWord = sort === "action" || sort === "context" || sort === "reason";
  return { ...view, sort, descending: view.sort === sort ? !view.descending : !isWord };
}

/** Which rows of a long list are drawn. */
export interface RowWindow {
  readonly from: number;
  readonly to: number;
}

/** Rows beyond the edge, so that a slow frame shows no gap. */
const BEYOND = 8;

/**
 * The rows that are in sight, and a few more.
 *
 * @param scrolled pixels above the edge
 * @param height pixels of the list that are in sight
 * @param rowHeight pixels, more than 0
 */
export function rowWindow(scrolled: number, height: number, rowHeight: number, rows: number): RowWindow {
  const first = Math.floor(scrolled / rowHeight) - BEYOND;
  const last = Math.ceil((scrolled + height) / rowHeight) + BEYOND;
  const to = Math.min(rows, Math.max(0, last));
  return { from: Math.max(0, Math.min(first, to)), to };
}

/**
 * Where a key leads in a list.
 *
 * @param at the row that has the focus
 * @param page rows that are in sight
 * @returns undefined for a key that moves nothing
 */
export function moved(key: string, at: number, page: number, rows: number): number | undefined {
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: rows - 1 }[
    key
  ];
  return to === undefined ? undefined : Math.max(0, Math.min(rows - 1, to));
}

function keyOf(row: TradeRow, sort: TradeSort): string | number {
  if (sort === "entry") return Number(row.entry);
  // What nobody watched comes after all that was.
  return sort === "maeTicks" ? (row.maeTicks ?? Number.NEGATIVE_INFINITY) : row[sort];
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function textOf(row: TradeRow): string {
  const { contract, action, reason, context, notes, recommendation, netPnl } = row;
  const result = netPnl > 0 ? `win ${t("win")}` : `loss ${t("loss")}`;
  // What the table says, and the codes behind it: what was learned by heart finds its rows in every language.
  const words = `${sideInWords(action)} ${reasonInWords(reason)} ${contextInWords(context)}`;
  return `${contract} ${action} ${reason} ${context} ${words} ${notes} ${recommendation} ${result}`.toLowerCase();
}
