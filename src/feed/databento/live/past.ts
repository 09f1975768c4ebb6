/** What history holds, for a live feed. */
export interface Past {
  /** Verified DBN files of the feed's own schema, one after the other. */
  readonly files: readonly string[];
  /** Nanoseconds; where they end by the time of receipt. */
  readonly until: bigint;
  /** Says that the files were read. */
  readonly release: () => Promise<void>;
}

/**
 * Asks history for all from a moment on, in nanoseconds. Resolves to undefined where it cannot be had, after it has said why;
 * never rejects.
 */
export type AskPast = (from: bigint, stop: AbortSignal) => Promise<Past | undefined>;
