import { equityRow, exitOutput, type FillFacts, fillOutput, type Watched } from "./booking.js";
import { type Hours, type MetBar, type PaperReport, type PaperRules, PaperTrade } from "./broker/paperTrade.js";
import type {
  CancelReason,
  EngineOutput,
  ExitReason,
  KillSwitch,
  Learned,
  LimitsChanged,
  OpenPosition,
} from "./events.js";
import { type LimitsInForce, limitsOf, onTradingDay, withLimits } from "./guards/looserLimits.js";
import type { Instrument } from "./instrument.js";
import { Account, type Position, type RoundTrip } from "./ledger/account.js";
import type { TradingDay } from "./session.js";
import type { EngineSettings, RiskSettings, RunMode } from "./settings.js";
import { isOf, ShadowBook } from "./shadowBook.js";
import { learningRows, multiplier, type Outcome, posterior } from "./sizing/posterior.js";
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
  readonly outcomes: Outcome[] = [];
  readonly #settings: EngineSettings;
  readonly #mode: RunMode;
  readonly #rules: PaperRules;
  readonly #shadows: ShadowBook;
  readonly #emit: (output: EngineOutput) => void;
  readonly #book = new Map<string, Recommendation>();
  readonly #closed = new Map<string, Set<AccountName>>();
  /** The paper account's one order: first working, then open. */
  #trade: PaperTrade | undefined;
  #limits: LimitsInForce;
  #risk: RiskSettings;
  #now = 0 as Micros;

  constructor(settings: EngineSettings, mode: RunMode, emit: (output: EngineOutput) => void) {
    const start = Math.round(settings.paper.startBalance * 100) as Cents;
    this.manual = new Account("manual", start);
    this.paper = new Account("paper", start);
    this.#settings = settings;
    this.#risk = settings.risk;
    this.#limits = { current: limitsOf(settings.risk), next: undefined };
    this.#mode = mode;
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
    return this.#mode.paperTrades || this.outcomes.some((row) => row.account === "paper")
      ? [this.manual, this.paper]
      : [this.manual];
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

  isClosed(id: string, account: AccountName): boolean {
    return this.#closed.get(id)?.has(account) === true;
  }

  /** Whether the paper account has or had an order for it. */
  isAtWork(id: string): boolean {
    return this.#trade?.recommendation.id === id || this.isClosed(id, "paper");
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
    const trade = this.#trade;
    const wasOpen = trade?.state === "open";
    if (trade !== undefined && isOf(trade, instrument))
      for (const report of trade.onBar(bar)) this.#report(trade, report);
    this.#shadows.onBar(bar, instrument);
    const short = trade?.recommendation.action === "SHORT";
    const [adverse, favourable] = short ? [bar.high, bar.low] : [bar.low, bar.high];
    if (wasOpen) this.#mark(bar.open, bar.start, instrument);
    this.#mark(adverse, bar.end, instrument);
    if (wasOpen) this.#mark(favourable, bar.end, instrument);
    this.#mark(bar.close, bar.end, instrument);
  }

  /** Books a fill that came as an account event: the user's, or the paper account's from the journal. */
  bookFill(recommendation: Recommendation, account: Account, fill: FillFacts): void {
    if (account === this.paper) {
      this.#trade = new PaperTrade(recommendation, fill.quantity, this.#rules);
      this.#trade.adoptFill(fill.time, fill.price, recommendation.flatTime);
    }
    account.fill(recommendation, fill);
    this.#emit(fillOutput(recommendation, account, fill, this.#now));
  }

  /** Books the exit of a whole position, learns from it, and marks the balance. */
  bookExit(position: Position, account: Account, exit: ExitFacts, watched: Watched | undefined): void {
    if (account === this.paper) this.#trade = undefined;
    const trip = account.close(position, exit.time, exit.price, exit.reason);
    const doubt = exit.unverified === true || position.unverified ? { unverified: true } : {};
    const learned = this.#learn(trip, account, doubt);
    this.#emit({ ...exitOutput(trip, account, learned, watched, exit.notes, this.#now), ...doubt });
    account.mark(exit.price);
    this.#emit(equityRow(account, exit.time, trip.recommendation.id, undefined, this.#now));
    this.#checkLimit(account, exit.time);
  }

  /** Forgets a working paper order that the journal knows to have ended. */
  dropWorking(id: string): void {
    if (this.#trade?.state === "working" && this.#trade.recommendation.id === id) this.#trade = undefined;
  }

  /** Ends a halt; the limit's peak starts anew at the balance. */
  reset(account: Account, time: Micros, reason: string, id: string): void {
    account.reset();
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
      if (!account.holds(instrument)) continue;
      account.mark(price);
      this.#checkLimit(account, time);
    }
  }

  #checkLimit(account: Account, time: Micros): void {
    if (account.halted || !account.breaches(this.#risk.emergencyStopLossPct)) return;
    const { name, equity, limitPeak: peak } = account;
    this.#emit({ type: "halt", id: `halt:${name}:${time}`, account: name, time, equity, peak, at: this.#now });
    this.halt(account, time);
  }

  #learn(trip: RoundTrip, account: Account, doubt: Pick<Outcome, "unverified">): Learned {
    const { id, context } = trip.recommendation;
    this.#closed.set(id, (this.#closed.get(id) ?? new Set()).add(account.name));
    const win = trip.netPnl > 0;
    const { rMultiple, netPnl, exitTime } = trip;
    this.outcomes.push({
      recommendation: id,
      account: account.name,
      context,
      win,
      rMultiple,
      netPnl,
      exitTime,
      ...doubt,
    });
    const rows = learningRows(this.outcomes, account.name, this.#settings.bayes.learnFrom);
    const now = Math.max(this.#now, exitTime) as Micros;
    const belief = posterior(rows, context, now, this.#settings.bayes);
    const own = rows.filter((row) => row.context === context);
    const wins = own.filter((row) => row.win).length;
    const times = multiplier(belief, this.#settings.bayes);
    return { context, trades: own.length, wins, confidence: belief.mean, multiplier: times };
  }
}
