import type { DirectionRule } from "./detector/cluster.js";
import type { AccountName, OrderType, Validity } from "./sizing/recommendation.js";

/** Hours of one's own: `open` = `close` is 24 hours; days are ISO weekdays (1 Monday) on which it opens. */
export interface CustomHours {
  readonly timeZone: string;
  /** HH:MM in `timeZone`. */
  readonly open: string;
  readonly close: string;
  readonly days: readonly number[];
}

/** `ENGINE.md` 2.2; `continuous` is around the clock, every day, in UTC. */
export type Hours = "rth" | "globex" | "continuous" | CustomHours;

/** What a product is, before a contract of it is known (`ENGINE.md` 2.3). */
export interface InstrumentSpec {
  /** Root such as ES, or a whole symbol such as LTCUSDT. */
  readonly symbol: string;
  readonly tickSize: number;
  readonly pointValue: number;
  readonly sizeUnit: number;
  readonly session: Hours;
  /** Currency per contract and side; undefined: `paper.commission`. */
  readonly commission: number | undefined;
  /** Undefined: `risk.riskPerContractUsd`; 0: the actual stop alone. */
  readonly riskPerContract: number | undefined;
  readonly minStopTicks: number;
}

export interface ContractSettings {
  /** Root or symbol. */
  readonly instrument: string;
  /** Raw symbol that wins over the contract of the day; empty: none. */
  readonly pin: string;
  /** The pinned contract with its decade, such as ES JUN25; absent where it was named without one. */
  readonly pinLabel?: string;
  /** Undefined: the instrument's own. */
  readonly session: Hours | undefined;
}

export type BaselineKind = "rolling_mean" | "rolling_median" | "ewma" | "time_of_day" | "rolling_and_tod" | "day_mean";

export interface DetectorSettings {
  readonly volumeThreshold: number;
  readonly barSeconds: number;
  readonly baseline: BaselineKind;
  readonly baselineBars: number;
  readonly todConfirmRatio: number;
  readonly trigger: "bar_close" | "intrabar";
  readonly directionRule: DirectionRule;
  readonly longMax: number;
  readonly shortMin: number;
  readonly deltaThreshold: number;
  readonly allowShorts: boolean;
  readonly minSignalStrength: number;
  readonly cooldownMinutes: number;
  readonly rankWindowHours: number;
  readonly entryMode: "immediate" | "retest";
  readonly entryCutoffMinutes: number;
}

export interface OrderSettings {
  readonly defaultOrderType: OrderType;
  readonly defaultValidity: Validity;
  readonly limitOffsetTicks: number;
  readonly useMarketOrdersOnHighConfidence: boolean;
  readonly highConfidenceThreshold: number;
  readonly stopSigmaMult: number;
  readonly volLookbackBars: number;
  readonly profitTargetRatio: number;
  readonly targetRounding: "conservative" | "exact";
}

export interface BayesSettings {
  readonly alphaPrior: number;
  readonly betaPrior: number;
  readonly minTrades: number;
  readonly scalingFactor: number;
  readonly maxMultiplier: number;
  readonly pooledKappa: number;
  readonly halfLifeDays: number;
  readonly evidenceLadder: boolean;
  readonly multiplierStatistic: "mean" | "lower20";
  readonly expectancyBasis: boolean;
  readonly learnFrom: "account" | "both";
  readonly context: "dir_phase_vol" | "modal_bin";
  /** No more contracts than a quarter of the Kelly fraction pays for. */
  readonly kellyCap: boolean;
  /** A context whose interval lies below its break-even is refused. */
  readonly suppressNegativeContexts: boolean;
}

export interface RiskSettings {
  readonly maxRiskPerTrade: number;
  readonly maxPositionSize: number;
  readonly maxDailyTrades: number;
  readonly maxConsecutiveLosses: number;
  readonly maxDailyLossPct: number;
  readonly emergencyStopLossPct: number;
  readonly hardRiskCap: number;
  readonly riskPerContractUsd: number;
  readonly enforceRiskBudget: boolean;
}

export interface PaperSettings {
  readonly startBalance: number;
  readonly commission: number;
  readonly marketSlippageTicks: number;
  readonly entryLatencySeconds: number;
  readonly eodFlatMinutes: number;
  readonly maxHoldMinutes: number;
}

/** All that the engine is told before it starts; the trading part of the settings. */
export interface EngineSettings {
  readonly contract: ContractSettings;
  /** Instruments beside the built-in ones. */
  readonly instruments: readonly InstrumentSpec[];
  readonly detector: DetectorSettings;
  readonly order: OrderSettings;
  readonly bayes: BayesSettings;
  readonly risk: RiskSettings;
  readonly paper: PaperSettings;
}

/** How a run is operated (`design` decision: four ways to run, one engine). */
export interface RunMode {
  /** The account whose balance, limits and results size a signal. */
  readonly leading: AccountName;
  /** Whether the engine takes its own signals on the paper account. */
  readonly paperTrades: boolean;
  /** Without a user to reset it, a halt ends with the session. */
  readonly haltEndsWithSession: boolean;
}
