import { newYorkTime } from "../times.js";
import type { Contents } from "./contents.js";
import type { Exported } from "./exportJournal.js";
import type { Restored, RestorePlan } from "./restoreBackup.js";

/** `3 fills`, `1 fill`, `no fill`. */
export function counted(count: number, thing: string, many = `${thing}s`): string {
  return `${count === 0 ? "no" : count} ${count === 1 || count === 0 ? thing : many}`;
}

/** What records hold, as part of a sentence. */
export function contentsWords({ recommendations, fills, trades, from, to }: Contents): string {
  const counts = [
    counted(recommendations, "recommendation"),
    counted(fills, "fill"),
    counted(trades, "closed trade"),
  ].join(", ");
  return from === undefined || to === undefined ? counts : `${counts}, ${newYorkTime(from)} to ${newYorkTime(to)}`;
}

/** What an export made, one sentence a line. */
export function exportedWords({ folder, manifest, contents, problems }: Exported): readonly string[] {
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    `Exported the ${manifest.kind} results to ${folder}: ${counted(manifest.files.length, "file")}, ${bytes} bytes, each with its SHA-256 in manifest.json`,
    `It holds ${contentsWords(contents)}`,
    ...problems,
  ];
}

/** Of a backup that has nothing new. */
export const NOTHING_TO_RESTORE = "All of the backup is here already: there is nothing to restore";

/** What a restore would do, one sentence a line. */
export function restorePlanWords(plan: RestorePlan): readonly string[] {
  const { kind, created, app, backup, present, missing, missingRecords, onlyHere, problems } = plan;
  return [
    `A backup of ${kind} results of ${created.slice(0, 19)} UTC, by version ${app}; every checksum was verified`,
    `It holds ${contentsWords(backup)}`,
    present === undefined ? "The data folder has nothing yet" : `The data folder holds ${contentsWords(present)}`,
    missingRecords === 0
      ? NOTHING_TO_RESTORE
      : `To be added: ${counted(missingRecords, "record")}, with ${contentsWords(missing)}`,
    ...(present === undefined ? [] : [`Stays, though the backup does not have it: ${contentsWords(onlyHere)}`]),
    ...problems,
  ];
}

/** What a restore did. */
export function restoredWords({ added, keptAside }: Restored): readonly string[] {
  if (added === 0) return ["Nothing was changed"];
  return [
    `Restored ${counted(added, "record")}; nothing was taken away`,
    ...(keptAside === undefined ? [] : [`The state of before is kept in ${keptAside}`]),
  ];
}
