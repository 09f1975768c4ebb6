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
const list = <T extends z.ZodMiniType>(item: T, most = 20_000) => z.array(item).check(z.maxLength(most));

/** A text of the host, and a file as one: the same holds for them. */
const text = z.string().check(z.maxLength(20_000));
const file = z.string().check(z.maxLength(20_000_000));

export const accountName = z.enum(["manual", "paper"]);
const action = z.enum(["BUY", "SHORT"]);
// Not `z.readonly`: it freezes what it is given, which throws where that is a typed array.
const interval: z.ZodMiniType<readonly [number, number]> = z.tuple([z.number(), z.number()]);

const equityPoint: z.ZodMiniType<EquityPoint> = z.object({
  time: z.number(),
  balance: z.number(),
  drawdown: z.number(),
});

const unit = z.optional(z.literal("R"));

const contextRow = z.object({
  context: text,
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
  contexts: list(contextRow),
});

const account: z.ZodMiniType<DashboardAccount> = z.extend(accountWithoutCurve, { equity: list(equityPoint, 50_000) });

/** What may be seen again when it is old: all but calls, positions and what is being done. */
export const lastingState = z.object({
  instrument: text,
  mode: z.enum(["idle", "demo", "replay", "live"]),
  phase: z.enum(["idle", "starting", "running", "stopping"]),
  paper: z.optional(z.boolean()),
  simulated: z.boolean(),
  timeZone: text,
  selected: accountName,
  accounts: list(account),
});

const recommendation = z.object({
  id: text,
  time: z.number(),
  contract: text,
  action,
  quantity: z.number(),
  orderType: text,
  price: text,
  stop: text,
  target: text,
  confidence: z.number(),
  interval,
  breakEven: z.number(),
  evidence: z.number(),
  multiplier: z.number(),
  context: text,
  unit,
  riskBudget: z.number(),
  riskActual: z.number(),
  lateAt: z.number(),
});

const position = z.object({
  recommendation: text,
  account: accountName,
  contract: text,
  action,
  held: text,
  entry: text,
  stop: text,
  target: text,
  since: z.number(),
  closed: z.optional(z.object({ count: text, price: text })),
});

const trust = z.object({
  lastTradeAt: z.optional(z.number()),
  closesAt: z.optional(z.number()),
  fallen: z.optional(z.number()),
  haltsAt: z.optional(z.number()),
});

const passing = {
  nearest: z.optional(z.object({ ratio: z.number(), needs: z.number(), closesAt: z.number() })),
  trust: z.optional(trust),
  status: text,
  noCall: z.optional(z.object({ lastHeardAt: z.optional(z.number()) })),
  recommendation: z.optional(recommendation),
  unanswered: z.number(),
  open: list(position),
};

const state: z.ZodMiniType<DashboardState> = z.extend(lastingState, passing);
const stateWithoutCurves = z.extend(lastingState, { ...passing, accounts: list(accountWithoutCurve) });

const tradeRow: z.ZodMiniType<TradeRow> = z.object({
  id: text,
  recommendation: text,
  account: accountName,
  time: z.number(),
  contract: text,
  action,
  quantity: z.number(),
  entry: text,
  exit: text,
  exits: z.optional(list(text)),
  reason: text,
  ticks: z.number(),
  maeTicks: z.optional(z.number()),
  mfeTicks: z.optional(z.number()),
  rMultiple: z.number(),
  netPnl: z.number(),
  context: text,
  notes: text,
  unverified: z.boolean(),
});

const wins = z.object({ wins: z.number(), losses: z.number() });

const evidenceCall = z.object({
  account: accountName,
  orderType: text,
  quantity: z.number(),
  price: text,
  stop: text,
  target: text,
  confidence: z.number(),
  interval,
  breakEven: z.number(),
  chanceAboveBreakEven: z.number(),
  multiplier: z.number(),
  conservativeMultiplier: z.number(),
  evidence: z.number(),
  context: text,
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
  rows: list(z.object({ time: z.number(), win: z.boolean(), rMultiple: z.number() })),
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
  key: text,
  recommendation: z.optional(text),
  time: z.number(),
  contract: text,
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
  answers: list(z.object({ rule: text, answer: z.optional(action) })),
  footprint: list(
    z.object({
      time: z.number(),
      low: z.number(),
      high: z.number(),
      close: z.number(),
      volume: z.number(),
      levels: list(z.object({ price: z.number(), volume: z.number(), bid: z.number(), ask: z.number() })),
    }),
  ),
  refused: z.optional(text),
  call: z.optional(evidenceCall),
  path: list(z.object({ time: z.number(), low: z.number(), high: z.number(), close: z.number() })),
  answer: z.optional(text),
  results: list(
    z.object({
      of: z.enum(["manual", "paper", "shadow"]),
      reason: text,
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
  z.object({ kind: z.literal("range"), from: text, to: text }),
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
  bins: list(
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
  nulls: list(
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
  units: list(z.object({ name: text, usd: maybe, ticks: maybe, r: maybe })),
  figures: list(
    z.object({
      name: text,
      value: maybe,
      unit: z.enum(["percent", "ratio", "count", "usd", "minutes", "seconds", "ticks", "points"]),
      note: z.optional(text),
      weak: z.optional(z.boolean()),
    }),
  ),
  groups: list(
    z.object({
      by: text,
      rows: list(
        z.object({
          name: text,
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
  costs: list(z.object({ name: z.enum(["Overrides", "Skips"]), count: z.number(), usd: total, r: total })),
  multipliers: list(z.object({ time: z.number(), multiplier: z.number() }), 200_000),
  roadmap: list(
    z.object({
      issued: z.number(),
      complete: z.number(),
      trades: z.number(),
      wins: z.number(),
      winRateInterval: interval,
      multiplier: z.optional(z.object({ mean: z.number(), low: z.number(), high: z.number() })),
      conservative: z.optional(z.number()),
    }),
  ),
  cone: z.optional(
    z.object({
      paths: z.number(),
      steps: list(
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
  days: list(z.object({ date: text, trades: z.number(), wins: z.number(), netPnl: z.number(), r: z.number() })),
});

const report: z.ZodMiniType<PerformanceReport> = z.object({
  period,
  accounts: list(accountReport),
  blind: list(z.object({ from: z.number(), to: z.number(), days: z.number() })),
});

/** Entries at the begin of a list that stay. */
const kept = z.int().check(z.minimum(0));

/** Anything that the host may say. */
export const hostMessage: z.ZodMiniType<HostMessage> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("snapshot"), state }),
  z.object({
    type: z.literal("append"),
    change: z.object({
      state: stateWithoutCurves,
      equity: list(z.object({ account: accountName, points: list(equityPoint, 50_000) })),
    }),
  }),
  z.object({
    type: z.literal("report"),
    report,
    kept: list(z.object({ name: accountName, multipliers: kept, days: kept })),
  }),
  z.object({ type: z.literal("draw"), svg: file }),
  z.object({ type: z.literal("sound"), wav: file }),
  z.object({ type: z.literal("evidence"), evidence }),
  z.object({ type: z.literal("trades"), kept, rows: list(tradeRow, 200_000), more: z.boolean() }),
]);

const envelope: z.ZodMiniType<Envelope<HostMessage>> = z.object({
  number: z.int().check(z.minimum(1)),
  at: z.optional(z.int().check(z.minimum(0))),
  message: hostMessage,
});

/** A message of the host; undefined for anything that is none. */
export function parseHostMessage(raw: unknown): Envelope<HostMessage> | undefined {
  return envelope.safeParse(raw).data;
}
