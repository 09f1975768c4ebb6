import { z } from "zod";
import { toNanos } from "../feed/tickSizes.js";
import {
  choice,
  contractName,
  dataset,
  decimal,
  flag,
  folder,
  gatewayHost,
  hours,
  launchUri,
  money,
  ownHours,
  quietHours,
  strict,
  symbol,
  symbolName,
  ticketTemplate,
  whole,
} from "./settingKinds.js";

const POSITIVE = "a number above 0, at most 1000000000";
const NOT_NEGATIVE = "a number from 0 to 1000000000";

const positive = () => z.number({ error: POSITIVE }).gt(0, { error: POSITIVE }).max(1e9, { error: POSITIVE });
const notNegative = () =>
  z.number({ error: NOT_NEGATIVE }).min(0, { error: NOT_NEGATIVE }).max(1e9, { error: NOT_NEGATIVE });

/** An instrument beside the built-in ones (`ENGINE.md` 2.3). */
const instrument = z.strictObject(
  {
    symbol: symbolName().describe("Root such as ES, or a whole symbol such as LTCUSDT"),
    tickSize: positive()
      .refine((size) => toNanos(size) !== undefined, { error: "a whole number of billionths above 0" })
      .describe("Points per tick"),
    pointValue: positive().describe("Currency per point and contract"),
    sizeUnit: positive().default(1).describe("Contracts per unit of the feed's size"),
    session: hours.describe("When it trades"),
    commission: notNegative().optional().describe("Currency per contract and side; without it paper.commission holds"),
    riskPerContract: notNegative().optional().describe("Assumed loss of one contract; 0: the actual stop alone"),
    minStopTicks: z
      .int({ error: "a whole number from 1 to 100000" })
      .min(1, { error: "a whole number from 1 to 100000" })
      .max(100_000, { error: "a whole number from 1 to 100000" })
      .default(16)
      .describe("The nearest a stop may be, in ticks"),
  },
  { error: strict("an object that describes one instrument") },
);

/** Every setting: its shape, default, range, unit and text in one place, in the order in which they are shown. */
export const KEYS = {
  preset: choice({
    default: "none",
    doc: "A set of values that stand in the place of the defaults; a key that is set wins over its preset.",
    values: {
      none: "The defaults of this program",
      aggressive: "High-speed fills: MARKET orders, and a high confidence from above 0.75 on",
      conservative: "Better fills: the limit one tick better than the signal, good till cancelled",
      v6_code:
        "The earlier system's code: bars of 15 minutes against the mean of the day so far, long only, after a retest, held an hour at most. No key can say, and so it leaves out: a stop of at least 0.5 % of the price, a day by UTC with its own future in the mean, mixed contract months, momentum in the strength, a look-back of 60 days, its caps by recent results and its quantities",
    },
  }),
  "contract.instrument": symbol({
    default: "ES",
    doc: "What is traded: a product such as `ES`, `MES`, `NQ`, `MNQ`, or one that `#volumeCluster.instruments#` describes.",
  }),
  "contract.pin": contractName({
    doc: "The one contract to follow, such as `ESM5` or `ES JUN25`. Empty: the contract with the most volume in the previous session.",
  }),
  "contract.session": ownHours.default("").meta({
    markdownDescription:
      'When trades count: `"rth"` (09:30 to 16:00 New York), `"globex"`, `"continuous"`, or `{"timeZone", "open", "close", "days"}`. Empty: the instrument\'s own.',
    scope: "application",
  }),
  instruments: z
    .array(instrument, { error: "a list of at most 100 instruments" })
    .max(100, { error: "a list of at most 100 instruments" })
    .default([])
    .meta({
      markdownDescription:
        "Instruments beside the built-in ES, MES, NQ and MNQ: tick size, value of a point, hours and costs of each.",
      scope: "application",
    }),

  "detector.volumeThreshold": decimal({
    default: 4,
    min: 0.1,
    max: 1000,
    doc: "A bar is a cluster when its volume is at least this many times its baseline.",
  }),
  "detector.barSeconds": whole({
    default: 60,
    min: 1,
    max: 3600,
    doc: "Length of a bar in seconds. Ready-made bars keep their own.",
  }),
  "detector.baseline": choice({
    default: "rolling_mean",
    doc: "What a bar's volume is compared with.",
    values: {
      rolling_mean: "Mean of the last bars of the same session",
      rolling_median: "Median of the last bars of the same session: spikes do not raise it",
      ewma: "Exponential mean of the session's bars",
      time_of_day: "Median of the same time of day over the last 20 sessions; needs 5 sessions of history",
      rolling_and_tod: "The rolling mean, confirmed by the time of day",
      day_mean: "Mean of all bars of the session so far, as in the earlier system's code",
    },
  }),
  "detector.baselineBars": whole({
    default: 20,
    min: 1,
    max: 390,
    doc: "Number of bars in the baseline; with `day_mean` the fewest.",
  }),
  "detector.todConfirmRatio": decimal({
    default: 2,
    min: 0.1,
    max: 100,
    doc: "With `rolling_and_tod`: the least ratio to the same time of day.",
  }),
  "detector.trigger": choice({
    default: "bar_close",
    doc: "When a bar is judged.",
    values: {
      bar_close: "When the bar is complete: its point of control and range are final",
      intrabar: "At the first trade that reaches the threshold, from the part of the bar seen so far",
    },
  }),
  "detector.directionRule": choice({
    default: "modal",
    doc: "How a cluster gets its direction.",
    values: {
      modal: "Where the modal price lies in the bar's range: low buys, high sells short",
      delta: "With the aggressors: continuation",
      absorption: "Modal price against the aggressors: they were absorbed",
      modal_and_delta: "Modal price, unless the aggressors clearly disagree",
    },
  }),
  "detector.longMax": decimal({
    default: 0.15,
    min: 0.01,
    max: 0.99,
    doc: "BUY when the modal price lies at or below this fraction of the bar's range. Below `#volumeCluster.detector.shortMin#`.",
  }),
  "detector.shortMin": decimal({
    default: 0.85,
    min: 0.01,
    max: 0.99,
    doc: "SHORT when the modal price lies at or above this fraction of the bar's range.",
  }),
  "detector.deltaThreshold": decimal({
    default: 0.2,
    min: 0.01,
    max: 0.99,
    doc: "Share of (buys - sells) in the volume from which the aggressors count as one-sided, as a fraction.",
  }),
  "detector.allowShorts": flag({ default: true, doc: "Whether SHORT signals are given." }),
  "detector.minSignalStrength": decimal({
    default: 0.45,
    min: 0,
    max: 1,
    doc: "The least strength of a signal, from 0 to 1: 70 % position of the modal price, 30 % volume ratio.",
  }),
  "detector.cooldownMinutes": decimal({ default: 30, min: 0, max: 1440, doc: "Minutes from one signal to the next." }),
  "detector.rankWindowHours": decimal({
    default: 2,
    min: 0,
    max: 24,
    doc: "A signal's ratio must be the highest among the clusters of this many hours.",
  }),
  "detector.entryMode": choice({
    default: "immediate",
    doc: "When a signal is recommended.",
    values: {
      immediate: "As soon as the cluster's bar has closed",
      retest: "When the price comes back to the modal price within 30 minutes",
    },
  }),
  "detector.entryCutoffMinutes": decimal({
    default: 15,
    min: 0,
    max: 1440,
    doc: "No new entries in this many minutes before the session's end.",
  }),

  "order.defaultOrderType": choice({
    default: "LIMIT",
    doc: "Order type of a recommendation.",
    values: {
      LIMIT: "At the signal price or better",
      MARKET: "At once, at the market",
      STOP_LIMIT: "One tick beyond the signal price, then a limit",
    },
  }),
  "order.defaultValidity": choice({
    default: "DAY",
    doc: "How long an entry stays.",
    values: {
      DAY: "Until shortly before the session's end",
      GTC: "Until cancelled or the contract ends",
      IOC: "Fill at once or cancel",
    },
  }),
  "order.limitOffsetTicks": decimal({
    default: 0,
    min: 0,
    max: 1000,
    doc: "Ticks by which the limit is better than the signal price: lower for BUY, higher for SHORT.",
  }),
  "order.useMarketOrdersOnHighConfidence": flag({
    default: false,
    doc: "MARKET instead of the default type when the confidence is above `#volumeCluster.order.highConfidenceThreshold#`.",
  }),
  "order.highConfidenceThreshold": decimal({
    default: 0.8,
    min: 0,
    max: 1,
    doc: "Confidence above which it is high, as a fraction; equal is not above.",
  }),
  "order.stopSigmaMult": decimal({
    default: 1,
    min: 0,
    max: 20,
    doc: "Distance of the stop in standard deviations of an hour; never nearer than the instrument's least stop.",
  }),
  "order.volLookbackBars": whole({
    default: 60,
    min: 20,
    max: 10_000,
    doc: "Bars from which the volatility is measured.",
  }),
  "order.profitTargetRatio": decimal({
    default: 2,
    min: 0.1,
    max: 20,
    doc: "Distance of the target as a multiple of the stop's.",
  }),
  "order.targetRounding": choice({
    default: "conservative",
    doc: "How the target falls on a tick.",
    values: {
      conservative: "Rounded down from the exact distance: the reward is never overstated",
      exact: "The ratio times the stop's whole ticks",
    },
  }),

  "bayes.alphaPrior": decimal({ default: 1, min: 0.01, max: 1000, doc: "Wins that the prior stands for." }),
  "bayes.betaPrior": decimal({ default: 1, min: 0.01, max: 1000, doc: "Losses that the prior stands for." }),
  "bayes.minTrades": whole({
    default: 3,
    min: 0,
    max: 1000,
    doc: "Results needed before the multiplier may leave 1.0.",
  }),
  "bayes.scalingFactor": decimal({
    default: 6,
    min: 0,
    max: 100,
    doc: "How fast the multiplier grows with the confidence above one half.",
  }),
  "bayes.maxMultiplier": decimal({ default: 3, min: 1, max: 10, doc: "The largest multiplier." }),
  "bayes.pooledKappa": decimal({
    default: 10,
    min: 0,
    max: 10_000,
    doc: "How many results of the other contexts count at most in a context's own; 0: none (classic).",
  }),
  "bayes.halfLifeDays": decimal({
    default: 180,
    min: 0,
    max: 36_500,
    doc: "Days after which a result counts half; 0: never forgotten.",
  }),
  "bayes.evidenceLadder": flag({
    default: true,
    doc: "Whether few results cap the multiplier: 1.5 below 10, 2.0 below 20.",
  }),
  "bayes.multiplierStatistic": choice({
    default: "mean",
    doc: "The number of the posterior that makes the multiplier.",
    values: { mean: "Its mean", lower20: "Its 20 % quantile: cautious while results are few" },
  }),
  "bayes.expectancyBasis": flag({
    default: false,
    doc: "Whether the mean R-multiple replaces the win rate in the multiplier.",
  }),
  "bayes.learnFrom": choice({
    default: "account",
    doc: "Whose closed trades an account learns from. The demo always uses `both`.",
    values: { account: "Its own alone", both: "Both accounts; of one recommendation your own record counts" },
  }),
  "bayes.context": choice({
    default: "dir_phase_vol",
    doc: "What makes two signals alike.",
    values: {
      dir_phase_vol: "Direction, phase of the session and volume ratio: 12 contexts",
      modal_bin: "Where the modal price lies in the range",
    },
  }),
  "bayes.kellyCap": flag({
    default: false,
    doc: "Whether the size is also capped at a quarter of Kelly's share of the balance.",
  }),
  "bayes.suppressNegativeContexts": flag({
    default: false,
    doc: "Whether a signal is refused when the 90 % interval of its context lies below break-even. It ends the learning there.",
  }),

  "risk.maxRiskPerTrade": decimal({
    default: 0.02,
    min: 0.0001,
    max: 0.1,
    doc: "The largest share of the balance in the risk budget of a trade, as a fraction.",
  }),
  "risk.maxPositionSize": whole({ default: 3, min: 1, max: 100, doc: "The most contracts held at a time." }),
  "risk.maxDailyTrades": whole({ default: 10, min: 1, max: 100, doc: "The most fills of an account in a session." }),
  "risk.maxConsecutiveLosses": whole({
    default: 3,
    min: 1,
    max: 1000,
    doc: "Losses in a row after which the session is paused.",
  }),
  "risk.maxDailyLossPct": decimal({
    default: 0,
    min: 0,
    max: 1,
    doc: "Loss of a session after which it is paused, as a fraction of the balance; 0: off.",
  }),
  "risk.emergencyStopLossPct": decimal({
    default: 0.05,
    min: 0.001,
    max: 1,
    doc: "Fall of the equity from its peak that halts the account, as a fraction.",
  }),
  "risk.hardRiskCap": decimal({
    default: 0.1,
    min: 0.001,
    max: 0.1,
    doc: "The most of the balance that one trade may truly risk, as a fraction; it can be lowered, not raised.",
  }),
  "risk.riskPerContractUsd": decimal({
    default: 1000,
    min: 0,
    max: 1_000_000,
    doc: "Assumed loss of one contract in dollars (MES: a tenth), where the instrument has none of its own; the actual stop counts if it is more.",
  }),
  "risk.enforceRiskBudget": flag({
    default: false,
    doc: "Whether a trade whose true risk is above its budget is refused. Off: one contract is the least, and its true risk is shown.",
  }),

  "paper.startBalance": money({
    default: 15_000,
    min: 1,
    max: 1_000_000_000,
    doc: "Balance with which an account starts, in dollars.",
  }),
  "paper.commission": decimal({
    default: 2.5,
    min: 0,
    max: 1000,
    doc: "Dollars per contract and side, where the instrument has none of its own.",
  }),
  "paper.marketSlippageTicks": whole({
    default: 1,
    min: 0,
    max: 100,
    doc: "Ticks that a market order, a stop or a late exit costs.",
  }),
  "paper.entryLatencySeconds": decimal({
    default: 20,
    min: 0,
    max: 600,
    doc: "Seconds from a signal until its paper entry is in the market.",
  }),
  "paper.eodFlatMinutes": decimal({
    default: 1,
    min: 0,
    max: 1440,
    doc: "Positions are closed this many minutes before the session's end.",
  }),
  "paper.maxHoldMinutes": decimal({
    default: 0,
    min: 0,
    max: 1440,
    doc: "Minutes after which a position is closed; 0: off.",
  }),

  "data.folder": folder({
    doc: "Folder that keeps the journal, the databases and the logs. Empty: the extension's own storage. The terminal names it with `--data`.",
  }),
  "live.dataset": dataset({
    default: "GLBX.MDP3",
    doc: "Databento dataset of the live feed. Each dataset has a gateway of its own.",
  }),
  "live.schema": choice({
    default: "trades",
    doc: "What the live feed brings.",
    values: {
      trades: "Every trade",
      "mbp-1": "Every change of the best prices, and the trades among them",
      tbbo: "Every trade with the best prices before it",
      "ohlcv-1s": "Bars of a second",
      "ohlcv-1m": "Bars of a minute: no volume at price",
    },
  }),
  "live.gateway": gatewayHost({
    default: "",
    doc: "Host of the live gateway, only one of Databento's own. Empty: the dataset's.",
  }),
  "live.backfill": choice({
    default: "gateway",
    doc: "With what a live feed begins that is started within a trading day, so that its baseline is warm. No signal of the past is shown as a call.",
    values: {
      gateway: "The day so far from the gateway's own replay of the last 24 hours, which costs nothing",
      history:
        "The day so far from Databento's history, which is billed at each start, within `history.maxCost`; also what the gateway can no longer replay after a lost connection. Where history cannot be had, the gateway's replay",
      off: "With what trades from now on",
    },
  }),
  "live.staleSeconds": whole({
    default: 6,
    min: 6,
    max: 60,
    doc: "Seconds without a trade or a heartbeat, and age of the data, after which they are stale and no signal is a call. The gateway sends its heartbeat every 5 s at the most often, so that less than 6 would take a quiet market for a dead one.",
  }),
  "live.record": flag({
    default: false,
    doc: "Whether the live feed is recorded as DBN files in `recordings` in the data folder, one a trading day, for replays of the very same run.",
  }),
  "demo.seed": whole({
    default: 1,
    min: 0,
    max: 4_294_967_295,
    doc: "Seed of the simulated market: the same seed gives the same market.",
  }),
  "demo.instrument": choice({
    default: "MES",
    doc: "What the simulated market trades.",
    values: {
      MES: "What $15,000 can carry",
      ES: "As in the workflow; one full stop is about 5 % of $15,000 and trips the emergency stop",
    },
  }),
  "history.maxCost": money({
    default: 5,
    min: 0,
    max: 10_000,
    doc: "The most that one download of historical data may cost, in dollars; the cost is asked and shown before anything is billed.",
  }),
  "replay.speed": decimal({
    default: 0,
    min: 0,
    max: 1_000_000,
    doc: "How many times faster than real time a replay runs; 0: as fast as it can.",
  }),

  "alerts.sound.enabled": flag({
    default: true,
    doc: "Whether VS Code sounds an alert, through the player of the system on which the extension runs. *Test Alerts* says which.",
  }),
  "alerts.sound.volume": whole({ default: 70, min: 0, max: 100, doc: "How loud the sounds are, in percent." }),
  "alerts.sound.quietHours": quietHours({
    doc: "When nothing sounds, by the clock of this machine, such as `22:00-07:00`. Empty: never quiet.",
  }),
  "alerts.sound.signal": flag({ default: true, doc: "Whether a new signal sounds." }),
  "alerts.sound.lastSeconds": flag({
    default: true,
    doc: "Whether the last 10 seconds of an unanswered signal sound.",
  }),
  "alerts.sound.fillReminder": flag({
    default: true,
    doc: "Whether the reminder of a signal without an answer sounds, once, two minutes after it.",
  }),
  "alerts.sound.feedLost": flag({ default: true, doc: "Whether a live feed that is lost sounds." }),
  "alerts.sound.tradeClosed": flag({
    default: true,
    doc: "Whether each trade that paper auto closes sounds.",
  }),
  "alerts.message.signal": flag({
    default: true,
    doc: "Whether a signal is told in a message, beside the status bar and the Pending view.",
  }),
  "alerts.message.fillReminder": flag({
    default: true,
    doc: "Whether a signal without an answer is told in a message, once, two minutes after it.",
  }),
  "alerts.message.endOfDay": flag({
    default: true,
    doc: "Whether trades that are still to be recorded are told of in a message: once when a live trading day ends, and once on a later one.",
  }),
  "alerts.message.tradeClosed": flag({
    default: true,
    doc: "Whether each trade that paper auto closes is told in a message, and every fifth with a digest.",
  }),
  "alerts.message.weeklyReview": flag({
    default: true,
    doc: "Whether the review of a live week is offered in a message, once, when VS Code is open on or after its Saturday.",
  }),
  "alerts.message.noFill": flag({
    default: true,
    doc: "Whether an order that was not filled is followed by a hint, at most once a day: how often that happens to you, and the settings that change it.",
  }),
  "broker.launchUri": launchUri({
    doc: "What *Open Broker Platform* opens: the address of your broker's platform, such as `https://broker.example/trade`, or of its app, such as `broker:trade`. Empty: nothing. No workspace can set it, and it is opened in a trusted one only.",
  }),
  "review.funFacts": flag({
    default: true,
    doc: "Whether the *Weekly Review* ends with fun facts, such as how many lattes the week's profit buys.",
  }),
  "review.lattePrice": money({
    default: 5,
    min: 0.01,
    max: 1000,
    doc: "What a latte costs in the fun facts, in dollars.",
  }),
  "review.vacationFrom": money({
    default: 1000,
    min: 0.01,
    max: 1_000_000,
    doc: "From which profit the fun facts speak of vacation funds rather than of coffee money, in dollars.",
  }),
  "display.orderTicket": ticketTemplate({
    doc: "What *Copy Order Ticket* copies, with `{contract}` (ES JUN25), `{symbol}` (ESM5), `{action}` (BUY or SHORT), `{side}` (BUY or SELL), `{quantity}`, `{type}` (LMT, MKT, STP LMT), `{trigger}`, `{price}`, `{stop}`, `{target}`, `{validity}` and `{id}` in it, such as `{side} {quantity} {contract} {type} {price}, stop {stop}, target {target}, {validity}`. Empty: a field a line.",
  }),
  "display.discreet": flag({
    default: false,
    doc: "Whether VS Code shows results in R, the risk of a trade, in the place of money: status bar, messages, views, panel, reviews and exports. Records and the files of the data folder stay as they are.",
  }),
} as const;

/** All keys at once; an unknown one is refused. */
export const FLAT = z.strictObject(KEYS, { error: strict("a JSON object of keys and values") });

/** Names inside `instruments` and custom hours, for suggestions. */
export const INNER_NAMES: readonly string[] = [...Object.keys(instrument.shape), "timeZone", "open", "close", "days"];
