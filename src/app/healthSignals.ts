import { normalCdf } from "../core/ledger/normal.js";
import { shortPercent } from "./amounts.js";
import { type HealthItem, warnIf } from "./healthItem.js";
import type { Settings } from "./settings.js";

/** Below this many times the baseline a bar is hardly unusual. */
const LOW_THRESHOLD = 2;

// Standard deviation of the log volume of one-minute bars in a measured regular session of ES (ENGINE.md 3).
const LOG_VOLUME_DEVIATION = 0.54;

/** What the detector and the orders will do. */
export function signalItems(settings: Settings): readonly HealthItem[] {
  return [thresholdItem(settings), directionItem(settings), ...historyItems(settings), ...offsetItems(settings)];
}

function thresholdItem({ detector }: Settings): HealthItem {
  const { volumeThreshold, barSeconds } = detector;
  const title = "Volume threshold";
  if (volumeThreshold >= LOW_THRESHOLD) {
    return { level: "ok", title, text: `A bar is a cluster from ${volumeThreshold}x its baseline on` };
  }
  const often =
    barSeconds === 60
      ? `about ${shortPercent(Number(shareAbove(volumeThreshold).toPrecision(2)))} of one-minute bars reach it`
      : "ordinary bars reach it";
  return {
    level: "warn",
    title,
    text: `A threshold of ${volumeThreshold}x is low: by the spread of one measured session ${often}`,
  };
}

/** Share of lognormal volumes at or above `ratio` times their mean. */
function shareAbove(ratio: number): number {
  return 1 - normalCdf(Math.log(ratio) / LOG_VOLUME_DEVIATION + LOG_VOLUME_DEVIATION / 2);
}

function directionItem({ detector }: Settings): HealthItem {
  const { directionRule } = detector;
  const title = "Direction";
  const sides = detector.allowShorts ? "BUY and SHORT" : "BUY alone";
  const rule = `The rule "${directionRule}" gives ${sides}`;
  switch (directionRule) {
    case "modal":
      return { level: "ok", title, text: `${rule}, from trades and from bars` };
    case "modal_and_delta":
      return { level: "ok", title, text: `${rule}; bars without buys and sells, such as ohlcv-1m, count as "modal"` };
    case "delta":
    case "absorption":
      return {
        level: "warn",
        title,
        text: `${rule} from trades; bars without buys and sells, such as ohlcv-1m, get no direction, so no signal`,
      };
    default:
      return directionRule satisfies never;
  }
}

function historyItems({ detector }: Settings): readonly HealthItem[] {
  if (detector.baseline !== "time_of_day" && detector.baseline !== "rolling_and_tod") return [];
  const text = `The baseline "${detector.baseline}" compares with earlier sessions: the first five of a run give no signal`;
  return [{ level: "warn", title: "Baseline", text }];
}

function offsetItems({ order }: Settings): readonly HealthItem[] {
  const { limitOffsetTicks, defaultOrderType } = order;
  if (limitOffsetTicks === 0) return [];
  const ticks = Math.ceil(limitOffsetTicks);
  const better = `The limit is ${ticks} ${ticks === 1 ? "tick" : "ticks"} better than the signal, and fewer entries fill`;
  const idle = `order.limitOffsetTicks of ${limitOffsetTicks} changes nothing with ${defaultOrderType} orders`;
  return [warnIf(defaultOrderType !== "LIMIT", "Limit offset", defaultOrderType === "LIMIT" ? better : idle)];
}
