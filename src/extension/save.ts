import { t } from "@vscode/l10n";
import type { AccountEvent, Amendment, Voiding } from "../core/events.js";
import { say } from "../core/say.js";
import { type AtHand, RunChangedError } from "./atHand.js";
import { inLanguage } from "./language.js";
import { notSaved, recordChanged, saved } from "./notices.js";
import type { Workbench } from "./workbench.js";

/**
 * Records an event and says so once it is durable; where it cannot be kept, offers to try again.
 *
 * @param record what is recorded, in English words
 * @param draft what it was typed as, which is done with once it is saved
 * @returns whether it was kept
 * @throws when the engine refuses it, or another run is at hand: nothing has changed
 */
export async function save(run: AtHand, event: AccountEvent, record: string, draft?: string): Promise<boolean> {
  for (;;) {
    let outputs: Awaited<ReturnType<Workbench["record"]>>;
    try {
      outputs = await run.record(event);
    } catch (error) {
      run.log.error(`Not saved: ${record}`);
      if (error instanceof RunChangedError) throw error;
      if (await notSaved([record], error)) continue;
      run.leaveUnsaved({ record, draft, error });
      return false;
    }
    const illegal = outputs.find((output) => output.type === "illegal");
    if (illegal !== undefined) throw new Error(illegal.reason);
    if (draft !== undefined) run.drafts.delete(draft);
    if (outputs.length === 0) {
      run.log.info(`Recorded before, nothing was added: ${record}`);
      saved(t("Recorded before, nothing was added: {0}", inLanguage(record)));
      return true;
    }
    run.log.info(`Saved: ${record}`);
    saved(t("Saved: {0}", inLanguage(record)));
    const change = outputs.find((output) => output.type === "amendment" || output.type === "void");
    // Not awaited: the conversation is over, whether the message is closed or not.
    if (change !== undefined) void sayChange(change);
    return true;
  }
}

/**
 * What could not be saved before comes before anything new: offers to try it again until it is saved or the user leaves it.
 *
 * @returns `left` when it is still not saved, `none` when there was nothing
 */
export async function saveAgain(workbench: Workbench): Promise<"none" | "saved" | "left"> {
  const run = workbench.runNumber;
  const before = workbench.standing().unsaved;
  if (before === 0) return "none";
  const left = workbench.unsaved();
  const records =
    left.length === 0
      ? [before === 1 ? say("1 record") : say("{0} records", before)]
      : left.map(({ record }) => record);
  let error: unknown = left.at(-1)?.error ?? new Error(say("It is in the memory of this window alone"));
  while (await notSaved(records, error)) {
    if (workbench.runNumber !== run) throw new RunChangedError();
    try {
      await workbench.saveAgain();
      saved(t("Saved: {0}", records.map(inLanguage).join("; ")));
      return "saved";
    } catch (again) {
      workbench.log.error(`Not saved: ${records.join("; ")}`);
      error = again;
    }
  }
  return "left";
}

async function sayChange(change: Amendment | Voiding): Promise<void> {
  // Imported when first needed: it is too heavy for activation.
  const { changeLine } = await import("../app/readableLines.js");
  await recordChanged(changeLine(change));
}
