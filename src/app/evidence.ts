import { t } from "@vscode/l10n";
import type { Signal } from "../core/detector/cluster.js";
import type { Footprint, FootprintBar } from "../core/detector/footprint.js";
import type { EngineOutput, Exit, RecordedExit, Shadow, TradeRecord } from "../core/events.js";
import { outputId } from "../core/events.js";
import { formatPrice, type Instrument, toPoints } from "../core/instrument.js";
import type { EvidenceBar, EvidenceCall, EvidenceResult, PathPoint, SignalEvidence } from "../core/protocol.js";
import { LearningRows, type Outcome } from "../core/sizing/posterior.js";
import type { Recommendation, Refusal } from "../core/sizing/recommendation.js";
import { countingExits, tradeRecords } from "../core/tradeRecords.js";
import { MICROS_PER_SECOND, type Micros } from "../core/units.js";
import { inLanguage } from "./language.js";
import { REFUSAL_WORDS } from "./refusalWords.js";

/** Results of a context that are listed, the newest. */
const LISTED = 10;

/** A signal that was kept, and what was answered. */
export interface KnownSignal {
  readonly signal: Signal;
  readonly recommendation: Recommendation | undefined;
  readonly refusal: Refusal | undefined;
}

/** The signals among what was kept, newest first, each with its recommendation or refusal. */
export function knownSignals(outputs: readonly EngineOutput[]): readonly KnownSignal[] {
  const found: { signal: Signal; recommendation: Recommendation | undefined; refusal: Refusal | undefined }[] = [];
  for (const output of outputs) {
    if (output.type === "signal") found.push({ signal: output, recommendation: undefined, refusal: undefined });
    else if (output.type === "recommendation" || output.type === "refusal") {
      const own = found.findLast((known) => isAnsweredBy(known, output));
      if (own !== undefined && output.type === "recommendation") own.recommendation = output;
      else if (own !== undefined && output.type === "refusal") own.refusal = output;
    }
  }
  return found.reverse();
}

// A retest may come half an hour later. One that expires as the next signal comes is the earlier one's.
function isAnsweredBy({ signal, recommendation, refusal }: KnownSignal, answer: Recommendation | Refusal): boolean {
  if (recommendation !== undefined || refusal !== undefined) return false;
  const direction = answer.type === "refusal" ? answer.direction : answer.action;
  const isOf = signal.instrument.symbol === answer.instrument.symbol && signal.direction === direction;
  const isLater = answer.type === "refusal" && answer.reason === "EXPIRED" && signal.time === answer.time;
  return isOf && signal.time <= answer.time && !isLater;
}

/** What was kept of a run. */
export interface KeptOfRun {
  readonly outputs: readonly EngineOutput[];
  /** The bars around the signals of a moment. */
  footprints(signal: Micros): readonly Footprint[];
}

/**
 * All that is known of a signal, from what was kept alone.
 *
 * @param id of its recommendation, or of the signal's own output
 * @returns undefined where there is no such signal
 */
export function signalEvidence(kept: KeptOfRun, id: string): SignalEvidence | undefined {
  const { outputs } = kept;
  const found = knownSignals(outputs).find(
    ({ signal, recommendation }) => recommendation?.id === id || outputId(signal) === id,
  );
  if (found === undefined) return undefined;
  const { signal, recommendation, refusal } = found;
  const { instrument } = signal;
  const at = (price: number) => toPoints(price, instrument);
  const known = kept.footprints(signal.time);
  const bars = (...parts: readonly Footprint["part"][]) => barsOf(known, signal, ...parts);
  return {
    key: outputId(signal) ?? id,
    recommendation: recommendation?.id,
    time: Math.floor(signal.time / MICROS_PER_SECOND),
    contract: instrument.label,
    action: signal.direction,
    tickSize: instrument.tickSize,
    cluster: {
      ratio: signal.ratio,
      volume: signal.volume,
      baseline: signal.baseline,
      pointOfControl: signal.pointOfControl === undefined ? undefined : at(signal.pointOfControl),
      low: at(signal.low),
      high: at(signal.high),
      close: at(signal.close),
      modalPosition: signal.modalPosition,
      deltaFraction: signal.deltaFraction,
      strength: signal.strength,
      partial: signal.partial,
    },
    answers: Object.entries(signal.directions).map(([rule, answer]) => ({ rule, answer })),
    footprint: [...bars("before"), ...bars("after")].map((bar) => evidenceBar(bar, instrument)),
    refused: refusal && inLanguage(REFUSAL_WORDS[refusal.reason]),
    call: recommendation && callOf(recommendation, outputs),
    path: recommendation === undefined ? [] : bars("after", "path").map((bar) => pathPoint(bar, recommendation)),
    answer: recommendation && answerOf(recommendation, outputs),
    results: recommendation === undefined ? [] : resultsOf(recommendation, outputs),
  };
}

// A day that is seen twice may be kept in other pieces.
function barsOf(
  footprints: readonly Footprint[],
  { instrument }: Signal,
  ...parts: readonly Footprint["part"][]
): readonly FootprintBar[] {
  const bars = footprints
    .filter(({ part }) => parts.includes(part))
    .filter((footprint) => footprint.instrument.symbol === instrument.symbol)
    .flatMap((footprint) => footprint.bars);
  return [...new Map(bars.map((bar) => [bar.start, bar])).values()].sort((a, b) => a.start - b.start);
}

function evidenceBar({ start, low, high, close, volume, levels }: FootprintBar, instrument: Instrument): EvidenceBar {
  const at = (price: number) => toPoints(price, instrument);
  return {
    time: Math.floor(start / MICROS_PER_SECOND),
    low: at(low),
    high: at(high),
    close: at(close),
    volume,
    levels: levels.map(([price, traded, bid, ask]) => ({ price: at(price), volume: traded, bid, ask })),
  };
}

function callOf(recommendation: Recommendation, outputs: readonly EngineOutput[]): EvidenceCall {
  const { instrument, sizing } = recommendation;
  const at = (price: number) => formatPrice(price, instrument);
  const known = learnedFrom(recommendation, countingExits(bookedBy(recommendation.time, outputs)));
  const own = known.filter(({ context }) => context === recommendation.context);
  const others = known.filter(({ context }) => context !== recommendation.context);
  return {
    account: recommendation.account,
    orderType: recommendation.orderType,
    quantity: recommendation.quantity,
    price: at(recommendation.price),
    stop: at(recommendation.stop),
    target: at(recommendation.target),
    confidence: recommendation.confidence,
    interval: recommendation.interval,
    breakEven: recommendation.breakEven,
    chanceAboveBreakEven: recommendation.chanceAboveBreakEven,
    multiplier: recommendation.multiplier,
    conservativeMultiplier: recommendation.conservativeMultiplier,
    evidence: recommendation.evidence,
    context: recommendation.context,
    posterior: recommendation.posterior,
    own: winsOf(own),
    others: winsOf(others),
    rows: own.slice(-LISTED).map(({ exitTime, win, rMultiple }) => ({
      time: Math.floor(exitTime / MICROS_PER_SECOND),
      win,
      rMultiple,
    })),
    sizing: {
      riskFraction: sizing.riskFraction,
      budget: sizing.budget / 100,
      riskPerContract: sizing.riskPerContract / 100,
      base: sizing.base,
      raw: sizing.raw,
      cap: sizing.cap,
      quantity: sizing.quantity,
      riskActual: recommendation.riskActual / 100,
    },
  };
}

// An account learns from its own results, or from those of both: how many the call says that it rests on tells which.
function learnedFrom({ account, posterior }: Recommendation, exits: readonly Exit[]): readonly Outcome[] {
  const outcomes = exits.map((exit) => ({ ...exit, exitTime: exit.time }));
  const own = new LearningRows(account, "account", outcomes).rows;
  if (posterior === undefined || posterior.contextTrades + posterior.otherTrades === own.length) return own;
  const both = new LearningRows(account, "both", outcomes).rows;
  return posterior.contextTrades + posterior.otherTrades === both.length ? both : own;
}

// A correction that came later does not change what a call rested on.
function bookedBy(time: Micros, outputs: readonly EngineOutput[]): readonly EngineOutput[] {
  return outputs.filter(
    (output) => (output.type === "exit" || output.type === "amendment" || output.type === "void") && output.at <= time,
  );
}

function winsOf(exits: readonly Outcome[]): { readonly wins: number; readonly losses: number } {
  const wins = exits.filter(({ win }) => win).length;
  return { wins, losses: exits.length - wins };
}

// From the recommended price, in units of the way to its stop, above 0 in the call's favour.
function pathPoint({ end, low, high, close }: FootprintBar, { action, price, stop }: Recommendation): PathPoint {
  const risk = Math.max(1, Math.abs(price - stop));
  const inR = (ticks: number) => ((action === "BUY" ? 1 : -1) * (ticks - price)) / risk + 0;
  const [worst, best] = action === "BUY" ? [low, high] : [high, low];
  return { time: Math.floor(end / MICROS_PER_SECOND), low: inR(worst), high: inR(best), close: inR(close) };
}

function answerOf({ id, account, instrument }: Recommendation, outputs: readonly EngineOutput[]): string {
  if (account === "paper") return t("For the paper account, which takes it by itself");
  const record = tradeRecords(outputs).get(id);
  if (record?.notExecuted !== undefined) return t("Not executed: {0}", inLanguage(record.notExecuted));
  const fills = record?.fills ?? [];
  if (fills.length === 0) return t("No answer is recorded");
  return [
    ...fills.map(({ quantity, price }) => t("Filled {0} at {1}", quantity, formatPrice(price, instrument))),
    ...exitsInParts(record).map(({ quantity = 0, price, reason }) =>
      t("{0} closed at {1} ({2})", quantity, formatPrice(price, instrument), inLanguage(reason)),
    ),
  ].join(", ");
}

// The price of a result is then a mean, which nobody traded at.
function exitsInParts(record: TradeRecord | undefined): readonly RecordedExit[] {
  const { fills = [], partialExits = [], exit } = record ?? {};
  if (exit === undefined || partialExits.length === 0) return partialExits;
  const count = (of: readonly { readonly quantity?: number }[]) =>
    of.reduce((sum, { quantity = 0 }) => sum + quantity, 0);
  return [...partialExits, { ...exit, quantity: count(fills) - count(partialExits) }];
}

function resultsOf({ id }: Recommendation, outputs: readonly EngineOutput[]): readonly EvidenceResult[] {
  const exits = countingExits(outputs).filter(({ recommendation }) => recommendation === id);
  const shadow = outputs.find((output): output is Shadow => output.type === "shadow" && output.recommendation === id);
  const own = exits.map((exit) => ({
    of: exit.account,
    reason: exit.reasonChecked,
    entry: toPoints(exit.entryPrice, exit.instrument),
    exit: toPoints(exit.price, exit.instrument),
    rMultiple: exit.rMultiple,
    netPnl: exit.netPnl / 100,
    maePoints: exit.maePoints,
    mfePoints: exit.mfePoints,
  }));
  return shadow === undefined ? own : [...own, shadowResult(shadow)];
}

function shadowResult(shadow: Shadow): EvidenceResult {
  const at = (price: number | undefined) => (price === undefined ? undefined : toPoints(price, shadow.instrument));
  return {
    of: "shadow",
    reason: shadow.reason,
    entry: at(shadow.entryPrice),
    exit: at(shadow.price),
    rMultiple: shadow.rMultiple,
    netPnl: shadow.netPnl / 100,
    maePoints: shadow.maePoints,
    mfePoints: shadow.mfePoints,
  };
}
