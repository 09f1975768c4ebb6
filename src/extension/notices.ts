import * as vscode from "vscode";
import { plainText } from "../app/plainText.js";
import { SettingsError } from "../app/settingsError.js";

/*
 * Every message that may pop up, in one place; a test looks for others. Errors are for real failures, questions are modal only
 * before something is lost for good, and nothing is said twice.
 */

/** A command or a run failed: one line, and the log for the rest. */
export async function failed(error: unknown): Promise<void> {
  const isSettings = error instanceof SettingsError;
  const actions = isSettings ? ["Open Settings", "Show Log"] : ["Show Log"];
  const chosen = await vscode.window.showErrorMessage(oneLine(error), ...actions);
  if (chosen === "Show Log") await vscode.commands.executeCommand("volumeCluster.showLog");
  if (chosen === "Open Settings")
    await vscode.commands.executeCommand("workbench.action.openSettings", "volumeCluster");
}

/** A record could not be made durable. It resolves true when the user wants to try again. */
export async function notSaved(record: string, error: unknown): Promise<boolean> {
  const text = `NOT SAVED: ${record}. ${oneLine(error)}`;
  for (;;) {
    const chosen = await vscode.window.showErrorMessage(text, "Retry", "Copy");
    if (chosen !== "Copy") return chosen === "Retry";
    await vscode.env.clipboard.writeText(record);
  }
}

/** What the user wants to do about a signal. */
export type SignalAction = "Record Fill" | "Skip" | "Details";

/** A signal, once; undefined when the message is closed. */
export async function signalArrived(text: string): Promise<SignalAction | undefined> {
  return await vscode.window.showInformationMessage<SignalAction>(text, "Record Fill", "Skip", "Details");
}

/** Signals that came too close upon another to have a message each; true when the user wants to see them. */
export async function moreSignals(count: number): Promise<boolean> {
  const text = `${count} more ${count === 1 ? "signal" : "signals"} arrived`;
  return (await vscode.window.showInformationMessage(text, "Show Pending Trades")) !== undefined;
}

/** There is nothing to do, and why; true when the user takes the way out that is offered. */
export async function nothingToDo(text: string, action?: string): Promise<boolean> {
  const actions = action === undefined ? [] : [action];
  return (await vscode.window.showInformationMessage(text, ...actions)) !== undefined;
}

/** A replay came to its end. */
export async function replayEnded(text: string): Promise<void> {
  const chosen = await vscode.window.showInformationMessage(text, "Open Performance");
  if (chosen !== undefined) await vscode.commands.executeCommand("volumeCluster.openPerformance");
}

/** Asks before the demo's folder is deleted. */
export async function confirmsReset(folder: string): Promise<boolean> {
  const detail = `Its trades, fills and statistics in ${folder} are deleted for good. Nothing else is touched.`;
  const chosen = await vscode.window.showWarningMessage("Reset the demo?", { modal: true, detail }, "Reset Demo");
  return chosen === "Reset Demo";
}

/** Asks before a guard is taken away. */
export async function confirmsTrading(who: string): Promise<boolean> {
  const detail =
    "The emergency stop was there to keep a loss from growing. Its limit starts anew at the present balance.";
  const question = `Let ${who} trade again?`;
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, "Reset")) === "Reset";
}

/** A record was changed: what it was and what it is, with the log, which keeps the line. */
export async function recordChanged(text: string): Promise<void> {
  const chosen = await vscode.window.showInformationMessage(text, "Show Log");
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
