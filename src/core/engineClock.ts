import { flatTime } from "./adviser.js";
import type { Hours } from "./broker/paperTrade.js";
import { specFor } from "./instruments.js";
import type { ConnectionChange } from "./market.js";
import { type Calendar, type TradingDay, TradingHours } from "./session.js";
import type { EngineSettings } from "./settings.js";
import type { Micros } from "./units.js";

const NEVER = Number.POSITIVE_INFINITY as Micros;
/** Later than any trading day. */
const NO_DATE = "9999-12-31";

/** Where the engine stands in time: its watermark, and the trading day that is open or comes next. */
export class EngineClock {
  readonly #settings: EngineSettings;
  readonly #hours: TradingHours;
  #now = 0 as Micros;
  #day: TradingDay | undefined;
  #inDay = false;
  #started = false;
  /** Undefined where there is none, as in a file. */
  connection: Exclude<ConnectionChange["state"], "gap"> | undefined;

  constructor(settings: EngineSettings, calendar: Calendar) {
    const spec = specFor(settings.contract.instrument, settings.instruments);
    this.#settings = settings;
    this.#hours = new TradingHours(settings.contract.session ?? spec?.session ?? "rth", calendar);
  }

  /** The watermark; nothing moves it back. */
  get now(): Micros {
    return this.#now;
  }

  /** Whether the market has told a time. */
  get started(): boolean {
    return this.#started;
  }

  /** The trading day that is open, else the next one; undefined before the start, and without one within a month. */
  get day(): TradingDay | undefined {
    return this.#day;
  }

  /** The trading day that is open. */
  get openDay(): TradingDay | undefined {
    return this.#inDay ? this.#day : undefined;
  }

  get inDay(): boolean {
    return this.#inDay;
  }

  /** When the trading day closes, or opens; infinity without one. */
  get nextDue(): number {
    if (this.#day === undefined) return NEVER;
    return this.#inDay ? this.#day.close : this.#day.open;
  }

  /** When positions leave on the day. */
  get flatTime(): Micros {
    return this.#flatTimeOf(this.#day);
  }

  /** Trades that fill the gap come after these, with times of before: only they move the time. */
  get isBehind(): boolean {
    return this.connection === "down" || this.connection === "up";
  }

  /** Where a time lies in the trading day at or after it. */
  hoursAt(time: Micros): Hours {
    const day = this.#hours.dayEndingAfter(time);
    const flat = this.#flatTimeOf(day);
    return { tradable: day !== undefined && day.open <= time && time < flat, flatTime: flat };
  }

  /** When the trading day of what is booked at a time began: the open day, and where none is open the last one until then. */
  dayOpenAt(time: Micros): Micros | undefined {
    return (this.openDay ?? this.#hours.dayBegunBy(time))?.open;
  }

  /** Date of the first trading day that begins after a time. Without one within a month, looser limits wait for good. */
  dayBegunAfter(time: Micros): string {
    const day = this.#hours.dayEndingAfter(time);
    const next = day !== undefined && day.open <= time ? this.#hours.dayEndingAfter(day.close) : day;
    return next?.date ?? NO_DATE;
  }

  reach(time: Micros): void {
    if (time > this.#now) this.#now = time;
  }

  /** Takes the first time that the market tells. */
  start(time: Micros): void {
    this.#started = true;
    this.reach(time);
    this.#day = this.#hours.dayEndingAfter(this.#now);
  }

  /** Stands before a trading day, whether or not one was open: none that was open before `time` is begun. */
  standBefore(time: Micros): void {
    this.start(time);
    this.#inDay = false;
    if (this.#day !== undefined && this.#day.open < time) this.#day = this.#hours.dayEndingAfter(this.#day.close);
  }

  beginDay(): void {
    this.#inDay = true;
  }

  endDay(day: TradingDay): void {
    this.#inDay = false;
    this.#day = this.#hours.dayEndingAfter(day.close);
  }

  #flatTimeOf(day: TradingDay | undefined): Micros {
    return day === undefined ? NEVER : flatTime(day, this.#settings);
  }
}
