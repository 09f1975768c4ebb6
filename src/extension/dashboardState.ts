import { t } from "@vscode/l10n";
import { equityPoint, equityPoints, pointsInR } from "../app/equityPoints.js";
import { filledOf, held } from "../app/filled.js";
import { downsample } from "../core/downsample.js";
import type { AccountView, ContextView, EngineOutput, Exit, OpenPosition } from "../core/events.js";
import { formatMean, formatPrice, type Instrument } from "../core/instrument.js";
import type {
  ContextRow,
  DashboardAccount,
  DashboardChange,
  DashboardPosition,
  DashboardRecommendation,
  DashboardState,
  EquityPoint,
  Trust,
  Verdict,
} from "../core/protocol.js";
import type { AccountName, Recommendation } from "../core/sizing/recommendation.js";
import { MICROS_PER_SECOND, type Micros } from "../core/units.js";
import { isFresh } from "./feedWords.js";
import { inLanguage } from "./language.js";
import { HALTED, isHalted, newestPending, type Standing, sizedFor } from "./standing.js";
import { watchSentence } from "./statusText.js";

/** Trades of a context below which nothing is said about it. */
const FEW_TRADES = 30;

/** Break-even of a target twice as far as its stop, after costs (`ENGINE.md` 6.7): for contexts with few results of their own. */
const USUAL_BREAK_EVEN = 0.35;

/** The 90 % interval of a win rate after `wins` of `trades`; the caller brings the mathematics. */
export type WinRateInterval = (wins: number, trades: number) => readonly [low: number, high: number];

/** What the panel is made of: the standing, the outputs that were kept, and how to read them. */
export interface DashboardSource {
  readonly standing: Standing;
  /** Of the run at hand, oldest first, those from its journal included. */
  readonly outputs: readonly EngineOutput[];
  /** Of them the exits that count in the present portfolios. */
  readonly exits: readonly Exit[];
  readonly timeZone: string;
  readonly winRateInterval: WinRateInterval;
}

/** The whole state of the panel. */
export function dashboardState(source: DashboardSource): DashboardState {
  const { standing, outputs } = source;
  const accounts = standing.view?.accounts ?? [];
  return {
    ...header(source),
    accounts: accounts.map((account) => ({
      ...accountState(account, source),
      equity: curveOf(outputs, account.name, standing.discreet),
    })),
  };
}

/** Curves that were made, by what they were made of: the panel asks again for the one that was made ready for it. */
const curves = new WeakMap<readonly EngineOutput[], Map<string, readonly EquityPoint[]>>();

function curveOf(outputs: readonly EngineOutput[], account: AccountName, inR: boolean): readonly EquityPoint[] {
  const made = curves.get(outputs) ?? new Map<string, readonly EquityPoint[]>();
  curves.set(outputs, made);
  const key = `${account} ${inR}`;
  const curve = made.get(key) ?? downsample(inR ? pointsInR(outputs, account) : equityPoints(outputs, account));
  made.set(key, curve);
  return curve;
}

/** What changed: the state again without the curves, and the points of the equity rows in `added`. */
export function dashboardChange(source: DashboardSource, added: readonly EngineOutput[]): DashboardChange {
  const accounts = source.standing.view?.accounts ?? [];
  const rows = (name: AccountName) =>
    added.flatMap((output) => (output.type === "equity" && output.account === name ? [equityPoint(output)] : []));
  const equity = accounts.map(({ name }) => {
    const points = rows(name);
    const total = source.standing.discreet && points.length > 0 ? totalOf(source, name) : undefined;
    return {
      account: name,
      points: total === undefined ? points : points.map((point) => ({ ...point, balance: total })),
    };
  });
  return {
    state: { ...header(source), accounts: accounts.map((account) => accountState(account, source)) },
    equity: equity.filter(({ points }) => points.length > 0),
  };
}

/** The verdict on a context, in a word (see `Verdict`). */
export function verdict(context: ContextView): Verdict {
  if (context.trades < FEW_TRADES) return "Too few";
  const [low, high] = context.interval;
  if (low > 0.5) return "Edge";
  return high < breakEvenOf(context) ? "Avoid" : "Unproven";
}

function breakEvenOf(context: ContextView): number {
  return context.breakEven ?? USUAL_BREAK_EVEN;
}

function header(source: DashboardSource): Omit<DashboardState, "accounts"> {
  const { standing, outputs, timeZone } = source;
  const { view, market, phase } = standing;
  const isActive = phase === "starting" || phase === "running";
  const call = currentCall(source);
  return {
    instrument: (view?.instrument ?? tradedInstrument(outputs))?.label ?? "",
    mode: isActive && market !== undefined ? market : "idle",
    phase,
    status: statusSentence(standing),
    ...noCall(standing),
    ...(call === undefined && nearest(standing)),
    ...(phase === "running" && standing.leader === undefined && { trust: trustIn(standing) }),
    ...(standing.paper && { paper: true }),
    simulated: market === "demo",
    timeZone,
    selected: tradedLast(outputs) ?? view?.accounts[0]?.name ?? "manual",
    recommendation: call && recommendationState(call, standing),
    unanswered: (view?.pending.length ?? 0) - (call === undefined ? 0 : 1),
    open: view?.open.map(positionState) ?? [],
  };
}

function noCall({ phase, feed }: Standing): Pick<DashboardState, "noCall"> {
  if (phase !== "running" || feed === undefined || isFresh(feed)) return {};
  const { lastHeardAt } = feed.health;
  return { noCall: lastHeardAt === undefined ? {} : { lastHeardAt: Math.floor(lastHeardAt / MICROS_PER_SECOND) } };
}

/** The bar that forms, where a signal may come of it. */
function nearest(standing: Standing): Pick<DashboardState, "nearest"> {
  const { phase, leader, feed, view, volumeThreshold: needs } = standing;
  const forming = view?.forming;
  const isWatched = phase === "running" && leader === undefined && (feed === undefined || isFresh(feed));
  if (!isWatched || forming === undefined || isHalted(standing)) return {};
  return { nearest: { ratio: forming.ratio, needs, closesAt: Math.floor(forming.end / MICROS_PER_SECOND) } };
}

function trustIn({ view, feed }: Standing): Trust {
  const account = sizedFor(view);
  const { haltingDrawdown: haltsAt = 0 } = view ?? {};
  const second = (time: Micros | undefined) => (time === undefined ? undefined : Math.floor(time / MICROS_PER_SECOND));
  return {
    lastTradeAt: second(feed?.lastTradeAt),
    closesAt: view?.tradingDay === undefined ? undefined : second(view.sessionClose),
    ...(haltsAt > 0 && account?.limitDrawdown !== undefined && { fallen: Math.max(0, account.limitDrawdown), haltsAt }),
  };
}

/** The newest recommendation without an answer, unless its trading day is over or nothing is known of its market now. */
function currentCall({ standing, outputs }: DashboardSource): Recommendation | undefined {
  if (standing.feed !== undefined && !isFresh(standing.feed)) return undefined;
  const call = newestPending(standing);
  const today = standing.view?.tradingDay;
  if (today === undefined && standing.phase === "running") return undefined;
  // What an earlier window left has no trading day before its feed runs: the day of the last call may still be today.
  const day = today ?? lastCall(outputs)?.tradingDay ?? call?.tradingDay;
  return call?.tradingDay === day ? call : undefined;
}

function statusSentence(standing: Standing): string {
  if (standing.failure !== undefined) return inLanguage(standing.failure);
  if (standing.phase === "starting") return standing.progress ?? t("Starting");
  if (standing.phase === "stopping") return t("Stopping");
  if (standing.phase === "running") return isHalted(standing) ? inLanguage(HALTED) : watchSentence(standing);
  if (standing.restoring) return t("Reading what was recorded");
  return standing.market === undefined
    ? t("Nothing has been started: no signal comes until you start")
    : t("Stopped: no signal comes until you start");
}

function accountState(account: AccountView, source: DashboardSource): Omit<DashboardAccount, "equity"> {
  const exits = source.exits.filter((exit) => exit.account === account.name);
  const contexts = source.standing.view?.contexts.filter((context) => context.account === account.name) ?? [];
  const total = exits.reduce((sum, exit) => sum + exit.rMultiple, 0);
  return {
    name: account.name,
    startBalance: account.startBalance / 100,
    balance: account.balance / 100,
    totalReturn: account.balance / account.startBalance - 1,
    ...(!source.standing.discreet && { marked: account.equity / 100 }),
    drawdown: account.drawdown,
    maxDrawdown: account.maxDrawdown,
    halted: account.halted,
    trades: account.closedTrades,
    wins: account.wins,
    winRateInterval: source.winRateInterval(account.wins, account.closedTrades),
    expectancy: exits.length === 0 ? undefined : mean(exits.map((exit) => exit.netPnl)) / 100,
    expectancyR: exits.length === 0 ? undefined : mean(exits.map((exit) => exit.rMultiple)),
    netPnl: account.netPnl / 100,
    ...(source.standing.discreet && { unit: "R" as const, startBalance: 0, balance: total, netPnl: total }),
    contexts: contexts.map(contextRow).sort((a, b) => b.posteriorInterval[0] - a.posteriorInterval[0]),
  };
}

/** What the closed trades of an account made in sum, in R. */
function totalOf({ exits }: DashboardSource, account: AccountName): number {
  return exits.reduce((sum, exit) => (exit.account === account ? sum + exit.rMultiple : sum), 0);
}

function contextRow(context: ContextView): ContextRow {
  return {
    context: context.context,
    verdict: verdict(context),
    trades: context.trades,
    wins: context.wins,
    winRateInterval: context.winRateInterval,
    meanR: context.meanR,
    breakEven: breakEvenOf(context),
    posterior: context.confidence,
    posteriorInterval: context.interval,
    multiplier: context.multiplier,
  };
}

function recommendationState(recommendation: Recommendation, standing: Standing): DashboardRecommendation {
  const { instrument, riskBudget, riskActual } = recommendation;
  const deadline = standing.phase === "running" ? standing.deadlines.get(recommendation.id) : undefined;
  return {
    id: recommendation.id,
    time: Math.floor(recommendation.time / MICROS_PER_SECOND),
    contract: instrument.label,
    action: recommendation.action,
    quantity: recommendation.quantity,
    orderType: recommendation.orderType,
    price: formatPrice(recommendation.price, instrument),
    stop: formatPrice(recommendation.stop, instrument),
    target: formatPrice(recommendation.target, instrument),
    confidence: recommendation.confidence,
    interval: recommendation.interval,
    breakEven: recommendation.breakEven,
    evidence: recommendation.evidence,
    multiplier: recommendation.multiplier,
    context: recommendation.context,
    ...(standing.discreet
      ? { unit: "R" as const, riskBudget: riskBudget / riskActual, riskActual: 1 }
      : { riskBudget: riskBudget / 100, riskActual: riskActual / 100 }),
    lateAt: Math.floor((deadline ?? 0) / 1000),
  };
}

function positionState(position: OpenPosition): DashboardPosition {
  const { recommendation, account, entryPrice, entryTime, closed } = position;
  const { instrument } = recommendation;
  return {
    recommendation: recommendation.id,
    account,
    contract: instrument.label,
    action: recommendation.action,
    held: held(position),
    entry: formatPrice(entryPrice, instrument),
    stop: formatPrice(recommendation.stop, instrument),
    target: formatPrice(recommendation.target, instrument),
    since: Math.floor(entryTime / MICROS_PER_SECOND),
    ...(closed && {
      closed: { count: `${closed.quantity}/${filledOf(position)}`, price: formatMean(closed.price, instrument) },
    }),
  };
}

/** What an earlier window watched: the engine knows its contract only while a feed runs. */
function tradedInstrument(outputs: readonly EngineOutput[]): Instrument | undefined {
  return lastCall(outputs)?.instrument;
}

function lastCall(outputs: readonly EngineOutput[]): Recommendation | undefined {
  return outputs.findLast((output): output is Recommendation => output.type === "recommendation");
}

function tradedLast(outputs: readonly EngineOutput[]): AccountName | undefined {
  const last = outputs.findLast((output) => output.type === "fill" || output.type === "exit");
  return last?.account;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
