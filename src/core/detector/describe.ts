import type { Instrument } from "../instrument.js";
import type { DetectorSettings } from "../settings.js";
import type { ClosedBar } from "./barBuilder.js";
import type { Level } from "./baseline.js";
import type { Cluster, Direction, Directions } from "./cluster.js";

/** Volume over baseline; for showing. Comparisons use the exact fractions. */
export function ratioOf(volume: number, level: Level): number {
  return (volume * level.count) / level.sum;
}

/** How many times its baseline a bar must trade, as the fraction `parts / whole`. */
export interface Threshold {
  readonly parts: number;
  readonly whole: number;
}

const FOUR_DECIMALS = 10_000;

/** A threshold of up to four decimals as a fraction of integers, so that 4.4 is 44000/10000 and no double near it; else as it is. */
export function thresholdOf(times: number): Threshold {
  const parts = Math.round(times * FOUR_DECIMALS);
  return parts / FOUR_DECIMALS === times ? { parts, whole: FOUR_DECIMALS } : { parts: times, whole: 1 };
}

/** Whether a bar's volume reaches the threshold, compared without a division: in integers, exact below 2^53. */
export function reaches(volume: number, level: Level, { parts, whole }: Threshold): boolean {
  return volume * level.count * whole >= parts * level.sum;
}

/**
 * Describes a bar whose volume reached the threshold: where its volume lies, what each direction rule answers, how strong
 * it is (`ENGINE.md` 4).
 *
 * @param bar traded, and clean
 */
export function describeCluster(
  bar: ClosedBar,
  level: Level,
  instrument: Instrument,
  settings: DetectorSettings,
  diagnostics: Pick<Cluster, "partial" | "robustZ">,
): Cluster {
  const pointOfControl = bar.profile?.pointOfControl();
  const close = bar.close ?? bar.low;
  const modal = pointOfControl ?? close;
  const range = bar.high - bar.low;
  const modalPosition = range === 0 ? 0.5 : (modal - bar.low) / range;
  const sided = (bar.buyVolume ?? 0) + (bar.sellVolume ?? 0);
  const deltaFraction = sided === 0 ? undefined : ((bar.buyVolume ?? 0) - (bar.sellVolume ?? 0)) / sided;
  const directions = answers(range === 0 ? undefined : modalPosition, deltaFraction, settings);
  const answer = directions[settings.directionRule];
  const direction = answer === "SHORT" && !settings.allowShorts ? undefined : answer;
  const ratio = ratioOf(bar.volume, level);
  return {
    time: bar.end,
    instrument,
    direction,
    ratio,
    volume: bar.volume,
    baseline: level.sum / level.count,
    pointOfControl,
    low: bar.low,
    high: bar.high,
    close,
    modalPosition,
    deltaFraction,
    strength: direction === undefined ? 0 : strength(direction, modalPosition, deltaFraction ?? 0, ratio, settings),
    directions,
    basis: pointOfControl === undefined ? "close" : "poc",
    ...diagnostics,
  };
}

function answers(position: number | undefined, delta: number | undefined, settings: DetectorSettings): Directions {
  const byDelta = deltaAnswer(delta, settings.deltaThreshold);
  const modal = position === undefined ? undefined : modalAnswer(position, settings);
  const opposite = modal !== undefined && byDelta !== undefined && byDelta !== modal;
  return {
    modal,
    delta: byDelta,
    absorption: opposite ? modal : undefined,
    modal_and_delta: opposite ? undefined : modal,
  };
}

function modalAnswer(position: number, settings: DetectorSettings): Direction | undefined {
  if (position <= settings.longMax) return "BUY";
  return position >= settings.shortMin ? "SHORT" : undefined;
}

// A correctly rounded quotient meets the threshold's own double exactly when the integers do.
function deltaAnswer(delta: number | undefined, threshold: number): Direction | undefined {
  if (delta === undefined || Math.abs(delta) < threshold) return undefined;
  return delta > 0 ? "BUY" : "SHORT";
}

function strength(
  direction: Direction,
  modalPosition: number,
  delta: number,
  ratio: number,
  settings: DetectorSettings,
): number {
  return 0.7 * position(direction, modalPosition, delta, settings) + 0.3 * Math.min(ratio / 10, 1);
}

function position(direction: Direction, modalPosition: number, delta: number, settings: DetectorSettings): number {
  const { longMax, shortMin, deltaThreshold } = settings;
  if (settings.directionRule === "delta") return Math.min(1, (Math.abs(delta) - deltaThreshold) / deltaThreshold);
  if (direction === "BUY") return longMax === 0 ? 1 : 1 - modalPosition / longMax;
  return shortMin === 1 ? 1 : (modalPosition - shortMin) / (1 - shortMin);
}
