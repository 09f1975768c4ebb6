import { type Hours, type MetBar, type PaperReport, type PaperRules, PaperTrade } from "./broker/paperTrade.js";
import type { CancelReason, EngineOutput, EquityRow, ExitReason, Learned, OpenPosition } from "./events.js";
import { toCents, toPoints } from "./instrument.js";
import { Account, type Position, type RoundTrip } from "./ledger/account.js";
import type { TradingDay } from "./session.js";
import type { EngineSettings, RunMode } from "./settings.js";
import { learningRows, multiplier, type Outcome, posterior } from "./sizing/posterior.js";
import type { AccountName, Recommendation } from "./sizing/recommendation.js";
import { type Cents, MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros, type Ticks } from "./units.js";

/** Excursions in ticks from the entry, where someone watched. */
interface Watched {
  readonly mae: number;
  readonly mfe: number;
}

/** The two accounts, the paper orders at work, and what is learned from them. Outputs go to the list it is given. */
export class Desk {
  readonly manual: Account;
  readonly paper: Account;
  readonly outcomes: Outcome[] = [];
  readonly #settings: EngineSettings;
  readonly #mode: RunMode;
  readonly #rules: PaperRules;
  readonly #emit: (output: EngineOutput) => void;
  readonly #book = new Map<string, Recommendation>();
  readonly #closed = new Map<string, Set<AccountName>>();
  #working: PaperTrade | undefined;
  #open: PaperTrade | undefined;
  #shadows: PaperTrade[] = [];
  #now = 0 as Micros;

  constructor(settings: EngineSettings, mode: RunMode, emit: (output: EngineOutput) => void) {
    const start = Math.round(settings.paper.startBalance * 100) as Cents;
    this.manual = new Account("manual", start);
    this.paper = new Account("paper", start);
    this.#settings = settings;
    this.#mode = mode;
    this.#emit = emit;
    this.#rules = {
      slippageTicks: Math.ceil(settings.paper.marketSlippageTicks),
      latency: settings.paper.entryLatencySeconds * MICROS_PER_SECOND,
      maxHold: settings.paper.maxHoldMinutes * MICROS_PER_MINUTE,
    };
  }

  /** The account whose balance, limits and results size a signal. */
  get leading(): Account {
    return this.account(this.#mode.leading);
  }

  /** The accounts that this run keeps. */
  get active(): readonly Account[] {
    if (this.#mode.leading === "paper") return [this.paper];
    return this.#mode.paperTrades ? [this.manual, this.paper] : [this.manual];
  }

  /** Whether a print could change anything here. */
  get watching(): boolean {
    return (
      this.#working !== undefined ||
      this.#open !== undefined ||
      this.#shadows.length > 0 ||
      this.manual.positions.size > 0 ||
      this.paper.positions.size > 0
    );
  }

  /** When the next entry expires; infinity without one. */
  get nextExpiry(): number {
    let next = this.#working?.expires ?? Number.POSITIVE_INFINITY;
    for (const shadow of this.#shadows) next = Math.min(next, shadow.expires);
    return next;
  }

  get workingEntries(): number {
    return this.#working === undefined ? 0 : 1;
  }

  account(name: AccountName): Account {
    return name === "manual" ? this.manual : this.paper;
  }

  recommendation(id: string): Recommendation | undefined {
    return this.#book.get(id);
  }

  get recommendations(): Iterable<Recommendation> {
    return this.#book.values();
  }

  isClosed(id: string, account: AccountName): boolean {
    return this.#closed.get(id)?.has(account) === true;
  }

  /** The engine's time, which stamps what is emitted. */
  setTime(now: Micros): void {
    this.#now = now;
  }

  /** Takes note of a recommendation and follows its shadow. */
  register(recommendation: Recommendation): void {
    this.#book.set(recommendation.id, recommendation);
    this.#shadows.push(new PaperTrade(recommendation, recommendation.quantity, this.#rules));
  }

  /** Takes note of a recommendation of an earlier run; its shadow was followed then. */
  restore(recommendation: Recommendation): void {
    if (!this.#book.has(recommendation.id)) this.#book.set(recommendation.id, recommendation);
  }

  /** Puts a paper order to work; it replaces an unfilled one. */
  submit(recommendation: Recommendation, quantity: number): void {
    this.#cancelWorking(recommendation.time, "CANCELLED_REPLACED");
    this.#working = new PaperTrade(recommendation, quantity, this.#rules);
  }

  /** Whether the paper account has or had an order for it. */
  isAtWork(id: string): boolean {
    const open = this.#open?.recommendation.id === id || this.#working?.recommendation.id === id;
    return open || this.isClosed(id, "paper");
  }

  beginDay(day: TradingDay): void {
    this.manual.beginDay(day.open);
    this.paper.beginDay(day.open);
  }

  /** Books the end of a trading day: an equity row for each account, and where no user can, the end of a halt. */
  endDay(day: TradingDay): void {
    for (const account of this.active) {
      this.#emit(this.#equityRow(account, day.close, `equity:${account.name}:${day.date}`, day.date));
      if (!account.halted || !this.#mode.haltEndsWithSession) continue;
      account.reset();
      this.#emitHaltEnded(account, day.close, "session end", `haltEnded:${account.name}:${day.date}`);
    }
  }

  /** Ends the entries that are due at `time`. */
  expire(time: Micros): void {
    if (this.#working !== undefined && this.#working.expires <= time) this.#cancelWorking(time, "EXPIRED");
    for (const shadow of this.#shadows)
      if (shadow.expires <= time) this.#shadowReport(shadow, shadow.cancel(time, "EXPIRED"));
    this.#sweepShadows();
  }

  /** A print meets orders and positions; then equity is marked and the limits are checked. */
  onTrade(time: Micros, price: Ticks, hours: Hours): void {
    if (this.#working !== undefined) this.#paperReport(this.#working, this.#working.onTrade(time, price, hours));
    else if (this.#open !== undefined) this.#paperReport(this.#open, this.#open.onTrade(time, price, hours));
    if (this.#shadows.length > 0) {
      for (const shadow of this.#shadows) this.#shadowReport(shadow, shadow.onTrade(time, price, hours));
      this.#sweepShadows();
    }
    this.#mark(price, time);
  }

  /** A ready-made bar meets them (`ENGINE.md` 8.1). Entries expire at the start of the bar that ends after the flat time. */
  onBar(bar: MetBar): void {
    if (bar.flat) this.expire(bar.start);
    const held = this.#open ?? this.#working;
    const wasOpen = this.#open !== undefined;
    const reports = held?.onBar(bar) ?? [];
    if (held !== undefined) for (const report of reports) this.#paperReport(held, report);
    for (const shadow of this.#shadows) for (const report of shadow.onBar(bar)) this.#shadowReport(shadow, report);
    this.#sweepShadows();
    const up = (this.#open ?? held)?.recommendation.action !== "SHORT";
    const [adverse, favourable] = up ? [bar.low, bar.high] : [bar.high, bar.low];
    const close = bar.close;
    if (this.#open === undefined) this.#mark(close, bar.end);
    else if (!wasOpen) for (const price of [adverse, close]) this.#mark(price, bar.end);
    else {
      this.#mark(bar.open, bar.start);
      for (const price of [adverse, favourable, close]) this.#mark(price, bar.end);
    }
  }

  /** Books a fill that came as an account event: the user's, or the paper account's from the journal. */
  bookFill(
    recommendation: Recommendation,
    account: Account,
    fill: {
      readonly id: string;
      readonly time: Micros;
      readonly price: Ticks;
      readonly quantity: number;
      readonly notes?: string;
    },
  ): void {
    if (account === this.paper) this.#adopt(recommendation, fill);
    account.fill(recommendation, fill);
    this.#emitFill(recommendation, account, fill.id, fill, fill.notes);
  }

  /** Books an exit that came as an account event. */
  bookExit(
    position: Position,
    account: Account,
    exit: { readonly time: Micros; readonly price: Ticks; readonly reason: ExitReason; readonly notes?: string },
    watched: Watched | undefined,
  ): void {
    if (account === this.paper) this.#open = undefined;
    const trip = account.close(position, exit.time, exit.price, exit.reason);
    this.#emitExit(trip, account, watched, exit.notes);
    account.mark(exit.price);
    this.#emit(this.#equityRow(account, exit.time, `equity:${account.name}:${trip.recommendation.id}`, undefined));
  }

  /** Forgets a working paper order that the journal knows to have ended. */
  dropWorking(id: string): boolean {
    if (this.#working?.recommendation.id !== id) return false;
    this.#working = undefined;
    return true;
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

  #adopt(
    recommendation: Recommendation,
    fill: { readonly time: Micros; readonly price: Ticks; readonly quantity: number },
  ): void {
    this.dropWorking(recommendation.id);
    this.#open = new PaperTrade(recommendation, fill.quantity, this.#rules);
    this.#open.adoptFill(fill.time, fill.price, recommendation.flatTime);
  }

  #cancelWorking(time: Micros, reason: CancelReason): void {
    const working = this.#working;
    if (working !== undefined) this.#paperReport(working, working.cancel(time, reason));
  }

  #paperReport(trade: PaperTrade, report: PaperReport | undefined): void {
    if (report === undefined) return;
    const { recommendation, quantity } = trade;
    const { id, instrument } = recommendation;
    switch (report.type) {
      case "canceled":
        this.#working = undefined;
        this.#emit({
          type: "cancel",
          id: `cancel:paper:${id}`,
          recommendation: id,
          account: "paper",
          instrument,
          time: report.time,
          reason: report.reason,
          at: this.#now,
        });
        return;
      case "filled": {
        this.#working = undefined;
        this.#open = trade;
        const fill = { time: report.time, price: report.price, quantity };
        this.paper.fill(recommendation, fill);
        this.#emitFill(recommendation, this.paper, `fill:paper:${id}`, fill, undefined);
        return;
      }
      case "closed": {
        const position = this.paper.positions.get(id);
        if (position === undefined) throw new Error(`The paper account holds no position of ${id}`);
        this.bookExit(position, this.paper, report, { mae: report.mae, mfe: report.mfe });
        return;
      }
      default:
        report satisfies never;
    }
  }

  #shadowReport(trade: PaperTrade, report: PaperReport | undefined): void {
    if (report === undefined || report.type === "filled") return;
    const { recommendation, quantity } = trade;
    const { id, instrument } = recommendation;
    const shadow = { type: "shadow", id: `shadow:${id}`, recommendation: id, instrument, time: report.time } as const;
    if (report.type === "canceled") {
      const none = { entryTime: undefined, entryPrice: undefined, price: undefined, netPnl: 0 as Cents };
      this.#emit({ ...shadow, ...none, reason: report.reason, rMultiple: 0, maePoints: 0, mfePoints: 0 });
      return;
    }
    const side = recommendation.action === "BUY" ? 1 : -1;
    const ticks = side * (report.price - trade.entryPrice);
    const fees = Math.round(2 * instrument.commission * quantity * 100);
    const risked = Math.abs(trade.entryPrice - recommendation.stop);
    this.#emit({
      ...shadow,
      entryTime: trade.entryTime,
      entryPrice: trade.entryPrice,
      price: report.price,
      reason: report.reason,
      netPnl: (toCents(ticks, quantity, instrument) - fees) as Cents,
      rMultiple: risked === 0 ? 0 : ticks / risked,
      maePoints: toPoints(report.mae, instrument),
      mfePoints: toPoints(report.mfe, instrument),
    });
  }

  #sweepShadows(): void {
    if (this.#shadows.some((shadow) => shadow.state === "done")) {
      this.#shadows = this.#shadows.filter((shadow) => shadow.state !== "done");
    }
  }

  #mark(price: number, time: Micros): void {
    for (const account of [this.manual, this.paper]) {
      if (account.positions.size === 0) continue;
      account.mark(price);
      this.#checkLimit(account, time);
    }
  }

  #checkLimit(account: Account, time: Micros): void {
    if (account.halted || !account.breaches(this.#settings.risk.emergencyStopLossPct)) return;
    account.halt();
    this.#emit({
      type: "halt",
      id: `halt:${account.name}:${time}`,
      account: account.name,
      time,
      equity: account.equity,
      peak: account.limitPeak,
      at: this.#now,
    });
    if (account !== this.paper) return;
    this.#cancelWorking(time, "CANCELLED_HALTED");
    this.#open?.flattenNext();
  }

  /** Ends a halt at the user's word. */
  reset(account: Account, time: Micros, reason: string, id: string): void {
    account.reset();
    this.#emitHaltEnded(account, time, reason, id);
  }

  #emitHaltEnded(account: Account, time: Micros, reason: string, id: string): void {
    this.#emit({ type: "haltEnded", id, account: account.name, time, reason, at: this.#now });
  }

  #emitFill(
    recommendation: Recommendation,
    account: Account,
    id: string,
    fill: { readonly time: Micros; readonly price: Ticks; readonly quantity: number },
    notes: string | undefined,
  ): void {
    this.#emit({
      type: "fill",
      id,
      recommendation: recommendation.id,
      account: account.name,
      instrument: recommendation.instrument,
      direction: recommendation.action,
      time: fill.time,
      price: fill.price,
      quantity: fill.quantity,
      late: account === this.manual && fill.time > recommendation.lateAfter,
      notes,
      at: this.#now,
    });
  }

  #emitExit(trip: RoundTrip, account: Account, watched: Watched | undefined, notes: string | undefined): void {
    const { recommendation } = trip;
    const { id, instrument, action } = recommendation;
    const side = action === "BUY" ? 1 : -1;
    const learned = this.#learn(trip, account);
    this.#emit({
      type: "exit",
      id: `exit:${account.name}:${id}`,
      recommendation: id,
      account: account.name,
      instrument,
      direction: action,
      tradingDay: recommendation.tradingDay,
      time: trip.exitTime,
      price: trip.exitPrice,
      quantity: trip.quantity,
      reason: trip.reason,
      reasonChecked: account === this.manual ? checkedReason(trip) : trip.reason,
      entryTime: trip.entryTime,
      entryPrice: trip.entryPrice,
      signalPrice: recommendation.signalPrice,
      grossPnl: trip.grossPnl,
      commission: trip.commission,
      netPnl: trip.netPnl,
      points: toPoints(side * (trip.exitPrice - trip.entryPrice), instrument),
      returnFraction: (side * (trip.exitPrice - trip.entryPrice)) / trip.entryPrice,
      rMultiple: trip.rMultiple,
      win: trip.netPnl > 0,
      maePoints: watched === undefined ? undefined : toPoints(watched.mae, instrument),
      mfePoints: watched === undefined ? undefined : toPoints(watched.mfe, instrument),
      balanceBefore: trip.balanceBefore,
      balanceAfter: trip.balanceAfter,
      context: recommendation.context,
      confidence: recommendation.confidence,
      multiplier: recommendation.multiplier,
      ratio: recommendation.ratio,
      strength: recommendation.strength,
      learned,
      notes,
      at: this.#now,
    });
  }

  #learn(trip: RoundTrip, account: Account): Learned {
    const { id, context } = trip.recommendation;
    const closed = this.#closed.get(id) ?? new Set();
    this.#closed.set(id, closed.add(account.name));
    this.outcomes.push({
      recommendation: id,
      account: account.name,
      context,
      win: trip.netPnl > 0,
      rMultiple: trip.rMultiple,
      netPnl: trip.netPnl,
      exitTime: trip.exitTime,
    });
    const rows = learningRows(this.outcomes, account.name, this.#settings.bayes.learnFrom);
    const now = Math.max(this.#now, trip.exitTime) as Micros;
    const belief = posterior(rows, context, now, this.#settings.bayes);
    const own = rows.filter((other) => other.context === context);
    return {
      context,
      trades: own.length,
      wins: own.filter((other) => other.win).length,
      confidence: belief.mean,
      multiplier: multiplier(belief, this.#settings.bayes),
    };
  }

  #equityRow(account: Account, time: Micros, id: string, tradingDay: string | undefined): EquityRow {
    return {
      type: "equity",
      id,
      account: account.name,
      time,
      tradingDay,
      balance: account.balance,
      drawdown: account.drawdown,
      maxDrawdown: account.maxDrawdown,
      peak: account.peak,
      limitPeak: account.limitPeak,
      pnlToday: account.pnlToday,
      tradesToday: account.fillsToday,
      at: this.#now,
    };
  }
}

const CLAIM_TICKS = 2;

// A claimed target that is more than two ticks short, or a claimed stop above it, was an exit by hand (ENGINE.md 9).
function checkedReason(trip: RoundTrip): ExitReason {
  const { recommendation, exitPrice, reason } = trip;
  const side = recommendation.action === "BUY" ? 1 : -1;
  if (reason === "target" && side * (recommendation.target - exitPrice) > CLAIM_TICKS) return "manual";
  if (reason === "stop" && side * (exitPrice - recommendation.stop) > CLAIM_TICKS) return "manual";
  return reason;
}
