import * as vscode from "vscode";
import { plainText } from "../app/plainText.js";
import { type LifeEventKind, type LifeState, refusalOf } from "../core/lifeCycle.js";
import { tradeRecords } from "../core/tradeRecords.js";
import { nothingToDo } from "./notices.js";
import type { Workbench } from "./workbench.js";

/** What leads on from a state in which nothing more can be said. */
const WAY_OUT: Readonly<Record<LifeState, { readonly title: string; readonly command: string }>> = {
  ISSUED: { title: "Record Fill", command: "volumeCluster.recordFill" },
  NOT_EXECUTED: { title: "Void Recorded Trade", command: "volumeCluster.voidTrade" },
  OPEN: { title: "Correct Recorded Trade", command: "volumeCluster.correctTrade" },
  CLOSED: { title: "Correct Recorded Trade", command: "volumeCluster.correctTrade" },
};

/** Says why nothing of that kind can be recorded of a recommendation, by what is recorded of it, and offers what can be done. */
export async function sayAnswered(workbench: Workbench, id: string, kind: LifeEventKind): Promise<void> {
  const outputs = workbench.outputs();
  const name = plainText(id).slice(0, 60);
  if (!outputs.some((output) => output.type === "recommendation" && output.id === id)) {
    await nothingToDo(`There is no recommendation ${name} in this run`);
    return;
  }
  const state = tradeRecords(outputs).get(id)?.state ?? "ISSUED";
  const why = refusalOf(state, kind, name) ?? `${name} is filled already`;
  const way = WAY_OUT[state];
  if (await nothingToDo(why, way.title)) await vscode.commands.executeCommand(way.command, id);
}
