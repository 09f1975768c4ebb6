import { type Instrument, tickValue } from "../core/instrument.js";
import { BUILT_IN } from "../core/instruments.js";
import { say } from "../core/say.js";
import type { Recommendation, SizingTrace } from "../core/sizing/recommendation.js";
import { riskPerContract } from "../core/sizing/sizing.js";
import { percent, shortUsd } from "./amounts.js";

/** A size in words. */
export interface SizingWords {
  /** Budget and true risk: `budget 1.5 % = $225, actual 6.7 % = $1,000 (one ES contract cannot be split)`. */
  readonly risk: string;
  /** What the same budget buys in the contract of another size: `MES: 2 contracts = 1.33 %`; undefined where it would change nothing. */
  readonly advice: string | undefined;
}

/**
 * Says what a recommendation risks beside what it was to risk (`ENGINE.md` 7).
 *
 * @param marketSlippageTicks what the other contract's fills are reckoned with; it matters only where its stop costs more than
 *   its assumed risk
 */
export function sizingWords(recommendation: Recommendation, marketSlippageTicks = 1): SizingWords {
  const { instrument, sizing, riskBudget, riskActual, multiplier, trigger, price, signalPrice, stop } = recommendation;
  const balance = riskBudget / sizing.riskFraction;
  const reason = excessReason(sizing, instrument, multiplier);
  const budget = say("budget {0} = {1}", percent(sizing.riskFraction), shortUsd(riskBudget));
  const actual = say("actual {0} = {1}", percent(riskActual / balance), shortUsd(riskActual));
  // The bracket of a STOP_LIMIT hangs on the signal price.
  const stopTicks = Math.abs((trigger === undefined ? price : signalPrice) - stop);
  return {
    risk: reason === undefined ? `${budget}, ${actual}` : `${budget}, ${actual} (${reason})`,
    advice: otherSizeAdvice({ sizing, instrument, balance, stopTicks, marketSlippageTicks }),
  };
}

/** Why a size risks more than its budget; undefined when it does not. */
export function excessReason(sizing: SizingTrace, instrument: Instrument, multiplier: number): string | undefined {
  const { quantity, riskPerContract: each, budget } = sizing;
  if (quantity * each <= budget) return undefined;
  const times = say("size x{0}", multiplier.toFixed(2));
  if (each <= budget) return times;
  const whole = say("one {0} contract cannot be split", instrument.root);
  return quantity === 1 ? whole : say("{0}, {1}", whole, times);
}

/** A size, and the bracket and the money that it was made from. */
interface Sized {
  readonly sizing: SizingTrace;
  readonly instrument: Instrument;
  /** In cents, not rounded. */
  readonly balance: number;
  readonly stopTicks: number;
  readonly marketSlippageTicks: number;
}

/**
 * What the contract of a tenth, or of ten times, the size would make of the same budget: the small one where the budget is
 * exceeded, the large one where a whole one of it fits.
 */
export function otherSizeAdvice(sized: Sized): string | undefined {
  const { sizing, instrument, balance, stopTicks, marketSlippageTicks } = sized;
  const other = otherSize(instrument);
  if (other === undefined) return undefined;
  const isExceeded = sizing.quantity * sizing.riskPerContract > sizing.budget;
  if (tickValue(other) < tickValue(instrument) && !isExceeded) return undefined;
  const each = riskPerContract(stopTicks, other, marketSlippageTicks);
  const contracts = Math.floor(sizing.budget / each);
  if (contracts < 1) return undefined;
  const share = percent((contracts * each) / balance, 2);
  return contracts === 1
    ? say("{0}: 1 contract = {1}", other.root, share)
    : say("{0}: {1} contracts = {2}", other.root, contracts, share);
}

const OTHER_SIZE = new Map([
  ["ES", "MES"],
  ["MES", "ES"],
  ["NQ", "MNQ"],
  ["MNQ", "NQ"],
]);

function otherSize(instrument: Instrument): Instrument | undefined {
  const name = OTHER_SIZE.get(instrument.root);
  const spec = BUILT_IN.find(({ symbol }) => symbol === name);
  if (spec === undefined) return undefined;
  const { symbol, pointValue } = spec;
  const scale = pointValue / instrument.pointValue;
  return {
    ...instrument,
    root: symbol,
    symbol,
    label: symbol,
    pointValue,
    riskPerContract: instrument.riskPerContract * scale,
  };
}
