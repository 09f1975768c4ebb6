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

/** What is said of an exit when it is booked. */
export interface ExitFacts {
  readonly id: string;
  readonly time: Micros;
  readonly price: Ticks;
  readonly reason: ExitReason;
  readonly notes?: string | undefined;
  /** Whether an exit by hand went against the plan; absent where nobody said so. */
  readonly override?: boolean;
  /** Nothing could verify its price. */
  readonly unverified?: boolean;
}

/** An exit that was booked: of a part of a position, or of all that was left of it. */
export interface BookedExit extends ExitFacts {
  readonly quantity: number;
  /** Contracts that were filled until then, the quantity-weighted mean of their prices in ticks, and those of them that it left open. */
  readonly filled: number;
  readonly entryPrice: number;
  readonly open: number;
  readonly grossPnl: Cents;
  readonly commission: Cents;
  readonly netPnl: Cents;
  readonly balanceBefore: Cents;
  readonly balanceAfter: Cents;
}

type Contract = Pick<Instrument, "symbol">;

/** Contracts held for one recommendation. What was filled first is closed first. */
export class Position {
  readonly recommendation: Recommendation;
  readonly fills: BookedFill[] = [];
  /** In the order in which they were booked. */
  readonly exits: BookedExit[] = [];

  constructor(recommendation: Recommendation) {
    this.recommendation = recommendation;
  }

  get side(): 1 | -1 {
    return this.recommendation.action === "BUY" ? 1 : -1;
  }

  /** Contracts that are open. */
  get quantity(): number {
    return this.filled - this.closed;
  }

  get filled(): number {
    return countOf(this.fills);
  }

  get closed(): number {
    return countOf(this.exits);
  }

  get entryTime(): Micros {
    return this.fills[0]?.time ?? this.recommendation.time;
  }

  /** Whether nothing could verify the price of one of its fills or exits. */
  get unverified(): boolean {
    return [...this.fills, ...this.exits].some(({ unverified }) => unverified === true);
  }

  /** Quantity-weighted mean of all fills, in ticks. */
  get entryPrice(): number {
    return meanPrice(this.fills);
  }

  /** Profit of what is open at `price` after both sides' commission, in cents, not rounded. */
  openPnl(price: number): number {
    const { instrument } = this.recommendation;
    let closed = this.closed;
    let ticks = 0;
    let open = 0;
    for (const fill of this.fills) {
      const gone = Math.min(closed, fill.quantity);
      closed -= gone;
      ticks += (price - fill.price) * (fill.quantity - gone);
      open += fill.quantity - gone;
    }
    return (this.side * ticks * tickValue(instrument) - 2 * instrument.commission * open) * 100;
  }

  /** Net cents of its exits so far. */
  get realised(): Cents {
    return this.exits.reduce((sum, exit) => sum + exit.netPnl, 0) as Cents;
  }

  /** Both sides' commission of those exits together, rounded once. */
  commissionOf(exits: readonly Counted[]): Cents {
    return commissionOf(this.recommendation.instrument, countOf(exits));
  }

  /**
   * What those exits together make before costs: rounded once for each fill and exit price, so that neither their number nor
   * their order changes what they come to.
   */
  grossOf(exits: readonly Counted[]): Cents {
    const prices = [...new Set(exits.map(({ price }) => price))].sort((a, b) => a - b);
    const left = prices.map((price) => ({ price, quantity: countOf(exits.filter((exit) => exit.price === price)) }));
    let sum = 0;
    for (const fill of this.fills) {
      let open = fill.quantity;
      for (let exit = left[0]; open > 0 && exit !== undefined; exit = left[0]) {
        const taken = Math.min(open, exit.quantity);
        sum += toCents(this.side * (exit.price - fill.price), taken, this.recommendation.instrument);
        open -= taken;
        exit.quantity -= taken;
        if (exit.quantity === 0) left.shift();
      }
    }
    return sum as Cents;
  }
}

/** Contracts, and the price of each. */
interface Counted {
  readonly price: Ticks;
  readonly quantity: number;
}

function countOf(parts: readonly Counted[]): number {
  return parts.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Quantity-weighted mean, in ticks; a fraction where they differ. */
export function meanPrice(parts: readonly Counted[]): number {
  return parts.reduce((sum, { price, quantity }) => sum + price * quantity, 0) / countOf(parts);
}

/** Both sides' commission of a number of contracts, rounded once. */
export function commissionOf({ commission }: Instrument, quantity: number): Cents {
  return roundHalfAway(Number((2 * commission * quantity * 100).toPrecision(15))) as Cents;
}

/** A position that was closed and booked, in one exit or in several. */
export interface RoundTrip {
  readonly recommendation: Recommendation;
  readonly quantity: number;
  readonly entryTime: Micros;
  readonly entryPrice: number;
  /** All exits in the order in which they were booked. */
  readonly exits: readonly BookedExit[];
  /** The exit that was last by its time; of several at that time the one that was booked last. */
  readonly last: BookedExit;
  readonly exitTime: Micros;
  /** Quantity-weighted mean of the exits, in ticks. */
  readonly exitPrice: number;
  readonly grossPnl: Cents;
  readonly commission: Cents;
  readonly netPnl: Cents;
  /** Nothing could verify the price of one of its fills or exits. */
  readonly unverified: boolean;
  /** Before costs: ticks gained over ticks risked. */
  readonly rMultiple: number;
  /** Without the trade. */
  readonly balanceBefore: Cents;
  readonly balanceAfter: Cents;
}

/** Net cents that were booked; where they closed a trade, what that made in all. */
interface Close {
  readonly time: number;
  readonly net: number;
  readonly trade: number | undefined;
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
  #closes: Close[] = [];
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

  /** Trades lost in a row, counted anew each trading day; a break-even is a loss. */
  get losingStreak(): number {
    const trades = this.#closedToday().flatMap(({ trade }) => (trade === undefined ? [] : [trade]));
    const lastWin = trades.findLastIndex((net) => net > 0);
    return trades.length - 1 - lastWin;
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

  /** Books the exit of a part of a position. Its money counts at once; that the trade was won or lost is known when it is closed. */
  closePart(position: Position, exit: ExitFacts & { readonly quantity: number }): BookedExit {
    if (exit.quantity >= position.quantity) throw new Error(`${exit.id} leaves nothing open`);
    const booked = this.#book(position, exit);
    this.#closes.push({ time: booked.time, net: booked.netPnl, trade: undefined });
    return booked;
  }

  /** Books the exit of all that is open of a position. */
  close(position: Position, exit: ExitFacts): RoundTrip {
    const { recommendation, entryPrice, side } = position;
    const booked = this.#book(position, { ...exit, quantity: position.quantity });
    const { exits, realised: netPnl } = position;
    this.positions.delete(recommendation.id);
    this.#closes.push({ time: booked.time, net: booked.netPnl, trade: netPnl });
    this.#closedTrades++;
    if (netPnl > 0) this.#wins++;
    const risked = Math.abs(entryPrice - recommendation.stop);
    const exitPrice = meanPrice(exits);
    const last = exits.reduce((latest, each) => (each.time >= latest.time ? each : latest));
    return {
      recommendation,
      quantity: position.filled,
      entryTime: position.entryTime,
      entryPrice,
      exits,
      last,
      exitTime: last.time,
      exitPrice,
      grossPnl: position.grossOf(exits),
      commission: position.commissionOf(exits),
      netPnl,
      unverified: position.unverified,
      // A break-even SHORT is 0, not -0.
      rMultiple: risked === 0 ? 0 : (side * (exitPrice - entryPrice)) / risked + 0,
      balanceBefore: (this.#balance - netPnl) as Cents,
      balanceAfter: this.#balance,
    };
  }

  // What an exit makes is what it adds to all before it, so that the parts are the whole to the cent.
  #book(position: Position, exit: ExitFacts & { readonly quantity: number }): BookedExit {
    const { filled, entryPrice, exits } = position;
    const closed = [...exits, exit];
    const grossPnl = (position.grossOf(closed) - position.grossOf(exits)) as Cents;
    const commission = (position.commissionOf(closed) - position.commissionOf(exits)) as Cents;
    const netPnl = (grossPnl - commission) as Cents;
    const balanceBefore = this.#balance;
    const balanceAfter = (balanceBefore + netPnl) as Cents;
    prove(checkBooked({ grossPnl, commission, netPnl, balanceBefore, balanceAfter }));
    const left = { filled, entryPrice, open: position.quantity - exit.quantity };
    const booked = { ...exit, ...left, grossPnl, commission, netPnl, balanceBefore, balanceAfter };
    exits.push(booked);
    this.#balance = balanceAfter;
    return booked;
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

  #closedToday(): Close[] {
    return this.#closes.filter((close) => close.time >= this.#dayOpen);
  }
}
