import { finite, mean, sum } from "./moments.js";
import { normalCdf } from "./normal.js";

/** A forecast that was made before its outcome was known. */
export interface Forecast {
  /** Chance of a win, in [0, 1], as it stood at the issue. */
  readonly confidence: number;
  readonly win: boolean;
}

/** Forecasts of one bin of the reliability table, [low, high); the last bin holds 1 too. */
export interface ReliabilityRow {
  readonly bin: number;
  readonly low: number;
  readonly high: number;
  readonly forecasts: number;
  readonly meanConfidence: number;
  readonly winRate: number;
}

/** How good the forecasts were; smaller scores are better. */
export interface Calibration {
  readonly forecasts: number;
  /** Mean squared error (Brier 1950, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78). */
  readonly brier: number;
  /** What always saying 0.5 scores, what knowing the base rate in advance does, and what the base rate so far, (w + 1)/(n + 2). */
  readonly brierOfHalf: number;
  readonly brierOfBaseRate: number;
  readonly brierOfRunningRate: number;
  /** 1 - score/reference: above 0 is better than the reference. Undefined where the reference is perfect. */
  readonly skillAgainstHalf: number;
  readonly skillAgainstBaseRate: number | undefined;
  readonly skillAgainstRunningRate: number | undefined;
  /** Mean of -ln of the chance given to what happened, clipped to [1e-6, 1 - 1e-6]. */
  readonly logLoss: number;
  /**
   * Murphy 1973, "A new vector partition of the probability score", Journal of Applied Meteorology 12, over the bins of
   * the table: reliability - resolution + uncertainty is the Brier score up to the spread of forecasts within bins.
   */
  readonly reliability: number;
  readonly resolution: number;
  readonly uncertainty: number;
  /** Win rate minus mean confidence: above 0 the forecasts were too low. */
  readonly inTheLarge: number;
  /** Expected calibration error: the bins' mean distance of win rate and confidence, by their size. */
  readonly expectedError: number;
  /**
   * Standard normal if the forecasts are true chances (Spiegelhalter 1986, "Probabilistic prediction in patient management
   * and clinical trials", Statistics in Medicine 5). Undefined where every forecast is 0, 0.5 or 1.
   */
  readonly spiegelhalterZ: number | undefined;
  /** Two-sided chance of a z at least as far from 0 if the forecasts are true. */
  readonly spiegelhalterP: number | undefined;
  readonly table: readonly ReliabilityRow[];
  /** Whether such outcomes are usual for true forecasts (p at least 5 %); withheld under 30 forecasts. */
  readonly verdict: "plausible" | "miscalibrated" | undefined;
}

/** Below this many forecasts the numbers are shown and the verdict is withheld (`ENGINE.md` 13). */
export const ENOUGH_FORECASTS = 30;

const CLIP = 1e-6;

/**
 * Scores forecasts against their outcomes.
 *
 * @param forecasts of closed trades, in the order of their outcomes
 * @param bins how many bins of equal width the table has
 * @returns undefined without a forecast
 */
export function calibration(forecasts: readonly Forecast[], bins = 5): Calibration | undefined {
  const n = forecasts.length;
  if (n === 0) return undefined;
  const base = share(forecasts);
  const table = reliabilityTable(forecasts, bins);
  const over = (term: (row: ReliabilityRow) => number) => sum(table.map((row) => (row.forecasts / n) * term(row)));
  const brier = score(forecasts, ({ confidence }) => confidence);
  const [brierOfBaseRate, brierOfRunningRate] = [score(forecasts, () => base), runningScore(forecasts)];
  const z = spiegelhalter(forecasts);
  const p = z === undefined ? undefined : 2 * normalCdf(-Math.abs(z));
  return {
    forecasts: n,
    brier,
    brierOfHalf: 0.25,
    brierOfBaseRate,
    brierOfRunningRate,
    skillAgainstHalf: 1 - brier / 0.25,
    skillAgainstBaseRate: finite(1 - brier / brierOfBaseRate),
    skillAgainstRunningRate: finite(1 - brier / brierOfRunningRate),
    logLoss: sum(forecasts.map(surprise)) / n,
    reliability: over((row) => (row.meanConfidence - row.winRate) ** 2),
    resolution: over((row) => (row.winRate - base) ** 2),
    uncertainty: base * (1 - base),
    inTheLarge: base - sum(forecasts.map(({ confidence }) => confidence)) / n,
    expectedError: over((row) => Math.abs(row.meanConfidence - row.winRate)),
    spiegelhalterZ: z,
    spiegelhalterP: p,
    table,
    verdict: p === undefined || n < ENOUGH_FORECASTS ? undefined : p < 0.05 ? "miscalibrated" : "plausible",
  };
}

function reliabilityTable(forecasts: readonly Forecast[], bins: number): readonly ReliabilityRow[] {
  const binOf = ({ confidence }: Forecast) => Math.min(Math.floor(confidence * bins), bins - 1);
  return Array.from({ length: bins }, (_, bin) => bin).flatMap((bin) => {
    const members = forecasts.filter((forecast) => binOf(forecast) === bin);
    const meanConfidence = mean(members.map(({ confidence }) => confidence));
    if (meanConfidence === undefined) return [];
    const [low, high] = [bin / bins, (bin + 1) / bins];
    return [{ bin, low, high, forecasts: members.length, meanConfidence, winRate: share(members) }];
  });
}

function share(forecasts: readonly Forecast[]): number {
  return forecasts.filter(({ win }) => win).length / forecasts.length;
}

function score(forecasts: readonly Forecast[], forecast: (given: Forecast) => number): number {
  return sum(forecasts.map((given) => ((given.win ? 1 : 0) - forecast(given)) ** 2)) / forecasts.length;
}

function runningScore(forecasts: readonly Forecast[]): number {
  let wins = 0;
  let seen = 0;
  return score(forecasts, ({ win }) => {
    const rate = (wins + 1) / (seen + 2);
    wins += win ? 1 : 0;
    seen++;
    return rate;
  });
}

function surprise({ confidence, win }: Forecast): number {
  const clipped = Math.min(1 - CLIP, Math.max(CLIP, confidence));
  return -Math.log(win ? clipped : 1 - clipped);
}

// sum (y - p)(1 - 2p) over the root of sum (1 - 2p)^2 p (1 - p).
function spiegelhalter(forecasts: readonly Forecast[]): number | undefined {
  const errors = forecasts.map(({ confidence: p, win }) => ((win ? 1 : 0) - p) * (1 - 2 * p));
  const variances = forecasts.map(({ confidence: p }) => (1 - 2 * p) ** 2 * p * (1 - p));
  return finite(sum(errors) / Math.sqrt(sum(variances)));
}
