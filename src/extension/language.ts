import { config, t } from "@vscode/l10n";
import * as vscode from "vscode";
import { PhraseBook, type Phrases } from "../core/phraseBook.js";

/*
 * What is shown and nothing else is written with `t`. What is also thrown, logged, kept or told to another window is written with
 * `say`, here as further in: it is English until `inLanguage` shows it.
 */

let texts: Phrases = {};
let book: PhraseBook | undefined;
let isEnglish = true;

/** Takes the texts that VS Code loaded for its language; before this, and where it has none, everything is English. */
export function loadTexts(): void {
  texts = vscode.l10n.bundle ?? {};
  book = undefined;
  speakEnglish(vscode.l10n.bundle === undefined);
}

/** A sentence of `say` in the language of VS Code; what has no translation stays as it is. */
export function inLanguage(sentence: string): string {
  if (isEnglish) return sentence;
  book ??= new PhraseBook(texts);
  return book.translated(sentence);
}

/** What `run` says in English: for other windows, and for those who help. */
export function inEnglish(run: () => string): string {
  const before = isEnglish;
  speakEnglish(true);
  try {
    return run();
  } finally {
    speakEnglish(before);
  }
}

/** Sentences after one another, the last without its end. */
export function sentences(parts: readonly string[]): string {
  return parts.join(t(". "));
}

function speakEnglish(english: boolean): void {
  isEnglish = english;
  config({ contents: english ? {} : texts });
}
