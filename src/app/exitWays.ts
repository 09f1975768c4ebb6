import { t } from "@vscode/l10n";
import type { EngineView, ExitReason, OpenPosition } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import type { Ticks } from "../core/units.js";

/** How a position may have been closed. */
export interface ExitWay {
  readonly reason: ExitReason;
  /** undefined where nothing tells it. */
  readonly price: Ticks | undefined;
  /** What speaks for it, in a few words. */
  readonly why: string;
}

/** All ways to close a position, the likeliest first: it has a price. */
export type ExitWays = readonly [ExitWay & { readonly price: Ticks }, ...ExitWay[]];

/** The ways in which a person may have closed a position, by what the market did since its entry. */
export function exitWays(position: OpenPosition, view: EngineView): ExitWays {
  const { stop, target, instrument } = position.recommendation;
  const market = marketSince(position, view);
  const at = (ticks: number) => formatPrice(ticks, instrument);
  const atTarget = { reason: "target", price: target } as const;
  const atStop = { reason: "stop", price: stop } as const;
  const byHand = (["manual", "time", "eod"] as const).map((reason) => ({
    reason,
    price: market?.last,
    why: market === undefined ? t("no market is watched") : t("the market is at {0}", at(market.last)),
  }));
  const others = (likeliest: ExitWays[0]): ExitWays => {
    const bracket = [atTarget, atStop].map((way) => ({ ...way, why: at(way.price) }));
    return [likeliest, ...[...bracket, ...byHand].filter(({ reason }) => reason !== likeliest.reason)];
  };
  if (market === undefined) return others({ ...atTarget, why: t("no market is watched: the price of the bracket") });
  // Of both the one on whose side the market stands came later; else the worse one is believed.
  const isStop = market.reachedStop && !(market.reachedTarget && market.isBeyondTarget);
  if (isStop) return others({ ...atStop, why: t("the market traded at the stop of {0} or beyond", at(stop)) });
  if (market.reachedTarget)
    return others({ ...atTarget, why: t("the market traded through the target of {0}", at(target)) });
  return others({
    reason: "manual",
    price: market.last,
    why: t("the market is at {0}, inside the bracket", at(market.last)),
  });
}

/** The reason that a price tells by itself: at the target or better, at the stop or worse; in between it was by hand. */
export function reasonByPrice({ target, stop, action }: Recommendation, price: Ticks): ExitReason {
  const side = action === "BUY" ? 1 : -1;
  if (side * (price - target) >= 0) return "target";
  return side * (stop - price) >= 0 ? "stop" : "manual";
}

// As the paper account has it: a touch meets a stop, and only a trade through it meets a target.
function marketSince({ recommendation }: OpenPosition, view: EngineView) {
  const { id, instrument, stop, target, action } = recommendation;
  const last = view.instrument?.symbol === instrument.symbol ? view.lastPrice : undefined;
  if (last === undefined) return undefined;
  const { low, high } = view.traded?.[id] ?? { low: last, high: last };
  const side = action === "BUY" ? 1 : -1;
  const [best, worst] =
    action === "BUY" ? [Math.max(high, last), Math.min(low, last)] : [Math.min(low, last), Math.max(high, last)];
  return {
    last,
    isBeyondTarget: side * (last - target) >= 0,
    reachedTarget: side * (best - target) > 0,
    reachedStop: side * (stop - worst) >= 0,
  };
}
