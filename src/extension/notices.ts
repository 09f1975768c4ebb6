import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { withoutMoney } from "../app/amounts.js";
import { plainText } from "../app/plainText.js";
import { SettingsError } from "../app/settingsError.js";
import { setting, switchOff } from "./configuration.js";
import { inLanguage, sentences } from "./language.js";

/*
 * Every message that may pop up, in one place; a test looks for others. Errors are for real failures, questions are modal only
 * before something is lost for good, and nothing is said twice.
 */

/** Where Databento's keys are made. */
export const KEYS_PAGE = "databento.com/portal/keys";

/** A command or a run failed: one line, what mends it, and the log for the rest. */
export async function failed(error: unknown): Promise<void> {
  const isSettings = error instanceof SettingsError;
  const text = oneLine(error);
  const [settings, key, log] = [t("Open Settings"), t("Set Key"), t("Show Log")];
  // Every failure that another key may mend says where keys are made; a test holds the feeds to it.
  const isKey = text.includes(KEYS_PAGE);
  const mends = isSettings ? [settings] : isKey ? [key] : [];
  const chosen = await vscode.window.showErrorMessage(unlinked(inLanguage(text)), ...mends, log);
  if (chosen === log) await vscode.commands.executeCommand("volumeCluster.showLog");
  if (chosen === key) await vscode.commands.executeCommand("volumeCluster.setApiKey");
  if (chosen === settings) await vscode.commands.executeCommand("workbench.action.openSettings", "volumeCluster");
}

/** Records could not be made durable. It resolves true when the user wants to try again. */
export async function notSaved(records: readonly string[], error: unknown): Promise<boolean> {
  const record = records.map(inLanguage).join("; ");
  const text = unlinked(sentences([t("NOT SAVED: {0}", record), inLanguage(oneLine(error))]));
  const [retry, copy] = [t("Retry"), t("Copy")];
  for (;;) {
    const chosen = await vscode.window.showErrorMessage(text, retry, copy);
    if (chosen !== copy) return chosen === retry;
    await vscode.env.clipboard.writeText(record);
  }
}

/** A link in a message that runs a command. */
export interface MessageLink {
  readonly label: string;
  readonly command: string;
  readonly arguments: readonly unknown[];
}

/** A signal, in the parts of its message. */
export interface SignalWords {
  /** Whether it is of a real market; "" for one that is. */
  readonly mark: string;
  /** The order. */
  readonly order: MessageLink;
  readonly bracket: string;
  readonly links: readonly MessageLink[];
}

/**
 * A signal, in a message that stays until `ended` resolves: a progress message is the only one that an extension can take back. It
 * has no buttons, so what can be done about the signal are links in it.
 */
export async function signalArrived({ mark, order, bracket, links }: SignalWords, ended: Promise<void>): Promise<void> {
  // Until a message without buttons is unfolded, VS Code shows one line of it, some 60 letters: an order needs these first.
  const title = [`${mark}${linkText(order)}, ${bracket}`, ...links.map(linkText)].join(" · ");
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () => ended);
}

/** Signals have no answer: the conversation about the one, or with `id` undefined about all of them. It resolves when it is closed. */
export async function unanswered(text: string, id: string | undefined): Promise<void> {
  const [clear, fill, skip, settings] = [t("Clear Learning Debt"), t("Record Fill"), t("Not Executed"), t("Settings")];
  const actions = id === undefined ? [clear] : [fill, skip];
  const chosen = await vscode.window.showInformationMessage(unlinked(text), ...actions, settings);
  if (chosen === clear) await vscode.commands.executeCommand("volumeCluster.clearLearningDebt");
  if (chosen === fill) await vscode.commands.executeCommand("volumeCluster.recordFill", id);
  if (chosen === skip) await vscode.commands.executeCommand("volumeCluster.skipSignal", id);
  if (chosen === settings) await openAlertSettings();
}

/** A live trading day is over, and something is still to be recorded. It resolves when it is closed. */
export async function dayEnded(text: string): Promise<void> {
  const [show, reconcile, settings] = [t("Show Pending Trades"), t("Reconcile Day"), t("Settings")];
  const chosen = await vscode.window.showInformationMessage(text, show, reconcile, settings);
  if (chosen === reconcile) await vscode.commands.executeCommand("volumeCluster.reconcileDay");
  if (chosen === show) await vscode.commands.executeCommand("volumeCluster.showPendingTrades");
  if (chosen === settings) await openAlertSettings();
}

/** Something of an earlier day is still to be recorded. It resolves when it is closed. */
export async function leftFromEarlier(text: string): Promise<void> {
  const [show, settings] = [t("Show Pending Trades"), t("Settings")];
  const chosen = await vscode.window.showInformationMessage(text, show, settings);
  if (chosen === show) await vscode.commands.executeCommand("volumeCluster.showPendingTrades");
  if (chosen === settings) await openAlertSettings();
}

/** A week is over that can be reviewed. It resolves when it is closed. */
export async function weekEnded(text: string, monday: string): Promise<void> {
  const [open, settings] = [t("Open Weekly Review"), t("Settings")];
  const chosen = await vscode.window.showInformationMessage(text, open, settings);
  if (chosen === open) await vscode.commands.executeCommand("volumeCluster.weeklyReview", monday);
  if (chosen === settings) await openAlertSettings();
}

/** An order was not filled: what may change that. It resolves when it is closed. */
export async function orderNotFilled(text: string): Promise<void> {
  const [settings, never] = [t("Order Settings"), t("Don't Show Again")];
  const chosen = await vscode.window.showInformationMessage(text, settings, never);
  if (chosen === settings) await vscode.commands.executeCommand("workbench.action.openSettings", "volumeCluster.order");
  if (chosen === never) await switchOff("alerts.message.noFill");
}

/** Shows how a signal is told, until `ended` resolves. */
export async function testMessage(text: string, ended: Promise<void>): Promise<void> {
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: text }, () => ended);
}

/** Paper auto has closed a trade: a message that goes by itself, once `ended` resolves. */
export async function tradeClosed(text: string, ended: Promise<void>): Promise<void> {
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title: unlinked(text) }, () => ended);
}

/** How paper auto does. */
export async function paperDigest(text: string): Promise<void> {
  const [open, settings] = [t("Open Performance"), t("Settings")];
  const chosen = await vscode.window.showInformationMessage(unlinked(text), open, settings);
  if (chosen === open) await vscode.commands.executeCommand("volumeCluster.openPerformance");
  if (chosen === settings) await openAlertSettings();
}

/** The market was stopped, and trades wait: they can be recorded now or later. */
export async function stoppedWith(waiting: number): Promise<void> {
  const text =
    waiting === 1
      ? t("Stopped. 1 trade waits to be recorded: now, or later, it is kept")
      : t("Stopped. {0} trades wait to be recorded: now, or later, it is kept", waiting);
  const chosen = await vscode.window.showInformationMessage(text, t("Record Now"));
  if (chosen !== undefined) await vscode.commands.executeCommand("volumeCluster.showPendingTrades");
}

/** The settings of what sounds and what is told. */
export async function openAlertSettings(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.openSettings", "volumeCluster.alerts");
}

/** There is nothing to do, and why; true when the user takes the way out that is offered. */
export async function nothingToDo(text: string, action?: string): Promise<boolean> {
  const actions = action === undefined ? [] : [action];
  return (await vscode.window.showInformationMessage(text, ...actions)) !== undefined;
}

/**
 * A replay came to its end.
 *
 * @param mendable the settings of the contract did not fit its file
 */
export async function replayEnded(text: string, mendable: boolean): Promise<void> {
  const [performance, settings] = [t("Open Performance"), t("Open Settings")];
  const chosen = await vscode.window.showInformationMessage(unlinked(text), mendable ? settings : performance);
  if (chosen === performance) await vscode.commands.executeCommand("volumeCluster.openPerformance");
  if (chosen === settings)
    await vscode.commands.executeCommand("workbench.action.openSettings", "volumeCluster.contract");
}

/** Shows that something goes on that may take a while; its Cancel fires the signal. */
export async function working<T>(
  title: string,
  work: (tell: (text: string) => void, stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  return await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, cancelled) => {
    const stopping = new AbortController();
    const listener = cancelled.onCancellationRequested(() => stopping.abort());
    try {
      return await work((text) => progress.report({ message: unlinked(inLanguage(oneLine(text))) }), stopping.signal);
    } finally {
      listener.dispose();
    }
  });
}

/** Asks before Databento bills something. */
export async function confirmsCost(question: string, detail: string): Promise<boolean> {
  const download = t("Download");
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, download)) === download;
}

/** A file was downloaded; true when the user wants to replay it. */
export async function downloaded(text: string): Promise<boolean> {
  return (await vscode.window.showInformationMessage(unlinked(inLanguage(text)), t("Replay It"))) !== undefined;
}

/** Something runs, and a file is to be replayed in its place. */
export async function stopsForReplay(): Promise<boolean> {
  const text = t("A market is being watched: a replay stops that. What waits there is kept");
  return (await vscode.window.showWarningMessage(text, t("Stop and Replay"))) !== undefined;
}

/** Databento refused a key: it was not kept. */
export async function keyRefused(reason: string): Promise<void> {
  const text = sentences([t("The key was not kept"), inLanguage(reason)]);
  const chosen = await vscode.window.showErrorMessage(unlinked(text), t("Set Key"));
  if (chosen !== undefined) await vscode.commands.executeCommand("volumeCluster.setApiKey");
}

/** A key could not be tried: whether it is kept all the same, or tried again. */
export async function keepsUnchecked(reason: string): Promise<"keep" | "again" | undefined> {
  const text = unlinked(sentences([t("The key could not be tried"), inLanguage(reason)]));
  const again = t("Try Again");
  const chosen = await vscode.window.showWarningMessage(text, again, t("Keep It Untried"));
  return chosen === again ? "again" : chosen === undefined ? undefined : "keep";
}

/** A key is kept; what Databento does not let its owner have is said, too. */
export async function keyKept(isTried: boolean, note: string | undefined): Promise<void> {
  const kept = isTried
    ? t("Databento knows the key: it is kept in VS Code's secret storage")
    : t("The key was not tried; it is kept in VS Code's secret storage");
  if (note === undefined) saved(kept);
  else await vscode.window.showWarningMessage(unlinked(sentences([kept, inLanguage(note)])));
}

/** The key is gone from this machine; at Databento it still exists. */
export async function keyForgotten(): Promise<void> {
  await vscode.window.showInformationMessage(
    t("The Databento key was cleared. If somebody else may know it, delete it at {0}, too", KEYS_PAGE),
  );
}

/** Asks before a key from a file takes the place of the one that is kept. */
export async function replacesKey(): Promise<boolean> {
  const detail = t(
    "The secret storage keeps another Databento key. It is forgotten there; at Databento it still exists.",
  );
  const question = t("Replace the key that is kept by the one in this file?");
  const replace = t("Replace");
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, replace)) === replace;
}

/** A key was moved out of a file. */
export async function keyMoved(): Promise<void> {
  await vscode.window.showInformationMessage(
    t(
      "The key is kept in VS Code's secret storage and is gone from the file. Somebody may have read it there: make a new one at {0}",
      KEYS_PAGE,
    ),
  );
}

/** A key could not be moved out of a file. */
export async function keyNotRemoved(error: unknown): Promise<void> {
  const text = t("The key was not moved. {0}: take it out by hand", inLanguage(oneLine(error)));
  await vscode.window.showErrorMessage(unlinked(text));
}

/** Asks before the demo's folders are deleted. */
export async function confirmsReset(folders: readonly string[]): Promise<boolean> {
  const detail = t(
    "Its trades, fills and statistics in {0} are deleted for good. Nothing else is touched.",
    folders.join(t(" and ")),
  );
  const reset = t("Reset Demo");
  return (await vscode.window.showWarningMessage(t("Reset the demo?"), { modal: true, detail }, reset)) === reset;
}

/** Asks before data is changed; `detail` says exactly what. */
export async function confirmsChange(question: string, detail: readonly string[], action: string): Promise<boolean> {
  const options = { modal: true, detail: discreetly(detail.map(plainText).map(inLanguage).join("\n\n")) };
  return (await vscode.window.showWarningMessage(question, options, action)) === action;
}

/** Something was done with the data: one line. */
export async function dataDone(lines: readonly string[]): Promise<void> {
  const chosen = await vscode.window.showInformationMessage(
    discreetly(unlinked(sentences(lines.map(plainText).map(inLanguage)))),
    t("Show Log"),
  );
  if (chosen !== undefined) await vscode.commands.executeCommand("volumeCluster.showLog");
}

/** Asks before a guard is taken away. */
export async function confirmsTrading(who: string): Promise<boolean> {
  const detail = t(
    "The emergency stop was there to keep a loss from growing. Its limit starts anew at the present balance.",
  );
  const [question, reset] = [t("Let {0} trade again?", who), t("Reset")];
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, reset)) === reset;
}

/** The last starts did not get through: nothing is opened until the user wants it. */
export async function opensAllTheSame(starts: number): Promise<boolean> {
  const text = t(
    "Volume Cluster did not get through its last {0} starts, so nothing was opened. Your records are as they were. Open them?",
    starts,
  );
  const [open, log] = [t("Open"), t("Show Log")];
  const chosen = await vscode.window.showWarningMessage(text, open, log);
  if (chosen === log) await vscode.commands.executeCommand("volumeCluster.showLog");
  return chosen === open;
}

/** A record was changed: what it was and what it is, with the log, which keeps the line. */
export async function recordChanged(text: string): Promise<void> {
  const chosen = await vscode.window.showInformationMessage(discreetly(inLanguage(text)), t("Show Log"));
  if (chosen !== undefined) await vscode.commands.executeCommand("volumeCluster.showLog");
}

/** A record is durable: a word in the status bar, no message. */
export function saved(text: string): void {
  vscode.window.setStatusBarMessage(`$(check) ${text}`, 5000);
}

/** An error in one line for a person; never a stack. */
export function oneLine(error: unknown): string {
  return plainText(error instanceof Error ? error.message : String(error));
}

/** Without amounts of money where the user wants none to be seen. */
function discreetly(text: string): string {
  return setting("display.discreet") ? withoutMoney(text) : text;
}

// VS Code makes links of `[label](address)` in any message, and of commands, too: a name from a file must not become one.
function unlinked(text: string): string {
  return text.replaceAll("](", "] (");
}

function linkText({ label, command, arguments: values }: MessageLink): string {
  // A parenthesis would end the link.
  const query = encodeURIComponent(JSON.stringify(values)).replace(/[()]/g, (sign) => (sign === "(" ? "%28" : "%29"));
  return `[${label.replace(/[[\]]/g, "")}](command:${command}?${query})`;
}
