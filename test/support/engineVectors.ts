import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** Tolerances of the file's own note: for rational results, and for quantiles, PSR, DSR and NIG. */
export const RATIONAL = 1e-9;
export const QUANTILE = 1e-6;

type Numbers = Readonly<Record<string, number>>;
type Interval = readonly [number, number];
type Case<I, E> = { readonly name: string; readonly inputs: I; readonly expected: E };

/** A cluster as the other implementation describes it; prices in points. */
export interface ExpectedCluster {
  readonly bar: number;
  readonly t_close_s: number;
  readonly volume: number;
  readonly baseline: number;
  readonly ratio: number;
  readonly poc: number;
  readonly low: number;
  readonly high: number;
  readonly vwap: number;
  readonly modal_position: number;
  readonly direction: "BUY" | "SHORT" | null;
  readonly strength: number;
  readonly delta: number;
  readonly delta_frac: number | null;
  readonly last: number;
  readonly status: string;
}

export interface DetectionCase {
  readonly name: string;
  readonly cfg: {
    readonly bar_s: number;
    readonly window: number;
    readonly threshold: number;
    readonly baseline?: string;
  };
  readonly end_s: number | null;
  readonly trades: readonly (readonly [second: number, price: number, size: number, side: "A" | "B" | "N"])[];
  readonly expected: { readonly bar_volumes: readonly number[]; readonly clusters: readonly ExpectedCluster[] };
}

export interface PaperCase {
  readonly name: string;
  readonly order: {
    readonly direction: "BUY" | "SHORT";
    readonly type: "LIMIT" | "MARKET" | "STOP_LIMIT";
    readonly tif: "DAY" | "GTC" | "IOC";
    readonly qty: number;
    readonly limit: number;
    readonly stop: number;
    readonly target: number;
    readonly t0: number;
    readonly trigger?: number;
  };
  readonly trades: readonly (readonly [second: number, price: number, size: number])[];
  readonly cfg: {
    readonly slip: number;
    readonly comm: number;
    readonly latency: number;
    readonly eod?: number;
  };
  readonly expected: {
    readonly state: "WORKING" | "DONE";
    readonly events: readonly (Numbers & { readonly e: string; readonly reason?: string })[];
  };
}

/** What `engine.json` holds, section by section (`ENGINE.md` 15). Prices are points, times seconds. */
export interface EngineVectors {
  readonly beta_posterior: readonly (Numbers & { readonly ci90: Interval; readonly ci95: Interval })[];
  readonly multiplier_classic: readonly Numbers[];
  readonly multiplier_default_single_context: readonly Numbers[];
  readonly pooled: readonly {
    readonly rows: readonly (readonly [context: string, win: 0 | 1, day: number])[];
    readonly ctx: string;
    readonly now_day: number;
    readonly kappa: number;
    readonly half_life: number;
    readonly expected: Numbers & { readonly ci90: Interval };
  }[];
  readonly nig: readonly { readonly rs: readonly number[]; readonly expected: Numbers & { readonly ci90: Interval } }[];
  readonly kelly: readonly Numbers[];
  readonly breakeven: readonly Numbers[];
  readonly risk_fraction: readonly Numbers[];
  readonly sizing: readonly Case<
    Numbers & { readonly enforce_budget?: boolean },
    Numbers & { readonly blocked: string | null }
  >[];
  readonly bracket: readonly Case<Numbers & { readonly direction: "BUY" | "SHORT"; readonly mode: string }, Numbers>[];
  readonly stop_distance: readonly Numbers[];
  readonly trade_result: readonly Case<Numbers & { readonly direction: "BUY" | "SHORT" }, Numbers>[];
  readonly detection: readonly DetectionCase[];
  readonly paper: readonly PaperCase[];
  readonly equity_metrics: {
    readonly equity: readonly number[];
    readonly calendar_days: number;
    readonly expected: Numbers & {
      readonly daily_returns: readonly number[];
      readonly drawdown_series: readonly number[];
    };
  };
  readonly trade_metrics: {
    readonly pnl: readonly number[];
    readonly R: readonly number[];
    readonly expected: Numbers;
  };
  readonly calibration: {
    readonly p: readonly number[];
    readonly y: readonly number[];
    readonly bins: number;
    readonly expected: Numbers & { readonly table: readonly Numbers[] };
  };
  readonly psr_dsr: Numbers;
  readonly dsr_published_example: Numbers;
  readonly null_walk: Numbers & { readonly simulated: Numbers };
  readonly pbo: {
    readonly returns: readonly (readonly number[])[];
    readonly S: number;
    readonly expected: { readonly pbo: number; readonly logits: readonly number[] };
  };
  readonly contracts: Readonly<Record<string, string>>;
  readonly saturday: Numbers & { readonly days_giving_47_2pct: Numbers };
  readonly time_of_day: readonly {
    readonly history: readonly (readonly number[])[];
    readonly slot: number;
    readonly k: number;
    readonly min_sessions: number;
    readonly baseline: number | null;
  }[];
  readonly session: Readonly<
    Record<
      string,
      {
        readonly et: string;
        readonly weekday: string;
        readonly in_session: boolean;
        readonly slot: number | null;
        readonly phase: string | null;
        readonly entry_allowed: boolean;
        readonly flat_due: boolean;
      }
    >
  >;
  readonly emergency: readonly {
    readonly peak: number;
    readonly equity: number;
    readonly drawdown: number;
    readonly halted: boolean;
  }[];
}

/** Reads the file that the environment variable VECTORS names, else the one that the tests ship. */
export function readEngineVectors(): EngineVectors {
  return JSON.parse(readFileSync(process.env.VECTORS ?? "test/data/engine.json", "utf8")) as EngineVectors;
}

/** A field that the section must have: a missing number is a failure, not a comparison with undefined. */
export function number(from: Readonly<Record<string, unknown>>, field: string): number {
  const value = from[field];
  if (typeof value !== "number") throw new Error(`The vector has no number "${field}"`);
  return value;
}

/** Expects a number within `tolerance` of `want`, relative where `want` is above 1. */
export function close(got: number | undefined, want: number, tolerance = RATIONAL): void {
  if (got === undefined) throw new Error(`Got nothing in the place of ${want}`);
  expect(Math.abs(got - want), `${got} is not ${want}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(want)));
}

/** The same for a list. */
export function allClose(got: readonly number[] | undefined, want: readonly number[], tolerance = RATIONAL): void {
  expect(got).toHaveLength(want.length);
  for (const [i, value] of want.entries()) close(got?.[i], value, tolerance);
}
