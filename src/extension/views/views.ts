import { t } from "@vscode/l10n";
import type * as vscode from "vscode";
import { activeSignal } from "../standing.js";
import { contextRows } from "./contextRows.js";
import { pendingCount, pendingGroups } from "./pendingRows.js";
import { RowsView } from "./rowsView.js";
import type { TodaySource, ViewParts } from "./todaySource.js";

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

/** The three views of the Activity Bar container. While one is seen they go by the clock: each minute, and each second of a signal. */
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
      rows: () => pendingGroups(workbench.standing(), Date.now()),
      badge: () => {
        const value = pendingCount(workbench.standing());
        return { value, tooltip: t("{0} to record", value) };
      },
    });
    const contexts = new RowsView("volumeCluster.contexts", { rows: () => contextRows(workbench.standing()) });
    this.#views = [today, pending, contexts];
    const update = () => this.#update();
    const seen = this.#views.map((view) => view.onDidChangeVisibility(update));
    this.#disposables = [...this.#views, ...seen, workbench.onDidChange(update), key.onDidChange(update)];
    this.#update();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  // The checklist needs the settings' schema and the calendar: too heavy for activation.
  #todaySource(): Promise<TodaySource> {
    this.#today ??= import("./todaySource.js").then(({ TodaySource }) => new TodaySource(this.#parts));
    return this.#today;
  }

  #update(): void {
    for (const view of this.#views) void view.update();
    clearTimeout(this.#timer);
    if (!this.#views.some(({ visible }) => visible)) return;
    const now = Date.now();
    const step = activeSignal(this.#parts.workbench.standing(), now) === undefined ? MINUTE_MS : SECOND_MS;
    this.#timer = setTimeout(() => this.#update(), step - (now % step));
  }
}
