import type { Micros } from "../../../core/units.js";

/** What a live feed is recorded on: the very bytes that its decoder reads, so that a replay of them makes the same events. */
export interface Tape {
  /** The stream begins. */
  begin(metadata: Uint8Array): void;
  /** Whole records, in the order of their events; `time` is where the stream stands before them, 0 where nobody knows. */
  write(records: Uint8Array, time: Micros): void;
  close(): void;
}

/** Where nothing is recorded. */
export const NO_TAPE: Tape = { begin: () => undefined, write: () => undefined, close: () => undefined };
