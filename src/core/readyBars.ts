import type { ContractTape } from "./contractTape.js";
import type { Desk } from "./desk.js";
import type { EngineClock } from "./engineClock.js";
import type { FollowedContract } from "./followedContract.js";
import type { Instrument } from "./instrument.js";
import type { Issuer } from "./issuer.js";
import type { Bar } from "./market.js";
import { isPossible, isSpan, misfit } from "./readyBar.js";
import type { Tally } from "./tally.js";
import type { Timeline } from "./timeline.js";
import { MICROS_PER_SECOND, type Micros } from "./units.js";

/** What ready-made bars meet. */
export interface Stages {
  readonly clock: EngineClock;
  readonly contract: FollowedContract;
  readonly desk: Desk;
  readonly issuer: Issuer;
  readonly timeline: Timeline;
  readonly tally: Tally;
}

/** Takes ready-made bars in the place of trades (`ENGINE.md` 3.6, 8.1). */
export class ReadyBars {
  readonly #stages: Stages;
  #followsBars = false;
  #firstBar: Micros | undefined;

  constructor(stages: Stages) {
    this.#stages = stages;
  }

  /** Whatever is due at its start, its meeting with orders and positions, then its close and judgement at its end. */
  onBar(bar: Bar): void {
    const { clock, contract, timeline, tally } = this.#stages;
    tally.bars++;
    const instrument = contract.candidate(bar.instrument);
    if (instrument === undefined) {
      tally.skip("foreign");
      return;
    }
    if (!isSpan(bar)) {
      tally.skip("bad_time");
      return;
    }
    if (!this.#isFollowed(instrument, bar)) {
      // What comes before a day has begun does not decide who leads it.
      if (this.#followsBars) contract.count(bar.instrument, bar.volume);
      tally.skip("foreign");
      return;
    }
    const { tape } = contract;
    if (tape === undefined) return;
    const unfit = misfit(bar, tape, clock.now);
    if (unfit !== undefined) {
      tally.skip(unfit);
      return;
    }
    timeline.advance(bar.start);
    contract.count(bar.instrument, bar.volume);
    // A day that began with it may be another contract's.
    if (tape !== contract.tape) {
      tally.skip("foreign");
      return;
    }
    if (!isPossible(bar)) {
      tally.skip("bad_price");
      tape.bars.markDirty();
      return;
    }
    if (clock.inDay) tally.inSession++;
    if (bar.volume > 0) this.#meet(bar, tape);
    if (clock.inDay && bar.end <= tape.bars.end) tape.bars.load(bar);
    timeline.advance(bar.end, bar.end);
  }

  // Contracts whose bars come side by side change as they do with trades: by the volume of the day that ended. One whose first bar
  // comes when the followed one's day is over takes its place at once, as in files of one contract after the other.
  #isFollowed(instrument: Instrument, bar: Bar): boolean {
    const { clock, contract, timeline } = this.#stages;
    const isNew = !contract.hasTraded(bar.instrument);
    const isOther = contract.id !== bar.instrument;
    if (!this.#followsBars) {
      // The nearest contract may come second in the first minute; one that stays away is not waited for.
      this.#firstBar ??= bar.start;
      const isSilent = contract.tape?.lastPrice === undefined;
      const waits = isOther && bar.start === this.#firstBar && isSilent;
      if (waits && contract.nearest?.id !== bar.instrument) return false;
      if (isOther || isSilent) this.#follow(instrument, bar);
      return true;
    }
    if (!isOther) return true;
    const { openDay } = clock;
    const takesOver = isNew && !(openDay !== undefined && bar.start < openDay.close);
    // The day's end may end what is held.
    if (takesOver && openDay !== undefined) timeline.advance(openDay.close);
    if (takesOver && !contract.isHeld) this.#follow(instrument, bar);
    else timeline.advance(bar.start);
    return contract.id === bar.instrument;
  }

  // Bars of two contracts never share a trading day, and one that was open before its contract's first bar is not begun.
  #follow(instrument: Instrument, bar: Bar): void {
    const { clock, contract, issuer, timeline } = this.#stages;
    this.#followsBars = true;
    const { openDay } = clock;
    if (openDay !== undefined) timeline.advance(Math.min(openDay.close, bar.start) as Micros);
    if (clock.inDay && contract.tape !== undefined) {
      contract.tape.endDay();
      issuer.tellFootprints(contract.tape);
    }
    contract.followBars(instrument, (bar.end - bar.start) / MICROS_PER_SECOND);
    clock.standBefore(bar.start);
    timeline.schedule();
  }

  // One without volume is no print, whatever prices it tells.
  #meet(bar: Bar, tape: ContractTape): void {
    const { clock, desk, issuer, timeline } = this.#stages;
    tape.lastPrice = bar.close;
    for (const price of [bar.low, bar.high]) tape.ranges.add(bar.start, price);
    tape.trail.addBar(bar);
    const { flatTime, inDay } = clock;
    desk.setTime(clock.now);
    if (desk.watching) {
      const { start, end, open, high, low, close } = bar;
      const hours = { tradable: inDay, flat: inDay && end > flatTime, flatTime };
      desk.onBar({ start, end, open, high, low, close, ...hours }, tape.instrument);
      timeline.schedule();
    }
    if (issuer.meet(bar, tape)) timeline.schedule();
  }
}
