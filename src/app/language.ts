import { config } from "@vscode/l10n";
import { PhraseBook, type Phrases } from "../core/phraseBook.js";

/*
 * What is shown and nothing else is written with `t`. What is also thrown, logged, kept or told to another window is written with
 * `say`: it is English until `inLanguage` shows it.
 */

let texts: Phrases = {};
let book: PhraseBook | undefined;
let isEnglish = true;

/** Speaks by these texts from now on; before it, and where there are none, everything is English, as in the terminal. */
export function speak(phrases: Phrases | undefined): void {
  texts = phrases ?? {};
  book = undefined;
  speakEnglish(phrases === undefined);
}

/** A sentence of `say` in the language that is spoken; what has no translation stays as it is. */
export function inLanguage(sentence: string): string {
  if (isEnglish) return sentence;
  book ??= new PhraseBook(texts);
  return book.translated(sentence);
}

/** What `run` says in English: for the log, for other windows, and for those who help. */
export function inEnglish<T>(run: () => T): T {
  const before = isEnglish;
  speakEnglish(true);
  try {
    return run();
  } finally {
    speakEnglish(before);
  }
}

function speakEnglish(english: boolean): void {
  isEnglish = english;
  config({ contents: english ? {} : texts });
}
