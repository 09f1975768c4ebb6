import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import type { Log } from "../app/log.js";
import { say } from "../core/say.js";
import type { DatabentoKey } from "./databentoKey.js";
import { keyMoved, keyNotRemoved, replacesKey } from "./notices.js";

/** As long as a Databento key is, at a place where nothing goes on. */
const KEY = /(?<![A-Za-z0-9])db-[A-Za-z0-9]{29}(?![A-Za-z0-9])/g;

/** What people write into, on this machine or the one they work on; never a view of something, such as an older revision. */
const SCHEMES = ["file", "untitled", "vscode-userdata", "vscode-remote"];

/** Longer texts are data, not settings. */
const MAX_CHARACTERS = 1_000_000;

const SOURCE = "Volume Cluster";
const CODE = "databento-key";

/** The internal command of the quick fix: it needs a place and stands in no palette. */
const MOVE = "volumeCluster.internal.moveKey";

/**
 * Warns of a Databento key that stands in an open file, such as settings.json, and moves it into VS Code's secret storage. Only open
 * texts are looked at, and nothing of them is kept.
 */
export class KeyHygiene implements vscode.Disposable, vscode.CodeActionProvider {
  readonly #key: DatabentoKey;
  readonly #log: Log;
  readonly #found = vscode.languages.createDiagnosticCollection(SOURCE);
  readonly #disposables: readonly vscode.Disposable[];

  constructor(key: DatabentoKey, log: Log) {
    this.#key = key;
    this.#log = log;
    const { workspace, languages, commands, CodeActionKind } = vscode;
    const selector = SCHEMES.map((scheme) => ({ scheme }));
    this.#disposables = [
      this.#found,
      workspace.onDidOpenTextDocument((document) => this.#look(document)),
      workspace.onDidChangeTextDocument(({ document }) => this.#look(document)),
      workspace.onDidCloseTextDocument(({ uri }) => this.#found.delete(uri)),
      languages.registerCodeActionsProvider(selector, this, { providedCodeActionKinds: [CodeActionKind.QuickFix] }),
      commands.registerCommand(MOVE, (document: vscode.TextDocument, range: vscode.Range) =>
        this.#move(document, range),
      ),
    ];
    for (const document of workspace.textDocuments) this.#look(document);
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return context.diagnostics.filter(isOurs).map((diagnostic) => {
      const title = t("Move the key to VS Code's secret storage");
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      action.diagnostics = [diagnostic];
      action.isPreferred = true;
      action.command = { command: MOVE, title, arguments: [document, diagnostic.range] };
      return action;
    });
  }

  #look(document: vscode.TextDocument): void {
    if (!SCHEMES.includes(document.uri.scheme)) return;
    const text = document.getText();
    const keys = text.length > MAX_CHARACTERS || !text.includes("db-") ? [] : [...text.matchAll(KEY)];
    if (keys.length === 0) {
      this.#found.delete(document.uri);
      return;
    }
    this.#found.set(
      document.uri,
      keys.map(({ index, 0: found }) => {
        const range = new vscode.Range(document.positionAt(index), document.positionAt(index + found.length));
        return warning(range);
      }),
    );
  }

  /** The key is kept first and then taken out of the text, so that it is never nowhere. */
  async #move(document: vscode.TextDocument, range: vscode.Range): Promise<void> {
    const text = document.getText(range);
    if (text.replace(KEY, "") !== "" || text === "") return;
    try {
      const before = await this.#key.read();
      if (before !== undefined && before !== text && !(await replacesKey())) return;
      await this.#key.keep(text);
      const edit = new vscode.WorkspaceEdit();
      edit.delete(document.uri, range);
      if (!(await vscode.workspace.applyEdit(edit)) || !(document.isUntitled || (await document.save())))
        throw new Error(say("The file could not be changed"));
      this.#log.info("A Databento key was moved from a file to the secret storage");
      void keyMoved();
    } catch (error) {
      void keyNotRemoved(error);
    }
  }
}

function isOurs({ source, code }: vscode.Diagnostic): boolean {
  return source === SOURCE && code === CODE;
}

function warning(range: vscode.Range): vscode.Diagnostic {
  const text = t(
    "A Databento key stands in this file, where everybody reads it who reads the file. The secret storage keeps it; one that was in a file should be replaced at databento.com/portal/keys",
  );
  const diagnostic = new vscode.Diagnostic(range, text, vscode.DiagnosticSeverity.Warning);
  diagnostic.source = SOURCE;
  diagnostic.code = CODE;
  return diagnostic;
}
