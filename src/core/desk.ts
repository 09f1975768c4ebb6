import { equityRow, type FillFacts, fillOutput, type Watched } from "./booking.js";
import type { Hours, MetBar, PaperReport, PaperTrade } from "./broker/paperTrade.js";
import { doubtOf } from "./doubt.js";
import type {
  AmendmentRecorded,
  ContractVolatility,
  EngineOutput,
  ExitReason,
  KillSwitch,
  LimitsChanged,
  Mark,
  MarkRestored,
  OpenPosition,
  PaperResetRecorded,
  TradeRecord,
  VoidRecorded,
} from "./events.js";
import type { Instrument } from "./instrument.js";
import { expiryOf } from "./instruments.js";
import { Account, type Position } from "./ledger/account.js";
import type { Life, LifeState } from "./lifeCycle.js";
import { PaperOrder } from "./paperOrder.js";
import { amend, type Books, takeBack } from "./rebooking.js";
import { Records } from "./records.js";
import { Results } from "./results.js";
import { RiskInForce } from "./riskInForce.js";
import type { TradingDay } from "./session.js";
import type { EngineSettings, RiskSettings, RunMode } from "./settings.js";
import { type Contract, isOf, ShadowBook } from "./shadowBook.js";
import type { Outcome } from "./sizing/posterior.js";
import type { AccountName, Recommendation } from "./sizing/recommendation.js";
import { type Cents, MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros, type Ticks } from "./units.js";
import { PaperPath, type Span, Watch } from "./watch.js";

/** An exit as it is booked. */
export interface ExitFacts {
  readonly time: Micros;
  readonly price: Ticks;
  readonly reason: ExitReason;
  readonly notes?: string | undefined;
  readonly unverified?: boolean;
}

interface HaltEnd {
  readonly id: string;
  readonly time: Micros;
  readonly reason: string;
  /** Where the limit's peak starts anew (`ENGINE.md` 10): the user's reset forgives an open loss, a day's end does not. */
  readonly from: "equity" | "balance";
}

/** The two accounts, the paper orders at work, and what is learned from them. */
export class Desk {
  readonly manual: Account;
  readonly paper: Account;
  /** What the user recorded, and where each recommendation stands by it. */
  readonly records = new Records();
  readonly #risk: RiskInForce;
  readonly #results: Results;
  readonly #mode: RunMode;
  readonly #order: PaperOrder;
  readonly #shadows: ShadowBook;
  readonly #watch: Watch;
  readonly #paperPath = new PaperPath();
  readonly #paperWatch: Watch;
  readonly #hoursAt: (time: Micros) => Hours;
  readonly #emit: (output: EngineOutput) => void;
  readonly #book = new Map<string, Recommendation>();
  readonly #expected = new Set<string>();
  #now = 0 as Micros;
  #lastMet = Number.NEGATIVE_INFINITY;

  /** @param hoursAt where a time lies in the trading day at or after it */
  constructor(
    settings: EngineSettings,
    mode: RunMode,
    hoursAt: (time: Micros) => Hours,
    emit: (output: EngineOutput) => void,
  ) {
    const start = Math.round(settings.paper.startBalance * 100) as Cents;
    this.manual = new Account("manual", start);
    this.paper = new Account("paper", start);
    this.#risk = new RiskInForce(settings.risk);
    this.#results = new Results(settings.bayes);
    this.#mode = mode;
    this.#hoursAt = hoursAt;
    this.#emit = emit;
    const rules = {
      slippageTicks: Math.ceil(settings.paper.marketSlippageTicks),
      latency: settings.paper.entryLatencySeconds * MICROS_PER_SECOND,
      maxHold: settings.paper.maxHoldMinutes * MICROS_PER_MINUTE,
    };
    this.#shadows = new ShadowBook(rules, emit);
    this.#order = new PaperOrder(rules, (trade, report) => this.#report(trade, report));
    const tell = (mark: Omit<Mark, "at">) => emit({ ...mark, at: this.#now });
    this.#watch = new Watch("manual", this.records, tell);
    this.#paperWatch = new Watch("paper", this.#paperPath, tell);
  }

  /** The account whose balance, limits and results size a signal. */
  get leading(): Account {
    return this.account(this.#mode.leading);
  }

  /** The risk settings in force. */
  get risk(): RiskSettings {
    return this.#risk.settings;
  }

  /** The accounts that this run keeps. */
  get active(): readonly Account[] {
    if (this.#mode.leading === "paper") return [this.paper];
    return this.#mode.paperTrades || this.#order.hasClosed ? [this.manual, this.paper] : [this.manual];
  }

  /** The closed trades of both accounts, in the order in which they were booked. */
  get outcomes(): readonly Outcome[] {
    return this.#results.outcomes;
  }

  /** Whether a print could change anything here. */
  get watching(): boolean {
    const held = this.manual.positions.size > 0 || this.paper.positions.size > 0;
    return held || this.#order.isThere || !this.#shadows.isEmpty;
  }

  /** When the next entry expires; infinity without one. */
  get nextExpiry(): number {
    return Math.min(this.#order.expires, this.#shadows.nextExpiry);
  }

  get workingEntries(): number {
    return this.#order.isWorking ? 1 : 0;
  }

  account(name: AccountName): Account {
    return name === "manual" ? this.manual : this.paper;
  }

  recommendation(id: string): Recommendation | undefined {
    return this.#book.get(id);
  }

  /** All that were issued, oldest first. */
  get recommendations(): Iterable<Recommendation> {
    return this.#book.values();
  }

  /** Where a recommendation stands on an account. */
  stateOf(id: string, account: AccountName): LifeState {
    if (account === "manual") return this.records.life(id).state;
    if (this.#order.isClosed(id)) return "CLOSED";
    return this.paper.positions.has(id) ? "OPEN" : "ISSUED";
  }

  /** Whether the paper account has or had an order for it. */
  isAtWork(id: string): boolean {
    return this.#order.isAtWork(id);
  }

  /** The engine's time, which stamps what is emitted. */
  setTime(now: Micros): void {
    this.#now = now;
  }

  /** Takes note of a recommendation and follows its shadow. */
  register(recommendation: Recommendation): void {
    if (!this.#book.has(recommendation.id)) this.#shadows.follow(recommendation);
    this.#book.set(recommendation.id, recommendation);
  }

  /** Takes note of a recommendation of an earlier run; its shadow goes on. */
  restore(recommendation: Recommendation): void {
    if (!this.#book.has(recommendation.id)) this.register(recommendation);
  }

  /** Takes note of what was issued in an earlier run and comes again from the journal. */
  expectIssued(recommendations: readonly string[]): void {
    for (const id of recommendations) this.#expected.add(id);
  }

  /** Whether a recommendation was issued, in this run or in an earlier one. */
  wasIssued(id: string): boolean {
    return this.#book.has(id) || this.#expected.has(id);
  }

  /** Takes note that a shadow of an earlier run has come to its end. */
  finishShadow(id: string): void {
    this.#shadows.finish(id);
  }

  /** Puts a paper order to work; it replaces an unfilled one. */
  submit(recommendation: Recommendation, quantity: number): void {
    this.#order.submit(recommendation, quantity);
  }

  /** What was met until then was met under the limits of before, also for a restart. */
  beginDay(day: TradingDay): void {
    this.#watch.tell();
    this.#paperWatch.tell();
    this.#risk.beginDay(day.date);
    this.manual.beginDay(day.open);
    this.paper.beginDay(day.open);
  }

  /** Books the end of a trading day, and the volatility that it leaves: an equity row for each account, and where no user can, the end of a halt. */
  endDay(day: TradingDay, volatility: ContractVolatility | undefined): void {
    this.#watch.tell();
    this.#paperWatch.tell();
    for (const account of this.active) {
      const row = equityRow(account, day.close, day.date, day.date, this.#now);
      this.#emit(volatility === undefined ? row : { ...row, volatility });
      if (account.halted && !account.killed && this.#mode.haltEndsWithSession) {
        const id = `haltEnded:${account.name}:${day.date}`;
        this.#endHalt(account, { id, time: day.close, reason: "The trading day ended", from: "balance" });
      }
    }
  }

  /** Ends the entries that expire until `until`, stamped `time`. */
  expire(until: Micros, time: Micros): void {
    this.#order.expire(until, time);
    this.#shadows.expire(until, time);
  }

  /** Ends the entries of a contract that is followed no more (`ENGINE.md` 8: GTC ends with the contract). */
  endContract(instrument: Instrument, time: Micros): void {
    this.#order.endContract(instrument, time);
    this.#shadows.endContract(instrument, time);
  }

  /**
   * Closes the paper positions of contracts that trade no more after the day of `date`, each at its own last print: no other
   * comes that could.
   */
  endPositions(date: string, time: Micros): void {
    this.#leaveAtLast(time, ({ recommendation }) => isOver(recommendation, date));
  }

  /** Closes the paper positions of earlier days that no print closed at their flat time, each at its last one. */
  leaveOverdue(open: Micros, time: Micros): void {
    this.#leaveAtLast(time, (trade) => trade.isOverdue(open));
  }

  /** Whether a position is open whose contract trades on after the day of `date`. The user's others wait for his record. */
  isHolding(date: string): boolean {
    const isOpen = ({ recommendation }: Position) => !isOver(recommendation, date);
    return [this.manual, this.paper].some(({ positions }) => [...positions.values()].some(isOpen));
  }

  /** A print meets orders and positions; then equity is marked and the limits are checked. */
  onTrade(time: Micros, price: Ticks, hours: Hours, instrument: Instrument): void {
    const orderChanged = this.#order.onTrade(time, price, hours, instrument);
    const shadowChanged = this.#shadows.onTrade(time, price, hours, instrument);
    const print = { start: time, end: time, open: price, high: price, low: price, close: price };
    this.#meetPaper(print, instrument, orderChanged || shadowChanged);
    if (this.manual.holds(instrument)) {
      this.#meet(print, instrument);
      this.#markAccount(this.manual, price, time, instrument);
    }
    if (this.paper.holds(instrument)) this.#markAccount(this.paper, price, time, instrument);
  }

  /** A ready-made bar meets them (`ENGINE.md` 8.1). Entries expire at the start of the bar that ends after the flat time. */
  onBar(bar: MetBar, instrument: Instrument): void {
    if (bar.flat) this.expire(bar.end, bar.start);
    const accounts = [this.manual, this.paper].map((account) => ({ account, wasOpen: account.holds(instrument) }));
    const orderChanged = this.#order.onBar(bar, instrument);
    const shadowChanged = this.#shadows.onBar(bar, instrument);
    this.#meetPaper(bar, instrument, orderChanged || shadowChanged);
    if (this.manual.holds(instrument)) this.#meet(bar, instrument);
    for (const { account, wasOpen } of accounts) this.#markSpan(account, bar, instrument, wasOpen);
  }

  /** Books a fill that came as an account event: the user's, or the paper account's from the journal. */
  bookFill(recommendation: Recommendation, account: Account, fill: FillFacts): void {
    if (account === this.paper) {
      this.#order.adopt(recommendation, fill, this.#hoursAt(fill.time).flatTime);
      this.#paperPath.beginAnew();
    } else this.#watch.tell();
    account.fill(recommendation, fill);
    if (account === this.manual) {
      const { id, time, price, quantity, notes } = fill;
      this.records.addFill(recommendation, { id, time, price, quantity, notes, ...doubtOf(fill) });
    }
    this.#emit(fillOutput(recommendation, account, fill, this.#now));
  }

  /** Books the exit of a whole position, learns from it, and marks the balance. */
  bookExit(position: Position, account: Account, exit: ExitFacts, watched: Watched | undefined): void {
    const { recommendation } = position;
    if (account === this.paper) {
      this.#order.close(recommendation.id);
      this.#paperWatch.forget();
    } else this.#watch.tell();
    const name = account === this.manual ? this.records.nameOf(recommendation.id) : recommendation.id;
    const id = `exit:${account.name}:${name}`;
    const trip = account.close(position, exit.time, exit.price, exit.reason);
    const { time, price, reason, notes } = exit;
    const doubt = doubtOf({ unverified: exit.unverified === true || position.unverified });
    if (account === this.manual) {
      const recorded = { id, time, price, reason, notes, ...doubt };
      this.records.addExit(recommendation, recorded, this.risk.emergencyStopLossPct);
    }
    this.#results.add(trip, account, doubt);
    this.#emit(this.#results.exit({ id }, trip, account, watched, { notes, ...doubt }, this.#now));
    account.value();
    this.#emit(equityRow(account, exit.time, name, undefined, this.#now));
    this.#checkLimit(account, exit.time);
  }

  /** Books a corrected record. */
  amend(event: AmendmentRecorded, recommendation: Recommendation, record: TradeRecord, life: Life): void {
    this.#rebook(event, (books) => amend(event, recommendation, record, life, books, this.#now));
  }

  /** Books that all that was recorded of a recommendation is taken back. */
  takeBack(event: VoidRecorded, recommendation: Recommendation, life: Life): void {
    this.#rebook(event, (books) => takeBack(event, recommendation, life, books, this.#now));
  }

  /** Marks an account's positions by what they met before a restart; paper entries and shadows know it too. */
  remark(mark: MarkRestored): void {
    const account = this.account(mark.account);
    const isPaper = account === this.paper;
    // What was met since the start is not met again.
    if (isPaper && mark.time <= this.#lastMet) return;
    const isHeld = account.holds(mark);
    const span = { ...mark, end: mark.time };
    if (isPaper) this.#recall(span, mark);
    else if (!isHeld) return;
    (isPaper ? this.#paperWatch : this.#watch).restore(mark, this.risk.emergencyStopLossPct, isHeld);
    if (isHeld) this.#markSpan(account, span, mark, true);
  }

  /** Forgets a working paper order that the journal knows to have ended. */
  dropWorking(id: string): void {
    this.#order.drop(id);
  }

  /** Ends a halt; the limit's peak starts anew at marked equity, so that an open loss does not halt again at once. */
  reset(account: Account, time: Micros, reason: string, id: string): void {
    this.#endHalt(account, { id, time, reason, from: "equity" });
  }

  /** Halts an account: the paper one cancels its working entry and leaves its position at the next print. */
  halt(account: Account, time: Micros): void {
    account.halt();
    this.#leave(account, time);
  }

  /** Halts every account until the user resets it. */
  kill({ id, time, reason }: KillSwitch): void {
    this.#emit({ type: "kill", id, time, reason, at: this.#now });
    for (const account of [this.manual, this.paper]) {
      account.kill();
      this.#leave(account, time);
    }
  }

  /** Begins the paper portfolio anew: what is open or at work there ends unbooked; what was learned and a halt stay. */
  resetPaper({ id, time, reason }: PaperResetRecorded): void {
    const { paper } = this;
    const { balance, closedTrades, wins, maxDrawdown, startBalance } = paper;
    const abandoned = this.#order.abandon(paper.positions.keys());
    paper.startAnew();
    this.#paperWatch.forget();
    const before = { balance, closedTrades, wins, maxDrawdown, abandoned };
    this.#emit({ type: "paperReset", id, account: "paper", time, reason, startBalance, before, at: this.#now });
    this.#emit(equityRow(paper, time, id, undefined, this.#now));
  }

  /** Takes other limits: what is tighter at once, what is looser on the trading day `from`. */
  wantLimits({ id, time, limits }: LimitsChanged, from: string): void {
    this.#watch.tell();
    this.#paperWatch.tell();
    const before = this.#risk.limits;
    this.#risk.want(limits, from);
    this.#emit({ type: "limits", id, time, limits, from, before, at: this.#now });
  }

  /** Whether looser limits wait for their trading day. */
  get limitsWait(): boolean {
    return this.#risk.isWaiting;
  }

  /** Takes the limits that waited for a trading day before `date`, which nobody saw begin. */
  beginLimits(date: string): void {
    this.#risk.catchUp(date);
  }

  /** Open positions of every account; those of the contract are valued at its last price. */
  openPositions(contract: Contract | undefined, price: Ticks | undefined): readonly OpenPosition[] {
    return [this.manual, this.paper].flatMap((account) =>
      [...account.positions.values()].map((position) => ({
        recommendation: position.recommendation,
        account: account.name,
        quantity: position.quantity,
        entryPrice: position.entryPrice,
        entryTime: position.entryTime,
        openPnl: isOf(position, contract) && price !== undefined ? position.openPnl(price) : undefined,
      })),
    );
  }

  #leave(account: Account, time: Micros): void {
    if (account === this.paper) this.#order.leave(time);
  }

  #endHalt(account: Account, { from, ...told }: HaltEnd): void {
    if (account === this.manual) {
      this.#watch.tell();
      this.records.addReset(from);
    } else {
      this.#paperWatch.tell();
      this.#paperPath.beginAnew();
    }
    account.reset(from);
    this.#emit({ type: "haltEnded", account: account.name, ...told, at: this.#now });
  }

  #leaveAtLast(time: Micros, which: (trade: PaperTrade) => boolean): void {
    this.#order.leaveAtLast(time, which);
    this.#shadows.leaveAtLast(time, which);
  }

  #report(trade: PaperTrade, report: PaperReport): void {
    const { recommendation, quantity } = trade;
    const { id, instrument } = recommendation;
    switch (report.type) {
      case "canceled": {
        const { time, reason } = report;
        const cancel = { id: `cancel:paper:${id}`, recommendation: id, account: "paper", instrument } as const;
        this.#emit({ type: "cancel", ...cancel, time, reason, at: this.#now });
        return;
      }
      case "filled": {
        const fill = { id: `fill:paper:${id}`, time: report.time, price: report.price, quantity };
        this.paper.fill(recommendation, fill);
        this.#paperPath.beginAnew();
        this.#emit(fillOutput(recommendation, this.paper, fill, this.#now));
        return;
      }
      case "closed": {
        const position = this.paper.positions.get(id);
        if (position === undefined) throw new Error(`The paper account holds no position of ${id}`);
        this.bookExit(position, this.paper, report, report);
        return;
      }
      default:
        report satisfies never;
    }
  }

  // Where a user ends a halt the market is no file that can be read again: a restart may know no more of it than what is told.
  #meetPaper(span: Span, instrument: Instrument, changed: boolean): void {
    if (this.#mode.haltEndsWithSession) return;
    this.#lastMet = Math.max(this.#lastMet, span.end);
    if (this.paper.holds(instrument)) this.#paperWatch.meet(span, instrument, this.risk.emergencyStopLossPct);
    else if (changed) this.#paperWatch.note(span, instrument);
    if (changed) this.#paperWatch.tell();
  }

  #recall(span: Span, contract: Contract): void {
    const { tradable, flatTime } = this.#hoursAt(span.start);
    const met = { ...span, tradable, flatTime, flat: tradable && span.end > flatTime };
    this.#order.recall(met, contract);
    this.#shadows.recall(met, contract);
  }

  #meet(span: Span, instrument: Instrument): void {
    this.#watch.meet(span, instrument, this.risk.emergencyStopLossPct);
  }

  // At its open, the adverse extreme, the favourable one and its close; the bar that fills at the adverse one and its close.
  #markSpan(account: Account, bar: Span, instrument: Contract, wasOpen: boolean): void {
    if (!account.holds(instrument)) return;
    const isShort = account.sideIn(instrument) < 0;
    const [adverse, favourable] = isShort ? [bar.high, bar.low] : [bar.low, bar.high];
    if (wasOpen) this.#markAccount(account, bar.open, bar.start, instrument);
    this.#markAccount(account, adverse, bar.end, instrument);
    if (wasOpen) this.#markAccount(account, favourable, bar.end, instrument);
    this.#markAccount(account, bar.close, bar.end, instrument);
  }

  #markAccount(account: Account, price: number, time: Micros, instrument: Contract): void {
    account.mark(price, instrument);
    this.#checkLimit(account, time);
  }

  #checkLimit(account: Account, time: Micros): void {
    if (account.halted || !account.breaches(this.risk.emergencyStopLossPct)) return;
    this.#emitHalt(account, time);
    this.halt(account, time);
  }

  #emitHalt(account: Account, time: Micros): void {
    const { name, equity, limitPeak: peak } = account;
    this.#emit({ type: "halt", id: `halt:${name}:${time}`, account: name, time, equity, peak, at: this.#now });
  }

  // All that the user recorded is booked anew; the paper account is not touched.
  #rebook({ id, time }: AmendmentRecorded | VoidRecorded, book: (books: Books) => readonly EngineOutput[]): void {
    const { manual, records } = this;
    const wasHalted = manual.halted;
    this.#watch.tell();
    for (const output of book({ account: manual, records, results: this.#results })) this.#emit(output);
    this.#emit(equityRow(manual, time, id, undefined, this.#now));
    if (manual.halted && !wasHalted) this.#emitHalt(manual, time);
    else this.#checkLimit(manual, time);
  }
}

function isOver({ instrument, time }: Recommendation, date: string): boolean {
  const expiry = expiryOf(instrument.symbol, time)?.toString();
  return expiry !== undefined && expiry <= date;
}
