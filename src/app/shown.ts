import { config } from "@vscode/l10n";
import { PhraseBook, type Phrases } from "../core/phraseBook.js";

let book: PhraseBook | undefined;

/** From now on texts are shown in the language of these phrases; before it they are shown as they are, in English. */
export function speak(phrases: Phrases): void {
  config({ contents: phrases });
  book = new PhraseBook(phrases);
}

/** What a person reads of an error, or of a sentence that is kept and logged in English. */
export function shown(said: unknown): string {
  const text = said instanceof Error ? said.message : String(said);
  return book?.translated(text) ?? text;
}
