import * as z from "zod/mini";
import type { EngineOutput } from "../core/events.js";

/** Outputs that last: those with an `outputId`. */
export type KeptOutput = Exclude<EngineOutput, { type: "illegal" | "connection" }>;

/** Whether records of that type hold an output. */
export function isOutputType(type: string): type is KeptOutput["type"] {
  return Object.hasOwn(schemas, type);
}

/**
 * Reads an output back. Fields that this version does not know are left as they are.
 *
 * @returns undefined where a field is missing or impossible, such as a number that JSON cannot hold
 */
export function readOutput(value: unknown): KeptOutput | undefined {
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (typeof type !== "string" || !isOutputType(type)) return undefined;
  return schemas[type].safeParse(value).success ? (value as KeptOutput) : undefined;
}

const text = z.string();
const number = z.number();
const whole = z.int();
const maybeNumber = z.optional(number);
const maybeWhole = z.optional(whole);
const maybeText = z.optional(text);
const maybeFlag = z.optional(z.boolean());
const account = z.enum(["manual", "paper"]);
const direction = z.enum(["BUY", "SHORT"]);

const instrument = z.looseObject({
  id: whole,
  symbol: text,
  label: text,
  root: text,
  tickSize: number,
  pointValue: number,
  sizeUnit: number,
  commission: number,
  riskPerContract: number,
  minStopTicks: number,
});

const cluster = {
  time: whole,
  instrument,
  ratio: number,
  volume: number,
  baseline: number,
  pointOfControl: maybeWhole,
  low: whole,
  high: whole,
  close: whole,
  modalPosition: number,
  deltaFraction: maybeNumber,
  strength: number,
  directions: z.looseObject({}),
  basis: text,
  partial: z.boolean(),
};

/** Something that happened at a moment, and to one account. */
const happened = { id: text, time: whole, at: whole };
const booked = { ...happened, account };

const limits = z.looseObject({
  maxRiskPerTrade: number,
  maxPositionSize: number,
  maxDailyTrades: number,
  maxConsecutiveLosses: number,
  maxDailyLossPct: number,
  emergencyStopLossPct: number,
  hardRiskCap: number,
  riskPerContractUsd: number,
  enforceRiskBudget: z.boolean(),
});

const recordedExit = z.looseObject({
  id: text,
  time: whole,
  price: whole,
  quantity: maybeNumber,
  reason: text,
  override: maybeFlag,
  notes: maybeText,
  unverified: maybeFlag,
});

/** One exit of several, as it was booked. */
const closedPart = {
  id: text,
  time: whole,
  price: whole,
  quantity: number,
  reason: text,
  reasonChecked: text,
  grossPnl: whole,
  commission: whole,
  netPnl: whole,
  balanceBefore: whole,
  balanceAfter: whole,
  override: maybeFlag,
  notes: maybeText,
  unverified: maybeFlag,
};

/** What is recorded of a recommendation, before or after a correction. */
const tradeRecord = z.looseObject({
  state: z.enum(["ISSUED", "NOT_EXECUTED", "OPEN", "CLOSED"]),
  fills: z.array(
    z.looseObject({ id: text, time: whole, price: whole, quantity: number, notes: maybeText, unverified: maybeFlag }),
  ),
  partialExits: z.optional(z.array(recordedExit)),
  exit: z.optional(recordedExit),
  notExecuted: maybeText,
  netPnl: maybeWhole,
  balance: whole,
});

const corrected = {
  ...booked,
  recommendation: text,
  instrument,
  why: text,
  before: tradeRecord,
  after: tradeRecord,
};

const schemas = {
  signal: z.looseObject({ type: z.literal("signal"), ...cluster, direction }),
  cluster: z.looseObject({ type: z.literal("cluster"), ...cluster, direction: z.optional(direction), reason: text }),
  footprint: z.looseObject({
    type: z.literal("footprint"),
    id: text,
    signal: whole,
    instrument,
    part: z.enum(["before", "after", "path"]),
    bars: z.array(
      z.looseObject({
        start: whole,
        end: whole,
        low: whole,
        high: whole,
        close: whole,
        volume: number,
        levels: z.array(z.tuple([whole, number, number, number])),
      }),
    ),
  }),
  gap: z.looseObject({ type: z.literal("gap"), id: text, from: whole, to: whole }),
  refusal: z.looseObject({ type: z.literal("refusal"), time: whole, instrument, direction, reason: text }),
  recommendation: z.looseObject({
    type: z.literal("recommendation"),
    id: text,
    time: whole,
    tradingDay: text,
    account,
    instrument,
    action: direction,
    quantity: number,
    orderType: text,
    validity: text,
    price: whole,
    trigger: maybeWhole,
    stop: whole,
    target: whole,
    signalPrice: whole,
    confidence: number,
    interval: z.tuple([number, number]),
    evidence: number,
    multiplier: number,
    conservativeMultiplier: number,
    breakEven: number,
    chanceAboveBreakEven: number,
    context: text,
    sizing: z.looseObject({ riskFraction: number, base: number, raw: number, cap: number, quantity: number }),
    riskBudget: whole,
    riskActual: whole,
    riskPerContract: whole,
    volatility: number,
    ratio: number,
    strength: number,
    lateAfter: whole,
    expires: whole,
    flatTime: whole,
  }),
  fill: z.looseObject({
    type: z.literal("fill"),
    ...booked,
    recommendation: text,
    instrument,
    direction,
    price: whole,
    quantity: number,
    late: z.boolean(),
    notes: maybeText,
    unverified: maybeFlag,
  }),
  partialExit: z.looseObject({
    type: z.literal("partialExit"),
    ...booked,
    ...closedPart,
    replaces: maybeText,
    recommendation: text,
    instrument,
    direction,
    tradingDay: text,
    entryPrice: number,
    filled: number,
    open: number,
  }),
  exit: z.looseObject({
    type: z.literal("exit"),
    ...booked,
    replaces: maybeText,
    recommendation: text,
    instrument,
    direction,
    tradingDay: text,
    price: number,
    quantity: number,
    reason: text,
    reasonChecked: text,
    entryTime: whole,
    entryPrice: number,
    signalPrice: whole,
    grossPnl: whole,
    commission: whole,
    netPnl: whole,
    points: number,
    returnFraction: number,
    rMultiple: number,
    win: z.boolean(),
    maePoints: maybeNumber,
    mfePoints: maybeNumber,
    balanceBefore: whole,
    balanceAfter: whole,
    context: text,
    confidence: number,
    multiplier: number,
    ratio: number,
    strength: number,
    learned: z.looseObject({ context: text, trades: number, wins: number, confidence: number, multiplier: number }),
    override: maybeFlag,
    notes: maybeText,
    unverified: maybeFlag,
    parts: z.optional(z.array(z.looseObject(closedPart))),
  }),
  order: z.looseObject({ type: z.literal("order"), ...booked, recommendation: text, quantity: number }),
  cancel: z.looseObject({ type: z.literal("cancel"), ...booked, recommendation: text, instrument, reason: text }),
  decision: z.looseObject({ type: z.literal("decision"), ...booked, recommendation: text, answer: text, reason: text }),
  amendment: z.looseObject({
    type: z.literal("amendment"),
    ...corrected,
    target: text,
    correction: z.looseObject({
      price: maybeWhole,
      quantity: maybeNumber,
      time: maybeWhole,
      reason: maybeText,
      override: maybeFlag,
      notes: maybeText,
      unverified: maybeFlag,
    }),
  }),
  void: z.looseObject({ type: z.literal("void"), ...corrected, target: maybeText }),
  equity: z.looseObject({
    type: z.literal("equity"),
    ...booked,
    tradingDay: maybeText,
    balance: whole,
    drawdown: number,
    maxDrawdown: number,
    peak: number,
    limitPeak: number,
    pnlToday: whole,
    tradesToday: whole,
    volatility: z.optional(z.looseObject({ symbol: text, value: number })),
  }),
  mark: z.looseObject({
    type: z.literal("mark"),
    ...booked,
    symbol: text,
    tickSize: number,
    start: whole,
    open: whole,
    high: whole,
    low: whole,
    close: whole,
  }),
  halt: z.looseObject({ type: z.literal("halt"), ...booked, equity: number, peak: number }),
  haltEnded: z.looseObject({ type: z.literal("haltEnded"), ...booked, reason: text }),
  kill: z.looseObject({ type: z.literal("kill"), ...happened, reason: text }),
  paperReset: z.looseObject({
    type: z.literal("paperReset"),
    ...happened,
    account: z.literal("paper"),
    reason: text,
    startBalance: whole,
    before: z.looseObject({
      balance: whole,
      closedTrades: whole,
      wins: whole,
      maxDrawdown: number,
      abandoned: whole,
    }),
  }),
  imported: z.looseObject({
    type: z.literal("imported"),
    ...happened,
    source: text,
    contract: maybeText,
    direction: z.optional(direction),
    quantity: maybeNumber,
    entryPrice: maybeNumber,
    exitPrice: maybeNumber,
    returnFraction: maybeNumber,
    win: maybeFlag,
    netPnl: maybeWhole,
    balance: maybeWhole,
    simulated: z.boolean(),
    remarks: z.array(text),
    row: z.record(text, z.union([text, number, z.null()])),
  }),
  limits: z.looseObject({
    type: z.literal("limits"),
    ...happened,
    from: text,
    limits,
    before: limits,
  }),
  shadow: z.looseObject({
    type: z.literal("shadow"),
    id: text,
    recommendation: text,
    instrument,
    entryTime: maybeWhole,
    entryPrice: maybeWhole,
    time: whole,
    price: maybeWhole,
    reason: text,
    netPnl: whole,
    rMultiple: number,
    maePoints: number,
    mfePoints: number,
  }),
} satisfies Record<KeptOutput["type"], z.ZodMiniType>;
