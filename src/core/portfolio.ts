import type { EngineOutput } from "./events.js";

/**
 * Leaves out what paper portfolios did that were ended by a reset: orders, fills, exits, halts and equity. What was learned from
 * them is not asked here, it stays.
 *
 * @param outputs in the order in which they were booked
 */
export function presentPortfolios(outputs: readonly EngineOutput[]): readonly EngineOutput[] {
  const reset = outputs.findLastIndex(({ type }) => type === "paperReset");
  return reset < 0 ? outputs : outputs.filter((output, index) => index >= reset || !movedPaper(output));
}

function movedPaper(output: EngineOutput): boolean {
  const isDeed = output.type !== "recommendation" && output.type !== "haltEnded";
  return isDeed && "account" in output && output.account === "paper";
}
