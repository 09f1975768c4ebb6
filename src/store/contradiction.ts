import type { EngineOutput } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";

/**
 * Says that two records answer the same question differently: two windows recorded them at the same moment, neither knowing of
 * the other.
 *
 * @param counts the one that was recorded first
 * @returns one sentence; undefined when both say the same
 */
export function contradiction(counts: EngineOutput, other: EngineOutput): string | undefined {
  const [first, second] = [answerOf(counts), answerOf(other)];
  if (first === undefined || second === undefined || first === second || !("recommendation" in counts))
    return undefined;
  return `Two answers to ${counts.recommendation} were recorded at the same moment: ${first} counts, ${second} does not`;
}

/** What a person said, for records that can be said in several ways under one id; undefined for all others. */
function answerOf(output: EngineOutput): string | undefined {
  if (output.type === "decision") return `not executed ("${output.reason}")`;
  if (output.type !== "exit" || output.account !== "manual" || output.replaces !== undefined) return undefined;
  return `the exit at ${formatPrice(output.price, output.instrument)} (${output.reason})`;
}
