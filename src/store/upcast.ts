import { type JournalRecord, RECORD_VERSION } from "./record.js";

/** What of a record says what happened. */
export type RecordContent = Pick<JournalRecord, "v" | "id" | "t" | "type" | "data">;

/** Brings the content of a record into the form of the next version: pure, and for ever, since a journal is never rewritten. */
export type Upcaster = (record: RecordContent) => Pick<RecordContent, "type" | "data">;

/** By the version that they read. A new version of the record adds one, and a golden file of the version before it. */
export const UPCASTERS: ReadonlyMap<number, Upcaster> = new Map([
  // Version 2 adds exits in parts; what version 1 says means the same in it.
  [1, ({ type, data }) => ({ type, data })],
]);

/**
 * A record in the form of this version.
 *
 * @returns undefined for one of a newer version, or of one that was never released
 */
export function upcast(
  record: RecordContent,
  upcasters: ReadonlyMap<number, Upcaster> = UPCASTERS,
  version = RECORD_VERSION,
): RecordContent | undefined {
  let present = record;
  while (present.v < version) {
    const next = upcasters.get(present.v);
    if (next === undefined) return undefined;
    present = { ...present, ...next(present), v: present.v + 1 };
  }
  return present.v === version ? present : undefined;
}
