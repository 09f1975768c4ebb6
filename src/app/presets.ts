import type { z } from "zod";
import type { FLAT } from "./settingKeys.js";

/** Settings by their flat keys, as a person writes them; absent keys take their defaults. */
export type FlatSettings = z.input<typeof FLAT>;

export type PresetName = NonNullable<FlatSettings["preset"]>;

/** What each preset puts in the place of the defaults. */
export const PRESETS: Readonly<Record<PresetName, Omit<FlatSettings, "preset">>> = {
  none: {},
  // The user's "aggressive execution (high-speed fills)".
  aggressive: {
    "order.defaultOrderType": "MARKET",
    "order.useMarketOrdersOnHighConfidence": true,
    "order.highConfidenceThreshold": 0.75,
  },
  // The user's "conservative execution (better fills)".
  conservative: {
    "order.limitOffsetTicks": 1,
    "order.defaultValidity": "GTC",
  },
  // ENGINE.md 0.1. Defaults of ours are written out: what the earlier system did does not change with them.
  v6_code: {
    "detector.volumeThreshold": 4,
    "detector.barSeconds": 900,
    "detector.baseline": "day_mean",
    "detector.baselineBars": 2,
    "detector.trigger": "bar_close",
    "detector.directionRule": "modal",
    "detector.longMax": 0.15,
    "detector.allowShorts": false,
    "detector.minSignalStrength": 0.45,
    "detector.cooldownMinutes": 30,
    "detector.rankWindowHours": 2,
    "detector.entryMode": "retest",
    "order.defaultOrderType": "LIMIT",
    "order.defaultValidity": "DAY",
    "order.limitOffsetTicks": 0,
    "order.useMarketOrdersOnHighConfidence": false,
    "order.profitTargetRatio": 2,
    "bayes.alphaPrior": 1,
    "bayes.betaPrior": 1,
    "bayes.minTrades": 3,
    "bayes.scalingFactor": 6,
    "bayes.maxMultiplier": 3,
    "bayes.pooledKappa": 0,
    "bayes.halfLifeDays": 0,
    "bayes.evidenceLadder": false,
    "bayes.multiplierStatistic": "mean",
    "bayes.context": "modal_bin",
    "risk.maxRiskPerTrade": 0.02,
    "risk.maxPositionSize": 3,
    "risk.maxDailyTrades": 10,
    "risk.maxConsecutiveLosses": 3,
    "risk.emergencyStopLossPct": 0.05,
    "paper.commission": 2.5,
    "paper.marketSlippageTicks": 1,
    "paper.entryLatencySeconds": 20,
    "paper.maxHoldMinutes": 60,
  },
};

/** The values of the preset of that name; none where there is no such preset, which is for the schema to say. */
export function presetValues(name: unknown): FlatSettings {
  return typeof name === "string" && Object.hasOwn(PRESETS, name) ? PRESETS[name as PresetName] : {};
}
