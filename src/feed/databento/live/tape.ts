/** What a live feed is recorded on: the very bytes that its decoder reads, so that a replay of them makes the same events. */
export interface Tape {
  /** The stream begins. */
  begin(metadata: Uint8Array): void;
  /** Whole records, in the order of their events. */
  write(records: Uint8Array): void;
  close(): void;
}

/** Where nothing is recorded. */
export const NO_TAPE: Tape = { begin: () => undefined, write: () => undefined, close: () => undefined };
