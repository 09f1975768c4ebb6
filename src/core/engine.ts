import { applyAccountEvent } from "./accountEvents.js";
import type { ContractTape } from "./contractTape.js";
import { Desk } from "./desk.js";
import { EngineClock } from "./engineClock.js";
import { engineView } from "./engineView.js";
import type { AccountEvent, EngineEvent, EngineOutput, EngineView, RunSummary } from "./events.js";
import { FollowedContract } from "./followedContract.js";
import { Issuer } from "./issuer.js";
import type { ConnectionChange, RejectedTrade, TradeBatch } from "./market.js";
import { ReadyBars } from "./readyBars.js";
import { Recent } from "./recent.js";
import type { Calendar } from "./session.js";
import type { EngineSettings, RunMode } from "./settings.js";
import { Tally } from "./tally.js";
import { Timeline } from "./timeline.js";
import type { Micros, Ticks } from "./units.js";

const NOTHING: readonly EngineOutput[] = [];

/** Of years there are very many marks. One that was told is told again only where a feed was stopped within a few hundred of them. */
const MARKS_REMEMBERED = 500;

/**
 * Puts the stages in order (`ENGINE.md` 2.1). At an event of time t whatever falls due at or before t happens first, in
 * order of its due time: bars close and are judged, entries expire, days end and begin. Then the trade meets the working
 * entry and the open position, equity is marked and the limits are checked; last the trade joins the forming bar. So no
 * trade fills the order that it caused.
 */
export class Engine {
  readonly settings: EngineSettings;
  readonly mode: RunMode;
  readonly #clock: EngineClock;
  readonly #desk: Desk;
  readonly #contract: FollowedContract;
  readonly #issuer: Issuer;
  readonly #timeline: Timeline;
  readonly #bars: ReadyBars;
  readonly #tally = new Tally();
  readonly #seen = new Set<string>();
  readonly #marksTold = new Recent<string, true>(MARKS_REMEMBERED);
  #outputs: EngineOutput[] = [];
  #view: EngineView | undefined;

  constructor(settings: EngineSettings, mode: RunMode, calendar: Calendar) {
    this.settings = settings;
    this.mode = mode;
    const tally = this.#tally;
    const emit = (output: EngineOutput) => this.#emit(output);
    const clock = new EngineClock(settings, calendar);
    const desk = new Desk(settings, mode, clock, emit, (trip) => this.#contract.excursions(trip));
    const contract = new FollowedContract(settings, desk, clock);
    const issuer = new Issuer(settings, mode, desk, clock, emit);
    const timeline = new Timeline(clock, contract, desk, issuer);
    this.#clock = clock;
    this.#desk = desk;
    this.#contract = contract;
    this.#issuer = issuer;
    this.#timeline = timeline;
    this.#bars = new ReadyBars({ clock, contract, desk, issuer, timeline, tally });
  }

  /**
   * Takes one event and says what came of it. A batch is packaging: its outputs are those of its trades one by one.
   *
   * @throws Error when it finds itself in a state that cannot be; `drain` has what was decided before
   */
  process(event: EngineEvent): readonly EngineOutput[] {
    this.#view = undefined;
    switch (event.type) {
      case "trades":
        this.#onTrades(event);
        break;
      case "bar":
        this.#bars.onBar(event);
        break;
      case "clock":
        if (!this.#clock.isBehind) this.#timeline.advance(event.time);
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
        this.#contract.onContract(event);
        this.#timeline.schedule();
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

  /** What the engine knows at its time; the same object until the next event, since many look at it at once. */
  view(): EngineView {
    this.#view ??= engineView({
      time: this.#clock.now,
      day: this.#clock.openDay,
      tape: this.#contract.tape,
      tradesSeen: this.#tally.trades,
      desk: this.#desk,
      settings: this.settings,
    });
    return this.#view;
  }

  /** What this engine did since it was made. */
  summary(): RunSummary {
    const account = this.#desk.leading;
    return {
      ...this.#tally.counts(account.name),
      startBalance: account.startBalance,
      balance: account.balance,
      maxDrawdown: account.maxDrawdown,
      workingEntries: this.#desk.paperBooks.order.isWorking ? 1 : 0,
      openPositions: account.positions.size,
    };
  }

  #onTrades(batch: TradeBatch): void {
    const tally = this.#tally;
    const clock = this.#clock;
    const contract = this.#contract;
    const timeline = this.#timeline;
    tally.batches++;
    tally.trades += batch.count;
    const { time: times, price: prices, size: sizes, side: sides, instrument: instruments } = batch;
    if (contract.isLost && batch.count > 0) this.#replace(times[0] as Micros);
    const counting = contract.isOpen;
    for (let i = 0; i < batch.count; i++) {
      const time = times[i] as Micros;
      if (time >= timeline.nextDue || !clock.started) timeline.advance(time);
      else clock.reach(time);
      if (counting) contract.count(instruments[i] as number, sizes[i] as number);
      const { tape } = contract;
      if (tape === undefined || instruments[i] !== contract.id) {
        tally.skip("foreign");
        continue;
      }
      this.#onTrade(tape, time, prices[i] as Ticks, sizes[i] as number, sides[i] as number);
    }
  }

  // What was due until the first trade after belongs to the contract that lost its id; the bar that forms is never whole.
  #replace(time: Micros): void {
    this.#timeline.advance(time);
    this.#contract.replace();
    this.#timeline.schedule();
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
    tape.trail.add(time, price);
    const { inDay, now } = this.#clock;
    if (inDay) this.#tally.inSession++;
    if (this.#desk.watching) this.#meet(tape, time, price);
    if (this.#issuer.waits) {
      const met = { start: time, low: price, high: price, close: price, end: now };
      if (this.#issuer.meet(met, tape)) this.#timeline.schedule();
    }
    if (!inDay) return;
    tape.bars.add(price, size, side);
    const cluster = tape.judgeForming(now);
    if (cluster !== undefined) this.#timeline.take(cluster, tape);
  }

  #meet(tape: ContractTape, time: Micros, price: Ticks): void {
    const { flatTime, inDay, now } = this.#clock;
    this.#desk.setTime(now);
    this.#desk.onTrade(time, price, { tradable: inDay && time < flatTime, flatTime }, tape.instrument);
    this.#timeline.schedule();
  }

  #onRejected(event: RejectedTrade): void {
    if (event.isBar) this.#tally.bars++;
    else this.#tally.trades++;
    this.#tally.skip(event.reason);
    const isTrade = event.reason === "off_tick" || event.reason === "bad_price" || event.reason === "quarantined";
    if (isTrade && event.size > 0 && !Number.isNaN(event.time)) this.#timeline.spoil(event);
  }

  #onConnection(event: ConnectionChange): void {
    if (event.state !== "down" && event.state !== "up") this.#timeline.advance(event.time);
    if (event.state === "gap") this.#contract.addGap(event);
    else this.#clock.connection = event.state;
    this.#emit({ type: "connection", time: event.time, state: event.state, message: event.message });
    const { state, from, to, instrument = this.#contract.id } = event;
    if (state !== "gap" || from === undefined || to === undefined || instrument !== this.#contract.id) return;
    if (from < to) this.#emit({ type: "gap", id: `gap:${from}:${to}`, from, to });
  }

  #onAccount(event: AccountEvent): void {
    if (this.#seen.has(event.id) || this.#marksTold.get(event.id)) return;
    if (event.kind === "mark") this.#marksTold.set(event.id, true);
    else this.#seen.add(event.id);
    if (!this.#clock.started && event.at !== undefined) this.#recall(event.at);
    this.#desk.setTime(this.#clock.now);
    const illegal = this.#apply(event);
    if (illegal !== undefined) {
      // Nothing has changed, so the same event may be told again when it has become possible.
      this.#seen.delete(event.id);
      this.#emit({ type: "illegal", event: event.id, reason: illegal });
    }
    this.#timeline.schedule();
  }

  // What was recorded on an earlier day was judged by the limits of that day.
  #recall(time: Micros): void {
    this.#clock.reach(time);
    if (this.#desk.limitsWait) this.#desk.beginLimits(this.#clock.dayBegunAfter(time));
  }

  #apply(event: AccountEvent): string | undefined {
    if (event.kind === "signal") {
      this.#contract.rememberSignal(event.symbol, event.time);
      return undefined;
    }
    if (event.kind === "equity" && event.volatility !== undefined) {
      this.#contract.remember({ symbol: event.volatility.symbol, volatility: event.volatility.value });
    }
    if (event.kind !== "limits") {
      return applyAccountEvent(event, this.#desk, this.mode, (output) => this.#emit(output));
    }
    this.#desk.wantLimits(event, event.from ?? this.#clock.dayBegunAfter(event.time));
    return undefined;
  }

  #emit(output: EngineOutput): void {
    // The journal tells it again after the prints of its moment.
    if (output.type === "mark") this.#seen.add(output.id);
    this.#tally.count(output);
    this.#outputs.push(output);
  }
}
