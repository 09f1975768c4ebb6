import { existsSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { QueryTools } from "../../app/data/queryJournal.js";
import { PAPER_META } from "../../app/runSettings.js";
import { readBackup } from "../../store/backupFolder.js";
import { nodeFs } from "../../store/files.js";
import { dataFolder, demoFolder, replayFolder, resultsFolder } from "../folders.js";
import { queryWorker, type RunHost, sqlWasm } from "../openRun.js";
import type { Workbench } from "../workbench.js";

/*
 * What the data commands do their work with: too heavy for activation, so it is imported when one of them runs.
 */

export { backupName, exportJournal, keptAsideFolder } from "../../app/data/exportJournal.js";
export { markdownTable, queryJournal } from "../../app/data/queryJournal.js";
export { paperResetEvent, paperResetWords } from "../../app/data/resetPaper.js";
export { planRestore, restoreBackup } from "../../app/data/restoreBackup.js";
export { exportedWords, nothingToRestore, restoredWords, restorePlanWords } from "../../app/data/words.js";
export { importEarlier, planImport } from "../../app/earlier/importEarlier.js";
export { importWords } from "../../app/earlier/importWords.js";
export { dataFolder } from "../folders.js";

export function toolsOf(host: RunHost): QueryTools {
  return { wasm: () => sqlWasm(host), queryWorker: () => queryWorker(host), log: host.log };
}

/** Folders with results, in a person's words: that of the run at hand first. */
export function booksOf(workbench: Workbench): readonly { readonly kind: string; readonly folder: string }[] {
  const places = workbench
    .places()
    .map(({ market, folder, paper }) => ({ kind: paper === true ? `paper-${market}` : (market as string), folder }));
  const live = dataFolder(workbench.host());
  const all = places.some(({ folder }) => folder === live) ? places : [...places, { kind: "live", folder: live }];
  return all.filter(({ folder }) => existsSync(join(folder, "journal")));
}

/** Where a backup belongs: live and demo have one folder each, also in paper auto, a replay gets a new one. @throws StoreError */
export async function folderFor(from: string, host: RunHost): Promise<string> {
  const { manifest, records } = await readBackup(nodeFs, from);
  const paper = records.some(
    ({ type, data }) => type === "meta" && isDeepStrictEqual(data, { key: PAPER_META, value: true }),
  );
  if (manifest.kind === "live") return resultsFolder(host, paper);
  return manifest.kind === "demo" ? demoFolder(host, paper) : replayFolder(host, new Date(), paper);
}
