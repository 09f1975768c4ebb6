/**
 * A sentence for people, in English: the text with its values in the places `{0}`, `{1}`, ...
 *
 * What it makes is data like any other: it may be logged, kept, sent and compared, and it does not depend on the language of
 * whoever reads it. Who shows it looks it up in a `PhraseBook`, for which the text has to stand in the call itself.
 */
export function say(text: string, ...values: readonly (string | number)[]): string {
  if (values.length === 0) return text;
  return text.replace(/\{(\d+)\}/g, (place, index) => String(values[Number(index)] ?? place));
}
