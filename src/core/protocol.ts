import type { AccountName } from "./sizing/recommendation.js";

/**
 * What the panel shows. The host computes it, the webview formats and draws. Money is in the account's currency, prices in
 * points, times in whole seconds since the epoch (UTC), rates and drawdowns are fractions.
 */
export interface DashboardState {
  /** Such as "ES MAR24", or "" before a contract is known. */
  readonly instrument: string;
  readonly mode: "idle" | "demo" | "replay" | "live";
  /** One sentence: what the workbench is doing now. */
  readonly status: string;
  /** Results are of a made-up market. */
  readonly simulated: boolean;
  /** IANA zone in which times are shown. */
  readonly timeZone: string;
  readonly accounts: readonly DashboardAccount[];
  /** The account to open on: the one that traded last. */
  readonly selected: AccountName;
  readonly recommendation: DashboardRecommendation | undefined;
  readonly open: readonly DashboardPosition[];
}

export interface DashboardAccount {
  readonly name: AccountName;
  readonly startBalance: number;
  readonly balance: number;
  readonly totalReturn: number;
  /** At the last mark, and the worst so far. */
  readonly drawdown: number;
  readonly maxDrawdown: number;
  readonly halted: boolean;
  readonly trades: number;
  readonly wins: number;
  /** 90 % interval of the win rate. */
  readonly winRateInterval: readonly [low: number, high: number];
  /** Mean R-multiple; undefined without a trade. */
  readonly expectancyR: number | undefined;
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

/** Edge: the interval's low end is above one half. Avoid: its high end is below. Too few: under 30 trades. */
export type Verdict = "Edge" | "Unproven" | "Avoid" | "Too few";

export interface ContextRow {
  /** `BUY|open|4-6x` */
  readonly context: string;
  readonly verdict: Verdict;
  readonly trades: number;
  readonly wins: number;
  /** 90 % interval of the win rate. */
  readonly winRateInterval: readonly [low: number, high: number];
  readonly meanR: number;
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
  readonly evidence: number;
  readonly multiplier: number;
  readonly context: string;
  readonly riskBudget: number;
  readonly riskActual: number;
  /** Wall-clock second at which it becomes late. */
  readonly lateAt: number;
}

export interface DashboardPosition {
  readonly recommendation: string;
  readonly account: AccountName;
  readonly contract: string;
  readonly action: "BUY" | "SHORT";
  readonly quantity: number;
  readonly entry: string;
  readonly stop: string;
  readonly target: string;
  readonly since: number;
}

/** Host to webview: the whole state, then what changed. */
export type HostMessage =
  | { readonly type: "snapshot"; readonly state: DashboardState }
  | { readonly type: "append"; readonly change: DashboardChange };

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
  | { readonly type: "recordExit"; readonly recommendation: string }
  | { readonly type: "start" };
