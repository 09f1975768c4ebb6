import { type EngineOutput, type Exit, outputId, type PartialExit } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import { countingExits } from "../core/tradeRecords.js";
import { usd } from "./amounts.js";
import type { Line } from "./lines.js";
import { plainText } from "./plainText.js";
import type { Run } from "./run.js";

/** A kept record that the books cannot take as it stands. */
export interface NotCounted {
  /** Its id. */
  readonly event: string;
  /** What it is, and why it does not count or counts otherwise: one sentence. */
  readonly reason: string;
}

/**
 * What was recorded and does not count, or not as it was recorded: because another window was first, or because a journal was
 * damaged and what it rests on is missing.
 *
 * @param kept as it was recorded
 * @param booked what an engine makes of it now
 */
export function notCounted(kept: readonly EngineOutput[], booked: readonly EngineOutput[]): readonly NotCounted[] {
  const records = new Map(kept.map((output) => [outputId(output), output]));
  const refused = booked.flatMap((output): NotCounted[] => {
    if (output.type !== "illegal") return [];
    const record = records.get(output.event);
    const what = record === undefined ? output.event : words(record);
    return [
      { event: output.event, reason: plainText(`Does not count: ${what}, because ${lowerFirst(output.reason)}`) },
    ];
  });
  const exits = new Map(countingExits(booked).map((exit) => [exit.id, exit]));
  const changed = countingExits(kept).flatMap((exit): NotCounted[] => {
    const now = exits.get(exit.id);
    if (now === undefined || (now.netPnl === exit.netPnl && now.quantity === exit.quantity)) return [];
    const sums = `${size(exit)} when it was recorded, ${size(now)} by the fills that are known`;
    return [{ event: exit.id, reason: plainText(`Counts otherwise: ${words(exit)}, ${sums}`) }];
  });
  return [...refused, ...changed];
}

/** All that is kept of a run as its books take it. */
export interface Books {
  readonly outputs: readonly EngineOutput[];
  /** What is wrong with the records, one sentence each. */
  readonly problems: readonly string[];
}

/** @param booked what an engine makes of all that is kept */
export function booksOf(run: Pick<Run, "allOutputs" | "warnings">, booked: readonly EngineOutput[]): Books {
  const kept = run.allOutputs();
  const lost = notCounted(kept, booked);
  return {
    outputs: lost.length === 0 ? kept : asBooked(kept, booked),
    problems: [...run.warnings, ...lost.map(({ reason }) => reason)],
  };
}

/** What was recorded, with its exits as the books take them: those that do not count are left out. */
export function asBooked(kept: readonly EngineOutput[], booked: readonly EngineOutput[]): readonly EngineOutput[] {
  const exits = new Map(booked.flatMap((output) => (isExit(output) ? [[output.id, output] as const] : [])));
  return kept.flatMap((output): readonly EngineOutput[] => {
    if (!isExit(output)) return [output];
    const now = exits.get(output.id);
    return now === undefined ? [] : [now];
  });
}

function isExit(output: EngineOutput): output is Exit | PartialExit {
  return output.type === "exit" || output.type === "partialExit";
}

/** It as programs read it. */
export function notCountedLine({ event, reason }: NotCounted): Line {
  return { type: "illegal", event, reason };
}

function words(record: EngineOutput): string {
  switch (record.type) {
    case "fill":
      return `the fill of ${record.quantity} at ${formatPrice(record.price, record.instrument)} of ${record.recommendation} (${record.account})`;
    case "partialExit":
      return `the exit of ${record.quantity} at ${formatPrice(record.price, record.instrument)} of ${record.recommendation} (${record.account})`;
    case "exit":
      return `the exit at ${formatPrice(record.price, record.instrument)} of ${record.recommendation} (${record.account})`;
    case "decision":
      return `not executed "${record.reason}" of ${record.recommendation}`;
    case "amendment":
      return `the correction of ${record.recommendation} (${record.why})`;
    case "void":
      return `the taking back of ${record.recommendation} (${record.why})`;
    default:
      return outputId(record) ?? record.type;
  }
}

/** A sentence within another; what begins with an id stays. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]*\b/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function size(exit: Exit): string {
  return `${usd(exit.netPnl)} for ${exit.quantity}`;
}
