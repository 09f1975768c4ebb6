import type { TradeBatch } from "../../src/core/market.js";
import type { DemoSession } from "../../src/feed/demoCalendar.js";

/** A one-minute bar as the detection rule sees it. */
export interface PlainBar {
  readonly minute: number;
  readonly volume: number;
  readonly low: number;
  readonly high: number;
  readonly close: number;
  /** Index of the bar's last trade. */
  readonly last: number;
  readonly pointOfControl: number;
}

/** A cluster with a direction, judged apart from the engine. */
export interface PlainSignal {
  readonly bar: PlainBar;
  readonly ratio: number;
  readonly direction: 1 | -1;
}

/** One-minute bars of a day with their points of control; every minute must have a trade. */
export function plainBars(trades: TradeBatch, session: DemoSession): readonly PlainBar[] {
  const bars: PlainBar[] = [];
  for (let i = 0; i < trades.count; ) {
    const minute = Math.floor((at(trades.time, i) - session.open) / 60e6);
    const profile = new Map<number, number>();
    let volume = 0;
    for (; i < trades.count && Math.floor((at(trades.time, i) - session.open) / 60e6) === minute; i++) {
      const price = at(trades.price, i);
      profile.set(price, (profile.get(price) ?? 0) + at(trades.size, i));
      volume += at(trades.size, i);
    }
    const [pointOfControl] = [...profile].reduce((best, level) => (level[1] > best[1] ? level : best));
    const prices = [...profile.keys()];
    const [low, high] = [Math.min(...prices), Math.max(...prices)];
    bars.push({ minute, volume, low, high, close: at(trades.price, i - 1), last: i - 1, pointOfControl });
  }
  return bars;
}

/** The default rule in its shortest form: 4x the last twenty, modal direction, strength, cooldown, rank, cutoff. */
export function plainSignals(bars: readonly PlainBar[]): readonly PlainSignal[] {
  const signals: PlainSignal[] = [];
  const clusters: { readonly minute: number; readonly ratio: number }[] = [];
  for (const bar of bars) {
    if (bar.minute < 20 || bar.minute >= 374) continue;
    const before = bars.slice(bar.minute - 20, bar.minute).reduce((sum, { volume }) => sum + volume, 0);
    const ratio = (bar.volume * 20) / before;
    if (ratio < 4) continue;
    clusters.push({ minute: bar.minute, ratio });
    const position = (bar.pointOfControl - bar.low) / (bar.high - bar.low);
    const direction = position <= 0.15 ? 1 : position >= 0.85 ? -1 : undefined;
    if (direction === undefined) continue;
    const edge = direction === 1 ? 1 - position / 0.15 : (position - 0.85) / 0.15;
    if (0.7 * edge + 0.3 * Math.min(ratio / 10, 1) < 0.45) continue;
    if (clusters.some((other) => other.minute > bar.minute - 120 && other.ratio > ratio)) continue;
    if (signals.some((other) => other.bar.minute > bar.minute - 30)) continue;
    signals.push({ bar, ratio, direction });
  }
  return signals;
}

function at(column: { readonly [index: number]: number }, index: number): number {
  const value = column[index];
  if (value === undefined) throw new Error(`No trade ${index}`);
  return value;
}
