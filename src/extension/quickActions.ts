import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { BACK, type Choice, pick } from "./ask.js";
import { activeSignal, haltedAccounts, manualPositions, newestPending, type Standing, ticket } from "./standing.js";

/** What makes sense now, the most urgent first; the values are commands. */
export function quickActionsOf(standing: Standing, now: number): readonly Choice<string>[] {
  const pending = newestPending(standing);
  const debt = standing.view?.pending.length ?? 0;
  const of = pending === undefined ? "" : ticket(pending);
  const left = activeSignal(standing, now)?.secondsLeft;
  const state = left === undefined ? of : `${of}, ${left} s left`;
  const isRunning = standing.phase !== "idle";
  const rows: readonly (Choice<string> | false)[] = [
    left !== undefined && { label: "$(copy) Copy Order Ticket", description: state, value: "copyOrderTicket" },
    pending !== undefined && { label: "$(check) Record Fill", description: state, value: "recordFill" },
    pending !== undefined && { label: "$(circle-slash) Skip Signal", description: of, value: "skipSignal" },
    debt > 1 && {
      label: "$(checklist) Clear Learning Debt",
      description: `${debt} without an answer`,
      value: "clearLearningDebt",
    },
    manualPositions(standing).length > 0 && { label: "$(sign-out) Record Exit", value: "recordExit" },
    haltedAccounts(standing).length > 0 && { label: "$(unlock) Reset Emergency Stop", value: "resetEmergencyStop" },
    standing.leader !== undefined && { label: "$(arrow-swap) Take Over Here", value: "takeOver" },
    !isRunning && { label: "$(play) Start", value: "start" },
    { label: "$(checklist) Pre-market Checklist", value: "premarketChecklist" },
    { label: "$(graph) Open Performance", value: "openPerformance" },
    standing.market !== undefined && { label: `$(search) ${t("Open Signal Evidence")}`, value: "openEvidence" },
    standing.market !== undefined && { label: "$(calendar) Weekly Review", value: "weeklyReview" },
    { label: "$(bell-slash) Snooze Alerts", value: "snoozeAlerts" },
    isRunning && { label: "$(debug-stop) Stop", value: "stop" },
  ];
  return rows.filter((row) => row !== false);
}

/** Offers what makes sense now. */
export async function quickActions(standing: Standing): Promise<void> {
  const choices = quickActionsOf(standing, Date.now());
  const chosen = await pick({ title: "Volume Cluster", placeholder: "What now?", choices });
  if (chosen !== undefined && chosen !== BACK) await vscode.commands.executeCommand(`volumeCluster.${chosen}`);
}
