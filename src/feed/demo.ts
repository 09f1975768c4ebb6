import { setImmediate } from "node:timers/promises";
import type { EngineEvent } from "../core/events.js";
import { labelOf } from "../core/instruments.js";
import type { ContractChange, TradeBatch } from "../core/market.js";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros } from "../core/units.js";
import { demoSession } from "./demoCalendar.js";
import { DEMO_INSTRUMENT, type DemoDay, DemoMarket } from "./demoMarket.js";
import type { DemoPace } from "./demoPace.js";
import type { Feed } from "./feed.js";

/** What of the demo market is played, and how fast. */
export interface DemoOptions {
  /** A safe integer, at least 0: the same seed gives the same market on any day. */
  readonly seed: number;
  /** Product of the only contract, the December 2025 one however long the demo runs; MES if absent. */
  readonly instrument?: "ES" | "MES";
  /** First simulated day, counted from 0; 0 if absent. */
  readonly firstDay?: number;
  /** How many days; endless if absent. */
  readonly days?: number;
  /** With a pace: up to this simulated time as fast as it can. */
  readonly fastUntil?: Micros;
  /** Without one all is played as fast as it can. */
  readonly pace?: DemoPace;
}

/**
 * A synthetic market without an edge, in simulated sessions that follow each other without a pause. The contract comes
 * first; then trades, with a clock event at the end of each session and, under a pace, at the end of each minute and
 * whenever a simulated second went by in silence.
 */
export function demoFeed(options: DemoOptions): Feed {
  return { events: (stop) => play(options, stop) };
}

/** The only contract of a demo, by its symbol and its label: it never rolls. */
export function demoContract(instrument: "ES" | "MES"): { readonly symbol: string; readonly label: string } {
  const symbol = `${instrument}Z5`;
  return { symbol, label: labelOf(symbol, demoSession(0).open) };
}

/** Trades a turn at full speed: few milliseconds of work, so that the program stays responsive. */
const TURN_TRADES = 4096;

async function* play(options: DemoOptions, stop: AbortSignal): AsyncGenerator<readonly EngineEvent[]> {
  const first = options.firstDay ?? 0;
  const end = options.days === undefined ? Number.POSITIVE_INFINITY : first + options.days;
  const market = new DemoMarket(options.seed);
  yield [contract(demoContract(options.instrument ?? "MES").symbol)];
  for (let day = first; day < end && !stop.aborted; day++) {
    const today = market.day(day);
    const { open, close } = today.session;
    const paceFrom = options.pace === undefined ? close : Math.min(options.fastUntil ?? open, close);
    if (open < paceFrom) yield* atFullSpeed(today, paceFrom as Micros, stop);
    if (options.pace !== undefined) yield* paced(today, Math.max(paceFrom, open) as Micros, options.pace, stop);
  }
}

/** The day's trades before `until`, and the clock at `until`. */
async function* atFullSpeed(day: DemoDay, until: Micros, stop: AbortSignal): AsyncGenerator<readonly EngineEvent[]> {
  const end = firstTradeFrom(day.trades, 0, until);
  for (let from = 0; from < end && !stop.aborted; from += TURN_TRADES) {
    yield [slice(day.trades, from, Math.min(from + TURN_TRADES, end))];
    await setImmediate();
  }
  if (!stop.aborted) yield [{ type: "clock", time: until }];
}

/** The day from `from` on, as the pace allows. No turn reaches beyond a minute's end, where a signal may be born. */
async function* paced(
  day: DemoDay,
  from: Micros,
  pace: DemoPace,
  stop: AbortSignal,
): AsyncGenerator<readonly EngineEvent[]> {
  const { open, close } = day.session;
  const surging = new Set(day.surges.map((surge) => surge.minute));
  let next = firstTradeFrom(day.trades, 0, from);
  let lastEvent = from;
  for (let now = from; now < close && !stop.aborted; ) {
    const minute = Math.floor((now - open) / MICROS_PER_MINUTE);
    const minuteEnd = (open + (minute + 1) * MICROS_PER_MINUTE) as Micros;
    const reached = pace.advance(now, minuteEnd, surging.has(minute) || surging.has(minute + 1));
    if (reached === now) {
      await pace.rest(stop);
      continue;
    }
    now = reached;
    const end = firstTradeFrom(day.trades, next, now);
    const events: EngineEvent[] = next < end ? [slice(day.trades, next, end)] : [];
    if (next < end) lastEvent = (day.trades.time[end - 1] ?? now) as Micros;
    next = end;
    if (now === minuteEnd || now - lastEvent >= MICROS_PER_SECOND) {
      events.push({ type: "clock", time: now });
      lastEvent = now;
    }
    if (events.length > 0) yield events;
    if (now === minuteEnd && surging.has(minute) && !surging.has(minute + 1)) pace.surgePassed();
  }
}

/** Index of the first trade at or after `time`, sought from `from` on. */
function firstTradeFrom(trades: TradeBatch, from: number, time: Micros): number {
  let index = from;
  while (index < trades.count && (trades.time[index] ?? time) < time) index++;
  return index;
}

/** A batch that shares the columns. */
function slice(trades: TradeBatch, from: number, to: number): TradeBatch {
  return {
    type: "trades",
    count: to - from,
    time: trades.time.subarray(from, to),
    price: trades.price.subarray(from, to),
    size: trades.size.subarray(from, to),
    side: trades.side.subarray(from, to),
    instrument: trades.instrument.subarray(from, to),
  };
}

function contract(symbol: string): ContractChange {
  // Always dated to the first day, so that the symbol's year does not move with the day on which a run goes on.
  return { type: "contract", instrument: DEMO_INSTRUMENT, symbol, time: demoSession(0).open };
}
