import type { AccountEvent, EngineOutput } from "../core/events.js";
import { notSaved, recordChanged, saved } from "./notices.js";
import type { Workbench } from "./workbench.js";

/**
 * Records an event and says so once it is durable; where it cannot be kept, offers to try again.
 *
 * @param record what is recorded, in words
 * @returns whether it was kept
 * @throws when the engine refuses it: nothing has changed
 */
export async function save(workbench: Workbench, event: AccountEvent, record: string): Promise<boolean> {
  for (;;) {
    let outputs: Awaited<ReturnType<Workbench["record"]>>;
    try {
      outputs = await workbench.record(event);
    } catch (error) {
      workbench.log.error(`Not saved: ${record}`);
      if (await notSaved(record, error)) continue;
      return false;
    }
    const illegal = outputs.find((output) => output.type === "illegal");
    if (illegal !== undefined) throw new Error(illegal.reason);
    if (outputs.length === 0) {
      workbench.log.info(`Recorded before, nothing was added: ${record}`);
      saved(`Recorded before, nothing was added: ${record}`);
      return true;
    }
    workbench.log.info(`Saved: ${record}`);
    saved(`Saved: ${record}`);
    const change = outputs.find((output) => output.type === "amendment" || output.type === "void");
    // Not awaited: the conversation is over, whether the message is closed or not.
    if (change !== undefined) void sayChange(change, record);
    return true;
  }
}

async function sayChange(change: EngineOutput, record: string): Promise<void> {
  // Imported when first needed: it is too heavy for activation.
  const { readableLine } = await import("../app/readableLines.js");
  await recordChanged(readableLine(change) ?? record);
}
