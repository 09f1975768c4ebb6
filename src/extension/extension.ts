import { join } from "node:path";
import * as vscode from "vscode";
import type { Log } from "../app/log.js";
import { say } from "../core/say.js";
import { Alerts } from "./alerts/alerts.js";
import { FeedAlarm } from "./alerts/feedAlarm.js";
import { LeftOver } from "./alerts/leftOver.js";
import { NoFillHint } from "./alerts/noFillHint.js";
import { PaperNotes } from "./alerts/paperNotes.js";
import { Reminders } from "./alerts/reminders.js";
import { Snooze } from "./alerts/snooze.js";
import { Sounds } from "./alerts/sounds.js";
import { WeekOffer } from "./alerts/weekOffer.js";
import { registerCommands, report } from "./commands.js";
import { contributedSettings, userSettings } from "./configuration.js";
import { ContextKeys } from "./contextKeys.js";
import { Dashboard } from "./dashboard.js";
import { queriesIn } from "./data/queryJournal.js";
import { DatabentoKey } from "./databentoKey.js";
import { DayWatch } from "./dayWatch.js";
import { Documents } from "./documents.js";
import { KeyHygiene } from "./keyHygiene.js";
import { loadTexts } from "./language.js";
import { LeaderWatch } from "./leaderWatch.js";
import { opensAllTheSame } from "./notices.js";
import { Notifications } from "./notifications.js";
import type { Loopback, RunHost } from "./openRun.js";
import { RecentLog } from "./recentLog.js";
import type { StartCount } from "./startCount.js";
import { StatusBar } from "./statusBar.js";
import { Views } from "./views/views.js";
import { Weeks } from "./weeks.js";
import { Workbench } from "./workbench.js";

/** What `activate` returns to tests inside VS Code; to other extensions it returns nothing, for from here the key can be read. */
export interface Api {
  readonly workbench: Workbench;
  readonly key: DatabentoKey;
  /** A test names the servers here. */
  readonly loopback: Loopback;
}

// VS Code calls `deactivate` without the context, so what it must close is kept here.
let active: Workbench | undefined;
let starting: StartCount | undefined;

/** Builds everything there is. Nothing is read, opened or asked for before it is needed. */
export function activate(context: vscode.ExtensionContext): Api | undefined {
  loadTexts();
  const log = vscode.window.createOutputChannel("Volume Cluster", { log: true });
  const recent = new RecentLog(log);
  const key = new DatabentoKey(context.secrets);
  const loopback: Loopback = {};
  const documents = new Documents();
  const workbench = new Workbench(() => hostOf(context, { log: recent, key, loopback }), recent);
  const dashboard = new Dashboard(workbench, context.extensionUri);
  const snooze = new Snooze({
    get: () => context.globalState.get("volumeCluster.snooze"),
    set: (until) => void context.globalState.update("volumeCluster.snooze", until),
  });
  const sounds = new Sounds(soundsOf(context, recent, dashboard));
  const alerts = new Alerts(() => workbench.standing(), snooze, sounds);
  const keys = new ContextKeys(workbench, key);
  const weeks = new Weeks(context.globalState);
  const offer = new WeekOffer(alerts, weeks);
  const leftOver = new LeftOver(alerts, {
    get: () => context.globalState.get("volumeCluster.leftTold"),
    set: (day) => void context.globalState.update("volumeCluster.leftTold", day),
  });
  context.subscriptions.push(
    log,
    key,
    workbench,
    dashboard,
    snooze,
    sounds,
    new StatusBar(workbench, snooze),
    new Notifications(workbench, alerts),
    new Reminders(workbench, alerts, {
      get: () => context.globalState.get("volumeCluster.dayEnded"),
      set: (day) => void context.globalState.update("volumeCluster.dayEnded", day),
    }),
    new NoFillHint(workbench, alerts, {
      get: () => context.globalState.get("volumeCluster.noFillHint"),
      set: (day) => void context.globalState.update("volumeCluster.noFillHint", day),
    }),
    new FeedAlarm(workbench, alerts),
    new PaperNotes(workbench, alerts),
    keys,
    new DayWatch(workbench, (day) => {
      keys.keepPhase(day?.phase);
      offer.look(day?.weekToReview);
      leftOver.look(workbench.standing(), day?.moment);
    }),
    new Views({ workbench, memory: context.globalState, key, sounds, weeks }),
    new LeaderWatch(
      () => hostOf(context, { log: recent, key, loopback }),
      () => workbench.standing().phase === "idle",
      (place) => workbench.follow(place),
    ),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("volumeCluster.display")) workbench.refresh();
    }),
    documents,
    new KeyHygiene(key, recent),
    ...registerCommands({
      ...{ workbench, dashboard, log, documents, alerts, snooze, sounds, weeks, recent },
      queries: queriesIn(context.globalState),
    }),
  );
  active = workbench;
  setImmediate(() => void report(log, () => begin(workbench, context.globalStorageUri.fsPath, log)));
  return context.extensionMode === vscode.ExtensionMode.Test ? { workbench, key, loopback } : undefined;
}

/** Leaves nothing open. What was recorded is durable already; this only saves the next start some work. */
export async function deactivate(): Promise<void> {
  // A window that is reloaded while it starts has not crashed.
  await starting?.end();
  await active?.close();
  active = undefined;
}

async function begin(workbench: Workbench, folder: string, log: vscode.LogOutputChannel): Promise<void> {
  if (process.env.VOLUME_CLUSTER_START === "demo") return workbench.start({ market: "demo" });
  if (!workbench.hasRun()) return;
  const { MAX_UNFINISHED, StartCount } = await import("./startCount.js");
  const starts = new StartCount(folder, (sentence) => log.warn(sentence));
  starting = starts;
  const unfinished = await starts.begin();
  try {
    if (unfinished < MAX_UNFINISHED || (await opensAllTheSame(unfinished))) await workbench.restore();
  } finally {
    await starts.end();
  }
}

function soundsOf(
  context: vscode.ExtensionContext,
  log: Log,
  panel: Dashboard,
): ConstructorParameters<typeof Sounds>[0] {
  const { remoteName } = vscode.env;
  const isFar = remoteName !== undefined && context.extension.extensionKind === vscode.ExtensionKind.Workspace;
  return {
    mediaFolder: join(context.extensionUri.fsPath, "media", "sounds"),
    scratchFolder: join(context.globalStorageUri.fsPath, "sounds"),
    log,
    panel,
    unheard: isFar ? say("the extension runs on {0}: what sounds there is not heard here", remoteName) : undefined,
  };
}

function hostOf(context: vscode.ExtensionContext, parts: Pick<RunHost, "log" | "key" | "loopback">): RunHost {
  const contributed = contributedSettings(context.extension.packageJSON as Parameters<typeof contributedSettings>[0]);
  return {
    settings: userSettings(contributed),
    storageFolder: context.globalStorageUri.fsPath,
    extensionFolder: context.extensionUri.fsPath,
    ...parts,
    lastStart: {
      get: () => context.globalState.get("volumeCluster.lastStart"),
      set: (choice) => void context.globalState.update("volumeCluster.lastStart", choice),
    },
    drafts: {
      get: () => context.workspaceState.get("volumeCluster.drafts"),
      set: (drafts) => void context.workspaceState.update("volumeCluster.drafts", drafts),
    },
    runs: {
      get: () => context.globalState.get("volumeCluster.runs"),
      set: (runs) => void context.globalState.update("volumeCluster.runs", runs),
    },
  };
}
