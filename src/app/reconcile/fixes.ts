import { formatPrice, toTicks } from "../../core/instrument.js";
import { meanPrice, type Taken } from "./assign.js";
import { type DayTrade, leftOf, type Mismatch, type Part } from "./reconcile.js";

/** What can be done about a mismatch. A `line` is what the conversation that records it begins with. */
export type Fix =
  | { readonly kind: "recordFill"; readonly line: string | undefined }
  | { readonly kind: "recordExit"; readonly line: string | undefined }
  | { readonly kind: "notExecuted" }
  /** Takes the broker's price. */
  | { readonly kind: "price"; readonly part: Part; readonly price: string }
  | { readonly kind: "correct" }
  | { readonly kind: "void" }
  /** Leaves the record as it is, and says why. */
  | { readonly kind: "note"; readonly of: Part["of"]; readonly id?: string };

/** What can be done about a mismatch of a trade, the likeliest first. */
export function fixesOf(trade: DayTrade, mismatch: Mismatch): readonly Fix[] {
  const { instrument } = trade.recommendation;
  switch (mismatch.kind) {
    case "noAnswer":
      return [{ kind: "recordFill", line: fillLine(trade, mismatch.broker) }, { kind: "notExecuted" }];
    case "noExit":
      return [
        { kind: "recordExit", line: exitLine(trade, mismatch.broker) },
        { kind: "correct" },
        { kind: "void" },
        { kind: "note", of: "fill" },
      ];
    case "executed":
      return [{ kind: "void" }];
    case "otherEnd":
      return [{ kind: "correct" }, { kind: "void" }, { kind: "note", of: "exit", id: mismatch.exitId }];
    case "price": {
      const { part, ticks } = mismatch;
      const price =
        ticks === undefined ? [] : [{ kind: "price", part, price: formatPrice(ticks, instrument) } as const];
      return [...price, { kind: "correct" }, { kind: "void" }, noteOf(part)];
    }
    case "quantity":
      return [{ kind: "correct" }, { kind: "void" }, noteOf(mismatch.part)];
    case "unknown":
      return [{ kind: "void" }, { kind: "correct" }, noteOf(mismatch.part)];
    default:
      return mismatch satisfies never;
  }
}

function noteOf({ of, id }: Part): Fix {
  return { kind: "note", of, id };
}

function fillLine(trade: DayTrade, broker: readonly Taken[]): string | undefined {
  const price = priceOf(trade, broker);
  return price && `${broker.reduce((sum, { quantity }) => sum + quantity, 0)}@${price}`;
}

// Without the broker's word the end of the bracket is the likeliest one.
function exitLine(trade: DayTrade, broker: readonly Taken[]): string | undefined {
  const { bracket, recommendation, record } = trade;
  const first = broker[0]?.fill.price;
  const part = broker.filter(({ fill }) => fill.price === first);
  const quantity = part.reduce((sum, each) => sum + each.quantity, 0);
  const price = priceOf(trade, part);
  // What was closed at another price is the next exit to be recorded.
  if (price !== undefined) return quantity < leftOf(record) ? `${quantity}@${price}` : price;
  if (broker.length > 0) return undefined;
  if (bracket?.price === undefined || bracket.entryTime === undefined) return undefined;
  const isReason = ["target", "stop", "time", "eod"].includes(bracket.reason);
  return isReason ? `${formatPrice(bracket.price, recommendation.instrument)} ${bracket.reason}` : undefined;
}

/** The mean price where it lies on a tick: only such a one can be recorded. */
function priceOf({ recommendation }: DayTrade, broker: readonly Taken[]): string | undefined {
  const mean = meanPrice(broker);
  const ticks = mean === undefined ? undefined : toTicks(mean, recommendation.instrument);
  return ticks === undefined ? undefined : formatPrice(ticks, recommendation.instrument);
}
