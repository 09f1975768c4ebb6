import type { EngineOutput, Shadow, TradeRecord } from "../../core/events.js";
import { toPoints, toTicks } from "../../core/instrument.js";
import type { Recommendation } from "../../core/sizing/recommendation.js";
import { countingExits, tradeRecords } from "../../core/tradeRecords.js";
import type { Micros, Ticks } from "../../core/units.js";
import { exitsOf } from "../amendments.js";
import { assign, type Leg, meanPrice, type Taken } from "./assign.js";
import type { BrokerFill } from "./brokerCsv.js";
import { isBrokersName } from "./brokerSymbol.js";

/** What does not agree about one recommendation. */
export type Mismatch =
  /** Nothing is recorded of it; with what the broker may have filled of it. */
  | { readonly kind: "noAnswer"; readonly broker: readonly Taken[] }
  /** It is filled and has no exit; with what the broker may have closed it with. */
  | { readonly kind: "noExit"; readonly broker: readonly Taken[] }
  /** It is recorded as not executed, and the broker has what fits it. */
  | { readonly kind: "executed"; readonly broker: readonly Taken[] }
  /** The recorded exit names one end of the bracket, the paper rules came to another. */
  | { readonly kind: "otherEnd"; readonly exitId: string }
  /** The broker knows nothing of a recorded fill or exit. */
  | { readonly kind: "unknown"; readonly part: Part }
  /** The broker has fewer contracts of it than are recorded. */
  | { readonly kind: "quantity"; readonly part: Part; readonly brokers: number }
  /** The broker's mean price, in points, is another one; `ticks` where it lies on a tick. */
  | { readonly kind: "price"; readonly part: Part; readonly brokers: number; readonly ticks: Ticks | undefined };

/** A recorded fill or exit. */
export interface Part {
  readonly of: "fill" | "exit";
  readonly id: string;
  readonly price: Ticks;
  readonly quantity: number;
  /** The trading day of its record, where that is a later one: it may have happened then. */
  readonly recorded?: string;
}

/** One recommendation of the day as it is recorded, as the paper rules alone ended it, and what does not agree. */
export interface DayTrade {
  readonly recommendation: Recommendation;
  readonly record: TradeRecord;
  /** Undefined while it is not over, or where nobody watched. */
  readonly bracket: Shadow | undefined;
  /** What the broker has of it; undefined without the broker's file. */
  readonly broker: readonly Taken[] | undefined;
  readonly mismatches: readonly Mismatch[];
}

/** A trading day of the user's account, three ways. */
export interface Reconciliation {
  readonly day: string;
  readonly trades: readonly DayTrade[];
  /** Executions of the day in a contract of it that fit nothing. */
  readonly onlyAtBroker: readonly Taken[];
  /** Executions in the file of other days or contracts. */
  readonly elsewhere: number;
}

const NOTHING: TradeRecord = { state: "ISSUED", fills: [], exit: undefined, notExecuted: undefined };
/** Prices that differ by less than this part of a tick are the same. */
const SAME = 1e-3;

/** Trading days in which something was recommended to the user, newest first. */
export function daysToReconcile(outputs: readonly EngineOutput[]): readonly string[] {
  const days = outputs.flatMap((output) =>
    output.type === "recommendation" && output.account === "manual" ? [output.tradingDay] : [],
  );
  return [...new Set(days)].sort().reverse();
}

/**
 * Compares what is recorded of a trading day with the paper rules' own end of each trade and with the broker's executions.
 *
 * @param fills of the broker's file; undefined: without one
 * @param dayOf the trading day in which an execution counts
 */
export function reconcileDay(
  outputs: readonly EngineOutput[],
  day: string,
  fills?: readonly BrokerFill[],
  dayOf: (time: Micros) => string | undefined = () => day,
): Reconciliation {
  const trades = tradesOf(outputs, day, dayOf);
  if (fills === undefined) {
    return { day, trades: trades.map((trade) => judged(trade, undefined)), onlyAtBroker: [], elsewhere: 0 };
  }
  const own = fills.filter((fill) => dayOf(fill.time) === day && trades.some((trade) => isOf(trade, fill)));
  const recorded = trades.flatMap((trade) => partsOf(trade, day, dayOf).map((part) => ({ trade, part })));
  const first = assign(
    recorded.map(({ trade, part }) => legOf(trade, part)),
    own.map((fill) => ({ fill, quantity: fill.quantity })),
  );
  // Only what no record claims can be something that was not recorded.
  const missing = trades.flatMap((trade) => missingLegs(trade).map((leg) => ({ trade, leg })));
  const second = assign(
    missing.map(({ leg }) => leg),
    first.left,
  );
  const brokers = (trade: Trade): Brokers => ({
    parts: recorded.flatMap((each, index) =>
      each.trade === trade ? [{ part: each.part, taken: first.taken[index] ?? [] }] : [],
    ),
    missing: missing.flatMap((each, index) => (each.trade === trade ? (second.taken[index] ?? []) : [])),
  });
  return {
    day,
    trades: trades.map((trade) => judged(trade, brokers(trade))),
    onlyAtBroker: second.left,
    elsewhere: fills.length - own.length,
  };
}

interface Trade {
  readonly recommendation: Recommendation;
  readonly record: TradeRecord;
  readonly bracket: Shadow | undefined;
  /** What the price says of the recorded exit's reason. */
  readonly end: string | undefined;
}

interface Brokers {
  readonly parts: readonly { readonly part: Part; readonly taken: readonly Taken[] }[];
  /** Of what is not recorded. */
  readonly missing: readonly Taken[];
}

/** Those of the day, and those of other days that were closed in it or are open still. */
function tradesOf(outputs: readonly EngineOutput[], day: string, dayOf: (time: Micros) => string | undefined) {
  const records = tradeRecords(outputs);
  const ends = new Map(
    countingExits(outputs).flatMap((exit) =>
      exit.account === "manual" ? [[exit.recommendation, exit.reasonChecked] as const] : [],
    ),
  );
  const shadows = new Map(
    outputs.flatMap((output) => (output.type === "shadow" ? [[output.recommendation, output] as const] : [])),
  );
  return outputs.flatMap((output): Trade[] => {
    if (output.type !== "recommendation" || output.account !== "manual" || output.tradingDay > day) return [];
    const record = records.get(output.id) ?? NOTHING;
    const isLeft = record.state === "OPEN" || exitsOf(record).some((exit) => dayOf(exit.time) === day);
    if (output.tradingDay !== day && !isLeft) return [];
    return [{ recommendation: output, record, bracket: shadows.get(output.id), end: ends.get(output.id) }];
  });
}

function isOf({ recommendation }: Trade, { symbol }: BrokerFill): boolean {
  return isBrokersName(symbol, recommendation.instrument);
}

/**
 * What the broker may have of a trade in a trading day. A record is never older than what it is of, often younger; and an order that is
 * not good till cancelled is filled in its own day or not at all.
 */
function partsOf(
  { record, recommendation: { tradingDay, validity } }: Trade,
  day: string,
  dayOf: (time: Micros) => string | undefined,
): readonly Part[] {
  const left = leftOf(record);
  const isFilledHere = tradingDay === day || validity === "GTC";
  const parts = [
    ...(isFilledHere ? record.fills : []).map((fill) => ({ of: "fill", ...fill }) as const),
    ...exitsOf(record).map((exit) => ({ of: "exit", quantity: left, ...exit }) as const),
  ];
  return parts.flatMap(({ of, id, price, quantity, time }): readonly Part[] => {
    const recorded = dayOf(time) ?? day;
    if (recorded < day) return [];
    return [{ of, id, price, quantity, ...(recorded > day && { recorded }) }];
  });
}

/** Contracts that no partial exit closed. */
export function leftOf({ fills, partialExits = [] }: TradeRecord): number {
  const closed = partialExits.reduce((sum, { quantity = 0 }) => sum + quantity, 0);
  return fills.reduce((sum, fill) => sum + fill.quantity, -closed);
}

function legOf(trade: Trade, { of, price, quantity }: Part): Leg {
  return { ...sideAndReach(trade, of), quantity, price: toPoints(price, trade.recommendation.instrument) };
}

/** What may have happened at the broker and is not recorded. */
function missingLegs(trade: Trade): readonly Leg[] {
  const { record, recommendation, bracket } = trade;
  const { instrument, quantity, price } = recommendation;
  if (record.state === "CLOSED") return [];
  if (record.state !== "OPEN")
    return [{ ...sideAndReach(trade, "fill"), quantity, price: toPoints(price, instrument) }];
  const held = leftOf(record);
  const at = bracket?.price === undefined ? undefined : toPoints(bracket.price, instrument);
  return [{ ...sideAndReach(trade, "exit"), quantity: held, price: at }];
}

// What is further away than the whole bracket is wide belongs to something else.
function sideAndReach(trade: Trade, of: Part["of"]): Pick<Leg, "side" | "reach" | "fits"> {
  const { action, stop, target, instrument } = trade.recommendation;
  const isBuy = (action === "BUY") === (of === "fill");
  return {
    side: isBuy ? "BUY" : "SELL",
    reach: toPoints(Math.abs(target - stop), instrument),
    fits: (fill) => isOf(trade, fill),
  };
}

function judged(trade: Trade, brokers: Brokers | undefined): DayTrade {
  const { recommendation, record, bracket } = trade;
  const broker = brokers && [...brokers.parts.flatMap(({ taken }) => taken), ...brokers.missing];
  return {
    recommendation,
    record,
    bracket,
    broker,
    mismatches: [...ownMismatches(trade, brokers), ...partMismatches(trade, brokers)],
  };
}

function ownMismatches(trade: Trade, brokers: Brokers | undefined): readonly Mismatch[] {
  const { record, bracket, end } = trade;
  const broker = brokers?.missing ?? [];
  switch (record.state) {
    case "ISSUED":
      return [{ kind: "noAnswer", broker }];
    case "OPEN":
      return [{ kind: "noExit", broker }];
    case "NOT_EXECUTED":
      return broker.length > 0 ? [{ kind: "executed", broker }] : [];
    case "CLOSED": {
      // An exit by hand, by time or at the day's end is another one than the bracket's by its nature.
      const isBracket = end === "target" || end === "stop";
      const isOther = bracket?.entryTime !== undefined && isBracket && bracket.reason !== end;
      return isOther && record.exit !== undefined ? [{ kind: "otherEnd", exitId: record.exit.id }] : [];
    }
    default:
      return record.state satisfies never;
  }
}

function partMismatches({ recommendation }: Trade, brokers: Brokers | undefined): readonly Mismatch[] {
  const { instrument } = recommendation;
  return (brokers?.parts ?? []).flatMap(({ part, taken }): Mismatch[] => {
    const quantity = taken.reduce((sum, each) => sum + each.quantity, 0);
    const mean = meanPrice(taken);
    if (mean === undefined) return [{ kind: "unknown", part }];
    const off = Math.abs(mean / instrument.tickSize - part.price);
    return [
      ...(quantity < part.quantity ? [{ kind: "quantity", part, brokers: quantity } as const] : []),
      ...(off < SAME ? [] : [{ kind: "price", part, brokers: mean, ticks: toTicks(mean, instrument) } as const]),
    ];
  });
}
