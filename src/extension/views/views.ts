import { t } from "@vscode/l10n";
import type * as vscode from "vscode";
import { activeSignal } from "../standing.js";
import { contextRows } from "./contextRows.js";
import { pendingCount, pendingRows } from "./pendingRows.js";
import { RowsView } from "./rowsView.js";
import type { TodaySource, ViewParts } from "./todaySource.js";

const SECOND_MS = 1000;

/** The three views of the Activity Bar container. They count by a timer only while a signal's seconds run and one is seen. */
export class Views implements vscode.Disposable {
  readonly #parts: ViewParts;
  readonly #views: readonly RowsView[];
  readonly #disposables: readonly vscode.Disposable[];
  #today: Promise<TodaySource> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ViewParts) {
    this.#parts = parts;
    const { workbench, key } = parts;
    let ready = "";
    const today = new RowsView("volumeCluster.today", {
      rows: async () => {
        const source = await this.#todaySource();
        const { rows, readiness } = await source.look();
        ready = readiness;
        return rows;
      },
      description: () => ready,
      tick: (row, ticked) => void this.#todaySource().then((source) => source.tick(row, ticked)),
    });
    const pending = new RowsView("volumeCluster.pending", {
      rows: () => pendingRows(workbench.standing(), Date.now()),
      badge: () => {
        const value = pendingCount(workbench.standing());
        return { value, tooltip: t("{0} to record", value) };
      },
    });
    const contexts = new RowsView("volumeCluster.contexts", { rows: () => contextRows(workbench.standing()) });
    this.#views = [today, pending, contexts];
    const update = () => this.#update();
    this.#disposables = [...this.#views, workbench.onDidChange(update), key.onDidChange(update)];
    this.#update();
  }

  dispose(): void {
    clearInterval(this.#timer);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  // The checklist needs the settings' schema and the calendar: too heavy for activation.
  #todaySource(): Promise<TodaySource> {
    this.#today ??= import("./todaySource.js").then(({ TodaySource }) => new TodaySource(this.#parts));
    return this.#today;
  }

  #update(): void {
    for (const view of this.#views) void view.update();
    const counts =
      activeSignal(this.#parts.workbench.standing(), Date.now()) !== undefined &&
      this.#views.some(({ visible }) => visible);
    if (counts && this.#timer === undefined) this.#timer = setInterval(() => this.#update(), SECOND_MS);
    if (!counts) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
