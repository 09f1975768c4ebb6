import {
  beforeTradingDay,
  type LimitsInForce,
  limitsOf,
  onTradingDay,
  type RiskLimits,
  withLimits,
} from "./guards/looserLimits.js";
import type { RiskSettings } from "./settings.js";

/** The risk settings that hold now: looser ones wait for their trading day (R18). */
export class RiskInForce {
  readonly #settings: RiskSettings;
  #limits: LimitsInForce;
  #risk: RiskSettings;

  constructor(settings: RiskSettings) {
    this.#settings = settings;
    this.#risk = settings;
    this.#limits = { current: limitsOf(settings), next: undefined };
  }

  get settings(): RiskSettings {
    return this.#risk;
  }

  get limits(): RiskLimits {
    return this.#limits.current;
  }

  /** Whether looser limits wait for their trading day. */
  get isWaiting(): boolean {
    return this.#limits.next !== undefined;
  }

  /** Takes other limits: what is tighter at once, what is looser on the trading day `from`. */
  want(limits: RiskLimits, from: string): void {
    this.#hold(withLimits(this.#limits, limits, from));
  }

  /** A trading day begins. */
  beginDay(date: string): void {
    this.#hold(onTradingDay(this.#limits, date));
  }

  /** Takes what waited for a trading day before `date`, which nobody saw begin. */
  catchUp(date: string): void {
    this.#hold(beforeTradingDay(this.#limits, date));
  }

  #hold(limits: LimitsInForce): void {
    if (limits === this.#limits) return;
    this.#limits = limits;
    this.#risk = { ...this.#settings, ...limits.current };
  }
}
