import { t } from "@vscode/l10n";
import type { Instrument } from "../core/instrument.js";
import { formatPrice, tickValue, toCents } from "../core/instrument.js";
import { bracket } from "../core/sizing/bracket.js";
import { breakEven } from "../core/sizing/kelly.js";
import type { SizingTrace } from "../core/sizing/recommendation.js";
import { riskFraction } from "../core/sizing/sizing.js";
import { type Cents, roundHalfAway, type Ticks } from "../core/units.js";
import { percent, shortPercent, usd } from "./amounts.js";
import { costsOf, type Example, exampleOf } from "./healthExample.js";
import { type HealthItem, warnIf } from "./healthItem.js";
import { inLanguage } from "./language.js";
import type { Settings } from "./settings.js";
import { excessReason, otherSizeAdvice } from "./sizingWords.js";

/** Costs above this share of the smallest stop are said to be dear. */
const DEAR_COSTS = 0.25;

/** What a stop, a budget and the caps mean for this balance. */
export function riskItems(settings: Settings, instrument: Instrument, balance: Cents): readonly HealthItem[] {
  const example = exampleOf(settings, instrument, balance);
  return [
    sizeItem(example),
    fullStopItem(example),
    capItem(example),
    ...widestStopItems(example),
    budgetItem(example),
    costItem(example),
  ];
}

function sizeItem(example: Example): HealthItem {
  const { sizing, instrument, balance, multiplier: times } = example;
  const title = t("Size of a first signal");
  if (sizing.refusal !== undefined) {
    return { level: example.neverFits ? "stop" : "warn", title, text: refusedSize(example) };
  }
  const actual = (sizing.quantity * sizing.riskPerContract) as Cents;
  const reason = excessReason(sizing, instrument, times);
  const money = t(
    "budget {0} = {1}, actual {2} = {3}",
    percent(sizing.riskFraction),
    usd(sizing.budget),
    percent(actual / balance),
    usd(actual),
  );
  const why = reason === undefined ? money : t("{0}: {1}", money, inLanguage(reason));
  return warnIf(reason !== undefined, title, advised(why, example, sizing));
}

function refusedSize(example: Example): string {
  const { sizing, instrument, balance, settings, stopWords, kellyShare } = example;
  const { root } = instrument;
  const loss = t("one with a stop of {0} can lose {1}", stopWords, usd(sizing.riskPerContract));
  const withAdvice = (text: string) => advised(text, example, { ...sizing, quantity: 1 });
  if (sizing.refusal === "RISK_CAP_10PCT") {
    const { hardRiskCap } = settings.risk;
    return withAdvice(
      t(
        "0 {0} contracts: {1}, but the {2} cap is {3} of {4}; it takes {5}",
        root,
        loss,
        shortPercent(hardRiskCap),
        usd(Math.floor(balance * hardRiskCap)),
        usd(balance),
        usd(balanceFor(1, example)),
      ),
    );
  }
  if (settings.risk.enforceRiskBudget && example.multiplier * sizing.budget < sizing.riskPerContract) {
    return withAdvice(
      t(
        "0 {0} contracts with risk.enforceRiskBudget: {1}, but the budget of {2} is {3}",
        root,
        loss,
        percent(sizing.riskFraction),
        usd(sizing.budget),
      ),
    );
  }
  const share = kellyShare ?? 0;
  return withAdvice(
    t(
      "0 {0} contracts with bayes.kellyCap: {1}, but a quarter of Kelly's share is {2} = {3}",
      root,
      loss,
      percent(share),
      usd(Math.floor(share * balance)),
    ),
  );
}

/** The text with what the contract of another size would make of the budget. */
function advised(text: string, { instrument, balance, prices, settings }: Example, sizing: SizingTrace): string {
  const { marketSlippageTicks } = settings.paper;
  const advice = otherSizeAdvice({ sizing, instrument, balance, stopTicks: prices.stopTicks, marketSlippageTicks });
  return advice === undefined ? text : t("{0}; {1}", text, inLanguage(advice));
}

function fullStopItem(example: Example): HealthItem {
  const { settings, instrument, balance, stopWords, sizing } = example;
  const { root } = instrument;
  const limit = settings.risk.emergencyStopLossPct;
  const quantity = Math.max(1, sizing.quantity);
  const most = Math.max(quantity, Math.min(settings.risk.maxPositionSize, sizing.cap));
  const lost = stopCost(quantity, example);
  const share =
    quantity === 1
      ? t(
          "One full {0} stop of {1} costs {2} with slippage and commission: {3} of {4}",
          root,
          stopWords,
          usd(lost),
          percent(lost / balance, 2),
          usd(balance),
        )
      : t(
          "One full stop of {0} {1} contracts at {2} costs {3} with slippage and commission: {4} of {5}",
          quantity,
          root,
          stopWords,
          usd(lost),
          percent(lost / balance, 2),
          usd(balance),
        );
  const emergency = shortPercent(limit);
  const title = t("A full stop");
  if (lost / balance >= limit) {
    return { level: "warn", title, text: t("{0}, which trips the {1} emergency stop", share, emergency) };
  }
  const lostMost = stopCost(most, example);
  if (lostMost / balance >= limit) {
    const text = t(
      "{0}; {1} contracts, the most that the caps allow, cost {2} and trip the {3} emergency stop",
      share,
      most,
      percent(lostMost / balance, 2),
      emergency,
    );
    return { level: "warn", title, text };
  }
  const losses = Math.ceil((limit * balance) / lost - 1e-9);
  const text = t("{0}; {1} of them in a row trip the {2} emergency stop", share, losses, emergency);
  return { level: "ok", title, text };
}

/** A market entry slips as the stop does. */
function stopCost(quantity: number, { settings, instrument, prices }: Example): Cents {
  const slips = settings.order.defaultOrderType === "MARKET" ? 2 : 1;
  const ticks = prices.stopTicks + slips * settings.paper.marketSlippageTicks;
  const fees = roundHalfAway(Number((2 * instrument.commission * quantity * 100).toPrecision(15)));
  return (toCents(ticks, quantity, instrument) + fees) as Cents;
}

function capItem(example: Example): HealthItem {
  const { settings, instrument, balance, sizing } = example;
  const { hardRiskCap, maxPositionSize } = settings.risk;
  const below = (contracts: number) => usd(balanceFor(contracts, example));
  const steps = Array.from({ length: Math.min(maxPositionSize - 1, 2) }, (_, i) =>
    t("{0} below {1}", i + 1, below(i + 2)),
  );
  const last =
    maxPositionSize <= 3
      ? t("then {0}", maxPositionSize)
      : t("and {0} from {1} on", maxPositionSize, below(maxPositionSize));
  const rule = t(
    "The {0} cap allows no {1} contract below {2}, {3}",
    shortPercent(hardRiskCap),
    instrument.root,
    below(1),
    [...steps, last].join(", "),
  );
  const now = Math.min(sizing.cap, maxPositionSize);
  const stuck = now === sizing.quantity && now < maxPositionSize;
  const text = stuck
    ? t("{0}; at {1} it is {2}, so that no multiplier can raise the size", rule, usd(balance), now)
    : t("{0}; at {1} it is {2}", rule, usd(balance), now);
  return warnIf(now < maxPositionSize, t("Contracts by balance"), text);
}

function widestStopItems({ settings, instrument, balance, neverFits }: Example): readonly HealthItem[] {
  if (neverFits) return [];
  const { hardRiskCap } = settings.risk;
  const widest = Math.floor(((balance * hardRiskCap) / 100 - costsOf(settings, instrument)) / tickValue(instrument));
  const points = formatPrice(widest, instrument);
  const text = t(
    "A signal whose stop is more than {0} points away is refused: one {1} contract would risk more than {2} of {3}",
    points,
    instrument.root,
    shortPercent(hardRiskCap),
    usd(balance),
  );
  return [{ level: "ok", title: t("Widest stop"), text }];
}

/** The least balance at which the absolute cap allows so many contracts. */
function balanceFor(contracts: number, { settings, sizing }: Example): Cents {
  const { hardRiskCap } = settings.risk;
  let balance = Math.floor((contracts * sizing.riskPerContract) / hardRiskCap) - 1;
  while (Math.floor((balance * hardRiskCap) / sizing.riskPerContract) < contracts) balance++;
  return balance as Cents;
}

function budgetItem({ settings, balance }: Example): HealthItem {
  const { maxRiskPerTrade } = settings.risk;
  const [least, most] = [riskFraction(0, maxRiskPerTrade), riskFraction(1, maxRiskPerTrade)];
  const money = (share: number) => `${shortPercent(share)} = ${usd(roundHalfAway(balance * share))}`;
  const title = t("Risk budget");
  if (least === most) {
    const always = t("Every trade's budget is {0}: risk.maxRiskPerTrade leaves the confidence no room", money(most));
    return { level: "warn", title, text: always };
  }
  const range = t(
    "A trade's budget goes from {0} at a confidence of one third to {1} with more of it",
    money(least),
    money(most),
  );
  const idle = maxRiskPerTrade > most;
  const largest = shortPercent(maxRiskPerTrade);
  const text = idle
    ? t("{0}; risk.maxRiskPerTrade of {1} changes nothing, the rule itself ends there", range, largest)
    : range;
  return warnIf(idle, title, text);
}

function costItem({ settings, instrument }: Example): HealthItem {
  const { order } = settings;
  const least = bracket("BUY", 0 as Ticks, instrument.minStopTicks, order.defaultOrderType, order);
  const risked = least.stopTicks * tickValue(instrument);
  const costs = costsOf(settings, instrument);
  const share = costs / risked;
  const even = breakEven(least.targetTicks / least.stopTicks, share) ?? 1;
  const stop = t("the smallest stop, {0} points = {1}", formatPrice(least.stopTicks, instrument), usd(risked * 100));
  const wins = even < 1 ? t("{0} of such trades have to win", percent(even)) : t("no share of wins can pay for that");
  return warnIf(
    share > DEAR_COSTS,
    t("Costs"),
    t("Commission and slippage of {0} are {1} of {2}: {3}", usd(costs * 100), percent(share), stop, wins),
  );
}
