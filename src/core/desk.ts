import { equityRow, type FillFacts, fillOutput, partialExitOutput, type Watched } from "./booking.js";
import type { Hours, MetBar, PaperReport, PaperTrade } from "./broker/paperTrade.js";
import type { ContextRecord } from "./contextRecord.js";
import { doubtOf } from "./doubt.js";
import type {
  AmendmentRecorded,
  ContractVolatility,
  EngineOutput,
  LimitsChanged,
  MarkRestored,
  OpenPosition,
  PaperResetRecorded,
  TradeRecord,
  VoidRecorded,
} from "./events.js";
import { Halts } from "./halts.js";
import type { Instrument } from "./instrument.js";
import { isOver } from "./instruments.js";
import { IssuedBook } from "./issuedBook.js";
import { Account, type ExitFacts, meanPrice, type Position, type RoundTrip } from "./ledger/account.js";
import type { Life, LifeState } from "./lifeCycle.js";
import { Marks } from "./marks.js";
import { overrideOf } from "./override.js";
import { PaperBooks } from "./paperBooks.js";
import { amend, type Books, reopen, takeBack } from "./rebooking.js";
import { Records } from "./records.js";
import { Results } from "./results.js";
import { RiskInForce } from "./riskInForce.js";
import type { TradingDay } from "./session.js";
import type { EngineSettings, RiskSettings, RunMode } from "./settings.js";
import { type Contract, isOf } from "./shadowBook.js";
import type { LearningRows, Outcome } from "./sizing/posterior.js";
import type { AccountName, Recommendation } from "./sizing/recommendation.js";
import type { Cents, Micros, Ticks } from "./units.js";
import type { Span } from "./watch.js";

/** An exit as it is told. */
type ToldExit = Omit<ExitFacts, "id">;

/** Says how far prices went during a closed trade; undefined where nobody saw it, or not all of it. */
export type Watching = (trip: RoundTrip) => Watched | undefined;

/** What the trading hours say of a time. */
export interface DeskHours {
  /** Where it lies in the trading day at or after it. */
  hoursAt(time: Micros): Hours;
  /** When the trading day of what is booked then began. */
  dayOpenAt(time: Micros): Micros | undefined;
}

/** The two accounts, the paper orders at work, and what is learned from them. */
export class Desk {
  readonly manual: Account;
  readonly paper: Account;
  /** What the user recorded, and where each recommendation stands by it. */
  readonly records = new Records();
  readonly issued = new IssuedBook();
  readonly paperBooks: PaperBooks;
  readonly halts: Halts;
  /** How far prices went during a closed trade of the user's. */
  readonly watched: Watching;
  readonly #risk: RiskInForce;
  readonly #results: Results;
  readonly #mode: RunMode;
  readonly #marks: Marks;
  readonly #hours: DeskHours;
  readonly #emit: (output: EngineOutput) => void;
  #now = 0 as Micros;

  constructor(
    settings: EngineSettings,
    mode: RunMode,
    hours: DeskHours,
    emit: (output: EngineOutput) => void,
    watched: Watching,
  ) {
    const start = Math.round(settings.paper.startBalance * 100) as Cents;
    this.manual = new Account("manual", start);
    this.paper = new Account("paper", start);
    this.#risk = new RiskInForce(settings.risk);
    this.#results = new Results(settings.bayes);
    this.#mode = mode;
    this.#hours = hours;
    this.#emit = emit;
    this.watched = watched;
    this.paperBooks = new PaperBooks(settings, (trade, report) => this.#report(trade, report), emit);
    this.#marks = new Marks(this.records, (mark) => emit({ ...mark, at: this.#now }));
    const { order } = this.paperBooks;
    const now = () => this.#now;
    this.halts = new Halts({
      accounts: [this.manual, this.paper],
      risk: this.#risk,
      order,
      marks: this.#marks,
      records: this.records,
      now,
      emit,
    });
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
    return this.#mode.paperTrades || this.paperBooks.order.hasClosed ? [this.manual, this.paper] : [this.manual];
  }

  /** The closed trades of both accounts, in the order in which they were booked. */
  get outcomes(): readonly Outcome[] {
    return this.#results.outcomes;
  }

  /** What an account learns from. */
  learnedBy(account: AccountName): LearningRows {
    return this.#results.learnedBy(account);
  }

  /** The closed trades of an account by their contexts. */
  contextRecords(account: AccountName): readonly ContextRecord[] {
    return this.#results.contextRecords(account);
  }

  /** Whether a print could change anything here. */
  get watching(): boolean {
    const held = this.manual.positions.size > 0 || this.paper.positions.size > 0;
    return held || !this.paperBooks.isEmpty;
  }

  account(name: AccountName): Account {
    return name === "manual" ? this.manual : this.paper;
  }

  /** Where a recommendation stands on an account. */
  stateOf(id: string, account: AccountName): LifeState {
    if (account === "manual") return this.records.life(id).state;
    if (this.paperBooks.order.isClosed(id)) return "CLOSED";
    return this.paper.positions.has(id) ? "OPEN" : "ISSUED";
  }

  /** The engine's time, which stamps what is emitted. */
  setTime(now: Micros): void {
    this.#now = now;
  }

  /** Takes note of a recommendation and follows its shadow. */
  register(recommendation: Recommendation): void {
    if (this.issued.add(recommendation)) this.paperBooks.shadows.follow(recommendation);
  }

  /** Takes note of a recommendation of an earlier run; its shadow goes on. */
  restore(recommendation: Recommendation): void {
    if (this.issued.get(recommendation.id) === undefined) this.register(recommendation);
  }

  /** What was met until then was met under the limits of before, also for a restart. */
  beginDay(day: TradingDay): void {
    this.#marks.tellAll();
    this.#risk.beginDay(day.date);
    this.manual.beginDay(day.open);
    this.paper.beginDay(day.open);
  }

  /** Books the end of a trading day, and the volatility that it leaves: an equity row for each account, and where no user can, the end of a halt. */
  endDay(day: TradingDay, volatility: ContractVolatility | undefined): void {
    this.#marks.tellAll();
    for (const account of this.active) {
      const row = equityRow(account, day.close, day.date, day.date, this.#now);
      this.#emit(volatility === undefined ? row : { ...row, volatility });
      if (this.#mode.haltEndsWithSession) this.halts.endWithDay(account, day);
    }
  }

  /** Whether a position is open whose contract trades on after the day of `date`. The user's others wait for his record. */
  isHolding(date: string): boolean {
    const isOpen = ({ recommendation: { instrument, time } }: Position) => !isOver(instrument.symbol, time, date);
    return [this.manual, this.paper].some(({ positions }) => [...positions.values()].some(isOpen));
  }

  /** A print meets orders and positions; then equity is marked and the limits are checked. */
  onTrade(time: Micros, price: Ticks, hours: Hours, instrument: Instrument): void {
    const changed = this.paperBooks.onTrade(time, price, hours, instrument);
    const print = { start: time, end: time, open: price, high: price, low: price, close: price };
    this.#meetPaper(print, instrument, changed);
    if (this.manual.holds(instrument)) {
      this.#meet(print, instrument);
      this.#markAccount(this.manual, price, time, instrument);
    }
    if (this.paper.holds(instrument)) this.#markAccount(this.paper, price, time, instrument);
  }

  /** A ready-made bar meets them (`ENGINE.md` 8.1). Entries expire at the start of the bar that ends after the flat time. */
  onBar(bar: MetBar, instrument: Instrument): void {
    if (bar.flat) this.paperBooks.expire(bar.end, bar.start);
    const accounts = [this.manual, this.paper].map((account) => ({ account, wasOpen: account.holds(instrument) }));
    this.#meetPaper(bar, instrument, this.paperBooks.onBar(bar, instrument));
    if (this.manual.holds(instrument)) this.#meet(bar, instrument);
    for (const { account, wasOpen } of accounts) this.#markSpan(account, bar, instrument, wasOpen);
  }

  /** Books a fill that came as an account event: the user's, or the paper account's from the journal. */
  bookFill(recommendation: Recommendation, account: Account, fill: FillFacts): void {
    if (account === this.paper) {
      this.paperBooks.order.adopt(recommendation, fill, this.#hours.hoursAt(fill.time).flatTime);
      this.#marks.beginPaper();
    } else this.#marks.tell("manual");
    this.#reachDay(account, fill.time);
    account.fill(recommendation, fill);
    if (account === this.manual) {
      const { id, time, price, quantity, notes } = fill;
      this.records.addFill(recommendation, { id, time, price, quantity, notes, ...doubtOf(fill) });
    }
    this.#emit(fillOutput(recommendation, account, fill, this.#now));
  }

  /** Books that the user closed a part of a position, fewer contracts than are open, and marks the balance. */
  bookPartialExit(position: Position, told: ExitFacts & { readonly quantity: number }): void {
    const { manual } = this;
    const { recommendation } = position;
    this.#marks.tell("manual");
    const exit = factsOf(told.id, told);
    this.records.addExit(recommendation, { ...exit, quantity: told.quantity }, this.risk.emergencyStopLossPct);
    const booked = manual.closePart(position, { ...exit, quantity: told.quantity });
    this.#emit(partialExitOutput({ id: exit.id }, recommendation, manual, booked, this.#now));
    manual.value();
    this.#tellEquity(manual, exit.time, exit.id);
    this.halts.check(manual, exit.time);
  }

  /** What the exit that closes a position is called. */
  exitId(recommendation: string, account: Account): string {
    return `exit:${account.name}:${this.#nameOf(recommendation, account)}`;
  }

  #nameOf(recommendation: string, account: Account): string {
    return account === this.manual ? this.records.nameOf(recommendation) : recommendation;
  }

  /** Books the exit of all that is open of a position, learns from the trade, and marks the balance. */
  bookExit(position: Position, account: Account, told: ToldExit, watching: Watching): void {
    const { recommendation } = position;
    if (account === this.paper) {
      this.paperBooks.order.close(recommendation.id);
      this.#marks.endPaper();
    } else this.#marks.tell("manual");
    const name = this.#nameOf(recommendation.id, account);
    const id = this.exitId(recommendation.id, account);
    const exit = factsOf(id, told);
    const trip = account.close(position, exit);
    const doubt = doubtOf(trip);
    const watched = watching(trip);
    if (account === this.manual) {
      this.records.addExit(recommendation, { ...exit, ...doubt }, this.risk.emergencyStopLossPct);
      this.records.setWatched(recommendation.id, watched);
    }
    this.#results.add(trip, account, doubt);
    this.#emit(this.#results.exit({ id }, trip, account, watched, doubt, this.#now));
    account.value();
    this.#tellEquity(account, exit.time, name);
    this.halts.check(account, exit.time);
  }

  /** Books a corrected record. */
  amend(event: AmendmentRecorded, recommendation: Recommendation, record: TradeRecord, life: Life): void {
    this.#rebook(event, (books) => amend(event, recommendation, record, life, books, this.#now));
  }

  /** Books that one exit is taken back: the trade is open again. */
  reopen(event: VoidRecorded, target: string, recommendation: Recommendation, record: TradeRecord, life: Life): void {
    this.#rebook(event, (books) => reopen(event, target, recommendation, record, life, books, this.#now));
  }

  /** Books that all that was recorded of a recommendation is taken back. */
  takeBack(event: VoidRecorded, recommendation: Recommendation, life: Life): void {
    this.#rebook(event, (books) => takeBack(event, recommendation, life, books, this.#now));
  }

  /** Marks an account's positions by what they met before a restart; paper entries and shadows know it too. */
  remark(mark: MarkRestored): void {
    const account = this.account(mark.account);
    const isPaper = account === this.paper;
    if (this.#marks.hasMet(mark)) return;
    const isHeld = account.holds(mark);
    const { start, time: end, open, high, low, close } = mark;
    const span = { start, end, open, high, low, close };
    if (isPaper) this.#recall(span, mark);
    else if (!isHeld) return;
    this.#marks.restore(mark, this.risk.emergencyStopLossPct, isHeld);
    if (isHeld) this.#markSpan(account, span, mark, true);
  }

  /** Begins the paper portfolio anew: what is open or at work there ends unbooked; what was learned and a halt stay. */
  resetPaper({ id, time, reason }: PaperResetRecorded): void {
    const { paper } = this;
    const { balance, closedTrades, wins, maxDrawdown, startBalance } = paper;
    const abandoned = this.paperBooks.order.abandon(paper.positions.keys());
    paper.startAnew();
    this.#marks.endPaper();
    const before = { balance, closedTrades, wins, maxDrawdown, abandoned };
    this.#emit({ type: "paperReset", id, account: "paper", time, reason, startBalance, before, at: this.#now });
    this.#tellEquity(paper, time, id);
  }

  /** Takes other limits: what is tighter at once, what is looser on the trading day `from`. */
  wantLimits({ id, time, limits }: LimitsChanged, from: string): void {
    this.#marks.tellAll();
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
        ...closedSoFar(position),
      })),
    );
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
        this.#marks.beginPaper();
        this.#emit(fillOutput(recommendation, this.paper, fill, this.#now));
        return;
      }
      case "closed": {
        const position = this.paper.positions.get(id);
        if (position === undefined) throw new Error(`The paper account holds no position of ${id}`);
        this.bookExit(position, this.paper, report, () => report);
        return;
      }
      default:
        report satisfies never;
    }
  }

  #tellEquity(account: Account, time: Micros, cause: string): void {
    this.#reachDay(account, time);
    this.#emit(equityRow(account, time, cause, undefined, this.#now));
  }

  #reachDay(account: Account, time: Micros): void {
    const open = this.#hours.dayOpenAt(time);
    if (open !== undefined) account.reachDay(open);
  }

  // Where a user ends a halt the market is no file that can be read again: a restart may know no more of it than what is told.
  #meetPaper(span: Span, instrument: Instrument, changed: boolean): void {
    if (this.#mode.haltEndsWithSession) return;
    const isHeld = this.paper.holds(instrument);
    this.#marks.meetPaper(span, instrument, this.risk.emergencyStopLossPct, isHeld, changed);
  }

  #recall({ start, end, open, high, low, close }: Span, contract: Contract): void {
    if (this.paperBooks.isEmpty) return;
    const { tradable, flatTime } = this.#hours.hoursAt(start);
    const flat = tradable && end > flatTime;
    this.paperBooks.recall({ start, end, open, high, low, close, tradable, flatTime, flat }, contract);
  }

  #meet(span: Span, instrument: Instrument): void {
    this.#marks.meetManual(span, instrument, this.risk.emergencyStopLossPct);
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
    this.halts.check(account, time);
  }

  // All that the user recorded is booked anew; the paper account is not touched.
  #rebook({ id, time }: AmendmentRecorded | VoidRecorded, book: (books: Books) => readonly EngineOutput[]): void {
    const { manual, records } = this;
    const wasHalted = manual.halted;
    this.#marks.tell("manual");
    for (const output of book({ account: manual, records, results: this.#results })) this.#emit(output);
    this.#tellEquity(manual, time, id);
    if (manual.halted && !wasHalted) this.halts.tell(manual, time);
    else this.halts.check(manual, time);
  }
}

function factsOf(id: string, told: ToldExit) {
  const { time, price, reason, notes } = told;
  return { id, time, price, reason, notes, ...overrideOf(told), ...doubtOf(told) };
}

function closedSoFar({ exits, closed: quantity, realised: netPnl }: Position): Pick<OpenPosition, "closed"> {
  return quantity === 0 ? {} : { closed: { quantity, price: meanPrice(exits), netPnl } };
}
