import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { orderTicket, ticketEntries } from "../app/orderTicket.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { BACK, type Choice, pick } from "./ask.js";
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
  const recommendation = await waiting(workbench, id);
  if (recommendation !== undefined) await copyWhole(workbench, recommendation);
}

/**
 * Offers the whole ticket and each of its fields: Enter copies it and goes on to the next, as an order entry asks for them.
 *
 * @param id of this recommendation; undefined: of the newest without an answer
 */
export async function copyTicketField(workbench: Workbench, id?: string): Promise<void> {
  const recommendation = await waiting(workbench, id);
  if (recommendation === undefined) return;
  const whole: Choice<() => Promise<void>> = {
    label: `$(copy) ${t("The whole ticket")}`,
    value: () => copyWhole(workbench, recommendation),
  };
  const fields = ticketEntries(recommendation).map(
    ({ name, value }): Choice<() => Promise<void>> => ({
      label: `${name}: ${value}`,
      value: async () => {
        await vscode.env.clipboard.writeText(value);
        saved(t("Copied: {0}", `${name} ${value}`));
      },
    }),
  );
  const choices = [whole, ...fields];
  let preselected: Choice<() => Promise<void>> | undefined = whole;
  while (preselected !== undefined) {
    const chosen: (() => Promise<void>) | typeof BACK | undefined = await pick({
      title: t("Copy: {0}", ticket(recommendation)),
      placeholder: t("Enter copies it and goes on to the next field; Escape ends"),
      choices,
      preselected,
    });
    if (chosen === undefined || chosen === BACK) return;
    await chosen();
    // The whole ticket has all of its fields.
    if (chosen === whole.value) return;
    preselected = choices[choices.findIndex(({ value }) => value === chosen) + 1];
  }
}

async function waiting(workbench: Workbench, id: string | undefined): Promise<Recommendation | undefined> {
  await workbench.restore();
  const standing = workbench.standing();
  const found =
    id === undefined ? newestPending(standing) : standing.view?.pending.find((pending) => pending.id === id);
  if (found === undefined) await nothingToDo(t("No recommendation waits for an answer: there is no ticket to copy"));
  return found;
}

async function copyWhole(workbench: Workbench, recommendation: Recommendation): Promise<void> {
  await vscode.env.clipboard.writeText(orderTicket(recommendation, setting("display.orderTicket")));
  const note = answerNote(workbench.standing(), recommendation, Date.now());
  saved(t("Copied: {0}", `${ticket(recommendation)}${note === "" ? "" : ` (${note})`}`));
}
