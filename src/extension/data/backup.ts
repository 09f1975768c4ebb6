import { join } from "node:path";
import { confirmsChange, dataDone, nothingToDo } from "../notices.js";
import type { Workbench } from "../workbench.js";
import { askBooks, askFolder } from "./askFolder.js";

/** Backs results up into a new folder below one that the user chooses. */
export async function exportJournal(workbench: Workbench): Promise<void> {
  const books = await askBooks(workbench, "Export Journal");
  if (books === undefined) return;
  const parent = await askFolder("Export Journal: where is the backup to be put?", "Export Here");
  if (parent === undefined) return;
  const work = await import("./dataWork.js");
  const tools = work.toolsOf(workbench.host());
  const made = await work.exportJournal(books.folder, join(parent, work.backupName(books.kind)), tools);
  say(workbench, work.exportedWords(made));
}

/** Shows what a backup holds and would bring back, then adds it. */
export async function restoreBackup(workbench: Workbench): Promise<void> {
  const from = await askFolder("Restore Backup: which one?", "Choose Backup");
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
  const stop = workbench.folder === folder ? ["A run in it is stopped first."] : [];
  const detail = [
    ...words,
    `It goes to ${folder}; the present state is backed up first, nothing is taken away.`,
    ...stop,
  ];
  if (!(await confirmsChange("Restore this backup?", detail, "Restore"))) return;
  await workbench.apart(folder, async () => {
    say(workbench, work.restoredWords(await work.restoreBackup(folder, from, tools)));
  });
}

function say(workbench: Workbench, lines: readonly string[]): void {
  for (const line of lines) workbench.log.info(line);
  // Not awaited: whoever ran the command need not wait until the message is closed.
  void dataDone(lines);
}
