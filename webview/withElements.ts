import type { ComponentChild } from "preact";

/**
 * A sentence with elements in it, each where the language wants it.
 *
 * @param sentence with `{0}` in the place of the first element: it is translated with "{0}" as the text of its first placeholder
 */
export function withElements(sentence: string, ...elements: readonly ComponentChild[]): readonly ComponentChild[] {
  return sentence.split(/\{(\d)\}/).map((piece, index) => (index % 2 === 0 ? piece : elements[Number(piece)]));
}
