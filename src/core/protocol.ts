import type { Cone } from "./ledger/cone.js";
import type { AccountName } from "./sizing/recommendation.js";

/**
 * What the panel shows. The host computes it, the webview formats and draws. Money is in the account's currency, prices in
 * points, times in whole seconds since the epoch (UTC), rates and drawdowns are fractions. It travels as JSON, so what is undefined
 * is absent on the other side. Both sides check what they get by a schema of these types.
 */
export interface DashboardState {
  /** Such as "ES MAR24", or "" before a contract is known. */
  readonly instrument: string;
  /** The market that is started or watched; "idle" when none is, also after a stop. */
  readonly mode: "idle" | "demo" | "replay" | "live";
  /** What the feed is doing. Only an "idle" one can be started. */
  readonly phase: "idle" | "starting" | "running" | "stopping";
  /** One sentence: what the workbench is doing now. */
  readonly status: string;
  /** While a live feed brings nothing of now: there is no call to act on, whatever was called before. */
  readonly noCall?: NoCall | undefined;
  /** What is nearest to a signal, while one is waited for; absent where no bar can become one now. */
  readonly nearest?: Nearest | undefined;
  /** While a feed runs. */
  readonly trust?: Trust | undefined;
  /** Paper auto: the engine takes the signals by itself, on the paper account. */
  readonly paper?: boolean | undefined;
  /** Results are of a made-up market, whether it still runs or not. */
  readonly simulated: boolean;
  /** IANA zone in which times are shown. */
  readonly timeZone: string;
  readonly accounts: readonly DashboardAccount[];
  /** The account to open on: the one that traded last. */
  readonly selected: AccountName;
  /** The newest of the present trading day without an answer: one of an earlier day is no call. */
  readonly recommendation?: DashboardRecommendation | undefined;
  /** Recommendations without an answer, beside the one above. */
  readonly unanswered: number;
  readonly open: readonly DashboardPosition[];
}

/** Why nothing is called: the market cannot be seen. */
export interface NoCall {
  /** Wall-clock second at which the feed was last heard; absent before. */
  readonly lastHeardAt?: number | undefined;
}

/** The bar that forms, in multiples of its baseline: what it has so far and what a signal needs. */
export interface Nearest {
  readonly ratio: number;
  readonly needs: number;
  /** By the market's clock. */
  readonly closesAt: number;
}

/** By what a call can be trusted, beside the feed's state; each part is absent where it is not known. */
export interface Trust {
  /** Wall-clock second of the newest trade of a live feed. */
  readonly lastTradeAt?: number | undefined;
  /** When the trading day ends, by the market's clock; absent between two of them. */
  readonly closesAt?: number | undefined;
  /** How far the account that signals are sized for has fallen from the emergency stop's peak, and where that halts it. */
  readonly fallen?: number | undefined;
  readonly haltsAt?: number | undefined;
}

/** What amounts are counted in, where it is not money: R, the risk of a trade. Discreet: nobody who looks on learns how much it is. */
export type Unit = "R";

export interface DashboardAccount {
  readonly name: AccountName;
  /** Of balances and results; absent: the account's currency. In R the start is 0, and the balance what the trades made in sum. */
  readonly unit?: Unit | undefined;
  readonly startBalance: number;
  readonly balance: number;
  readonly totalReturn: number;
  /** What the balance and the open positions were worth at the last mark; absent in R. */
  readonly marked?: number | undefined;
  /** Of that, at the last mark and the worst so far. */
  readonly drawdown: number;
  readonly maxDrawdown: number;
  readonly halted: boolean;
  readonly trades: number;
  readonly wins: number;
  /** 90 % interval of the win rate. */
  readonly winRateInterval: readonly [low: number, high: number];
  /** Mean result of a trade in money, after costs; undefined without a trade. */
  readonly expectancy?: number | undefined;
  /** Mean R-multiple, which is before costs; undefined without a trade. */
  readonly expectancyR?: number | undefined;
  readonly netPnl: number;
  /** Oldest first, one point per booked exit and session end; at most one per second of time. */
  readonly equity: readonly EquityPoint[];
  readonly contexts: readonly ContextRow[];
}

export interface EquityPoint {
  readonly time: number;
  readonly balance: number;
  /** Fall from the running peak, as a fraction of it, at least 0. */
  readonly drawdown: number;
}

/**
 * A context in a word, by its trades and its posterior's 90 % interval. The first that holds:
 * - Too few: under 30 trades.
 * - Edge: the low end is above one half, the user's hurdle.
 * - Avoid: the high end is below the context's break-even rate. With a target twice as far as the stop that rate is about 0.35, so
 *   a context may win less than half of its trades and earn.
 * - Unproven: neither.
 */
export type Verdict = "Edge" | "Unproven" | "Avoid" | "Too few";

export interface ContextRow {
  /** `BUY|open|4-6x` */
  readonly context: string;
  readonly verdict: Verdict;
  readonly trades: number;
  readonly wins: number;
  /** 90 % interval of the win rate. */
  readonly winRateInterval: readonly [low: number, high: number];
  /** Before costs. */
  readonly meanR: number;
  /**
   * The win rate at which the context gains nothing: mean loss / (mean win + mean loss) of its own trades in net dollars, from 5
   * wins and 5 losses on; before, 0.35, as of a bracket with a target twice as far as its stop after costs (`ENGINE.md` 6.7).
   */
  readonly breakEven: number;
  /** Posterior mean and its 90 % interval, as sizing uses it. */
  readonly posterior: number;
  readonly posteriorInterval: readonly [low: number, high: number];
  readonly multiplier: number;
}

export interface DashboardRecommendation {
  readonly id: string;
  readonly time: number;
  readonly contract: string;
  readonly action: "BUY" | "SHORT";
  readonly quantity: number;
  readonly orderType: string;
  /** Formatted with the instrument's decimals. */
  readonly price: string;
  readonly stop: string;
  readonly target: string;
  readonly confidence: number;
  readonly interval: readonly [low: number, high: number];
  /** The chance of a win at which this bracket gains nothing after costs. */
  readonly breakEven: number;
  readonly evidence: number;
  readonly multiplier: number;
  readonly context: string;
  /** Of the risks; absent: the account's currency. */
  readonly unit?: Unit | undefined;
  readonly riskBudget: number;
  readonly riskActual: number;
  /** Wall-clock second at which it becomes late; 0 when that is long past or unknown, as when nothing runs. */
  readonly lateAt: number;
}

export interface DashboardPosition {
  readonly recommendation: string;
  readonly account: AccountName;
  readonly contract: string;
  readonly action: "BUY" | "SHORT";
  /** Side and what is open of it: `LONG 2`; once a part of three is closed, `LONG 2/3`. */
  readonly held: string;
  readonly entry: string;
  readonly stop: string;
  readonly target: string;
  readonly since: number;
  /** What partial exits closed; absent where there is none. */
  readonly closed?: DashboardClosed;
}

/** What is closed of a position that is open: `1/3` of its contracts, and the mean of their exit prices. */
export interface DashboardClosed {
  readonly count: string;
  readonly price: string;
}

/** A closed trade as it counts now. */
export interface TradeRow {
  /** Of its exit. */
  readonly id: string;
  readonly recommendation: string;
  readonly account: AccountName;
  /** When it was closed. */
  readonly time: number;
  readonly contract: string;
  readonly action: "BUY" | "SHORT";
  readonly quantity: number;
  readonly entry: string;
  readonly exit: string;
  /** `1 @ 6041.25` each, where there were several: `exit` is their mean then. */
  readonly exits?: readonly string[] | undefined;
  readonly reason: string;
  /** Of one contract, before costs. */
  readonly ticks: number;
  /** How far prices went against it (at most 0) and for it, in ticks; absent where nobody watched all of it. */
  readonly maeTicks?: number | undefined;
  readonly mfeTicks?: number | undefined;
  readonly rMultiple: number;
  /** After costs. */
  readonly netPnl: number;
  readonly context: string;
  /** Empty: none. */
  readonly notes: string;
  /** Nothing could verify one of its prices. */
  readonly unverified: boolean;
}

/** A bar of a footprint; prices are in points. Without levels the source did not tell volume at price. */
export interface EvidenceBar {
  readonly time: number;
  readonly low: number;
  readonly high: number;
  readonly close: number;
  readonly volume: number;
  /** From low to high: what traded, what sellers hit at the bid, what buyers lifted at the ask. */
  readonly levels: readonly {
    readonly price: number;
    readonly volume: number;
    readonly bid: number;
    readonly ask: number;
  }[];
}

/** A bar after a call, in R from its price: above 0 in its favour, `low` the worst of the bar. */
export interface PathPoint {
  readonly time: number;
  readonly low: number;
  readonly high: number;
  readonly close: number;
}

/** What was recommended on a signal, and why in this size. */
export interface EvidenceCall {
  readonly account: AccountName;
  readonly orderType: string;
  readonly quantity: number;
  readonly price: string;
  readonly stop: string;
  readonly target: string;
  readonly confidence: number;
  readonly interval: readonly [low: number, high: number];
  readonly breakEven: number;
  readonly chanceAboveBreakEven: number;
  readonly multiplier: number;
  readonly conservativeMultiplier: number;
  readonly evidence: number;
  readonly context: string;
  /** The Beta distribution behind the confidence; absent in records of earlier versions. */
  readonly posterior?:
    | {
        readonly alpha: number;
        readonly beta: number;
        readonly lambda: number;
        readonly contextTrades: number;
        readonly otherTrades: number;
      }
    | undefined;
  /** Closed trades that it rests on, in its context and in the others: of the account, or of both where both teach. */
  readonly own: { readonly wins: number; readonly losses: number };
  readonly others: { readonly wins: number; readonly losses: number };
  /** The newest of its context, oldest first. */
  readonly rows: readonly { readonly time: number; readonly win: boolean; readonly rMultiple: number }[];
  readonly sizing: {
    readonly riskFraction: number;
    readonly budget: number;
    readonly riskPerContract: number;
    readonly base: number;
    readonly raw: number;
    readonly cap: number;
    readonly quantity: number;
    readonly riskActual: number;
  };
}

/** How a call ended: on an account, or by the paper rules alone. */
export interface EvidenceResult {
  readonly of: AccountName | "shadow";
  readonly reason: string;
  /** In points; undefined where it was not filled. */
  readonly entry?: number | undefined;
  readonly exit?: number | undefined;
  readonly rMultiple: number;
  readonly netPnl: number;
  readonly maePoints?: number | undefined;
  readonly mfePoints?: number | undefined;
}

/** All that was kept of a signal. Prices are in points. */
export interface SignalEvidence {
  /** Id of the signal. */
  readonly key: string;
  readonly recommendation?: string | undefined;
  readonly time: number;
  readonly contract: string;
  readonly action: "BUY" | "SHORT";
  readonly tickSize: number;
  readonly cluster: {
    readonly ratio: number;
    readonly volume: number;
    readonly baseline: number;
    readonly pointOfControl?: number | undefined;
    readonly low: number;
    readonly high: number;
    readonly close: number;
    readonly modalPosition: number;
    readonly deltaFraction?: number | undefined;
    readonly strength: number;
    readonly partial: boolean;
  };
  /** What each direction rule said; undefined: none. */
  readonly answers: readonly { readonly rule: string; readonly answer?: "BUY" | "SHORT" | undefined }[];
  /** The signal's bar and its neighbours, oldest first; empty: not recorded. */
  readonly footprint: readonly EvidenceBar[];
  readonly refused?: string | undefined;
  readonly call?: EvidenceCall | undefined;
  /** Empty: not recorded, or the day is not over. */
  readonly path: readonly PathPoint[];
  /** What the user answered; undefined where nothing was asked. */
  readonly answer?: string | undefined;
  readonly results: readonly EvidenceResult[];
}

/** What statistics are of; the dates are trading days, YYYY-MM-DD, both included. */
export type Period =
  | { readonly kind: "days"; readonly days: number }
  | { readonly kind: "all" }
  | { readonly kind: "range"; readonly from: string; readonly to: string };

/**
 * A result in dollars, in ticks of one contract and in R; absent where it is not defined. But for the totals, ticks and R are before
 * costs.
 */
export interface ReportUnits {
  readonly name: string;
  readonly usd?: number | undefined;
  readonly ticks?: number | undefined;
  readonly r?: number | undefined;
}

/** A figure without a choice of units. */
export interface ReportFigure {
  readonly name: string;
  /** Absent where it is not defined. */
  readonly value?: number | undefined;
  readonly unit: "percent" | "ratio" | "count" | "usd" | "minutes" | "seconds" | "ticks" | "points";
  /** What it rests on, or why it says little. */
  readonly note?: string | undefined;
  /** It rests on so little that it is shown pale. */
  readonly weak?: boolean | undefined;
}

/** What something came to in all, with the 90 % interval of such a total. */
export interface ReportTotal {
  readonly total: number;
  readonly interval?: readonly [low: number, high: number] | undefined;
}

/** What deciding otherwise than recommended has cost against the paper rules alone; below 0 it has earned. */
export interface CostLine {
  readonly name: "Overrides" | "Skips";
  readonly count: number;
  readonly usd: ReportTotal;
  readonly r: ReportTotal;
}

/** Closed trades that have something in common. */
export interface ReportGroup {
  readonly name: string;
  readonly trades: number;
  readonly wins: number;
  /** 90 % interval of the win rate. */
  readonly winRateInterval: readonly [low: number, high: number];
  readonly netPnl: number;
  readonly meanR: number;
  /** Of prices, as a fraction: the average of `return_pct`. */
  readonly meanReturn: number;
}

/** What became of the recommendations for an account. */
export interface CoverageReport {
  readonly issued: number;
  /** Not executed with a reason, or filled and closed. */
  readonly complete: number;
  readonly filled: number;
}

/** Recommendations of which there is a closed trade, and what the paper rules alone make of them and of all. Intervals are 90 %. */
export interface ShadowReport {
  readonly trades: number;
  readonly winRate?: number | undefined;
  readonly winRateInterval?: readonly [low: number, high: number] | undefined;
  readonly shadowWinRate?: number | undefined;
  readonly shadowWinRateInterval?: readonly [low: number, high: number] | undefined;
  readonly meanR?: number | undefined;
  readonly shadowMeanR?: number | undefined;
  /** Of all recommendations that the paper rules fill. */
  readonly all: number;
  readonly allWinRate?: number | undefined;
  readonly allWinRateInterval?: readonly [low: number, high: number] | undefined;
}

/** The win rate of all closed trades against one that needs no skill; see `NullTest`. */
export interface NullReport {
  readonly name: "A coin" | "Break-even" | "Random entry";
  readonly rate: number;
  readonly highest: number;
  readonly rejected: boolean;
  readonly rejectedAfter?: number | undefined;
  readonly needed?: number | undefined;
}

/** How true the stated chances were, of all closed trades whatever the period: a choice after looking would flatter. */
export interface CalibrationReport {
  readonly forecasts: number;
  /** Absent while there are under 30. */
  readonly verdict?: "plausible" | "miscalibrated" | undefined;
  readonly brier: number;
  readonly brierOfHalf: number;
  readonly brierOfRunningRate: number;
  readonly logLoss: number;
  readonly logLossOfHalf: number;
  readonly inTheLarge: number;
  readonly bins: readonly {
    readonly low: number;
    readonly high: number;
    readonly forecasts: number;
    readonly meanConfidence: number;
    readonly winRate: number;
    /** 90 % interval of the win rate. */
    readonly interval: readonly [low: number, high: number];
  }[];
  readonly winRate: number;
  readonly winRateInterval: readonly [low: number, high: number];
  readonly nulls: readonly NullReport[];
  /** The user's own claim, not verified, and the chance that the true rate is at least as high. */
  readonly target: number;
  readonly chanceOfTarget: number;
}

/** By how much the size of a closed trade was multiplied for what its context had shown. */
export interface MultiplierPoint {
  /** When it was recommended. */
  readonly time: number;
  readonly multiplier: number;
}

/**
 * 30 days of an account since its first recommendation; the last of them has no end. Trades belong where they were recommended.
 */
export interface RoadmapMonth {
  /** Recommendations for the user, and those of them with complete feedback. */
  readonly issued: number;
  readonly complete: number;
  /** Closed trades. */
  readonly trades: number;
  readonly wins: number;
  readonly winRateInterval: readonly [low: number, high: number];
  /** Of the trades: the mean, the smallest and the largest; undefined without one. */
  readonly multiplier?: { readonly mean: number; readonly low: number; readonly high: number } | undefined;
  /** What the mean would be if the chance were no better than its lowest fifth. */
  readonly conservative?: number | undefined;
}

/** A trading day with a closed trade. */
export interface CalendarDay {
  /** YYYY-MM-DD, the exchange's. */
  readonly date: string;
  readonly trades: number;
  readonly wins: number;
  readonly netPnl: number;
  readonly r: number;
}

/** An account's statistics. */
export interface AccountReport {
  readonly name: AccountName;
  readonly trades: number;
  readonly tooFew: boolean;
  readonly units: readonly ReportUnits[];
  readonly figures: readonly ReportFigure[];
  readonly groups: readonly { readonly by: string; readonly rows: readonly ReportGroup[] }[];
  readonly coverage?: CoverageReport | undefined;
  readonly shadow?: ShadowReport | undefined;
  readonly costs: readonly CostLine[];
  /** What went into the size of each closed trade, of all time, oldest first. */
  readonly multipliers: readonly MultiplierPoint[];
  /** The first three months and what came later, as far as they are reached. */
  readonly roadmap: readonly RoadmapMonth[];
  /** Absent while there are under 30 trades. */
  readonly cone?: Cone | undefined;
  readonly calibration?: CalibrationReport | undefined;
  /** Of all time, oldest first. */
  readonly days: readonly CalendarDay[];
}

/** A time of which nothing was seen, in seconds: whole trading days between two that were seen, or a part of one (`days` 0). */
export interface BlindSpan {
  readonly from: number;
  readonly to: number;
  readonly days: number;
}

/** What closed trades tell, for a period. It changes only when a trade is closed or an answer is recorded. */
export interface PerformanceReport {
  readonly period: Period;
  readonly accounts: readonly AccountReport[];
  /** Oldest first. */
  readonly blind: readonly BlindSpan[];
}

/** How many entries at the begin stay of the lists that an account's report has of all time. */
export interface KeptLists {
  readonly name: AccountName;
  readonly multipliers: number;
  readonly days: number;
}

/** Host to webview: the whole state, then what changed. What is large and changes rarely has messages of its own. */
export type HostMessage =
  | { readonly type: "snapshot"; readonly state: DashboardState }
  | { readonly type: "append"; readonly change: DashboardChange }
  /** Asks for an SVG document as a picture. */
  | { readonly type: "draw"; readonly svg: string }
  /** What an account's lists of all time have in `report` follows the entries that `kept` leaves of them. */
  | { readonly type: "report"; readonly report: PerformanceReport; readonly kept: readonly KeptLists[] }
  /** Asks for a sound, as a WAV file in base64. */
  | { readonly type: "sound"; readonly wav: string }
  /** What the user asked to see of a signal. */
  | { readonly type: "evidence"; readonly evidence: SignalEvidence }
  /** Closed trades, oldest first: of those it has the first `kept` stay, `rows` follow them, and where there is `more`, the next do. */
  | { readonly type: "trades"; readonly kept: number; readonly rows: readonly TradeRow[]; readonly more: boolean };

/** Fields that changed are replaced; equity points are added to their account. */
export interface DashboardChange {
  readonly state: Omit<DashboardState, "accounts"> & {
    readonly accounts: readonly Omit<DashboardAccount, "equity">[];
  };
  readonly equity: readonly { readonly account: AccountName; readonly points: readonly EquityPoint[] }[];
}

/** Webview to host. */
export type WebviewMessage =
  | { readonly type: "ready" }
  | { readonly type: "recordFill"; readonly recommendation: string }
  | { readonly type: "skip"; readonly recommendation: string }
  | { readonly type: "copyTicket"; readonly recommendation: string }
  | { readonly type: "recordExit"; readonly recommendation: string }
  | { readonly type: "showPending" }
  /** Asks for the statistics of a period. */
  | { readonly type: "period"; readonly period: Period }
  /** Asks for the evidence of a signal, by its recommendation. */
  | { readonly type: "openEvidence"; readonly recommendation: string }
  | { readonly type: "start" }
  /** What was asked to be drawn: a PNG in base64; empty where it could not be. */
  | { readonly type: "picture"; readonly png: string }
  /** Whether the page may sound: a browser lets it only after the user has clicked or typed in it. */
  | { readonly type: "sounds"; readonly allowed: boolean }
  /** Messages of the host that were none, so far. */
  | { readonly type: "dropped"; readonly count: number };
