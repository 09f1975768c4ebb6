import { t } from "@vscode/l10n";
import { inLanguage } from "../language.js";
import { newYorkTime } from "../times.js";
import type { Contents } from "./contents.js";
import type { Exported } from "./exportJournal.js";
import type { Restored, RestorePlan } from "./restoreBackup.js";

/** The words that fit a count: `no fill`, `1 fill` or `3 fills`. */
export function counted(count: number, none: string, one: string, many: string): string {
  if (count === 0) return none;
  return count === 1 ? one : many;
}

/** `3 closed trades`, `1 closed trade`, `no closed trade`. */
export function tradeCount(count: number): string {
  return counted(count, t("no closed trade"), t("1 closed trade"), t("{0} closed trades", count));
}

/** `3 rows`, `1 row`, `no row`. */
export function rowCount(count: number): string {
  return counted(count, t("no row"), t("1 row"), t("{0} rows", count));
}

/** What records hold, as part of a sentence. */
export function contentsWords({ recommendations, fills, trades, from, to }: Contents): string {
  const counts = [
    counted(recommendations, t("no recommendation"), t("1 recommendation"), t("{0} recommendations", recommendations)),
    counted(fills, t("no fill"), t("1 fill"), t("{0} fills", fills)),
    tradeCount(trades),
  ].join(", ");
  return from === undefined || to === undefined
    ? counts
    : t("{0}, {1} to {2}", counts, newYorkTime(from), newYorkTime(to));
}

/** What an export made, one sentence a line. */
export function exportedWords({ folder, manifest, contents, problems }: Exported): readonly string[] {
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    t(
      "Exported the {0} results to {1}: {2}, {3} bytes, each with its SHA-256 in manifest.json",
      manifest.kind,
      folder,
      counted(manifest.files.length, t("no file"), t("1 file"), t("{0} files", manifest.files.length)),
      bytes,
    ),
    t("It holds {0}", contentsWords(contents)),
    ...problems.map(inLanguage),
  ];
}

/** Of a backup that has nothing new. */
export function nothingToRestore(): string {
  return t("All of the backup is here already: there is nothing to restore");
}

/** What a restore would do, one sentence a line. */
export function restorePlanWords(plan: RestorePlan): readonly string[] {
  const { kind, created, app, backup, present, missing, missingRecords, onlyHere, problems } = plan;
  return [
    t(
      "A backup of {0} results of {1} UTC, by version {2}; every checksum was verified",
      kind,
      created.slice(0, 19),
      app,
    ),
    t("It holds {0}", contentsWords(backup)),
    present === undefined
      ? t("The data folder has nothing yet")
      : t("The data folder holds {0}", contentsWords(present)),
    missingRecords === 0
      ? nothingToRestore()
      : t("To be added: {0}, with {1}", recordCount(missingRecords), contentsWords(missing)),
    ...(present === undefined ? [] : [t("Stays, though the backup does not have it: {0}", contentsWords(onlyHere))]),
    ...problems.map(inLanguage),
  ];
}

/** What a restore did. */
export function restoredWords({ added, keptAside }: Restored): readonly string[] {
  if (added === 0) return [t("Nothing was changed")];
  return [
    t("Restored {0}; nothing was taken away", recordCount(added)),
    ...(keptAside === undefined ? [] : [t("The state of before is kept in {0}", keptAside)]),
  ];
}

function recordCount(count: number): string {
  return counted(count, t("no record"), t("1 record"), t("{0} records", count));
}
