import { t } from "@vscode/l10n";
import { newYorkTime } from "../app/times.js";
import type { EngineOutput, TradeRecord } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import { say } from "../core/say.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { tradeRecords } from "../core/tradeRecords.js";
import type { Micros } from "../core/units.js";

/** A recommendation of which the user recorded something that counts. */
export interface Recorded {
  readonly recommendation: Recommendation;
  readonly record: TradeRecord;
  /** When the last of it was said to have happened. */
  readonly time: Micros;
}

/** What the user recorded and did not take back, newest first. */
export function recordedTrades(outputs: readonly EngineOutput[]): readonly Recorded[] {
  const records = tradeRecords(outputs);
  return outputs
    .flatMap((output): Recorded[] => {
      if (output.type !== "recommendation") return [];
      const record = records.get(output.id);
      if (record === undefined || record.state === "ISSUED") return [];
      const last = record.exit ?? record.partialExits?.at(-1) ?? record.fills.at(-1) ?? output;
      return [{ recommendation: output, record, time: last.time }];
    })
    .sort((a, b) => b.time - a.time);
}

/** In English: `BUY 2 ES DEC25: filled 2 @ 6010.75, exit 6041.25 (target)`. */
export function recordedWords({ recommendation, record }: Recorded): string {
  const { action, quantity, instrument } = recommendation;
  const at = (ticks: number) => formatPrice(ticks, instrument);
  const parts = [
    ...record.fills.map((fill) => say("filled {0} @ {1}", fill.quantity, at(fill.price))),
    ...(record.partialExits ?? []).map(({ quantity = 0, price, reason }) =>
      say("{0} closed @ {1} ({2})", quantity, at(price), reason),
    ),
    ...(record.exit === undefined ? [] : [say("exit {0} ({1})", at(record.exit.price), record.exit.reason)]),
    ...(record.notExecuted === undefined ? [] : [say("not executed ({0})", record.notExecuted)]),
  ];
  return `${action} ${quantity} ${instrument.label}: ${parts.join(", ")}`;
}

/** `2025-06-09 14:32:15 New York`, in the language of VS Code. */
export function shownTime(time: Micros): string {
  return t("{0} New York", newYorkTime(time).replace("T", " "));
}
