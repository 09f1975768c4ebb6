import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { orderTicket } from "../app/orderTicket.js";
import { setting } from "./configuration.js";
import { nothingToDo, saved } from "./notices.js";
import { answerNote, newestPending, ticket } from "./standing.js";
import type { Workbench } from "./workbench.js";

/**
 * Puts the ticket of a recommendation without an answer on the clipboard, for the broker's order entry.
 *
 * @param id this one; undefined: the newest
 */
export async function copyOrderTicket(workbench: Workbench, id?: string): Promise<void> {
  await workbench.restore();
  const standing = workbench.standing();
  const recommendation =
    id === undefined ? newestPending(standing) : standing.view?.pending.find((pending) => pending.id === id);
  if (recommendation === undefined) {
    await nothingToDo(t("No recommendation waits for an answer: there is no ticket to copy"));
    return;
  }
  await vscode.env.clipboard.writeText(orderTicket(recommendation, setting("display.orderTicket")));
  const note = answerNote(standing, recommendation, Date.now());
  saved(t("Copied: {0}", `${ticket(recommendation)}${note === "" ? "" : ` (${note})`}`));
}
