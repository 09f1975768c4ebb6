import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { flatTime } from "../../src/core/adviser.js";
import { type Hours, type PaperReport, PaperTrade } from "../../src/core/broker/paperTrade.js";
import { BarBuilder } from "../../src/core/detector/barBuilder.js";
import { TimeOfDay } from "../../src/core/detector/baseline.js";
import type { DiscardedCluster, Signal } from "../../src/core/detector/cluster.js";
import { ClusterDetector } from "../../src/core/detector/detector.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent, Exit } from "../../src/core/events.js";
import { toPoints } from "../../src/core/instrument.js";
import { labelOf, symbolOf } from "../../src/core/instruments.js";
import { Account } from "../../src/core/ledger/account.js";
import { calibration } from "../../src/core/ledger/calibration.js";
import { compoundAnnualReturn, equityMetrics, linearAnnualReturn } from "../../src/core/ledger/equityMetrics.js";
import { chanceOfAtLeast, tradeMetrics } from "../../src/core/ledger/metrics.js";
import {
  backtestOverfitting,
  deflatedSharpe,
  luckySharpe,
  minimumTrackRecord,
  probabilisticSharpe,
} from "../../src/core/ledger/overfitting.js";
import { funFacts } from "../../src/core/ledger/saturday.js";
import { NO_HOLIDAYS, phaseAt, TradingHours } from "../../src/core/session.js";
import type { EngineSettings } from "../../src/core/settings.js";
import { bracket, stopDistance } from "../../src/core/sizing/bracket.js";
import { expectancy } from "../../src/core/sizing/expectancy.js";
import { breakEven, kellyFraction, quarterKelly } from "../../src/core/sizing/kelly.js";
import { betaQuantile, interval, multiplier, type Outcome, posterior } from "../../src/core/sizing/posterior.js";
import { riskFraction, riskPerContract, size } from "../../src/core/sizing/sizing.js";
import { type Cents, MICROS_PER_DAY, MICROS_PER_MINUTE, type Micros, type Ticks } from "../../src/core/units.js";
import { Random } from "../../src/feed/random.js";
import { ES, recommendationOf } from "../support/recommendation.js";
import { eventsOf } from "../support/tape.js";

// The file is the other implementation's: what it holds is known by its section, not by a type of ours.
// biome-ignore lint/suspicious/noExplicitAny: a section of a foreign file, read field by field
type Foreign = any;

const path = process.env.VECTORS ?? "test/data/engine.json";
const vectors: Foreign = JSON.parse(readFileSync(path, "utf8"));
const SETTINGS = parseSettings({});
const MONDAY = 1_749_475_800_000_000 as Micros; // 2025-06-09 09:30 in New York
const RATIONAL = 1e-9;
const QUANTILE = 1e-6;
