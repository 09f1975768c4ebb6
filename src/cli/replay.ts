import { requirePinned } from "../app/pinnedContract.js";
import { sessionHint } from "../app/sessionHint.js";
import { openReplay } from "../feed/replay.js";
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
    const speed = args.number("speed", { min: 0, max: 1_000_000, whole: false });
    const settings = await readSettings(args.text("settings"), speed === undefined ? {} : { "replay.speed": speed });
    const tickSizes = tickSizesOf(settings.instruments);
    const pace = settings.replay.speed === 0 ? {} : { speed: settings.replay.speed };
    const isKept = dataFolder(args) !== undefined;
    const stop = terminal.stop();
    // Before the folder is opened, so that none is made for what cannot be read.
    const opened = await openReplay(args.positionals, { tickSizes, ...pace }, stop);
    requirePinned(opened, settings);
    const { feed, files, notes } = opened;
    for (const note of notes) terminal.log.warn(note);
    const recording = isKept ? await recordingOf(files, stop) : undefined;
    if (stop.aborted) return;
    const run = await play({ kind: "replay", settings, feed: () => feed, input: () => recording }, args, terminal);
    const hint = stop.aborted ? undefined : sessionHint(run.engine.summary(), settings);
    if (hint !== undefined) terminal.log.warn(hint);
  },
};
