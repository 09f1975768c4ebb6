import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import type { ExportFormat } from "../app/exportPerformance.js";
import { say } from "../core/say.js";
import { BACK, type Choice, pick } from "./ask.js";
import type { Dashboard } from "./dashboard.js";
import { dataDone } from "./notices.js";
import type { Workbench } from "./workbench.js";

type Kind = ExportFormat | "png";

const ENDINGS: Readonly<Record<Kind, string>> = { csv: "csv", json: "json", markdown: "md", svg: "svg", png: "png" };

/** Without it Excel takes a file for one in the writing of the machine, and spoils every note that is not English. */
const BYTE_ORDER_MARK = "\ufeff";

/** Writes the closed trades, the statistics or the curve of the run at hand into a file that the user names. */
export async function exportPerformance(workbench: Workbench, dashboard: Dashboard): Promise<void> {
  await workbench.restore();
  const { market, view, discreet } = workbench.standing();
  const { settings } = workbench;
  if (market === undefined || view === undefined || settings === undefined)
    throw new Error(say("Nothing is recorded yet: there is nothing to export"));
  const kind = await askKind();
  if (kind === undefined) return;
  const target = await vscode.window.showSaveDialog({
    title: t("Export Performance"),
    saveLabel: t("Export"),
    ...defaultName(`volume-cluster-${market}.${ENDINGS[kind]}`),
  });
  if (target === undefined) return;
  const [{ exportPerformance: text }, { performanceReport }, { within }, { SIMULATED }] = await Promise.all([
    import("../app/exportPerformance.js"),
    import("../app/performance.js"),
    import("../app/period.js"),
    import("../app/review/review.js"),
  ]);
  const { period } = dashboard;
  const now = workbench.answerTime();
  const outputs = workbench.outputs();
  const report = performanceReport(view, outputs, period, now, {
    haltingDrawdown: settings.risk.emergencyStopLossPct,
  });
  const material = { report, outputs, isIn: within(period, now), simulated: SIMULATED[market], discreet };
  const written = text(kind === "png" ? "svg" : kind, material);
  const bytes =
    kind === "png"
      ? await dashboard.picture(written)
      : new TextEncoder().encode(kind === "csv" ? BYTE_ORDER_MARK + written : written);
  await vscode.workspace.fs.writeFile(target, bytes);
  // Not awaited: whoever ran the command need not wait until the message is closed.
  void dataDone([say("Exported to {0}", target.path)]);
}

async function askKind(): Promise<Kind | undefined> {
  const choices: readonly Choice<Kind>[] = [
    { label: t("Trades as CSV"), description: t("for a spreadsheet; no cell is a formula"), value: "csv" },
    { label: t("Statistics and trades as JSON"), value: "json" },
    { label: t("Statistics as Markdown"), value: "markdown" },
    { label: t("Equity curve as SVG"), value: "svg" },
    { label: t("Equity curve as PNG"), description: t("drawn by the panel"), value: "png" },
  ];
  const chosen = await pick({
    title: t("Export Performance"),
    placeholder: t("As what, for the panel's period"),
    choices,
  });
  return chosen === BACK ? undefined : chosen;
}

function defaultName(name: string): { readonly defaultUri?: vscode.Uri } {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) };
}
