import { t } from "@vscode/l10n";
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
    const note = answerNote(standing, recommendation, Date.now()) || t("in time");
    const time = shownTime(recommendation.time);
    return {
      label: `$(bell-dot) ${ticket(recommendation)}`,
      description: takenBack.has(recommendation.id)
        ? t("{0}, {1}, its record was taken back: record its fill", time, note)
        : t("{0}, {1}: record its fill", time, note),
      value: () => recordFill(workbench, recommendation.id),
    };
  });
  const open = manualPositions(standing)
    .toReversed()
    .map((position) => positionRow(workbench, position, standing));
  const rests = partlyFilled(standing).map(
    ({ recommendation, quantity }): Row => ({
      label: `$(bell-dot) ${ticket(recommendation)}`,
      description: t(
        "{0} of {1} filled: record the other {2}, if it was filled",
        ...[recommendation.quantity - quantity, recommendation.quantity, quantity],
      ),
      value: () => recordFill(workbench, recommendation.id),
    }),
  );
  const elsewhere = standing.elsewhere.map(
    ({ market, waiting }): Row => ({
      label: `$(arrow-swap) ${waitingIn(market, waiting)}`,
      description: t("stop what runs and show them"),
      value: async () => {
        await workbench.turnTo(market);
        await showPendingTrades(workbench);
      },
    }),
  );
  if (unanswered.length + open.length + elsewhere.length === 0) {
    await nothingToDo(t("Nothing is pending: every recommendation has an answer and every position an exit"));
    return;
  }
  const chosen = await pick({
    title: t("Pending Trades"),
    placeholder: t("{0} without an answer, {1} without an exit", unanswered.length, open.length),
    choices: [
      ...headed(t("Without an answer"), unanswered),
      ...headed(t("Without an exit"), open),
      ...headed(t("Filled in part"), rests),
      ...headed(t("Elsewhere"), elsewhere),
    ],
  });
  if (chosen !== undefined && chosen !== BACK) await chosen();
}

function positionRow(workbench: Workbench, position: OpenPosition, standing: Standing): Row {
  const open = openResult(position, standing);
  const since = shownTime(position.entryTime);
  return {
    label: `$(briefcase) ${holding(position)}`,
    description:
      open === undefined
        ? t("since {0}: record its exit", since)
        : t("since {0}, now {1}: record its exit", since, open),
    value: () => recordExit(workbench, position.recommendation.id),
  };
}

function headed<T>(title: string, choices: readonly Choice<T>[]): readonly Choice<T>[] {
  return choices.length === 0 ? [] : [{ label: title, kind: QuickPickItemKind.Separator }, ...choices];
}
