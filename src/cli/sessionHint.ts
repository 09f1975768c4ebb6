import type { Settings } from "../app/settings.js";
import type { RunSummary } from "../core/events.js";

/** Why nothing could come of a recording: not one of its trades counts; undefined where one does. */
export function sessionHint(summary: RunSummary, { contract }: Settings): string | undefined {
  if (summary.inSession > 0) return undefined;
  const read = summary.trades + summary.bars;
  const foreign = summary.skipped.foreign ?? 0;
  if (read === 0) return "The recording holds no trade and no bar";
  if (foreign >= read && contract.pin !== undefined && contract.pin !== "") {
    return `No trade of the recording is of the contract "${contract.pin}", to which the setting contract.pin holds: name one that it has, or remove the setting`;
  }
  if (foreign >= read) {
    return `No trade of the recording is of "${contract.instrument}": name its instrument with the setting contract.instrument, and its hours with contract.session`;
  }
  const session =
    typeof contract.session === "object" ? "the session of the settings" : `the session "${contract.session ?? "rth"}"`;
  return `No trade of the recording lies in ${session}: name the hours of its data with the setting contract.session, such as {"contract.session": "globex"}`;
}
