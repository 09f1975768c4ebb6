import type { ContractTape } from "./contractTape.js";
import type { Desk } from "./desk.js";
import type { AccountView, ContextView, EngineView, OpenPosition } from "./events.js";
import type { PriceRange } from "./guards/typedPrice.js";
import type { Account } from "./ledger/account.js";
import type { TradingDay } from "./session.js";
import type { EngineSettings } from "./settings.js";
import { interval, multiplier, type Outcome, posterior, winRateInterval } from "./sizing/posterior.js";
import type { Recommendation } from "./sizing/recommendation.js";
import { type Cents, MICROS_PER_MINUTE, type Micros } from "./units.js";

/** Wins, and losses, from which their mean says something about the next one. */
const ENOUGH_OF_A_KIND = 5;

interface Known {
  readonly time: Micros;
  readonly day: TradingDay | undefined;
  readonly tape: ContractTape | undefined;
  readonly tradesSeen: number;
  readonly desk: Desk;
  readonly settings: EngineSettings;
}

/** Puts what the stages know into one picture. */
export function engineView(known: Known): EngineView {
  const { desk, tape, day } = known;
  const pending = [...desk.issued.all].filter(
    ({ id, account }) => account === "manual" && desk.stateOf(id, "manual") === "ISSUED",
  );
  const open = desk.openPositions(tape?.instrument, tape?.lastPrice);
  return {
    time: known.time,
    tradingDay: day?.date,
    sessionOpen: day?.open,
    sessionClose: day?.close,
    instrument: tape?.instrument,
    lastPrice: tape?.lastPrice,
    tradesSeen: known.tradesSeen,
    highestRatio: tape?.detector.highestRatio,
    accounts: desk.active.map(accountView),
    pending,
    open,
    traded: traded(pending, open, tape),
    contexts: desk.active.flatMap((account) => contextViews(account, known)),
    maxPosition: desk.risk.maxPositionSize,
  };
}

/**
 * The win rate at which results such as these gain nothing: mean loss / (mean win + mean loss), after costs (`ENGINE.md` 6.7).
 *
 * @returns in [0, 1); undefined under 5 wins or 5 losses
 */
export function realisedBreakEven(rows: readonly Pick<Outcome, "win" | "netPnl">[]): number | undefined {
  const wins = rows.filter((row) => row.win).map((row) => row.netPnl);
  const losses = rows.filter((row) => !row.win).map((row) => -row.netPnl);
  if (wins.length < ENOUGH_OF_A_KIND || losses.length < ENOUGH_OF_A_KIND) return undefined;
  const [won, lost] = [mean(wins), mean(losses)];
  return lost / (won + lost);
}

function traded(
  pending: readonly Recommendation[],
  open: readonly OpenPosition[],
  tape: ContractTape | undefined,
): Readonly<Record<string, PriceRange>> {
  const since = [
    ...pending.map((recommendation) => ({ recommendation, time: recommendation.time })),
    ...open
      .filter(({ account }) => account === "manual")
      .map(({ recommendation, entryTime: time }) => ({ recommendation, time })),
  ];
  const ranges = since.flatMap(({ recommendation: { id, instrument }, time }) => {
    if (tape?.instrument.symbol !== instrument.symbol) return [];
    const range = tape.ranges.since((time - MICROS_PER_MINUTE) as Micros);
    return range === undefined ? [] : [[id, range] as const];
  });
  return Object.fromEntries(ranges);
}

function accountView(account: Account): AccountView {
  return {
    name: account.name,
    startBalance: account.startBalance,
    balance: account.balance,
    equity: account.equity,
    drawdown: account.drawdown,
    maxDrawdown: account.maxDrawdown,
    halted: account.halted,
    closedTrades: account.closedTrades,
    wins: account.wins,
    netPnl: (account.balance - account.startBalance) as Cents,
  };
}

function contextViews(account: Account, known: Known): readonly ContextView[] {
  const { desk, settings } = known;
  const own = desk.outcomes.filter((row) => row.account === account.name);
  return [...new Set(own.map((row) => row.context))].sort().map((context) => {
    const rows = own.filter((row) => row.context === context);
    const wins = rows.filter((row) => row.win).length;
    const belief = posterior(desk.learnedBy(account.name), context, known.time, settings.bayes);
    return {
      context,
      account: account.name,
      trades: rows.length,
      wins,
      winRateInterval: winRateInterval(wins, rows.length),
      meanR: rows.reduce((sum, row) => sum + row.rMultiple, 0) / rows.length,
      netPnl: rows.reduce((sum, row) => sum + row.netPnl, 0) as Cents,
      breakEven: realisedBreakEven(rows),
      confidence: belief.mean,
      interval: interval(belief, 0.9),
      multiplier: multiplier(belief, settings.bayes),
      conservativeMultiplier: multiplier(belief, settings.bayes, "lower20"),
      evidence: belief.evidence,
    };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
