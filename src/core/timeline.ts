import type { ContractTape } from "./contractTape.js";
import type { Desk } from "./desk.js";
import type { DiscardedCluster, Signal } from "./detector/cluster.js";
import type { EngineClock } from "./engineClock.js";
import type { FollowedContract } from "./followedContract.js";
import type { Issuer } from "./issuer.js";
import type { TradingDay } from "./session.js";
import type { Micros } from "./units.js";
import { type UnusableTrade, UnusableTrades } from "./unusableTrades.js";

const NEVER = Number.POSITIVE_INFINITY;

/** Lets whatever falls due happen at its own time: bars close and are judged, entries expire, days end and begin (`ENGINE.md` 2.1). */
export class Timeline {
  readonly #clock: EngineClock;
  readonly #contract: FollowedContract;
  readonly #desk: Desk;
  readonly #issuer: Issuer;
  // A time that cannot be used with its price moves no clock: these wait for a trade that reaches them.
  readonly #unusable = new UnusableTrades();
  #nextDue = NEVER;

  constructor(clock: EngineClock, contract: FollowedContract, desk: Desk, issuer: Issuer) {
    this.#clock = clock;
    this.#contract = contract;
    this.#desk = desk;
    this.#issuer = issuer;
  }

  /** When something falls due next. */
  get nextDue(): number {
    return this.#nextDue;
  }

  /**
   * Whatever falls due at or before `time` happens at its own time, then the clock stands at `time`.
   *
   * @param openBefore a day whose open is not before it waits for its first event
   */
  advance(time: Micros, openBefore = NEVER): void {
    const clock = this.#clock;
    if (!clock.started) this.#start(time);
    while (this.#nextDue <= time) {
      if (!clock.inDay && this.#nextDue === clock.day?.open && this.#nextDue >= openBefore) break;
      clock.reach(this.#nextDue as Micros);
      this.#desk.setTime(clock.now);
      this.#happen(this.#nextDue as Micros);
      this.schedule();
    }
    clock.reach(time);
  }

  /** Finds out anew what falls due next. */
  schedule(): void {
    let due = Math.min(
      this.#desk.paperBooks.nextExpiry,
      this.#issuer.waitsUntil,
      this.#unusable.next,
      this.#clock.nextDue,
    );
    if (this.#clock.inDay) due = Math.min(due, this.#contract.tape?.bars.end ?? NEVER);
    this.#nextDue = due;
  }

  /** Tells a cluster, and answers it if it is a signal. */
  take(cluster: Signal | DiscardedCluster, tape: ContractTape): void {
    this.#issuer.take(cluster, tape);
    this.#issuer.tellFootprints(tape);
    this.schedule();
  }

  /** The bar of a trade that could not be used lacks it, as soon as the clock has reached it. */
  spoil(trade: UnusableTrade): void {
    if (this.#clock.started && trade.time <= this.#clock.now) this.#contract.spoil(trade);
    else this.#unusable.add(trade);
    this.schedule();
  }

  #happen(due: Micros): void {
    const clock = this.#clock;
    const { tape } = this.#contract;
    if (clock.inDay && tape !== undefined && tape.bars.end <= due) this.#closeBar(tape);
    this.#issuer.expire(due);
    if (this.#desk.paperBooks.nextExpiry <= due) this.#desk.paperBooks.expire(due, due);
    if (clock.openDay !== undefined && clock.openDay.close <= due) this.#endDay(clock.openDay);
    if (!clock.inDay && clock.day !== undefined && clock.day.open <= due) this.#beginDay(clock.day, due);
    for (const trade of this.#unusable.until(due)) this.#contract.spoil(trade);
  }

  #endDayOf(tape: ContractTape | undefined): void {
    if (tape === undefined) return;
    tape.endDay();
    this.#issuer.tellFootprints(tape);
  }

  #closeBar(tape: ContractTape): void {
    const cluster = this.#contract.closeBar(tape);
    if (cluster !== undefined) this.take(cluster, tape);
    else this.#issuer.tellFootprints(tape);
  }

  #start(time: Micros): void {
    const clock = this.#clock;
    clock.start(time);
    if (clock.day !== undefined && clock.day.open <= clock.now) this.#beginDay(clock.day, clock.now);
    this.schedule();
  }

  #beginDay(day: TradingDay, from: Micros): void {
    this.#desk.setTime(this.#clock.now);
    this.#contract.beforeDay(day, from);
    this.#clock.beginDay();
    this.#desk.beginDay(day);
    this.#contract.beginDay(day, from);
  }

  #endDay(day: TradingDay): void {
    this.#contract.endPositions(day);
    this.#desk.endDay(day, this.#contract.tape?.lasting());
    this.#endDayOf(this.#contract.tape);
    this.#clock.endDay(day);
    this.#contract.afterDay(day);
  }
}
