import type { Signal } from "./detector/cluster.js";
import { checkCaughtUp } from "./guards/freshness.js";
import { checkDailyLoss, checkDailyTrades, checkHalted, checkStreak } from "./guards/limits.js";
import { recommendationId } from "./guards/signalOnce.js";
import { denied } from "./guards/verdict.js";
import { type Instrument, tickValue } from "./instrument.js";
import { withAssumedRisk } from "./instruments.js";
import type { Account } from "./ledger/account.js";
import type { ConnectionChange } from "./market.js";
import { phaseAt, type TradingDay } from "./session.js";
import type { EngineSettings } from "./settings.js";
import { bracket, stopDistance } from "./sizing/bracket.js";
import { breakEven, quarterKelly } from "./sizing/kelly.js";
import { chanceAbove, interval, type LearningRows, multiplier, posterior } from "./sizing/posterior.js";
import type { OrderType, Recommendation, RefusalReason } from "./sizing/recommendation.js";
import { riskPerContract, size } from "./sizing/sizing.js";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros, type Ticks } from "./units.js";

/** The market at the time of a signal. */
export interface Moment {
  /** Issue time: the end of the cluster's bar, or the retesting trade's. */
  readonly time: Micros;
  readonly signalPrice: Ticks;
  readonly day: TradingDay | undefined;
  readonly volatility: number | undefined;
  /** Undefined where there is none, as in a file. */
  readonly connection: Exclude<ConnectionChange["state"], "gap"> | undefined;
}

/** After this an answer is late (`ENGINE.md` 9). */
const ANSWER_SECONDS = 30;

/** Turns a signal into a recommendation for one account, or says why not, in the order of `ENGINE.md` 9 and 7. */
export function advise(
  signal: Signal,
  moment: Moment,
  account: Account,
  learning: LearningRows,
  settings: EngineSettings,
): Recommendation | RefusalReason {
  const { day, volatility, time } = moment;
  const halted = denied(checkHalted(account));
  if (halted !== undefined) return halted;
  if (signal.instrument.pointValue === 0) return "UNKNOWN_INSTRUMENT";
  if (day === undefined || time < day.open || day.close <= time) return "SESSION";
  if (time >= day.close - settings.detector.entryCutoffMinutes * MICROS_PER_MINUTE) return "CUTOFF";
  const blocked = denied(checkCaughtUp(moment)) ?? dayLimit(account, settings);
  if (blocked !== undefined) return blocked;
  if (account.positions.size > 0) return "OPEN_POSITION";
  if (volatility === undefined) return "NO_VOLATILITY";
  return sized(signal, moment, day, volatility, account, learning, settings);
}

function dayLimit(account: Account, { risk }: EngineSettings): RefusalReason | undefined {
  const trades = denied(checkDailyTrades(account, risk));
  return trades ?? denied(checkStreak(account, risk)) ?? denied(checkDailyLoss(account, risk));
}

function sized(
  signal: Signal,
  moment: Moment,
  day: TradingDay,
  volatility: number,
  account: Account,
  learning: LearningRows,
  settings: EngineSettings,
): Recommendation | RefusalReason {
  const { direction } = signal;
  const instrument = withAssumedRisk(signal.instrument, settings);
  const { time, signalPrice } = moment;
  const context = contextOf(signal, time, day, settings);
  const belief = posterior(learning, context, time, settings.bayes);
  const orderType = orderTypeFor(belief.mean, settings);
  const distance = stopDistance(signalPrice, volatility, instrument.minStopTicks, settings.order.stopSigmaMult);
  const prices = bracket(direction, signalPrice, distance, orderType, settings.order);
  const perContract = riskPerContract(prices.stopTicks, instrument, settings.paper.marketSlippageTicks);
  const times = multiplier(belief, settings.bayes);
  const payoff = prices.targetTicks / prices.stopTicks;
  const even = breakEven(payoff, costShare(instrument, prices.stopTicks, settings)) ?? 1;
  const range = interval(belief, 0.9);
  if (settings.bayes.suppressNegativeContexts && range[1] < even) return "NEGATIVE_CONTEXT";
  const trace = size(
    {
      balance: account.balance,
      confidence: belief.mean,
      multiplier: times,
      riskPerContract: perContract,
      open: account.openContracts,
      kellyShare: settings.bayes.kellyCap ? quarterKelly(belief.mean, payoff) : undefined,
    },
    settings.risk,
  );
  if (trace.refusal !== undefined) return trace.refusal;
  const { alpha, beta, lambda, contextTrades, otherTrades } = belief;
  return {
    type: "recommendation",
    id: recommendationId(instrument.symbol, time, direction),
    time,
    tradingDay: day.date,
    account: account.name,
    instrument,
    action: direction,
    quantity: trace.quantity,
    orderType,
    validity: settings.order.defaultValidity,
    price: prices.price,
    trigger: prices.trigger,
    stop: prices.stop,
    target: prices.target,
    signalPrice,
    confidence: belief.mean,
    interval: range,
    evidence: belief.evidence,
    multiplier: times,
    conservativeMultiplier: multiplier(belief, settings.bayes, "lower20"),
    breakEven: even,
    chanceAboveBreakEven: chanceAbove(belief, even),
    context,
    posterior: { alpha, beta, lambda, contextTrades, otherTrades },
    sizing: trace,
    riskBudget: trace.budget,
    riskActual: (trace.quantity * perContract) as Recommendation["riskActual"],
    riskPerContract: perContract,
    volatility,
    ratio: signal.ratio,
    strength: signal.strength,
    lateAfter: (time + ANSWER_SECONDS * MICROS_PER_SECOND) as Micros,
    expires: day.close,
    flatTime: flatTime(day, settings),
  };
}

// Both commissions and the slippage of two market fills, in units of the risk.
function costShare(instrument: Instrument, stopTicks: number, { paper }: EngineSettings): number {
  const tick = tickValue(instrument);
  return (2 * instrument.commission + 2 * paper.marketSlippageTicks * tick) / (stopTicks * tick);
}

/** From here on an entry expires and a position is closed. */
export function flatTime(day: TradingDay, settings: EngineSettings): Micros {
  return (day.close - settings.paper.eodFlatMinutes * MICROS_PER_MINUTE) as Micros;
}

/** `BUY|open|4-6x` (12 cells, fixed in advance), or the earlier system's bin of the modal position. */
export function contextOf(signal: Signal, time: Micros, day: TradingDay, settings: EngineSettings): string {
  if (settings.bayes.context === "modal_bin") return `bin ${Math.min(Math.floor(signal.modalPosition * 10), 9)}`;
  const bin = signal.ratio < 6 ? "4-6x" : "6x+";
  return `${signal.direction}|${phaseAt(time, day)}|${bin}`;
}

function orderTypeFor(confidence: number, { order }: EngineSettings): OrderType {
  const sure = order.useMarketOrdersOnHighConfidence && confidence > order.highConfidenceThreshold;
  return sure ? "MARKET" : order.defaultOrderType;
}
