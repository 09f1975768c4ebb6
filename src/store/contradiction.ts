import type { EngineOutput } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";

/** Whether two records answer the same question differently. */
export function contradicts(one: EngineOutput, other: EngineOutput): boolean {
  const [first, second] = [answerOf(one), answerOf(other)];
  return first !== undefined && second !== undefined && first !== second;
}

/**
 * Says that records answer the same question differently: windows recorded them at the same moment, none knowing of the others.
 *
 * @param counts the one that was recorded first
 * @param others which it contradicts, at least one
 * @returns one sentence, however many there are
 */
export function contradiction(counts: EngineOutput, others: readonly EngineOutput[]): string {
  const lost = [...new Set(others.map(answerOf))];
  const about = "recommendation" in counts ? counts.recommendation : "a question";
  const many = lost.length === 1 ? "Two" : String(lost.length + 1);
  const rest = lost.length === 1 ? `${lost[0]} does not` : `${lost.slice(0, -1).join(", ")} and ${lost.at(-1)} do not`;
  return `${many} answers to ${about} were recorded at the same moment: ${answerOf(counts)} counts, ${rest}`;
}

/** What a person said, for records that can be said in several ways under one id; undefined for all others. */
function answerOf(output: EngineOutput): string | undefined {
  if (output.type === "decision") return `not executed ("${output.reason}")`;
  if (output.type !== "exit" || output.account !== "manual" || output.replaces !== undefined) return undefined;
  return `the exit at ${formatPrice(output.price, output.instrument)} (${output.reason})`;
}
