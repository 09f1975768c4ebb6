import type { Bar, TradeRejection } from "../../../core/market.js";
import type { Micros, Ticks } from "../../../core/units.js";
import { RTYPE } from "./codes.js";
import type { Contract } from "./contractBook.js";
import { LAYOUTS, type Layout, offsetOf } from "./layouts.js";
import { isPossible, MICROS_LIMIT, NANOS_LIMIT, readInt64, readUint64 } from "./numbers.js";

/** Where the fields of a trade lie in a record that may be one. */
export interface TradeOffsets {
  /** Bytes of the record, without `ts_out`. */
  readonly size: number;
  readonly price: number;
  readonly volume: number;
  readonly action: number;
  readonly side: number;
  readonly flags: number;
}

/** The size field of an order without one. */
export const UNDEFINED_SIZE = 0xffff_ffff;

/** The action of a trade, `T`. */
export const ACTION_TRADE = 0x54;

/**
 * The flag of a record at which the venue's data may lack something (`F_MAYBE_BAD_BOOK`). That of an unreliable time of receipt
 * does not matter: trades are timed by when they happened.
 */
export const MAYBE_INCOMPLETE = 4;

const LARGEST_TICKS = 0x7fff_ffff;

const MAYBE_TRADES = [RTYPE.trade, RTYPE.mbp1, RTYPE.mbp10, RTYPE.mbo, RTYPE.cmbp1, RTYPE.tcbbo] as const;

/**
 * By rtype: the records that are trades where their action says so. Fills of resting orders (`F`) are the other side of
 * a trade and not counted again.
 */
export const TRADE_OFFSETS: readonly (TradeOffsets | undefined)[] = tradeOffsets();

const OHLCV = layoutOfType(RTYPE.ohlcv1m);
const OPEN = offsetOf(OHLCV, "open");
const HIGH = offsetOf(OHLCV, "high");
const LOW = offsetOf(OHLCV, "low");
const CLOSE = offsetOf(OHLCV, "close");
const VOLUME = offsetOf(OHLCV, "volume");

/** The aggressor of a trade by its side: 1 for `B` buy, -1 for `A` sell, 0 for none given. */
export function aggressorOf(side: number | undefined): number {
  return side === 0x42 ? 1 : side === 0x41 ? -1 : 0;
}

/**
 * Why a trade cannot be used (`ENGINE.md` 2); undefined when it can. A trade without a time is `late`: no bar
 * that it could join is open. One of an impossible time is `bad_time`: as the first of an input it would start the clock there.
 *
 * @param trade price in 1e-9 and time in Micros, as `readInt64` and `readMicros` give them
 */
export function rejectionOf(
  trade: { readonly price: number; readonly size: number; readonly time: number },
  tickNanos: number,
): TradeRejection | undefined {
  const { price, size, time } = trade;
  if (price <= 0 || price >= NANOS_LIMIT) return "bad_price";
  if (size === 0 || size === UNDEFINED_SIZE) return "bad_size";
  if (price % tickNanos !== 0) return "off_tick";
  if (price / tickNanos > LARGEST_TICKS) return "bad_price";
  if (time >= MICROS_LIMIT) return "late";
  return isPossible(time) ? undefined : "bad_time";
}

/** Reads the bar at `at`, or why it cannot be used. Whether its prices fit together is for the engine to say. */
export function readBar(
  view: DataView,
  at: number,
  contract: Contract,
  length: number,
  start: Micros,
): Bar | { readonly type: "rejected"; readonly reason: TradeRejection; readonly size: number } {
  const volume = readUint64(view, at + VOLUME);
  if (volume > Number.MAX_SAFE_INTEGER) return { type: "rejected", reason: "bad_size", size: 0 };
  for (const offset of [OPEN, HIGH, LOW, CLOSE]) {
    const price = readInt64(view, at + offset);
    const reason = rejectionOf({ price, size: 1, time: start }, contract.tickNanos);
    if (reason !== undefined) return { type: "rejected", reason, size: volume };
  }
  const ticks = (offset: number) => (readInt64(view, at + offset) / contract.tickNanos) as Ticks;
  return {
    type: "bar",
    instrument: contract.id,
    start,
    end: (start + length) as Micros,
    open: ticks(OPEN),
    high: ticks(HIGH),
    low: ticks(LOW),
    close: ticks(CLOSE),
    volume,
    buyVolume: undefined,
    sellVolume: undefined,
    profile: undefined,
    dirty: false,
  };
}

function tradeOffsets(): readonly (TradeOffsets | undefined)[] {
  const table = new Array<TradeOffsets | undefined>(256).fill(undefined);
  for (const rtype of MAYBE_TRADES) {
    const layout = layoutOfType(rtype);
    table[rtype] = {
      size: layout.size,
      price: offsetOf(layout, "price"),
      volume: offsetOf(layout, "size"),
      action: offsetOf(layout, "action"),
      side: offsetOf(layout, "side"),
      flags: offsetOf(layout, "flags"),
    };
  }
  return table;
}

/** The layout of a type that has only one. */
function layoutOfType(rtype: number): Layout {
  const layout = LAYOUTS.get(rtype)?.[0];
  if (layout === undefined) throw new Error(`No layout for record type ${rtype}`);
  return layout;
}
