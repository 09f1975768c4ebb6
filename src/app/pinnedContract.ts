import { labelOf } from "../core/instruments.js";
import { say } from "../core/say.js";
import type { Micros } from "../core/units.js";
import { FeedError } from "../feed/feedError.js";
import type { OpenReplay } from "../feed/replay.js";
import type { Settings } from "./settings.js";

/**
 * Refuses a recording whose only contract of the pinned symbol is of another decade: ESH4 of 2024 is ES MAR24, and who typed
 * ES MAR14 means what was traded ten years before. Of several decades the engine follows the one that was named.
 *
 * @throws FeedError
 */
export function requirePinned({ contracts }: OpenReplay, { contract: { pin, pinLabel } }: Settings): void {
  if (pinLabel === undefined) return;
  const labels = contracts.filter(({ symbol }) => symbol === pin).map((held) => labelOf(pin, held.start as Micros));
  const [other] = labels;
  if (other === undefined || labels.includes(pinLabel)) return;
  throw new FeedError(
    say(
      "The recording holds {0}, which is {1}, and not {2}, to which the setting contract.pin holds: name {1} there, or replay files of {2}",
      pin,
      other,
      pinLabel,
    ),
    { retriable: false },
  );
}
