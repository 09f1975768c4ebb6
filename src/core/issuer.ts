import type { ContractTape } from "./contractTape.js";
import type { Desk } from "./desk.js";
import type { DiscardedCluster, Signal } from "./detector/cluster.js";
import type { EngineClock } from "./engineClock.js";
import type { EngineOutput } from "./events.js";
import { issue } from "./issuing.js";
import { type Met, Retest } from "./retest.js";
import type { EngineSettings, RunMode } from "./settings.js";
import type { Micros, Ticks } from "./units.js";

/** Tells clusters, and answers a signal at once or after its retest (`ENGINE.md` 4). */
export class Issuer {
  readonly #settings: EngineSettings;
  readonly #mode: RunMode;
  readonly #desk: Desk;
  readonly #clock: EngineClock;
  readonly #emit: (output: EngineOutput) => void;
  #retest: Retest | undefined;

  constructor(
    settings: EngineSettings,
    mode: RunMode,
    desk: Desk,
    clock: EngineClock,
    emit: (output: EngineOutput) => void,
  ) {
    this.#settings = settings;
    this.#mode = mode;
    this.#desk = desk;
    this.#clock = clock;
    this.#emit = emit;
  }

  /** Whether a signal waits for its retest. */
  get waits(): boolean {
    return this.#retest !== undefined;
  }

  /** When the wait for a retest is over; infinity without one. */
  get waitsUntil(): number {
    return this.#retest?.until ?? Number.POSITIVE_INFINITY;
  }

  /** A newer signal ends the wait of an older one. */
  take(cluster: Signal | DiscardedCluster, tape: ContractTape): void {
    this.#emit(cluster);
    if (cluster.type === "cluster") return;
    if (this.#settings.detector.entryMode === "immediate") {
      this.#issue(cluster, cluster.close, tape);
      return;
    }
    this.#expire();
    this.#retest = new Retest(cluster, cluster.partial ? (tape.bars.end as Micros) : cluster.time);
  }

  /** Returns whether that was the retest. */
  meet(met: Met, tape: ContractTape): boolean {
    const retest = this.#retest;
    if (retest === undefined || !retest.isMetBy(met, tape.instrument)) return false;
    this.#retest = undefined;
    this.#clock.reach(met.end);
    this.#issue(retest.signal, met.close, tape);
    return true;
  }

  /** Ends a wait that is over at `due`. */
  expire(due: Micros): void {
    if (this.waitsUntil <= due) this.#expire();
  }

  /** Tells what was kept of the bars around signals, behind what was decided on them. */
  tellFootprints(tape: ContractTape): void {
    for (const footprint of tape.footprints.drain()) this.#emit(footprint);
  }

  #expire(): void {
    if (this.#retest === undefined) return;
    const { instrument, direction } = this.#retest.signal;
    this.#retest = undefined;
    this.#emit({ type: "refusal", time: this.#clock.now, instrument, direction, reason: "EXPIRED" });
  }

  #issue(signal: Signal, signalPrice: Ticks, tape: ContractTape): void {
    const { now: time, day, connection } = this.#clock;
    const moment = { time, signalPrice, day, volatility: tape.volatility.value(), connection };
    const settings = { ...this.#settings, risk: this.#desk.risk };
    issue(signal, moment, { desk: this.#desk, mode: this.#mode, settings, emit: this.#emit });
  }
}
