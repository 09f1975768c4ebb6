import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { launchUriProblem } from "../app/launchUri.js";
import { say } from "../core/say.js";
import { setting } from "./configuration.js";
import { nothingToDo } from "./notices.js";

/** Opens the broker's platform as the user's own settings name it; never in a workspace that is not trusted. */
export async function openBroker(): Promise<void> {
  const address = setting("broker.launchUri");
  if (!vscode.workspace.isTrusted) {
    const trust = t("Manage Workspace Trust");
    if (await nothingToDo(t("The broker's platform is opened from a trusted workspace only"), trust))
      await vscode.commands.executeCommand("workbench.trust.manage");
    return;
  }
  if (address === "") {
    const text = t("No platform is named: put its address into the setting volumeCluster.broker.launchUri");
    if (await nothingToDo(text, t("Open Settings")))
      await vscode.commands.executeCommand("workbench.action.openSettings", "volumeCluster.broker.launchUri");
    return;
  }
  const problem = launchUriProblem(address);
  if (problem !== undefined)
    throw new Error(say("The setting volumeCluster.broker.launchUri cannot be used: {0}", problem));
  if (!(await vscode.env.openExternal(vscode.Uri.parse(address, true))))
    throw new Error(say("The broker's platform was not opened: nothing on this machine opens {0}", address));
}
