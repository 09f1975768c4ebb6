import type { Cluster } from "../core/detector/cluster.js";
import type {
  Amendment,
  ClosedPart,
  EngineOutput,
  Exit,
  Fill,
  Imported,
  Mark,
  PartialExit,
  RecordAndBalance,
  RecordedExit,
  RunSummary,
  Voiding,
} from "../core/events.js";
import { type Instrument, toPoints } from "../core/instrument.js";
import { overrideOf } from "../core/override.js";
import type { Recommendation, SizingTrace } from "../core/sizing/recommendation.js";
import { isoTime } from "./times.js";

/** What one line says: prices in points, money in dollars, times ISO 8601 UTC, absent is null. */
export type Line = Readonly<Record<string, unknown>> & { readonly type: string };

/** One engine output as programs read it: the lines of `--json`. */
export function jsonLine(output: EngineOutput): Line {
  switch (output.type) {
    case "signal":
      return { ...clusterFields(output), partial: output.partial };
    case "cluster":
      return { ...clusterFields(output), partial: output.partial, reason: output.reason };
    case "recommendation":
      return recommendationFields(output);
    case "refusal":
      return {
        type: output.type,
        time: isoTime(output.time),
        instrument: output.instrument.symbol,
        direction: output.direction,
        reason: output.reason,
      };
    case "order":
      return { ...answered(output), quantity: output.quantity };
    case "fill":
      return fillFields(output);
    case "partialExit":
      return partialExitFields(output);
    case "exit":
      return exitFields(output);
    case "cancel":
      return { ...answered(output), reason: output.reason };
    case "decision":
      return { ...answered(output), answer: output.answer, reason: output.reason };
    case "amendment":
      return { ...correctionFields(output), target: output.target };
    case "void":
      return { ...correctionFields(output), ...(output.target === undefined ? {} : { target: output.target }) };
    case "equity":
      return {
        type: output.type,
        account: output.account,
        time: isoTime(output.time),
        balance: dollars(output.balance),
        drawdown: output.drawdown,
        maxDrawdown: output.maxDrawdown,
        tradingDay: output.tradingDay ?? null,
        pnlToday: dollars(output.pnlToday),
        tradesToday: output.tradesToday,
      };
    case "mark":
      return markFields(output);
    case "footprint":
      return {
        type: output.type,
        time: isoTime(output.signal),
        instrument: output.instrument.symbol,
        part: output.part,
        bars: output.bars.length,
      };
    case "halt":
      return {
        type: output.type,
        account: output.account,
        time: isoTime(output.time),
        equity: dollars(output.equity),
        peak: dollars(output.peak),
      };
    case "haltEnded":
      return { type: output.type, account: output.account, time: isoTime(output.time), reason: output.reason };
    case "kill":
      return { type: output.type, time: isoTime(output.time), reason: output.reason };
    case "paperReset":
      return {
        type: output.type,
        account: output.account,
        time: isoTime(output.time),
        reason: output.reason,
        startBalance: dollars(output.startBalance),
        before: { ...output.before, balance: dollars(output.before.balance) },
      };
    case "imported":
      return importedFields(output);
    case "limits":
      return { type: output.type, time: isoTime(output.time), ...output.limits, from: output.from };
    case "shadow":
      return {
        type: output.type,
        recommendation: output.recommendation,
        time: isoTime(output.time),
        price: points(output.price, output.instrument),
        entryTime: output.entryTime === undefined ? null : isoTime(output.entryTime),
        entryPrice: points(output.entryPrice, output.instrument),
        reason: output.reason,
        netPnl: dollars(output.netPnl),
        rMultiple: output.rMultiple,
        maePoints: clean(output.maePoints),
        mfePoints: clean(output.mfePoints),
      };
    case "illegal":
      return { type: output.type, event: output.event, reason: output.reason };
    case "gap":
      return { type: output.type, time: isoTime(output.from), until: isoTime(output.to) };
    case "connection":
      return { type: output.type, time: isoTime(output.time), state: output.state, message: output.message ?? null };
    default:
      return output satisfies never;
  }
}

/** The last line of a run. Ready-made bars are counted as `bars`, in the place of `trades`. */
export function summaryLine(summary: RunSummary): Line {
  const { trades, bars, ...rest } = summary;
  const counted = bars === 0 ? { trades } : trades === 0 ? { bars } : { trades, bars };
  return {
    type: "summary",
    ...counted,
    batches: rest.batches,
    signals: rest.signals,
    recommendations: rest.recommendations,
    closedTrades: rest.closedTrades,
    wins: rest.wins,
    netPnl: dollars(rest.netPnl),
    startBalance: dollars(rest.startBalance),
    balance: dollars(rest.balance),
    maxDrawdown: rest.maxDrawdown,
    workingEntries: rest.workingEntries,
    openPositions: rest.openPositions,
    skipped: Object.fromEntries(Object.entries(rest.skipped).sort(([a], [b]) => (a < b ? -1 : 1))),
    clusters: rest.clusters,
    halts: rest.halts,
  };
}

/** A line as it is printed: compact JSON whose fractions are free of binary noise (15 significant digits). */
export function printed(line: object): string {
  return JSON.stringify(line, (_key, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? clean(value) : value,
  );
}

/** Cents, whole or not, as dollars without binary noise. */
export function dollars(cents: number): number {
  return clean(cents / 100);
}

function clusterFields(cluster: Cluster & { readonly type: string }): Line {
  const { instrument } = cluster;
  return {
    type: cluster.type,
    time: isoTime(cluster.time),
    instrument: instrument.symbol,
    contract: instrument.label,
    direction: cluster.direction ?? null,
    ratio: cluster.ratio,
    volume: cluster.volume,
    baseline: cluster.baseline,
    pointOfControl: points(cluster.pointOfControl, instrument),
    low: points(cluster.low, instrument),
    high: points(cluster.high, instrument),
    close: points(cluster.close, instrument),
    strength: cluster.strength,
    modalPosition: cluster.modalPosition,
    deltaFraction: cluster.deltaFraction ?? null,
    directions: {
      modal: cluster.directions.modal ?? null,
      delta: cluster.directions.delta ?? null,
      absorption: cluster.directions.absorption ?? null,
      modal_and_delta: cluster.directions.modal_and_delta ?? null,
    },
    basis: cluster.basis,
    robustZ: cluster.robustZ ?? null,
  };
}

function recommendationFields(output: Recommendation): Line {
  const { instrument } = output;
  return {
    type: output.type,
    id: output.id,
    time: isoTime(output.time),
    contract: instrument.label,
    instrument: instrument.symbol,
    action: output.action,
    quantity: output.quantity,
    orderType: output.orderType,
    validity: output.validity,
    price: points(output.price, instrument),
    ...(output.trigger === undefined ? {} : { trigger: points(output.trigger, instrument) }),
    stop: points(output.stop, instrument),
    target: points(output.target, instrument),
    confidence: output.confidence,
    interval: output.interval,
    evidence: output.evidence,
    multiplier: output.multiplier,
    conservativeMultiplier: output.conservativeMultiplier,
    breakEven: output.breakEven,
    chanceAboveBreakEven: output.chanceAboveBreakEven,
    context: output.context,
    sizing: sizingFields(output.sizing),
    riskBudget: dollars(output.riskBudget),
    riskActual: dollars(output.riskActual),
    riskPerContract: dollars(output.riskPerContract),
    volatility: output.volatility,
    account: output.account,
  };
}

/** How the quantity came about, step by step. */
function sizingFields(sizing: SizingTrace): object {
  const { riskFraction, budget, riskPerContract, base, raw, cap, quantity } = sizing;
  const money = { budget: dollars(budget), riskPerContract: dollars(riskPerContract) };
  return { riskFraction, ...money, base, raw, cap, quantity };
}

function fillFields(fill: Fill): Line {
  return {
    ...answered(fill),
    price: points(fill.price, fill.instrument),
    quantity: fill.quantity,
    contract: fill.instrument.label,
    direction: fill.direction,
    late: fill.late,
    unverified: fill.unverified === true,
    notes: fill.notes ?? null,
  };
}

function partialExitFields(exit: PartialExit): Line {
  return {
    ...answered(exit),
    ...closedFields(exit, exit.instrument),
    contract: exit.instrument.label,
    direction: exit.direction,
    entryPrice: points(exit.entryPrice, exit.instrument),
    filled: exit.filled,
    open: exit.open,
    balance: dollars(exit.balanceAfter),
    ...(exit.replaces === undefined ? {} : { replaces: exit.replaces }),
  };
}

/** What one exit of several says of itself. */
function closedFields(part: ClosedPart, instrument: Instrument): object {
  return {
    time: isoTime(part.time),
    price: points(part.price, instrument),
    quantity: part.quantity,
    reason: part.reason,
    reasonChecked: part.reasonChecked,
    grossPnl: dollars(part.grossPnl),
    commission: dollars(part.commission),
    netPnl: dollars(part.netPnl),
    unverified: part.unverified === true,
    ...overrideOf(part),
    notes: part.notes ?? null,
  };
}

function exitFields(exit: Exit): Line {
  return {
    ...answered(exit),
    price: points(exit.price, exit.instrument),
    quantity: exit.quantity,
    reason: exit.reason,
    netPnl: dollars(exit.netPnl),
    rMultiple: exit.rMultiple,
    maePoints: exit.maePoints === undefined ? null : clean(exit.maePoints),
    mfePoints: exit.mfePoints === undefined ? null : clean(exit.mfePoints),
    contract: exit.instrument.label,
    direction: exit.direction,
    reasonChecked: exit.reasonChecked,
    entryTime: isoTime(exit.entryTime),
    entryPrice: points(exit.entryPrice, exit.instrument),
    points: clean(exit.points),
    grossPnl: dollars(exit.grossPnl),
    commission: dollars(exit.commission),
    returnFraction: exit.returnFraction,
    result: exit.win ? "win" : "loss",
    balance: dollars(exit.balanceAfter),
    learned: exit.learned,
    unverified: exit.unverified === true,
    ...overrideOf(exit),
    notes: exit.notes ?? null,
    ...(exit.replaces === undefined ? {} : { replaces: exit.replaces }),
    ...(exit.parts && { parts: exit.parts.map((part) => closedFields(part, exit.instrument)) }),
  };
}

function correctionFields(output: Amendment | Voiding): Line {
  return {
    ...answered(output),
    why: output.why,
    contract: output.instrument.label,
    before: recordFields(output.before, output.instrument),
    after: recordFields(output.after, output.instrument),
  };
}

function recordFields(record: RecordAndBalance, instrument: Instrument): object {
  return {
    state: record.state,
    fills: record.fills.map((fill) => ({
      id: fill.id,
      time: isoTime(fill.time),
      price: points(fill.price, instrument),
      quantity: fill.quantity,
      notes: fill.notes ?? null,
    })),
    ...(record.partialExits && {
      partialExits: record.partialExits.map((exit) => recordedExitFields(exit, instrument)),
    }),
    exit: record.exit === undefined ? null : recordedExitFields(record.exit, instrument),
    notExecuted: record.notExecuted ?? null,
    netPnl: record.netPnl === undefined ? null : dollars(record.netPnl),
    balance: dollars(record.balance),
  };
}

function recordedExitFields(exit: RecordedExit, instrument: Instrument): object {
  return {
    id: exit.id,
    time: isoTime(exit.time),
    price: points(exit.price, instrument),
    ...(exit.quantity === undefined ? {} : { quantity: exit.quantity }),
    reason: exit.reason,
    ...overrideOf(exit),
    notes: exit.notes ?? null,
  };
}

function importedFields(output: Imported): Line {
  const { type, source, time, contract, direction, quantity, entryPrice, exitPrice, returnFraction, win } = output;
  return {
    type,
    source,
    time: isoTime(time),
    contract: contract ?? null,
    direction: direction ?? null,
    quantity: quantity ?? null,
    entryPrice: entryPrice ?? null,
    exitPrice: exitPrice ?? null,
    returnFraction: returnFraction ?? null,
    result: win === undefined ? null : win ? "win" : "loss",
    netPnl: output.netPnl === undefined ? null : dollars(output.netPnl),
    balance: output.balance === undefined ? null : dollars(output.balance),
    simulated: output.simulated,
    remarks: output.remarks,
  };
}

function answered(output: {
  readonly type: string;
  readonly recommendation: string;
  readonly account: string;
  readonly time: Fill["time"];
}): Line {
  return {
    type: output.type,
    recommendation: output.recommendation,
    account: output.account,
    time: isoTime(output.time),
  };
}

function markFields({ type, account, symbol, time, open, high, low, close, ...instrument }: Mark): Line {
  const at = (ticks: number) => toPoints(ticks, instrument);
  const prices = { open: at(open), high: at(high), low: at(low), close: at(close) };
  return { type, account, instrument: symbol, time: isoTime(time), ...prices };
}

function points(ticks: number | undefined, instrument: Instrument): number | null {
  return ticks === undefined ? null : toPoints(ticks, instrument);
}

function clean(value: number): number {
  return Number(value.toPrecision(15));
}
