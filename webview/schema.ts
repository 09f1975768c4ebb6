import * as z from "zod/mini";
import type { Envelope } from "../src/core/envelope.js";
import type {
  DashboardAccount,
  DashboardState,
  EquityPoint,
  HostMessage,
  PerformanceReport,
  Period,
  SignalEvidence,
  TradeRow,
} from "../src/core/protocol.js";

// zod would try `new Function` for speed, which the page's policy forbids and reports.
z.config({ jitless: true });

/*
 * The schemas of what the host sends. Each is typed by the protocol, so that one which does not fit it is an error of the compiler.
 */

/** A list of the host; one that is longer than any that it sends is none. */
const list = <T extends z.ZodMiniType>(item: T, most: number) => z.array(item).check(z.maxLength(most));

export const accountName = z.enum(["manual", "paper"]);
const action = z.enum(["BUY", "SHORT"]);
const interval = z.readonly(z.tuple([z.number(), z.number()]));

const equityPoint: z.ZodMiniType<EquityPoint> = z.object({
  time: z.number(),
  balance: z.number(),
  drawdown: z.number(),
});

const unit = z.optional(z.literal("R"));

const contextRow = z.object({
  context: z.string(),
  verdict: z.enum(["Edge", "Unproven", "Avoid", "Too few"]),
  trades: z.number(),
  wins: z.number(),
  winRateInterval: interval,
  meanR: z.number(),
  breakEven: z.number(),
  posterior: z.number(),
  posteriorInterval: interval,
  multiplier: z.number(),
});

const accountWithoutCurve = z.object({
  name: accountName,
  unit,
  startBalance: z.number(),
  balance: z.number(),
  totalReturn: z.number(),
  marked: z.optional(z.number()),
  drawdown: z.number(),
  maxDrawdown: z.number(),
  halted: z.boolean(),
  trades: z.number(),
  wins: z.number(),
  winRateInterval: interval,
  expectancy: z.optional(z.number()),
  expectancyR: z.optional(z.number()),
  netPnl: z.number(),
  contexts: z.array(contextRow),
});

const account: z.ZodMiniType<DashboardAccount> = z.extend(accountWithoutCurve, { equity: list(equityPoint, 50_000) });

/** What may be seen again when it is old: all but calls, positions and what is being done. */
export const lastingState = z.object({
  instrument: z.string(),
  mode: z.enum(["idle", "demo", "replay", "live"]),
  phase: z.enum(["idle", "starting", "running", "stopping"]),
  paper: z.optional(z.boolean()),
  simulated: z.boolean(),
  timeZone: z.string(),
  selected: accountName,
  accounts: z.array(account),
});

const recommendation = z.object({
  id: z.string(),
  time: z.number(),
  contract: z.string(),
  action,
  quantity: z.number(),
  orderType: z.string(),
  price: z.string(),
  stop: z.string(),
  target: z.string(),
  confidence: z.number(),
  interval,
  breakEven: z.number(),
  evidence: z.number(),
  multiplier: z.number(),
  context: z.string(),
  unit,
  riskBudget: z.number(),
  riskActual: z.number(),
  lateAt: z.number(),
});

const position = z.object({
  recommendation: z.string(),
  account: accountName,
  contract: z.string(),
  action,
  quantity: z.number(),
  entry: z.string(),
  stop: z.string(),
  target: z.string(),
  since: z.number(),
});

const passing = {
  status: z.string(),
  recommendation: z.optional(recommendation),
  unanswered: z.number(),
  open: z.array(position),
};

const state: z.ZodMiniType<DashboardState> = z.extend(lastingState, passing);
const stateWithoutCurves = z.extend(lastingState, { ...passing, accounts: z.array(accountWithoutCurve) });

const tradeRow: z.ZodMiniType<TradeRow> = z.object({
  id: z.string(),
  recommendation: z.string(),
  account: accountName,
  time: z.number(),
  contract: z.string(),
  action,
  quantity: z.number(),
  entry: z.string(),
  exit: z.string(),
  reason: z.string(),
  ticks: z.number(),
  rMultiple: z.number(),
  netPnl: z.number(),
  context: z.string(),
  notes: z.string(),
  unverified: z.boolean(),
});

const wins = z.object({ wins: z.number(), losses: z.number() });

const evidenceCall = z.object({
  account: accountName,
  orderType: z.string(),
  quantity: z.number(),
  price: z.string(),
  stop: z.string(),
  target: z.string(),
  confidence: z.number(),
  interval,
  breakEven: z.number(),
  chanceAboveBreakEven: z.number(),
  multiplier: z.number(),
  conservativeMultiplier: z.number(),
  evidence: z.number(),
  context: z.string(),
  posterior: z.optional(
    z.object({
      alpha: z.number(),
      beta: z.number(),
      lambda: z.number(),
      contextTrades: z.number(),
      otherTrades: z.number(),
    }),
  ),
  own: wins,
  others: wins,
  rows: z.array(z.object({ time: z.number(), win: z.boolean(), rMultiple: z.number() })),
  sizing: z.object({
    riskFraction: z.number(),
    budget: z.number(),
    riskPerContract: z.number(),
    base: z.number(),
    raw: z.number(),
    cap: z.number(),
    quantity: z.number(),
    riskActual: z.number(),
  }),
});

const evidence: z.ZodMiniType<SignalEvidence> = z.object({
  key: z.string(),
  recommendation: z.optional(z.string()),
  time: z.number(),
  contract: z.string(),
  action,
  tickSize: z.number(),
  cluster: z.object({
    ratio: z.number(),
    volume: z.number(),
    baseline: z.number(),
    pointOfControl: z.optional(z.number()),
    low: z.number(),
    high: z.number(),
    close: z.number(),
    modalPosition: z.number(),
    deltaFraction: z.optional(z.number()),
    strength: z.number(),
    partial: z.boolean(),
  }),
  answers: z.array(z.object({ rule: z.string(), answer: z.optional(action) })),
  footprint: z.array(
    z.object({
      time: z.number(),
      low: z.number(),
      high: z.number(),
      close: z.number(),
      volume: z.number(),
      levels: z.array(z.object({ price: z.number(), volume: z.number(), bid: z.number(), ask: z.number() })),
    }),
  ),
  refused: z.optional(z.string()),
  call: z.optional(evidenceCall),
  path: z.array(z.object({ time: z.number(), low: z.number(), high: z.number(), close: z.number() })),
  answer: z.optional(z.string()),
  results: z.array(
    z.object({
      of: z.enum(["manual", "paper", "shadow"]),
      reason: z.string(),
      entry: z.optional(z.number()),
      exit: z.optional(z.number()),
      rMultiple: z.number(),
      netPnl: z.number(),
      maePoints: z.optional(z.number()),
      mfePoints: z.optional(z.number()),
    }),
  ),
});

export const period: z.ZodMiniType<Period> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("days"), days: z.number() }),
  z.object({ kind: z.literal("all") }),
  z.object({ kind: z.literal("range"), from: z.string(), to: z.string() }),
]);

const total = z.object({ total: z.number(), interval: z.optional(interval) });
const maybe = z.optional(z.number());

const calibration = z.object({
  forecasts: z.number(),
  verdict: z.optional(z.enum(["plausible", "miscalibrated"])),
  brier: z.number(),
  brierOfHalf: z.number(),
  brierOfRunningRate: z.number(),
  logLoss: z.number(),
  logLossOfHalf: z.number(),
  inTheLarge: z.number(),
  bins: z.array(
    z.object({
      low: z.number(),
      high: z.number(),
      forecasts: z.number(),
      meanConfidence: z.number(),
      winRate: z.number(),
      interval,
    }),
  ),
  winRate: z.number(),
  winRateInterval: interval,
  nulls: z.array(
    z.object({
      name: z.enum(["A coin", "Break-even", "Random entry"]),
      rate: z.number(),
      highest: z.number(),
      rejected: z.boolean(),
      rejectedAfter: maybe,
      needed: maybe,
    }),
  ),
  target: z.number(),
  chanceOfTarget: z.number(),
});

const accountReport = z.object({
  name: accountName,
  trades: z.number(),
  tooFew: z.boolean(),
  units: z.array(z.object({ name: z.string(), usd: maybe, ticks: maybe, r: maybe })),
  figures: z.array(
    z.object({
      name: z.string(),
      value: maybe,
      unit: z.enum(["percent", "ratio", "count", "usd", "minutes", "seconds", "ticks", "points"]),
      note: z.optional(z.string()),
      weak: z.optional(z.boolean()),
    }),
  ),
  groups: z.array(
    z.object({
      by: z.string(),
      rows: z.array(
        z.object({
          name: z.string(),
          trades: z.number(),
          wins: z.number(),
          winRateInterval: interval,
          netPnl: z.number(),
          meanR: z.number(),
          meanReturn: z.number(),
        }),
      ),
    }),
  ),
  coverage: z.optional(z.object({ issued: z.number(), complete: z.number(), filled: z.number() })),
  shadow: z.optional(
    z.object({
      trades: z.number(),
      winRate: maybe,
      winRateInterval: z.optional(interval),
      shadowWinRate: maybe,
      shadowWinRateInterval: z.optional(interval),
      meanR: maybe,
      shadowMeanR: maybe,
      all: z.number(),
      allWinRate: maybe,
      allWinRateInterval: z.optional(interval),
    }),
  ),
  costs: z.array(z.object({ name: z.enum(["Overrides", "Skips"]), count: z.number(), usd: total, r: total })),
  multipliers: list(z.object({ time: z.number(), multiplier: z.number() }), 200_000),
  cone: z.optional(
    z.object({
      paths: z.number(),
      steps: z.array(
        z.object({
          trades: z.number(),
          low: z.number(),
          lowerQuartile: z.number(),
          median: z.number(),
          upperQuartile: z.number(),
          high: z.number(),
        }),
      ),
      halted: z.number(),
      losing: z.number(),
    }),
  ),
  calibration: z.optional(calibration),
  days: z.array(
    z.object({ date: z.string(), trades: z.number(), wins: z.number(), netPnl: z.number(), r: z.number() }),
  ),
});

const report: z.ZodMiniType<PerformanceReport> = z.object({
  period,
  accounts: z.array(accountReport),
  blind: z.array(z.object({ from: z.number(), to: z.number(), days: z.number() })),
});

/** Anything that the host may say. */
export const hostMessage: z.ZodMiniType<HostMessage> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("snapshot"), state }),
  z.object({
    type: z.literal("append"),
    change: z.object({
      state: stateWithoutCurves,
      equity: z.array(z.object({ account: accountName, points: list(equityPoint, 50_000) })),
    }),
  }),
  z.object({ type: z.literal("report"), report }),
  z.object({ type: z.literal("draw"), svg: z.string() }),
  z.object({ type: z.literal("sound"), wav: z.string() }),
  z.object({ type: z.literal("evidence"), evidence }),
  z.object({ type: z.literal("trades"), kept: z.int().check(z.minimum(0)), rows: list(tradeRow, 200_000) }),
]);

const envelope: z.ZodMiniType<Envelope<HostMessage>> = z.object({
  number: z.int().check(z.minimum(1)),
  message: hostMessage,
});

/** A message of the host; undefined for anything that is none. */
export function parseHostMessage(raw: unknown): Envelope<HostMessage> | undefined {
  return envelope.safeParse(raw).data;
}
