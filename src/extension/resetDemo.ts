import { rm } from "node:fs/promises";
import { confirmsReset } from "./notices.js";
import type { Workbench } from "./workbench.js";

/** Deletes the demo's own folder after a question; the next demo begins anew. */
export async function resetDemo(workbench: Workbench): Promise<void> {
  const { demoFolder } = await import("./folders.js");
  const folder = demoFolder(workbench.host());
  if (!(await confirmsReset(folder))) return;
  await workbench.without("demo", () => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
}
