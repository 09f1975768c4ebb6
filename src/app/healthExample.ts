import { t } from "@vscode/l10n";
import { formatPrice, type Instrument, tickValue, toTicks } from "../core/instrument.js";
import { type Bracket, bracket, stopDistance } from "../core/sizing/bracket.js";
import { quarterKelly } from "../core/sizing/kelly.js";
import { LearningRows, multiplier, posterior } from "../core/sizing/posterior.js";
import type { SizingTrace } from "../core/sizing/recommendation.js";
import { riskPerContract, size } from "../core/sizing/sizing.js";
import type { Cents, Micros, Ticks } from "../core/units.js";
import type { Settings } from "./settings.js";

/** A signal as it may come: its bracket, and what sizing makes of it before there is any result. */
export interface Example {
  readonly settings: Settings;
  readonly instrument: Instrument;
  readonly balance: Cents;
  readonly prices: Bracket;
  /** The stop's distance as words say it. */
  readonly stopWords: string;
  readonly multiplier: number;
  readonly kellyShare: number | undefined;
  readonly sizing: SizingTrace;
  /** Not even the smallest stop leaves a contract to trade. */
  readonly neverFits: boolean;
}

// The workflow's own signal: 6010.75, with a volatility that puts its stop 15.50 points away (ENGINE.md 1, 5).
const WORKFLOW = { roots: ["ES", "MES"], price: 6010.75, volatility: 0.000329 };

/** The workflow's signal where the instrument is that of the workflow, else one with the smallest stop. */
export function exampleOf(settings: Settings, instrument: Instrument, balance: Cents): Example {
  const { order, bayes, paper, risk } = settings;
  const known = WORKFLOW.roots.includes(instrument.root) ? toTicks(WORKFLOW.price, instrument) : undefined;
  const price = known ?? (0 as Ticks);
  const distance = stopDistance(price, WORKFLOW.volatility, instrument.minStopTicks, order.stopSigmaMult);
  const prices = bracket("BUY", price, distance, order.defaultOrderType, order);
  const points = t("{0} points", formatPrice(prices.stopTicks, instrument));
  const belief = posterior(new LearningRows("manual", bayes.learnFrom), "", 0 as Micros, bayes);
  const times = multiplier(belief, bayes);
  const kellyShare = bayes.kellyCap ? quarterKelly(belief.mean, prices.targetTicks / prices.stopTicks) : undefined;
  const sized = (stopTicks: number) => {
    const each = riskPerContract(stopTicks, instrument, paper.marketSlippageTicks);
    const input = { balance, confidence: belief.mean, multiplier: times, riskPerContract: each, open: 0, kellyShare };
    return size(input, risk);
  };
  return {
    settings,
    instrument,
    balance,
    prices,
    stopWords: known === undefined ? t("{0}, the smallest,", points) : points,
    multiplier: times,
    kellyShare,
    sizing: sized(prices.stopTicks),
    neverFits: sized(instrument.minStopTicks).refusal !== undefined,
  };
}

/** Both commissions and the slippage of two market fills of one contract, in currency. */
export function costsOf({ paper }: Settings, instrument: Instrument): number {
  return 2 * instrument.commission + 2 * paper.marketSlippageTicks * tickValue(instrument);
}
