import { setImmediate as yielded } from "node:timers/promises";

/** Cuts long work into pieces, between which a window answers its user. */
export class Pieces {
  #begun = performance.now();

  /** To be awaited behind each step. */
  async next(): Promise<void> {
    if (performance.now() - this.#begun < PIECE_MS) return;
    await yielded();
    this.#begun = performance.now();
  }
}

/** A tenth of what a person notices. */
const PIECE_MS = 10;
