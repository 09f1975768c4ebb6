import { applyAccountEvent } from "./accountEvents.js";
import { flatTime } from "./adviser.js";
import { ContractOfDay } from "./contractOfDay.js";
import { type ContractPast, ContractTape } from "./contractTape.js";
import { Desk } from "./desk.js";
import type { DiscardedCluster, Signal } from "./detector/cluster.js";
import { engineView } from "./engineView.js";
import type { AccountEvent, EngineEvent, EngineOutput, EngineView, RunSummary } from "./events.js";
import type { Instrument } from "./instrument.js";
import { canBeSame, instrumentOf, specFor } from "./instruments.js";
import { issue } from "./issuing.js";
import type { Bar, ConnectionChange, ContractChange, RejectedTrade, TradeBatch } from "./market.js";
import { isPossible, isSpan, misfit } from "./readyBar.js";
import { type Met, Retest } from "./retest.js";
import { type Calendar, type TradingDay, TradingHours } from "./session.js";
import type { EngineSettings, RunMode } from "./settings.js";
import { Tally } from "./tally.js";
import { MICROS_PER_SECOND, type Micros, type Ticks } from "./units.js";
import { type UnusableTrade, UnusableTrades } from "./unusableTrades.js";

const NOTHING: readonly EngineOutput[] = [];
const NEVER = Number.POSITIVE_INFINITY;
/** No instrument_id. */
const NO_ID = -1;

/**
 * Puts the stages in order (`ENGINE.md` 2.1). At an event of time t whatever falls due at or before t happens first, in
 * order of its due time: bars close and are judged, entries expire, days end and begin. Then the trade meets the working
 * entry and the open position, equity is marked and the limits are checked; last the trade joins the forming bar. So no
 * trade fills the order that it caused.
 */
export class Engine {
  readonly settings: EngineSettings;
  readonly mode: RunMode;
  readonly #hours: TradingHours;
  readonly #desk: Desk;
  readonly #tally = new Tally();
  readonly #contracts = new Map<number, Instrument>();
  readonly #contractOfDay: ContractOfDay;
  readonly #seen = new Set<string>();
  #tape: ContractTape | undefined;
  // Of the tape's contract; none while its id is another's.
  #followed = NO_ID;
  #past: ContractPast | undefined;
  #day: TradingDay | undefined;
  #inDay = false;
  #started = false;
  #now = 0 as Micros;
  #nextDue = NEVER;
  #retest: Retest | undefined;
  #connection: Exclude<ConnectionChange["state"], "gap"> | undefined;
  #gap: { from: number; to: number } | undefined;
  #hasBars = false;
  #firstBar: Micros | undefined;
  // A time that cannot be used with its price moves no clock: these wait for a trade that reaches them.
  readonly #unusable = new UnusableTrades();
  #outputs: EngineOutput[] = [];

  constructor(settings: EngineSettings, mode: RunMode, calendar: Calendar) {
    this.settings = settings;
    this.mode = mode;
    const spec = specFor(settings.contract.instrument, settings.instruments);
    this.#hours = new TradingHours(settings.contract.session ?? spec?.session ?? "rth", calendar);
    this.#contractOfDay = new ContractOfDay(settings.contract);
    const hoursAt = (time: Micros) => {
      const day = this.#hours.dayEndingAfter(time);
      const flat = this.#flatTimeOf(day);
      return { tradable: day !== undefined && day.open <= time && time < flat, flatTime: flat };
    };
    this.#desk = new Desk(settings, mode, hoursAt, (output) => this.#emit(output));
  }

  /**
   * Takes one event and says what came of it. A batch is packaging: its outputs are those of its trades one by one.
   *
   * @throws Error when it finds itself in a state that cannot be; `drain` has what was decided before
   */
  process(event: EngineEvent): readonly EngineOutput[] {
    switch (event.type) {
      case "trades":
        this.#onTrades(event);
        break;
      case "bar":
        this.#onBar(event);
        break;
      case "clock":
        if (!this.#isBehind) this.#advance(event.time);
        break;
      case "rejected":
        this.#onRejected(event);
        break;
      case "skipped":
        this.#tally.skip(event.reason, event.count);
        break;
      case "connection":
        this.#onConnection(event);
        break;
      case "contract":
        this.#onContract(event);
        break;
      case "account":
        this.#onAccount(event);
        break;
      default:
        event satisfies never;
    }
    return this.drain();
  }

  /** What was decided and not yet returned: something only after `process` has thrown. */
  drain(): readonly EngineOutput[] {
    if (this.#outputs.length === 0) return NOTHING;
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  /** What the engine knows at its time. */
  view(): EngineView {
    return engineView({
      time: this.#now,
      day: this.#inDay ? this.#day : undefined,
      tape: this.#tape,
      tradesSeen: this.#tally.trades,
      desk: this.#desk,
      settings: this.settings,
    });
  }

  /** What this engine did since it was made. */
  summary(): RunSummary {
    const account = this.#desk.leading;
    return {
      ...this.#tally.counts(account.name),
      startBalance: account.startBalance,
      balance: account.balance,
      maxDrawdown: account.maxDrawdown,
      workingEntries: this.#desk.workingEntries,
      openPositions: account.positions.size,
    };
  }

  #onTrades(batch: TradeBatch): void {
    this.#tally.batches++;
    this.#tally.trades += batch.count;
    const { time: times, price: prices, size: sizes, side: sides, instrument: instruments } = batch;
    if (this.#isReplaced && batch.count > 0) this.#replace(times[0] as Micros);
    const counting = this.#contractOfDay.isOpen;
    for (let i = 0; i < batch.count; i++) {
      const time = times[i] as Micros;
      if (time >= this.#nextDue || !this.#started) this.#advance(time);
      else if (time > this.#now) this.#now = time;
      if (counting) this.#contractOfDay.count(instruments[i] as number, sizes[i] as number);
      const tape = this.#tape;
      if (tape === undefined || instruments[i] !== this.#followed) {
        this.#tally.skip("foreign");
        continue;
      }
      this.#onTrade(tape, time, prices[i] as Ticks, sizes[i] as number, sides[i] as number);
    }
  }

  #onTrade(tape: ContractTape, time: Micros, price: Ticks, size: number, side: number): void {
    // A time that is no number is not after the start either.
    if (!(time >= tape.bars.start)) {
      this.#tally.skip("late");
      return;
    }
    const rejection = tape.filter.check(price, size);
    if (rejection !== undefined) {
      this.#tally.skip(rejection);
      if (rejection !== "bad_size") tape.bars.markDirty();
      return;
    }
    tape.lastPrice = price;
    tape.lastTraded = time;
    tape.ranges.add(time, price);
    if (this.#inDay) this.#tally.inSession++;
    if (this.#desk.watching) this.#meet(tape, time, price);
    if (this.#retest !== undefined) {
      this.#meetRetest(this.#retest, tape, { start: time, low: price, high: price, close: price, end: this.#now });
    }
    if (!this.#inDay) return;
    tape.bars.add(price, size, side);
    const cluster = tape.judgeForming(this.#now);
    if (cluster === undefined) return;
    this.#onCluster(cluster, tape);
    this.#emitFootprints(tape);
  }

  #meet(tape: ContractTape, time: Micros, price: Ticks): void {
    const flat = this.#flatTime();
    this.#desk.setTime(this.#now);
    this.#desk.onTrade(time, price, { tradable: this.#inDay && time < flat, flatTime: flat }, tape.instrument);
    this.#schedule();
  }

  // Whatever falls due at or before `time` happens at its own time, then the clock stands at `time`.
  // A day whose open is not before `openBefore` waits for its first event.
  #advance(time: Micros, openBefore = Number.POSITIVE_INFINITY): void {
    if (!this.#started) this.#start(time);
    while (this.#nextDue <= time) {
      if (!this.#inDay && this.#nextDue === this.#day?.open && this.#nextDue >= openBefore) break;
      this.#now = Math.max(this.#now, this.#nextDue) as Micros;
      this.#desk.setTime(this.#now);
      this.#happen(this.#nextDue as Micros);
      this.#schedule();
    }
    if (time > this.#now) this.#now = time;
  }

  #happen(due: Micros): void {
    const tape = this.#tape;
    if (this.#inDay && tape !== undefined && tape.bars.end <= due) this.#closeBar(tape);
    if (this.#retest !== undefined && this.#retest.until <= due) this.#expireRetest(this.#retest);
    if (this.#desk.nextExpiry <= due) this.#desk.expire(due, due);
    if (this.#inDay && this.#day !== undefined && this.#day.close <= due) this.#endDay(this.#day);
    if (!this.#inDay && this.#day !== undefined && this.#day.open <= due) this.#beginDay(this.#day, due);
    for (const trade of this.#unusable.until(due)) this.#spoil(trade);
  }

  #start(time: Micros): void {
    this.#started = true;
    this.#now = Math.max(this.#now, time) as Micros;
    this.#day = this.#hours.dayEndingAfter(this.#now);
    if (this.#day !== undefined && this.#day.open <= this.#now) this.#beginDay(this.#day, this.#now);
    this.#schedule();
  }

  #beginDay(day: TradingDay, from: Micros): void {
    this.#roll(this.#contractOfDay.beginDay(this.#tape?.instrument), from);
    this.#inDay = true;
    this.#desk.beginDay(day);
    this.#tape?.beginDay(day.open, day.close, from);
  }

  #endDay(day: TradingDay): void {
    this.#desk.endDay(day, this.#tape?.lasting());
    if (this.#tape !== undefined) this.#endDayOf(this.#tape);
    this.#inDay = false;
    this.#day = this.#hours.dayEndingAfter(day.close);
    const current = this.#tape?.instrument;
    if (current !== undefined && this.#contractOfDay.isOver(current, day.date))
      this.#desk.endContract(current, day.close);
    this.#roll(this.#contractOfDay.endDay(), day.close);
  }

  // A contract changes between trading days only, and never under an open position; an entry at work ends with it.
  #roll(next: Instrument | undefined, time: Micros): void {
    const current = this.#tape?.instrument;
    if (next === undefined || this.#isHolding) return;
    if (next.id === current?.id && canBeSame(next.symbol, current.symbol)) return;
    if (current !== undefined) this.#desk.endContract(current, time);
    this.#follow(next);
  }

  get #isHolding(): boolean {
    return this.#desk.manual.positions.size + this.#desk.paper.positions.size > 0;
  }

  #closeBar(tape: ContractTape): void {
    const gap = this.#gap;
    if (gap !== undefined && tape.bars.start < gap.to && gap.from < tape.bars.end) tape.bars.markDirty();
    const cluster = tape.closeBar();
    if (cluster !== undefined) this.#onCluster(cluster, tape);
    this.#emitFootprints(tape);
  }

  #endDayOf(tape: ContractTape): void {
    tape.endDay();
    this.#emitFootprints(tape);
  }

  // Behind what was decided: they are kept for whoever looks at a signal later.
  #emitFootprints(tape: ContractTape): void {
    for (const footprint of tape.footprints.drain()) this.#emit(footprint);
  }

  #onCluster(cluster: Signal | DiscardedCluster, tape: ContractTape): void {
    this.#emit(cluster);
    if (cluster.type === "cluster") return;
    if (this.settings.detector.entryMode === "immediate") this.#issue(cluster, cluster.close, tape);
    else {
      if (this.#retest !== undefined) this.#expireRetest(this.#retest);
      this.#retest = new Retest(cluster, cluster.partial ? (tape.bars.end as Micros) : cluster.time);
    }
    this.#schedule();
  }

  #meetRetest(retest: Retest, tape: ContractTape, met: Met): void {
    if (!retest.isMetBy(met, tape.instrument)) return;
    this.#retest = undefined;
    this.#now = met.end;
    this.#issue(retest.signal, met.close, tape);
    this.#schedule();
  }

  #expireRetest(retest: Retest): void {
    this.#retest = undefined;
    const { instrument, direction } = retest.signal;
    this.#emit({ type: "refusal", time: this.#now, instrument, direction, reason: "EXPIRED" });
  }

  #issue(signal: Signal, signalPrice: Ticks, tape: ContractTape): void {
    const moment = {
      time: this.#now,
      signalPrice,
      day: this.#day,
      volatility: tape.volatility.value(),
      connection: this.#connection,
    };
    const settings = { ...this.settings, risk: this.#desk.risk };
    const emit = (output: EngineOutput) => this.#emit(output);
    issue(signal, moment, { desk: this.#desk, mode: this.mode, settings, emit });
  }

  #onRejected(event: RejectedTrade): void {
    if (event.isBar) this.#tally.bars++;
    else this.#tally.trades++;
    this.#tally.skip(event.reason);
    const isTrade = event.reason === "off_tick" || event.reason === "bad_price" || event.reason === "quarantined";
    if (!isTrade || event.size <= 0 || Number.isNaN(event.time)) return;
    if (this.#started && event.time <= this.#now) this.#spoil(event);
    else this.#unusable.add(event);
    this.#schedule();
  }

  // Its bar lacks a trade.
  #spoil({ instrument, time }: UnusableTrade): void {
    const bars = this.#tape?.bars;
    if (bars !== undefined && instrument === this.#followed && time >= bars.start) bars.markDirty();
  }

  // Trades that fill the gap come after these, with times of before: only they move the time.
  get #isBehind(): boolean {
    return this.#connection === "down" || this.#connection === "up";
  }

  #onConnection(event: ConnectionChange): void {
    if (event.state !== "down" && event.state !== "up") this.#advance(event.time);
    if (event.state !== "gap") this.#connection = event.state;
    else if (event.instrument === undefined || event.instrument === this.#followed)
      this.#gap = { from: event.from ?? event.time, to: event.to ?? event.time };
    this.#emit({ type: "connection", time: event.time, state: event.state, message: event.message });
  }

  #onContract(event: ContractChange): void {
    const instrument = instrumentOf(event, this.settings);
    if (this.#contracts.get(event.instrument)?.symbol === event.symbol) return;
    const followed = this.#tape?.instrument;
    if (followed?.id === event.instrument)
      this.#followed = canBeSame(followed.symbol, event.symbol) ? followed.id : NO_ID;
    if (instrument === undefined) {
      this.#contracts.delete(event.instrument);
      this.#contractOfDay.remove(event.instrument);
      return;
    }
    this.#contracts.set(event.instrument, instrument);
    this.#contractOfDay.add(instrument, event.time, event.leads);
    const nearest = this.#contractOfDay.nearest();
    if (nearest !== undefined && (this.#tape === undefined || !this.#started)) this.#follow(nearest);
  }

  // The tape's contract has lost its id: nothing that comes is its trade.
  get #isReplaced(): boolean {
    return this.#followed === NO_ID && this.#tape !== undefined;
  }

  // What was due until the first trade after belongs to the contract that lost its id; the bar that forms is never whole.
  #replace(time: Micros): void {
    this.#advance(time);
    const before = this.#tape?.instrument;
    if (!this.#isReplaced || before === undefined) return;
    this.#desk.endContract(before, this.#now);
    const next = this.#contracts.get(before.id);
    if (next !== undefined && this.#contractOfDay.admits(next.symbol)) this.#roll(next, this.#now);
  }

  #follow(instrument: Instrument): void {
    this.#followed = instrument.id;
    const barSeconds = this.#tape?.barSeconds ?? this.settings.detector.barSeconds;
    this.#tape = new ContractTape(instrument, this.settings, barSeconds);
    this.#recallPast();
    if (this.#inDay && this.#day !== undefined) this.#tape.beginDay(this.#day.open, this.#day.close, this.#now);
    this.#schedule();
  }

  // Whatever is due at its start, its meeting with orders and positions, then its close and judgement at its end.
  #onBar(bar: Bar): void {
    this.#tally.bars++;
    const contract = this.#contracts.get(bar.instrument);
    if (contract === undefined || !this.#contractOfDay.admits(contract.symbol)) {
      this.#tally.skip("foreign");
      return;
    }
    if (!isSpan(bar)) {
      this.#tally.skip("bad_time");
      return;
    }
    if (!this.#isOfContract(contract, bar)) {
      // What comes before a day has begun does not decide who leads it.
      if (this.#hasBars) this.#contractOfDay.count(bar.instrument, bar.volume);
      this.#tally.skip("foreign");
      return;
    }
    const tape = this.#tape;
    if (tape === undefined) return;
    const unfit = misfit(bar, tape, this.#now);
    if (unfit !== undefined) {
      this.#tally.skip(unfit);
      return;
    }
    this.#advance(bar.start);
    this.#contractOfDay.count(bar.instrument, bar.volume);
    // A day that began with it may be another contract's.
    if (tape !== this.#tape) {
      this.#tally.skip("foreign");
      return;
    }
    if (!isPossible(bar)) {
      this.#tally.skip("bad_price");
      tape.bars.markDirty();
      return;
    }
    tape.lastPrice = bar.close;
    for (const price of [bar.low, bar.high]) tape.ranges.add(bar.start, price);
    if (this.#inDay) this.#tally.inSession++;
    if (bar.volume > 0) this.#meetBar(bar, tape);
    if (this.#inDay && bar.end <= tape.bars.end) tape.bars.load(bar);
    this.#advance(bar.end, bar.end);
  }

  // Contracts whose bars come side by side change as they do with trades: by the volume of the day that ended. One whose first bar
  // comes when the followed one's day is over takes its place at once, as in files of one contract after the other.
  #isOfContract(contract: Instrument, bar: Bar): boolean {
    const isNew = !this.#contractOfDay.hasTraded(bar.instrument);
    const isOther = this.#followed !== bar.instrument;
    if (!this.#hasBars) {
      // The nearest contract may come second in the first minute; one that stays away is not waited for.
      this.#firstBar ??= bar.start;
      const waits = isOther && bar.start === this.#firstBar && this.#tape?.lastPrice === undefined;
      if (waits && this.#contractOfDay.nearest()?.id !== bar.instrument) return false;
      if (isOther || this.#tape?.lastPrice === undefined) this.#followBars(contract, bar);
      return true;
    }
    if (!isOther) return true;
    const isSameDay = this.#inDay && this.#day !== undefined && bar.start < this.#day.close;
    if (isNew && !isSameDay && !this.#isHolding) this.#followBars(contract, bar);
    else this.#advance(bar.start);
    return this.#followed === bar.instrument;
  }

  #meetBar(bar: Bar, tape: ContractTape): void {
    const flat = this.#flatTime();
    this.#desk.setTime(this.#now);
    if (this.#desk.watching) {
      const { start, end, open, high, low, close } = bar;
      const hours = { tradable: this.#inDay, flat: this.#inDay && end > flat, flatTime: flat };
      this.#desk.onBar({ start, end, open, high, low, close, ...hours }, tape.instrument);
      this.#schedule();
    }
    if (this.#retest !== undefined) this.#meetRetest(this.#retest, tape, bar);
  }

  // Bars of two contracts never share a trading day, and one that was open before its contract's first bar is not begun.
  #followBars(contract: Instrument, bar: Bar): void {
    this.#hasBars = true;
    if (this.#started && this.#inDay && this.#day !== undefined)
      this.#advance(Math.min(this.#day.close, bar.start) as Micros);
    if (this.#inDay && this.#tape !== undefined) this.#endDayOf(this.#tape);
    const before = this.#tape?.instrument;
    if (before !== undefined && before.symbol !== contract.symbol) this.#desk.endContract(before, this.#now);
    this.#inDay = false;
    this.#started = true;
    this.#followed = contract.id;
    this.#tape = new ContractTape(contract, this.settings, (bar.end - bar.start) / MICROS_PER_SECOND);
    this.#recallPast();
    this.#now = Math.max(this.#now, bar.start) as Micros;
    const day = this.#hours.dayEndingAfter(this.#now);
    this.#day = day !== undefined && day.open < bar.start ? this.#hours.dayEndingAfter(day.close) : day;
    this.#schedule();
  }

  #onAccount(event: AccountEvent): void {
    if (this.#seen.has(event.id)) return;
    this.#seen.add(event.id);
    if (!this.#started && event.at !== undefined) this.#recall(event.at);
    this.#desk.setTime(this.#now);
    const illegal = this.#apply(event);
    if (illegal !== undefined) {
      // Nothing has changed, so the same event may be told again when it has become possible.
      this.#seen.delete(event.id);
      this.#emit({ type: "illegal", event: event.id, reason: illegal });
    }
    this.#schedule();
  }

  // What was recorded on an earlier day was judged by the limits of that day.
  #recall(time: Micros): void {
    if (time > this.#now) this.#now = time;
    if (this.#desk.limitsWait) this.#desk.beginLimits(this.#dayBegunAfter(time));
  }

  #apply(event: AccountEvent): string | undefined {
    if (event.kind === "signal") {
      this.#remember({ symbol: event.symbol, lastSignal: event.time });
      return undefined;
    }
    if (event.kind === "equity" && event.volatility !== undefined) {
      this.#remember({ symbol: event.volatility.symbol, volatility: event.volatility.value });
    }
    if (event.kind !== "limits") {
      return applyAccountEvent(event, this.#desk, this.mode, (output) => this.#emit(output));
    }
    this.#desk.wantLimits(event, event.from ?? this.#dayBegunAfter(event.time));
    return undefined;
  }

  // Of the contract that earlier runs followed last; another's is no use any more.
  #remember(known: ContractPast): void {
    this.#past = this.#past?.symbol === known.symbol ? { ...this.#past, ...known } : known;
    this.#recallPast();
  }

  #recallPast(): void {
    if (this.#past?.symbol === this.#tape?.instrument.symbol && this.#past !== undefined)
      this.#tape?.recall(this.#past);
  }

  // Without a trading day within a month, looser limits wait for good.
  #dayBegunAfter(time: Micros): string {
    const day = this.#hours.dayEndingAfter(time);
    const next = day !== undefined && day.open <= time ? this.#hours.dayEndingAfter(day.close) : day;
    return next?.date ?? "9999-12-31";
  }

  #flatTime(): Micros {
    return this.#flatTimeOf(this.#day);
  }

  #flatTimeOf(day: TradingDay | undefined): Micros {
    return day === undefined ? (NEVER as Micros) : flatTime(day, this.settings);
  }

  #schedule(): void {
    let due = Math.min(this.#desk.nextExpiry, this.#retest?.until ?? NEVER, this.#unusable.next);
    if (this.#day !== undefined) {
      due = Math.min(due, this.#inDay ? this.#day.close : this.#day.open);
      if (this.#inDay) due = Math.min(due, this.#tape?.bars.end ?? NEVER);
    }
    this.#nextDue = due;
  }

  #emit(output: EngineOutput): void {
    // The journal tells it again after the prints of its moment.
    if (output.type === "mark") this.#seen.add(output.id);
    this.#tally.count(output);
    this.#outputs.push(output);
  }
}
