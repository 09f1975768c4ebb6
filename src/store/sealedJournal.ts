import { randomInt } from "node:crypto";
import { hostname } from "node:os";
import type { Clock } from "./clock.js";
import type { JournalEntry, JournalHeader, JournalKind } from "./journal.js";
import { encodeRecord, JOURNAL_FORMAT, JOURNAL_VERSION, NO_RECORD_BEFORE, versionOf } from "./record.js";
import { Ulids } from "./ulid.js";

/** A journal file that was written at once and closed in order. */
export interface SealedJournal {
  /** Of its file. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Makes a journal of records under their own ids, for a folder that has none of them. */
export function sealedJournal(
  entries: readonly JournalEntry[],
  { clock, app, kind }: { readonly clock: Clock; readonly app: string; readonly kind: JournalKind },
): SealedJournal {
  const ids = new Ulids(clock, () => randomInt(2 ** 32) / 2 ** 32);
  const [sess, t, m] = [ids.next(), clock.wall(), clock.monotonic()];
  const program = { version: JOURNAL_VERSION, app, kind, host: hostname(), pid: process.pid };
  const header: JournalHeader = { format: JOURNAL_FORMAT, ...program, segment: 0 };
  const seal = { records: entries.length + 1 };
  const all = [{ id: ids.next(), t, type: "header", data: header }, ...entries];
  all.push({ id: ids.next(), t, type: "seal", data: seal });
  const lines: Uint8Array[] = [];
  let prev = NO_RECORD_BEFORE;
  for (const [seq, entry] of all.entries()) {
    const { line, hash } = encodeRecord({ ...entry, v: entry.v ?? versionOf(entry), sess, seq, prev, m });
    lines.push(line);
    prev = hash;
  }
  return { name: `${sess}-000.jl`, bytes: Buffer.concat(lines) };
}
