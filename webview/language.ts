import { config } from "@vscode/l10n";

/** Takes the texts that the page brings where its language is not English; to be called before anything is said. */
export function speak(page: Document): void {
  const texts = page.getElementById("l10n")?.textContent;
  if (texts) config({ contents: texts });
}
