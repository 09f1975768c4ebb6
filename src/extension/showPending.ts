import { QuickPickItemKind } from "vscode";
import { newYorkTime } from "../app/times.js";
import { BACK, type Choice, pick } from "./ask.js";
import { nothingToDo } from "./notices.js";
import { recordExit } from "./recordExit.js";
import { recordFill } from "./recordFill.js";
import { holding, isInTime, manualPositions, signedMoney, ticket, waitingIn } from "./standing.js";
import type { Workbench } from "./workbench.js";

/** Lists what waits for the user: recommendations without an answer and positions without an exit. A row leads to its record. */
export async function showPendingTrades(workbench: Workbench): Promise<void> {
  await workbench.restore();
  const standing = workbench.standing();
  const unanswered = (standing.view?.pending ?? []).toReversed().map((recommendation): Choice<() => Promise<void>> => {
    const inTime = isInTime(standing, recommendation, Date.now());
    return {
      label: `$(bell-dot) ${ticket(recommendation)}`,
      description: `${newYorkTime(recommendation.time).replace("T", " ")} New York, ${inTime ? "in time" : "late"}: record its fill`,
      value: () => recordFill(workbench, recommendation.id),
    };
  });
  const open = manualPositions(standing)
    .toReversed()
    .map((position): Choice<() => Promise<void>> => {
      const result = position.openPnl === undefined ? "" : `, now ${signedMoney(position.openPnl)}`;
      return {
        label: `$(briefcase) ${holding(position)}`,
        description: `since ${newYorkTime(position.entryTime).replace("T", " ")} New York${result}: record its exit`,
        value: () => recordExit(workbench, position.recommendation.id),
      };
    });
  const elsewhere = standing.elsewhere.map(
    ({ market, waiting }): Choice<() => Promise<void>> => ({
      label: `$(arrow-swap) ${waitingIn(market, waiting)}`,
      description: "stop what runs and show them",
      value: async () => {
        await workbench.turnTo(market);
        await showPendingTrades(workbench);
      },
    }),
  );
  if (unanswered.length + open.length + elsewhere.length === 0) {
    await nothingToDo("Nothing is pending: every recommendation has an answer and every position an exit");
    return;
  }
  const chosen = await pick({
    title: "Pending Trades",
    placeholder: `${unanswered.length} without an answer, ${open.length} without an exit`,
    choices: [
      ...headed("Without an answer", unanswered),
      ...headed("Without an exit", open),
      ...headed("Elsewhere", elsewhere),
    ],
  });
  if (chosen !== undefined && chosen !== BACK) await chosen();
}

function headed<T>(title: string, choices: readonly Choice<T>[]): readonly Choice<T>[] {
  return choices.length === 0 ? [] : [{ label: title, kind: QuickPickItemKind.Separator }, ...choices];
}
