import { join } from "node:path";
import { say } from "../../core/say.js";
import {
  BACKUPS,
  type BackupFile,
  type Manifest,
  refuseInside,
  requireNewFolder,
  writeBackupFile,
  writeManifest,
} from "../../store/backupFolder.js";
import { type Clock, systemClock } from "../../store/clock.js";
import { type Fs, makeFolder, nodeFs } from "../../store/files.js";
import { journalNames } from "../../store/journalFiles.js";
import { isoTime } from "../../store/newYork.js";
import { type SealedJournal, sealedJournal } from "../../store/sealedJournal.js";
import { snapshotPath } from "../../store/snapshot.js";
import { Store } from "../../store/store.js";
import { fileFailure, StoreError } from "../../store/storeError.js";
import type { Log } from "../log.js";
import { VERSION } from "../version.js";
import { type Contents, contentsOf } from "./contents.js";

/** What working on the data of a folder takes. */
export interface DataTools {
  /** The bytes of `sql-wasm.wasm`. */
  readonly wasm: () => Promise<Uint8Array>;
  /** Path of the built `queryWorker.cjs`; undefined: no work is done in another thread. */
  readonly queryWorker?: () => Promise<string>;
  readonly log: Log;
  readonly fs?: Fs;
  readonly clock?: Clock;
}

/** A backup that was made. */
export interface Exported {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly contents: Contents;
  /** One sentence for each journal that is damaged or gone; what verifies is in the databases, its bytes are in the backup. */
  readonly problems: readonly string[];
}

/**
 * Backs a data folder up into a new one: the journals byte for byte, what only the snapshot still has in one more, the databases
 * made from those very bytes, and last a manifest with the checksum of each. The data folder is only read; a run may go on in it.
 *
 * @param folder the data folder
 * @param to does not exist, or is empty
 * @throws StoreError; a folder that was begun then has no manifest, and a restore says so
 */
export async function exportJournal(folder: string, to: string, tools: DataTools): Promise<Exported> {
  const { fs = nodeFs, clock = systemClock } = tools;
  const names = await journalNames(fs, join(folder, "journal"));
  if (names.length === 0 && (await fs.stat(snapshotPath(folder))) === undefined) {
    throw new StoreError(say('"{0}" has no journal: there is nothing to export', folder), { retriable: false });
  }
  await refuseInside(fs, folder, to);
  await requireNewFolder(fs, to);
  try {
    const opened = (from: string) =>
      Store.open({ folder: from, kind: undefined, appVersion: VERSION, ...tools, fs, readOnly: true });
    // First: of what it knows the copies then lack nothing but what no journal has any more.
    const source = await opened(folder);
    const files = await copyJournals(fs, folder, to, names);
    let copy = await opened(to);
    const rest = source.beyond(copy);
    if (rest.length > 0) {
      files.push(await writeRest(fs, to, sealedJournal(rest, { clock, app: VERSION, kind: source.kind })));
      copy = await opened(to);
    }
    const { statistics, paper } = await copy.databases();
    files.push(await writeBackupFile(fs, to, "bayesian_stats.db", statistics));
    files.push(await writeBackupFile(fs, to, "paper_trades.db", paper));
    await fs.syncFolder(to);
    const contents = contentsOf(copy.everything());
    const { from, to: until, ...counts } = contents;
    const created = isoTime(clock.wall());
    const manifest = await writeManifest(fs, to, { app: VERSION, kind: copy.kind, created, counts, files });
    return { folder: to, manifest, contents, problems: [...new Set([...source.warnings, ...copy.warnings])] };
  } catch (error) {
    throw fileFailure(say('Could not export to "{0}"', to), error);
  }
}

/** A folder for a backup of its own in a data folder, named by the moment and what it is made before. */
export function keptAsideFolder(folder: string, before: string, { clock = systemClock }: DataTools): string {
  return join(folder, BACKUPS, `${stamp(clock)}-before-${before}`);
}

/** A name for a backup in a folder of the user's, by its moment. */
export function backupName(kind: string, clock: Clock = systemClock): string {
  return `volume-cluster-${kind}-${stamp(clock)}`;
}

function stamp(clock: Clock): string {
  return isoTime(clock.wall()).replace(/[:.]/g, "-");
}

async function writeRest(fs: Fs, to: string, { name, bytes }: SealedJournal): Promise<BackupFile> {
  const file = await writeBackupFile(fs, to, `journal/${name}`, bytes);
  await fs.syncFolder(join(to, "journal"));
  return file;
}

async function copyJournals(fs: Fs, folder: string, to: string, names: readonly string[]): Promise<BackupFile[]> {
  await makeFolder(fs, join(to, "journal"));
  const files: BackupFile[] = [];
  for (const name of names) {
    const bytes = await fs.readFile(join(folder, "journal", name));
    files.push(await writeBackupFile(fs, to, `journal/${name}`, bytes));
  }
  await fs.syncFolder(join(to, "journal"));
  return files;
}
