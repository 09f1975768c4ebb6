import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { speak } from "../app/language.js";

export { inEnglish, inLanguage } from "../app/language.js";

/** Takes the texts that VS Code loaded for its language; before this, and where it has none, everything is English. */
export function loadTexts(): void {
  speak(vscode.l10n.bundle);
}

/** Sentences after one another, the last without its end. */
export function sentences(parts: readonly string[]): string {
  return parts.join(t(". "));
}
