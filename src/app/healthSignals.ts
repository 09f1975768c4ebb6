import { t } from "@vscode/l10n";
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
  const title = t("Volume threshold");
  if (volumeThreshold >= LOW_THRESHOLD) {
    return { level: "ok", title, text: t("A bar is a cluster from {0}x its baseline on", volumeThreshold) };
  }
  const often =
    barSeconds === 60
      ? t("about {0} of one-minute bars reach it", shortPercent(Number(shareAbove(volumeThreshold).toPrecision(2))))
      : t("ordinary bars reach it");
  return {
    level: "warn",
    title,
    text: t("A threshold of {0}x is low: by the spread of one measured session {1}", volumeThreshold, often),
  };
}

/** Share of lognormal volumes at or above `ratio` times their mean. */
function shareAbove(ratio: number): number {
  return 1 - normalCdf(Math.log(ratio) / LOG_VOLUME_DEVIATION + LOG_VOLUME_DEVIATION / 2);
}

function directionItem({ detector }: Settings): HealthItem {
  const { directionRule } = detector;
  const title = t("Direction");
  const rule = detector.allowShorts
    ? t('The rule "{0}" gives BUY and SHORT', directionRule)
    : t('The rule "{0}" gives BUY alone', directionRule);
  switch (directionRule) {
    case "modal":
      return { level: "ok", title, text: t("{0}, from trades and from bars", rule) };
    case "modal_and_delta":
      return {
        level: "ok",
        title,
        text: t('{0}; bars without buys and sells, such as ohlcv-1m, count as "modal"', rule),
      };
    case "delta":
    case "absorption":
      return {
        level: "warn",
        title,
        text: t("{0} from trades; bars without buys and sells, such as ohlcv-1m, get no direction, so no signal", rule),
      };
    default:
      return directionRule satisfies never;
  }
}

function historyItems({ detector }: Settings): readonly HealthItem[] {
  if (detector.baseline !== "time_of_day" && detector.baseline !== "rolling_and_tod") return [];
  const text = t(
    'The baseline "{0}" compares with earlier sessions: the first five of a run give no signal',
    detector.baseline,
  );
  return [{ level: "warn", title: t("Baseline"), text }];
}

function offsetItems({ order }: Settings): readonly HealthItem[] {
  const { limitOffsetTicks, defaultOrderType } = order;
  if (limitOffsetTicks === 0) return [];
  const ticks = Math.ceil(limitOffsetTicks);
  const better =
    ticks === 1
      ? t("The limit is 1 tick better than the signal, and fewer entries fill")
      : t("The limit is {0} ticks better than the signal, and fewer entries fill", ticks);
  const idle = t("order.limitOffsetTicks of {0} changes nothing with {1} orders", limitOffsetTicks, defaultOrderType);
  return [warnIf(defaultOrderType !== "LIMIT", t("Limit offset"), defaultOrderType === "LIMIT" ? better : idle)];
}
