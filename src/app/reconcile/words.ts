import { t } from "@vscode/l10n";
import { formatPrice, type Instrument, priceDecimals } from "../../core/instrument.js";
import { inLanguage } from "../language.js";
import { newYorkTime } from "../times.js";
import type { Taken } from "./assign.js";
import type { DayTrade, Mismatch, Part } from "./reconcile.js";

/** One sentence on what does not agree. */
export function mismatchWords({ recommendation, bracket, record }: DayTrade, mismatch: Mismatch): string {
  const { instrument } = recommendation;
  const brokers = (taken: readonly Taken[]) => takenWords(taken, instrument);
  switch (mismatch.kind) {
    case "noAnswer":
      return mismatch.broker.length === 0
        ? t("No answer is recorded")
        : t("No answer is recorded, and the broker has {0}", brokers(mismatch.broker));
    case "noExit":
      return mismatch.broker.length === 0
        ? t("No exit is recorded")
        : t("No exit is recorded, and the broker has {0}", brokers(mismatch.broker));
    case "executed":
      return t("Recorded as not executed, but the broker has {0}", brokers(mismatch.broker));
    case "otherEnd":
      return t(
        "Closed at the {0}, but the paper rules ended with {1}",
        inLanguage(record.exit?.reason ?? ""),
        inLanguage(bracket?.reason ?? ""),
      );
    case "unknown": {
      const { of, recorded } = mismatch.part;
      const words = partWords(mismatch.part, instrument);
      if (recorded !== undefined)
        return of === "fill"
          ? t("The broker has no fill like {0} on this day, and it was recorded on {1}", words, recorded)
          : t("The broker has no exit like {0} on this day, and it was recorded on {1}", words, recorded);
      return of === "fill" ? t("The broker has no fill like {0}", words) : t("The broker has no exit like {0}", words);
    }
    case "quantity":
      return mismatch.part.of === "fill"
        ? t("The broker filled {0} of the {1} recorded", mismatch.brokers, mismatch.part.quantity)
        : t("The broker closed {0} of the {1} recorded", mismatch.brokers, mismatch.part.quantity);
    case "price": {
      const [own, other] = [formatPrice(mismatch.part.price, instrument), pointWords(mismatch.brokers, instrument)];
      return mismatch.part.of === "fill"
        ? t("Filled at {0}, the broker says {1}", own, other)
        : t("Closed at {0}, the broker says {1}", own, other);
    }
    default:
      return mismatch satisfies never;
  }
}

/** The three sides of a trade, in one line. */
export function sidesWords(trade: DayTrade): string {
  const { recommendation, record, broker } = trade;
  const { instrument } = recommendation;
  const recorded = [
    ...record.fills.map(({ quantity, price }) => `${quantity} @ ${formatPrice(price, instrument)}`),
    ...(record.exit === undefined
      ? []
      : [`-> ${formatPrice(record.exit.price, instrument)} (${inLanguage(record.exit.reason)})`]),
    ...(record.notExecuted === undefined ? [] : [t("not executed")]),
  ];
  return [
    t("Recorded: {0}", recorded.length === 0 ? t("nothing") : recorded.join(" ")),
    t("paper rules: {0}", bracketWords(trade)),
    ...(broker === undefined
      ? []
      : [t("broker: {0}", broker.length === 0 ? t("nothing") : takenWords(broker, instrument))]),
  ].join(t(", "));
}

function bracketWords({ bracket, recommendation }: DayTrade): string {
  if (bracket === undefined) return t("not over");
  if (bracket.entryTime === undefined || bracket.price === undefined) return t("not filled");
  return `${formatPrice(bracket.price, recommendation.instrument)} (${inLanguage(bracket.reason)})`;
}

/** `SELL 2 @ 6041.25 14:51`, one after another. */
export function takenWords(taken: readonly Taken[], instrument: Instrument): string {
  return taken
    .map(({ fill, quantity }) => {
      const clock = newYorkTime(fill.time).slice(11, 16);
      return `${fill.side} ${quantity} @ ${pointWords(fill.price, instrument)} ${clock}`;
    })
    .join(t(", "));
}

/** One sentence on what a file holds beside the day. */
export function fileWords(elsewhere: number, unfilled: number, problems: readonly string[]): readonly string[] {
  return [
    ...problems.map(inLanguage),
    ...(elsewhere === 0 ? [] : [elsewhereWords(elsewhere)]),
    ...(unfilled === 0 ? [] : [unfilledWords(unfilled)]),
  ];
}

function elsewhereWords(count: number): string {
  return count === 1
    ? t("1 execution of other days or contracts is left out")
    : t("{0} executions of other days or contracts are left out", count);
}

function unfilledWords(count: number): string {
  return count === 1
    ? t("1 line without an execution is left out")
    : t("{0} lines without an execution are left out", count);
}

function partWords({ quantity, price }: Part, instrument: Instrument): string {
  return `${quantity} @ ${formatPrice(price, instrument)}`;
}

// A mean may lie between two ticks.
function pointWords(points: number, { tickSize }: Instrument): string {
  const decimals = priceDecimals(tickSize);
  const exact = Number(points.toFixed(decimals)) === Number(points.toPrecision(12));
  return points.toFixed(exact ? decimals : decimals + 2);
}
