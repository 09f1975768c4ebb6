import * as z from "zod/mini";
import type { DashboardAccount, DashboardState, EquityPoint, HostMessage, TradeRow } from "../src/core/protocol.js";

// zod would try `new Function` for speed, which the page's policy forbids and reports.
z.config({ jitless: true });

/*
 * The schemas of what the host sends. Each is typed by the protocol, so that one which does not fit it is an error of the compiler.
 */

export const accountName = z.enum(["manual", "paper"]);
const action = z.enum(["BUY", "SHORT"]);
const interval = z.readonly(z.tuple([z.number(), z.number()]));

const equityPoint: z.ZodMiniType<EquityPoint> = z.object({
  time: z.number(),
  balance: z.number(),
  drawdown: z.number(),
});

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
  startBalance: z.number(),
  balance: z.number(),
  totalReturn: z.number(),
  drawdown: z.number(),
  maxDrawdown: z.number(),
  halted: z.boolean(),
  trades: z.number(),
  wins: z.number(),
  winRateInterval: interval,
  expectancyR: z.optional(z.number()),
  netPnl: z.number(),
  contexts: z.array(contextRow),
});

const account: z.ZodMiniType<DashboardAccount> = z.extend(accountWithoutCurve, { equity: z.array(equityPoint) });

/** What may be seen again when it is old: all but calls, positions and what is being done. */
export const lastingState = z.object({
  instrument: z.string(),
  mode: z.enum(["idle", "demo", "replay", "live"]),
  phase: z.enum(["idle", "starting", "running", "stopping"]),
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

const hostMessage: z.ZodMiniType<HostMessage> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("snapshot"), state }),
  z.object({
    type: z.literal("append"),
    change: z.object({
      state: stateWithoutCurves,
      equity: z.array(z.object({ account: accountName, points: z.array(equityPoint) })),
    }),
  }),
  z.object({ type: z.literal("trades"), kept: z.int().check(z.minimum(0)), rows: z.array(tradeRow) }),
]);

/** A message of the host; undefined for anything that is none. */
export function parseHostMessage(raw: unknown): HostMessage | undefined {
  return hostMessage.safeParse(raw).data;
}
