import type { RiskSettings } from "../settings.js";

/** The settings that limit risk (R18). */
export type RiskLimits = RiskSettings;

/** The same limits and nothing else. */
export function limitsOf(risk: RiskLimits): RiskLimits {
  return {
    maxRiskPerTrade: risk.maxRiskPerTrade,
    maxPositionSize: risk.maxPositionSize,
    maxDailyTrades: risk.maxDailyTrades,
    maxConsecutiveLosses: risk.maxConsecutiveLosses,
    maxDailyLossPct: risk.maxDailyLossPct,
    emergencyStopLossPct: risk.emergencyStopLossPct,
    hardRiskCap: risk.hardRiskCap,
    riskPerContractUsd: risk.riskPerContractUsd,
    enforceRiskBudget: risk.enforceRiskBudget,
  };
}

/** Whether two sets of limits are the same. */
export function sameLimits(one: RiskLimits, other: RiskLimits): boolean {
  return JSON.stringify(limitsOf(one)) === JSON.stringify(limitsOf(other));
}

/**
 * R18: the tighter of each limit, which holds until the next trading day begins. Where 0 switches a limit off, 0 is the
 * loosest. Of the assumed risk of a contract the larger is the tighter: the caps divide by it (`ENGINE.md` 7).
 */
export function effectiveRisk(previous: RiskLimits, wanted: RiskLimits): RiskLimits {
  const least = (name: keyof Omit<RiskLimits, "enforceRiskBudget">) => Math.min(previous[name], wanted[name]);
  return {
    maxRiskPerTrade: least("maxRiskPerTrade"),
    maxPositionSize: least("maxPositionSize"),
    maxDailyTrades: least("maxDailyTrades"),
    maxConsecutiveLosses: least("maxConsecutiveLosses"),
    maxDailyLossPct: tighterOrOff(previous.maxDailyLossPct, wanted.maxDailyLossPct),
    emergencyStopLossPct: tighterOrOff(previous.emergencyStopLossPct, wanted.emergencyStopLossPct),
    hardRiskCap: least("hardRiskCap"),
    riskPerContractUsd: Math.max(previous.riskPerContractUsd, wanted.riskPerContractUsd),
    enforceRiskBudget: previous.enforceRiskBudget || wanted.enforceRiskBudget,
  };
}

function tighterOrOff(one: number, other: number): number {
  if (one <= 0 || other <= 0) return Math.max(one, other);
  return Math.min(one, other);
}

/** Limits in force, and the looser ones that wait for their trading day. */
export interface LimitsInForce {
  readonly current: RiskLimits;
  readonly next: { readonly limits: RiskLimits; readonly from: string } | undefined;
}

/**
 * The user wants other limits: what is tighter holds at once, the rest from a trading day on.
 *
 * @param from date of the first trading day that begins after the change; what waited for an earlier one holds by now
 */
export function withLimits(before: LimitsInForce, wanted: RiskLimits, from: string): LimitsInForce {
  const { current } = beforeTradingDay(before, from);
  return { current: effectiveRisk(current, wanted), next: { limits: wanted, from } };
}

/** Before a trading day begins: what waited for an earlier one holds. */
export function beforeTradingDay(limits: LimitsInForce, date: string): LimitsInForce {
  const { next } = limits;
  return next !== undefined && next.from < date ? { current: next.limits, next: undefined } : limits;
}

/** A trading day begins: what waited for it holds. */
export function onTradingDay(limits: LimitsInForce, date: string): LimitsInForce {
  const { next } = limits;
  return next !== undefined && next.from <= date ? { current: next.limits, next: undefined } : limits;
}
