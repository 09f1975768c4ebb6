import { AnswerError, AnswerValueError } from "../app/answers.js";
import { nearest, SettingsError } from "../app/settingsError.js";
import { VERSION } from "../app/version.js";
import { FeedError, StoppedError } from "../feed/feedError.js";
import { StoreError } from "../store/storeError.js";
import { amend } from "./amend.js";
import { backtest } from "./backtest.js";
import { check } from "./check.js";
import { Arguments, type Command, type Terminal } from "./command.js";
import { decode } from "./decode.js";
import { demo } from "./demo.js";
import { download } from "./download.js";
import { exit } from "./exit.js";
import { exportCommand } from "./export.js";
import { fill } from "./fill.js";
import { importCommand } from "./import.js";
import { live } from "./live.js";
import { OutputClosed } from "./outputStream.js";
import { pending } from "./pending.js";
import { query } from "./query.js";
import { replay } from "./replay.js";
import { reset } from "./reset.js";
import { resetPaper } from "./resetPaper.js";
import { restore } from "./restore.js";
import { review } from "./review.js";
import { statistics } from "./statistics.js";
import { CommandError, UsageError } from "./usageError.js";
import { voidTrade } from "./void.js";

/** Every command of the program by its name. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  decode,
  download,
  replay,
  backtest,
  demo,
  live,
  check,
  pending,
  fill,
  exit,
  amend,
  void: voidTrade,
  reset,
  "reset-paper": resetPaper,
  statistics,
  review,
  export: exportCommand,
  restore,
  import: importCommand,
  query,
};

/** Runs one command line. Resolves with the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await dispatch(argv, terminal);
    return 0;
  } catch (error) {
    if (error instanceof OutputClosed) return 0;
    terminal.log.error(sentence(error));
    // The signal that stopped it has an exit code of its own.
    if (error instanceof StoppedError) return 0;
    // What no data folder would make right is wrong usage; what the folder rules out has failed.
    return error instanceof UsageError || error instanceof AnswerValueError ? 2 : 1;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<void> {
  const [name, ...rest] = argv;
  if (name === "--version" || name === "-v") {
    terminal.out(VERSION);
    return;
  }
  if (name === "help" && rest.length > 0) return dispatch([...rest, "--help"], terminal);
  if (name === "--help" || name === "-h" || name === "help") {
    overview(terminal);
    return;
  }
  const known = Object.keys(COMMANDS);
  if (name === undefined) throw new UsageError(`Say what to do: ${known.join(", ")}. See "volume-cluster --help"`);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const meant = nearest(name, known);
    const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
    throw new UsageError(`Unknown command "${name}": the commands are ${known.join(", ")}${hint}`);
  }
  const args = Arguments.parse(name, command, rest);
  if (args.has("help")) help(name, command, terminal);
  else await command.run(args, terminal);
}

function overview(terminal: Terminal): void {
  terminal.out("Usage: volume-cluster COMMAND ...");
  for (const [name, command] of Object.entries(COMMANDS)) {
    terminal.out(`  ${name} ${command.usage}`);
    terminal.out(`      ${command.summary}`);
  }
  terminal.out('See "volume-cluster COMMAND --help"; "volume-cluster --version" names the version.');
  terminal.out("Exit code 0: done, 1: failed, 2: wrong usage, 129, 130 and 143: ended by SIGHUP, Ctrl+C and SIGTERM.");
}

function help(name: string, command: Command, terminal: Terminal): void {
  terminal.out(`Usage: volume-cluster ${name} ${command.usage}`);
  terminal.out(command.summary);
  const options = { ...command.options, help: ["", "this text"] as const };
  for (const [option, [value, text]] of Object.entries(options)) {
    terminal.out(`  ${`--${option} ${value}`.padEnd(22)}${text}`);
  }
}

/** What failed, as one line: never a stack, never a key. */
function sentence(error: unknown): string {
  const known =
    error instanceof UsageError ||
    error instanceof CommandError ||
    error instanceof SettingsError ||
    error instanceof AnswerError ||
    error instanceof FeedError ||
    error instanceof StoreError;
  const text = error instanceof Error ? error.message : String(error);
  return known ? text : `The program itself failed, please report it: ${text}`;
}
