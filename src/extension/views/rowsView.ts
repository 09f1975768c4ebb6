import * as vscode from "vscode";
import type { Row } from "./row.js";

/** Where a view's rows come from. */
export interface RowSource {
  rows(): readonly Row[] | Promise<readonly Row[]>;
  /** Stands beside the view's title. */
  description?(): string | undefined;
  /** On the view's icon: how many rows want something. */
  badge?(): { readonly value: number; readonly tooltip: string };
  /** The user ticked a box, or took the tick away. */
  tick?(row: Row, ticked: boolean): void;
}

/** A tree view that draws plain rows. It asks for them only while somebody looks, and draws only what has changed. */
export class RowsView implements vscode.Disposable, vscode.TreeDataProvider<Row> {
  readonly #source: RowSource;
  /** Ticks a row, or takes its tick away: the keyboard reaches the row and not its box. */
  readonly #tickCommand: string;
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly #view: vscode.TreeView<Row>;
  readonly #disposables: readonly vscode.Disposable[];
  /** The rows as they were last looked at; undefined before. */
  #rows: readonly Row[] | undefined;
  /** The rows as VS Code last got them; undefined before it asked. */
  #drawn: string | undefined;
  readonly onDidChangeTreeData = this.#didChange.event;
  /** Somebody begins to look, or looks no more. */
  readonly onDidChangeVisibility: vscode.Event<unknown>;

  constructor(id: string, source: RowSource) {
    this.#source = source;
    this.#tickCommand = `${id}.tick`;
    this.#view = vscode.window.createTreeView(id, { treeDataProvider: this, manageCheckboxStateManually: true });
    this.onDidChangeVisibility = this.#view.onDidChangeVisibility;
    this.#disposables = [
      this.#view,
      this.#didChange,
      this.#view.onDidChangeCheckboxState(({ items }) => {
        for (const [row, state] of items) this.#tick(row, state === vscode.TreeItemCheckboxState.Checked);
      }),
      vscode.commands.registerCommand(this.#tickCommand, (row: Row) => this.#tick(row, row.ticked === false)),
    ];
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  /** Looks whether something has changed. */
  async update(): Promise<void> {
    const badge = this.#source.badge?.();
    if ((badge?.value ?? 0) !== (this.#view.badge?.value ?? 0))
      this.#view.badge = badge?.value === 0 ? undefined : badge;
    if (!this.#view.visible) return;
    this.#rows = await this.#source.rows();
    const description = this.#source.description?.();
    if (this.#view.description !== description) this.#view.description = description;
    if (JSON.stringify(this.#rows) !== this.#drawn) this.#didChange.fire();
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (row !== undefined) return [...(row.children ?? [])];
    // Those that were looked at are given at once: of a view that lets it wait VS Code hides the badge behind a mark of progress.
    this.#rows ??= await this.#source.rows();
    this.#drawn = JSON.stringify(this.#rows);
    return [...this.#rows];
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const open = row.children === undefined ? "None" : "Expanded";
    const item = new vscode.TreeItem(row.label, vscode.TreeItemCollapsibleState[open]);
    item.id = row.id;
    item.description = row.description;
    item.tooltip = (row.tooltip ?? [row.label, row.description ?? ""]).join("\n");
    item.contextValue = row.kind;
    if (row.icon !== undefined)
      item.iconPath = new vscode.ThemeIcon(row.icon, row.colour && new vscode.ThemeColor(row.colour));
    if (row.spoken !== undefined) item.accessibilityInformation = { label: row.spoken };
    if (row.ticked !== undefined)
      item.checkboxState = vscode.TreeItemCheckboxState[row.ticked ? "Checked" : "Unchecked"];
    if (row.ticked !== undefined) item.command = { command: this.#tickCommand, title: row.label, arguments: [row] };
    if (row.command !== undefined) {
      const { id, argument } = row.command;
      item.command = { command: id, title: row.label, arguments: argument === undefined ? [] : [argument] };
    }
    return item;
  }

  #tick(row: Row, ticked: boolean): void {
    this.#source.tick?.(row, ticked);
    void this.update();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
