import type { Instrument } from "../instrument.js";
import type { DetectorSettings } from "../settings.js";
import { MICROS_PER_HOUR, MICROS_PER_MINUTE, type Micros } from "../units.js";
import type { ClosedBar } from "./barBuilder.js";
import { type Baseline, type Level, makeBaseline, TimeOfDay } from "./baseline.js";
import type { Cluster, Discard, DiscardedCluster, Signal } from "./cluster.js";
import { describeCluster, ratioOf, reaches, type Threshold, thresholdOf } from "./describe.js";
import { RecentVolumes } from "./recentVolumes.js";

interface Ranked {
  readonly time: Micros;
  readonly volume: number;
  readonly level: Level;
}

/** Turns the closed bars of one instrument into signals. */
export class ClusterDetector {
  readonly #instrument: Instrument;
  readonly #settings: DetectorSettings;
  readonly #threshold: Threshold;
  readonly #confirmAt: Threshold;
  readonly #baseline: Baseline;
  readonly #confirmation: TimeOfDay | undefined;
  readonly #recent: RecentVolumes;
  #today: Ranked[] = [];
  #lastSignal = Number.NEGATIVE_INFINITY;
  #highestRatio: number | undefined;

  constructor(instrument: Instrument, settings: DetectorSettings) {
    this.#instrument = instrument;
    this.#settings = settings;
    this.#threshold = thresholdOf(settings.volumeThreshold);
    this.#confirmAt = thresholdOf(settings.todConfirmRatio);
    this.#baseline = makeBaseline(settings.baseline, settings.baselineBars);
    this.#recent = new RecentVolumes(settings.baselineBars);
    this.#confirmation = settings.baseline === "rolling_and_tod" ? new TimeOfDay(2, 5) : undefined;
  }

  /** The largest ratio of a judged bar of this trading day. */
  get highestRatio(): number | undefined {
    return this.#highestRatio;
  }

  /**
   * The volume below which the forming bar of `slot` is no cluster; infinity without a baseline. For intrabar triggers, which
   * are then judged exactly.
   */
  triggerVolume(slot: number): number {
    const volume = volumeAt(this.#baseline.level(slot), this.#threshold);
    if (this.#confirmation === undefined) return volume;
    return Math.max(volume, volumeAt(this.#confirmation.level(slot), this.#confirmAt));
  }

  /** How many times its baseline the forming bar of `slot` has traded so far; undefined while there is nothing to compare with. */
  ratioSoFar(volume: number, slot: number): number | undefined {
    const level = this.#baseline.level(slot);
    return level === undefined ? undefined : ratioOf(volume, level);
  }

  /** Judges a closed bar against the bars before it. */
  judge(bar: ClosedBar, partial = false): Signal | DiscardedCluster | undefined {
    if (bar.dirty || bar.volume === 0) return undefined;
    const level = this.#baseline.level(bar.slot);
    if (level === undefined) return undefined;
    this.#highestRatio = Math.max(this.#highestRatio ?? 0, ratioOf(bar.volume, level));
    if (!reaches(bar.volume, level, this.#threshold) || !this.#confirms(bar)) return undefined;
    const robustZ = this.#recent.robustZ(bar.volume);
    const cluster = describeCluster(bar, level, this.#instrument, this.#settings, { partial, robustZ });
    const discard = this.#discard(cluster, level);
    this.#today.push({ time: cluster.time, volume: cluster.volume, level });
    if (discard !== undefined) return { ...cluster, type: "cluster", reason: discard };
    this.#lastSignal = cluster.time;
    return { ...(cluster as Cluster & Pick<Signal, "direction">), type: "signal" };
  }

  /** Takes over when the last signal of an earlier run was. */
  recallSignal(time: Micros): void {
    this.#lastSignal = Math.max(this.#lastSignal, time);
  }

  /** Adds a bar to the baseline, after it was judged. */
  add(bar: ClosedBar): void {
    if (bar.dirty) return;
    this.#baseline.add(bar.volume, bar.slot);
    this.#confirmation?.add(bar.volume, bar.slot);
    this.#recent.add(bar.volume);
  }

  endDay(): void {
    this.#baseline.endDay();
    this.#confirmation?.endDay();
    this.#recent.endDay();
    this.#today = [];
    this.#highestRatio = undefined;
  }

  #confirms(bar: ClosedBar): boolean {
    if (this.#confirmation === undefined) return true;
    const level = this.#confirmation.level(bar.slot);
    return level !== undefined && reaches(bar.volume, level, this.#confirmAt);
  }

  #discard(cluster: Cluster, level: Level): Discard | undefined {
    const { cooldownMinutes, minSignalStrength } = this.#settings;
    const since = cluster.time - this.#lastSignal;
    // A signal of an earlier run may be told before it is made again: it does not cool itself down.
    if (since > 0 && since < cooldownMinutes * MICROS_PER_MINUTE) return "COOLDOWN";
    if (cluster.direction === undefined) return "NO_DIRECTION";
    if (cluster.strength < minSignalStrength) return "WEAK";
    return this.#outranked(cluster, level) ? "RANK" : undefined;
  }

  // Ratios are compared as V1/L1 against V2/L2 in products of integers, so that ties pass.
  #outranked(cluster: Cluster, level: Level): boolean {
    const since = cluster.time - this.#settings.rankWindowHours * MICROS_PER_HOUR;
    return this.#today.some(
      (other) =>
        since < other.time &&
        other.volume * other.level.count * level.sum > cluster.volume * level.count * other.level.sum,
    );
  }
}

// One division of integers: where it has a whole result it is exact, so a whole volume that reaches it is never below.
function volumeAt(level: Level | undefined, { parts, whole }: Threshold): number {
  return level === undefined ? Number.POSITIVE_INFINITY : (parts * level.sum) / (whole * level.count);
}
