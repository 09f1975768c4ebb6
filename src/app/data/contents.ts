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
export function contentsOf(outputs: readonly EngineOutput[]): Contents {
  const times = outputs.flatMap((output) => ("time" in output ? [output.time] : []));
  const extreme = (choose: (a: number, b: number) => number) =>
    times.length === 0 ? undefined : (times.reduce((a, b) => choose(a, b) as Micros) as Micros);
  return {
    recommendations: outputs.filter(({ type }) => type === "recommendation").length,
    fills: outputs.filter(({ type }) => type === "fill").length,
    trades: countingExits(outputs).length,
    from: extreme(Math.min),
    to: extreme(Math.max),
  };
}

/** The outputs that journal records hold together, each once. */
export function outputsOf(records: readonly JournalRecord[]): readonly EngineOutput[] {
  const kept = new Kept();
  for (const record of records) kept.add(record);
  return kept.everything();
}
