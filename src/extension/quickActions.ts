import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { BACK, type Choice, pick } from "./ask.js";
import {
  activeSignal,
  haltedAccounts,
  manualPositions,
  newestPending,
  partlyFilled,
  type Standing,
  ticket,
} from "./standing.js";

/** What makes sense now, the most urgent first; the values are commands. */
export function quickActionsOf(standing: Standing, now: number): readonly Choice<string>[] {
  const pending = newestPending(standing);
  const [part] = partlyFilled(standing);
  const debt = standing.view?.pending.length ?? 0;
  const of = pending === undefined ? "" : ticket(pending);
  const left = activeSignal(standing, now)?.secondsLeft;
  const state = left === undefined ? of : t("{0}, {1} s left", of, left);
  const isRunning = standing.phase !== "idle";
  const rows: readonly (Choice<string> | false)[] = [
    left !== undefined && { label: `$(copy) ${t("Copy Order Ticket")}`, description: state, value: "copyOrderTicket" },
    pending !== undefined && { label: `$(check) ${t("Record Fill")}`, description: state, value: "recordFill" },
    pending !== undefined && { label: `$(circle-slash) ${t("Skip Signal")}`, description: of, value: "skipSignal" },
    pending === undefined &&
      part !== undefined && {
        label: `$(check) ${t("Record Fill")}`,
        description: t("{0}, the other {1}", ticket(part.recommendation), part.quantity),
        value: "recordFill",
      },
    debt > 1 && {
      label: `$(checklist) ${t("Clear Learning Debt")}`,
      description: t("{0} without an answer", debt),
      value: "clearLearningDebt",
    },
    manualPositions(standing).length > 0 && { label: `$(sign-out) ${t("Record Exit")}`, value: "recordExit" },
    haltedAccounts(standing).length > 0 && {
      label: `$(unlock) ${t("Reset Emergency Stop")}`,
      value: "resetEmergencyStop",
    },
    standing.leader !== undefined && { label: `$(arrow-swap) ${t("Take Over Here")}`, value: "takeOver" },
    !isRunning && { label: `$(play) ${t("Start")}`, value: "start" },
    { label: `$(checklist) ${t("Pre-market Checklist")}`, value: "premarketChecklist" },
    { label: `$(graph) ${t("Open Performance")}`, value: "openPerformance" },
    standing.market !== undefined && { label: `$(search) ${t("Open Signal Evidence")}`, value: "openEvidence" },
    standing.market !== undefined && { label: `$(git-compare) ${t("Reconcile Day")}`, value: "reconcileDay" },
    standing.market !== undefined && { label: `$(note) ${t("Daily Summary")}`, value: "dailySummary" },
    standing.market !== undefined && { label: `$(calendar) ${t("Weekly Review")}`, value: "weeklyReview" },
    { label: `$(bell-slash) ${t("Snooze Alerts")}`, value: "snoozeAlerts" },
    isRunning && { label: `$(debug-stop) ${t({ message: "Stop", comment: "the command" })}`, value: "stop" },
  ];
  return rows.filter((row) => row !== false);
}

/** Offers what makes sense now. */
export async function quickActions(standing: Standing): Promise<void> {
  const choices = quickActionsOf(standing, Date.now());
  const chosen = await pick({ title: "Volume Cluster", placeholder: t("What now?"), choices });
  if (chosen !== undefined && chosen !== BACK) await vscode.commands.executeCommand(`volumeCluster.${chosen}`);
}
