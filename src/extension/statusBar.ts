import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import type { Snooze } from "./alerts/snooze.js";
import { type StatusLook, statusLook } from "./statusText.js";
import type { Workbench } from "./workbench.js";

const SECOND_MS = 1000;

/** The one status bar item. It counts by a timer of its own, and only while a signal's seconds run. */
export class StatusBar implements vscode.Disposable {
  readonly #workbench: Workbench;
  readonly #item: vscode.StatusBarItem;
  readonly #snooze: Snooze;
  readonly #listeners: readonly vscode.Disposable[];
  #timer: NodeJS.Timeout | undefined;
  #shown = "";

  constructor(workbench: Workbench, snooze: Snooze) {
    this.#workbench = workbench;
    this.#snooze = snooze;
    this.#item = vscode.window.createStatusBarItem("volumeCluster.status", vscode.StatusBarAlignment.Left, 100);
    this.#item.name = "Volume Cluster";
    const draw = () => this.draw();
    this.#listeners = [workbench.onDidChange(draw), snooze.onDidChange(draw)];
    this.draw();
    this.#item.show();
  }

  /** Draws what the workbench is doing now. */
  draw(): void {
    const standing = this.#workbench.standing();
    const look = withSnooze(statusLook(standing, Date.now()), this.#snooze.words(standing));
    const key = JSON.stringify(look);
    if (key !== this.#shown) this.#apply(look);
    this.#shown = key;
    if (look.counting && this.#timer === undefined) this.#timer = setInterval(() => this.draw(), SECOND_MS);
    if (!look.counting) this.#stopCounting();
  }

  dispose(): void {
    this.#stopCounting();
    for (const listener of this.#listeners) listener.dispose();
    this.#item.dispose();
  }

  #apply(look: StatusLook): void {
    this.#item.text = look.text;
    this.#item.tooltip = plainMarkdown(look.tooltip);
    this.#item.accessibilityInformation = { label: look.spoken, role: "button" };
    this.#item.command = look.command;
    this.#item.backgroundColor = look.background && new vscode.ThemeColor(`statusBarItem.${look.background}Background`);
  }

  #stopCounting(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function withSnooze(look: StatusLook, until: string | undefined): StatusLook {
  return until === undefined ? look : { ...look, tooltip: [...look.tooltip, t("Alerts are snoozed {0}.", until)] };
}

/** Lines as Markdown in which nothing of them is markup. */
function plainMarkdown(lines: readonly string[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.isTrusted = false;
  markdown.supportHtml = false;
  lines.forEach((line, index) => {
    if (index > 0) markdown.appendMarkdown("\n\n");
    markdown.appendText(line);
  });
  return markdown;
}
