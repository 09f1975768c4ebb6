import { type EngineOutput, outputId } from "../core/events.js";

/** Keeps nothing beyond the run: a keeper for backtests, and for replays and demos without a data folder. */
export interface MemoryStore {
  /** Leaves out what it was given before. */
  keep(outputs: readonly EngineOutput[]): Promise<readonly EngineOutput[]>;
}

/** Makes a keeper that only tells repeated outputs from new ones, by `outputId`. */
export function memoryStore(): MemoryStore {
  const known = new Set<string>();
  return {
    keep: async (outputs) =>
      outputs.filter((output) => {
        const id = outputId(output);
        if (id === undefined) return true;
        if (known.has(id)) return false;
        known.add(id);
        return true;
      }),
  };
}
