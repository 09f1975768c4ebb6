import type { EvidenceBar } from "../src/core/protocol.js";

/** Volume between two prices, as a row of a footprint. */
export interface FootprintRow {
  /** Lowest price of the row, and the lowest above it. */
  readonly low: number;
  readonly high: number;
  readonly volume: number;
  readonly bid: number;
  readonly ask: number;
}

/**
 * The levels of a bar in rows of `ticks` ticks each, from low to high, rows without volume left out. Rows of all bars lie on one
 * grid, so that they stand side by side.
 */
export function footprintRows({ levels }: EvidenceBar, tickSize: number, ticks: number): readonly FootprintRow[] {
  const rows = new Map<number, FootprintRow>();
  for (const { price, volume, bid, ask } of levels) {
    const index = Math.floor(Math.round(price / tickSize) / ticks);
    const row = rows.get(index) ?? { volume: 0, bid: 0, ask: 0 };
    rows.set(index, {
      low: clean(index * ticks * tickSize),
      high: clean((index + 1) * ticks * tickSize),
      volume: row.volume + volume,
      bid: row.bid + bid,
      ask: row.ask + ask,
    });
  }
  return [...rows.entries()].sort(([a], [b]) => a - b).map(([, row]) => row);
}

/**
 * The fewest ticks in a row with which a row is high enough for its text.
 *
 * @param tickPx height of a tick in pixels
 * @param textPx height that a text needs
 */
export function ticksPerRow(tickPx: number, textPx: number): number {
  if (!(tickPx > 0)) return 1;
  const steps = [1, 2, 4, 5, 8, 10, 20, 40, 50, 100, 200, 400, 500, 1_000];
  return steps.find((ticks) => ticks * tickPx >= textPx) ?? Math.ceil(textPx / tickPx);
}

/** A bar's rows in a picture, y downwards, and the edges of all of it. */
export interface LaidOut {
  /** Each with its upper and its lower edge. */
  readonly rows: readonly (FootprintRow & { readonly y: number; readonly end: number })[];
  readonly top: number;
  readonly bottom: number;
}

/**
 * Places a bar in a picture, in rows that are high enough for a text.
 *
 * @param toY where a price lies; null outside of the picture
 * @param textPx height that a text needs
 * @returns undefined for a bar that is out of the picture
 */
export function layOut(
  bar: EvidenceBar,
  tickSize: number,
  toY: (price: number) => number | null,
  textPx: number,
): LaidOut | undefined {
  const [top, bottom] = [toY(bar.high + tickSize), toY(bar.low)];
  if (top === null || bottom === null) return undefined;
  const tickPx = (bottom - top) / Math.max(1, Math.round((bar.high - bar.low) / tickSize) + 1);
  const rows = footprintRows(bar, tickSize, ticksPerRow(tickPx, textPx)).flatMap((row) => {
    const [y, end] = [toY(row.high), toY(row.low)];
    return y === null || end === null ? [] : [{ ...row, y, end }];
  });
  // Rows lie on a grid that all bars share: those of a short bar reach beyond it, and what is written beside it keeps off both.
  return {
    rows,
    top: Math.min(top, ...rows.map(({ y }) => y)),
    bottom: Math.max(bottom, ...rows.map(({ end }) => end)),
  };
}

/** The one with the most volume; of equals the first, which of rows from low to high is the lowest. */
export function heaviest<Row extends { readonly volume: number }>(rows: readonly Row[]): Row | undefined {
  return rows.reduce<Row | undefined>(
    (most, row) => (most === undefined || row.volume > most.volume ? row : most),
    undefined,
  );
}

/** What buyers lifted minus what sellers hit. */
export function delta(levels: readonly { readonly bid: number; readonly ask: number }[]): number {
  return levels.reduce((sum, { bid, ask }) => sum + ask - bid, 0);
}

// 8305 times 0.01 is 83.05.
function clean(value: number): number {
  return Number(value.toPrecision(12));
}
