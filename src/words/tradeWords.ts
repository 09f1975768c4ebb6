import { t } from "@vscode/l10n";
import type { Direction } from "../core/detector/cluster.js";
import type { AccountName } from "../core/sizing/recommendation.js";

/*
 * The words for what records hold as codes and bare numbers: the same in the panel, in the reviews, in what is exported and in the
 * terminal.
 */

/** In the place of a number that is none. */
export function unknown(): string {
  return t("n/a");
}

/** The name of an account for people. */
export function accountInWords(name: AccountName): string {
  return name === "paper" ? t("Paper account") : t("Your fills");
}

/** The side of what is or was held: an order is BUY, what it brings is LONG. The same word in every language. */
export function sideInWords(direction: Direction): string {
  return direction === "BUY" ? "LONG" : direction;
}

/** `BUY|open|4-6x` as "BUY, open, 4-6x". */
export function contextInWords(context: string): string {
  return context.split("|").map(partInWords).join(", ");
}

// A direction and a ratio are printed as they are.
function partInWords(part: string): string {
  switch (part) {
    case "open":
      return t("open");
    case "mid":
      return t("mid");
    case "close":
      return t("close");
    default:
      return part;
  }
}

/** Why a trade ended, by its code; one that is not known is left as it is. */
export function reasonInWords(reason: string): string {
  switch (reason) {
    case "target":
      return t("target");
    case "stop":
      return t("stop");
    case "manual":
      return t("manual");
    case "time":
      return t("time");
    case "eod":
      return t("end of the day");
    case "emergency":
      return t("emergency");
    case "EXPIRED":
      return t("expired");
    default:
      return reason;
  }
}

/** `STOP_LIMIT` as "stop limit". */
export function orderTypeInWords(orderType: string): string {
  return orderTypeWord(orderType) ?? orderType.toLowerCase().replaceAll("_", " ");
}

function orderTypeWord(orderType: string): string | undefined {
  switch (orderType) {
    case "LIMIT":
      return t("limit");
    case "MARKET":
      return t("market");
    case "STOP_LIMIT":
      return t("stop limit");
    default:
      return undefined;
  }
}

/** What a group of trades has in common: a context, why they ended, an order type; any other name is left as it is. */
export function groupInWords(name: string): string {
  return name.includes("|") ? contextInWords(name) : (orderTypeWord(name) ?? reasonInWords(name));
}

/** "9 s", "4 min", "2 h": how long ago something was, of seconds. */
export function ageInWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 120) return t("{0} s", whole);
  return whole < 7_200 ? t("{0} min", Math.floor(whole / 60)) : t("{0} h", Math.floor(whole / 3_600));
}
