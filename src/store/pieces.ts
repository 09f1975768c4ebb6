import { setImmediate as yielded } from "node:timers/promises";

/**
 * Cuts long work into pieces, between which a window answers its user. By steps and not by time: the same work is cut in the same
 * places on every machine, which simulated ones rely on.
 */
export class Pieces {
  readonly #steps: number;
  #done = 0;

  /** @param steps of a piece: a few milliseconds' work */
  constructor(steps = 100) {
    this.#steps = steps;
  }

  /** To be awaited behind each step. */
  async next(): Promise<void> {
    this.#done += 1;
    if (this.#done % this.#steps === 0) await yielded();
  }
}
