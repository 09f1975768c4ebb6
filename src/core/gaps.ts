import type { ConnectionChange } from "./market.js";

interface Gap {
  readonly from: number;
  readonly to: number;
  /** Undefined: trades of every contract are missing. */
  readonly instrument: number | undefined;
}

/** The announced gaps that can still touch a bar (`ENGINE.md` 2: such a bar is dirty). */
export class Gaps {
  #gaps: Gap[] = [];

  add({ time, from = time, to = time, instrument }: ConnectionChange): void {
    this.#gaps.push({ from, to, instrument });
  }

  /** Whether one touches a bar of a contract. Those that ended before it are forgotten: no later bar meets them. */
  touch({ start, end }: { readonly start: number; readonly end: number }, instrument: number): boolean {
    this.#gaps = this.#gaps.filter((gap) => start < Math.max(gap.to, gap.from + 1));
    return this.#gaps.some((gap) => gap.from < end && (gap.instrument ?? instrument) === instrument);
  }
}
