import type { Answered } from "../app/answers.js";
import { jsonLine, type Line, printed } from "../app/lines.js";
import { learnedLine, readableLine } from "../app/readableLines.js";
import type { Run } from "../app/run.js";
import type { AccountEvent, EngineOutput } from "../core/events.js";
import type { Arguments, Terminal } from "./command.js";
import { CommandError } from "./usageError.js";

/** The option without which a doubted answer is not recorded; it stands for typing it again. */
export const CONFIRM_OPTION = { confirm: ["", "it is right, however unlikely it looks"] } as const;

/** @throws CommandError when a price or quantity is so unlikely that it has to be confirmed, and is not */
export function checkConfirmed(answered: Answered<AccountEvent>, args: Arguments): void {
  const isDoubted = answered.typeAgain || answered.typeQuantityAgain;
  if (!isDoubted || answered.stored !== undefined || args.has("confirm")) return;
  throw new CommandError(`Nothing was recorded. ${answered.warnings.join(". ")}. If it is right, add "--confirm"`);
}

/**
 * Records an answer and prints what was stored of those types, once it is durable. The same answer given twice is stored once; what is stored
 * is printed then as what it is, recorded before.
 *
 * @throws CommandError when the engine does not allow it, or it has to be confirmed
 */
export async function record(
  run: Run,
  answered: Answered<AccountEvent>,
  types: readonly ("fill" | "partialExit" | "exit" | "decision" | "amendment" | "void")[],
  args: Arguments,
  terminal: Terminal,
): Promise<void> {
  checkConfirmed(answered, args);
  const made = answered.stored === undefined ? await run.dispatch(answered.event) : [answered.stored];
  const illegal = made.find((output) => output.type === "illegal");
  if (illegal !== undefined) throw new CommandError(illegal.reason);
  const stored = made.find((output) => types.some((type) => output.type === type));
  if (stored === undefined) throw new Error(`No ${types.join(" or ")} came of "${answered.event.id}"`);
  const isRepeated = answered.stored !== undefined;
  if (isRepeated) terminal.log.info("It was recorded before: nothing has changed");
  for (const warning of answered.warnings) terminal.log.warn(`Note: ${warning}`);
  show(stored, args, terminal, isRepeated);
}

/**
 * Prints an output: one JSON line, or words for a person and what was learned.
 *
 * @param isRepeated it was recorded before, and nothing was now
 */
export function show(output: EngineOutput, args: Arguments, terminal: Terminal, isRepeated = false): void {
  if (args.has("json")) {
    const line: Line = jsonLine(output);
    terminal.out(printed(isRepeated ? { ...line, repeated: true } : line));
    return;
  }
  const line = readableLine(output);
  if (line !== undefined) terminal.out(isRepeated ? `Recorded before: ${line}` : line);
  if (output.type === "exit") terminal.out(learnedLine(output));
}
