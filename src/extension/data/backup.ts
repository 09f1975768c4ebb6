import { join } from "node:path";
import { t } from "@vscode/l10n";
import { say } from "../../core/say.js";
import { inEnglish } from "../language.js";
import { confirmsChange, dataDone, nothingToDo } from "../notices.js";
import type { Workbench } from "../workbench.js";
import { askBooks, askFolder } from "./askFolder.js";

/** Backs results up into a new folder below one that the user chooses. */
export async function exportJournal(workbench: Workbench): Promise<void> {
  const books = await askBooks(workbench, t("Export Journal"));
  if (books === undefined) return;
  const parent = await askFolder(t("Export Journal: where is the backup to be put?"), t("Export Here"));
  if (parent === undefined) return;
  const work = await import("./dataWork.js");
  const tools = work.toolsOf(workbench.host());
  const made = await work.exportJournal(books.folder, join(parent, work.backupName(books.kind)), tools);
  tell(workbench, () => work.exportedWords(made));
}

/** Shows what a backup holds and would bring back, then adds it. */
export async function restoreBackup(workbench: Workbench): Promise<void> {
  const from = await askFolder(t("Restore Backup: which one?"), t("Choose Backup"));
  if (from === undefined) return;
  const work = await import("./dataWork.js");
  const host = workbench.host();
  const folder = await work.folderFor(from, host);
  const tools = work.toolsOf(host);
  const plan = await work.planRestore(folder, from, tools);
  const words = work.restorePlanWords(plan);
  if (plan.missingRecords === 0) {
    await nothingToDo(work.nothingToRestore());
    return;
  }
  const stop = workbench.folder === folder ? [say("A run in it is stopped first.")] : [];
  const detail = [
    ...words,
    say("It goes to {0}; the present state is backed up first, nothing is taken away.", folder),
    ...stop,
  ];
  if (!(await confirmsChange(t("Restore this backup?"), detail, t("Restore")))) return;
  await workbench.apart(folder, async () => {
    const restored = await work.restoreBackup(folder, from, tools);
    tell(workbench, () => work.restoredWords(restored));
  });
}

function tell(workbench: Workbench, lines: () => readonly string[]): void {
  for (const line of inEnglish(lines)) workbench.log.info(line);
  // Not awaited: whoever ran the command need not wait until the message is closed.
  void dataDone(lines());
}
