import type { EngineOutput, EquityRow } from "../core/events.js";
import type { BlindSpan } from "../core/protocol.js";
import type { TradingHours } from "../core/session.js";
import { MICROS_PER_SECOND, type Micros } from "../core/units.js";

const DAY_MS = 86_400_000;

/**
 * The trading days between the first and the last that were watched of which nothing was seen: nobody knows what would have
 * happened in them.
 *
 * @returns oldest first, each from the end of the day before to the end of the day after
 */
export function blindSpans(outputs: readonly EngineOutput[], trading: TradingHours): readonly BlindSpan[] {
  const seen = new Map<string, Micros>();
  for (const output of outputs) if (isDayEnd(output)) seen.set(output.tradingDay, output.time);
  const days = [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
  return days.slice(1).flatMap(([date, to], index) => {
    const [previous, from] = days[index] ?? [date, to];
    // Between a day and the next of the calendar there is none to miss.
    if (Date.parse(date) - Date.parse(previous) <= DAY_MS) return [];
    let missed = 0;
    let day = trading.dayEndingAfter(from);
    for (; day !== undefined && day.date < date; day = trading.dayEndingAfter(day.close)) missed++;
    return missed === 0 ? [] : [{ from: seconds(from), to: seconds(to), days: missed }];
  });
}

function isDayEnd(output: EngineOutput): output is EquityRow & { readonly tradingDay: string } {
  return output.type === "equity" && output.tradingDay !== undefined;
}

function seconds(time: Micros): number {
  return Math.floor(time / MICROS_PER_SECOND);
}
