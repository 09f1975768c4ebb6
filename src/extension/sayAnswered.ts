import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { plainText } from "../app/plainText.js";
import { type LifeEventKind, type LifeState, refusalOf } from "../core/lifeCycle.js";
import { say } from "../core/say.js";
import { tradeRecords } from "../core/tradeRecords.js";
import { inLanguage } from "./language.js";
import { nothingToDo } from "./notices.js";
import type { Workbench } from "./workbench.js";

/** What leads on from a state in which nothing more can be said. */
const WAY_OUT: Readonly<Record<LifeState, { readonly title: string; readonly command: string }>> = {
  ISSUED: { title: say("Record Fill"), command: "volumeCluster.recordFill" },
  NOT_EXECUTED: { title: say("Void Recorded Trade"), command: "volumeCluster.voidTrade" },
  OPEN: { title: say("Correct Recorded Trade"), command: "volumeCluster.correctTrade" },
  CLOSED: { title: say("Correct Recorded Trade"), command: "volumeCluster.correctTrade" },
};

/** Says why nothing of that kind can be recorded of a recommendation, by what is recorded of it, and offers what can be done. */
export async function sayAnswered(workbench: Workbench, id: string, kind: LifeEventKind): Promise<void> {
  const outputs = workbench.outputs();
  const name = plainText(id).slice(0, 60);
  if (!outputs.some((output) => output.type === "recommendation" && output.id === id)) {
    await nothingToDo(t("There is no recommendation {0} in this run", name));
    return;
  }
  const state = tradeRecords(outputs).get(id)?.state ?? "ISSUED";
  const why = refusalOf(state, kind, name) ?? say("{0} is filled already", name);
  const way = WAY_OUT[state];
  if (await nothingToDo(inLanguage(why), inLanguage(way.title))) await vscode.commands.executeCommand(way.command, id);
}
