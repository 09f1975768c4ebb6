import { join } from "node:path";
import { say } from "../core/say.js";
import type { Fs } from "./files.js";
import { NotesReader, noteEnd, noteSettled } from "./journalEnds.js";
import { damageOf, readJournalFile } from "./journalFiles.js";
import { readRecords } from "./record.js";

/**
 * Notes with which journals of a folder nothing is missing any more, now that it has all that undamaged copies of them hold: a
 * damaged one whose damage ends within its copy, and one that is gone or was cut, of which a copy has all that was noted of it.
 *
 * @param folder of the journals
 * @param copies bytes by name
 * @returns one sentence for each copy of a journal that is gone or was cut, if its window may have written more after the copy
 */
export async function settleJournals(
  fs: Fs,
  folder: string,
  copies: ReadonlyMap<string, Uint8Array>,
): Promise<readonly string[]> {
  const { ends } = await new NotesReader(fs, folder).read();
  const unfinished: string[] = [];
  for (const [name, bytes] of copies) {
    const copy = counted(bytes);
    if (copy.state.damage.length > 0 || copy.state.doubtful !== undefined) continue;
    const end = ends.get(name) ?? 0;
    let records = 0;
    const file = await readJournalFile(fs, folder, name, end, ({ seq }) => {
      records = seq + 1;
    });
    const isHere = copy.state.sealed || copy.records >= end;
    if (file === undefined) {
      if (end === 0 || !isHere) continue;
      await noteEnd(fs, join(folder, name), 0);
    } else {
      if (file.damage.length === 0 || file.damagedUntil > bytes.length || !(isHere || records >= end)) continue;
      await noteSettled(fs, join(folder, name), damageOf(file.bytes, file.damagedUntil));
      if (records >= end) continue;
    }
    if (!copy.state.sealed) unfinished.push(mayHaveHadMore(name, copy.records));
  }
  return unfinished;
}

/** How many records a journal has, its seal not counted. */
function counted(bytes: Uint8Array) {
  let records = 0;
  const state = readRecords(bytes, ({ seq, type }) => {
    if (type !== "seal") records = seq + 1;
  });
  return { records, state };
}

function mayHaveHadMore(name: string, records: number): string {
  return say(
    'The journal "{0}" was backed up before its window had ended, with {1} records, which are restored. What it recorded after that, if anything, is not in this backup',
    name,
    records,
  );
}
