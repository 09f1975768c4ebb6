import { specFor } from "../core/instruments.js";
import type { InstrumentSpec } from "../core/settings.js";

/** The tick size of a symbol in units of 1e-9, as DBN counts prices; undefined where it is not known. */
export type TickSizes = (symbol: string) => number | undefined;

const CONTINUOUS = /^([A-Z0-9]{1,3})\.[cnv]\.\d+$/;

/**
 * Tick sizes of the built-in instruments and of the user's, which win.
 *
 * Answers raw symbols (ESH4), symbols of the user's (LTCUSDT) and continuous ones (ES.v.0), whose contracts all have
 * their product's tick. Spreads and parents (ES.FUT) have no tick of their own.
 */
export function tickSizesOf(instruments: readonly InstrumentSpec[]): TickSizes {
  return (symbol) => {
    const spec = specFor(CONTINUOUS.exec(symbol)?.[1] ?? symbol, instruments);
    return spec === undefined ? undefined : toNanos(spec.tickSize);
  };
}

/** A tick size in points as a whole number of 1e-9; undefined where it is none. */
export function toNanos(tickSize: number): number | undefined {
  const nanos = Math.round(tickSize * 1e9);
  return nanos > 0 && Math.abs(tickSize * 1e9 - nanos) < 1e-3 ? nanos : undefined;
}
