import type { EngineOutput } from "../../core/events.js";
import { countingExits } from "../../core/tradeRecords.js";
import type { Micros } from "../../core/units.js";
import { Kept } from "../../store/kept.js";
import type { JournalRecord } from "../../store/record.js";

/** What journal records hold, in a person's words. */
export interface Contents {
  readonly recommendations: number;
  readonly fills: number;
  /** Closed trades of both accounts, as corrected. */
  readonly trades: number;
  /** Of the first and the last of them; undefined without any. */
  readonly from: Micros | undefined;
  readonly to: Micros | undefined;
}

/** Counts what outputs hold. */
export function contentsOf(outputs: Iterable<EngineOutput>): Contents {
  const counted: EngineOutput[] = [];
  let from: Micros | undefined;
  let to: Micros | undefined;
  for (const output of outputs) {
    // Most of all that is kept, and none of it is counted.
    if (output.type !== "mark") counted.push(output);
    if (!("time" in output)) continue;
    if (from === undefined || output.time < from) from = output.time;
    if (to === undefined || output.time > to) to = output.time;
  }
  return {
    recommendations: counted.filter(({ type }) => type === "recommendation").length,
    fills: counted.filter(({ type }) => type === "fill").length,
    trades: countingExits(counted).length,
    from,
    to,
  };
}

/** The outputs that journal records hold together, each once. */
export function outputsOf(records: readonly JournalRecord[]): readonly EngineOutput[] {
  const kept = new Kept();
  for (const record of records) kept.add(record);
  return [...kept.everything()];
}
