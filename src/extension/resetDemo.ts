import { rm } from "node:fs/promises";
import { confirmsReset } from "./notices.js";
import type { Workbench } from "./workbench.js";

/**
 * Deletes the demo's own folders, that of paper auto too, after a question; the next demo begins anew.
 *
 * @throws when another window runs one of them; nothing is deleted then
 */
export async function resetDemo(workbench: Workbench): Promise<void> {
  const { demoFolder } = await import("./folders.js");
  const folders = [false, true].map((paper) => demoFolder(workbench.host(), paper));
  if (!(await confirmsReset(folders))) return;
  await workbench.without("demo", folders, async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });
}
