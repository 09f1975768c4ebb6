import { join } from "node:path";
import type { Fs } from "./files.js";
import { noteEnd, noteSettled, readEnds } from "./journalEnds.js";
import { damageOf, readJournalFile } from "./journalFiles.js";
import { readRecords } from "./record.js";

/**
 * Notes with which journals of a folder nothing is missing any more, now that it has all that undamaged copies of them hold: a
 * damaged one whose damage ends within its copy, and one that is gone or was cut, of which a copy with a seal is the whole.
 *
 * @param folder of the journals
 * @param copies bytes by name
 */
export async function settleJournals(fs: Fs, folder: string, copies: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const ends = await readEnds(fs, folder);
  for (const [name, bytes] of copies) {
    const copy = readRecords(bytes, () => undefined);
    if (copy.damage.length > 0 || copy.doubtful !== undefined) continue;
    const end = ends.get(name) ?? 0;
    let records = 0;
    const file = await readJournalFile(fs, folder, name, end, ({ seq }) => {
      records = seq + 1;
    });
    if (file === undefined) {
      if (end > 0 && copy.sealed) await noteEnd(fs, join(folder, name), 0);
    } else if (file.damage.length > 0 && file.damagedUntil <= bytes.length && (copy.sealed || records >= end)) {
      await noteSettled(fs, join(folder, name), damageOf(file.bytes, file.damagedUntil));
    }
  }
}
