import { t } from "@vscode/l10n";
import { labelOf } from "../core/instruments.js";
import { expiring, nextExpiry } from "../core/roll.js";
import type { Micros } from "../core/units.js";
import type { HealthMoment } from "./healthCheck.js";
import { type HealthItem, warnIf } from "./healthItem.js";
import type { Settings } from "./settings.js";

/** Volume leaves a quarterly contract about a week before it expires; said some days ahead. */
const NEAR_DAYS = 10;
/** A pinned contract that expires later than this was most likely meant ten years earlier. */
const FAR_DAYS = 700;

/** When the followed contract ends, and what becomes of a pinned one. */
export function rollItems(
  { contract }: Settings,
  { time, onlyContract }: Pick<HealthMoment, "time" | "onlyContract">,
): readonly HealthItem[] {
  if (onlyContract !== undefined) {
    return [
      { level: "ok", title: t("Roll"), text: t("{0} for as long as it runs: the demo does not roll", onlyContract) },
    ];
  }
  if (contract.pin !== "") return pinItems(contract.pin, time);
  const next = nextExpiry(contract.instrument, time);
  if (next === undefined) return [];
  const name = labelOf(next.symbol, time);
  const near = next.days <= NEAR_DAYS;
  const when = t("{0} expires on {1} ({2})", name, `${next.expiry}`, inDays(next.days));
  const roll = t(
    "{0}: volume moves to the next contract about now. The change comes between sessions, with a new baseline and a jump in price, and never under an open position: close what you hold of it in time",
    when,
  );
  return [warnIf(near, t("Roll"), near ? roll : when)];
}

function pinItems(pin: string, time: Micros): readonly HealthItem[] {
  const pinned = expiring(pin, time);
  if (pinned === undefined) return [];
  const { expiry, days } = pinned;
  if (days > FAR_DAYS) {
    const text = t(
      "{0} in contract.pin would be the contract that expires on {1}: the one before it has expired; name a current one, or leave the pin empty",
      pin,
      `${expiry}`,
    );
    return [{ level: "warn", title: t("Roll"), text }];
  }
  const text = t("{0} is pinned and expires on {1} ({2})", pin, `${expiry}`, inDays(days));
  const near = days <= NEAR_DAYS;
  return [
    warnIf(
      near,
      t("Roll"),
      near ? t("{0}: its volume moves to the next contract about now, and a pin does not follow", text) : text,
    ),
  ];
}

function inDays(days: number): string {
  if (days === 0) return t("today");
  return days === 1 ? t("tomorrow") : t("in {0} days", days);
}
