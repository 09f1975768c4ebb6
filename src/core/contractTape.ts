import { BarBuilder, type ClosedBar } from "./detector/barBuilder.js";
import type { DiscardedCluster, Signal } from "./detector/cluster.js";
import { ClusterDetector } from "./detector/detector.js";
import { Footprints } from "./detector/footprint.js";
import type { ContractVolatility, FormingBar } from "./events.js";
import type { Instrument } from "./instrument.js";
import { MinuteRanges } from "./minuteRanges.js";
import type { EngineSettings } from "./settings.js";
import { Volatility } from "./sizing/volatility.js";
import { TradeFilter } from "./tradeFilter.js";
import { Trail } from "./trail.js";
import type { Micros, Ticks } from "./units.js";

/** What earlier runs knew of a contract. */
export interface ContractPast {
  readonly symbol: string;
  /** Those of a day before the last one and it, in the order they became known. */
  readonly signals?: readonly Micros[];
  /** Of the last trading day that had enough returns. */
  readonly volatility?: number;
}

/** Everything that is remembered of one contract: its forming bar, baseline, volatility and last price. */
export class ContractTape {
  readonly instrument: Instrument;
  readonly barSeconds: number;
  readonly filter = new TradeFilter();
  readonly bars: BarBuilder;
  readonly detector: ClusterDetector;
  readonly volatility: Volatility;
  readonly ranges = new MinuteRanges();
  readonly trail = new Trail();
  readonly footprints: Footprints;
  lastPrice: Ticks | undefined;
  /** When it last traded, as trades tell; ready-made bars until then are covered by them. */
  lastTraded = Number.NEGATIVE_INFINITY;
  readonly #intrabar: boolean;
  #trigger = Number.POSITIVE_INFINITY;

  /** @param barSeconds length of its bars: the setting, or that of ready-made ones */
  constructor(instrument: Instrument, settings: EngineSettings, barSeconds: number) {
    this.instrument = instrument;
    this.barSeconds = barSeconds;
    this.bars = new BarBuilder(barSeconds);
    this.detector = new ClusterDetector(instrument, settings.detector);
    this.volatility = new Volatility(settings.order.volLookbackBars, barSeconds);
    this.footprints = new Footprints(instrument);
    this.#intrabar = settings.detector.trigger === "intrabar";
  }

  /** Takes over what an earlier run knew. */
  recall({ signals = [], volatility }: ContractPast): void {
    for (const signal of signals) {
      this.detector.recallSignal(signal);
      this.footprints.recall(signal);
    }
    if (volatility !== undefined) this.volatility.recallDay(volatility);
  }

  /** How near the forming bar is to a cluster; undefined where none forms or it cannot become one. */
  forming(): FormingBar | undefined {
    const { end, volume, slot, dirty } = this.bars;
    const ratio = end === Number.POSITIVE_INFINITY || dirty ? undefined : this.detector.ratioSoFar(volume, slot);
    return ratio === undefined ? undefined : { ratio, end: end as Micros };
  }

  /** The volatility that a trading day leaves for the next. */
  lasting(): ContractVolatility | undefined {
    const value = this.volatility.value();
    return value === undefined ? undefined : { symbol: this.instrument.symbol, value };
  }

  beginDay(open: Micros, close: Micros, from: Micros): void {
    this.bars.beginDay(open, close, from);
    this.trail.beginDay(open, close);
    this.footprints.beginDay(open);
    this.#arm();
  }

  endDay(): void {
    this.bars.endDay();
    this.detector.endDay();
    this.volatility.endDay();
    this.footprints.endDay();
    this.#trigger = Number.POSITIVE_INFINITY;
  }

  /** Closes the forming bar and judges it; the bar joins volatility before, the baseline after. */
  closeBar(): Signal | DiscardedCluster | undefined {
    const cluster = this.judge(this.bars.close());
    this.bars.next();
    this.#arm();
    return cluster;
  }

  /**
   * Takes a closed bar through volatility, judgement and baseline, in this order. What was seen trade by trade was judged
   * before under the intrabar trigger; a ready-made bar has no volume at price.
   */
  judge(bar: ClosedBar): Signal | DiscardedCluster | undefined {
    this.volatility.add(bar);
    this.footprints.add(bar);
    const isJudged = this.#intrabar && bar.profile !== undefined;
    const cluster = isJudged ? undefined : this.detector.judge(bar);
    if (cluster?.type === "signal") this.footprints.begin(cluster.time);
    this.detector.add(bar);
    return cluster;
  }

  /** Under the intrabar trigger: judges what the forming bar holds at the first trade that reaches the threshold. */
  judgeForming(now: Micros): Signal | DiscardedCluster | undefined {
    if (this.bars.volume < this.#trigger) return undefined;
    const bar = this.bars.partial(now);
    const cluster = this.detector.judge(bar, true);
    if (cluster !== undefined) this.#trigger = Number.POSITIVE_INFINITY;
    if (cluster?.type === "signal") this.footprints.begin(cluster.time, bar);
    return cluster;
  }

  #arm(): void {
    if (this.#intrabar) this.#trigger = this.detector.triggerVolume(this.bars.slot);
  }
}
