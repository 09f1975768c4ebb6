import { equityRow, exitOutput, type FillFacts, fillOutput, type Watched } from "./booking.js";
import { type Hours, type MetBar, type PaperReport, type PaperRules, PaperTrade } from "./broker/paperTrade.js";
import { type Doubt, doubtOf } from "./doubt.js";
import type {
  AmendmentRecorded,
  CancelReason,
  EngineOutput,
  ExitReason,
  KillSwitch,
  LimitsChanged,
  OpenPosition,
  PaperResetRecorded,
  RecordAndBalance,
  TradeRecord,
  VoidRecorded,
} from "./events.js";
import { type LimitsInForce, limitsOf, onTradingDay, withLimits } from "./guards/looserLimits.js";
import type { Instrument } from "./instrument.js";
import { learnedAbout, outcomeOf } from "./learning.js";
import { Account, type Position, type RoundTrip } from "./ledger/account.js";
import type { Life, LifeState } from "./lifeCycle.js";
import { Records } from "./records.js";
import type { TradingDay } from "./session.js";
import type { EngineSettings, RiskSettings, RunMode } from "./settings.js";
import { isOf, ShadowBook } from "./shadowBook.js";
import type { Outcome } from "./sizing/posterior.js";
import type { AccountName, Recommendation } from "./sizing/recommendation.js";
import { type Cents, MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros, type Ticks } from "./units.js";

/** An exit as it is booked. */
export interface ExitFacts {
  readonly time: Micros;
  readonly price: Ticks;
  readonly reason: ExitReason;
  readonly notes?: string | undefined;
  readonly unverified?: boolean;
}

/** The two accounts, the paper orders at work, and what is learned from them. */
export class Desk {
  readonly manual: Account;
  readonly paper: Account;
  /** What the user recorded, and where each recommendation stands by it. */
  readonly records = new Records();
  readonly #settings: EngineSettings;
  readonly #mode: RunMode;
  readonly #rules: PaperRules;
  readonly #shadows: ShadowBook;
  readonly #flatTimeAt: (time: Micros) => Micros;
  readonly #emit: (output: EngineOutput) => void;
  readonly #book = new Map<string, Recommendation>();
  readonly #closedOnPaper = new Set<string>();
  #outcomes: Outcome[] = [];
  /** The paper account's one order: first working, then open. */
  #trade: PaperTrade | undefined;
  #limits: LimitsInForce;
  #risk: RiskSettings;
  #now = 0 as Micros;

  /** @param flatTimeAt the flat time of the trading day at or after a time */
  constructor(
    settings: EngineSettings,
    mode: RunMode,
    flatTimeAt: (time: Micros) => Micros,
    emit: (output: EngineOutput) => void,
  ) {
    const start = Math.round(settings.paper.startBalance * 100) as Cents;
    this.manual = new Account("manual", start);
    this.paper = new Account("paper", start);
    this.#settings = settings;
    this.#risk = settings.risk;
    this.#limits = { current: limitsOf(settings.risk), next: undefined };
    this.#mode = mode;
    this.#flatTimeAt = flatTimeAt;
    this.#emit = emit;
    this.#rules = {
      slippageTicks: Math.ceil(settings.paper.marketSlippageTicks),
      latency: settings.paper.entryLatencySeconds * MICROS_PER_SECOND,
      maxHold: settings.paper.maxHoldMinutes * MICROS_PER_MINUTE,
    };
    this.#shadows = new ShadowBook(this.#rules, emit);
  }

  /** The account whose balance, limits and results size a signal. */
  get leading(): Account {
    return this.account(this.#mode.leading);
  }

  /** The risk settings in force. */
  get risk(): RiskSettings {
    return this.#risk;
  }

  /** The accounts that this run keeps. */
  get active(): readonly Account[] {
    if (this.#mode.leading === "paper") return [this.paper];
    return this.#mode.paperTrades || this.#closedOnPaper.size > 0 ? [this.manual, this.paper] : [this.manual];
  }

  /** The closed trades of both accounts, in the order in which they were booked. */
  get outcomes(): readonly Outcome[] {
    return this.#outcomes;
  }

  /** Whether a print could change anything here. */
  get watching(): boolean {
    const held = this.manual.positions.size > 0 || this.paper.positions.size > 0;
    return held || this.#trade !== undefined || !this.#shadows.isEmpty;
  }

  /** When the next entry expires; infinity without one. */
  get nextExpiry(): number {
    return Math.min(this.#trade?.expires ?? Number.POSITIVE_INFINITY, this.#shadows.nextExpiry);
  }

  get workingEntries(): number {
    return this.#trade?.state === "working" ? 1 : 0;
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
    if (this.#closedOnPaper.has(id)) return "CLOSED";
    return this.paper.positions.has(id) ? "OPEN" : "ISSUED";
  }

  /** Whether the paper account has or had an order for it. */
  isAtWork(id: string): boolean {
    return this.#trade?.recommendation.id === id || this.#closedOnPaper.has(id);
  }

  /** The engine's time, which stamps what is emitted. */
  setTime(now: Micros): void {
    this.#now = now;
  }

  /** Takes note of a recommendation and follows its shadow. */
  register(recommendation: Recommendation): void {
    this.#book.set(recommendation.id, recommendation);
    this.#shadows.follow(recommendation);
  }

  /** Takes note of a recommendation of an earlier run; its shadow was followed then. */
  restore(recommendation: Recommendation): void {
    if (!this.#book.has(recommendation.id)) this.#book.set(recommendation.id, recommendation);
  }

  /** Puts a paper order to work; it replaces an unfilled one. */
  submit(recommendation: Recommendation, quantity: number): void {
    this.#cancelWorking(recommendation.time, "CANCELLED_REPLACED");
    this.#trade = new PaperTrade(recommendation, quantity, this.#rules);
  }

  beginDay(day: TradingDay): void {
    this.#hold(onTradingDay(this.#limits, day.date));
    this.manual.beginDay(day.open);
    this.paper.beginDay(day.open);
  }

  /** Books the end of a trading day: an equity row for each account, and where no user can, the end of a halt. */
  endDay(day: TradingDay): void {
    for (const account of this.active) {
      this.#emit(equityRow(account, day.close, day.date, day.date, this.#now));
      if (account.halted && !account.killed && this.#mode.haltEndsWithSession) {
        this.reset(account, day.close, "The trading day ended", `haltEnded:${account.name}:${day.date}`);
      }
    }
  }

  /** Ends the entries that expire until `until`, stamped `time`. */
  expire(until: Micros, time: Micros): void {
    if (this.#trade !== undefined && this.#trade.expires <= until) this.#cancelWorking(time, "EXPIRED");
    this.#shadows.expire(until, time);
  }

  /** Ends the entries of a contract that is followed no more (`ENGINE.md` 8: GTC ends with the contract). */
  endContract(instrument: Instrument, time: Micros): void {
    if (this.#trade !== undefined && isOf(this.#trade, instrument)) this.#cancelWorking(time, "EXPIRED");
    this.#shadows.endContract(instrument, time);
  }

  /** A print meets orders and positions; then equity is marked and the limits are checked. */
  onTrade(time: Micros, price: Ticks, hours: Hours, instrument: Instrument): void {
    const trade = this.#trade;
    if (trade !== undefined && isOf(trade, instrument)) this.#report(trade, trade.onTrade(time, price, hours));
    this.#shadows.onTrade(time, price, hours, instrument);
    this.#mark(price, time, instrument);
  }

  /** A ready-made bar meets them (`ENGINE.md` 8.1). Entries expire at the start of the bar that ends after the flat time. */
  onBar(bar: MetBar, instrument: Instrument): void {
    if (bar.flat) this.expire(bar.end, bar.start);
    const accounts = [this.manual, this.paper].map((account) => ({ account, wasOpen: account.holds(instrument) }));
    const trade = this.#trade;
    if (trade !== undefined && isOf(trade, instrument))
      for (const report of trade.onBar(bar)) this.#report(trade, report);
    this.#shadows.onBar(bar, instrument);
    for (const { account, wasOpen } of accounts) this.#markBar(account, bar, instrument, wasOpen);
  }

  /** Books a fill that came as an account event: the user's, or the paper account's from the journal. */
  bookFill(recommendation: Recommendation, account: Account, fill: FillFacts): void {
    if (account === this.paper) {
      this.#trade = new PaperTrade(recommendation, fill.quantity, this.#rules);
      this.#trade.adoptFill(fill.time, fill.price, this.#flatTimeAt(fill.time));
    }
    account.fill(recommendation, fill);
    if (account === this.manual) {
      const { id, time, price, quantity, notes } = fill;
      this.records.addFill(recommendation, { id, time, price, quantity, notes, ...doubtOf(fill) });
    }
    this.#emit(fillOutput(recommendation, account, fill, this.#now));
  }

  /** Books the exit of a whole position, learns from it, and marks the balance. */
  bookExit(position: Position, account: Account, exit: ExitFacts, watched: Watched | undefined): void {
    if (account === this.paper) this.#trade = undefined;
    const { recommendation } = position;
    const name = account === this.manual ? this.records.nameOf(recommendation.id) : recommendation.id;
    const id = `exit:${account.name}:${name}`;
    const trip = account.close(position, exit.time, exit.price, exit.reason);
    const { time, price, reason, notes } = exit;
    const doubt = doubtOf({ unverified: exit.unverified === true || position.unverified });
    if (account === this.manual) {
      const recorded = { id, time, price, reason, notes, ...doubt };
      this.records.addExit(recommendation, recorded, this.#risk.emergencyStopLossPct);
    } else this.#closedOnPaper.add(recommendation.id);
    this.#outcomes.push(outcomeOf(trip, account.name, doubt));
    this.#emitExit({ id }, trip, account, watched, { notes, ...doubt });
    account.value();
    this.#emit(equityRow(account, exit.time, name, undefined, this.#now));
    this.#checkLimit(account, exit.time);
  }

  /** Books a corrected record: all that the user recorded is booked anew, the paper account is not touched. */
  amend(event: AmendmentRecorded, recommendation: Recommendation, record: TradeRecord, life: Life): void {
    const { target, correction } = event;
    const movesMoney = correction.price !== undefined || correction.quantity !== undefined;
    const change = () => this.records.replace(recommendation.id, record);
    const anew = this.#bookAnew(recommendation, life, change, movesMoney);
    const { before, after, trip } = anew;
    this.#emit({ type: "amendment", ...about(event, recommendation, this.#now), target, correction, before, after });
    if (trip !== undefined && before.exit !== undefined && after.exit !== undefined) {
      const id = { id: after.exit.id, replaces: before.exit.id };
      this.#emitExit(id, trip, this.manual, undefined, after.exit);
    }
    this.#afterCorrection(event, anew.halts);
  }

  /** Books that all that was recorded of a recommendation is taken back. */
  takeBack(event: VoidRecorded, recommendation: Recommendation, life: Life): void {
    const anew = this.#bookAnew(recommendation, life, () => this.records.takeBack(recommendation.id));
    const { before, after } = anew;
    this.#emit({ type: "void", ...about(event, recommendation, this.#now), before, after });
    this.#afterCorrection(event, anew.halts);
  }

  /** Forgets a working paper order that the journal knows to have ended. */
  dropWorking(id: string): void {
    if (this.#trade?.state === "working" && this.#trade.recommendation.id === id) this.#trade = undefined;
  }

  /** Ends a halt; the limit's peak starts anew at the balance. */
  reset(account: Account, time: Micros, reason: string, id: string): void {
    account.reset();
    if (account === this.manual) this.records.addReset();
    this.#emit({ type: "haltEnded", id, account: account.name, time, reason, at: this.#now });
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
    const abandoned = new Set(paper.positions.keys());
    if (this.#trade !== undefined) abandoned.add(this.#trade.recommendation.id);
    this.#trade = undefined;
    for (const of of abandoned) this.#closedOnPaper.add(of);
    paper.startAnew();
    const before = { balance, closedTrades, wins, maxDrawdown, abandoned: abandoned.size };
    this.#emit({ type: "paperReset", id, account: "paper", time, reason, startBalance, before, at: this.#now });
    this.#emit(equityRow(paper, time, id, undefined, this.#now));
  }

  /** Takes other limits: what is tighter at once, what is looser on the trading day `from`. */
  wantLimits({ id, time, limits }: LimitsChanged, from: string): void {
    const before = this.#limits.current;
    this.#hold(withLimits(this.#limits, limits, from));
    this.#emit({ type: "limits", id, time, limits, from, before, at: this.#now });
  }

  /** Open positions of every account, valued at `price`. */
  openPositions(price: Ticks | undefined): readonly OpenPosition[] {
    return [this.manual, this.paper].flatMap((account) =>
      [...account.positions.values()].map((position) => ({
        recommendation: position.recommendation,
        account: account.name,
        quantity: position.quantity,
        entryPrice: position.entryPrice,
        entryTime: position.entryTime,
        openPnl: price === undefined ? undefined : position.openPnl(price),
      })),
    );
  }

  #hold(limits: LimitsInForce): void {
    if (limits === this.#limits) return;
    this.#limits = limits;
    this.#risk = { ...this.#settings.risk, ...limits.current };
  }

  #leave(account: Account, time: Micros): void {
    if (account !== this.paper) return;
    this.#cancelWorking(time, "CANCELLED_HALTED");
    this.#trade?.flattenNext();
  }

  #cancelWorking(time: Micros, reason: CancelReason): void {
    const trade = this.#trade;
    if (trade !== undefined) this.#report(trade, trade.cancel(time, reason));
  }

  #report(trade: PaperTrade, report: PaperReport | undefined): void {
    if (report === undefined) return;
    const { recommendation, quantity } = trade;
    const { id, instrument } = recommendation;
    switch (report.type) {
      case "canceled": {
        this.#trade = undefined;
        const { time, reason } = report;
        const cancel = {
          id: `cancel:paper:${id}`,
          recommendation: id,
          account: "paper",
          instrument,
          time,
          reason,
        } as const;
        this.#emit({ type: "cancel", ...cancel, at: this.#now });
        return;
      }
      case "filled": {
        const fill = { id: `fill:paper:${id}`, time: report.time, price: report.price, quantity };
        this.paper.fill(recommendation, fill);
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

  #mark(price: number, time: Micros, instrument: Instrument): void {
    for (const account of [this.manual, this.paper]) {
      if (account.holds(instrument)) this.#markAccount(account, price, time, instrument);
    }
  }

  // At its open, the adverse extreme, the favourable one and its close; the bar that fills at the adverse one and its close.
  #markBar(account: Account, bar: MetBar, instrument: Instrument, wasOpen: boolean): void {
    if (!account.holds(instrument)) return;
    const isShort = account.sideIn(instrument) < 0;
    const [adverse, favourable] = isShort ? [bar.high, bar.low] : [bar.low, bar.high];
    if (wasOpen) this.#markAccount(account, bar.open, bar.start, instrument);
    this.#markAccount(account, adverse, bar.end, instrument);
    if (wasOpen) this.#markAccount(account, favourable, bar.end, instrument);
    this.#markAccount(account, bar.close, bar.end, instrument);
  }

  #markAccount(account: Account, price: number, time: Micros, instrument: Instrument): void {
    account.mark(price, instrument);
    this.#checkLimit(account, time);
  }

  #checkLimit(account: Account, time: Micros): void {
    if (account.halted || !account.breaches(this.#risk.emergencyStopLossPct)) return;
    this.#emitHalt(account, time);
    this.halt(account, time);
  }

  #emitHalt(account: Account, time: Micros): void {
    const { name, equity, limitPeak: peak } = account;
    this.#emit({ type: "halt", id: `halt:${name}:${time}`, account: name, time, equity, peak, at: this.#now });
  }

  #emitExit(
    id: { readonly id: string; readonly replaces?: string },
    trip: RoundTrip,
    account: Account,
    watched: Watched | undefined,
    said: Doubt & Pick<ExitFacts, "notes">,
  ): void {
    const now = Math.max(this.#now, trip.exitTime) as Micros;
    const { context } = trip.recommendation;
    const learned = learnedAbout(context, account.name, this.#outcomes, now, this.#settings.bayes);
    this.#emit(exitOutput(id, trip, account, learned, watched, said.notes, doubtOf(said), this.#now));
  }

  /** Changes the user's records and folds them; the learning rows keep their order. */
  #bookAnew(recommendation: Recommendation, life: Life, change: () => void, movesMoney = true) {
    const { id } = recommendation;
    const { halted: wasHalted, marks } = this.manual;
    const before = this.#recordAndBalance(id);
    this.records.lead(id, life);
    change();
    const trips = this.records.fold(this.manual);
    this.manual.revalue(marks);
    if (!movesMoney) this.manual.restoreMarks(marks);
    this.#outcomes = this.#outcomes.flatMap((row) => {
      if (row.account === "paper") return [row];
      const trip = trips.get(row.recommendation);
      if (trip === undefined) return [];
      const { exit } = this.records.of(row.recommendation);
      return [outcomeOf(trip, "manual", doubtOf({ unverified: row.unverified === true || exit?.unverified === true }))];
    });
    const halts = this.manual.halted && !wasHalted;
    return { before, after: this.#recordAndBalance(id), trip: trips.get(id), halts };
  }

  #afterCorrection({ id, time }: AmendmentRecorded | VoidRecorded, halts: boolean): void {
    const { manual } = this;
    this.#emit(equityRow(manual, time, id, undefined, this.#now));
    if (halts) this.#emitHalt(manual, time);
    else this.#checkLimit(manual, time);
  }

  #recordAndBalance(id: string): RecordAndBalance {
    const netPnl = this.#outcomes.find((row) => row.account === "manual" && row.recommendation === id)?.netPnl;
    return { ...this.records.of(id), netPnl, balance: this.manual.balance };
  }
}

/** What an amendment and a void say alike. */
function about(event: AmendmentRecorded | VoidRecorded, { id, instrument }: Recommendation, at: Micros) {
  return {
    id: event.id,
    recommendation: id,
    account: "manual",
    instrument,
    time: event.time,
    why: event.why,
    at,
  } as const;
}
