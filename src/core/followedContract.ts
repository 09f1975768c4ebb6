import type { Watched } from "./booking.js";
import { ContractOfDay } from "./contractOfDay.js";
import { type ContractPast, ContractTape } from "./contractTape.js";
import type { Desk } from "./desk.js";
import type { DiscardedCluster, Signal } from "./detector/cluster.js";
import type { EngineClock } from "./engineClock.js";
import { Gaps } from "./gaps.js";
import type { Instrument } from "./instrument.js";
import { canBeSame, instrumentOf } from "./instruments.js";
import type { RoundTrip } from "./ledger/account.js";
import type { ConnectionChange, ContractChange } from "./market.js";
import { dayBefore, type TradingDay } from "./session.js";
import type { EngineSettings } from "./settings.js";
import { MICROS_PER_DAY, type Micros } from "./units.js";
import type { UnusableTrade } from "./unusableTrades.js";

/** No instrument_id. */
const NO_ID = -1;

/** The contract that is followed: what is remembered of it, and when another takes its place (`ENGINE.md` 2.3). */
export class FollowedContract {
  readonly #settings: EngineSettings;
  readonly #desk: Desk;
  readonly #clock: EngineClock;
  readonly #contracts = new Map<number, Instrument>();
  readonly #contractOfDay: ContractOfDay;
  readonly #gaps = new Gaps();
  #tape: ContractTape | undefined;
  // Of the tape's contract; none while its id is another's.
  #id = NO_ID;
  #past: ContractPast | undefined;
  /** Date of the last trading day that ended: contracts that expired by then are over. */
  #ended = "";

  constructor(settings: EngineSettings, desk: Desk, clock: EngineClock) {
    this.#settings = settings;
    this.#desk = desk;
    this.#clock = clock;
    this.#contractOfDay = new ContractOfDay(settings.contract);
  }

  /** What is remembered of it; undefined before a contract is known. */
  get tape(): ContractTape | undefined {
    return this.#tape;
  }

  /** The instrument_id of its trades; -1 while nothing that comes is its trade. */
  get id(): number {
    return this.#id;
  }

  /** Whether its id is given to another contract. */
  get isLost(): boolean {
    return this.#id === NO_ID && this.#tape !== undefined;
  }

  /** Whether a position holds it up that can still trade. */
  get isHeld(): boolean {
    return this.#desk.isHolding(this.#ended);
  }

  /** Whether the volumes of other contracts have to be counted. */
  get isOpen(): boolean {
    return this.#contractOfDay.isOpen;
  }

  /** The nearest contract, while no day is complete. */
  get nearest(): Instrument | undefined {
    return this.#contractOfDay.nearest();
  }

  /** A contract that may be followed. */
  candidate(id: number): Instrument | undefined {
    const contract = this.#contracts.get(id);
    return contract !== undefined && this.#contractOfDay.admits(contract) ? contract : undefined;
  }

  /** Counts a trade, whichever contract it is of. */
  count(id: number, size: number): void {
    this.#contractOfDay.count(id, size);
  }

  /** Whether a contract has traded at all, as far as it was counted. */
  hasTraded(id: number): boolean {
    return this.#contractOfDay.hasTraded(id);
  }

  onContract(event: ContractChange): void {
    const known = this.#contracts.get(event.instrument);
    if (known?.symbol === event.symbol) {
      if (event.leads === true) this.#contractOfDay.lead(known);
      return;
    }
    const followed = this.#tape?.instrument;
    if (followed?.id === event.instrument) this.#id = canBeSame(followed.symbol, event.symbol) ? followed.id : NO_ID;
    const instrument = instrumentOf(event, this.#settings);
    if (instrument === undefined) {
      this.#contracts.delete(event.instrument);
      this.#contractOfDay.remove(event.instrument);
      return;
    }
    this.#contracts.set(event.instrument, instrument);
    this.#contractOfDay.add(instrument, event.time, event.leads);
    const { nearest } = this;
    if (nearest !== undefined && (this.#tape === undefined || !this.#clock.started)) this.#follow(nearest);
  }

  /** Ends the contract that lost its id; what was due until the first trade after was its own. */
  replace(): void {
    const before = this.#tape?.instrument;
    if (!this.isLost || before === undefined) return;
    const { now, day } = this.#clock;
    this.#desk.paperBooks.endContract(before, now);
    this.#roll(this.candidate(before.id), now, day?.open ?? now);
  }

  /** Follows another contract, or the same anew, from its first ready-made bar on. */
  followBars(contract: Instrument, barSeconds: number): void {
    const before = this.#tape?.instrument;
    if (before !== undefined && before.symbol !== contract.symbol)
      this.#desk.paperBooks.endContract(before, this.#clock.now);
    this.#take(contract, barSeconds);
  }

  /** Changes to the contract of the day before the day begins. */
  beforeDay(day: TradingDay, from: Micros): void {
    this.#ended = dayBefore(day.date);
    this.#desk.paperBooks.endPositions(this.#ended, from);
    this.#roll(this.#contractOfDay.beginDay(this.#tape?.instrument), from, day.open);
  }

  beginDay(day: TradingDay, from: Micros): void {
    this.#tape?.beginDay(day.open, day.close, from);
    this.#meetGaps();
  }

  /** Closes what no print can close any more before the day is booked. */
  endPositions(day: TradingDay): void {
    this.#ended = day.date;
    this.#desk.paperBooks.endPositions(day.date, day.close);
  }

  /** Changes to the contract of the day that has ended. */
  afterDay(day: TradingDay): void {
    const current = this.#tape?.instrument;
    if (current !== undefined && this.#contractOfDay.isOver(current, day.date))
      this.#desk.paperBooks.endContract(current, day.close);
    this.#roll(this.#contractOfDay.endDay(), day.close, day.open);
  }

  /** Closes the forming bar and judges it. */
  closeBar(tape: ContractTape): Signal | DiscardedCluster | undefined {
    const cluster = tape.closeBar();
    this.#meetGaps();
    return cluster;
  }

  /** Trades are missing: the bars that the gap touches are not whole. */
  addGap(gap: ConnectionChange): void {
    this.#gaps.add(gap);
    const { time, from = time, to = time, instrument = this.#id } = gap;
    if (instrument === this.#id) this.#tape?.trail.addGap(from, to);
    this.#meetGaps();
  }

  /** How far prices went during a closed trade; undefined where a part of it was not seen, or is still to come. */
  excursions(trip: RoundTrip): Watched | undefined {
    const { symbol } = trip.recommendation.instrument;
    if (this.#tape?.instrument.symbol !== symbol || this.#clock.isBehind) return undefined;
    return this.#tape.trail.excursions(trip, this.#clock.now);
  }

  /** The bar of a trade that could not be used lacks it. */
  spoil({ instrument, time }: UnusableTrade): void {
    const bars = this.#tape?.bars;
    if (bars !== undefined && instrument === this.#id && time >= bars.start) bars.markDirty();
  }

  /** Takes note of the contract that earlier runs followed last; another's past is no use any more. */
  remember(known: ContractPast): void {
    this.#past = this.#past?.symbol === known.symbol ? { ...this.#past, ...known } : known;
    this.#recallPast();
  }

  /** Takes note of a signal of an earlier run. */
  rememberSignal(symbol: string, time: Micros): void {
    const known = this.#past?.symbol === symbol ? (this.#past.signals ?? []) : [];
    const ofItsDay = known.filter((earlier) => earlier !== time && time - earlier < MICROS_PER_DAY);
    this.remember({ symbol, signals: [...ofItsDay, time] });
  }

  // A contract changes between trading days only, and never under an open position that can still trade: a paper one of an
  // earlier day met no print since, and the user's waits no longer than until its contract is over. An entry at work ends with it.
  #roll(next: Instrument | undefined, time: Micros, open: Micros): void {
    const current = this.#tape?.instrument;
    if (next === undefined || (next.id === current?.id && canBeSame(next.symbol, current.symbol))) return;
    this.#desk.paperBooks.leaveOverdue(open, time);
    if (this.isHeld) return;
    if (current !== undefined) this.#desk.paperBooks.endContract(current, time);
    this.#follow(next);
  }

  #follow(instrument: Instrument): void {
    const { openDay, now } = this.#clock;
    const tape = this.#take(instrument, this.#tape?.barSeconds ?? this.#settings.detector.barSeconds);
    if (openDay !== undefined) tape.beginDay(openDay.open, openDay.close, now);
    this.#meetGaps();
  }

  #take(instrument: Instrument, barSeconds: number): ContractTape {
    const tape = new ContractTape(instrument, this.#settings, barSeconds);
    this.#id = instrument.id;
    this.#tape = tape;
    this.#recallPast();
    return tape;
  }

  #recallPast(): void {
    if (this.#past?.symbol === this.#tape?.instrument.symbol && this.#past !== undefined)
      this.#tape?.recall(this.#past);
  }

  // At once, and whenever a bar begins: the intrabar trigger does not wait for the bar's end.
  #meetGaps(): void {
    const tape = this.#tape;
    if (this.#clock.inDay && tape !== undefined && this.#gaps.touch(tape.bars, this.#id)) tape.bars.markDirty();
  }
}
