import type { EngineOutput, EquityRow, GapOutput } from "../core/events.js";
import type { BlindSpan } from "../core/protocol.js";
import type { TradingHours } from "../core/session.js";
import { MICROS_PER_SECOND, type Micros } from "../core/units.js";

const DAY_MS = 86_400_000;

/**
 * What was not seen, so that nobody knows what would have happened in it: the trading days between the first and the last that were
 * watched, from the end of the day before to the end of the day after; and within days what the feed lost for good.
 *
 * @returns oldest first
 */
export function blindSpans(outputs: readonly EngineOutput[], trading: TradingHours): readonly BlindSpan[] {
  const parts = outputs.flatMap((output) => (output.type === "gap" ? blindParts(output, trading) : []));
  return [...wholeDays(outputs, trading), ...merged(parts)].sort((a, b) => a.from - b.from);
}

function wholeDays(outputs: readonly EngineOutput[], trading: TradingHours): readonly BlindSpan[] {
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

/** What of a gap lies in trading hours: the night between two days is nobody's loss. */
function blindParts({ from, to }: GapOutput, trading: TradingHours): readonly BlindSpan[] {
  const parts: BlindSpan[] = [];
  let day = trading.dayEndingAfter(from);
  for (; day !== undefined && day.open < to; day = trading.dayEndingAfter(day.close)) {
    const [begin, end] = [Math.max(from, day.open) as Micros, Math.min(to, day.close) as Micros];
    if (begin < end) parts.push({ from: seconds(begin), to: seconds(end), days: 0 });
  }
  return parts;
}

/** The same time is missing once, however often it was told. */
function merged(parts: readonly BlindSpan[]): readonly BlindSpan[] {
  const found: BlindSpan[] = [];
  for (const part of parts.toSorted((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last === undefined || part.from > last.to) found.push(part);
    else found[found.length - 1] = { ...last, to: Math.max(last.to, part.to) };
  }
  return found;
}

function isDayEnd(output: EngineOutput): output is EquityRow & { readonly tradingDay: string } {
  return output.type === "equity" && output.tradingDay !== undefined;
}

function seconds(time: Micros): number {
  return Math.floor(time / MICROS_PER_SECOND);
}
