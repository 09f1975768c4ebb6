import * as vscode from "vscode";
import type { Alerts } from "./alerts/alerts.js";
import type { Snooze } from "./alerts/snooze.js";
import { snoozeAlerts } from "./alerts/snoozeAlerts.js";
import type { Sounds } from "./alerts/sounds.js";
import { testAlerts } from "./alerts/testAlerts.js";
import { clearLearningDebt } from "./clearDebt.js";
import { copyOrderTicket, copyTicketField } from "./copyTicket.js";
import { correctTrade } from "./correctTrade.js";
import type { Dashboard } from "./dashboard.js";
import { exportJournal, restoreBackup } from "./data/backup.js";
import { importEarlierData } from "./data/importEarlier.js";
import { type QueryMemory, queryJournal } from "./data/queryJournal.js";
import { resetPaperPortfolio } from "./data/resetPaper.js";
import { copyDiagnostics } from "./diagnostics.js";
import type { Documents } from "./documents.js";
import { downloadHistory } from "./downloadHistory.js";
import { emergencyStop, resetEmergencyStop } from "./emergency.js";
import { exportPerformance } from "./exportPerformance.js";
import { answerCall } from "./lateAnswer.js";
import { failed, oneLine } from "./notices.js";
import { openBroker } from "./openBroker.js";
import { openEvidence } from "./openEvidence.js";
import { quickActions } from "./quickActions.js";
import type { RecentLog } from "./recentLog.js";
import { reconcileDay } from "./reconcileDay.js";
import { recordExit } from "./recordExit.js";
import { recordFill, skipSignal } from "./recordFill.js";
import { resetDemo } from "./resetDemo.js";
import { clearApiKey, setApiKey } from "./setApiKey.js";
import { showPendingTrades } from "./showPending.js";
import { start } from "./start.js";
import { stop } from "./stop.js";
import { voidTrade } from "./voidTrade.js";
import { showDailySummary, showWeeklyReview } from "./weeklyReview.js";
import type { Weeks } from "./weeks.js";
import type { Workbench } from "./workbench.js";

/** What commands work on. */
export interface Surfaces {
  readonly workbench: Workbench;
  readonly dashboard: Dashboard;
  readonly log: vscode.LogOutputChannel;
  readonly documents: Documents;
  readonly queries: QueryMemory;
  readonly alerts: Alerts;
  readonly snooze: Snooze;
  readonly sounds: Sounds;
  readonly weeks: Weeks;
  /** The last lines of the log. */
  readonly recent: RecentLog;
}

type Command = (surfaces: Surfaces, ...args: readonly unknown[]) => void | Promise<void>;

/** Every command of the extension. A test checks these names against package.json. */
export const COMMANDS = {
  "volumeCluster.start": ({ workbench, dashboard }, market) => start(workbench, dashboard, textOf(market)),
  "volumeCluster.stop": ({ workbench }) => stop(workbench),
  "volumeCluster.takeOver": ({ workbench }) => workbench.takeOver(),
  "volumeCluster.recordFill": ({ workbench }, id, mode) =>
    mode === "call"
      ? answerCall(workbench, textOf(id))
      : recordFill(workbench, textOf(id), mode === "skip" ? "skip" : undefined),
  "volumeCluster.skipSignal": ({ workbench }, id) => skipSignal(workbench, textOf(id)),
  "volumeCluster.recordExit": ({ workbench }, id) => recordExit(workbench, textOf(id)),
  "volumeCluster.showPendingTrades": ({ workbench }) => showPendingTrades(workbench),
  "volumeCluster.reconcileDay": ({ workbench }) => reconcileDay(workbench),
  "volumeCluster.correctTrade": ({ workbench }, id) => correctTrade(workbench, textOf(id)),
  "volumeCluster.voidTrade": ({ workbench }, id) => voidTrade(workbench, textOf(id)),
  "volumeCluster.emergencyStop": ({ workbench }) => emergencyStop(workbench),
  "volumeCluster.resetEmergencyStop": ({ workbench }) => resetEmergencyStop(workbench),
  "volumeCluster.openPerformance": async ({ workbench, dashboard }) => {
    await workbench.restore();
    await dashboard.open();
  },
  "volumeCluster.openEvidence": ({ workbench, dashboard }, id) => openEvidence(workbench, dashboard, textOf(id)),
  "volumeCluster.exportPerformance": ({ workbench, dashboard }) => exportPerformance(workbench, dashboard),
  "volumeCluster.exportJournal": ({ workbench }) => exportJournal(workbench),
  "volumeCluster.restoreBackup": ({ workbench }) => restoreBackup(workbench),
  "volumeCluster.resetPaperPortfolio": ({ workbench }) => resetPaperPortfolio(workbench),
  "volumeCluster.importEarlierData": ({ workbench, documents }) => importEarlierData(workbench, documents),
  "volumeCluster.queryJournal": ({ workbench, documents, queries }) => queryJournal(workbench, documents, queries),
  "volumeCluster.resetDemo": ({ workbench }) => resetDemo(workbench),
  "volumeCluster.setApiKey": async ({ workbench }) => void (await setApiKey(workbench)),
  "volumeCluster.clearApiKey": ({ workbench }) => clearApiKey(workbench),
  "volumeCluster.downloadHistory": ({ workbench }) => downloadHistory(workbench),
  "volumeCluster.copyOrderTicket": ({ workbench }, id) => copyOrderTicket(workbench, textOf(id)),
  "volumeCluster.copyTicketField": ({ workbench }, id) => copyTicketField(workbench, textOf(id)),
  "volumeCluster.openBroker": () => openBroker(),
  "volumeCluster.clearLearningDebt": ({ workbench }) => clearLearningDebt(workbench),
  "volumeCluster.quickActions": ({ workbench }) => quickActions(workbench.standing()),
  "volumeCluster.premarketChecklist": async () => {
    await vscode.commands.executeCommand("volumeCluster.today.focus");
  },
  "volumeCluster.dailySummary": ({ workbench, documents }) => showDailySummary(workbench, documents),
  "volumeCluster.weeklyReview": ({ workbench, documents, weeks }, date) =>
    showWeeklyReview(workbench, documents, weeks, textOf(date)),
  "volumeCluster.copyDiagnostics": (surfaces) => copyDiagnostics(surfaces),
  "volumeCluster.testAlerts": ({ alerts, sounds }) => testAlerts(alerts, sounds),
  "volumeCluster.snoozeAlerts": ({ workbench, snooze }) => snoozeAlerts(workbench.standing(), snooze),
  "volumeCluster.showLog": ({ log }) => log.show(),
} satisfies Record<string, Command>;

/** Registers them all; a failure inside one becomes a line of the log and one message. */
export function registerCommands(surfaces: Surfaces): readonly vscode.Disposable[] {
  return Object.entries<Command>(COMMANDS).map(([name, command]) =>
    vscode.commands.registerCommand(name, (...args: unknown[]) =>
      report(surfaces.log, () => command(surfaces, ...args)),
    ),
  );
}

/** Runs something for the user; what fails becomes a line of the log and one message. */
export async function report(log: vscode.LogOutputChannel, run: () => void | Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    log.error(oneLine(error));
    // Not awaited: whoever ran the command need not wait until the message is closed.
    void failed(error);
  }
}

// Menus hand over what was clicked, other extensions whatever they like: only a text, or a row that names one, can be an id.
function textOf(argument: unknown): string | undefined {
  const subject =
    typeof argument === "object" && argument !== null && "subject" in argument ? argument.subject : argument;
  return typeof subject === "string" ? subject : undefined;
}
