import { t } from "@vscode/l10n";
import * as vscode from "vscode";

const SCHEME = "volume-cluster";
/** Texts that are kept for tabs that are still open. */
const KEPT = 20;

/** Shows texts as documents that cannot be edited, so that none asks to be saved. */
export class Documents implements vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration: vscode.Disposable;
  #count = 0;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) =>
        this.#texts.get(uri.path) ?? `${t("This text is gone: run the command again")}\n`,
    });
  }

  /** Shows a text in a new tab; `name` with an ending that tells its language. */
  async show(name: string, text: string): Promise<void> {
    await this.#open(this.#keep(name, text));
  }

  /** Shows a Markdown text rendered; as it is written where VS Code's own Markdown extension is switched off. */
  async preview(name: string, text: string): Promise<void> {
    const uri = this.#keep(name, text);
    try {
      await vscode.commands.executeCommand("markdown.showPreview", uri);
    } catch {
      await this.#open(uri);
    }
  }

  #keep(name: string, text: string): vscode.Uri {
    const path = `/${++this.#count}/${name}`;
    this.#texts.set(path, text);
    for (const old of [...this.#texts.keys()].slice(0, -KEPT)) this.#texts.delete(old);
    return vscode.Uri.from({ scheme: SCHEME, path });
  }

  async #open(uri: vscode.Uri): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#texts.clear();
  }
}
