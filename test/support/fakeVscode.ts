/*
 * As much of the VS Code API as the extension uses, for tests in plain Node; vitest puts it in the place of `vscode`. What
 * VS Code was told is in `fake`, and the user is played with it: `fake.nextBox()`, `fake.answers`.
 */

import manifest from "../../package.json" with { type: "json" };
import { type Envelope, Outbox } from "../../src/core/envelope.js";

const DEFAULTS: Readonly<Record<string, { readonly default?: unknown }>> =
  manifest.contributes.configuration.properties;

type Listener<T> = (event: T) => unknown;

export class Disposable {
  readonly #dispose: () => unknown;
  constructor(dispose: () => unknown) {
    this.#dispose = dispose;
  }
  dispose(): void {
    this.#dispose();
  }
}

export class EventEmitter<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>): Disposable => {
    this.#listeners.add(listener);
    return new Disposable(() => this.#listeners.delete(listener));
  };
  fire(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

export class Uri {
  readonly scheme: string;
  readonly path: string;
  constructor(scheme: string, path: string) {
    this.scheme = scheme;
    this.path = path;
  }
  static file(path: string): Uri {
    return new Uri("file", path);
  }
  static parse(text: string): Uri {
    const [scheme = "", ...rest] = text.split(":");
    return new Uri(scheme, rest.join(":"));
  }
  static from({ scheme, path }: { readonly scheme: string; readonly path: string }): Uri {
    return new Uri(scheme, path);
  }
  static joinPath(base: Uri, ...parts: readonly string[]): Uri {
    return new Uri(base.scheme, [base.path, ...parts].join("/"));
  }
  get fsPath(): string {
    return this.path;
  }
  toString(): string {
    return `${this.scheme}://${this.path}`;
  }
}

export class ThemeColor {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

export class MarkdownString {
  value = "";
  isTrusted: boolean | undefined;
  supportHtml: boolean | undefined;
  appendText(text: string): this {
    this.value += text.replace(/[\\`*_{}[\]()#+\-.!<>]/g, "\\$&");
    return this;
  }
  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
}

export class ThemeIcon {
  readonly id: string;
  readonly color: ThemeColor | undefined;
  constructor(id: string, color?: ThemeColor) {
    this.id = id;
    this.color = color;
  }
}

/** What VS Code loaded for its language; English has none. */
export const l10n: { bundle: Readonly<Record<string, string>> | undefined } = { bundle: undefined };

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const TreeItemCheckboxState = { Unchecked: 0, Checked: 1 };

export class TreeItem {
  readonly label: string;
  readonly collapsibleState: number;
  constructor(label: string, collapsibleState: number) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

/** A tree view, with the eyes and hands of a user. */
export class FakeTree {
  readonly id: string;
  readonly provider: { getChildren(row?: unknown): Promise<readonly unknown[]>; getTreeItem(row: unknown): TreeItem };
  badge: { readonly value: number; readonly tooltip: string } | undefined;
  description: string | undefined;
  visible = false;
  /** How often it was asked to draw anew. */
  drawn = 0;
  readonly #visibility = new EventEmitter<void>();
  readonly #boxes = new EventEmitter<{ items: readonly (readonly [unknown, number])[] }>();
  readonly onDidChangeVisibility = this.#visibility.event;
  readonly onDidChangeCheckboxState = this.#boxes.event;
  constructor(id: string, provider: FakeTree["provider"] & { onDidChangeTreeData(listener: () => void): Disposable }) {
    this.id = id;
    this.provider = provider;
    provider.onDidChangeTreeData(() => {
      this.drawn++;
    });
  }
  look(): void {
    this.visible = true;
    this.#visibility.fire();
  }
  tick(row: unknown, state: number): void {
    this.#boxes.fire({ items: [[row, state]] });
  }
  async items(row?: unknown): Promise<readonly TreeItem[]> {
    return (await this.provider.getChildren(row)).map((child) => this.provider.getTreeItem(child));
  }
  dispose(): void {
    this.visible = false;
  }
}

/** The secrets of one profile. */
export class FakeSecrets {
  readonly kept = new Map<string, string>();
  /** What every call fails with. */
  failure: Error | undefined;
  readonly #didChange = new EventEmitter<{ readonly key: string }>();
  readonly onDidChange = this.#didChange.event;
  async get(key: string): Promise<string | undefined> {
    if (this.failure !== undefined) throw this.failure;
    return this.kept.get(key);
  }
  async store(key: string, value: string): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.kept.set(key, value);
    this.#didChange.fire({ key });
  }
  async delete(key: string): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.kept.delete(key);
    this.#didChange.fire({ key });
  }
}

export const ExtensionMode = { Production: 1, Development: 2, Test: 3 };
export const ExtensionKind = { UI: 1, Workspace: 2 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const ProgressLocation = { Notification: 15 };
export const ViewColumn = { Active: -1, One: 1 };
export const QuickPickItemKind = { Separator: -1, Default: 0 };
export const QuickInputButtons = { Back: { iconPath: "back", tooltip: "Back" } };
export const InputBoxValidationSeverity = { Info: 1, Warning: 2, Error: 3 };

interface Item {
  readonly label: string;
  readonly description?: string;
  readonly alwaysShow?: boolean;
  readonly kind?: number;
}

/** A quick pick or an input box, with the hands of a user. */
export class FakeBox {
  title: string | undefined;
  placeholder: string | undefined;
  prompt: string | undefined;
  step: number | undefined;
  totalSteps: number | undefined;
  ignoreFocusOut = false;
  matchOnDescription = false;
  value = "";
  password = false;
  /** undefined: all of it. */
  valueSelection: readonly [number, number] | undefined;
  validationMessage: string | { readonly message: string; readonly severity: number } | undefined;
  buttons: readonly { readonly tooltip?: string }[] = [];
  items: readonly Item[] = [];
  activeItems: readonly Item[] = [];
  selectedItems: readonly Item[] = [];
  visible = false;
  readonly #accepted = new EventEmitter<void>();
  readonly #changed = new EventEmitter<string>();
  readonly #hidden = new EventEmitter<void>();
  readonly #button = new EventEmitter<unknown>();
  readonly onDidAccept = this.#accepted.event;
  readonly onDidChangeValue = this.#changed.event;
  readonly onDidHide = this.#hidden.event;
  readonly onDidTriggerButton = this.#button.event;

  show(): void {
    this.visible = true;
    fake.boxes.push(this);
    const waiting = fake.waiting.shift();
    if (waiting !== undefined) waiting(this);
    else fake.unseen.push(this);
  }
  hide(): void {
    if (!this.visible) return;
    this.visible = false;
    this.#hidden.fire();
  }
  dispose(): void {
    this.hide();
  }

  /** Enter, on the preselected item of a list. */
  enter(): void {
    if (this.items.length > 0) this.selectedItems = this.activeItems;
    this.#accepted.fire();
  }
  /** Enter, on the first item whose label holds `text`. */
  choose(text: string): void {
    this.activeItems = this.items.filter((item) => item.label.includes(text)).slice(0, 1);
    if (this.activeItems.length === 0) throw new Error(`No item "${text}" in ${this.labels().join(" | ")}`);
    this.enter();
  }
  type(text: string): void {
    this.value = text;
    this.#changed.fire(text);
  }
  back(): void {
    this.#button.fire(QuickInputButtons.Back);
  }
  /** Presses the button in the title with this tooltip. */
  press(tooltip: string): void {
    const button = this.buttons.find((each) => each.tooltip === tooltip);
    if (button === undefined) throw new Error(`No button "${tooltip}"`);
    this.#button.fire(button);
  }
  labels(): readonly string[] {
    return this.items.map((item) => item.label);
  }
  /** What stands below the box; with `warning: ` before what Enter may pass, and `info: ` before what it does. */
  said(): string | undefined {
    const message = this.validationMessage;
    if (typeof message !== "object") return message;
    return `${message.severity === InputBoxValidationSeverity.Info ? "info" : "warning"}: ${message.message}`;
  }
}

export class FakeStatusBarItem {
  readonly id: string;
  name = "";
  text = "";
  tooltip: MarkdownString | undefined;
  command: string | undefined;
  backgroundColor: ThemeColor | undefined;
  accessibilityInformation: { readonly label: string; readonly role?: string } | undefined;
  visible = false;
  constructor(id: string) {
    this.id = id;
  }
  show(): void {
    this.visible = true;
  }
  hide(): void {
    this.visible = false;
  }
  dispose(): void {
    this.visible = false;
  }
}

export class FakePanel {
  title: string;
  iconPath: unknown;
  visible = true;
  revealed = 0;
  /** What the page was sent. */
  readonly envelopes: Envelope<unknown>[] = [];
  readonly #outbox = new Outbox<unknown>(0);
  readonly #received = new EventEmitter<unknown>();
  readonly #view = new EventEmitter<void>();
  readonly #disposed = new EventEmitter<void>();
  readonly onDidChangeViewState = this.#view.event;
  readonly onDidDispose = this.#disposed.event;
  readonly webview = {
    html: "",
    options: {} as unknown,
    cspSource: "https://webview.example",
    asWebviewUri: (uri: Uri) => new Uri("https", uri.path),
    onDidReceiveMessage: this.#received.event,
    postMessage: async (envelope: Envelope<unknown>) => {
      this.envelopes.push(envelope);
      return true;
    },
  };
  constructor(title: string, options: unknown) {
    this.title = title;
    this.webview.options = options;
  }
  get options(): unknown {
    return this.webview.options;
  }
  reveal(): void {
    this.revealed++;
  }
  dispose(): void {
    this.#disposed.fire();
  }
  get posted(): readonly unknown[] {
    return this.envelopes.map(({ message }) => message);
  }
  /** The page says something, with its next number. */
  say(message: unknown): void {
    this.sayAsIs(this.#outbox.pack(message));
  }
  sayAsIs(raw: unknown): void {
    this.#received.fire(raw);
  }
  setVisible(visible: boolean): void {
    this.visible = visible;
    this.#view.fire();
  }
}

interface Message {
  readonly severity: "information" | "warning" | "error";
  readonly text: string;
  readonly modal: boolean;
  readonly actions: readonly string[];
}

/** A progress message; it is gone once its task has ended. */
interface Progress {
  readonly title: string;
  ended: boolean;
  /** What it told on the way. */
  readonly told: readonly string[];
  cancel(): void;
}

const registered = new Map<string, (...args: unknown[]) => unknown>();

/** What VS Code was told, and what its user answers. */
export const fake = {
  messages: [] as Message[],
  /** The small print of the modal ones. */
  details: [] as string[],
  progress: [] as Progress[],
  /** Taken one by one by the messages that come; without one a message stays open. */
  answers: [] as (string | undefined)[],
  boxes: [] as FakeBox[],
  unseen: [] as FakeBox[],
  waiting: [] as ((box: FakeBox) => void)[],
  statusItems: [] as FakeStatusBarItem[],
  statusMessages: [] as string[],
  panels: [] as FakePanel[],
  /** Bring panels back, by their type. */
  serializers: new Map<string, { deserializeWebviewPanel(panel: FakePanel, state: unknown): Promise<void> }>(),
  trees: [] as FakeTree[],
  executed: [] as (readonly unknown[])[],
  /** Texts that were shown in the editor. */
  documents: [] as string[],
  logged: [] as string[],
  clipboard: "",
  /** Addresses that were handed to the system, and whether it opens them. */
  opened: [] as string[],
  opens: true,
  openDialog: undefined as readonly Uri[] | undefined,
  saveDialog: undefined as Uri | undefined,
  written: new Map<string, Uint8Array>(),
  settings: {} as Record<string, { readonly globalValue?: unknown; readonly workspaceValue?: unknown }>,
  /** The next box that is shown, or was and is not yet looked at. */
  nextBox(): Promise<FakeBox> {
    const box = fake.unseen.shift();
    return box === undefined ? new Promise((resolve) => fake.waiting.push(resolve)) : Promise.resolve(box);
  },
  context: (key: string): unknown =>
    fake.executed.findLast(([name, ofKey]) => name === "setContext" && ofKey === key)?.[2],
  reset(): void {
    for (const list of [
      fake.messages,
      fake.details,
      fake.progress,
      fake.answers,
      fake.boxes,
      fake.unseen,
      fake.waiting,
      fake.statusItems,
      fake.statusMessages,
      fake.panels,
      fake.trees,
      fake.executed,
      fake.documents,
      fake.logged,
      fake.opened,
    ]) {
      list.length = 0;
    }
    fake.clipboard = "";
    fake.opens = true;
    workspace.isTrusted = true;
    fake.openDialog = undefined;
    fake.saveDialog = undefined;
    fake.written.clear();
    fake.settings = {};
    editors.documents = [];
    editors.diagnostics.clear();
    registered.clear();
    fake.serializers.clear();
  },
};

function show(severity: Message["severity"]) {
  return (text: string, ...rest: readonly unknown[]): Promise<string | undefined> => {
    const options = typeof rest[0] === "object" ? (rest[0] as { modal?: boolean; detail?: string }) : undefined;
    if (options?.detail !== undefined) fake.details.push(options.detail);
    const actions = rest.filter((action): action is string => typeof action === "string");
    fake.messages.push({ severity, text, modal: options?.modal === true, actions });
    return fake.answers.length > 0 ? Promise.resolve(fake.answers.shift()) : new Promise(() => undefined);
  };
}

export const ConfigurationTarget = { Global: 1 } as const;

export const window = {
  state: { focused: true },
  createStatusBarItem: (id: string) => {
    const item = new FakeStatusBarItem(id);
    fake.statusItems.push(item);
    return item;
  },
  createOutputChannel: () => {
    const log = (level: string) => (message: string) => void fake.logged.push(`${level} ${message}`);
    return {
      info: log("info"),
      warn: log("warn"),
      error: log("error"),
      show: () => void fake.executed.push(["log.show"]),
      dispose: () => undefined,
    };
  },
  createTreeView: (
    id: string,
    { treeDataProvider }: { treeDataProvider: ConstructorParameters<typeof FakeTree>[1] },
  ) => {
    const tree = new FakeTree(id, treeDataProvider);
    fake.trees.push(tree);
    return tree;
  },
  createQuickPick: () => new FakeBox(),
  createInputBox: () => new FakeBox(),
  createWebviewPanel: (_type: string, title: string, _column: unknown, options: unknown) => {
    const panel = new FakePanel(title, options);
    fake.panels.push(panel);
    return panel;
  },
  registerWebviewPanelSerializer: (
    type: string,
    serializer: { deserializeWebviewPanel(panel: FakePanel, state: unknown): Promise<void> },
  ) => {
    fake.serializers.set(type, serializer);
    return new Disposable(() => fake.serializers.delete(type));
  },
  showInformationMessage: show("information"),
  showWarningMessage: show("warning"),
  showErrorMessage: show("error"),
  withProgress: async (
    { title }: { readonly title: string },
    task: (
      progress: { report(step: { readonly message: string }): void },
      token: { onCancellationRequested(listener: () => void): Disposable },
    ) => Promise<unknown>,
  ) => {
    const cancelled = new EventEmitter<void>();
    const told: string[] = [];
    const progress = { title, ended: false, told, cancel: () => cancelled.fire() };
    fake.progress.push(progress);
    try {
      const report = ({ message }: { readonly message: string }) => void told.push(message);
      return await task({ report }, { onCancellationRequested: cancelled.event });
    } finally {
      progress.ended = true;
    }
  },
  showOpenDialog: async () => fake.openDialog,
  showSaveDialog: async () => fake.saveDialog,
  showTextDocument: async (document: { readonly text: string }) => void fake.documents.push(document.text),
  setStatusBarMessage: (text: string) => {
    fake.statusMessages.push(text);
    return new Disposable(() => undefined);
  },
};

export const commands = {
  registerCommand: (name: string, run: (...args: unknown[]) => unknown) => {
    registered.set(name, run);
    return new Disposable(() => registered.delete(name));
  },
  executeCommand: async (name: string, ...args: readonly unknown[]): Promise<unknown> => {
    fake.executed.push([name, ...args]);
    return registered.get(name)?.(...args);
  },
};

export class Position {
  readonly line: number;
  readonly character: number;
  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(start: Position, end: Position) {
    this.start = start;
    this.end = end;
  }
}

export const DiagnosticSeverity = { Error: 0, Warning: 1 };

export class Diagnostic {
  source: string | undefined;
  code: string | undefined;
  readonly range: Range;
  readonly message: string;
  readonly severity: number;
  constructor(range: Range, message: string, severity: number) {
    this.range = range;
    this.message = message;
    this.severity = severity;
  }
}

export const CodeActionKind = { QuickFix: "quickfix" };

export class CodeAction {
  command: { readonly command: string; readonly arguments: readonly unknown[] } | undefined;
  readonly title: string;
  constructor(title: string) {
    this.title = title;
  }
}

export class WorkspaceEdit {
  readonly deletions: (readonly [Uri, Range])[] = [];
  delete(uri: Uri, range: Range): void {
    this.deletions.push([uri, range]);
  }
}

/** An open text, which an edit can change. */
export class FakeDocument {
  readonly uri: Uri;
  text: string;
  saved = 0;
  /** Whether the disk takes it. */
  isWritable = true;
  readonly isUntitled = false;
  constructor(uri: Uri, text: string) {
    this.uri = uri;
    this.text = text;
  }
  positionAt(offset: number): Position {
    const before = this.text.slice(0, offset).split("\n");
    return new Position(before.length - 1, before.at(-1)?.length ?? 0);
  }
  offsetAt({ line, character }: Position): number {
    return this.text.split("\n").slice(0, line).join("\n").length + (line === 0 ? 0 : 1) + character;
  }
  getText(range?: Range): string {
    return range === undefined ? this.text : this.text.slice(this.offsetAt(range.start), this.offsetAt(range.end));
  }
  async save(): Promise<boolean> {
    if (this.isWritable) this.saved++;
    return this.isWritable;
  }
}

interface ActionProvider {
  provideCodeActions(document: unknown, range: unknown, context: { diagnostics: readonly Diagnostic[] }): CodeAction[];
}

const opened = new EventEmitter<FakeDocument>();
const edited = new EventEmitter<{ readonly document: FakeDocument }>();
const closed = new EventEmitter<FakeDocument>();

/** The user's editors. */
export const editors = {
  documents: [] as FakeDocument[],
  diagnostics: new Map<string, readonly Diagnostic[]>(),
  actions: undefined as ActionProvider | undefined,
  open(document: FakeDocument): void {
    editors.documents.push(document);
    opened.fire(document);
  },
  edit(document: FakeDocument, text: string): void {
    document.text = text;
    edited.fire({ document });
  },
  close(document: FakeDocument): void {
    editors.documents = editors.documents.filter((other) => other !== document);
    closed.fire(document);
  },
  /** What is wrong with a document. */
  found: (document: FakeDocument): readonly Diagnostic[] => editors.diagnostics.get(document.uri.toString()) ?? [],
};

export const languages = {
  createDiagnosticCollection: () => ({
    set: (uri: Uri, found: readonly Diagnostic[]) => void editors.diagnostics.set(uri.toString(), found),
    delete: (uri: Uri) => void editors.diagnostics.delete(uri.toString()),
    dispose: () => editors.diagnostics.clear(),
  }),
  registerCodeActionsProvider: (_selector: unknown, provider: ActionProvider) => {
    editors.actions = provider;
    return new Disposable(() => undefined);
  },
};

const providers = new Map<string, { provideTextDocumentContent(uri: Uri): string }>();

const configured = new EventEmitter<{ affectsConfiguration(section: string): boolean }>();

/** The user changes a setting while VS Code runs. */
export function changeSetting(key: string, globalValue: unknown): void {
  fake.settings[key] = { globalValue };
  configured.fire({ affectsConfiguration: (section) => key === section || key.startsWith(`${section}.`) });
}

export const workspace = {
  isTrusted: true,
  get textDocuments() {
    return editors.documents;
  },
  onDidChangeConfiguration: configured.event,
  onDidOpenTextDocument: opened.event,
  onDidChangeTextDocument: edited.event,
  onDidCloseTextDocument: closed.event,
  applyEdit: async ({ deletions }: WorkspaceEdit) => {
    for (const [uri, range] of deletions) {
      const document = editors.documents.find((each) => each.uri.toString() === uri.toString());
      if (document === undefined) return false;
      const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
      editors.edit(document, document.text.slice(0, start) + document.text.slice(end));
    }
    return true;
  },
  registerTextDocumentContentProvider: (scheme: string, provider: { provideTextDocumentContent(uri: Uri): string }) => {
    providers.set(scheme, provider);
    return new Disposable(() => providers.delete(scheme));
  },
  fs: {
    readFile: async (uri: Uri) => fake.written.get(uri.path) ?? Promise.reject(new Error("there is no such file")),
    writeFile: async (uri: Uri, bytes: Uint8Array) => void fake.written.set(uri.path, bytes),
  },
  workspaceFolders: undefined,
  openTextDocument: async (uri: Uri) => ({ text: providers.get(uri.scheme)?.provideTextDocumentContent(uri) ?? "" }),
  getConfiguration: (section: string) => ({
    inspect: (key: string) => ({
      defaultValue: DEFAULTS[`${section}.${key}`]?.default,
      ...fake.settings[`${section}.${key}`],
    }),
    update: async (key: string, globalValue: unknown, target: number) => {
      if (target === ConfigurationTarget.Global) changeSetting(`${section}.${key}`, globalValue);
    },
  }),
};

export const version = "1.100.0";
export const env = {
  openExternal: async (uri: Uri) => {
    fake.opened.push(`${uri.scheme}:${uri.path}`);
    return fake.opens;
  },
  language: "en",
  remoteName: undefined as string | undefined,
  clipboard: {
    writeText: async (text: string) => {
      fake.clipboard = text;
    },
  },
};
