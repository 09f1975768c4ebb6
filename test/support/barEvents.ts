import type { EngineEvent } from "../../src/core/events.js";
import type { Bar } from "../../src/core/market.js";
import type { Micros, Ticks } from "../../src/core/units.js";
import { TAPE_INSTRUMENT, type TapeTrade } from "./tape.js";

/** A ready-made bar, as tests write it: what is not said is a quiet bar of 100 contracts from 1000 to 1002 ticks. */
export function barAt(start: number, seconds: number, changes: Partial<Bar> = {}): Bar {
  const ticks = (value: number) => value as Ticks;
  return {
    type: "bar",
    instrument: TAPE_INSTRUMENT,
    start: start as Micros,
    end: (start + seconds * 1_000_000) as Micros,
    open: ticks(1000),
    high: ticks(1002),
    low: ticks(1000),
    close: ticks(1002),
    volume: 100,
    buyVolume: undefined,
    sellVolume: undefined,
    profile: undefined,
    dirty: false,
    ...changes,
  };
}

/** The contract of every tape, as of a moment. */
export function contractAt(time: number): EngineEvent {
  return { type: "contract", instrument: TAPE_INSTRUMENT, symbol: "ESM5", time: time as Micros };
}

/** The bars that trades make, one for each span of `seconds` in which there was one. */
export function barsOf(trades: readonly TapeTrade[], seconds: number): readonly Bar[] {
  const length = seconds * 1_000_000;
  const spans = new Map<number, TapeTrade[]>();
  for (const trade of trades) {
    const start = Math.floor(trade.time / length) * length;
    spans.set(start, [...(spans.get(start) ?? []), trade]);
  }
  return [...spans].map(([start, within]) => {
    const prices = within.map(({ price }) => price);
    const volume = (side?: number) =>
      within.reduce((sum, trade) => sum + (side === undefined || trade.side === side ? trade.size : 0), 0);
    return barAt(start, seconds, {
      open: prices[0] as Ticks,
      high: Math.max(...prices) as Ticks,
      low: Math.min(...prices) as Ticks,
      close: prices.at(-1) as Ticks,
      volume: volume(),
      buyVolume: volume(1),
      sellVolume: volume(-1),
    });
  });
}
