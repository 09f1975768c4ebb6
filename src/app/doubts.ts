import { t } from "@vscode/l10n";
import type { EngineOutput, EngineView, ExitReason, FillRecorded } from "../core/events.js";
import { checkPosition, checkRecommended } from "../core/guards/limits.js";
import { checkContract, checkTime, checkTwice, type Execution } from "../core/guards/typedFill.js";
import { checkExpected, checkMarket, checkVouched, isJump, type PriceRange } from "../core/guards/typedPrice.js";
import { type GuardCode, OK, type Verdict } from "../core/guards/verdict.js";
import { formatPrice } from "../core/instrument.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { MICROS_PER_MINUTE, type Micros, type Ticks } from "../core/units.js";
import { inLanguage } from "./language.js";

/** What speaks against an answer that is possible: the person's word counts all the same. */
export interface Doubts {
  /** One sentence each. */
  readonly warnings: readonly string[];
  /** Nothing could verify the price: it counts in the balance, not in learning. */
  readonly unverified: boolean;
  /** The price is so far from the market, or without one from the signal, that the person is to type it again. */
  readonly typeAgain: boolean;
  /** More contracts than may be held at once: the person is to type the quantity again (`RELIABILITY.md` R6, R12). */
  readonly typeQuantityAgain: boolean;
}

const NONE: Doubts = { warnings: [], unverified: false, typeAgain: false, typeQuantityAgain: false };

/** How far a claimed target or stop may be missed (`ENGINE.md` 9). */
const CLAIM_TICKS = 2;

/**
 * @param history outputs kept so far, among which the same fill may be
 * @param isPriceSaid false where a correction leaves the price as it is: it was doubted when it was said
 */
export function fillDoubts(
  view: EngineView,
  recommendation: Recommendation,
  fill: Pick<FillRecorded, "id" | "time" | "price" | "quantity">,
  history: readonly EngineOutput[],
  isPriceSaid = true,
): Doubts {
  const { price, quantity, time } = fill;
  const { action: direction, quantity: recommended } = recommendation;
  const others = history.filter(
    (output) => output.type === "fill" && output.account === "manual" && output.id !== fill.id,
  ) as readonly (Execution & EngineOutput)[];
  const expected = rangeOf(recommendation.signalPrice, recommendation.price);
  const doubts = isPriceSaid ? priceDoubts(view, recommendation, { price, time, expected }) : NONE;
  const position = positionVerdict(view, recommendation, fill, history);
  const more = [
    position,
    checkRecommended({ recommended }, { quantity }),
    checkTwice(others, { direction, quantity, price, time }),
  ];
  return {
    ...doubts,
    typeQuantityAgain: position.verdict === "deny",
    warnings: [...doubts.warnings, ...sentences(more), ...placeAndTime(view, recommendation, time)],
  };
}

function positionVerdict(
  view: EngineView,
  recommendation: Recommendation,
  { id, quantity }: Pick<FillRecorded, "id" | "quantity">,
  history: readonly EngineOutput[],
): Verdict<never, "MAX_POSITION"> {
  if (view.maxPosition === undefined) return OK;
  // One that is recorded already is a part of its own position.
  const isRecorded = history.some((output) => output.type === "fill" && output.id === id);
  const others = view.open.filter(
    ({ account, recommendation: of }) => account === "manual" && !(isRecorded && of.id === recommendation.id),
  );
  const open = others.reduce((sum, position) => sum + position.quantity, 0);
  return checkPosition({ open }, { quantity }, { maxPositionSize: view.maxPosition });
}

/** @param isPriceSaid as for `fillDoubts` */
export function exitDoubts(
  view: EngineView,
  recommendation: Recommendation,
  exit: { readonly price: Ticks; readonly reason: ExitReason; readonly time: Micros },
  isPriceSaid = true,
): Doubts {
  const { price, reason, time } = exit;
  const expected = rangeOf(recommendation.stop, recommendation.target);
  const doubts = isPriceSaid ? priceDoubts(view, recommendation, { price, time, expected }) : NONE;
  const claims = claimWarnings(recommendation, price, reason);
  return { ...doubts, warnings: [...doubts.warnings, ...claims, ...placeAndTime(view, recommendation, time)] };
}

/** @param said the price and its time, and where it was to be expected */
function priceDoubts(
  view: EngineView,
  recommendation: Recommendation,
  said: { readonly price: Ticks; readonly time: Micros; readonly expected: PriceRange },
): Doubts {
  const { instrument, id, signalPrice, stop, target } = recommendation;
  const { price, time, expected } = said;
  const far = isJump(price, signalPrice)
    ? [
        t(
          "The price is {0} % away from the signal's {1}",
          (Math.abs(price / signalPrice - 1) * 100).toFixed(0),
          formatPrice(signalPrice, instrument),
        ),
      ]
    : [];
  const market = watched(view, id, time);
  const vouched = checkVouched(rangeOf(stop, target), instrument, { price });
  if (market === undefined) {
    const likely = checkExpected(expected, instrument, { price });
    return {
      warnings: [...far, ...sentences([vouched.verdict === "ok" ? likely : vouched])],
      unverified: vouched.verdict !== "ok",
      typeAgain: likely.verdict === "deny",
      typeQuantityAgain: false,
    };
  }
  // A price of the bracket, as the flows fill it in, is no slip of the fingers: it is not asked for again.
  const confirmed = vouched.verdict === "ok";
  const isOpen = view.open.some(({ account, recommendation: of }) => account === "manual" && of.id === id);
  const verdict = checkMarket(market, instrument, { price, confirmed, since: isOpen ? "entry" : "signal" });
  return {
    warnings: [...far, ...sentences([verdict])],
    unverified: false,
    typeAgain: verdict.verdict === "deny",
    typeQuantityAgain: false,
  };
}

function rangeOf(one: Ticks, other: Ticks): PriceRange {
  return one < other ? { low: one, high: other } : { low: other, high: one };
}

// An answer says when it was given, not when the broker filled it: at some time between the signal and now.
function watched(view: EngineView, id: string, now: Micros): PriceRange | undefined {
  return Math.abs(now - view.time) <= MICROS_PER_MINUTE ? view.traded?.[id] : undefined;
}

function placeAndTime(view: EngineView, recommendation: Recommendation, time: Micros): readonly string[] {
  const { instrument, time: issued, expires: dayEnds } = recommendation;
  // The time is the clock's and not the person's word: wrong or not, it is no reason to refuse a fill.
  return sentences([
    checkContract({ current: view.instrument }, instrument),
    checkTime({ now: time, issued, dayEnds }, { time }),
  ]);
}

function claimWarnings(recommendation: Recommendation, price: Ticks, reason: ExitReason): readonly string[] {
  const { instrument, target, stop } = recommendation;
  const side = recommendation.action === "BUY" ? 1 : -1;
  const at = formatPrice(price, instrument);
  if (reason === "target" && side * (target - price) > CLAIM_TICKS) {
    return [t("{0} is short of the target of {1}: it counts as a manual exit", at, formatPrice(target, instrument))];
  }
  if (reason === "stop" && side * (price - stop) > CLAIM_TICKS) {
    return [t("{0} is better than the stop of {1}: it counts as a manual exit", at, formatPrice(stop, instrument))];
  }
  return [];
}

function sentences(verdicts: readonly Verdict<GuardCode, GuardCode>[]): readonly string[] {
  return verdicts.flatMap((verdict) => (verdict.verdict === "ok" ? [] : [inLanguage(verdict.sentence)]));
}
