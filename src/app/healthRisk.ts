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
  const title = "Size of a first signal";
  if (sizing.refusal !== undefined) {
    return { level: example.neverFits ? "stop" : "warn", title, text: refusedSize(example) };
  }
  const actual = (sizing.quantity * sizing.riskPerContract) as Cents;
  const reason = excessReason(sizing, instrument, times);
  const money = `budget ${percent(sizing.riskFraction)} = ${usd(sizing.budget)}, actual ${percent(actual / balance)} = ${usd(actual)}`;
  const because = reason === undefined ? "" : `: ${reason}`;
  return warnIf(reason !== undefined, title, `${money}${because}${advised(example, sizing)}`);
}

function refusedSize(example: Example): string {
  const { sizing, instrument, balance, settings, stopWords, kellyShare } = example;
  const { root } = instrument;
  const loss = `one with a stop of ${stopWords} can lose ${usd(sizing.riskPerContract)}`;
  const advice = advised(example, { ...sizing, quantity: 1 });
  if (sizing.refusal === "RISK_CAP_10PCT") {
    const cap = `the ${shortPercent(settings.risk.hardRiskCap)} cap is ${usd(Math.floor(balance * settings.risk.hardRiskCap))}`;
    return `0 ${root} contracts: ${loss}, but ${cap} of ${usd(balance)}; it takes ${usd(balanceFor(1, example))}${advice}`;
  }
  if (settings.risk.enforceRiskBudget && example.multiplier * sizing.budget < sizing.riskPerContract) {
    const budget = `the budget of ${percent(sizing.riskFraction)} is ${usd(sizing.budget)}`;
    return `0 ${root} contracts with risk.enforceRiskBudget: ${loss}, but ${budget}${advice}`;
  }
  const share = kellyShare ?? 0;
  const kelly = `a quarter of Kelly's share is ${percent(share)} = ${usd(Math.floor(share * balance))}`;
  return `0 ${root} contracts with bayes.kellyCap: ${loss}, but ${kelly}${advice}`;
}

function advised({ instrument, balance, prices, settings }: Example, sizing: SizingTrace): string {
  const { marketSlippageTicks } = settings.paper;
  const advice = otherSizeAdvice({ sizing, instrument, balance, stopTicks: prices.stopTicks, marketSlippageTicks });
  return advice === undefined ? "" : `; ${advice}`;
}

function fullStopItem(example: Example): HealthItem {
  const { settings, instrument, balance, stopWords, sizing } = example;
  const { root } = instrument;
  const limit = settings.risk.emergencyStopLossPct;
  const quantity = Math.max(1, sizing.quantity);
  const most = Math.max(quantity, Math.min(settings.risk.maxPositionSize, sizing.cap));
  const lost = stopCost(quantity, example);
  const what =
    quantity === 1
      ? `One full ${root} stop of ${stopWords} costs`
      : `One full stop of ${quantity} ${root} contracts at ${stopWords} costs`;
  const share = `${what} ${usd(lost)} with slippage and commission: ${percent(lost / balance, 2)} of ${usd(balance)}`;
  const emergency = `the ${shortPercent(limit)} emergency stop`;
  const title = "A full stop";
  if (lost / balance >= limit) return { level: "warn", title, text: `${share}, which trips ${emergency}` };
  const lostMost = stopCost(most, example);
  if (lostMost / balance >= limit) {
    const largest = `${most} contracts, the most that the caps allow, cost ${percent(lostMost / balance, 2)} and trip`;
    return { level: "warn", title, text: `${share}; ${largest} ${emergency}` };
  }
  const losses = Math.ceil((limit * balance) / lost - 1e-9);
  return { level: "ok", title, text: `${share}; ${losses} of them in a row trip ${emergency}` };
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
  const steps = Array.from({ length: Math.min(maxPositionSize - 1, 2) }, (_, i) => `${i + 1} below ${below(i + 2)}`);
  const last =
    maxPositionSize <= 3 ? `then ${maxPositionSize}` : `and ${maxPositionSize} from ${below(maxPositionSize)} on`;
  const rule = `The ${shortPercent(hardRiskCap)} cap allows no ${instrument.root} contract below ${below(1)}, ${[...steps, last].join(", ")}`;
  const now = Math.min(sizing.cap, maxPositionSize);
  const stuck = now === sizing.quantity && now < maxPositionSize ? ", so that no multiplier can raise the size" : "";
  return warnIf(now < maxPositionSize, "Contracts by balance", `${rule}; at ${usd(balance)} it is ${now}${stuck}`);
}

function widestStopItems({ settings, instrument, balance, neverFits }: Example): readonly HealthItem[] {
  if (neverFits) return [];
  const { hardRiskCap } = settings.risk;
  const widest = Math.floor(((balance * hardRiskCap) / 100 - costsOf(settings, instrument)) / tickValue(instrument));
  const points = formatPrice(widest, instrument);
  const text = `A signal whose stop is more than ${points} points away is refused: one ${instrument.root} contract would risk more than ${shortPercent(hardRiskCap)} of ${usd(balance)}`;
  return [{ level: "ok", title: "Widest stop", text }];
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
  const title = "Risk budget";
  if (least === most) {
    const always = `Every trade's budget is ${money(most)}: risk.maxRiskPerTrade leaves the confidence no room`;
    return { level: "warn", title, text: always };
  }
  const range = `A trade's budget goes from ${money(least)} at a confidence of one third to ${money(most)} with more of it`;
  const idle = maxRiskPerTrade > most;
  const note = `; risk.maxRiskPerTrade of ${shortPercent(maxRiskPerTrade)} changes nothing, the rule itself ends there`;
  return warnIf(idle, title, idle ? range + note : range);
}

function costItem({ settings, instrument }: Example): HealthItem {
  const { order } = settings;
  const least = bracket("BUY", 0 as Ticks, instrument.minStopTicks, order.defaultOrderType, order);
  const risked = least.stopTicks * tickValue(instrument);
  const costs = costsOf(settings, instrument);
  const share = costs / risked;
  const even = breakEven(least.targetTicks / least.stopTicks, share) ?? 1;
  const stop = `the smallest stop, ${formatPrice(least.stopTicks, instrument)} points = ${usd(risked * 100)}`;
  const wins = even < 1 ? `${percent(even)} of such trades have to win` : "no share of wins can pay for that";
  return warnIf(
    share > DEAR_COSTS,
    "Costs",
    `Commission and slippage of ${usd(costs * 100)} are ${percent(share)} of ${stop}: ${wins}`,
  );
}
