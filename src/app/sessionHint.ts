import type { RunSummary } from "../core/events.js";
import { say } from "../core/say.js";
import type { Settings } from "./settings.js";

/** What makes a trade or a bar unusable whenever it was. */
const UNUSABLE: readonly (readonly [reason: string, words: (count: number) => string])[] = [
  ["off_tick", (count) => say("{0} off the tick size", count)],
  ["bad_price", (count) => say("{0} with an impossible price", count)],
  ["bad_size", (count) => say("{0} with an impossible size", count)],
  ["bad_time", (count) => say("{0} with an impossible time", count)],
  ["quarantined", (count) => say("{0} far from the last price", count)],
];

/** Why nothing could come of a recording: not one of its trades counts. A sentence of `say`; undefined where one does. */
export function sessionHint(summary: RunSummary, { contract }: Settings): string | undefined {
  if (summary.inSession > 0) return undefined;
  const read = summary.trades + summary.bars;
  const foreign = summary.skipped.foreign ?? 0;
  if (read === 0) return say("The recording holds no trade and no bar");
  if (foreign >= read && contract.pin !== undefined && contract.pin !== "") {
    return say(
      'No trade of the recording is of the contract "{0}", to which the setting contract.pin holds: name one that it has, or remove the setting',
      contract.pinLabel ?? contract.pin,
    );
  }
  if (foreign >= read) {
    return say(
      'No trade of the recording is of "{0}": name its instrument with the setting contract.instrument, and its hours with contract.session',
      contract.instrument,
    );
  }
  const unusable = UNUSABLE.flatMap(([reason, words]) => {
    const count = summary.skipped[reason] ?? 0;
    return count > 0 ? [{ count, text: words(count) }] : [];
  });
  if (foreign + unusable.reduce((sum, { count }) => sum + count, 0) >= read) {
    return say(
      'No trade of "{0}" in the recording can be used ({1}): check its tick size in the setting instruments, and where the file comes from',
      contract.instrument,
      unusable.map(({ text }) => text).join(", "),
    );
  }
  return typeof contract.session === "object"
    ? say(
        "No trade of the recording lies in the session of the settings: name the hours of its data with the setting contract.session, such as {0}",
        GLOBEX,
      )
    : say(
        'No trade of the recording lies in the session "{0}": name the hours of its data with the setting contract.session, such as {1}',
        contract.session ?? "rth",
        GLOBEX,
      );
}

const GLOBEX = '{"contract.session": "globex"}';
