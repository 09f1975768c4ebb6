import type { ContractTape } from "./contractTape.js";
import type { Desk } from "./desk.js";
import type { AccountView, ContextView, EngineView, OpenPosition } from "./events.js";
import type { PriceRange } from "./guards/typedPrice.js";
import type { Account } from "./ledger/account.js";
import type { TradingDay } from "./session.js";
import type { EngineSettings } from "./settings.js";
import { interval, multiplier, posterior } from "./sizing/posterior.js";
import type { Recommendation } from "./sizing/recommendation.js";
import { type Cents, MICROS_PER_MINUTE, type Micros } from "./units.js";

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
  const open = desk.openPositions(tape?.instrument, tape?.lastPrice).map((position) => ({
    ...position,
    ...followed(position, tape),
  }));
  return {
    time: known.time,
    tradingDay: day?.date,
    sessionOpen: day?.open,
    sessionClose: day?.close,
    instrument: tape?.instrument,
    lastPrice: tape?.lastPrice,
    tradesSeen: known.tradesSeen,
    highestRatio: tape?.detector.highestRatio,
    forming: tape?.forming(),
    accounts: desk.active.map(accountView),
    pending,
    open,
    traded: traded(pending, open, tape),
    contexts: desk.active.flatMap((account) => contextViews(account, known)),
    maxPosition: desk.risk.maxPositionSize,
    haltingDrawdown: desk.risk.emergencyStopLossPct,
  };
}

function followed(position: OpenPosition, tape: ContractTape | undefined): Pick<OpenPosition, "soFar"> {
  const isWatched = tape?.instrument.symbol === position.recommendation.instrument.symbol;
  const soFar = isWatched ? tape.trail.soFar(position) : undefined;
  return soFar === undefined ? {} : { soFar };
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
    // An account that had nothing when it was reset has nothing to fall from.
    ...(account.limitPeak > 0 && { limitDrawdown: 1 - account.equity / account.limitPeak }),
    halted: account.halted,
    closedTrades: account.closedTrades,
    wins: account.wins,
    netPnl: (account.balance - account.startBalance) as Cents,
  };
}

function contextViews(account: Account, known: Known): readonly ContextView[] {
  const { desk, settings } = known;
  const learned = desk.learnedBy(account.name);
  return desk.contextRecords(account.name).map((record) => {
    const belief = posterior(learned, record.context, known.time, settings.bayes);
    return {
      ...record,
      confidence: belief.mean,
      interval: interval(belief, 0.9),
      multiplier: multiplier(belief, settings.bayes),
      conservativeMultiplier: multiplier(belief, settings.bayes, "lower20"),
      evidence: belief.evidence,
    };
  });
}
