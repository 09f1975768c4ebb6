import type { ExitReason } from "../events.js";
import { checkDrawdown } from "../guards/limits.js";
import { checkBooked } from "../guards/paperBooks.js";
import { prove } from "../guards/verdict.js";
import { type Instrument, tickValue, toCents } from "../instrument.js";
import type { AccountName, Recommendation } from "../sizing/recommendation.js";
import { type Cents, type Micros, roundHalfAway, type Ticks } from "../units.js";

interface BookedFill {
  readonly time: Micros;
  readonly price: Ticks;
  readonly quantity: number;
  /** Nothing could verify its price. */
  readonly unverified?: boolean;
}

type Contract = Pick<Instrument, "symbol">;

/** Contracts held for one recommendation. */
export class Position {
  readonly recommendation: Recommendation;
  readonly fills: BookedFill[] = [];

  constructor(recommendation: Recommendation) {
    this.recommendation = recommendation;
  }

  get side(): 1 | -1 {
    return this.recommendation.action === "BUY" ? 1 : -1;
  }

  get quantity(): number {
    return this.fills.reduce((sum, fill) => sum + fill.quantity, 0);
  }

  get entryTime(): Micros {
    return this.fills[0]?.time ?? this.recommendation.time;
  }

  get unverified(): boolean {
    return this.fills.some((fill) => fill.unverified === true);
  }

  /** Quantity-weighted mean, in ticks. */
  get entryPrice(): number {
    return this.fills.reduce((sum, fill) => sum + fill.price * fill.quantity, 0) / this.quantity;
  }

  /** Profit at `price` after both sides' commission, in cents, not rounded. */
  openPnl(price: number): number {
    const { instrument } = this.recommendation;
    const ticks = this.fills.reduce((sum, fill) => sum + (price - fill.price) * fill.quantity, 0);
    return (this.side * ticks * tickValue(instrument) - 2 * instrument.commission * this.quantity) * 100;
  }

  /** Both sides' commission, rounded once. */
  get commission(): Cents {
    return commissionOf(this.recommendation.instrument, this.quantity);
  }
}

/** Both sides' commission of a number of contracts, rounded once. */
export function commissionOf({ commission }: Instrument, quantity: number): Cents {
  return roundHalfAway(Number((2 * commission * quantity * 100).toPrecision(15))) as Cents;
}

/** A position that was closed and booked. */
export interface RoundTrip {
  readonly recommendation: Recommendation;
  readonly quantity: number;
  readonly entryTime: Micros;
  readonly entryPrice: number;
  readonly exitTime: Micros;
  readonly exitPrice: Ticks;
  readonly reason: ExitReason;
  readonly grossPnl: Cents;
  readonly commission: Cents;
  readonly netPnl: Cents;
  /** Before costs: ticks gained over ticks risked. */
  readonly rMultiple: number;
  readonly balanceBefore: Cents;
  readonly balanceAfter: Cents;
}

/** One book: balance, open positions, marked equity and its peaks (`ENGINE.md` 8, 10). */
export class Account {
  readonly name: AccountName;
  readonly startBalance: Cents;
  readonly positions = new Map<string, Position>();
  #balance: Cents;
  #equity: number;
  #peak: number;
  #limitPeak: number;
  #drawdown = 0;
  #maxDrawdown = 0;
  #closedTrades = 0;
  #wins = 0;
  #halted = false;
  #killed = false;
  #dayOpen = 0;
  #fillTimes: number[] = [];
  #closes: { time: number; net: number }[] = [];
  /** Last print by symbol, since a position of it was opened. */
  readonly #lastPrices = new Map<string, number>();

  constructor(name: AccountName, startBalance: Cents) {
    this.name = name;
    this.startBalance = startBalance;
    this.#balance = startBalance;
    this.#equity = startBalance;
    this.#peak = startBalance;
    this.#limitPeak = startBalance;
  }

  get balance(): Cents {
    return this.#balance;
  }

  /** Balance and open positions at the last mark, in cents, not rounded. */
  get equity(): number {
    return this.#equity;
  }

  /** All-time peak of marked equity. */
  get peak(): number {
    return this.#peak;
  }

  /** The emergency stop's own peak, which a reset re-bases. */
  get limitPeak(): number {
    return this.#limitPeak;
  }

  /** Fall from the peak at the last mark, and the worst so far, as fractions. */
  get drawdown(): number {
    return this.#drawdown;
  }

  get maxDrawdown(): number {
    return this.#maxDrawdown;
  }

  /** Closed since its balance was the start balance, and those of them that won. */
  get closedTrades(): number {
    return this.#closedTrades;
  }

  get wins(): number {
    return this.#wins;
  }

  /** By the emergency stop or by the user: no new entry. */
  get halted(): boolean {
    return this.#halted || this.#killed;
  }

  /** By the user, so that the user alone ends it. */
  get killed(): boolean {
    return this.#killed;
  }

  /** Whether a position of this contract is open. */
  holds(contract: Contract): boolean {
    for (const { recommendation } of this.positions.values()) {
      if (recommendation.instrument.symbol === contract.symbol) return true;
    }
    return false;
  }

  /** Net side of its positions in this contract: above 0 long, below 0 short. */
  sideIn(contract: Contract): number {
    let sum = 0;
    for (const { recommendation, side, quantity } of this.positions.values()) {
      if (recommendation.instrument.symbol === contract.symbol) sum += side * quantity;
    }
    return sum;
  }

  get openContracts(): number {
    let sum = 0;
    for (const position of this.positions.values()) sum += position.quantity;
    return sum;
  }

  /** Fills of the current trading day. */
  get fillsToday(): number {
    return this.#fillTimes.filter((time) => time >= this.#dayOpen).length;
  }

  /** Net cents booked in the current trading day. */
  get pnlToday(): Cents {
    return this.#closedToday().reduce((sum, close) => sum + close.net, 0) as Cents;
  }

  /** Losses in a row, counted anew each trading day; a break-even is a loss. */
  get losingStreak(): number {
    const closes = this.#closedToday();
    const lastWin = closes.findLastIndex((close) => close.net > 0);
    return closes.length - 1 - lastWin;
  }

  /** A trading day begins. */
  beginDay(open: Micros): void {
    this.#dayOpen = open;
    this.#fillTimes = this.#fillTimes.filter((time) => time >= open);
    this.#closes = this.#closedToday();
  }

  /** What is booked tells of a trading day whose begin no market told; it never leads back. */
  reachDay(open: Micros): void {
    this.#dayOpen = Math.max(this.#dayOpen, open);
  }

  fill(recommendation: Recommendation, fill: BookedFill): Position {
    // What was printed before the position was opened does not value it.
    if (!this.holds(recommendation.instrument)) this.#lastPrices.delete(recommendation.instrument.symbol);
    const position = this.positions.get(recommendation.id) ?? new Position(recommendation);
    this.positions.set(recommendation.id, position);
    position.fills.push(fill);
    this.#fillTimes.push(fill.time);
    return position;
  }

  /** Books the exit of a whole position. */
  close(position: Position, time: Micros, price: Ticks, reason: ExitReason): RoundTrip {
    const { recommendation, quantity, entryPrice, commission, side } = position;
    const { instrument } = recommendation;
    const grossPnl = position.fills.reduce(
      (sum, fill) => sum + toCents(side * (price - fill.price), fill.quantity, instrument),
      0,
    ) as Cents;
    const netPnl = (grossPnl - commission) as Cents;
    const balanceBefore = this.#balance;
    this.#balance = (this.#balance + netPnl) as Cents;
    prove(checkBooked({ grossPnl, commission, netPnl, balanceBefore, balanceAfter: this.#balance }));
    this.positions.delete(recommendation.id);
    this.#closes.push({ time, net: netPnl });
    this.#closedTrades++;
    if (netPnl > 0) this.#wins++;
    const risked = Math.abs(entryPrice - recommendation.stop);
    return {
      recommendation,
      quantity,
      entryTime: position.entryTime,
      entryPrice,
      exitTime: time,
      exitPrice: price,
      reason,
      grossPnl,
      commission,
      netPnl,
      // A break-even SHORT is 0, not -0.
      rMultiple: risked === 0 ? 0 : (side * (price - entryPrice)) / risked + 0,
      balanceBefore,
      balanceAfter: this.#balance,
    };
  }

  /** Takes note of a print and values the open positions, each at the last print of its own contract. */
  mark(price: number, { symbol }: Contract): void {
    this.#lastPrices.set(symbol, price);
    this.value();
  }

  /** Values the open positions, each at the last print of its own contract; before one it is worth nothing yet. */
  value(): void {
    let equity: number = this.#balance;
    for (const position of this.positions.values()) {
      const price = this.#lastPrices.get(position.recommendation.instrument.symbol);
      if (price !== undefined) equity += position.openPnl(price);
    }
    this.#markAt(equity);
  }

  /** Whether marked equity has fallen by `limit` (a fraction; 0 is off) from the limit's peak. */
  breaches(limit: number): boolean {
    const state = { limitPeak: this.#limitPeak, equity: this.#equity };
    return checkDrawdown(state, { emergencyStopLossPct: limit }).verdict === "deny";
  }

  halt(): void {
    this.#halted = true;
  }

  kill(): void {
    this.#killed = true;
  }

  /**
   * Lets the account trade again; the limit's peak starts anew: at marked equity, which is the balance where nothing is open, or
   * at the balance.
   */
  reset(from: "equity" | "balance" = "equity"): void {
    this.#halted = false;
    this.#killed = false;
    this.#limitPeak = from === "equity" ? this.#equity : this.#balance;
  }

  /** Forgets every fill, exit and mark, so that they can be booked anew; a halt and the day stay. */
  startAnew(): void {
    this.positions.clear();
    this.#lastPrices.clear();
    this.#balance = this.startBalance;
    this.#equity = this.startBalance;
    this.#peak = this.startBalance;
    this.#limitPeak = this.startBalance;
    this.#drawdown = 0;
    this.#maxDrawdown = 0;
    this.#closedTrades = 0;
    this.#wins = 0;
    this.#fillTimes = [];
    this.#closes = [];
  }

  /** Takes over what the journal knows of earlier marks. */
  restorePeaks(peak: number, limitPeak: number, maxDrawdown: number): void {
    this.#peak = Math.max(this.#peak, peak);
    this.#limitPeak = limitPeak;
    this.#maxDrawdown = Math.max(this.#maxDrawdown, maxDrawdown);
    this.value();
  }

  #markAt(equity: number): void {
    this.#equity = equity;
    this.#peak = Math.max(this.#peak, equity);
    this.#limitPeak = Math.max(this.#limitPeak, equity);
    this.#drawdown = (this.#peak - equity) / this.#peak;
    this.#maxDrawdown = Math.max(this.#maxDrawdown, this.#drawdown);
  }

  #closedToday(): { time: number; net: number }[] {
    return this.#closes.filter((close) => close.time >= this.#dayOpen);
  }
}
