import type { Answered } from "../app/answers.js";
import { jsonLine, printed } from "../app/lines.js";
import { learnedLine, readableLine } from "../app/readableLines.js";
import type { Run } from "../app/run.js";
import type { AccountEvent, EngineOutput } from "../core/events.js";
import type { Arguments, Terminal } from "./command.js";
import { CommandError } from "./usageError.js";

/**
 * Records an answer and prints what was stored, once it is durable. The same answer given twice is stored once and printed
 * again.
 *
 * @throws CommandError when the engine does not allow it
 */
export async function record(
  run: Run,
  answered: Answered<AccountEvent>,
  type: "fill" | "exit" | "decision" | "amendment" | "void",
  args: Arguments,
  terminal: Terminal,
): Promise<void> {
  const made = answered.stored === undefined ? await run.dispatch(answered.event) : [answered.stored];
  const illegal = made.find((output) => output.type === "illegal");
  if (illegal !== undefined) throw new CommandError(illegal.reason);
  const stored = made.find((output) => output.type === type);
  if (stored === undefined) throw new Error(`No ${type} came of "${answered.event.id}"`);
  if (answered.stored !== undefined) terminal.log.info("It was recorded before: nothing has changed");
  for (const warning of answered.warnings) terminal.log.warn(`Note: ${warning}`);
  show(stored, args, terminal);
}

/** Prints an output: one JSON line, or words for a person and what was learned. */
export function show(output: EngineOutput, args: Arguments, terminal: Terminal): void {
  if (args.has("json")) {
    terminal.out(printed(jsonLine(output)));
    return;
  }
  const line = readableLine(output);
  if (line !== undefined) terminal.out(line);
  if (output.type === "exit") terminal.out(learnedLine(output));
}
