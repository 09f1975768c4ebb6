import { roomFor } from "../guards/limits.js";
import { type Instrument, tickValue } from "../instrument.js";
import type { RiskSettings } from "../settings.js";
import { type Cents, roundHalfAway } from "../units.js";
import type { SizeRefusal, SizingTrace } from "./recommendation.js";

export interface SizingInput {
  readonly balance: Cents;
  /** Posterior mean. */
  readonly confidence: number;
  readonly multiplier: number;
  readonly riskPerContract: Cents;
  /** Contracts already held. */
  readonly open: number;
  /** Share of the balance that Kelly's rule allows; undefined: it is not asked. */
  readonly kellyShare: number | undefined;
}

const GUARD = 1e-9;
const NO_LIMIT = Number.POSITIVE_INFINITY;

/** 1 % at a win chance of one third (a 2:1 bracket breaks even), 2 % at two thirds, between them a line. */
export function riskFraction(confidence: number, maxRiskPerTrade: number): number {
  const most = Math.min(0.02, maxRiskPerTrade);
  return Math.min(most, Math.max(0.01, 0.01 + 0.03 * (confidence - 1 / 3)));
}

/**
 * What one contract can lose: the larger of the instrument's assumption and the actual stop with both commissions and the
 * slippage of two market fills.
 */
export function riskPerContract(stopTicks: number, instrument: Instrument, marketSlippageTicks: number): Cents {
  const tick = tickValue(instrument);
  const costs = 2 * instrument.commission + 2 * marketSlippageTicks * tick;
  const dollars = Math.max(instrument.riskPerContract, stopTicks * tick + costs);
  return Math.max(1, roundHalfAway(Number((dollars * 100).toPrecision(15)))) as Cents;
}

/** Says how many contracts to trade, or why none. */
export function size(input: SizingInput, settings: RiskSettings): SizingTrace {
  const { balance, confidence, multiplier } = input;
  const fraction = riskFraction(confidence, settings.maxRiskPerTrade);
  const budget = Math.max(0, Math.floor(balance * fraction + 0.5 + 1e-6)) as Cents;
  const base = Math.max(1, Math.floor(budget / input.riskPerContract));
  const raw = Math.floor(base * multiplier + GUARD);
  const cap = Math.max(0, Math.floor((balance * settings.hardRiskCap) / input.riskPerContract));
  const room = roomFor(input.open, settings);
  const affordable = Math.min(
    settings.enforceRiskBudget ? Math.floor((multiplier * budget) / input.riskPerContract + GUARD) : NO_LIMIT,
    input.kellyShare === undefined
      ? NO_LIMIT
      : Math.floor((input.kellyShare * balance) / input.riskPerContract + GUARD),
  );
  const quantity = Math.max(0, Math.min(raw, room, cap, affordable));
  return {
    riskFraction: fraction,
    budget,
    riskPerContract: input.riskPerContract,
    base,
    raw,
    cap,
    quantity,
    refusal: quantity < 1 ? refusal(cap, settings.enforceRiskBudget ? affordable : NO_LIMIT) : undefined,
  };
}

// Kelly's share alone is no budget: what it leaves no room for is reported as the position's limit (`ENGINE.md` 7).
function refusal(cap: number, affordable: number): SizeRefusal {
  if (cap < 1) return "RISK_CAP_10PCT";
  return affordable < 1 ? "RISK_BUDGET" : "MAX_POSITION";
}
