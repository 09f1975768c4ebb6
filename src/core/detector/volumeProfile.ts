import type { Ticks } from "../units.js";

/** Volume at each price. A flat array by tick that grows on demand and is reused bar after bar. */
export class VolumeProfile {
  #volume = new Float64Array(256);
  #base = 0;
  #low = 0;
  #high = -1;

  /** Adds `size` at `price`. */
  add(price: number, size: number): void {
    if (this.#high < this.#low) {
      this.#base = price - (this.#volume.length >> 1);
      this.#low = price;
      this.#high = price;
    } else if (price < this.#low) this.#low = price;
    else if (price > this.#high) this.#high = price;
    const index = price - this.#base;
    if (index < 0 || index >= this.#volume.length) this.#grow();
    this.#volume[price - this.#base] = (this.#volume[price - this.#base] ?? 0) + size;
  }

  /** Volume traded at `price`; 0 where nothing traded. */
  at(price: number): number {
    return this.#volume[price - this.#base] ?? 0;
  }

  /** Lowest and highest price with volume; `low > high` when empty. */
  get low(): number {
    return this.#low;
  }

  get high(): number {
    return this.#high;
  }

  /**
   * The price with the most volume; among equals the nearest to the volume-weighted mean price, then the lower
   * (`ENGINE.md` 4). Ties are compared exactly, in integers.
   *
   * @returns undefined when empty
   */
  pointOfControl(): Ticks | undefined {
    if (this.#high < this.#low) return undefined;
    let most = 0;
    let ties = 0;
    let total = 0;
    let weighted = 0;
    let best = this.#low;
    for (let price = this.#low; price <= this.#high; price++) {
      const volume = this.at(price);
      total += volume;
      weighted += (price - this.#low) * volume;
      if (volume > most) {
        most = volume;
        best = price;
        ties = 1;
      } else if (volume === most && volume > 0) ties++;
    }
    if (ties <= 1) return best as Ticks;
    let nearest = Number.POSITIVE_INFINITY;
    for (let price = this.#low; price <= this.#high; price++) {
      if (this.at(price) !== most) continue;
      const distance = Math.abs((price - this.#low) * total - weighted);
      if (distance < nearest) {
        nearest = distance;
        best = price;
      }
    }
    return best as Ticks;
  }

  /** A copy that the next bar does not change. */
  snapshot(): VolumeProfile {
    const copy = new VolumeProfile();
    for (let price = this.#low; price <= this.#high; price++) {
      const volume = this.at(price);
      if (volume > 0) copy.add(price, volume);
    }
    return copy;
  }

  /** Empties it for the next bar; costs the width of the range. */
  clear(): void {
    if (this.#high >= this.#low) this.#volume.fill(0, this.#low - this.#base, this.#high - this.#base + 1);
    this.#low = 0;
    this.#high = -1;
  }

  #grow(): void {
    const width = this.#high - this.#low + 1;
    const grown = new Float64Array(Math.max(this.#volume.length * 2, width * 2));
    const base = this.#low - ((grown.length - width) >> 1);
    const from = Math.max(this.#base, base);
    const to = Math.min(this.#base + this.#volume.length, base + grown.length);
    grown.set(this.#volume.subarray(from - this.#base, to - this.#base), from - base);
    this.#volume = grown;
    this.#base = base;
  }
}
