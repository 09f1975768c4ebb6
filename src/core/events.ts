import type { DiscardedCluster, Signal } from "./detector/cluster.js";
import type { Footprint } from "./detector/footprint.js";
import type { RiskLimits } from "./guards/looserLimits.js";
import type { PriceRange } from "./guards/typedPrice.js";
import type { Instrument } from "./instrument.js";
import type { Prints } from "./ledger/pricePath.js";
import type { LifeState } from "./lifeCycle.js";
import type {
  Bar,
  ClockTick,
  ConnectionChange,
  ContractChange,
  RejectedTrade,
  SkippedRecords,
  TradeBatch,
} from "./market.js";
import type { AccountName, Recommendation, Refusal } from "./sizing/recommendation.js";
import type { Cents, Micros, Ticks } from "./units.js";

/** Everything that may enter the engine. */
export type EngineEvent =
  | TradeBatch
  | Bar
  | ClockTick
  | RejectedTrade
  | SkippedRecords
  | ConnectionChange
  | ContractChange
  | AccountEvent;

export type ExitReason = "target" | "stop" | "manual" | "time" | "eod" | "emergency";

interface Recorded {
  readonly type: "account";
  /** The event's own id: dispatched twice, it counts once. */
  readonly id: string;
  readonly account: AccountName;
  /** The engine's time when it was first dispatched; present when it comes back from the journal. */
  readonly at?: Micros;
}

/** A fill of a recommendation: the user's, or at a restart the paper account's. */
export interface FillRecorded extends Recorded {
  readonly kind: "fill";
  readonly recommendation: string;
  /** When it was filled: data, it moves no clock. */
  readonly time: Micros;
  readonly price: Ticks;
  readonly quantity: number;
  readonly notes?: string;
  /** Nothing could verify the price: it teaches nothing. */
  readonly unverified?: boolean;
}

/** Contracts of a position were closed: all that is open, or a part of it; never more, so it cannot reverse (`RELIABILITY.md` R12). */
export interface ExitRecorded extends Recorded {
  readonly kind: "exit";
  readonly recommendation: string;
  readonly time: Micros;
  readonly price: Ticks;
  /** Contracts closed; absent: all that is open. */
  readonly quantity?: number;
  readonly reason: ExitReason;
  readonly notes?: string;
  /** Points from the entry, where they were watched (paper). */
  readonly maePoints?: number;
  readonly mfePoints?: number;
  /** Whether an exit by hand went against the plan; absent where nobody said so. */
  readonly override?: boolean;
  /** Nothing could verify the price, or one of the fills: it teaches nothing. */
  readonly unverified?: boolean;
}

/** The user did not take a recommendation. */
export interface DecisionRecorded extends Recorded {
  readonly kind: "decision";
  readonly recommendation: string;
  readonly time: Micros;
  readonly answer: "not_executed";
  readonly reason: string;
}

/** What a fill or an exit should have said; what is absent stays as it was. */
export interface Correction {
  readonly price?: Ticks;
  /** Of a fill or a partial exit; the last exit closes all that is left. */
  readonly quantity?: number;
  readonly time?: Micros;
  /** Of an exit. */
  readonly reason?: ExitReason;
  /** Of an exit by hand: whether it went against the plan. */
  readonly override?: boolean;
  /** Empty: none. */
  readonly notes?: string;
  /** Present where nothing could verify the new price. A correction never takes that back. */
  readonly unverified?: boolean;
}

/** The user corrects a fill or an exit that was recorded on the manual account. */
export interface AmendmentRecorded extends Recorded {
  readonly kind: "amendment";
  readonly recommendation: string;
  /** Id of the fill or exit that is corrected. */
  readonly target: string;
  /** When it was corrected. */
  readonly time: Micros;
  readonly correction: Correction;
  readonly why: string;
}

/** The user takes back everything that was recorded of a recommendation on the manual account, or one exit of it. */
export interface VoidRecorded extends Recorded {
  readonly kind: "void";
  readonly recommendation: string;
  /** Id of an exit: that alone; absent: everything. */
  readonly target?: string;
  readonly time: Micros;
  readonly why: string;
}

/** A paper entry ended unfilled; from the journal only. */
export interface CancelRecorded extends Recorded {
  readonly kind: "cancel";
  readonly recommendation: string;
  readonly time: Micros;
  readonly reason: CancelReason;
}

/** A paper order of a recommendation that the user's account led; from the journal only. */
export interface OrderRestored extends Recorded {
  readonly kind: "order";
  readonly recommendation: string;
  readonly time: Micros;
  readonly quantity: number;
}

/** A recommendation issued before a restart; from the journal only. */
export interface RecommendationRestored extends Recorded {
  readonly kind: "recommendation";
  readonly recommendation: Recommendation;
}

/** The user resets a halted account and says why: the limit's peak starts anew at marked equity. */
export interface HaltReset extends Recorded {
  readonly kind: "reset";
  readonly time: Micros;
  readonly reason: string;
}

/** The account was halted before a restart; from the journal only. */
export interface HaltRestored extends Recorded {
  readonly kind: "halt";
  readonly time: Micros;
}

/** A session's end as the journal knows it, so that peaks and drawdowns survive a restart. */
export interface EquityRestored extends Recorded {
  readonly kind: "equity";
  readonly time: Micros;
  readonly peak: number;
  readonly limitPeak: number;
  readonly maxDrawdown: number;
  readonly volatility?: ContractVolatility;
}

/** The volatility of a contract per minute, as a fraction. */
export interface ContractVolatility {
  readonly symbol: string;
  readonly value: number;
}

/** A signal of a contract before a restart: the cool-down runs on; from the journal only. */
export interface SignalRestored extends RecordedForAll {
  readonly kind: "signal";
  readonly symbol: string;
  readonly time: Micros;
}

/** What open positions, paper entries and shadows met before a restart; from the journal only. */
export interface MarkRestored extends Recorded, Prints {
  readonly kind: "mark";
  readonly symbol: string;
  readonly start: Micros;
  readonly time: Micros;
}

/** A shadow came to its end before a restart; from the journal only. */
export interface ShadowRestored extends Recorded {
  readonly kind: "shadow";
  readonly recommendation: string;
}

/** What was issued before a restart, told before the prints that it came of; from the journal only. */
export interface IssuedRestored extends RecordedForAll {
  readonly kind: "issued";
  /** Ids of recommendations. */
  readonly recommendations: readonly string[];
}

/** Something that happens to all accounts. */
type RecordedForAll = Omit<Recorded, "account">;

/** The user stops everything: each account is halted until the user resets it. Works without a feed. */
export interface KillSwitch extends RecordedForAll {
  readonly kind: "kill";
  readonly time: Micros;
  readonly reason: string;
}

/** The user begins the paper portfolio anew: its money, not what was learned. */
export interface PaperResetRecorded extends Recorded {
  readonly kind: "paperReset";
  readonly account: "paper";
  readonly time: Micros;
  readonly reason: string;
}

/** The user wants other risk limits: the tighter ones hold at once, the looser ones from the next trading day on. */
export interface LimitsChanged extends RecordedForAll {
  readonly kind: "limits";
  /** When, by the clock of the user; the next trading day is that after it. */
  readonly time: Micros;
  readonly limits: RiskLimits;
  /** Date of the trading day from which the looser ones hold; present when it comes back from the journal. */
  readonly from?: string;
}

/** What happens to an account. Acts at the engine's time, in order of arrival. */
export type AccountEvent =
  | FillRecorded
  | ExitRecorded
  | DecisionRecorded
  | AmendmentRecorded
  | VoidRecorded
  | CancelRecorded
  | OrderRestored
  | RecommendationRestored
  | HaltReset
  | HaltRestored
  | EquityRestored
  | MarkRestored
  | ShadowRestored
  | SignalRestored
  | IssuedRestored
  | KillSwitch
  | PaperResetRecorded
  | LimitsChanged;

export type CancelReason = "EXPIRED" | "CANCELLED_STALE" | "CANCELLED_REPLACED" | "CANCELLED_IOC" | "CANCELLED_HALTED";

/** An execution that was booked. */
export interface Fill {
  readonly type: "fill";
  readonly id: string;
  readonly recommendation: string;
  readonly account: AccountName;
  readonly instrument: Instrument;
  readonly direction: "BUY" | "SHORT";
  readonly time: Micros;
  readonly price: Ticks;
  readonly quantity: number;
  /** Answered after the recommendation's 30 seconds. */
  readonly late: boolean;
  readonly notes: string | undefined;
  /** Present where nothing could verify the price. */
  readonly unverified?: boolean;
  /** The engine's time when it was booked. */
  readonly at: Micros;
}

/** What the engine learned from a closed trade: the context's own record after it. */
export interface Learned {
  readonly context: string;
  readonly trades: number;
  readonly wins: number;
  readonly confidence: number;
  readonly multiplier: number;
}

/** What one exit of several closed. The last one of a trade closed all that was left. */
export interface ClosedPart {
  /** Of its `partialExit`, and of the last one of the trade's `exit`. */
  readonly id: string;
  readonly time: Micros;
  readonly price: Ticks;
  readonly quantity: number;
  readonly reason: ExitReason;
  /** What the price says, where a manual claim does not fit the bracket. */
  readonly reasonChecked: ExitReason;
  /** What was filled first is closed first; of all parts together they are those of the whole trade, to the cent. */
  readonly grossPnl: Cents;
  readonly commission: Cents;
  readonly netPnl: Cents;
  readonly balanceBefore: Cents;
  readonly balanceAfter: Cents;
  readonly override?: boolean;
  readonly notes: string | undefined;
  readonly unverified?: boolean;
}

/**
 * A part of a position was closed and booked: its money counts from now on, and nothing is learned until the rest is closed. An
 * `equity` row follows.
 */
export interface PartialExit extends ClosedPart {
  readonly type: "partialExit";
  /** Id of the partial exit that this one corrects and stands for. */
  readonly replaces?: string;
  readonly recommendation: string;
  readonly account: AccountName;
  readonly instrument: Instrument;
  readonly direction: "BUY" | "SHORT";
  readonly tradingDay: string;
  /** Quantity-weighted mean of the fills so far, in ticks. */
  readonly entryPrice: number;
  /** Contracts filled so far, and those of them that are open now. */
  readonly filled: number;
  readonly open: number;
  readonly at: Micros;
}

/** A round trip that was closed and booked. After partial exits it speaks of the whole trade, as they and the last exit left it. */
export interface Exit {
  readonly type: "exit";
  readonly id: string;
  /** Id of the exit that this one corrects and stands for. */
  readonly replaces?: string;
  readonly recommendation: string;
  readonly account: AccountName;
  readonly instrument: Instrument;
  readonly direction: "BUY" | "SHORT";
  readonly tradingDay: string;
  /** When the last contract was closed. */
  readonly time: Micros;
  /** In ticks; after partial exits the quantity-weighted mean, a fraction. No money is computed from a mean. */
  readonly price: number;
  readonly quantity: number;
  /** As given: by the user, or by the rule that closed it; after partial exits that of the part that was closed last. */
  readonly reason: ExitReason;
  /** What the price says, where a manual claim does not fit the bracket; after partial exits the price of the part that was closed last. */
  readonly reasonChecked: ExitReason;
  readonly entryTime: Micros;
  /** Quantity-weighted mean, in ticks; a fraction after several fills. */
  readonly entryPrice: number;
  readonly signalPrice: Ticks;
  readonly grossPnl: Cents;
  readonly commission: Cents;
  readonly netPnl: Cents;
  readonly points: number;
  /** Signed price return as a fraction. */
  readonly returnFraction: number;
  readonly rMultiple: number;
  readonly win: boolean;
  /** From prints after the fill; absent where nobody watched. MAE <= 0 <= MFE. */
  readonly maePoints: number | undefined;
  readonly mfePoints: number | undefined;
  /** Without the trade; after partial exits it is no balance that was ever reached. */
  readonly balanceBefore: Cents;
  readonly balanceAfter: Cents;
  readonly context: string;
  readonly confidence: number;
  readonly multiplier: number;
  readonly ratio: number;
  readonly strength: number;
  readonly learned: Learned;
  /** Whether an exit by hand went against the plan; absent where nobody said so. */
  readonly override?: boolean;
  readonly notes: string | undefined;
  /** Present where nothing could verify one of its prices: it counts in the balance and teaches nothing. */
  readonly unverified?: boolean;
  /** All exits in the order in which they were recorded, the one that closed it last; absent where one exit closed it all. */
  readonly parts?: readonly ClosedPart[];
  readonly at: Micros;
}

/** An entry that ended unfilled. */
export interface Cancel {
  readonly type: "cancel";
  readonly id: string;
  readonly recommendation: string;
  readonly account: AccountName;
  readonly instrument: Instrument;
  readonly time: Micros;
  readonly reason: CancelReason;
  readonly at: Micros;
}

/** The paper account takes a recommendation that was sized for the user's, in its own size. */
export interface PaperOrder {
  readonly type: "order";
  readonly id: string;
  readonly recommendation: string;
  readonly account: "paper";
  readonly time: Micros;
  readonly quantity: number;
  readonly at: Micros;
}

/** The user's answer "not taken". */
export interface Decision {
  readonly type: "decision";
  readonly id: string;
  readonly recommendation: string;
  readonly account: AccountName;
  readonly time: Micros;
  readonly answer: "not_executed";
  readonly reason: string;
  readonly at: Micros;
}

/** A fill as it is recorded now. */
export interface RecordedFill {
  readonly id: string;
  readonly time: Micros;
  readonly price: Ticks;
  readonly quantity: number;
  readonly notes: string | undefined;
  /** Present where nothing could verify the price, or one that was corrected. */
  readonly unverified?: boolean;
}

/** An exit as it is recorded now. */
export interface RecordedExit {
  /** Of the output; a correction gives it a new one. */
  readonly id: string;
  readonly time: Micros;
  readonly price: Ticks;
  /** Of a partial exit; absent of the one that closed all that was left. */
  readonly quantity?: number;
  readonly reason: ExitReason;
  /** Whether an exit by hand went against the plan; absent where nobody said so. */
  readonly override?: boolean;
  readonly notes: string | undefined;
  /** Present where nothing could verify its price, or one that was corrected; of the last exit, any price of the trade. */
  readonly unverified?: boolean;
}

/** Everything that is recorded of one recommendation on the user's account. */
export interface TradeRecord {
  readonly state: LifeState;
  readonly fills: readonly RecordedFill[];
  /** Exits of a part, in the order in which they were recorded; absent where there is none. */
  readonly partialExits?: readonly RecordedExit[];
  /** The one that closed all that was left. */
  readonly exit: RecordedExit | undefined;
  /** Why it was not executed. */
  readonly notExecuted: string | undefined;
}

/** A record before or after a correction, and what the account's closed trades make of it. */
export interface RecordAndBalance extends TradeRecord {
  /** Of the closed trade. */
  readonly netPnl: Cents | undefined;
  readonly balance: Cents;
}

/** A record was corrected. An `exit` follows if the trade is closed, else its partial exits, and an `equity` row. */
export interface Amendment {
  readonly type: "amendment";
  readonly id: string;
  readonly recommendation: string;
  readonly account: AccountName;
  readonly instrument: Instrument;
  readonly time: Micros;
  /** Id of the fill or exit that was corrected. */
  readonly target: string;
  readonly correction: Correction;
  readonly why: string;
  readonly before: RecordAndBalance;
  readonly after: RecordAndBalance;
  readonly at: Micros;
}

/**
 * Everything recorded of a recommendation was taken back: it is without an answer again. Or one exit alone: the trade is open
 * again, and its other exits follow as partial ones. An `equity` row follows.
 */
export interface Voiding {
  readonly type: "void";
  readonly id: string;
  /** Id of the exit that was taken back; absent: everything. */
  readonly target?: string;
  readonly recommendation: string;
  readonly account: AccountName;
  readonly instrument: Instrument;
  readonly time: Micros;
  readonly why: string;
  readonly before: RecordAndBalance;
  readonly after: RecordAndBalance;
  readonly at: Micros;
}

/** The value of an account, after a booked exit or correction and at each session's end. */
export interface EquityRow {
  readonly type: "equity";
  readonly id: string;
  readonly account: AccountName;
  readonly time: Micros;
  /** The session that ended; absent after an exit and a correction. */
  readonly tradingDay: string | undefined;
  readonly balance: Cents;
  /** Fraction of the all-time peak of marked equity, at the last mark. */
  readonly drawdown: number;
  readonly maxDrawdown: number;
  /** All-time peak of marked equity and the limit's own peak, in cents, not rounded. */
  readonly peak: number;
  readonly limitPeak: number;
  /** Net cents and fills of the session so far. */
  readonly pnlToday: Cents;
  readonly tradesToday: number;
  /** At a session's end: what the next one begins with; absent where no session had enough of it. */
  readonly volatility?: ContractVolatility;
  readonly at: Micros;
}

/**
 * A print, or a ready-made bar, that an account's open positions met and that counts for their worst, their best or their
 * deepest fall: kept, so that a restart and a correction know what was marked. Their last print before something is
 * recorded, and before the session ends, is one too; and for the paper account, where a user ends its halts, what an entry
 * met first, what armed it, and what filled a shadow or was an extreme of it.
 */
export interface Mark extends Prints {
  readonly type: "mark";
  readonly id: string;
  readonly account: AccountName;
  readonly symbol: string;
  readonly tickSize: number;
  /** Of a bar; of a print its time. */
  readonly start: Micros;
  readonly time: Micros;
  readonly at: Micros;
}

/** The emergency stop: no new entry until the user resets it (or, without a user, the session ends). */
export interface Halt {
  readonly type: "halt";
  readonly id: string;
  readonly account: AccountName;
  readonly time: Micros;
  /** In cents, not rounded. */
  readonly equity: number;
  readonly peak: number;
  readonly at: Micros;
}

/** A halted account trades again. */
export interface HaltEnded {
  readonly type: "haltEnded";
  readonly id: string;
  readonly account: AccountName;
  readonly time: Micros;
  readonly reason: string;
  readonly at: Micros;
}

/** The user stopped everything: no account trades until it is reset. */
export interface Kill {
  readonly type: "kill";
  readonly id: string;
  readonly time: Micros;
  readonly reason: string;
  readonly at: Micros;
}

/** What a paper portfolio had come to when it ended. Money is in cents. */
export interface EndedPortfolio {
  readonly balance: Cents;
  readonly closedTrades: number;
  readonly wins: number;
  readonly maxDrawdown: number;
  /** Open positions and working entries, which ended unbooked. */
  readonly abandoned: number;
}

/** The paper portfolio began anew at its start balance. Its closed trades go on teaching; an `equity` row follows. */
export interface PaperReset {
  readonly type: "paperReset";
  readonly id: string;
  readonly account: "paper";
  readonly time: Micros;
  readonly reason: string;
  readonly startBalance: Cents;
  readonly before: EndedPortfolio;
  readonly at: Micros;
}

/** From which of the earlier system's tables or files a row comes. */
export type ImportSource = "context_performance" | "paper_trades" | "portfolio_equity" | "recommendations_log";

/** A row of the earlier system, taken over as history: it is in no balance and teaches nothing. No engine makes it. */
export interface Imported {
  readonly type: "imported";
  /** Made of the row's content, so that the same row counts once. */
  readonly id: string;
  readonly source: ImportSource;
  readonly time: Micros;
  /** Raw symbol such as ESM5; undefined where the row names none, or one that is not understood. */
  readonly contract: string | undefined;
  readonly direction: "BUY" | "SHORT" | undefined;
  readonly quantity: number | undefined;
  /** In points. */
  readonly entryPrice: number | undefined;
  readonly exitPrice: number | undefined;
  /** Signed price return as a fraction, and whether it was a win: as corrected; undefined where the direction is not known. */
  readonly returnFraction: number | undefined;
  readonly win: boolean | undefined;
  readonly netPnl: Cents | undefined;
  readonly balance: Cents | undefined;
  /** The earlier system simulated it; otherwise the user typed it, and nothing verified it. */
  readonly simulated: boolean;
  /** What is known to be wrong with it, and what of that was corrected: codes of `earlierDefects.ts`. */
  readonly remarks: readonly string[];
  /** As it stood in the file. */
  readonly row: Readonly<Record<string, string | number | null>>;
  /** When it was imported. */
  readonly at: Micros;
}

/** The risk limits that the user wants. */
export interface LimitsOutput {
  readonly type: "limits";
  readonly id: string;
  readonly time: Micros;
  readonly limits: RiskLimits;
  /** Date of the trading day from which those hold that are looser than before. */
  readonly from: string;
  /** Those in force until now. */
  readonly before: RiskLimits;
  readonly at: Micros;
}

/** What a recommendation would have done by the paper rules alone: stored, never learned, never in equity. */
export interface Shadow {
  readonly type: "shadow";
  readonly id: string;
  readonly recommendation: string;
  readonly instrument: Instrument;
  readonly entryTime: Micros | undefined;
  readonly entryPrice: Ticks | undefined;
  readonly time: Micros;
  readonly price: Ticks | undefined;
  readonly reason: ExitReason | CancelReason;
  readonly netPnl: Cents;
  readonly rMultiple: number;
  readonly maePoints: number;
  readonly mfePoints: number;
}

/** An account event that cannot be: nothing has changed. */
export interface Illegal {
  readonly type: "illegal";
  readonly event: string;
  /** One sentence for the user. */
  readonly reason: string;
}

/** A change of the connection, passed on to whoever shows it. */
export interface ConnectionOutput {
  readonly type: "connection";
  readonly time: Micros;
  readonly state: ConnectionChange["state"];
  readonly message: string | undefined;
}

/** Trades of the followed contract between two moments are missing for good: nobody knows what happened there. */
export interface GapOutput {
  readonly type: "gap";
  readonly id: string;
  readonly from: Micros;
  readonly to: Micros;
}

/** Everything that may leave the engine. */
export type EngineOutput =
  | Signal
  | DiscardedCluster
  | Footprint
  | Recommendation
  | Refusal
  | PaperOrder
  | Fill
  | PartialExit
  | Exit
  | Cancel
  | Decision
  | Amendment
  | Voiding
  | EquityRow
  | Mark
  | Halt
  | HaltEnded
  | Kill
  | PaperReset
  | Imported
  | LimitsOutput
  | Shadow
  | Illegal
  | GapOutput
  | ConnectionOutput;

/**
 * The identity of an output that is kept: a replay that makes it again makes the same id.
 *
 * @returns undefined for outputs that are shown and not kept
 */
export function outputId(output: EngineOutput): string | undefined {
  switch (output.type) {
    case "signal":
    case "cluster":
      return `cluster:${output.instrument.symbol}:${output.time}`;
    case "refusal":
      return `refusal:${output.instrument.symbol}:${output.time}:${output.direction}`;
    case "recommendation":
    case "footprint":
    case "order":
    case "fill":
    case "partialExit":
    case "exit":
    case "cancel":
    case "decision":
    case "amendment":
    case "void":
    case "equity":
    case "mark":
    case "halt":
    case "haltEnded":
    case "kill":
    case "paperReset":
    case "imported":
    case "limits":
    case "shadow":
    case "gap":
      return output.id;
    case "illegal":
    case "connection":
      return undefined;
    default:
      return output satisfies never;
  }
}

/** An open position as its account sees it. */
export interface OpenPosition {
  readonly recommendation: Recommendation;
  readonly account: AccountName;
  /** Contracts that are open; those that partial exits closed are not among them. */
  readonly quantity: number;
  /** Quantity-weighted mean of all fills, in ticks. */
  readonly entryPrice: number;
  readonly entryTime: Micros;
  /** Of what is open at the last print, in cents after both sides' commission; undefined before one. */
  readonly openPnl: number | undefined;
  /** What partial exits closed; absent where there is none. */
  readonly closed?: ClosedSoFar;
  /** How far prices went against it, at most 0, and for it since its entry, in ticks; absent where a part was not seen. */
  readonly soFar?: { readonly mae: number; readonly mfe: number };
}

/** What partial exits closed of a position that is open. */
export interface ClosedSoFar {
  readonly quantity: number;
  /** Quantity-weighted mean, in ticks. */
  readonly price: number;
  readonly netPnl: Cents;
}

export interface AccountView {
  readonly name: AccountName;
  readonly startBalance: Cents;
  readonly balance: Cents;
  /** Marked equity in cents, not rounded. */
  readonly equity: number;
  readonly drawdown: number;
  readonly maxDrawdown: number;
  /** Fall of marked equity from the emergency stop's own peak, as a fraction; absent where that is nothing. */
  readonly limitDrawdown?: number;
  readonly halted: boolean;
  readonly closedTrades: number;
  readonly wins: number;
  readonly netPnl: Cents;
}

/** One context's record. */
export interface ContextView {
  readonly context: string;
  readonly account: AccountName;
  readonly trades: number;
  readonly wins: number;
  /** 90 % interval of the win rate from this context's own trades (uniform prior). */
  readonly winRateInterval: readonly [low: number, high: number];
  readonly meanR: number;
  readonly netPnl: Cents;
  /** Win rate at which this context's realised payoffs gain nothing (`ENGINE.md` 6.7); undefined while they are too few. */
  readonly breakEven: number | undefined;
  /** Posterior mean and 90 % interval, pooled as sizing uses it. */
  readonly confidence: number;
  readonly interval: readonly [low: number, high: number];
  readonly multiplier: number;
  /** What the multiplier would be by the posterior's 20 % quantile. */
  readonly conservativeMultiplier: number;
  readonly evidence: number;
}

/** The bar that forms: how many times its baseline it has traded so far, and when it closes. */
export interface FormingBar {
  readonly ratio: number;
  readonly end: Micros;
}

/** What the engine knows at its time, for whoever shows it. */
export interface EngineView {
  readonly time: Micros;
  readonly tradingDay: string | undefined;
  readonly sessionOpen: Micros | undefined;
  readonly sessionClose: Micros | undefined;
  readonly instrument: Instrument | undefined;
  readonly lastPrice: Ticks | undefined;
  readonly tradesSeen: number;
  /** The largest volume ratio of a judged bar in this session; undefined before one could be judged. */
  readonly highestRatio: number | undefined;
  /** What forms now; absent where no bar does, or it has nothing to be compared with. */
  readonly forming?: FormingBar | undefined;
  readonly accounts: readonly AccountView[];
  /** Issued and without an answer, or with one that was taken back; oldest first. */
  readonly pending: readonly Recommendation[];
  /** Filled and without an exit. */
  readonly open: readonly OpenPosition[];
  /**
   * By recommendation, for those above: the prices traded since a minute before its signal, or before its entry once it is open.
   * Absent where nobody watched so long.
   */
  readonly traded?: Readonly<Record<string, PriceRange>>;
  readonly contexts: readonly ContextView[];
  /** Contracts that may be held at once, by the limits in force. */
  readonly maxPosition?: number;
  /** The fall that halts an account, as a fraction, by the limits in force; 0: none does. */
  readonly haltingDrawdown?: number;
}

/** What a run did, in the words of the last line of `replay --json`. */
export interface RunSummary {
  readonly trades: number;
  readonly bars: number;
  readonly batches: number;
  readonly signals: number;
  readonly recommendations: number;
  readonly closedTrades: number;
  readonly wins: number;
  readonly netPnl: Cents;
  readonly startBalance: Cents;
  readonly balance: Cents;
  readonly maxDrawdown: number;
  readonly workingEntries: number;
  readonly openPositions: number;
  readonly skipped: Readonly<Record<string, number>>;
  /** Clusters of any kind, and halts. */
  readonly clusters: number;
  readonly halts: number;
  /** Trades or bars inside a session. */
  readonly inSession: number;
}
