import fc from "fast-check";
import type {
  ContextRow,
  DashboardAccount,
  DashboardPosition,
  DashboardRecommendation,
  DashboardState,
  EquityPoint,
} from "../../src/core/protocol.js";

/** Text from outside, some of it hostile: it must be shown as it is. */
const text = fc.constantFrom("ES MAR24", "", "LTCUSDT", "<img src=x onerror=alert(1)>", "a & b", "__proto__", "Ω|ß");
const count = fc.integer({ min: 0, max: 20_000 });
const money = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const time = fc.integer({ min: 0, max: 4_000_000_000 });
const price = fc.integer({ min: 0, max: 40_000 }).map((ticks) => (ticks / 4).toFixed(2));
const direction = fc.constantFrom("BUY" as const, "SHORT" as const);
const interval = fc
  .tuple(fraction, fraction)
  .map(([a, b]): readonly [number, number] => [Math.min(a, b), Math.max(a, b)]);

/** Equity points in strictly rising order of time. */
export const equityPoints: fc.Arbitrary<readonly EquityPoint[]> = fc
  .uniqueArray(fc.record({ time, balance: money, drawdown: fraction }), {
    selector: (point) => point.time,
    maxLength: 12,
  })
  .map((points) => points.toSorted((a, b) => a.time - b.time));

const contextRow: fc.Arbitrary<ContextRow> = fc
  .record({
    context: fc.constantFrom("BUY|open|4-6x", "SHORT|close|6x+", "BUY|mid|6x+", "5", "<b>"),
    verdict: fc.constantFrom("Edge" as const, "Unproven" as const, "Avoid" as const, "Too few" as const),
    trades: count,
    winShare: fraction,
    winRateInterval: interval,
    meanR: fc.double({ min: -20, max: 20, noNaN: true }),
    breakEven: fraction,
    posterior: fraction,
    posteriorInterval: interval,
    multiplier: fc.double({ min: 0, max: 3, noNaN: true }),
  })
  .map(({ winShare, ...row }) => ({ ...row, wins: Math.floor(row.trades * winShare) }));

function account(name: "manual" | "paper"): fc.Arbitrary<DashboardAccount> {
  return fc
    .record({
      startBalance: fc.double({ min: 1, max: 1e9, noNaN: true }),
      balance: money,
      drawdown: fraction,
      maxDrawdown: fraction,
      halted: fc.boolean(),
      trades: count,
      winShare: fraction,
      winRateInterval: interval,
      expectancy: money,
      expectancyR: fc.double({ min: -20, max: 20, noNaN: true }),
      equity: equityPoints,
      contexts: fc.uniqueArray(contextRow, { selector: (row) => row.context, maxLength: 5 }),
    })
    .map(({ winShare, expectancy, expectancyR, ...rest }) => ({
      ...rest,
      name,
      totalReturn: rest.balance / rest.startBalance - 1,
      wins: Math.floor(rest.trades * winShare),
      expectancy: rest.trades === 0 ? undefined : expectancy,
      expectancyR: rest.trades === 0 ? undefined : expectancyR,
      netPnl: rest.balance - rest.startBalance,
    }));
}

const recommendation: fc.Arbitrary<DashboardRecommendation> = fc.record({
  id: fc.constantFrom("ESH4-20240105T143100Z-BUY", "x"),
  time,
  contract: text,
  action: direction,
  quantity: fc.integer({ min: 1, max: 30 }),
  orderType: fc.constantFrom("LIMIT", "MARKET", "STOP_LIMIT"),
  price,
  stop: price,
  target: price,
  confidence: fraction,
  interval,
  breakEven: fraction,
  evidence: count,
  multiplier: fc.double({ min: 0, max: 3, noNaN: true }),
  context: text,
  riskBudget: fc.double({ min: 0, max: 1e6, noNaN: true }),
  riskActual: fc.double({ min: 0, max: 1e6, noNaN: true }),
  lateAt: time,
});

const position: fc.Arbitrary<DashboardPosition> = fc.record({
  recommendation: fc.constantFrom("a", "b", "c"),
  account: fc.constantFrom("manual" as const, "paper" as const),
  contract: text,
  action: direction,
  held: text,
  entry: price,
  stop: price,
  target: price,
  since: time,
});

/** Any state that the host may send. */
export const dashboardState: fc.Arbitrary<DashboardState> = fc.record({
  instrument: text,
  mode: fc.constantFrom("idle" as const, "demo" as const, "replay" as const, "live" as const),
  phase: fc.constantFrom("idle" as const, "starting" as const, "running" as const, "stopping" as const),
  status: text,
  noCall: fc.option(fc.record({ lastHeardAt: time }), { nil: undefined }),
  nearest: fc.option(
    fc.record({ ratio: fc.double({ min: 0, max: 1e6, noNaN: true }), needs: fc.constantFrom(1.5, 4), closesAt: time }),
    { nil: undefined },
  ),
  simulated: fc.boolean(),
  timeZone: fc.constantFrom("America/New_York", "UTC", "Asia/Kolkata"),
  accounts: fc
    .tuple(account("manual"), account("paper"), fc.subarray([0, 1]))
    .map(([manual, paper, chosen]) => chosen.map((index) => (index === 0 ? manual : paper))),
  selected: fc.constantFrom("manual" as const, "paper" as const),
  recommendation: fc.option(recommendation, { nil: undefined }),
  unanswered: fc.nat(3),
  open: fc.uniqueArray(position, { selector: (one) => `${one.account} ${one.recommendation}`, maxLength: 3 }),
});
