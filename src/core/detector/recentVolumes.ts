const MAD_TO_SD = 1.4826;

/** The volumes of the last bars of a trading day, for diagnostics (`ENGINE.md` 3.5). */
export class RecentVolumes {
  readonly #bars: number;
  #logs: number[] = [];

  constructor(bars: number) {
    this.#bars = bars;
  }

  add(volume: number): void {
    if (volume <= 0) return;
    this.#logs.push(Math.log(volume));
    if (this.#logs.length > this.#bars) this.#logs.shift();
  }

  /**
   * (ln V - median ln V) / (1.4826 * MAD): robust standard deviations above the bars before.
   *
   * @returns undefined with fewer than three bars, or when they are all alike
   */
  robustZ(volume: number): number | undefined {
    if (this.#logs.length < 3) return undefined;
    const middle = median(this.#logs);
    const spread = MAD_TO_SD * median(this.#logs.map((log) => Math.abs(log - middle)));
    return spread > 0 ? (Math.log(volume) - middle) / spread : undefined;
  }

  endDay(): void {
    this.#logs = [];
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? 0)) / 2;
}
