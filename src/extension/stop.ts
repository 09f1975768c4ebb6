import { nothingToDo } from "./notices.js";
import type { Workbench } from "./workbench.js";

/** Stops the feed of this window. One that runs in another window goes on there: it can be taken over. */
export async function stop(workbench: Workbench): Promise<void> {
  const { leader } = workbench.standing();
  if (leader === undefined) return workbench.stop();
  const text = `The feed runs in another window (${leader.who}): stop it there, or take it over here`;
  if (await nothingToDo(text, "Take Over Here")) await workbench.takeOver();
}
