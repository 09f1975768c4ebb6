import { t } from "@vscode/l10n";
import { inLanguage } from "./language.js";
import { nothingToDo, stoppedWith } from "./notices.js";
import { waitingTrades } from "./standing.js";
import type { Workbench } from "./workbench.js";

/** Stops the feed of this window. One that runs in another window goes on there: it can be taken over. */
export async function stop(workbench: Workbench): Promise<void> {
  const { leader } = workbench.standing();
  if (leader === undefined) {
    await workbench.stop();
    const { view, paper } = workbench.standing();
    const waiting = view === undefined || paper ? 0 : waitingTrades(view);
    // Not awaited: it is stopped, whether the message is closed or not.
    if (waiting > 0) void stoppedWith(waiting);
    return;
  }
  const text = t("The feed runs in another window ({0}): stop it there, or take it over here", inLanguage(leader.who));
  if (await nothingToDo(text, t("Take Over Here"))) await workbench.takeOver();
}
