import type { EngineView, OpenPosition } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import { standingOf } from "../core/lifeCycle.js";
import type { AccountName, Recommendation } from "../core/sizing/recommendation.js";

/** What the feed of the run at hand is doing. */
export type Phase = "idle" | "starting" | "running" | "stopping";

/** Where the run at hand has its trades from. */
export type Market = "demo" | "replay" | "live";

/** All that the surfaces show, at one moment. */
export interface Standing {
  readonly phase: Phase;
  /** Of the run at hand, which stays open for recording after its feed has stopped; undefined before the first. */
  readonly market: Market | undefined;
  /** What a start is busy with, such as "Simulated day 12 of 60". */
  readonly progress: string | undefined;
  /** Why the last run ended, where it failed. */
  readonly failure: string | undefined;
  readonly view: EngineView | undefined;
  /** The ratio from which a bar is a cluster. */
  readonly volumeThreshold: number;
  /** Wall-clock milliseconds at which each recommendation that arrived in this window becomes late. */
  readonly deadlines: ReadonlyMap<string, number>;
}

/** Before anything was started. */
export const AT_REST: Standing = {
  phase: "idle",
  market: undefined,
  progress: undefined,
  failure: undefined,
  view: undefined,
  volumeThreshold: 4,
  deadlines: new Map(),
};

/** The signal that the user can still answer in time, and the whole seconds left; at least 1. */
export interface ActiveSignal {
  readonly recommendation: Recommendation;
  readonly secondsLeft: number;
}

/** The newest recommendation that is neither answered nor late at wall-clock time `now`. */
export function activeSignal(standing: Standing, now: number): ActiveSignal | undefined {
  const recommendation = newestPending(standing);
  if (recommendation === undefined) return undefined;
  const deadline = standing.deadlines.get(recommendation.id);
  if (deadline === undefined || deadline <= now) return undefined;
  return { recommendation, secondsLeft: Math.ceil((deadline - now) / 1000) };
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
    .map(({ recommendation, quantity }) => ({ recommendation, quantity: recommendation.quantity - quantity }))
    .filter(({ quantity }) => quantity > 0)
    .toReversed();
}

/**
 * What is special about answering a recommendation without an answer at wall-clock time `now`, in a few words; "" when it is in
 * time.
 */
export function answerNote({ deadlines, view }: Standing, recommendation: Recommendation, now: number): string {
  if (now < (deadlines.get(recommendation.id) ?? 0)) return "";
  const at = view === undefined ? recommendation.time : view.time;
  const isOver = standingOf(recommendation, "ISSUED", at) === "EXPIRED";
  return isOver ? "late: its trading day is over" : "late: its 30 s are over";
}

/** The accounts that take no signal until they are reset. */
export function haltedAccounts({ view }: Standing): readonly AccountName[] {
  return view?.accounts.filter(({ halted }) => halted).map(({ name }) => name) ?? [];
}

/** `BUY 2 ES DEC25 @ 6010.75`; a market order has its signal's price in brackets. */
export function ticket(recommendation: Recommendation): string {
  const { action, quantity, instrument, orderType, price } = recommendation;
  const at = formatPrice(price, instrument);
  return `${action} ${quantity} ${instrument.label} @ ${orderType === "MARKET" ? `market (${at})` : at}`;
}

/** `LONG 2 ES DEC25 @ 6010.75`. */
export function holding(position: OpenPosition): string {
  const { action, instrument } = position.recommendation;
  const side = action === "BUY" ? "LONG" : "SHORT";
  return `${side} ${position.quantity} ${instrument.label} @ ${formatPrice(position.entryPrice, instrument)}`;
}

/** Dollars with a sign and cents: `+$125.00`, `−$42.50`. */
export function signedMoney(cents: number): string {
  const amount = Math.abs(cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `${cents < 0 ? "−" : "+"}$${amount}`;
}
