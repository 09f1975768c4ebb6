import { QuickPickItemKind } from "vscode";
import type { OpenPosition } from "../core/events.js";
import { BACK, type Choice, pick } from "./ask.js";
import { nothingToDo } from "./notices.js";
import { recordExit } from "./recordExit.js";
import { recordFill } from "./recordFill.js";
import { shownTime } from "./records.js";
import {
  answerNote,
  holding,
  manualPositions,
  openResult,
  partlyFilled,
  type Standing,
  ticket,
  waitingIn,
} from "./standing.js";
import type { Workbench } from "./workbench.js";

type Row = Choice<() => Promise<void>>;

/** Lists what waits for the user: recommendations without an answer and positions without an exit. A row leads to its record. */
export async function showPendingTrades(workbench: Workbench): Promise<void> {
  await workbench.restore();
  const standing = workbench.standing();
  const takenBack = new Set(
    workbench.outputs().flatMap((output) => (output.type === "void" ? [output.recommendation] : [])),
  );
  const unanswered = (standing.view?.pending ?? []).toReversed().map((recommendation): Row => {
    const note = answerNote(standing, recommendation, Date.now()) || "in time";
    const again = takenBack.has(recommendation.id) ? ", its record was taken back" : "";
    return {
      label: `$(bell-dot) ${ticket(recommendation)}`,
      description: `${shownTime(recommendation.time)}, ${note}${again}: record its fill`,
      value: () => recordFill(workbench, recommendation.id),
    };
  });
  const open = manualPositions(standing)
    .toReversed()
    .map((position) => positionRow(workbench, position, standing));
  const rests = partlyFilled(standing).map(
    ({ recommendation, quantity }): Row => ({
      label: `$(bell-dot) ${ticket(recommendation)}`,
      description: `${recommendation.quantity - quantity} of ${recommendation.quantity} filled: record the other ${quantity}, if it was filled`,
      value: () => recordFill(workbench, recommendation.id),
    }),
  );
  const elsewhere = standing.elsewhere.map(
    ({ market, waiting }): Row => ({
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
      ...headed("Filled in part", rests),
      ...headed("Elsewhere", elsewhere),
    ],
  });
  if (chosen !== undefined && chosen !== BACK) await chosen();
}

function positionRow(workbench: Workbench, position: OpenPosition, standing: Standing): Row {
  const open = openResult(position, standing);
  const result = open === undefined ? "" : `, now ${open}`;
  return {
    label: `$(briefcase) ${holding(position)}`,
    description: `since ${shownTime(position.entryTime)}${result}: record its exit`,
    value: () => recordExit(workbench, position.recommendation.id),
  };
}

function headed<T>(title: string, choices: readonly Choice<T>[]): readonly Choice<T>[] {
  return choices.length === 0 ? [] : [{ label: title, kind: QuickPickItemKind.Separator }, ...choices];
}
