import { join } from "node:path";
import { type Fs, nodeFs } from "../../store/files.js";
import { NotesReader } from "../../store/journalEnds.js";
import { damageOf, journalNames, kindOf, readJournalFile } from "../../store/journalFiles.js";
import { KeyTable } from "../../store/keyTable.js";
import { loadSql, mayReplace, verifiedRecords } from "../../store/projection.js";
import { RECORD_VERSION } from "../../store/record.js";
import { snapshotState } from "../../store/snapshot.js";
import { errorCode } from "../../store/storeError.js";
import type { HealthItem } from "../healthItem.js";
import { VERSION } from "../version.js";
import type { DataTools } from "./exportJournal.js";

/** What all journals of a folder hold together. */
interface Journals {
  readonly items: readonly HealthItem[];
  /** The ids of the records that say something. */
  readonly ids: KeyTable;
}

/**
 * Verifies a data folder to the last byte: each journal with its records, their chain and its end, the snapshot, and the databases.
 * It only reads; a window that records meanwhile is no fault. `stop` is what does not verify, `warn` what is good to know.
 *
 * @throws StoreError when a journal cannot be read, or is of a newer version
 */
export async function checkData(folder: string, tools: Pick<DataTools, "wasm" | "fs">): Promise<readonly HealthItem[]> {
  const { fs = nodeFs } = tools;
  const { items, ids } = await checkJournals(fs, folder);
  return [
    ...items,
    ...(await checkSnapshot(fs, folder)),
    ...(await checkDatabases(fs, folder, ids, tools.wasm)),
    ...(await checkQuarantine(fs, folder)),
  ];
}

async function checkJournals(fs: Fs, folder: string): Promise<Journals> {
  const journals = join(folder, "journal");
  const names = await journalNames(fs, journals);
  const { ends, settled } = await new NotesReader(fs, journals).read();
  const items: HealthItem[] = [];
  const kinds = new Set<string>();
  const ids = new KeyTable();
  let [records, newer, sealed] = [0, 0, 0];
  for (const name of names) {
    const file = await readJournalFile(fs, journals, name, ends.get(name), (record) => {
      const kind = kindOf(record, folder);
      if (kind !== undefined) kinds.add(kind);
      if (record.type === "header" || record.type === "seal") return;
      records += 1;
      if (record.v > RECORD_VERSION) newer += 1;
      ids.set(record.id);
    });
    if (file === undefined) continue;
    if (file.sealed) sealed += 1;
    if (file.damage.length > 0 && settled.get(name)?.has(damageOf(file.bytes, file.damagedUntil)) === true)
      items.push(warn(`journal/${name}`, `${file.damage.join("; ")}. What it lost was restored: nothing is missing`));
    else if (file.damage.length > 0) items.push(stop(`journal/${name}`, `${file.damage.join("; ")}. ${OF_A_JOURNAL}`));
    else if (file.doubtful !== undefined)
      items.push(warn(`journal/${name}`, `${file.doubtful}. A power cut in the middle of a write leaves that, too`));
  }
  for (const [name, count] of ends) {
    if (count > 0 && !names.includes(name))
      items.push(stop(`journal/${name}`, `is missing, with at least ${counted(count, "record")}. ${OF_A_JOURNAL}`));
  }
  if (kinds.size > 1) items.push(stop("journal", `holds ${[...kinds].join(" and ")} results. Move one kind away`));
  if (newer > 0)
    items.push(warn("journal", `${counted(newer, "record")} of a newer version are not shown. Update to see them`));
  if (items.some(({ level }) => level === "stop")) return { items, ids };
  const open = sealed === names.length ? "" : `, ${names.length - sealed} of a window that runs or was ended hard`;
  const all = `${counted(names.length, "journal")}${open}, ${counted(records, "record")}: each verifies and follows the one before it`;
  return { items: [{ level: "ok", title: "journal", text: all }, ...items], ids };
}

async function checkSnapshot(fs: Fs, folder: string): Promise<readonly HealthItem[]> {
  const title = "snapshots/journal.snapshot";
  const state = await snapshotState(fs, folder, VERSION).catch(() => "damaged" as const);
  if (state === "none") return [];
  if (state === "whole") return [{ level: "ok", title, text: "as it was written" }];
  if (state === "other")
    return [warn(title, "of another version: the next start reads the journals and makes it anew")];
  return [stop(title, "not as it was written. The next start passes it over; delete it, and look after the disk")];
}

async function checkDatabases(
  fs: Fs,
  folder: string,
  ids: KeyTable,
  wasm: DataTools["wasm"],
): Promise<readonly HealthItem[]> {
  const items: HealthItem[] = [];
  for (const title of ["bayesian_stats.db", "paper_trades.db"]) {
    const bytes = await fs.readFile(join(folder, title)).catch((error: unknown) => errorCode(error) ?? "unreadable");
    if (typeof bytes === "string") {
      const isMissing = bytes === "ENOENT";
      if (!isMissing) items.push(stop(title, `could not be read (${bytes}). ${OF_A_DATABASE}`));
      else if (ids.size > 0) items.push(warn(title, `is missing. ${OF_A_DATABASE}`));
    } else if (!mayReplace(bytes)) {
      items.push(stop(title, "made by another program or a newer version. Move it away to have it written here"));
    } else {
      const records = await verifiedRecords(await loadSql(await wasm()), bytes);
      if (records === undefined) items.push(stop(title, `not as it was written. ${OF_A_DATABASE}`));
      else if (records !== ids.identity) items.push(warn(title, `older than the journal. ${OF_A_DATABASE}`));
      else items.push({ level: "ok", title, text: "as it was written, with all that the journal has" });
    }
  }
  return items;
}

async function checkQuarantine(fs: Fs, folder: string): Promise<readonly HealthItem[]> {
  const names = await fs.readdir(join(folder, "quarantine"));
  if (names.length === 0) return [];
  const what = `${counted(names.length, "copy", "copies")} of files that were damaged or in the way`;
  return [warn("quarantine", `${what}. Nothing reads them: keep them, or delete them when you miss nothing`)];
}

/** `3 records`, `1 record`, `no record`: of the terminal, which is English. */
function counted(count: number, thing: string, things = `${thing}s`): string {
  return count === 0 ? `no ${thing}` : `${count} ${count === 1 ? thing : things}`;
}

const OF_A_JOURNAL =
  'All that verifies is used. What is missing may be in a backup: "volume-cluster restore" brings it back';
const OF_A_DATABASE = "The next start makes it anew from the journal";

function stop(title: string, text: string): HealthItem {
  return { level: "stop", title, text };
}

function warn(title: string, text: string): HealthItem {
  return { level: "warn", title, text };
}
