import { labelOf } from "../core/instruments.js";
import { expiring, nextExpiry } from "../core/roll.js";
import type { Micros } from "../core/units.js";
import { type HealthItem, warnIf } from "./healthItem.js";
import type { Settings } from "./settings.js";

/** Volume leaves a quarterly contract about a week before it expires; said some days ahead. */
const NEAR_DAYS = 10;
/** A pinned contract that expires later than this was most likely meant ten years earlier. */
const FAR_DAYS = 700;
const TITLE = "Roll";

/** When the followed contract ends, and what becomes of a pinned one. */
export function rollItems({ contract }: Settings, time: Micros): readonly HealthItem[] {
  if (contract.pin !== "") return pinItems(contract.pin, time);
  const next = nextExpiry(contract.instrument, time);
  if (next === undefined) return [];
  const name = labelOf(next.symbol, time);
  const near = next.days <= NEAR_DAYS;
  const when = `${name} expires on ${next.expiry} (${inDays(next.days)})`;
  const roll =
    "volume moves to the next contract about now. The change comes between sessions, with a new baseline and a jump in price, and never under an open position: close what you hold of it in time";
  return [warnIf(near, TITLE, near ? `${when}: ${roll}` : when)];
}

function pinItems(pin: string, time: Micros): readonly HealthItem[] {
  const pinned = expiring(pin, time);
  if (pinned === undefined) return [];
  const { expiry, days } = pinned;
  if (days > FAR_DAYS) {
    const text = `${pin} in contract.pin would be the contract that expires on ${expiry}: the one before it has expired; name a current one, or leave the pin empty`;
    return [{ level: "warn", title: TITLE, text }];
  }
  const text = `${pin} is pinned and expires on ${expiry} (${inDays(days)})`;
  const near = days <= NEAR_DAYS;
  return [
    warnIf(
      near,
      TITLE,
      near ? `${text}: its volume moves to the next contract about now, and a pin does not follow` : text,
    ),
  ];
}

function inDays(days: number): string {
  if (days === 0) return "today";
  return days === 1 ? "tomorrow" : `in ${days} days`;
}
