import { t } from "@vscode/l10n";
import { fixed } from "../app/amounts.js";
import { filledOf, held } from "../app/filled.js";
import type { AccountView, EngineOutput, EngineView, OpenPosition } from "../core/events.js";
import { formatMean, formatPrice, tickValue } from "../core/instrument.js";
import { standingOf } from "../core/lifeCycle.js";
import { presentPortfolios } from "../core/portfolio.js";
import { say } from "../core/say.js";
import type { AccountName, Recommendation } from "../core/sizing/recommendation.js";
import { countingExits } from "../core/tradeRecords.js";
import type { FeedStanding } from "./feedWords.js";
import type { RunMarket } from "./knownRuns.js";

/** What the feed of the run at hand is doing. */
export type Phase = "idle" | "starting" | "running" | "stopping";

/** All that the surfaces show, at one moment. */
export interface Standing {
  readonly phase: Phase;
  /** Of the run at hand, which stays open for recording after its feed has stopped; undefined before the first. */
  readonly market: RunMarket | undefined;
  /** Paper auto: the engine takes the signals of the run at hand by itself. */
  readonly paper: boolean;
  /** Results are shown in R, in the place of money. */
  readonly discreet: boolean;
  /** What a start is busy with, such as "Simulated day 12 of 60". */
  readonly progress: string | undefined;
  /** What an earlier window recorded is still being read: nothing can be said of it yet. */
  readonly restoring: boolean;
  /** Why the last run ended, where it failed. */
  readonly failure: string | undefined;
  readonly view: EngineView | undefined;
  /** The ratio from which a bar is a cluster. */
  readonly volumeThreshold: number;
  /** While another window runs the feed, and this one shows what it does. */
  readonly leader: Leader | undefined;
  /** While a live feed runs: how it is. */
  readonly feed: FeedStanding | undefined;
  /**
   * While the feed runs: wall-clock milliseconds at which a recommendation becomes late, by its id. None while a live feed brings
   * nothing of now: its calls are withdrawn.
   */
  readonly deadlines: ReadonlyMap<string, number>;
  /** Records of the run at hand that the disk does not have. */
  readonly unsaved: number;
  /** Runs that are not at hand and have trades that wait for the user. */
  readonly elsewhere: readonly Elsewhere[];
}

/** The window that runs the feed. */
export interface Leader {
  /** Its process and its beginning, for people. */
  readonly who: string;
  /** How its feed does, in its own words; "" before it has said so. */
  readonly status: string;
}

/** How many trades wait in the last run of another market. */
export interface Elsewhere {
  readonly market: RunMarket;
  readonly waiting: number;
}

/** Before anything was started. */
export const AT_REST: Standing = {
  phase: "idle",
  market: undefined,
  paper: false,
  discreet: false,
  progress: undefined,
  restoring: false,
  failure: undefined,
  view: undefined,
  volumeThreshold: 4,
  leader: undefined,
  feed: undefined,
  deadlines: new Map(),
  unsaved: 0,
  elsewhere: [],
};

/** Seconds before a signal's end from which the user is warned. */
export const WARN_SECONDS = 10;

/** The signal that the user can still answer in time, and the whole seconds left; at least 1. */
export interface ActiveSignal {
  readonly recommendation: Recommendation;
  readonly secondsLeft: number;
}

/** The newest recommendation that is neither answered nor late at wall-clock time `now`, while its seconds run. */
export function activeSignal(standing: Standing, now: number): ActiveSignal | undefined {
  const recommendation = newestPending(standing);
  const deadline = recommendation && standing.deadlines.get(recommendation.id);
  if (standing.phase !== "running" || recommendation === undefined || deadline === undefined || deadline <= now)
    return undefined;
  return { recommendation, secondsLeft: Math.ceil((deadline - now) / 1000) };
}

/**
 * Whether a recommendation can still be answered in time at wall-clock time `now`. By its deadline while the feed runs; without
 * one by the clock of the market, which in a demo or a replay stands still with the feed.
 */
export function isInTime(standing: Standing, recommendation: Recommendation, now: number): boolean {
  const deadline = standing.deadlines.get(recommendation.id);
  if (deadline !== undefined) return now < deadline;
  const clock = standing.market === "live" ? now * 1000 : standing.view?.time;
  return clock !== undefined && clock < recommendation.lateAfter;
}

/** Says of a halted account what it means and how it ends; a sentence of `say`. */
export const HALTED = say('Halted: no signal is taken until "Volume Cluster: Reset Emergency Stop"');

/** Whether no signal is taken: the account that they are sized for is halted, the user's where he has one. */
export function isHalted({ view }: Standing): boolean {
  return sizedFor(view)?.halted === true;
}

/** The account that signals are sized for: the user's where he has one. */
export function sizedFor(view: EngineView | undefined): AccountView | undefined {
  return view?.accounts.find(({ name }) => name === "manual") ?? view?.accounts[0];
}

/** How many trades wait for the user: recommendations without an answer and his own positions without an exit. */
export function waitingTrades(view: EngineView): number {
  return view.pending.length + view.open.filter(({ account }) => account === "manual").length;
}

/** Recommendations whose time is over and that have no answer: what the engine cannot learn from. */
export function learningDebt(standing: Standing, now: number): number {
  return standing.view?.pending.filter((recommendation) => !isInTime(standing, recommendation, now)).length ?? 0;
}

/** The newest recommendation without an answer. */
export function newestPending(standing: Standing): Recommendation | undefined {
  return standing.view?.pending.at(-1);
}

/** The user's own open positions; the paper account closes its own. */
export function manualPositions(standing: Standing): readonly OpenPosition[] {
  return standing.view?.open.filter((position) => position.account === "manual") ?? [];
}

/** Recommendations that the user filled in part, newest first, with the contracts that have no fill. */
export function partlyFilled(
  standing: Standing,
): readonly { readonly recommendation: Recommendation; readonly quantity: number }[] {
  return manualPositions(standing)
    .map((position) => ({
      recommendation: position.recommendation,
      quantity: position.recommendation.quantity - filledOf(position),
    }))
    .filter(({ quantity }) => quantity > 0)
    .toReversed();
}

/**
 * What is special about answering a recommendation without an answer at wall-clock time `now`, in a few words; "" when it is in
 * time.
 */
export function answerNote(standing: Standing, recommendation: Recommendation, now: number): string {
  if (isInTime(standing, recommendation, now)) return "";
  const clock = standing.view?.time ?? recommendation.time;
  const isOver = standingOf(recommendation, "ISSUED", clock) === "EXPIRED";
  return isOver ? t("late: its trading day is over") : t("late: its time is over");
}

/** The accounts that take no signal until they are reset. */
export function haltedAccounts({ view }: Standing): readonly AccountName[] {
  return view?.accounts.filter(({ halted }) => halted).map(({ name }) => name) ?? [];
}

/** `1 trade waits in the demo`. */
export function waitingIn(market: RunMarket, waiting: number): string {
  switch (market) {
    case "demo":
      return waiting === 1 ? t("1 trade waits in the demo") : t("{0} trades wait in the demo", waiting);
    case "replay":
      return waiting === 1 ? t("1 trade waits in the last replay") : t("{0} trades wait in the last replay", waiting);
    case "live":
      return waiting === 1 ? t("1 trade waits in live") : t("{0} trades wait in live", waiting);
    default:
      return market satisfies never;
  }
}

/**
 * `BUY 2 ES DEC25 @ 6010.75`; a market order has its signal's price in brackets.
 *
 * @param contract its name; "" where it goes without saying: `BUY 2@6010.75`, as a fill is typed
 */
export function ticket(recommendation: Recommendation, contract = recommendation.instrument.label): string {
  const { action, quantity, instrument, orderType, price } = recommendation;
  const at = formatPrice(price, instrument);
  return `${action} ${quantity}${sign(contract)}${orderType === "MARKET" ? `market (${at})` : at}`;
}

/** `LONG 2 ES DEC25 @ 6010.75`; once a part of three is closed, `LONG 2/3 ES DEC25 @ 6010.75`. */
export function holding(position: OpenPosition): string {
  const { instrument } = position.recommendation;
  return `${held(position)} ${instrument.label} @ ${formatPrice(position.entryPrice, instrument)}`;
}

function sign(contract: string): string {
  return contract === "" ? "@" : ` ${contract} @ `;
}

/** What a trade would make at the last price with what is closed of it, in cents; undefined while there is no price. */
export function tradePnl({ openPnl, closed }: OpenPosition): number | undefined {
  return openPnl === undefined ? undefined : openPnl + (closed?.netPnl ?? 0);
}

/** The same as the user wants to see it: in R, then in money where that may be seen; nothing while there is no price. */
export function openResults(position: OpenPosition, { discreet }: Standing): readonly string[] {
  const pnl = tradePnl(position);
  if (pnl === undefined) return [];
  return [inR(position, pnl), ...(discreet ? [] : [signedMoney(pnl)])];
}

/** `+0.50 R, +$762.50`; undefined while there is no price. */
export function openResult(position: OpenPosition, standing: Standing): string | undefined {
  const results = openResults(position, standing);
  return results.length === 0 ? undefined : results.join(", ");
}

/** `1 of 3 closed at 6041.25: +$1,520.00`; undefined where nothing of a position is closed. */
export function closedResult(position: OpenPosition, { discreet }: Standing): string | undefined {
  const { closed, recommendation } = position;
  if (closed === undefined) return undefined;
  const { quantity, price, netPnl } = closed;
  const at = formatMean(price, recommendation.instrument);
  const made = discreet ? inR(position, netPnl) : signedMoney(netPnl);
  return t("{0} of {1} closed at {2}: {3}", quantity, filledOf(position), at, made);
}

// R is the result over what the stop would cost all that was filled from the entry, before commission.
function inR(position: OpenPosition, pnl: number): string {
  const { recommendation, entryPrice } = position;
  const ticks = Math.abs(entryPrice - recommendation.stop) * filledOf(position);
  const risk = ticks * tickValue(recommendation.instrument) * 100;
  return risk > 0 ? signedR(pnl / risk) : "R n/a";
}

/** What the closed trades of an account made in sum, in R. */
export function totalR(outputs: readonly EngineOutput[], account: AccountName): number {
  const exits = countingExits(presentPortfolios(outputs)).filter((exit) => exit.account === account);
  return exits.reduce((sum, { rMultiple }) => sum + rMultiple, 0);
}

/** `+0.83 R`. */
export function signedR(r: number): string {
  const text = fixed(r, 2);
  return `${text.startsWith("-") ? `−${text.slice(1)}` : `+${text}`} R`;
}

/** Dollars with a sign and cents: `+$125.00`, `−$42.50`. */
export function signedMoney(cents: number): string {
  const amount = Math.abs(cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `${cents < 0 ? "−" : "+"}$${amount}`;
}
