import type { Settings } from "../app/settings.js";
import type { RunSummary } from "../core/events.js";

/** What makes a trade or a bar unusable whenever it was, in words. */
const UNUSABLE = [
  ["off_tick", "off the tick size"],
  ["bad_price", "with an impossible price"],
  ["bad_size", "with an impossible size"],
  ["bad_time", "with an impossible time"],
  ["quarantined", "far from the last price"],
] as const;

/** Why nothing could come of a recording: not one of its trades counts; undefined where one does. */
export function sessionHint(summary: RunSummary, { contract }: Settings): string | undefined {
  if (summary.inSession > 0) return undefined;
  const read = summary.trades + summary.bars;
  const foreign = summary.skipped.foreign ?? 0;
  if (read === 0) return "The recording holds no trade and no bar";
  if (foreign >= read && contract.pin !== undefined && contract.pin !== "") {
    return `No trade of the recording is of the contract "${contract.pinLabel ?? contract.pin}", to which the setting contract.pin holds: name one that it has, or remove the setting`;
  }
  if (foreign >= read) {
    return `No trade of the recording is of "${contract.instrument}": name its instrument with the setting contract.instrument, and its hours with contract.session`;
  }
  const unusable = UNUSABLE.flatMap(([reason, words]) => {
    const count = summary.skipped[reason] ?? 0;
    return count > 0 ? [{ count, text: `${count} ${words}` }] : [];
  });
  if (foreign + unusable.reduce((sum, { count }) => sum + count, 0) >= read) {
    const reasons = unusable.map(({ text }) => text).join(", ");
    return `No trade of "${contract.instrument}" in the recording can be used (${reasons}): check its tick size in the setting instruments, and where the file comes from`;
  }
  const session =
    typeof contract.session === "object" ? "the session of the settings" : `the session "${contract.session ?? "rth"}"`;
  return `No trade of the recording lies in ${session}: name the hours of its data with the setting contract.session, such as {"contract.session": "globex"}`;
}
