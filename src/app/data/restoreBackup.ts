import { join } from "node:path";
import { type EngineOutput, outputId } from "../../core/events.js";
import { say } from "../../core/say.js";
import { type Backup, readBackup } from "../../store/backupFolder.js";
import { nodeFs } from "../../store/files.js";
import type { JournalKind } from "../../store/journal.js";
import { journalNames } from "../../store/journalFiles.js";
import { settleJournals } from "../../store/settle.js";
import { snapshotPath } from "../../store/snapshot.js";
import { Store } from "../../store/store.js";
import { StoreError } from "../../store/storeError.js";
import { VERSION } from "../version.js";
import { type Contents, contentsOf, outputsOf } from "./contents.js";
import { type DataTools, exportJournal, keptAsideFolder } from "./exportJournal.js";

/** What a restore would do. Nothing that is recorded is ever taken away: the result is the union of both, by id. */
export interface RestorePlan {
  readonly kind: JournalKind;
  /** When the backup was made, ISO 8601, and by which version. */
  readonly created: string;
  readonly app: string;
  /** What the backup holds. */
  readonly backup: Contents;
  /** What is in the data folder now; undefined where there is none. */
  readonly present: Contents | undefined;
  /** What of the backup is not here: it would be added. */
  readonly missing: Contents;
  readonly missingRecords: number;
  /** What is here and not in the backup, most of it recorded later: it stays. */
  readonly onlyHere: Contents;
  readonly problems: readonly string[];
}

/** A restore that was done. */
export interface Restored {
  readonly plan: RestorePlan;
  readonly added: number;
  /** Where the state of before lies, as a backup; undefined where there was none, or nothing was to be added. */
  readonly keptAside: string | undefined;
}

/**
 * Says what restoring a backup into a data folder would do; nothing is written.
 *
 * @throws StoreError when the backup is damaged or foreign, or holds results of another kind
 */
export async function planRestore(folder: string, from: string, tools: DataTools): Promise<RestorePlan> {
  return planFor(folder, await readBackup(tools.fs ?? nodeFs, from), tools);
}

/**
 * Restores a backup into a data folder, which may be new: what is missing is added in one durable write, under its own ids and
 * times. The present state is backed up first.
 *
 * @throws StoreError; nothing has changed then
 */
export async function restoreBackup(folder: string, from: string, tools: DataTools): Promise<Restored> {
  const { fs = nodeFs, log } = tools;
  const backup = await readBackup(fs, from);
  // The opening that restores tells of all that is wrong; each of those before it would tell of it as well.
  const unsaid: string[] = [];
  const note = (sentence: string) => void unsaid.push(sentence);
  const quiet = { ...tools, log: { ...log, info: note, warn: note, error: note } };
  const plan = await planFor(folder, backup, quiet);
  // Beside the records, which are what counts.
  const settle = async () => {
    const sentences = await settleJournals(fs, join(folder, "journal"), backup.journals).catch(() => []);
    for (const sentence of sentences) log.warn(sentence);
  };
  if (plan.missingRecords === 0) {
    for (const sentence of unsaid) log.warn(sentence);
    if (plan.present !== undefined) await settle();
    return { plan, added: 0, keptAside: undefined };
  }
  const keptAside = plan.present === undefined ? undefined : keptAsideFolder(folder, "restore", tools);
  if (keptAside !== undefined) await exportJournal(folder, keptAside, quiet);
  const store = await Store.open({ folder, kind: plan.kind, appVersion: VERSION, ...tools });
  try {
    // The databases are written at the close, which warns of one that cannot be: the records are kept all the same.
    const added = await store.adopt(backup.records);
    await settle();
    return { plan, added, keptAside };
  } finally {
    await store.close();
  }
}

async function planFor(folder: string, backup: Backup, tools: DataTools): Promise<RestorePlan> {
  const { fs = nodeFs } = tools;
  const journals = await journalNames(fs, join(folder, "journal"));
  const hasSnapshot = (await fs.stat(snapshotPath(folder))) !== undefined;
  if (journals.length === 0 && !hasSnapshot) return planOf(backup, undefined);
  const store = await Store.open({ folder, kind: undefined, appVersion: VERSION, ...tools, readOnly: true });
  // A snapshot that cannot be used says nothing, also not whose results they were.
  if (journals.length === 0 && store.outputs.length === 0) return planOf(backup, undefined);
  const { kind } = backup.manifest;
  if (store.kind === kind) return planOf(backup, store);
  throw new StoreError(
    say(
      '"{0}" holds {1} results and the backup {2} ones: they are never mixed. Name another folder',
      folder,
      store.kind,
      kind,
    ),
    { retriable: false },
  );
}

function planOf({ manifest, records, problems }: Backup, store: Store | undefined): RestorePlan {
  const { kind, created, app } = manifest;
  const outputs = outputsOf(records);
  const here = store === undefined ? [] : [...store.everything()];
  return {
    kind,
    created,
    app,
    backup: contentsOf(outputs),
    present: store && contentsOf(here),
    missing: contentsOf(without(outputs, here)),
    missingRecords: new Set(records.flatMap(({ id }) => (store?.knows(id) === true ? [] : [id]))).size,
    onlyHere: contentsOf(without(here, outputs)),
    problems,
  };
}

/** Those of `outputs` that `others` do not have. */
function without(outputs: readonly EngineOutput[], others: readonly EngineOutput[]): readonly EngineOutput[] {
  const known = new Set(others.map(outputId));
  return outputs.filter((output) => !known.has(outputId(output)));
}
