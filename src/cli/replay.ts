import { realpath } from "node:fs/promises";
import type { Settings } from "../app/settings.js";
import type { RunSummary } from "../core/events.js";
import { replayFeed } from "../feed/replay.js";
import { tickSizesOf } from "../feed/tickSizes.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { dataFolder, PLAY_OPTIONS, play } from "./play.js";
import { readSettings } from "./readSettings.js";
import { recordingOf } from "./sameInput.js";
import { UsageError } from "./usageError.js";

/** `replay`: recorded files through the same engine. */
export const replay: Command = {
  summary: "Run recorded files through the engine",
  usage: "FILE... [--settings FILE] [--speed N] [--data FOLDER] [--paper] [--json]",
  options: {
    speed: ["N", "times real time; without it as fast as it can"],
    ...PLAY_OPTIONS,
  },
  async run(args: Arguments, terminal: Terminal) {
    if (args.positionals.length === 0) throw new UsageError("Name one or more files to replay");
    await refuseTwice(args.positionals);
    const speed = args.number("speed", { min: 0, max: 1_000_000, whole: false });
    const settings = await readSettings(args.text("settings"), speed === undefined ? {} : { "replay.speed": speed });
    const tickSizes = tickSizesOf(settings.instruments);
    const pace = settings.replay.speed === 0 ? {} : { speed: settings.replay.speed };
    const feed = replayFeed(args.positionals, { tickSizes, ...pace });
    const input = dataFolder(args) === undefined ? undefined : await recordingOf(args.positionals);
    const run = await play({ kind: "replay", settings, feed: () => feed, input: () => input }, args, terminal);
    const hint = terminal.stop().aborted ? undefined : sessionHint(run.engine.summary(), settings);
    if (hint !== undefined) terminal.log.warn(hint);
  },
};

/** Its trades would count twice. */
async function refuseTwice(paths: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  for (const path of paths) {
    // What cannot be resolved is told when it is read.
    const file = await realpath(path).catch(() => undefined);
    if (file !== undefined && seen.has(file)) throw new UsageError(`"${path}" is named twice: name each file once`);
    if (file !== undefined) seen.add(file);
  }
}

/** Why nothing could come of a recording: not one of its trades counts. */
function sessionHint(summary: RunSummary, { contract }: Settings): string | undefined {
  if (summary.inSession > 0) return undefined;
  const read = summary.trades + summary.bars;
  const foreign = summary.skipped.foreign ?? 0;
  if (read === 0) return "The recording holds no trade and no bar";
  if (foreign >= read) {
    return `No trade of the recording is of "${contract.instrument}": name its instrument with the setting contract.instrument, and its hours with contract.session`;
  }
  const session =
    typeof contract.session === "object" ? "the session of the settings" : `the session "${contract.session ?? "rth"}"`;
  return `No trade of the recording lies in ${session}: name the hours of its data with the setting contract.session, such as {"contract.session": "globex"}`;
}
