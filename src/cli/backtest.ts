import { basename, resolve } from "node:path";
import { backtestReport } from "../app/backtest/backtestReport.js";
import { requirePinned } from "../app/pinnedContract.js";
import { sessionHint } from "../app/sessionHint.js";
import { openReplay } from "../feed/replay.js";
import { tickSizesOf } from "../feed/tickSizes.js";
import { replaceFile } from "../store/atomicFile.js";
import { nodeFs } from "../store/files.js";
import { StoreError } from "../store/storeError.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { PLAY_OPTIONS, play } from "./play.js";
import { readSettings, systemReason } from "./readSettings.js";
import { CommandError, UsageError } from "./usageError.js";

/** `backtest`: recorded files through the engine on the paper account, and a report. */
export const backtest: Command = {
  summary: "Run recorded files on the paper account and write a report in Markdown",
  usage: "FILE... [--settings FILE] [--report FILE.md] [--json]",
  options: {
    settings: PLAY_OPTIONS.settings,
    report: ["FILE", "write the report to this file, too"],
    json: ["", "the JSON lines of replay in the place of the report"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const files = args.positionals;
    if (files.length === 0) throw new UsageError("Name one or more files to test on");
    const path = reportPath(args);
    const settings = await readSettings(args.text("settings"), {});
    const options = { tickSizes: tickSizesOf(settings.instruments) };
    const opened = await openReplay(files, options, terminal.stop());
    requirePinned(opened, settings);
    const { feed, notes } = opened;
    for (const note of notes) terminal.log.warn(note);
    if (terminal.stop().aborted) return;
    const run = await play({ kind: "replay", settings, feed: () => feed, isBacktest: true }, args, terminal);
    if (terminal.stop().aborted) return;
    const summary = run.engine.summary();
    const text = backtestReport({
      files: files.map((file) => basename(file)),
      settings,
      outputs: run.outputs,
      summary,
    });
    if (!args.has("json")) for (const line of text.trimEnd().split("\n")) terminal.out(line);
    if (path !== undefined) await writeReport(path, text);
    const hint = sessionHint(summary, settings);
    if (hint !== undefined) terminal.log.warn(hint);
  },
};

/** @throws CommandError */
async function writeReport(path: string, text: string): Promise<void> {
  try {
    await replaceFile(nodeFs, path, Buffer.from(text));
  } catch (error) {
    const cause = error instanceof StoreError ? error.cause : undefined;
    if (cause === undefined) throw error;
    throw new CommandError(`Could not write the report "${path}": ${systemReason(cause)}`, { cause: error });
  }
}

function reportPath(args: Arguments): string | undefined {
  const path = args.text("report");
  if (path === undefined) return undefined;
  if (path === "") throw new UsageError('"--report" needs the name of a file');
  const isInput = [...args.positionals, args.text("settings")].some(
    (file) => file !== undefined && resolve(file) === resolve(path),
  );
  if (isInput) throw new UsageError(`"--report ${path}" is a file to read: name another`);
  return path;
}
